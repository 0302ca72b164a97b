//! SQL of forums and meetings: the lists people see, and what the rows know beside the document.

use dagsorden_shared::access::Phase;
use dagsorden_shared::api::{ForumRow, ItemAttachment, MeetingDetail, MeetingRow};
use dagsorden_shared::attachment::AttachmentRow;
use dagsorden_shared::id::{DocumentId, ForumId, MeetingId, ParticipantId};
use dagsorden_shared::meeting_json::Participant;
use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::connection::Database;
use super::document::{self, Batch};
use super::{Act, Store, StoreError, attachment, forum, participant, search};
use crate::gate::DocumentKind;
use crate::intake::random_bits;
use crate::search::SearchRow;

/// What the list of meetings repeats of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
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
}

/// The forum of a new meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForumChoice {
    /// One that exists.
    Existing(ForumId),
    /// The one with this name; made under this id if there is none.
    Named {
        /// Id of the forum if it has to be made.
        id: ForumId,
        /// Its name.
        name: String,
    },
}

/// A meeting with its document, stored as a whole or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMeeting {
    /// Its id.
    pub meeting: MeetingId,
    /// Its document.
    pub document: DocumentId,
    /// Who meets.
    pub forum: ForumChoice,
    /// Where it stands.
    pub phase: Phase,
    /// The list's columns.
    pub summary: Summary,
    /// People named in the header.
    pub participants: Vec<Participant>,
    /// Attachments by item, in order.
    pub attachments: Vec<ItemAttachment>,
    /// First update of the document.
    pub update: Vec<u8>,
    /// What can be found of it.
    pub found: Vec<SearchRow>,
}

/// A meeting as the rows know it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredMeeting {
    /// What the API answers.
    pub detail: MeetingDetail,
    /// Its document.
    pub document: DocumentId,
    /// Whether it was deleted; it can be restored.
    pub deleted: bool,
}

/// Which meetings to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MeetingFilter {
    /// Of this forum only.
    pub forum: Option<ForumId>,
    /// The deleted ones instead of the others.
    pub deleted: bool,
}

/// A deleted meeting.
#[derive(Debug, Clone, PartialEq)]
pub struct DeletedMeeting {
    /// Its row.
    pub row: MeetingRow,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Name of the person who deleted it, if the trail still has it.
    pub by: Option<String>,
}

impl Store {
    /// Meetings, the latest first, those without a date last. `present` is 0: the store knows no rooms.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn meetings(&self, filter: MeetingFilter) -> Result<Vec<MeetingRow>, StoreError> {
        self.read(move |database| list(database, &filter)).await
    }

    /// The deleted meetings with who and when, the last deleted first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn deleted_meetings(&self) -> Result<Vec<DeletedMeeting>, StoreError> {
        self.read(deleted).await
    }

    /// One meeting's rows, deleted or not. `None`: no meeting has this id.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn meeting_detail(&self, meeting: &MeetingId) -> Result<Option<StoredMeeting>, StoreError> {
        let meeting = meeting.clone();
        self.read(move |database| detail(database, &meeting)).await
    }

    /// Marks a meeting as deleted and answers its document, whose room is to be closed next.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if it is not there or deleted already.
    pub async fn delete_meeting(&self, act: Act, meeting: &MeetingId) -> Result<DocumentId, StoreError> {
        let meeting = meeting.clone();
        self.act(act.object("delete"), move |database| set_deleted(database, &meeting, true)).await
    }

    /// Takes the deletion back.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if it is not there or not deleted.
    pub async fn restore_meeting(&self, act: Act, meeting: &MeetingId) -> Result<DocumentId, StoreError> {
        let meeting = meeting.clone();
        self.act(act.object("restore"), move |database| set_deleted(database, &meeting, false)).await
    }

    /// Refreshes what the list of meetings repeats of a document. Queued at once.
    ///
    /// # Errors
    /// The list stays as it was.
    pub fn update_summary(
        &self,
        document: DocumentId,
        summary: Summary,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + 'static + use<> {
        self.inner.writer.write(move |database| update_summary(database, &document, &summary))
    }
}

