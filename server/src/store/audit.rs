//! SQL of the audit trail: rows that are only ever added, each with a hash over itself and the row before.
//!
//! Knows no document: of what was tried it holds who, when, where and how it ended.

use std::path::Path;

use dagsorden_shared::api::Person;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use super::StoreError;
use super::connection::Database;
use super::copy;

/// What stands for the user and the document where more were refused at a time than are told apart.
pub(super) const SEVERAL: &str = "*";

/// The verb of rows about refused updates.
const WRITE: &str = "write";

/// Something that was tried, and how it ended; the same things within some minutes are one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it was tried first, in milliseconds since 1970 (UTC).
    pub first: i64,
    /// When it was tried last.
    pub last: i64,
    /// How often.
    pub times: u32,
    /// Key of the user.
    pub user: String,
    /// The user as others saw them then.
    pub person: Person,
    /// The document, by the id it had then.
    pub document: String,
    /// How it ended, such as `refused:not_your_client`.
    pub result: String,
}

/// An entry as it stands in the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its place, from 1.
    pub id: i64,
    /// What was tried: `write`.
    pub verb: String,
    /// The meeting of the document; empty if it had none.
    pub meeting: String,
    /// The rest. The hue of the person is not kept.
    pub entry: Entry,
}

impl AuditRow {
    /// SHA-256 over the hash of the row before and all values, each text with its length in front.
    fn hash(&self, before: &[u8]) -> Vec<u8> {
        let Self { id, verb, meeting, entry } = self;
        let mut digest = Sha256::new_with_prefix(before);
        for number in [*id, entry.first, entry.last, entry.times.into()] {
            digest.update(number.to_le_bytes());
        }
        let Person { name, organisation, .. } = &entry.person;
        for text in [&entry.user, name, organisation, verb, &entry.document, meeting, &entry.result] {
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text);
        }
        digest.finalize().to_vec()
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<(Self, Vec<u8>)> {
        let person = Person { name: row.get("name")?, organisation: row.get("organisation")?, hue: 0 };
        let entry = Entry {
            first: row.get("first")?,
            last: row.get("last")?,
            times: row.get("times")?,
            user: row.get("user")?,
            person,
            document: row.get("document")?,
            result: row.get("result")?,
        };
        Ok((Self { id: row.get("id")?, verb: row.get("verb")?, meeting: row.get("meeting")?, entry }, row.get("hash")?))
    }
}

/// Adds entries to the trail.
pub(super) fn append(database: &Database<'_>, entries: Vec<Entry>) -> Result<(), StoreError> {
    let error = database.error("adding to the audit trail");
    let connection = database.connection;
    let last = connection.query_row("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?)));
    let (mut id, mut hash): (i64, Vec<u8>) = last.optional().map_err(&error)?.unwrap_or_default();
    let mut meeting_of = connection.prepare_cached("SELECT id FROM meeting WHERE document = ?1").map_err(&error)?;
    let insert = "INSERT INTO audit (id, first, last, times, user, name, organisation, verb, document, meeting, result, hash)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let mut insert = connection.prepare_cached(insert).map_err(&error)?;
    for entry in entries {
        let meeting: Option<String> = meeting_of.query_row(params![entry.document], |row| row.get(0)).optional().map_err(&error)?;
        id += 1;
        let row = AuditRow { id, verb: WRITE.to_owned(), meeting: meeting.unwrap_or_default(), entry };
        hash = row.hash(&hash);
        let AuditRow { id, verb, meeting, entry } = row;
        let Person { name, organisation, .. } = entry.person;
        insert
            .execute(params![
                id,
                entry.first,
                entry.last,
                entry.times,
                entry.user,
                name,
                organisation,
                verb,
                entry.document,
                meeting,
                entry.result,
                hash
            ])
            .map_err(&error)?;
    }
    Ok(())
}

/// Goes through the trail of the database at `path` from its beginning, while others may write in it. Answers what is wrong with it: a row that
/// was changed, taken out or put in by other hands.
///
/// # Errors
/// The file cannot be read.
pub fn read(path: &Path, mut each: impl FnMut(&AuditRow)) -> Result<Option<String>, StoreError> {
    let connection = copy::open(path)?;
    let error = |cause| StoreError::from_sqlite(path, "reading the audit trail", cause);
    if !has_trail(&connection).map_err(error)? {
        return Ok(None);
    }
    let mut select = connection.prepare("SELECT * FROM audit ORDER BY id").map_err(error)?;
    let (mut before, mut expected, mut wrong) = (Vec::new(), 1, None);
    for row in select.query_map([], AuditRow::read).map_err(error)? {
        let (row, hash) = row.map_err(error)?;
        if wrong.is_none() && (row.id != expected || row.hash(&before) != hash) {
            wrong = Some(format!("the audit trail: row {expected} is not as it was written, or is missing"));
        }
        each(&row);
        (before, expected) = (hash, row.id + 1);
    }
    Ok(wrong)
}

/// A database of an older version has none.
fn has_trail(connection: &Connection) -> rusqlite::Result<bool> {
    connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'audit'")?.exists([])
}
