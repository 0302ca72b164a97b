//! How frames travel: over a websocket, or over plain HTTP where the network refuses one.

use dagsorden_shared::id::DocumentId;
use dagsorden_shared::protocol::OtherFrame;

use super::event_stream::EventStream;
use super::socket::Socket;

/// An open or opening connection of a document, which others may share. Dropping it silences it at once.
pub(super) enum Transport {
    Socket(DocumentId, Socket),
    Events(EventStream),
}

impl Transport {
    /// Sends a frame of a document. If it cannot be sent, the end of the connection tells.
    pub(super) fn send(&self, document: &DocumentId, frame: &[u8]) {
        match self {
            Self::Socket(own, socket) if own == document => socket.send(frame),
            Self::Socket(_, socket) => socket.send(&OtherFrame { document: document.as_str(), frame }.encode()),
            Self::Events(stream) => stream.send(document, frame),
        }
    }
}