/// The name of a unit variant as serde writes it: enums stand in the database as on the wire.
pub(super) fn word<T: Serialize>(value: T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

pub(super) fn read_word<T: DeserializeOwned>(place: &'static str, word: String) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word.clone())).map_err(|_| StoreError::Unreadable { place, value: word })
}

pub(super) fn read_id<T: std::str::FromStr>(place: &'static str, id: String) -> Result<T, StoreError> {
    id.parse().map_err(|_| StoreError::Unreadable { place, value: id })
}

pub(super) fn create_forum(database: &Database<'_>, id: ForumId, name: &str) -> Result<ForumId, StoreError> {
    let error = database.error("storing a forum");
    let found: Option<String> = database
        .connection
        .query_row("SELECT id FROM forum WHERE name = ?1", params![name], |row| row.get(0))
        .optional()
        .map_err(&error)?;
    if let Some(found) = found {
        return read_id("forum.id", found);
    }
    database.connection.execute("INSERT INTO forum (id, name) VALUES (?1, ?2)", params![id.as_str(), name]).map_err(&error)?;
    Ok(id)
}

pub(super) fn forums(database: &Database<'_>) -> Result<Vec<ForumRow>, StoreError> {
    let error = database.error("listing forums");
    let mut select = database
        .connection
        .prepare_cached(
            "SELECT forum.id, forum.name, COUNT(meeting.id) FROM forum
             LEFT JOIN meeting ON meeting.forum = forum.id AND meeting.deleted_at IS NULL GROUP BY forum.id ORDER BY forum.name",
        )
        .map_err(&error)?;
    let rows = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?))).map_err(&error)?;
    rows.map(|row| {
        let (id, name, meetings) = row.map_err(&error)?;
        Ok(ForumRow { id: read_id("forum.id", id)?, name, meetings })
    })
    .collect()
}

/// The forum of a choice, if it is there.
pub(super) fn find_forum(database: &Database<'_>, choice: &ForumChoice) -> Result<Option<ForumId>, StoreError> {
    let (column, value) = match choice {
        ForumChoice::Existing(id) => ("id", id.as_str()),
        ForumChoice::Named { name, .. } => ("name", name.as_str()),
    };
    let found: Option<String> = database
        .connection
        .query_row(&format!("SELECT id FROM forum WHERE {column} = ?1"), params![value], |row| row.get(0))
        .optional()
        .map_err(database.error("looking up a forum"))?;
    found.map(|id| read_id("forum.id", id)).transpose()
}

/// The forum of a choice; a named one is made if it is missing.
pub(super) fn choose_forum(database: &Database<'_>, choice: &ForumChoice) -> Result<ForumId, StoreError> {
    match choice {
        ForumChoice::Named { id, name } => create_forum(database, id.clone(), name),
        ForumChoice::Existing(id) => find_forum(database, choice)?.ok_or_else(|| StoreError::Missing { what: "forum", id: id.to_string() }),
    }
}

pub(super) fn rename_forum(database: &Database<'_>, forum: &ForumId, name: &str) -> Result<(), StoreError> {
    let error = database.error("renaming a forum");
    let mut taken = database.connection.prepare_cached("SELECT 1 FROM forum WHERE name = ?2 AND id <> ?1").map_err(&error)?;
    if taken.exists(params![forum.as_str(), name]).map_err(&error)? {
        return Err(StoreError::Conflict { what: "the name of the forum" });
    }
    let changed = database.connection.execute("UPDATE forum SET name = ?2 WHERE id = ?1", params![forum.as_str(), name]).map_err(&error)?;
    if changed == 0 { Err(StoreError::Missing { what: "forum", id: forum.to_string() }) } else { Ok(()) }
}

