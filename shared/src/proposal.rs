//! Proposals of changed wording (ændringsforslag): cut into parts, held against the text as it is now, taken and taken back.
//!
//! A proposal is a base text and a proposed one of the same field. Its parts stick to the letters of the live text, and each is taken or refused alone.
//! Whether a part still fits is decided by words, not by versions. Nothing of a proposal stands in the document before it is taken. Knows no row and no
//! clock; positions tell it where it stands in the live text.

mod cut;
mod decide;
mod letters;
mod place;
mod rival;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use cut::{Cut, Moves, Piece, cut};
pub use decide::{Inverse, Plan, Refused, parts, plan, plan_back};
pub use letters::Letters;
pub use place::{Placed, Replacement, Written, closed, has_nulls, inserts_of, place, replace};
pub use rival::groups;

use crate::api::Person;
use crate::id::{DecisionId, ItemId, ProposalId, ThreadId};
use crate::richtext::attributes::Attributes;
use crate::richtext::body::Body;
use crate::talk::Stance;

/// Letters of a proposal's note at most.
pub const MAX_NOTE: usize = 2_000;
/// Parts of a proposal at most.
pub const MAX_PARTS: usize = 500;
/// Bytes of a base or a proposed text at most.
pub const MAX_TEXT: usize = 200_000;

/// A piece of a text whose letters have the same attributes; as Quill writes an insertion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Insert {
    /// The letters.
    pub insert: String,
    /// Their attributes.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub attributes: Attributes,
}

/// A proposal, as server and page exchange it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// The item.
    pub item: ItemId,
    /// The title or section, as text.
    pub field: String,
    /// The thread in which it is talked about.
    pub thread: Option<ThreadId>,
    /// Who made it.
    pub author: Person,
    /// Whether that is the asker.
    pub mine: bool,
    /// Why, in plain text; may be empty.
    pub note: String,
    /// When, in milliseconds since 1970 (UTC).
    pub created: i64,
    /// Whether its author took it back.
    pub withdrawn: bool,
    /// Its parts, in order.
    pub parts: Vec<Part>,
    /// What organisations think of it, in the order they said it.
    #[serde(default)]
    pub supports: Vec<Support>,
    /// Grows with each change of the proposal and its parts; a row is taken unless its version is lower. What organisations think has versions of its own.
    pub version: u32,
}

/// What an organisation thinks of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Support {
    /// Whose it is.
    pub organisation: String,
    /// Its colour, 0 if it has none yet.
    pub hue: u8,
    /// What they think; `None`: they took it back.
    pub stance: Option<Stance>,
    /// In words; may be empty.
    pub remark: String,
    /// Who gave it.
    pub given_by: String,
    /// Grows with each change.
    pub version: u32,
}

impl Support {
    /// Whether they want the proposal to be taken.
    pub fn is_for(&self) -> bool {
        matches!(self.stance, Some(Stance::Agree | Stance::Remark))
    }
}

/// Body of `PUT /api/meetings/{meeting}/proposals/{proposal}/support`: what the asker's organisation thinks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSupport {
    /// What they think; `null` takes it back.
    pub stance: Option<Stance>,
    /// In words.
    #[serde(default)]
    pub remark: String,
    /// The version of the organisation's row that it was written over; 0: there was none.
    #[serde(default)]
    pub version: u32,
}

/// A part of a proposal, which is taken or refused as one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Part {
    /// Its place in the proposal, from 0.
    pub ordinal: u32,
    /// What it does.
    pub kind: PartKind,
    /// What it changes, in order.
    pub edits: Vec<Edit>,
    /// What was decided.
    pub state: PartState,
    /// Who decided.
    pub decided_by: Option<Person>,
    /// When, in milliseconds since 1970 (UTC).
    pub decided_at: Option<i64>,
    /// Why, if it was said.
    pub reason: Option<String>,
    /// The decision, which can be revoked.
    pub decision: Option<DecisionId>,
}

