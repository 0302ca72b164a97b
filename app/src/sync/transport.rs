//! How frames travel: over a websocket, or over plain HTTP where the network refuses one.

use super::event_stream::EventStream;
use super::socket::Socket;

/// An open or opening connection. Dropping it silences it at once.
pub(super) enum Transport {
    Socket(Socket),
    Events(EventStream),
}

impl Transport {
    /// Sends a frame. If it cannot be sent, the end of the connection tells.
    pub(super) fn send(&self, frame: &[u8]) {
        match self {
            Self::Socket(socket) => socket.send(frame),
            Self::Events(stream) => stream.send(frame),
        }
    }
}
