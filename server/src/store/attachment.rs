//! SQL of attachments: rows with an id of the client, their order within an item, and which files are still named by anything.
//!
//! A row is stored after its file has reached the disk. What is deleted stays for a while, so that it can be brought back. Knows no file's content.

use dagsorden_shared::api::ItemAttachment;
use dagsorden_shared::attachment::{AttachmentRow, ChangedAttachment};
use dagsorden_shared::id::{AttachmentId, ItemId, MeetingId};
use dagsorden_shared::meeting_json::{AttachmentJson, AttachmentStatus, FileJson};
use rusqlite::{OptionalExtension, Row, params};

use super::account::now;
use super::connection::Database;
use super::meeting::{read_id, read_word, word};
use super::{Act, Speaker, Store, StoreError, Stored};
use crate::intake::random_bits;

/// Attachments of a meeting at most, deleted ones too.
const MAX_ATTACHMENTS: u32 = 1_000;

/// For how long what was deleted can be brought back, in milliseconds.
const KEPT: i64 = 30 * 24 * 60 * 60 * 1_000;

/// An attachment that is to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentDraft {
    /// Its id.
    pub id: AttachmentId,
    /// The meeting it belongs to.
    pub meeting: MeetingId,
    /// The item it belongs to.
    pub item: ItemId,
    /// The number that is fixed.
    pub number: Option<String>,
    /// Its title.
    pub title: String,
    /// Whether it is there.
    pub status: AttachmentStatus,
    /// Its file, which is on disk.
    pub file: Option<FileJson>,
}

/// An attachment and the meeting it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundAttachment {
    /// The meeting.
    pub meeting: MeetingId,
    /// The row.
    pub row: AttachmentRow,
}

impl Store {
    /// Stores an attachment, or puts a file into one that has none. Sent twice it happens once.
    ///
    /// # Errors
    /// Not allowed; another attachment has this id. Nothing was stored.
    pub async fn attach(&self, act: Act, speaker: Speaker, draft: AttachmentDraft) -> Result<(Stored, AttachmentRow), StoreError> {
        self.act(act, move |database| attach(database, &speaker, &draft)).await
    }

    /// Changes what is said of an attachment, and its place.
    ///
    /// # Errors
    /// Not allowed; no such attachment; it has changed since. Nothing was changed.
    pub async fn change_attachment(
        &self,
        act: Act,
        meeting: MeetingId,
        item: ItemId,
        id: AttachmentId,
        changed: ChangedAttachment,
    ) -> Result<AttachmentRow, StoreError> {
        self.act(act, move |database| change(database, &meeting, &item, &id, &changed)).await
    }

    /// Deletes an attachment, or brings it back.
    ///
    /// # Errors
    /// Not allowed; no such attachment. Nothing was changed.
    pub async fn set_attachment_deleted(
        &self,
        act: Act,
        meeting: MeetingId,
        item: ItemId,
        id: AttachmentId,
        deleted: bool,
    ) -> Result<AttachmentRow, StoreError> {
        self.act(act, move |database| set_deleted(database, &meeting, &item, &id, deleted)).await
    }

    /// The attachments of a meeting in their order.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn attachments(&self, meeting: &MeetingId) -> Result<Vec<AttachmentRow>, StoreError> {
        let meeting = meeting.clone();
        self.read(move |database| rows(database, &meeting)).await
    }

    /// An attachment that was not deleted. `None`: there is none.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn attachment(&self, id: &AttachmentId) -> Result<Option<FoundAttachment>, StoreError> {
        let id = id.clone();
        self.read(move |database| find(database, &id, false)).await
    }

    /// Forgets what was deleted long ago.
    ///
    /// # Errors
    /// It stays for the next time.
    pub async fn forget_attachments(&self) -> Result<(), StoreError> {
        let before = now() - KEPT;
        self.inner
            .writer
            .write(move |database| {
                let error = database.error("forgetting attachments");
                database.connection.execute("DELETE FROM attachment WHERE deleted_at < ?1", params![before]).map(drop).map_err(error)
            })
            .await
    }

    /// Whether a row or a stored version names the file with this SHA-256.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn names_file(&self, sha256: String) -> Result<bool, StoreError> {
        self.read(move |database| {
            let error = database.error("looking for the rows of a file");
            let found = "SELECT EXISTS (SELECT 1 FROM attachment WHERE sha256 = ?1)
                OR EXISTS (SELECT 1 FROM version_item WHERE instr(text, ?1) > 0)";
            database.connection.query_row(found, params![sha256], |row| row.get(0)).map_err(error)
        })
        .await
    }
}