/// What a part does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PartKind {
    /// Other words, or lines that are new or gone.
    Words,
    /// A table whose rows or columns are others.
    Table,
    /// The same letters, formatted otherwise.
    Format,
    /// A line that stands elsewhere.
    Moved,
}

impl PartKind {
    /// As it stands in rows and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Words => "words",
            Self::Table => "table",
            Self::Format => "format",
            Self::Moved => "moved",
        }
    }
}

/// What was decided about a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PartState {
    /// Nothing yet.
    Open,
    /// It was taken.
    Accepted,
    /// It was refused.
    Rejected,
}

impl PartState {
    /// As it stands in rows and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }
}

/// One stretch of the live text and what is proposed instead.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Edit {
    /// Sticks to its first letter, or where it has none to the letter before it; `None`: the text's start.
    pub start: Option<String>,
    /// Sticks to its last letter, or where it has none to the letter after it; `None`: the text's end.
    pub end: Option<String>,
    /// Sticks to the letter before it; `None`: the text's start. Between this and the next one stands what was typed over its letters.
    pub after_start: Option<String>,
    /// Sticks to the letter after it; `None`: the text's end.
    pub before_end: Option<String>,
    /// What stood there when it was proposed.
    pub old: Vec<Insert>,
    /// What is proposed.
    pub new: Vec<Insert>,
    /// What stood before it.
    pub before: String,
    /// What stood after it.
    pub after: String,
}

/// What became of the place of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It stands as it did.
    Clean,
    /// What was proposed stands there already.
    Done,
    /// Nothing of it is left.
    Gone,
    /// Something else stands there.
    Changed,
}

/// Whether a part can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// As it is.
    Clean,
    /// It stands already.
    Done,
    /// Its words have changed: a person decides, with those words before them.
    Conflict,
}

/// Body of `PUT /api/meetings/{meeting}/proposals/{proposal}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewProposal {
    /// The title or section, as text.
    pub field: String,
    /// Hash of the base, by [`hash`]: what arrives is what was sent.
    #[serde(default)]
    pub base_hash: Option<String>,
    /// The text that was changed, as it was when that began.
    pub base: Vec<Insert>,
    /// The text as it is proposed.
    pub proposed: Vec<Insert>,
    /// Why, in plain text.
    #[serde(default)]
    pub note: String,
    /// The thread in which it is talked about.
    #[serde(default)]
    pub thread: Option<ThreadId>,
}

/// Body of `POST /api/meetings/{meeting}/proposals/{proposal}/decisions`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewDecision {
    /// Its id, made by the client: sent twice it happens once.
    pub id: DecisionId,
    /// What is decided, all of it or nothing.
    pub parts: Vec<PartDecision>,
    /// Why, in plain text.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What is decided about a part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PartDecision {
    /// Which part.
    pub ordinal: u32,
    /// What is done with it.
    pub action: Action,
    /// With `replace`: what is to stand there.
    #[serde(default)]
    pub with: Option<Vec<Insert>>,
    /// Hash, by [`hash`], of the words that stood there when it was decided. Needed where the part is in conflict.
    #[serde(default)]
    pub seen: Option<String>,
}

/// What is done with a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is taken as proposed.
    Accept,
    /// It is refused.
    Reject,
    /// It is taken with other words.
    Replace,
}

/// What a decision or its revocation met: the words that stand where a part would write, in the answer with status 409.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conflict {
    /// Which part.
    pub ordinal: u32,
    /// The words that stand there now.
    pub words: String,
    /// Their hash.
    pub seen: String,
}

/// Hash of words, to say which ones were seen. It tells texts apart and keeps no secret.
pub fn hash(words: &str) -> String {
    crate::agenda::anchor::hash(&words.encode_utf16().collect::<Vec<_>>())
}

/// The words of some pieces.
pub fn words(inserts: &[Insert]) -> String {
    inserts.iter().map(|piece| piece.insert.as_str()).collect()
}

/// A text of these pieces.
pub fn body(inserts: &[Insert]) -> Body {
    Body::from_inserts(inserts.iter().map(|piece| (piece.insert.as_str(), piece.attributes.clone())))
}
