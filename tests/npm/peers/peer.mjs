// One peer's relay on a free port, with its data in the folder it is given: node peer.mjs hocuspocus|y-websocket|broadcast FOLDER
// Prints `listening on http://ADDRESS` as our own server does. Settings are the peers' own defaults.
import http from 'node:http';
import path from 'node:path';
import { WebSocketServer } from 'ws';

const [kind, folder] = process.argv.slice(2);

function listen(server) {
  server.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
}

function serve(connect) {
  const server = http.createServer((_, response) => response.end('ok'));
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on('upgrade', (request, socket, head) => sockets.handleUpgrade(request, socket, head, (ws) => connect(ws, request)));
  listen(server);
}

if (kind === 'hocuspocus') {
  const { Server } = await import('@hocuspocus/server');
  const { SQLite } = await import('@hocuspocus/extension-sqlite');
  const server = new Server({ address: '127.0.0.1', port: 0, quiet: true, extensions: [new SQLite({ database: path.join(folder, 'db.sqlite') })] });
  await server.listen(0);
  console.log(`listening on http://127.0.0.1:${server.address.port}`);
} else if (kind === 'y-websocket') {
  // It reads the folder of its LevelDB from the environment when it is loaded.
  process.env.YPERSISTENCE = folder;
  const { setupWSConnection } = await import('@y/websocket-server/utils');
  serve((ws, request) => setupWSConnection(ws, request));
} else if (kind === 'broadcast') {
  // The limit: passes every frame on to the others of its room, and neither reads nor keeps any.
  const rooms = new Map();
  serve((ws, request) => {
    const room = rooms.get(request.url) ?? new Set();
    rooms.set(request.url, room.add(ws));
    // Its clients believe that they are synced.
    ws.send(new Uint8Array([0, 1, 2, 0, 0]));
    ws.on('message', (frame) => {
      if (frame[0] === 0 && frame[1] === 2) for (const other of room) if (other !== ws) other.send(frame);
    });
    ws.on('close', () => room.delete(ws));
  });
} else {
  console.error('node peer.mjs hocuspocus|y-websocket|broadcast FOLDER');
  process.exit(2);
}
