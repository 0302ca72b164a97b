//! Writing a meeting out: the document's snapshot and its rows as Meeting JSON, and Meeting JSON as files that people take along.
//!
//! Owns which formats there are, their names and media types. Each format is a file of its own; all but JSON and the calendar are written
//! from one tree (`paper`), so that a new block or mark does not compile until every format writes it. Knows no HTTP and no
//! clock. What is written is what was committed.

mod calendar;
mod html;
mod json;
mod markdown;
mod paper;
mod pdf;
#[cfg(test)]
mod tests;
mod text;
mod word;

use dagsorden_shared::access::Phase;
use dagsorden_shared::agenda::{Agenda, MeetingSnapshot};
use dagsorden_shared::api::{MeetingDetail, VersionRow};
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::id::{ClientId, MeetingId};
use dagsorden_shared::meeting_json::MeetingJson;
use yrs::updates::decoder::Decode;
use yrs::{Transact, Update};

use crate::intake::random_bits;
use crate::store::Loaded;
use paper::Paper;

pub use json::json;

/// A form that a meeting can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Format {
    /// Meeting JSON, which `import` reads
    Json,
    /// A tagged PDF
    Pdf,
    /// A Word document
    Docx,
    /// One HTML file
    Html,
    /// Markdown (CommonMark with GitHub's tables)
    #[value(name = "md")]
    Markdown,
    /// Plain text, which `import` reads
    #[value(name = "txt")]
    Text,
    /// A calendar entry (iCalendar)
    Ics,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 7] = [Self::Json, Self::Pdf, Self::Docx, Self::Html, Self::Markdown, Self::Text, Self::Ics];

    /// Its name on the wire and on the command line, which is also the ending of its files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Text => "txt",
            Self::Ics => "ics",
        }
    }

    /// `None` for any other name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }

    /// Media type of its files.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Html => "text/html; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
            Self::Ics => "text/calendar; charset=utf-8",
        }
    }

    /// Whether a terminal can show it.
    pub fn is_text(self) -> bool {
        !matches!(self, Self::Pdf | Self::Docx)
    }
}

/// What a file says beside the meeting itself.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The meeting.
    pub meeting: MeetingId,
    /// Address of its page, where it is known.
    pub address: Option<String>,
    /// Where it stands: a draft says so on its pages.
    pub phase: Phase,
    /// Number of the newest version, 0 before the first.
    pub version: u32,
    /// Hash of that version, where the meeting still says what the version does.
    pub hash: Option<String>,
    /// When the file is written.
    pub written: jiff::Timestamp,
}

impl Facts {
    /// What is known of a meeting besides its text.
    pub fn new(rows: &MeetingDetail, newest: Option<VersionRow>, address: Option<String>, written: jiff::Timestamp) -> Self {
        Self {
            meeting: rows.id.clone(),
            address,
            phase: rows.phase,
            version: newest.as_ref().map_or(0, |version| version.number),
            // Until it is approved, a meeting may have been changed since.
            hash: newest.filter(|version| rows.phase == Phase::Approved && version.phase == Phase::Approved).map(|version| version.hash),
            written,
        }
    }
}

/// A meeting as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its content.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub media_type: &'static str,
    /// A name for it, with its ending; safe in every file system.
    pub name: String,
}

/// Why a meeting cannot be written in a format: what is missing and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// A calendar entry needs a day.
    #[error("the meeting has no date, so there is no calendar entry: give it a date and export it again")]
    NoDate,
    /// The meeting is too large for a PDF, or cannot be set as one that everybody can read.
    #[error("{0}")]
    Pdf(String),
    /// The archive of a Word file could not be written.
    #[error("the Word file could not be written: {0}")]
    Archive(String),
}

/// Writes a meeting in a format. The same meeting, facts and language give the same bytes.
///
/// # Errors
/// [`ExportError`], whose message can be shown as it is.
pub fn write(format: Format, meeting: &MeetingJson, about: &Facts, catalogue: &Catalogue) -> Result<File, ExportError> {
    let bytes = match format {
        Format::Json => json::write(meeting).into_bytes(),
        Format::Pdf => pdf::write(meeting, about, catalogue)?,
        Format::Docx => word::write(&Paper::new(meeting, about, catalogue))?,
        Format::Html => html::write(&Paper::new(meeting, about, catalogue)).into_bytes(),
        Format::Markdown => markdown::write(&Paper::new(meeting, about, catalogue)).into_bytes(),
        Format::Text => text::write(meeting, &Paper::new(meeting, about, catalogue)).into_bytes(),
        Format::Ics => calendar::write(meeting, about, catalogue)?.into_bytes(),
    };
    Ok(File { bytes, media_type: format.media_type(), name: file_name(format, meeting, catalogue) })
}

/// Stored bytes that are no document. The store checks its checksums, so this is a fault of ours.
#[derive(Debug, thiserror::Error)]
#[error("a stored update cannot be read: {0}")]
pub struct DocumentError(String);

/// The tree of a document as it was loaded from the store.
///
/// # Errors
/// Bytes that are no update.
pub fn snapshot(document: &Loaded) -> Result<MeetingSnapshot, DocumentError> {
    let agenda = Agenda::new(ClientId::from_random(random_bits() as u64));
    document.snapshot.iter().chain(&document.log).try_for_each(|update| apply(&agenda, update))?;
    Ok(agenda.snapshot())
}

/// Puts items that live in documents of their own in their places.
pub fn compose(mut meeting: MeetingSnapshot, items: impl IntoIterator<Item = MeetingSnapshot>) -> MeetingSnapshot {
    items.into_iter().flat_map(|own| own.items).for_each(|item| meeting.put(item));
    meeting
}

/// The tree of a document as far as its updates can be read, and whether that is to their end.
pub fn readable(updates: &[Vec<u8>]) -> (MeetingSnapshot, bool) {
    let agenda = Agenda::new(ClientId::from_random(random_bits() as u64));
    let all = updates.iter().all(|update| apply(&agenda, update).is_ok());
    (agenda.snapshot(), all)
}

fn apply(agenda: &Agenda, update: &[u8]) -> Result<(), DocumentError> {
    let update = Update::decode_v1(update).map_err(|error| DocumentError(error.to_string()))?;
    agenda.doc().transact_mut().apply_update(update).map_err(|error| DocumentError(error.to_string()))
}

/// The most characters of a file's name, without its ending.
const LONGEST_NAME: usize = 100;

/// `Kystkredsen dagsorden 2027-01-14.docx`, without what some system forbids in names.
fn file_name(format: Format, meeting: &MeetingJson, catalogue: &Catalogue) -> String {
    let kind = (catalogue.meeting.kind)(meeting.kind).to_lowercase();
    let text = format!("{} {kind} {}", meeting.forum, meeting.date.as_deref().unwrap_or_default());
    let is_forbidden = |c: char| c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    let text = text.replace(is_forbidden, " ");
    let name: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_NAME).collect();
    format!("{}.{}", name.trim_matches(['.', ' ']), format.as_str())
}
