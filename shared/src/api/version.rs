//! Bodies of the life cycle: phases, versions, what changed since one, and what is to be looked at before the next step.

use serde::{Deserialize, Serialize};

use super::{MeetingDetail, Person};
use crate::access::Phase;
use crate::difference::Piece;
use crate::id::{ItemId, MeetingId, SectionId};
use crate::meeting_json::MeetingJson;

/// Body of `POST /api/meetings/{meeting}/phase`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhaseChange {
    /// Where the meeting is to go.
    pub to: Phase,
    /// The hash of what was looked at. Where something else stands now, nothing is done. Approving needs it.
    #[serde(default)]
    pub seen_hash: Option<String>,
    /// A few words for the letter that members get.
    #[serde(default)]
    pub words: Option<String>,
}

/// Answer to a change of phase. The same request again is answered alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhaseChanged {
    /// Where the meeting is now.
    pub phase: Phase,
    /// Its newest version, if it has one.
    pub version: Option<u32>,
    /// The hash of what stood at the change.
    pub hash: String,
}

/// A meeting as it stands now: `GET /api/meetings/{meeting}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MeetingState {
    /// Its rows.
    #[serde(flatten)]
    pub detail: MeetingDetail,
    /// Its newest version, if it has one.
    pub version: Option<u32>,
    /// Hash of what is committed now: what `seen_hash` is held against.
    pub hash: String,
    /// Its items in order.
    pub items: Vec<ItemRow>,
}

/// An item of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemRow {
    /// Its id.
    pub id: ItemId,
    /// Its number as shown.
    pub number: String,
    /// Its title.
    pub title: String,
}

/// A stored version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionRow {
    /// Counts from 1 in each meeting.
    pub number: u32,
    /// The phase that the meeting went into with it.
    pub phase: Phase,
    /// SHA-256 in hex, over the header's hash and the items with their salted hashes.
    pub hash: String,
    /// When, ISO 8601 in UTC.
    pub at: String,
    /// By whom.
    pub by: Person,
    /// The approved version that this one takes the place of.
    pub corrects: Option<u32>,
    /// Whether the public may read it now.
    pub published: bool,
}

/// A stored version with its text: `GET /api/meetings/{meeting}/versions/{version}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionDetail {
    /// What the list says of it.
    #[serde(flatten)]
    pub row: VersionRow,
    /// The ids of its items, in order.
    pub items: Vec<ItemId>,
    /// What it says.
    pub meeting: MeetingJson,
}

/// What became of an item or a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// It was not there.
    Added,
    /// It is not there any more.
    Removed,
    /// It says something else.
    Changed,
}

/// What is different now from a version: `GET /api/meetings/{meeting}/changes?since=`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Changes {
    /// The version it is held against.
    pub since: u32,
    /// Whether date, time, place or participants differ.
    pub header: bool,
    /// Whether the items stand in another order.
    pub order: bool,
    /// The items that differ: in their order now, those that are gone last.
    pub items: Vec<ItemChange>,
}

/// An item that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemChange {
    /// The item.
    pub item: ItemId,
    /// Its number now; of one that is gone, the number it had.
    pub number: String,
    /// Its title, with what differs.
    pub title: Vec<ChangedText>,
    /// What became of it.
    pub became: Became,
    /// Its sections that differ.
    pub sections: Vec<SectionChange>,
    /// Whether its kind, presenter, minutes, guests or attachments differ.
    pub facts: bool,
}

/// A section that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SectionChange {
    /// The section.
    pub section: SectionId,
    /// Its heading as written, or the name of its kind.
    pub heading: String,
    /// What became of it.
    pub became: Became,
    /// Its text, with what differs. Empty where only its marks or its form differ.
    pub text: Vec<ChangedText>,
}

/// A run of letters with what became of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChangedText {
    /// As it was.
    Same(String),
    /// Gone.
    Removed(String),
    /// New.
    Added(String),
}

impl From<Piece> for ChangedText {
    fn from(piece: Piece) -> Self {
        match piece {
            Piece::Same(text) => Self::Same(text),
            Piece::Removed(text) => Self::Removed(text),
            Piece::Added(text) => Self::Added(text),
        }
    }
}

/// Something to look at before the next step: `GET /api/meetings/{meeting}/checks?to=`. Nothing is corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Check {
    /// What it is.
    pub kind: CheckKind,
    /// The item it is in.
    pub item: Option<ItemId>,
    /// The number of the item.
    pub number: Option<String>,
    /// The name of the attachment, or the heading of the section. Never the number or address that was found.
    pub about: Option<String>,
}

/// Kinds of checks, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// A number that may be a CPR number.
    Cpr,
    /// The meeting has no date.
    NoDate,
    /// The meeting has no place.
    NoPlace,
    /// The meeting has no item.
    NoItems,
    /// An item without a title.
    NoTitle,
    /// A recommendation with points that have no outcome, or without a decision.
    NoOutcome,
    /// An attachment that was promised and has not come.
    PromisedAttachment,
    /// A section without a text.
    EmptySection,
    /// A mail address.
    Email,
    /// A telephone number.
    Phone,
}

/// What the public may read of a meeting: answer to `POST /api/meetings/{meeting}/publication`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Publication {
    /// The meeting.
    pub meeting: MeetingId,
    /// The version that is published.
    pub version: u32,
    /// Since when, ISO 8601 in UTC.
    pub at: String,
    /// Where it can be read.
    pub address: String,
}
