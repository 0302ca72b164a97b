//! Meeting JSON: a whole meeting as one tree, the form that import prints, export writes and the API takes.
//!
//! Owns the shape only. Reading a document into it and seeding a document from it are in [`crate::agenda`].

use serde::{Deserialize, Serialize};

/// A meeting. Dates are ISO 8601, times `HH:MM`, numbers as written (text).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct MeetingJson {
    /// Name of the forum.
    pub forum: String,
    /// Title as written.
    pub title: String,
    /// What it is.
    pub kind: Kind,
    /// `YYYY-MM-DD`.
    pub date: Option<String>,
    /// `HH:MM`.
    pub start: Option<String>,
    /// `HH:MM`.
    pub end: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// Case number (Sags ID).
    pub case_id: Option<String>,
    /// Document number (Dok. ID).
    pub document_id: Option<String>,
    /// Date of the document, which is not the meeting's.
    pub document_date: Option<String>,
    /// Date of publication.
    pub published: Option<String>,
    /// Who took part, was invited or sent apologies.
    pub participants: Vec<Participant>,
    /// The items in their order.
    pub items: Vec<ItemJson>,
}

/// What a document is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Kind {
    /// An agenda.
    #[default]
    #[serde(rename = "dagsorden")]
    Agenda,
    /// Minutes.
    #[serde(rename = "referat")]
    Minutes,
    /// Both in one.
    #[serde(rename = "dagsorden+referat")]
    AgendaAndMinutes,
}

impl Kind {
    /// As it stands in Meeting JSON and in the document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agenda => "dagsorden",
            Self::Minutes => "referat",
            Self::AgendaAndMinutes => "dagsorden+referat",
        }
    }

    /// `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Agenda, Self::Minutes, Self::AgendaAndMinutes].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A person named in the header.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Participant {
    /// Name as written.
    pub name: String,
    /// Municipality or other body.
    pub organisation: Option<String>,
    /// Title or task.
    pub role: Option<String>,
    /// Present, stand-in, guest, apologies or secretariat.
    pub status: ParticipantStatus,
    /// When they came, `HH:MM`, if that was after the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrived: Option<String>,
    /// When they left, `HH:MM`, if that was before the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub departed: Option<String>,
}

/// Why a person is named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the Danish word is the wire form")]
pub enum ParticipantStatus {
    #[default]
    Deltager,
    #[serde(rename = "stedfortræder")]
    Stedfortraeder,
    #[serde(rename = "gæst")]
    Gaest,
    Afbud,
    Sekretariat,
}

impl ParticipantStatus {
    /// All of them, in the order they are printed.
    pub const ALL: [Self; 5] = [Self::Deltager, Self::Stedfortraeder, Self::Gaest, Self::Afbud, Self::Sekretariat];
}

/// An agenda item.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ItemJson {
    /// Number as written; gaps are kept.
    pub number: Option<String>,
    /// Title, one line.
    pub title: String,
    /// A second title some forums print.
    pub alt_title: Option<String>,
    /// For decision, discussion, information, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Who presents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presenter: Option<String>,
    /// Planned length in whole minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// Closed item.
    pub closed: bool,
    /// Guests of this item.
    pub guests: Vec<String>,
    /// Sections in their order.
    pub sections: Vec<SectionJson>,
    /// Attachments in their order.
    pub attachments: Vec<AttachmentJson>,
}

/// A section of an item.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SectionJson {
    /// Heading as written; `None` for text before the first heading.
    pub heading: Option<String>,
    /// What it is.
    pub kind: SectionKind,
    /// Who recommends.
    pub from: Option<String>,
    /// To whom.
    pub to: Option<String>,
    /// The text.
    pub blocks: Vec<BlockJson>,
}

/// What a section is; the heading is separate, as forums name them differently.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SectionKind {
    /// Baggrund.
    Background,
    /// Resumé.
    Resume,
    /// Sagsfremstilling, and text before the first heading.
    Case,
    /// Kommunale bemærkninger.
    MunicipalRemarks,
    /// Indstilling.
    Recommendation,
    /// Beslutning, Referat.
    Decision,
    /// Anything else.
    #[default]
    Other,
}

