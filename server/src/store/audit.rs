//! SQL of the audit trail: rows that are only ever added, each with a hash over itself and the row before.
//!
//! Knows no document: of what was tried it holds who, when, where and how it ended. Rows of form 2 hold the name of the person only as a salted
//! hash; the clear name stands beside them in `audit_person`, where it can be erased without breaking the chain.

use std::path::Path;

use dagsorden_shared::api::Person;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use super::StoreError;
use super::connection::Database;
use super::copy;
use crate::intake::random_bits;

/// What stands for the user and the document where more were refused at a time than are counted separately.
pub(super) const SEVERAL: &str = "*";

/// The verb of rows about refused updates.
const WRITE: &str = "write";

/// What a try to sign in is called.
pub(super) const SIGN_IN: &str = "sign_in";

/// The result of an act that was done.
const DONE: &str = "done";

/// The form of rows that are written now.
const FORM: i64 = 2;

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

/// An act that was done, as the trail is to keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) user: String,
    pub(super) person: Person,
    pub(super) verb: String,
    pub(super) meeting: String,
    pub(super) phase: String,
    pub(super) session: String,
    pub(super) object: String,
}

/// An entry as it stands in the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its place, from 1.
    pub id: i64,
    /// What was tried, such as `write`.
    pub verb: String,
    /// The meeting of the document; empty if it had none.
    pub meeting: String,
    /// The meeting's phase then; empty if it is not about a meeting.
    pub phase: String,
    /// The session it was done in; empty in open mode.
    pub session: String,
    /// What it was done to.
    pub object: String,
    /// The rest. The hue of the person is not kept.
    pub entry: Entry,
    form: i64,
    /// Hash of the person, from form 2 on.
    who: Option<Vec<u8>>,
}

fn hash_texts<'a>(digest: &mut Sha256, texts: impl IntoIterator<Item = &'a str>) {
    for text in texts {
        digest.update((text.len() as u64).to_le_bytes());
        digest.update(text);
    }
}

/// SHA-256 over salt, name and organisation.
fn hash_of_person(salt: &[u8], person: &Person) -> Vec<u8> {
    let mut digest = Sha256::new_with_prefix(salt);
    hash_texts(&mut digest, [person.name.as_str(), person.organisation.as_str()]);
    digest.finalize().to_vec()
}

impl AuditRow {
    /// SHA-256 over the hash of the row before and all values, each text with its length in front.
    fn hash(&self, before: &[u8]) -> Vec<u8> {
        let Self { id, verb, meeting, phase, session, object, entry, form, who } = self;
        let mut digest = Sha256::new_with_prefix(before);
        if *form > 1 {
            digest.update(form.to_le_bytes());
        }
        for number in [*id, entry.first, entry.last, entry.times.into()] {
            digest.update(number.to_le_bytes());
        }
        if *form > 1 {
            digest.update(who.as_deref().unwrap_or_default());
            let texts = [&entry.user, verb, &entry.document, meeting, &entry.result, phase, session, object];
            hash_texts(&mut digest, texts.map(String::as_str));
        } else {
            let Person { name, organisation, .. } = &entry.person;
            let texts = [&entry.user, name, organisation, verb, &entry.document, meeting, &entry.result];
            hash_texts(&mut digest, texts.map(String::as_str));
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
        // A database of an older version has none of these.
        let text = |column: &str| row.get::<_, Option<String>>(column).map(Option::unwrap_or_default).or_else(no_column);
        let read = Self {
            id: row.get("id")?,
            verb: row.get("verb")?,
            meeting: row.get("meeting")?,
            phase: text("phase")?,
            session: text("session")?,
            object: text("object")?,
            entry,
            form: row.get("form").or_else(|error| if is_no_column(&error) { Ok(1) } else { Err(error) })?,
            who: row.get("who").or_else(no_column)?,
        };
        Ok((read, row.get("hash")?))
    }
}

fn is_no_column(error: &rusqlite::Error) -> bool {
    matches!(error, rusqlite::Error::InvalidColumnName(_))
}

fn no_column<T: Default>(error: rusqlite::Error) -> rusqlite::Result<T> {
    if is_no_column(&error) { Ok(T::default()) } else { Err(error) }
}

/// The trail's last row: its place and its hash.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<(i64, Vec<u8>)> {
    let mut last = connection.prepare_cached("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")?;
    Ok(last.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?.unwrap_or_default())
}

/// Adds refusals to the trail.
pub(super) fn append(database: &Database<'_>, entries: Vec<Entry>) -> Result<(), StoreError> {
    let error = database.error("adding to the audit trail");
    for entry in entries {
        let mut meeting_of = database.connection.prepare_cached("SELECT meeting FROM document WHERE id = ?1").map_err(&error)?;
        let meeting: Option<Option<String>> = meeting_of.query_row(params![entry.document], |row| row.get(0)).optional().map_err(&error)?;
        // What is refused outside a document is a try to come in.
        let verb = if entry.document.is_empty() { SIGN_IN } else { WRITE };
        let texts = RowTexts { verb: verb.to_owned(), meeting: meeting.flatten().unwrap_or_default(), ..RowTexts::default() };
        add(database, entry, texts)?;
    }
    Ok(())
}

