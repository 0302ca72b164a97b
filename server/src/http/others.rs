//! The other documents of a connection: an item that lives in a document of its own travels with its meeting over one websocket.
//!
//! A frame of another document has its id in front (extension 103). The first one joins that document as the connection's own was joined; what its room
//! sends goes back in the same way, and its end is a message (104), since the connection lives on. Knows no socket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use dagsorden_shared::id::DocumentId;
use dagsorden_shared::protocol::close_code::{self, CloseCode};
use dagsorden_shared::protocol::{Ended, OtherFrame, ProtocolError};
use tokio::sync::mpsc;

use super::socket::code_of;
use crate::metrics::{BYTES, FRAMES};
use crate::room::{Member, Outgoing, Registry, RoomReceiver, RoomSender};

/// Documents of one tab, or of one connection beside its own.
pub(super) const DOCUMENTS: usize = 64;

type Ways = Arc<Mutex<HashMap<DocumentId, Arc<RoomSender>>>>;

/// The other documents of one connection. Dropping it leaves them.
pub(super) struct Others {
    registry: Registry,
    member: Member,
    ways: Ways,
    frames: mpsc::Sender<Bytes>,
}

impl Others {
    /// None yet, for a connection of `member`; and the frames that are to go to the network. One waits at a time, so that rooms know who is slow.
    pub(super) fn new(registry: &Registry, member: &Member) -> (Self, mpsc::Receiver<Bytes>) {
        let (frames, receiver) = mpsc::channel(1);
        (Self { registry: registry.clone(), member: member.clone(), ways: Ways::default(), frames }, receiver)
    }

    /// The document and the frame inside, if this is a frame of another document and the client speaks the extensions.
    pub(super) fn frame(&self, bytes: &Bytes) -> Option<Result<(String, Bytes), ProtocolError>> {
        let other = OtherFrame::decode(bytes).filter(|_| self.member.extensions)?;
        Some(other.map(|other| (other.document.to_owned(), bytes.slice_ref(other.frame))))
    }

    /// Hands a frame to the room of its document, which is joined first if need be. If it cannot be, the client gets the reason.
    pub(super) async fn send(&mut self, document: String, frame: Bytes) {
        let known = document.parse().ok().and_then(|id: DocumentId| lock(&self.ways).get(&id).map(Arc::clone));
        let way = match known {
            Some(way) => Ok(way),
            None => self.join(&document).await,
        };
        match way {
            // Why a room has ended, and when to come back, is on its way to the client.
            Ok(way) => drop(way.send(frame).await),
            Err((code, reason)) => drop(self.frames.send(ended(&document, code, &reason)).await),
        }
    }

    async fn join(&self, document: &str) -> Result<Arc<RoomSender>, (CloseCode, String)> {
        let id: DocumentId = document.parse().map_err(|_| (close_code::UNKNOWN_DOCUMENT, format!("there is no document {document:?}")))?;
        if self.registry.is_full() {
            return Err((close_code::TRY_LATER, "the server has as many connections as it can take".to_owned()));
        }
        if lock(&self.ways).len() >= DOCUMENTS {
            return Err((close_code::TRY_LATER, format!("a connection has {DOCUMENTS} documents at most beside its own")));
        }
        let (sender, receiver) = self.registry.join(&id, self.member.clone()).await.map_err(|error| code_of(&error))?;
        let way = Arc::new(sender);
        lock(&self.ways).insert(id.clone(), Arc::clone(&way));
        tokio::spawn(pump(id, receiver, Arc::downgrade(&way), Arc::clone(&self.ways), self.frames.clone()));
        Ok(way)
    }
}

impl Drop for Others {
    fn drop(&mut self) {
        // Each pump holds the map as well: without their senders the rooms know that the connection is gone.
        lock(&self.ways).clear();
    }
}

/// The map is plain data that no panic can leave half done.
fn lock(ways: &Ways) -> MutexGuard<'_, HashMap<DocumentId, Arc<RoomSender>>> {
    ways.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Frames of a room to the connection, until one of them ends.
async fn pump(document: DocumentId, mut receiver: RoomReceiver, way: std::sync::Weak<RoomSender>, ways: Ways, frames: mpsc::Sender<Bytes>) {
    let (code, reason) = loop {
        let outgoing = tokio::select! {
            outgoing = receiver.next() => outgoing,
            () = frames.closed() => return,
        };
        match outgoing {
            Some(Outgoing::Frame(frame)) => {
                let wrapped = OtherFrame { document: document.as_str(), frame: &frame }.encode();
                metrics::counter!(FRAMES).increment(1);
                metrics::counter!(BYTES).increment(wrapped.len() as u64);
                if frames.send(wrapped.into()).await.is_err() {
                    return;
                }
                receiver.written(1, frame.len());
            }
            Some(Outgoing::Close(code, reason)) => break (code, reason),
            None => break (close_code::TRY_LATER, "the room has ended".to_owned()),
        }
    };
    {
        // The client may come back to it: then this is another way.
        let mut ways = lock(&ways);
        if ways.get(&document).is_some_and(|known| std::ptr::eq(Arc::as_ptr(known), way.as_ptr())) {
            ways.remove(&document);
        }
    }
    // A connection that is gone needs no word.
    let _ = frames.send(ended(document.as_str(), code, &reason)).await;
}

fn ended(document: &str, code: CloseCode, reason: &str) -> Bytes {
    Ended { document, code, reason }.encode().into()
}