pub(super) fn create(database: &Database<'_>, forum: &ForumId, new: &NewMeeting) -> Result<(), StoreError> {
    let error = database.error("storing a meeting");
    document::create(database, &new.document)?;
    document::append(database, &Batch::of_server(new.document.clone(), 1, new.update.clone()))?;
    let Summary { title, date, start, end, place, items } = &new.summary;
    database
        .connection
        .execute(
            "INSERT INTO meeting (id, forum, document, phase, title, date, start_time, end_time, place, items)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![new.meeting.as_str(), forum.as_str(), new.document.as_str(), word(new.phase), title, date, start, end, place, items],
        )
        .map_err(&error)?;
    document::belongs_to(database, &new.document, &new.meeting)?;
    search::index(database, &new.document, &new.found)?;
    for (position, person) in (0_u32..).zip(&new.participants) {
        participant::insert(database, &new.meeting, &ParticipantId::from_random(random_bits()), position, person)?;
    }
    attachment::insert_named(database, &new.meeting, &new.attachments)
}

const COLUMNS: &str = "SELECT meeting.id, meeting.document, meeting.forum, forum.name, meeting.title, meeting.date, meeting.start_time,
    meeting.end_time, meeting.place, meeting.items, meeting.phase, meeting.deleted_at IS NOT NULL
    FROM meeting JOIN forum ON forum.id = meeting.forum";

type Columns = (String, String, String, String, Summary, String, bool);

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    let summary =
        Summary { title: row.get(4)?, date: row.get(5)?, start: row.get(6)?, end: row.get(7)?, place: row.get(8)?, items: row.get(9)? };
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, summary, row.get(10)?, row.get(11)?))
}

fn meeting_row((id, document, forum, forum_name, summary, phase, deleted): Columns) -> Result<(MeetingRow, bool), StoreError> {
    let Summary { title, date, start, end, place, items } = summary;
    let row = MeetingRow {
        id: read_id("meeting.id", id)?,
        document: read_id("meeting.document", document)?,
        forum: read_id("meeting.forum", forum)?,
        forum_name,
        title,
        date,
        start,
        end,
        place,
        items,
        phase: read_word("meeting.phase", phase)?,
        present: 0,
    };
    Ok((row, deleted))
}

pub(super) fn list(database: &Database<'_>, filter: &MeetingFilter) -> Result<Vec<MeetingRow>, StoreError> {
    let error = database.error("listing meetings");
    let mut select = database
        .connection
        .prepare_cached(&format!(
            "{COLUMNS} WHERE (meeting.deleted_at IS NOT NULL) = ?1 AND (?2 IS NULL OR meeting.forum = ?2)
             ORDER BY meeting.date IS NULL, meeting.date DESC, meeting.start_time DESC, meeting.created DESC, meeting.id"
        ))
        .map_err(&error)?;
    let rows = select.query_map(params![filter.deleted, filter.forum.as_ref().map(ForumId::as_str)], columns).map_err(&error)?;
    rows.map(|row| meeting_row(row.map_err(&error)?).map(|(row, _)| row)).collect()
}

/// The deleted meetings, the last deleted first.
pub(super) fn deleted(database: &Database<'_>) -> Result<Vec<DeletedMeeting>, StoreError> {
    let error = database.error("listing deleted meetings");
    let mut rows = list(database, &MeetingFilter { deleted: true, ..MeetingFilter::default() })?;
    let mut select = database
        .connection
        .prepare_cached(
            "SELECT meeting.id, meeting.deleted_at, audit_person.name FROM meeting LEFT JOIN audit_person ON audit_person.id =
             (SELECT MAX(audit.id) FROM audit WHERE audit.verb = 'delete_meeting' AND audit.meeting = meeting.id AND audit.object = 'delete')
             WHERE meeting.deleted_at IS NOT NULL ORDER BY meeting.deleted_at DESC, meeting.id",
        )
        .map_err(&error)?;
    let found = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?))).map_err(&error)?;
    let mut deleted = Vec::new();
    for found in found {
        let (id, at, by): (String, i64, Option<String>) = found.map_err(&error)?;
        if let Some(index) = rows.iter().position(|row| row.id.as_str() == id) {
            deleted.push(DeletedMeeting { row: rows.swap_remove(index), at, by: by.filter(|name| !name.is_empty()) });
        }
    }
    Ok(deleted)
}