/// Adds an act that was done, in the transaction that does it.
pub(super) fn record(database: &Database<'_>, record: &Record) -> Result<(), StoreError> {
    let Record { user, person, verb, meeting, phase, session, object } = record.clone();
    let now = jiff::Timestamp::now().as_millisecond();
    let entry = Entry { first: now, last: now, times: 1, user, person, document: String::new(), result: DONE.to_owned() };
    add(database, entry, RowTexts { verb, meeting, phase, session, object })
}

#[derive(Default)]
struct RowTexts {
    verb: String,
    meeting: String,
    phase: String,
    session: String,
    object: String,
}

fn add(database: &Database<'_>, entry: Entry, texts: RowTexts) -> Result<(), StoreError> {
    let error = database.error("adding to the audit trail");
    let connection = database.connection;
    let (last, before) = head(connection).map_err(&error)?;
    let salt = random_bits().to_le_bytes();
    let who = hash_of_person(&salt, &entry.person);
    let RowTexts { verb, meeting, phase, session, object } = texts;
    let row = AuditRow { id: last + 1, verb, meeting, phase, session, object, entry, form: FORM, who: Some(who) };
    let hash = row.hash(&before);
    let AuditRow { id, verb, meeting, phase, session, object, entry, form, who } = row;
    let insert = "INSERT INTO audit (id, first, last, times, user, name, organisation, verb, document, meeting, result, hash, form, who, session, \
                  phase, object) VALUES (?1, ?2, ?3, ?4, ?5, '', '', ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
    connection
        .prepare_cached(insert)
        .and_then(|mut insert| {
            insert.execute(params![
                id,
                entry.first,
                entry.last,
                entry.times,
                entry.user,
                verb,
                entry.document,
                meeting,
                entry.result,
                hash,
                form,
                who,
                session,
                phase,
                object
            ])
        })
        .map_err(&error)?;
    connection
        .execute(
            "INSERT INTO audit_person (id, salt, name, organisation) VALUES (?1, ?2, ?3, ?4)",
            params![id, salt, entry.person.name, entry.person.organisation],
        )
        .map(drop)
        .map_err(&error)
}

/// The newest head of the trail as the head file says it: how many rows there are at least, and the hash of the last of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Rows.
    pub rows: i64,
    /// Hash of the last of them.
    pub hash: Vec<u8>,
}

/// Goes through the trail of the database at `path` from its beginning, while others may write in it, and holds it against `head`. Answers what is
/// wrong with it: a row that was changed, taken out or put in by other hands, or an end that was cut off.
///
/// # Errors
/// The file cannot be read.
pub fn read(path: &Path, head: Option<&Head>, mut each: impl FnMut(&AuditRow)) -> Result<Option<String>, StoreError> {
    let connection = copy::open(path)?;
    let error = |cause| StoreError::from_sqlite(path, "reading the audit trail", cause);
    if !has_table(&connection, "audit").map_err(error)? {
        return Ok(None);
    }
    let mut person_of = if has_table(&connection, "audit_person").map_err(error)? {
        Some(connection.prepare("SELECT salt, name, organisation FROM audit_person WHERE id = ?1").map_err(error)?)
    } else {
        None
    };
    let mut select = connection.prepare("SELECT * FROM audit ORDER BY id").map_err(error)?;
    let (mut before, mut expected, mut wrong) = (Vec::new(), 1, None);
    for row in select.query_map([], AuditRow::read).map_err(error)? {
        let (mut row, hash) = row.map_err(error)?;
        if wrong.is_none() && (row.id != expected || row.hash(&before) != hash) {
            wrong = Some(format!("the audit trail: row {expected} is not as it was written, or is missing"));
        }
        if let (Some(who), Some(person_of)) = (&row.who, &mut person_of) {
            let side = person_of.query_row([row.id], |side| {
                let salt: Vec<u8> = side.get(0)?;
                Ok((salt, Person { name: side.get(1)?, organisation: side.get(2)?, hue: 0 }))
            });
            match side.optional().map_err(error)? {
                Some((salt, person)) if hash_of_person(&salt, &person) == *who => row.entry.person = person,
                _ if wrong.is_none() => wrong = Some(format!("the audit trail: the person of row {} is not as it was written", row.id)),
                _ => {}
            }
        }
        if wrong.is_none() && head.is_some_and(|head| head.rows == row.id && head.hash != hash) {
            wrong = Some(format!("the audit trail: row {} is another than the head file beside the database says", row.id));
        }
        each(&row);
        (before, expected) = (hash, row.id + 1);
    }
    if wrong.is_none()
        && let Some(head) = head.filter(|head| head.rows >= expected)
    {
        wrong = Some(format!("the audit trail: it ends with row {}, but had {} rows; its end was cut off", expected - 1, head.rows));
    }
    Ok(wrong)
}

/// A database of an older version has no trail, or no names beside it.
fn has_table(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1")?.exists([name])
}