const COLUMNS: &str = "SELECT id, item, number, numbered, title, status, file_name, media_type, size, sha256,
    author || CASE WHEN author_org = '' THEN '' ELSE ', ' || author_org END, at, version, meeting
    FROM attachment";

type Columns = (String, String, String, String, AttachmentRow);

/// The row without what has to be parsed, and those: id, item, status, meeting.
fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    let file = match row.get::<_, Option<String>>(9)? {
        Some(sha256) => {
            let size = u64::try_from(row.get::<_, i64>(8)?).unwrap_or(0);
            Some(FileJson { name: row.get(6)?, media_type: row.get(7)?, size, sha256 })
        }
        None => None,
    };
    let shown = AttachmentRow {
        id: AttachmentId::from_random(0),
        item: ItemId::from_random(0),
        number: row.get(2)?,
        numbered: row.get(3)?,
        title: row.get(4)?,
        status: AttachmentStatus::Vedlagt,
        file,
        by: row.get(10)?,
        at: row.get(11)?,
        version: row.get(12)?,
    };
    Ok((row.get(0)?, row.get(1)?, row.get(5)?, row.get(13)?, shown))
}

fn read((id, item, status, meeting, row): Columns) -> Result<FoundAttachment, StoreError> {
    let row = AttachmentRow {
        id: read_id("attachment.id", id)?,
        item: read_id("attachment.item", item)?,
        status: read_word("attachment.status", status)?,
        ..row
    };
    Ok(FoundAttachment { meeting: read_id("attachment.meeting", meeting)?, row })
}

/// The attachments of a meeting that were not deleted, in their order.
pub(super) fn rows(database: &Database<'_>, meeting: &MeetingId) -> Result<Vec<AttachmentRow>, StoreError> {
    let error = database.error("reading attachments");
    let mut select = database
        .connection
        .prepare_cached(&format!("{COLUMNS} WHERE meeting = ?1 AND deleted_at IS NULL ORDER BY position, id"))
        .map_err(&error)?;
    let rows = select.query_map(params![meeting.as_str()], columns).map_err(&error)?;
    rows.map(|row| Ok(read(row.map_err(&error)?)?.row)).collect()
}

/// The attachment of this id, whose meeting was not deleted.
fn find(database: &Database<'_>, id: &AttachmentId, deleted: bool) -> Result<Option<FoundAttachment>, StoreError> {
    let found = database
        .connection
        .query_row(
            &format!(
                "{COLUMNS} WHERE id = ?1 AND (deleted_at IS NOT NULL) = ?2
                 AND EXISTS (SELECT 1 FROM meeting WHERE meeting.id = attachment.meeting AND meeting.deleted_at IS NULL)"
            ),
            params![id.as_str(), deleted],
            columns,
        )
        .optional()
        .map_err(database.error("looking up an attachment"))?;
    found.map(read).transpose()
}

/// The attachment of this id in this item of this meeting: an id is looked up through its parents, never alone.
fn of_item(database: &Database<'_>, meeting: &MeetingId, item: &ItemId, id: &AttachmentId) -> Result<AttachmentRow, StoreError> {
    let found = find(database, id, false)?.filter(|found| found.meeting == *meeting && found.row.item == *item);
    found.map(|found| found.row).ok_or(StoreError::NotThere)
}

fn size(file: &FileJson) -> i64 {
    i64::try_from(file.size).unwrap_or(i64::MAX)
}

