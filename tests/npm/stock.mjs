// The stock y-websocket provider, as anybody gets it from npm. Reads one JSON question a line, answers with one line.
import { createInterface } from "node:readline";
import WebSocket from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

const [server, document] = process.argv.slice(2);
const doc = new Y.Doc();
const provider = new WebsocketProvider(`ws://${server}/sync`, document, doc, { WebSocketPolyfill: WebSocket, disableBc: true });

// Whether the provider was sent away for good, and with which code.
let closed = null;
provider.on("connection-close", (event) => { closed = event?.code ?? null; });

const body = ({ item, section }) => doc.getMap("items").get(item).get("sections").get(section).get("body");

const answers = {
  sync: () => new Promise((resolve, reject) => {
    if (provider.synced) return resolve(true);
    provider.once("sync", () => resolve(true));
    provider.once("connection-close", (event) => reject(new Error(`closed with ${event?.code}`)));
  }),
  insert: (question) => { body(question).insert(question.at, question.text); return true; },
  delta: (question) => { body(question).applyDelta(question.delta); return true; },
  closed: () => closed,
  read: (question) => body(question).toString(),
  presence: () => [...provider.awareness.getStates()].filter(([client]) => client !== doc.clientID).map(([, state]) => state),
};

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  try {
    console.log(JSON.stringify({ ok: await answers[question.do](question) }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }));
  }
}
provider.destroy();
process.exit(0);
