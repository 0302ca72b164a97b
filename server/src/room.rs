//! The relay: one room per open document, which everybody's edits pass through.
//!
//! `state` holds the rules and does nothing itself; `task` runs them; [`Registry`] finds or loads the room of a document.
//! The order is always: judge, apply, commit, then broadcast, then acknowledge. A room that fails to commit is thrown away and loaded
//! again from disk. Knows no HTTP and no SQL.

mod connection;
mod document;
mod door;
mod presence;
mod registry;
mod state;
mod task;

use std::sync::Arc;
use std::time::Duration;

use dagsorden_shared::id::{DocumentId, ItemId};

use crate::store::{Loaded, StoreError};

pub use connection::{Backlog, ConnectionId, Incoming, Member, Outgoing};
pub use registry::{Registry, RoomReceiver, RoomSender};

/// Why a document cannot be opened.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RoomError {
    /// No document has this id.
    #[error("there is no document {0}")]
    Unknown(DocumentId),
    /// Its meeting was deleted.
    #[error("document {0} was deleted")]
    Deleted(DocumentId),
    /// So much of what this user sent was refused that they are to come back later.
    #[error("too many updates of yours were refused")]
    Refused {
        /// When.
        after: Duration,
    },
    /// The session they came by has ended.
    #[error("the session has ended; sign in")]
    SignedOut,
    /// The server is going down.
    #[error("the server restarts")]
    Closing,
    /// Stored or admitted bytes that the document does not take, although their checksums are right.
    #[error("document {document} cannot be read: {cause}; restore this meeting from a backup")]
    Unreadable {
        /// The document.
        document: DocumentId,
        /// What was found.
        cause: Arc<str>,
    },
    /// No item that could be moved to another document is here.
    #[error("there is no item {0} here that could be moved")]
    NoItem(ItemId),
    /// More than the document has room for.
    #[error("document {0} has no room for it")]
    NoRoom(DocumentId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether a stored document opens: its updates apply without a gap and pass the gate.
///
/// # Errors
/// What is wrong with it.
pub fn check(document: &DocumentId, loaded: &Loaded) -> Result<(), RoomError> {
    document::RoomDocument::load(document, loaded).map(drop)
}