pub(super) fn detail(database: &Database<'_>, id: &MeetingId) -> Result<Option<StoredMeeting>, StoreError> {
    let error = database.error("reading a meeting");
    let found = database
        .connection
        .query_row(&format!("{COLUMNS} WHERE meeting.id = ?1"), params![id.as_str()], columns)
        .optional()
        .map_err(&error)?;
    let Some(found) = found else { return Ok(None) };
    let (row, deleted) = meeting_row(found)?;
    let items = document::of_items(database, id)?;
    let detail = MeetingDetail {
        id: row.id,
        layout: forum::layout(database, &row.forum)?,
        forum: row.forum,
        forum_name: row.forum_name,
        phase: row.phase,
        documents: std::iter::once(&row.document).chain(items.iter().map(|item| &item.document)).cloned().collect(),
        item_documents: items,
        participants: participant::list(database, id)?.into_iter().map(|row| row.person).collect(),
        attachments: attachment::rows(database, id)?.into_iter().map(AttachmentRow::shown).collect(),
        may: Vec::new(),
    };
    Ok(Some(StoredMeeting { detail, document: row.document, deleted }))
}

pub(super) fn set_deleted(database: &Database<'_>, id: &MeetingId, deleted: bool) -> Result<DocumentId, StoreError> {
    let error = database.error(if deleted { "deleting a meeting" } else { "restoring a meeting" });
    let stamp = if deleted { "CAST(unixepoch('subsec') * 1000 AS INTEGER)" } else { "NULL" };
    let document: Option<String> = database
        .connection
        .query_row(
            &format!("UPDATE meeting SET deleted_at = {stamp} WHERE id = ?1 AND (deleted_at IS NULL) = ?2 RETURNING document"),
            params![id.as_str(), deleted],
            |row| row.get(0),
        )
        .optional()
        .map_err(&error)?;
    let document = document.ok_or_else(|| StoreError::Missing { what: "meeting", id: id.to_string() })?;
    read_id("meeting.document", document)
}

/// What the list says of the meeting of a document, whether that was deleted, and whether the document is the meeting's own or an item's.
pub(super) fn summary(database: &Database<'_>, document: &DocumentId) -> Result<Option<(Summary, bool, DocumentKind)>, StoreError> {
    let found = |condition: &str| {
        database
            .connection
            .query_row(&format!("{COLUMNS} WHERE {condition}"), params![document.as_str()], columns)
            .optional()
            .map(|found| found.map(|(_, _, _, _, summary, _, deleted)| (summary, deleted)))
            .map_err(database.error("reading the summary of a meeting"))
    };
    if let Some((summary, deleted)) = found("meeting.document = ?1")? {
        return Ok(Some((summary, deleted, DocumentKind::Meeting)));
    }
    // A backup of an older version may be looked through as it is.
    if !document::has_kinds(database)? {
        return Ok(None);
    }
    let of_item = found("meeting.id = (SELECT document.meeting FROM document WHERE document.id = ?1 AND document.kind = 'item')")?;
    Ok(of_item.map(|(summary, deleted)| (summary, deleted, DocumentKind::Item)))
}

pub(super) fn update_summary(database: &Database<'_>, document: &DocumentId, summary: &Summary) -> Result<(), StoreError> {
    let Summary { title, date, start, end, place, items } = summary;
    database
        .connection
        .execute(
            "UPDATE meeting SET title = ?2, date = ?3, start_time = ?4, end_time = ?5, place = ?6, items = ?7 WHERE document = ?1",
            params![document.as_str(), title, date, start, end, place, items],
        )
        .map(drop)
        .map_err(database.error("refreshing the list of meetings"))
}
