//! Bodies of the HTTP API that browser and server both read and write.
//!
//! Owns their shape; routes and status codes live in the server. Times are ISO 8601 in UTC unless named otherwise.

mod participant;
mod version;

use serde::{Deserialize, Serialize};

pub use participant::{ChangedParticipant, MembersAdded, NewParticipant, ParticipantRow};
pub use version::{
    Became, ChangedText, Changes, Check, CheckKind, ItemChange, ItemRow, MeetingState, PhaseChange, PhaseChanged, Publication,
    SectionChange, VersionDetail, VersionRow,
};

use crate::access::{Phase, Role};
use crate::id::{AccountId, AttachmentId, ClientId, DocumentId, ForumId, ItemId, MeetingId};
use crate::meeting_json::{AttachmentJson, MeetingJson, Participant};
use crate::template::{Template, TemplateSection};

/// A forum in the list of fora.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ForumRow {
    /// Its id.
    pub id: ForumId,
    /// Its name.
    pub name: String,
    /// How many meetings it has.
    pub meetings: u32,
}

/// Body of `POST /api/forums`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewForum {
    /// 1 to 200 characters.
    pub name: String,
}

/// A meeting in the list of meetings; the header as last committed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MeetingRow {
    /// Its id, as in the address `/m/{meeting}`.
    pub id: MeetingId,
    /// The document to sync.
    pub document: DocumentId,
    /// The forum that meets.
    pub forum: ForumId,
    /// The forum's name.
    pub forum_name: String,
    /// Title of the meeting.
    pub title: String,
    /// `YYYY-MM-DD`.
    pub date: Option<String>,
    /// `HH:MM`.
    pub start: Option<String>,
    /// `HH:MM`.
    pub end: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// Items that are not deleted.
    pub items: u32,
    /// Where it stands.
    pub phase: Phase,
    /// People connected now.
    pub present: u32,
}

/// Body of `POST /api/meetings`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct NewMeeting {
    /// An existing forum; or
    pub forum: Option<ForumId>,
    /// the name of one, made if it does not exist.
    pub forum_name: Option<String>,
    /// Empty: made from forum and date by the reader.
    pub title: String,
    /// `YYYY-MM-DD`.
    pub date: Option<String>,
    /// `HH:MM`.
    pub start: Option<String>,
    /// `HH:MM`.
    pub end: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// Whether place, times and standing items of the forum's template are left out. What is given here counts before them in any case.
    pub without_template: bool,
    /// A former meeting of the forum whose items it begins with instead of the standing ones. Decisions, comments and attachments stay behind.
    pub copy_of: Option<MeetingId>,
    /// Whether the text of the copied sections comes along.
    pub with_text: bool,
}

/// A forum's template as it is stored: `GET` and `PUT /api/forums/{forum}/template`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TemplateRow {
    /// How often it was changed; 0 while nothing is set. A change names the one that was seen.
    pub version: u32,
    /// What is set.
    pub template: Template,
    /// Who changed it last; ignored on `PUT`.
    #[serde(default)]
    pub changed_by: String,
}

/// Answer to a creation or an import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Created {
    /// The meeting.
    pub meeting: MeetingId,
    /// Its document.
    pub document: DocumentId,
}

/// What the rows know about a meeting, beside its document: `GET /api/meetings/{meeting}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MeetingDetail {
    /// The meeting.
    pub id: MeetingId,
    /// The forum.
    pub forum: ForumId,
    /// The forum's name.
    pub forum_name: String,
    /// Where it stands.
    pub phase: Phase,
    /// Its own document, and those of its items that live in documents of their own.
    pub documents: Vec<DocumentId>,
    /// Which item is in which of them; the others are in the meeting's own.
    #[serde(default)]
    pub item_documents: Vec<ItemDocument>,
    /// Who was there.
    pub participants: Vec<Participant>,
    /// Attachments by item, in order.
    pub attachments: Vec<ItemAttachment>,
    /// What the asker may do here now: names of verbs, as in `docs/ACCESS.md`.
    #[serde(default)]
    pub may: Vec<String>,
    /// The sections of a new item, as the forum has them. Empty: the usual ones.
    #[serde(default)]
    pub layout: Vec<TemplateSection>,
}

