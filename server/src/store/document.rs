//! SQL of documents: the log of updates, the snapshot, and whose client ids are whose. Bytes are opaque; every row carries a checksum.

use dagsorden_shared::access::Verb;
use dagsorden_shared::api::ItemDocument;
use dagsorden_shared::id::{ClientId, DocumentId, MeetingId};
use rusqlite::{OptionalExtension, Row, params};

use super::StoreError;
use super::apart;
use super::connection::Database;
use super::error::DamagedRow;
use super::failpoint::failpoint;
use super::meeting::{self, Summary, read_id};
use super::rights::{RightsCache, demand};
use crate::gate::{DocumentKind, Withdrawn};
use crate::rights::{Actor, Generation};

/// One committed transaction of a document: what the writer stores as one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The document.
    pub document: DocumentId,
    /// Its place in the document's history, one more than the last.
    pub revision: u64,
    /// The transaction's own update.
    pub update: Vec<u8>,
    /// Client ids used for the first time, and whose they are.
    pub clients: Vec<(ClientId, String)>,
    /// Who wrote it; each is judged again in the commit if rights have changed since `judged`.
    pub writers: Vec<Actor>,
    /// The rights under which its writers were admitted.
    pub judged: Generation,
}

impl Batch {
    /// An update that the server made itself.
    pub fn of_server(document: DocumentId, revision: u64, update: Vec<u8>) -> Self {
        Self { document, revision, update, clients: Vec::new(), writers: Vec::new(), judged: Generation::default() }
    }
}

/// A document as it stands on disk, every row checked against its checksum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// State at some revision.
    pub snapshot: Option<Vec<u8>>,
    /// The updates after it, in order.
    pub log: Vec<Vec<u8>>,
    /// Revision of the last update, or of the snapshot.
    pub revision: u64,
    /// Whose client ids are whose.
    pub clients: Vec<(ClientId, String)>,
    /// What moved from it to another document.
    pub withdrawn: Vec<Withdrawn>,
    /// What it is of.
    pub kind: DocumentKind,
    /// Whether its meeting was deleted.
    pub deleted: bool,
    /// What the list of meetings says of it; after a crash it may be behind.
    pub summary: Summary,
    /// What of it is damaged and could be made up for.
    pub damage: Vec<DamagedRow>,
}

/// What the store knows of a document's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentState {
    /// No document has this id.
    Unknown,
    /// A document of a meeting.
    Live(MeetingId),
    /// A document of a meeting that was deleted and can be restored.
    Deleted(MeetingId),
    /// It ended when a backup was restored; the id never comes back.
    Gone,
}

/// CRC-32 over document, revision and bytes: a row in the wrong place is damaged, too.
pub(super) fn checksum(document: &DocumentId, revision: u64, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(document.as_str().as_bytes());
    hasher.update(&revision.to_le_bytes());
    hasher.update(bytes);
    hasher.finalize()
}

/// SQLite's integers are signed; revisions and client ids never reach the sign.
pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(index)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(index, value))
}

pub(super) fn create(database: &Database<'_>, document: &DocumentId) -> Result<(), StoreError> {
    let insert = database.connection.execute("INSERT INTO document (id) VALUES (?1)", params![document.as_str()]);
    insert.map(drop).map_err(database.error("storing a document"))
}

/// Notes which meeting a new document belongs to.
pub(super) fn belongs_to(database: &Database<'_>, document: &DocumentId, meeting: &MeetingId) -> Result<(), StoreError> {
    database
        .connection
        .execute("UPDATE document SET meeting = ?2 WHERE id = ?1", params![document.as_str(), meeting.as_str()])
        .map(drop)
        .map_err(database.error("storing a document"))
}

/// Appends an update of clients. If rights have changed since its writers were admitted, each is judged again: no update is stored after its
/// writer lost the right.
pub(super) fn append_judged(database: &Database<'_>, rights: &RightsCache, batch: &Batch) -> Result<(), StoreError> {
    let now = rights.within(database)?;
    if now.generation != batch.judged {
        batch.writers.iter().try_for_each(|writer| demand(now.judge_document(writer, &batch.document, Verb::Write)))?;
    }
    append(database, batch)
}

/// Begins the history of a document anew with its state after `batch`: what was in it before is destroyed, in all snapshots and updates.
pub(super) fn begin_anew(database: &Database<'_>, batch: &Batch, state: &[u8]) -> Result<(), StoreError> {
    // The row fails where another update has this revision.
    append(database, batch)?;
    let error = database.error("beginning the history of a document anew");
    let document = batch.document.as_str();
    for table in ["snapshot", "log"] {
        database.connection.execute(&format!("DELETE FROM {table} WHERE document = ?1"), params![document]).map_err(&error)?;
    }
    database
        .connection
        .execute(
            "INSERT INTO snapshot (document, revision, checksum, bytes) VALUES (?1, ?2, ?3, ?4)",
            params![document, signed(batch.revision), checksum(&batch.document, batch.revision, state), state],
        )
        .map(drop)
        .map_err(&error)
}

