//! What people say beside the text: threads and their comments, as rows that server and page exchange.
//!
//! A row is what one person said once. Author and time are the server's; ids are made by the client, so that a command sent twice happens once.
//! Where a thread's words are now is found in the document ([`crate::agenda::Anchor`]); nothing of a thread stands in it.

use serde::{Deserialize, Serialize};

use crate::agenda::Anchor;
use crate::api::Person;
use crate::id::{AccountId, CommentId, ItemId, PointId, SectionId, ThreadId};
use crate::proposal::Proposal;

/// Letters of a comment at most.
pub const MAX_COMMENT: usize = 8_000;
/// People that a comment mentions at most.
pub const MAX_MENTIONS: usize = 20;

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
    /// The accounts of those it mentions.
    #[serde(default)]
    pub mentions: Vec<AccountId>,
    /// The names of the same people as they were then: each stands in the text behind an `@`.
    #[serde(default)]
    pub mentioned: Vec<String>,
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
    /// All positions.
    #[serde(default)]
    pub positions: Vec<Position>,
    /// All outcomes.
    #[serde(default)]
    pub outcomes: Vec<Outcome>,
    /// Proposals that are new or have changed, oldest first.
    #[serde(default)]
    pub proposals: Vec<Proposal>,
}

/// What an organisation thinks of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    /// Enig.
    Agree,
    /// Enig, med en bemærkning.
    Remark,
    /// Bør drøftes.
    Discuss,
    /// Uenig.
    Disagree,
}

impl Stance {
    /// All of them, the quietest first.
    pub const ALL: [Self; 4] = [Self::Agree, Self::Remark, Self::Discuss, Self::Disagree];

    /// As it stands in rows and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Remark => "remark",
            Self::Discuss => "discuss",
            Self::Disagree => "disagree",
        }
    }
}

/// A position of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Position {
    /// The item.
    pub item: ItemId,
    /// The point.
    pub point: PointId,
    /// Whose it is.
    pub organisation: String,
    /// Its colour, 0 if it has none yet.
    pub hue: u8,
    /// What they think.
    pub stance: Stance,
    /// In words; may be empty.
    pub remark: String,
    /// Who gave it.
    pub given_by: String,
    /// The point's words when it was given.
    pub wording: String,
    /// Grows with each change.
    pub version: u32,
}

/// Body of `PUT …/positions/{item}/{point}/{organisation}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPosition {
    /// What they think.
    pub stance: Stance,
    /// In words.
    #[serde(default)]
    pub remark: String,
}

/// What came of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// Godkendt.
    Approved,
    /// Taget til efterretning.
    Noted,
    /// Drøftet.
    Discussed,
    /// Udsat.
    Postponed,
    /// Ikke godkendt.
    Rejected,
    /// Frafaldet.
    Withdrawn,
}

impl OutcomeKind {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 6] = [Self::Approved, Self::Noted, Self::Discussed, Self::Postponed, Self::Rejected, Self::Withdrawn];

    /// As it stands in rows and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Noted => "noted",
            Self::Discussed => "discussed",
            Self::Postponed => "postponed",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// An outcome of a point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Outcome {
    /// The item.
    pub item: ItemId,
    /// The point.
    pub point: PointId,
    /// What came of it.
    pub outcome: OutcomeKind,
    /// Who set it.
    pub set_by: String,
    /// Grows with each change.
    pub version: u32,
}

/// Body of `PUT …/items/{item}/points/{point}/outcome`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewOutcome {
    /// What came of it; `null`: nothing yet.
    pub outcome: Option<OutcomeKind>,
}

/// A point of a recommendation, as `POST …/points` lists them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PointRow {
    /// The item.
    pub item: ItemId,
    /// The recommendation.
    pub section: SectionId,
    /// The point.
    pub point: PointId,
    /// Its words.
    pub text: String,
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
    /// The accounts of those it mentions: people who may read the meeting. They get a mail.
    #[serde(default)]
    pub mentions: Vec<AccountId>,
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
    /// The accounts of those it mentions. Those it mentioned before stay, as long as their names stand in the text.
    #[serde(default)]
    pub mentions: Vec<AccountId>,
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
    /// The cursor of what they had before them: what came after it stays unread. Without it everything counts.
    #[serde(default)]
    pub cursor: Option<String>,
}
