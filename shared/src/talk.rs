//! What people say beside the text: threads and their comments, as rows that server and page exchange.
//!
//! A row is what one person said once. Author and time are the server's; ids are made by the client, so that a command sent twice happens once.
//! Where a thread's words are now is found in the document ([`crate::agenda::Anchor`]); nothing of a thread stands in it.

use serde::{Deserialize, Serialize};

use crate::agenda::Anchor;
use crate::api::Person;
use crate::id::{CommentId, ItemId, ThreadId};

/// Letters of a comment at most.
pub const MAX_COMMENT: usize = 8_000;

/// A thread. Its comments follow in [`Talk::comments`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Thread {
    /// Its id.
    pub id: ThreadId,
    /// The item it is about.
    pub item: ItemId,
    /// The title or section it is about, as text; `None`: the item as a whole.
    pub field: Option<String>,
    /// The words it is about; `None`: the whole field or item.
    pub anchor: Option<Anchor>,
    /// Who began it.
    pub author: Person,
    /// Whether that is the asker.
    pub mine: bool,
    /// When, in milliseconds since 1970 (UTC).
    #[cfg_attr(feature = "openapi", schema(value_type = i64))]
    pub created: i64,
    /// Whether it was resolved.
    pub resolved: bool,
    /// Who resolved it.
    pub resolved_by: Option<Person>,
    /// Comments of others that the asker has not read.
    pub unread: u32,
    /// Grows with each change; a row is taken only if its version is higher.
    pub version: u32,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// Its thread.
    pub thread: ThreadId,
    /// Who wrote it, as they were called then.
    pub author: Person,
    /// Whether that is the asker.
    pub mine: bool,
    /// The organisation it was written for, where that is not the author's own.
    pub on_behalf: Option<String>,
    /// Plain text; empty once it was deleted.
    pub body: String,
    /// When, in milliseconds since 1970 (UTC).
    pub created: i64,
    /// When it was changed last.
    pub edited: Option<i64>,
    /// Whether its author deleted it.
    pub deleted: bool,
    /// Grows with each change.
    pub version: u32,
}

/// Answer to `GET /api/meetings/{meeting}/talk`: what has changed since a cursor, or everything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Talk {
    /// Where to go on; good for this person alone.
    pub cursor: String,
    /// Everything is here, and what the page had is to be forgotten.
    pub reset: bool,
    /// Threads that are new or have changed.
    pub threads: Vec<Thread>,
    /// Comments that are new or have changed, oldest first.
    pub comments: Vec<Comment>,
    /// Threads that are gone.
    pub gone: Vec<ThreadId>,
}

/// Body of `PUT /api/meetings/{meeting}/threads/{thread}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewThread {
    /// The item it is about.
    pub item: ItemId,
    /// The title or section it is about, as text.
    #[serde(default)]
    pub field: Option<String>,
    /// The words it is about.
    #[serde(default)]
    pub anchor: Option<Anchor>,
    /// The first comment.
    pub comment: NewComment,
}

/// A comment that is to be stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewComment {
    /// Its id; in `PUT …/comments/{comment}` the address has it.
    #[serde(default)]
    pub id: Option<CommentId>,
    /// Plain text.
    pub body: String,
    /// The organisation it is written for, where that is not the author's own.
    #[serde(default)]
    pub on_behalf: Option<String>,
}

/// Body of `PATCH /api/meetings/{meeting}/comments/{comment}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangedComment {
    /// The new text.
    pub body: String,
    /// The version it was written over.
    pub version: u32,
}

/// Body of `PUT /api/meetings/{meeting}/threads/{thread}/state`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ThreadState {
    /// Resolved, or open again.
    pub resolved: bool,
}

/// Body of `PUT /api/meetings/{meeting}/threads/{thread}/anchor`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MovedAnchor {
    /// The field the words are in now.
    pub field: String,
    /// Where they are now.
    pub anchor: Anchor,
    /// The thread's version that this was seen with.
    pub version: u32,
}

/// Body of `POST /api/meetings/{meeting}/read`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadThreads {
    /// Threads whose comments the asker has read.
    pub threads: Vec<ThreadId>,
}