pub(super) fn append(database: &Database<'_>, batch: &Batch) -> Result<(), StoreError> {
    let error = database.error("storing an update");
    let document = batch.document.as_str();
    let mut insert = database
        .connection
        .prepare_cached("INSERT INTO log (document, revision, checksum, bytes) VALUES (?1, ?2, ?3, ?4)")
        .map_err(&error)?;
    let checksum = checksum(&batch.document, batch.revision, &batch.update);
    insert.execute(params![document, signed(batch.revision), checksum, batch.update]).map_err(&error)?;
    let mut bind = database
        .connection
        .prepare_cached("INSERT INTO client (document, client, user) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
        .map_err(&error)?;
    for (client, user) in &batch.clients {
        bind.execute(params![document, signed(client.get()), user]).map_err(&error)?;
    }
    Ok(())
}

pub(super) fn compact(database: &Database<'_>, document: &DocumentId, revision: u64, bytes: &[u8]) -> Result<(), StoreError> {
    let error = database.error("storing a snapshot");
    let (previous, _) = snapshots(database, document)?;
    let previous = previous.map_or(0, |(at, _)| at);
    if revision <= previous {
        return Ok(());
    }
    let document_key = document.as_str();
    database
        .connection
        .execute(
            "INSERT OR REPLACE INTO snapshot (document, revision, checksum, bytes) VALUES (?1, ?2, ?3, ?4)",
            params![document_key, signed(revision), checksum(document, revision, bytes), bytes],
        )
        .map_err(&error)?;
    failpoint("snapshot-stored");
    // The last good one before it stays, with all updates since: what is damaged goes.
    database
        .connection
        .execute(
            "DELETE FROM snapshot WHERE document = ?1 AND revision NOT IN (?2, ?3)",
            params![document_key, signed(revision), signed(previous)],
        )
        .map_err(&error)?;
    database
        .connection
        .execute("DELETE FROM log WHERE document = ?1 AND revision <= ?2", params![document_key, signed(previous)])
        .map_err(&error)?;
    failpoint("rows-dropped");
    Ok(())
}

/// The newest snapshot that matches its checksum, and the newer ones that do not.
#[expect(clippy::type_complexity, reason = "a revision with its bytes, and damage")]
fn snapshots(database: &Database<'_>, document: &DocumentId) -> Result<(Option<(u64, Vec<u8>)>, Vec<DamagedRow>), StoreError> {
    let error = database.error("reading a snapshot");
    let mut select = database
        .connection
        .prepare_cached("SELECT revision, checksum, bytes FROM snapshot WHERE document = ?1 ORDER BY revision DESC")
        .map_err(&error)?;
    let mut damaged = Vec::new();
    for row in select.query_map(params![document.as_str()], history_row).map_err(&error)? {
        let (at, sum, bytes) = row.map_err(&error)?;
        if checksum(document, at, &bytes) == sum {
            return Ok((Some((at, bytes)), damaged));
        }
        damaged.push(DamagedRow::Snapshot(at));
    }
    Ok((None, damaged))
}

pub(super) fn load(database: &Database<'_>, document: &DocumentId) -> Result<Option<Loaded>, StoreError> {
    load_rows(database, document).map_err(|error| match error {
        // Other documents stand on other pages of the file.
        StoreError::Corrupt { .. } => StoreError::Damaged { document: document.clone(), row: DamagedRow::Pages },
        error => error,
    })
}

fn load_rows(database: &Database<'_>, document: &DocumentId) -> Result<Option<Loaded>, StoreError> {
    let Some((summary, deleted, kind)) = meeting::summary(database, document)? else { return Ok(None) };
    let damaged = |row| StoreError::Damaged { document: document.clone(), row };
    let error = database.error("reading a document");
    let (snapshot, damage) = snapshots(database, document)?;
    let (mut revision, snapshot) = snapshot.map_or((0, None), |(at, bytes)| (at, Some(bytes)));
    let mut select = database
        .connection
        .prepare_cached("SELECT revision, checksum, bytes FROM log WHERE document = ?1 AND revision > ?2 ORDER BY revision")
        .map_err(&error)?;
    let mut log = Vec::new();
    for row in select.query_map(params![document.as_str(), signed(revision)], history_row).map_err(&error)? {
        let (at, sum, bytes) = row.map_err(&error)?;
        if at != revision + 1 {
            return Err(damaged(damage.first().copied().unwrap_or(DamagedRow::Missing(revision + 1))));
        }
        if checksum(document, at, &bytes) != sum {
            return Err(damaged(DamagedRow::Update(at)));
        }
        revision = at;
        log.push(bytes);
    }
    // What a damaged snapshot held must be in the updates.
    let reached = damage.iter().all(|row| matches!(row, DamagedRow::Snapshot(at) if *at <= revision));
    if !reached || (snapshot.is_none() && log.is_empty()) {
        // Every document is stored with its first update.
        return Err(damaged(damage.first().copied().unwrap_or(DamagedRow::Missing(1))));
    }
    if !damage.is_empty() {
        tracing::warn!(%document, ?damage, "a snapshot is damaged; the one before it and the updates since hold the same");
    }
    let clients = clients(database, document)?;
    let withdrawn = apart::withdrawn(database, document)?;
    Ok(Some(Loaded { snapshot, log, revision, clients, withdrawn, kind, deleted, summary, damage }))
}

pub(super) fn history_row(row: &Row<'_>) -> rusqlite::Result<(u64, u32, Vec<u8>)> {
    Ok((unsigned(row, 0)?, row.get(1)?, row.get(2)?))
}

fn clients(database: &Database<'_>, document: &DocumentId) -> Result<Vec<(ClientId, String)>, StoreError> {
    let error = database.error("reading the client ids of a document");
    let mut select = database.connection.prepare_cached("SELECT client, user FROM client WHERE document = ?1").map_err(&error)?;
    let rows = select.query_map(params![document.as_str()], |row| Ok((unsigned(row, 0)?, row.get(1)?))).map_err(&error)?;
    let mut clients = Vec::new();
    for row in rows {
        let (client, user) = row.map_err(&error)?;
        clients.extend(ClientId::new(client).map(|client| (client, user)));
    }
    Ok(clients)
}

/// Whether this database knows documents of items; one of an older version does not.
pub(super) fn has_kinds(database: &Database<'_>) -> Result<bool, StoreError> {
    let error = database.error("reading the tables");
    let mut select =
        database.connection.prepare_cached("SELECT 1 FROM pragma_table_info('document') WHERE name = 'kind'").map_err(&error)?;
    select.exists([]).map_err(&error)
}

/// The items of a meeting that live in documents of their own.
pub(super) fn of_items(database: &Database<'_>, meeting: &MeetingId) -> Result<Vec<ItemDocument>, StoreError> {
    if !has_kinds(database)? {
        return Ok(Vec::new());
    }
    let error = database.error("listing documents of items");
    let mut select = database
        .connection
        .prepare_cached("SELECT item, id FROM document WHERE kind = 'item' AND meeting = ?1 ORDER BY id")
        .map_err(&error)?;
    let rows = select.query_map(params![meeting.as_str()], |row| Ok((row.get(0)?, row.get(1)?))).map_err(&error)?;
    rows.map(|row| {
        let (item, document) = row.map_err(&error)?;
        Ok(ItemDocument { item: read_id("document.item", item)?, document: read_id("document.id", document)? })
    })
    .collect()
}

pub(super) fn state(database: &Database<'_>, document: &DocumentId) -> Result<DocumentState, StoreError> {
    let found: Option<(String, bool)> = database
        .connection
        .query_row(
            "SELECT id, deleted_at IS NOT NULL FROM meeting
             WHERE document = ?1 OR id = (SELECT meeting FROM document WHERE id = ?1 AND kind = 'item')",
            params![document.as_str()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()
        .map_err(database.error("looking up a document"))?;
    Ok(match found {
        None if is_gone(database, document)? => DocumentState::Gone,
        None => DocumentState::Unknown,
        Some((meeting, deleted)) => {
            let meeting = meeting.parse().map_err(|_| StoreError::Unreadable { place: "meeting.id", value: meeting })?;
            if deleted { DocumentState::Deleted(meeting) } else { DocumentState::Live(meeting) }
        }
    })
}

/// Writes the checksums of a document's rows for the id that it is about to get. Rows that are damaged stay so.
pub(super) fn sign_anew(database: &Database<'_>, old: &DocumentId, new: &DocumentId) -> Result<(), StoreError> {
    let error = database.error("giving a document a new id");
    for table in ["snapshot", "log"] {
        let select = format!("SELECT revision, checksum, bytes FROM {table} WHERE document = ?1");
        let mut select = database.connection.prepare_cached(&select).map_err(&error)?;
        let update = format!("UPDATE {table} SET checksum = ?3 WHERE document = ?1 AND revision = ?2");
        let mut update = database.connection.prepare_cached(&update).map_err(&error)?;
        let mut sums = Vec::new();
        for row in select.query_map(params![old.as_str()], history_row).map_err(&error)? {
            let (at, sum, bytes) = row.map_err(&error)?;
            if checksum(old, at, &bytes) == sum {
                sums.push((at, checksum(new, at, &bytes)));
            }
        }
        for (at, sum) in sums {
            update.execute(params![old.as_str(), signed(at), sum]).map_err(&error)?;
        }
    }
    Ok(())
}

fn is_gone(database: &Database<'_>, document: &DocumentId) -> Result<bool, StoreError> {
    let error = database.error("looking up a document that ended");
    let mut select = database.connection.prepare_cached("SELECT 1 FROM gone WHERE document = ?1").map_err(&error)?;
    select.exists(params![document.as_str()]).map_err(&error)
}