/// Stores a row as it was imported, without an author.
pub(super) fn insert(database: &Database<'_>, draft: &AttachmentDraft, numbered: bool) -> Result<(), StoreError> {
    let file = draft.file.as_ref();
    database
        .connection
        .execute(
            "INSERT INTO attachment (id, meeting, item, position, number, numbered, title, status, file_name, media_type, size, sha256)
             VALUES (?1, ?2, ?3, (SELECT COALESCE(MAX(position) + 1, 0) FROM attachment WHERE meeting = ?2), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                draft.id.as_str(),
                draft.meeting.as_str(),
                draft.item.as_str(),
                draft.number,
                numbered,
                draft.title,
                word(draft.status),
                file.map(|file| &file.name),
                file.map(|file| &file.media_type),
                file.map(size),
                file.map(|file| &file.sha256),
            ],
        )
        .map(drop)
        .map_err(database.error("storing an attachment"))
}

/// Stores attachments as an import names them, in their order.
pub(super) fn insert_named(database: &Database<'_>, meeting: &MeetingId, named: &[ItemAttachment]) -> Result<(), StoreError> {
    for ItemAttachment { item, attachment, id, .. } in named {
        let AttachmentJson { number, title, status, .. } = attachment.clone();
        let id = id.clone().unwrap_or_else(|| AttachmentId::from_random(random_bits()));
        let draft = AttachmentDraft { id, meeting: meeting.clone(), item: item.clone(), number, title, status, file: None };
        insert(database, &draft, false)?;
    }
    Ok(())
}

/// Whether a meeting may have so many attachments more.
pub(super) fn make_room(database: &Database<'_>, meeting: &MeetingId, more: usize) -> Result<(), StoreError> {
    let error = database.error("counting attachments");
    let there: u32 = database
        .connection
        .query_row("SELECT COUNT(*) FROM attachment WHERE meeting = ?1", params![meeting.as_str()], |row| row.get(0))
        .map_err(error)?;
    let fits = u32::try_from(more).is_ok_and(|more| there.saturating_add(more) <= MAX_ATTACHMENTS);
    if more == 0 || fits { Ok(()) } else { Err(StoreError::TooMany { what: "attachments", limit: MAX_ATTACHMENTS }) }
}