impl SectionKind {
    /// All kinds, in the order a new item offers them.
    pub const ALL: [Self; 7] =
        [Self::Background, Self::Resume, Self::Case, Self::MunicipalRemarks, Self::Recommendation, Self::Decision, Self::Other];

    /// As it stands in Meeting JSON and in the document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Background => "background",
            Self::Resume => "resume",
            Self::Case => "case",
            Self::MunicipalRemarks => "municipal_remarks",
            Self::Recommendation => "recommendation",
            Self::Decision => "decision",
            Self::Other => "other",
        }
    }

    /// `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A block of text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum BlockJson {
    /// Running text.
    Paragraph {
        /// One line.
        text: String,
        /// Inline marks.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        marks: Vec<MarkJson>,
        /// 0 to 8.
        #[serde(default, skip_serializing_if = "is_zero")]
        level: u8,
    },
    /// A heading inside the section.
    Heading {
        /// One line.
        text: String,
        /// Inline marks.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        marks: Vec<MarkJson>,
        /// 1 to 3; 2 if absent.
        #[serde(default = "default_heading", skip_serializing_if = "is_default_heading")]
        level: u8,
    },
    /// An item of a list.
    ListItem {
        /// Kind of the list.
        list: ListJson,
        /// 0 to 8.
        #[serde(default)]
        level: u8,
        /// 1 to 9999: its number in a numbered list, where that does not follow from the lines above.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        start: Option<u16>,
        /// One line.
        text: String,
        /// Inline marks.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        marks: Vec<MarkJson>,
    },
    /// A quotation.
    Quote {
        /// One line.
        text: String,
        /// Inline marks.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        marks: Vec<MarkJson>,
    },
    /// A table: rows of cells, one line each.
    Table {
        /// Rows may differ in length; missing cells are empty.
        rows: Vec<Vec<String>>,
        /// Marks by row and cell; absent or shorter means none.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        cell_marks: Vec<Vec<Vec<MarkJson>>>,
        /// Whether the first row is the head, where a writer has said so. Else it is one if others stand below it and it holds words, or years,
        /// but no figures.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        head: Option<bool>,
    },
}

impl BlockJson {
    /// A plain paragraph.
    pub fn paragraph(text: impl Into<String>) -> Self {
        Self::Paragraph { text: text.into(), marks: Vec::new(), level: 0 }
    }
}

fn is_zero(level: &u8) -> bool {
    *level == 0
}

fn default_heading() -> u8 {
    2
}

fn is_default_heading(level: &u8) -> bool {
    *level == default_heading()
}

/// List kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the name says it")]
pub enum ListJson {
    Bullet,
    Ordered,
}

/// Inline marks of a range of a block's text, in UTF-16 units.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct MarkJson {
    /// First unit.
    pub start: u32,
    /// One past the last unit.
    pub end: u32,
    /// Strong.
    #[serde(skip_serializing_if = "is_false")]
    pub bold: bool,
    /// Emphasis.
    #[serde(skip_serializing_if = "is_false")]
    pub italic: bool,
    /// Underlined.
    #[serde(skip_serializing_if = "is_false")]
    pub underline: bool,
    /// Struck through.
    #[serde(skip_serializing_if = "is_false")]
    pub strike: bool,
    /// Address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// An attachment named by an item.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct AttachmentJson {
    /// Number as written.
    pub number: Option<String>,
    /// Title, mostly a file name.
    pub title: String,
    /// Whether it is there.
    pub status: AttachmentStatus,
    /// The file, once there is one. An export says which; an import brings none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<FileJson>,
}

/// The file of an attachment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileJson {
    /// Its name.
    pub name: String,
    /// Its media type, by its content.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its content, in hex.
    pub sha256: String,
}

/// Whether an attachment is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "the Danish word is the wire form")]
pub enum AttachmentStatus {
    #[default]
    Vedlagt,
    Eftersendes,
    Omtalt,
}