impl MeetingDetail {
    /// The document that holds header, order and all items but those that live in documents of their own.
    pub fn own_document(&self) -> Option<&DocumentId> {
        self.documents.iter().find(|document| self.item_documents.iter().all(|item| item.document != **document))
    }
}

/// An item that lives in a document of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemDocument {
    /// The item.
    pub item: ItemId,
    /// Its document.
    pub document: DocumentId,
}

/// One attachment of one item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemAttachment {
    /// The item.
    pub item: ItemId,
    /// The attachment.
    pub attachment: AttachmentJson,
    /// Its id; an attachment of a stored version has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<AttachmentId>,
    /// Where its file is, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
    /// Whether its number follows from its place.
    #[serde(default)]
    pub numbered: bool,
}

impl ItemAttachment {
    /// An attachment that nothing more is known of.
    pub fn new(item: ItemId, attachment: AttachmentJson) -> Self {
        Self { item, attachment, id: None, href: None, numbered: false }
    }
}

/// Who one is: `GET` and `PUT /api/me`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// 1 to 80 characters.
    pub name: String,
    /// Municipality or other body, 0 to 80 characters.
    pub organisation: String,
    /// Hue of the organisation, 1 to 24; given by the server in order of joining, ignored on `PUT`.
    #[serde(default)]
    pub hue: u8,
}

/// Who one is and what one may: `GET /api/me`. The first three are those of [`Person`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// Empty until it was given.
    pub name: String,
    /// Municipality or other body; may be empty.
    pub organisation: String,
    /// Hue of the organisation, 1 to 24.
    pub hue: u8,
    /// The account; none in open mode.
    pub account: Option<AccountId>,
    /// Where mail goes.
    pub email: Option<String>,
    /// `session`, `token`, `open` (without any account) or `no`.
    pub signed_in: String,
    /// Whether there are no accounts: everyone on this machine has all rights.
    pub open: bool,
    /// Whether one administers the installation.
    pub administrator: bool,
    /// The one role one looks with, in open mode.
    pub role: Option<Role>,
    /// The forums one is in, and the roles there.
    pub forums: Vec<MyForum>,
}

/// A forum one is in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MyForum {
    /// Its id.
    pub id: ForumId,
    /// Its name.
    pub name: String,
    /// One's roles in it.
    pub roles: Vec<Role>,
}

/// The role one looks at everything with: `POST /api/me/role`, in open mode alone. Without one: all roles.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MyRole {
    /// The role.
    #[serde(default)]
    pub role: Option<Role>,
}

/// Whose a client id in a document's history is: `GET /api/documents/{document}/authors`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Author {
    /// The client id, as in updates.
    #[cfg_attr(feature = "openapi", schema(value_type = u64))]
    pub client: ClientId,
    /// Who wrote with it, as they last said it.
    pub person: Person,
}

/// What a page starts from: JSON in `<script type="application/json" id="boot">` of the server's first paint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Boot {
    /// Who one is; the name is empty until it was given.
    pub me: Person,
    /// Names the user in the device's own store, so that another user's replica is neither loaded nor sent. Not a secret, not the user key.
    pub user: String,
    /// Whether there are no accounts.
    #[serde(default)]
    pub open: bool,
    /// The one role one looks with, in open mode.
    #[serde(default)]
    pub role: Option<Role>,
    /// Which page this is.
    pub page: BootPage,
}

/// A page and its rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BootPage {
    /// `/`, which the server has painted with all its rows.
    Home {},
    /// `/m/{meeting}`.
    Meeting {
        /// Its rows.
        detail: Box<MeetingDetail>,
    },
}

