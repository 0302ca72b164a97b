//! Import: a file as people have it becomes a [`MeetingJson`] and a list of what a person should look at.
//!
//! Owns every rule about how agendas are written down: numbered item headings, header labels, headings
//! of sections, lists, tables, attachments. Keeps all text as written; what it was not sure about it says in [`Finding`]s.
//! Knows no database, no request and no document: callers store what it returns.
//!
//! One pass from bytes to text (`decode`) over its lines (`lines`, and `furniture` for what a printer added) to `items`, then each item by
//! itself: `sections`, `attachments`, `blocks`, `inline` and `recommendation`. Every step is linear in the size of the file. A Word file
//! (`docx`) comes to the same lines with hints. Last the `account`: each word of the file is in the meeting or in `left_out`.

mod account;
mod attachments;
mod blocks;
mod dates;
mod decode;
mod docx;
mod furniture;
mod header;
mod headings;
mod inline;
mod items;
mod json;
mod lines;
mod lists;
mod people;
mod plain;
mod recommendation;
mod sections;
mod tables;
#[cfg(test)]
pub(crate) mod tests;
mod words;

use std::borrow::Cow;

use dagsorden_shared::api::{Finding, LeftOut};
use dagsorden_shared::meeting_json::MeetingJson;
pub use docx::is_office;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The largest file that is read, in bytes. Check it before reading one.
pub const MAX_BYTES: usize = 5 * 1024 * 1024;

/// The most lines of a text, blank ones left out.
pub const MAX_LINES: usize = 30_000;

/// The most items of a meeting.
pub const MAX_ITEMS: usize = 500;

/// The most paragraphs, list lines and table rows of a meeting.
pub const MAX_BLOCKS: usize = 20_000;

/// The most attachments, and the most participants, of a meeting.
pub const MAX_NAMES: usize = 5_000;

/// What a file held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    /// The meeting, as written.
    pub meeting: MeetingJson,
    /// What a person should look at, in the order of the file.
    pub findings: Vec<Finding>,
    /// What of the file is in no part of the meeting, in the order of the file.
    pub left_out: Vec<LeftOut>,
}

/// Why a file was not imported: what was found, where, and what to do. Nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum ImportError {
    /// No bytes, or only blanks.
    #[error("the file is empty: choose a file with the text of an agenda, or Meeting JSON")]
    Empty,
    /// More than [`MAX_BYTES`].
    #[error("the file has {bytes} bytes, more than the {} that are read: import one meeting at a time, as text or Meeting JSON", MAX_BYTES)]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Another kind of file, known by its first bytes.
    #[error(
        "this is {what}, which is not read: save it as Word (.docx) or plain text (UTF-8), or paste its text; Word, text and Meeting JSON are \
         accepted"
    )]
    Format {
        /// What it is, with its article.
        what: Cow<'static, str>,
    },
    /// An old Word file.
    #[error("this is a Word file of the old kind (.doc): open it in Word, save it as Word document (.docx) and import that")]
    OldWord,
    /// A Word file with a password.
    #[error("this Word file has a password: open it in Word, save a copy without the password and import that")]
    Password,
    /// A Word file that cannot be read.
    #[error("the Word file cannot be read: {problem}: open it in Word, save it under a new name and import that")]
    Word {
        /// What is wrong with it.
        problem: Cow<'static, str>,
        /// It is larger inside than any agenda.
        too_much: bool,
    },
    /// Bytes that are not text in UTF-8 (or UTF-16 with a byte order mark).
    #[error("line {line}, byte {position}: not UTF-8 text: save the file as UTF-8 and import it again")]
    NotUtf8 {
        /// Offset of the first bad byte, from 0.
        position: usize,
        /// Its line, from 1.
        line: usize,
    },
    /// Characters that no text has.
    #[error(
        "line {line}: control characters, so this is not a text file: save it as plain text (UTF-8); text and Meeting JSON are accepted"
    )]
    Binary {
        /// The first line with one, from 1.
        line: usize,
    },
    /// Text without any item heading.
    #[error("no agenda items found (lines read: {lines}): each item must begin with a line such as \"Punkt 1: Title\" or \"1. Title\"")]
    NoItems {
        /// How many lines were read.
        lines: usize,
    },
    /// Not the JSON it should be.
    #[error("line {line}, column {column}: {problem}: correct it, or import the agenda as text")]
    Json {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What is wrong.
        problem: String,
    },
    /// JSON, but a value that does not fit.
    #[error("{field} is \"{value}\": write {expected}")]
    Value {
        /// Where it stands, such as `items[2].title`.
        field: String,
        /// What was found, cut if long.
        value: String,
        /// What is taken.
        expected: Cow<'static, str>,
    },
    /// More than a meeting may hold.
    #[error("{count} {what}, more than the {limit} that one meeting may have: import one meeting at a time")]
    TooMany {
        /// Of what.
        what: Cow<'static, str>,
        /// How many.
        count: usize,
        /// How many are taken.
        limit: usize,
    },
}

impl ImportError {
    /// A short code that does not change, for the API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty_file",
            Self::TooLarge { .. } => "file_too_large",
            Self::Format { .. } => "format_not_read",
            Self::OldWord => "old_word",
            Self::Password => "password",
            Self::Word { too_much: false, .. } => "broken_word",
            Self::Word { too_much: true, .. } => "unpacks_too_large",
            Self::NotUtf8 { .. } => "not_utf8",
            Self::Binary { .. } => "not_text",
            Self::NoItems { .. } => "not_an_agenda",
            Self::Json { .. } => "bad_json",
            Self::Value { .. } => "bad_value",
            Self::TooMany { .. } => "too_many",
        }
    }

    /// The line it is about, from 1.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::NotUtf8 { line, .. } | Self::Binary { line } | Self::Json { line, .. } => Some(*line),
            _ => None,
        }
    }
}

/// Reads a file: plain text, Meeting JSON if it begins with `{`, or a Word file, known by its first bytes. `name` is the file's name, if it
/// has one: a name that ends in `.json` must hold Meeting JSON. A file for which [`is_office`] holds is better read in a process of its
/// own: [`crate::worker`].
///
/// # Errors
/// [`ImportError`], whose message can be shown as it is.
pub fn read(bytes: &[u8], name: Option<&str>) -> Result<Imported, ImportError> {
    if bytes.len() > MAX_BYTES {
        return Err(ImportError::TooLarge { bytes: bytes.len() });
    }
    if docx::is_office(bytes) {
        let imported = docx::read(bytes)?;
        json::check_counts(&imported.meeting)?;
        return Ok(imported);
    }
    let text = decode::text(bytes)?;
    let named_json = name.is_some_and(|name| name.to_ascii_lowercase().ends_with(".json"));
    let imported = if named_json || text.trim_start().starts_with('{') { json::read(&text)? } else { plain::read(&text)? };
    json::check_counts(&imported.meeting)?;
    Ok(imported)
}