fn attach(database: &Database<'_>, speaker: &Speaker, draft: &AttachmentDraft) -> Result<(Stored, AttachmentRow), StoreError> {
    let error = database.error("storing an attachment");
    let conflict = || StoreError::Conflict { what: "what has this id" };
    let known = find(database, &draft.id, false)?;
    let stored = match known {
        Some(known) if known.meeting != draft.meeting || known.row.item != draft.item => return Err(conflict()),
        Some(FoundAttachment { row, .. }) => match (&row.file, &draft.file) {
            (None, Some(file)) => {
                fill(database, &draft.id, file)?;
                sign(database, speaker, &draft.id)?;
                Stored::Before
            }
            (Some(there), Some(file)) if there.sha256 == file.sha256 => return Ok((Stored::Before, row)),
            (None, None) if row.title == draft.title && row.status == draft.status => return Ok((Stored::Before, row)),
            _ => return Err(conflict()),
        },
        None => {
            let (taken, count): (bool, u32) = database
                .connection
                .query_row(
                    "SELECT EXISTS (SELECT 1 FROM attachment WHERE id = ?1), COUNT(*) FROM attachment WHERE meeting = ?2",
                    params![draft.id.as_str(), draft.meeting.as_str()],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .map_err(&error)?;
            if taken {
                return Err(conflict());
            }
            if count >= MAX_ATTACHMENTS {
                return Err(StoreError::TooMany { what: "attachments", limit: MAX_ATTACHMENTS });
            }
            insert(database, draft, draft.number.is_none())?;
            sign(database, speaker, &draft.id)?;
            Stored::New
        }
    };
    Ok((stored, of_item(database, &draft.meeting, &draft.item, &draft.id)?))
}

/// Puts a file into a row that has none. What was promised has come.
fn fill(database: &Database<'_>, id: &AttachmentId, file: &FileJson) -> Result<(), StoreError> {
    database
        .connection
        .execute(
            "UPDATE attachment SET file_name = ?2, media_type = ?3, size = ?4, sha256 = ?5, status = 'vedlagt', version = version + 1
             WHERE id = ?1",
            params![id.as_str(), file.name, file.media_type, size(file), file.sha256],
        )
        .map(drop)
        .map_err(database.error("putting a file into an attachment"))
}

/// Notes who brought it, and when.
fn sign(database: &Database<'_>, speaker: &Speaker, id: &AttachmentId) -> Result<(), StoreError> {
    database
        .connection
        .execute(
            "UPDATE attachment SET user = ?2, author = ?3, author_org = ?4, at = ?5 WHERE id = ?1",
            params![id.as_str(), speaker.user, speaker.person.name, speaker.person.organisation, now()],
        )
        .map(drop)
        .map_err(database.error("noting who brought an attachment"))
}

fn change(
    database: &Database<'_>,
    meeting: &MeetingId,
    item: &ItemId,
    id: &AttachmentId,
    changed: &ChangedAttachment,
) -> Result<AttachmentRow, StoreError> {
    let error = database.error("changing an attachment");
    let row = of_item(database, meeting, item, id)?;
    if changed.version.is_some_and(|version| version != row.version) {
        return Err(StoreError::Stale { what: "this attachment" });
    }
    // What has a file is there, and nothing else can be said of it.
    let status = changed.status.filter(|_| row.file.is_none());
    let number = changed.number.as_deref();
    database
        .connection
        .execute(
            "UPDATE attachment SET title = COALESCE(?2, title), status = COALESCE(?3, status),
             number = CASE WHEN ?4 IS NULL THEN number ELSE NULLIF(?4, '') END,
             numbered = CASE WHEN ?4 IS NULL THEN numbered ELSE ?4 = '' END, version = version + 1 WHERE id = ?1",
            params![id.as_str(), changed.title, status.map(word), number],
        )
        .map_err(&error)?;
    if let Some(place) = changed.place {
        let mut select = database
            .connection
            .prepare_cached(
                "SELECT id, position FROM attachment WHERE meeting = ?1 AND item = ?2 AND deleted_at IS NULL ORDER BY position, id",
            )
            .map_err(&error)?;
        let rows = select.query_map(params![meeting.as_str(), item.as_str()], |row| Ok((row.get(0)?, row.get(1)?))).map_err(&error)?;
        let rows: Vec<(String, i64)> = rows.collect::<Result<_, _>>().map_err(&error)?;
        let (mut ids, positions): (Vec<String>, Vec<i64>) = rows.into_iter().unzip();
        ids.retain(|known| known != id.as_str());
        ids.insert(ids.len().min(usize::try_from(place).unwrap_or(usize::MAX)), id.as_str().to_owned());
        // They take the places among themselves that they have among those of the meeting.
        let mut update = database.connection.prepare_cached("UPDATE attachment SET position = ?2 WHERE id = ?1").map_err(&error)?;
        for (id, position) in ids.iter().zip(positions) {
            update.execute(params![id, position]).map_err(&error)?;
        }
    }
    of_item(database, meeting, item, id)
}

fn set_deleted(
    database: &Database<'_>,
    meeting: &MeetingId,
    item: &ItemId,
    id: &AttachmentId,
    deleted: bool,
) -> Result<AttachmentRow, StoreError> {
    let found = find(database, id, !deleted)?.filter(|found| found.meeting == *meeting && found.row.item == *item);
    let row = found.ok_or(StoreError::NotThere)?.row;
    database
        .connection
        .execute("UPDATE attachment SET deleted_at = ?2, version = version + 1 WHERE id = ?1", params![id.as_str(), deleted.then(now)])
        .map_err(database.error(if deleted { "deleting an attachment" } else { "restoring an attachment" }))?;
    Ok(AttachmentRow { version: row.version + 1, ..row })
}