/// Answer to `POST /api/meetings/{meeting}/import`: what came into the meeting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Added {
    /// The new items in their order.
    pub items: Vec<ItemId>,
    /// What of the file is in no part of the meeting.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
}

/// Answer to `POST /api/meetings/import/preview` and its like: nothing is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportPreview {
    /// What was read.
    pub meeting: MeetingJson,
    /// What a person should look at.
    pub findings: Vec<Finding>,
    /// What of the file is in no part of the meeting, in the order of the file.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
}

/// Words of a file that are in no part of the meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LeftOut {
    /// As written.
    pub text: String,
    /// Why it was left out.
    pub why: LeftOutWhy,
}

/// Why words of a file are in no part of the meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LeftOutWhy {
    /// Page numbers, and what is printed above or below every page.
    Page,
    /// The table of contents.
    Contents,
    /// The name of a field or a part (`Sted`, `Punkt`, `Bilag`); the meeting has the field or the part itself.
    Label,
    /// A date or a time as written; the meeting has it as a date.
    Date,
    /// A title that is printed again.
    Repeated,
    /// Addresses and telephone numbers of the header, which are not kept.
    Contact,
    /// Another name for an attachment that is listed already.
    Attachment,
    /// The address of a link that leads nowhere.
    Link,
    /// The halves of a word that a line end cut; the meeting has the whole word.
    Cut,
    /// Text before the first item, which no field of the meeting holds.
    Before,
    /// Text for which no place was found.
    NoPlace,
    /// What the meeting that it comes into states itself.
    Meeting,
    /// A number of an item; in a meeting that has items the numbers follow from the order.
    Number,
}

/// Something an import was not sure about. Nothing is corrected; everything is kept as written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// These numbers are missing between others; probably closed items.
    NumberGap {
        /// The missing numbers.
        missing: Vec<String>,
    },
    /// An item without any text.
    EmptyItem {
        /// Its number.
        number: String,
    },
    /// A paragraph cut by a page break was joined.
    JoinedParagraph {
        /// Item number.
        number: String,
        /// The words around the joint.
        words: String,
    },
    /// A link that leads nowhere was made plain text.
    DeadLink {
        /// Item number.
        number: String,
        /// The words of the link.
        words: String,
    },
    /// No date was found.
    NoDate,
    /// A comment of the Word file; it is not part of the text.
    Comment {
        /// Its author, as written.
        author: String,
        /// The words it is about; empty if it stands at a place.
        words: String,
        /// What it says.
        text: String,
    },
    /// The Word file had tracked changes: insertions are in the text, deletions are not.
    TrackedChanges {
        /// How many.
        count: u32,
    },
    /// Pictures of the Word file, which are not read.
    Pictures {
        /// How many.
        count: u32,
    },
    /// Other files inside the Word file, whose text is not read.
    InnerFiles {
        /// How many.
        count: u32,
    },
}

/// Answer to `GET /api/search`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchAnswer {
    /// How many there are, of the newest 500.
    pub total: u32,
    /// The best of them.
    pub hits: Vec<SearchHit>,
}

/// A place where what was looked for stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchHit {
    /// The meeting.
    pub meeting: MeetingId,
    /// Its forum.
    pub forum_name: String,
    /// `YYYY-MM-DD`.
    pub date: Option<String>,
    /// The item.
    pub item: ItemId,
    /// Its number, as shown.
    pub number: String,
    /// `title`, `text`, `decision` or `comment`.
    pub kind: String,
    /// The section's heading, or the item's title.
    pub heading: String,
    /// The words around it.
    pub pieces: Vec<SearchPiece>,
}

/// A piece of text around a hit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchPiece {
    /// The text.
    pub text: String,
    /// Whether it is what was looked for.
    pub hit: bool,
}

/// `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A short code that does not change, such as `not_an_agenda`.
    #[serde(rename = "type")]
    pub code: String,
    /// What happened, one sentence.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Why, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}
