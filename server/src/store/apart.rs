//! SQL of items that move to a document of their own and back: both documents, and the rows that follow their words, in one transaction.

use dagsorden_shared::id::{ClientId, DocumentId, ItemId, MeetingId};
use rusqlite::params;

use super::connection::Database;
use super::document::{self, Batch, signed};
use super::positions::{self, Carry};
use super::{Store, StoreError, search};
use crate::gate::Withdrawn;
use crate::search::SearchRow;

/// A document for one item, with what leaves the meeting's.
pub struct NewItemDocument {
    /// The meeting.
    pub meeting: MeetingId,
    /// The item.
    pub item: ItemId,
    /// The first update of the document, and whose client ids are in it.
    pub first: Batch,
    /// What can be found of it.
    pub found: Vec<SearchRow>,
    /// The update of the meeting's document.
    pub left: Batch,
    /// The state of that document after it, which replaces its history: the words are nowhere in it any more.
    pub left_state: Vec<u8>,
    /// What can be found of it from then on.
    pub left_found: Vec<SearchRow>,
    /// What it held of the item.
    pub withdrawn: Vec<Withdrawn>,
    /// Where the positions of letters are from then on.
    pub carry: Carry,
}

/// What an item's own document became in the meeting's.
pub struct ReturnedItem {
    /// The meeting.
    pub meeting: MeetingId,
    /// The item.
    pub item: ItemId,
    /// The document that ends.
    pub own: DocumentId,
    /// The update of the meeting's document.
    pub back: Batch,
    /// What can be found of that from then on.
    pub found: Vec<SearchRow>,
    /// What that document held of the item's place.
    pub withdrawn: Vec<Withdrawn>,
    /// Where the positions of letters are from then on.
    pub carry: Carry,
}

impl Store {
    /// Stores an item's own document and what its move leaves in the meeting's, as one.
    ///
    /// # Errors
    /// Nothing was stored; what was written in the meeting's document must be dropped.
    pub fn move_out(&self, new: NewItemDocument) -> impl Future<Output = Result<(), StoreError>> + Send + 'static + use<> {
        self.inner.writer.write(move |database| move_out(database, &new))
    }

    /// Stores what the words of an item became in the meeting's document; the item's own ends, and its id with it.
    ///
    /// # Errors
    /// Nothing was stored; what was written in the meeting's document must be dropped.
    pub fn move_back(&self, item: ReturnedItem) -> impl Future<Output = Result<(), StoreError>> + Send + 'static + use<> {
        self.inner.writer.write(move |database| move_back(database, &item))
    }
}

fn move_out(database: &Database<'_>, new: &NewItemDocument) -> Result<(), StoreError> {
    let error = database.error("moving an item to a document of its own");
    let own = &new.first.document;
    document::create(database, own)?;
    document::append(database, &new.first)?;
    database
        .connection
        .execute(
            "UPDATE document SET kind = 'item', meeting = ?2, item = ?3 WHERE id = ?1",
            params![own.as_str(), new.meeting.as_str(), new.item.as_str()],
        )
        .map_err(&error)?;
    search::index(database, own, &new.found)?;
    document::begin_anew(database, &new.left, &new.left_state)?;
    search::index(database, &new.left.document, &new.left_found)?;
    withdraw(database, &new.left.document, &new.withdrawn)?;
    for update in [
        "UPDATE thread SET document = ?1 WHERE document = ?2 AND item = ?3",
        "UPDATE proposal SET document = ?1 WHERE document = ?2 AND item = ?3",
        "UPDATE search_row SET document = ?1 WHERE document = ?2 AND item = ?3 AND kind = 'comment'",
    ] {
        database.connection.execute(update, params![own.as_str(), new.left.document.as_str(), new.item.as_str()]).map_err(&error)?;
    }
    positions::carry(database, (&new.meeting, &new.item, own), &new.carry)
}

fn move_back(
    database: &Database<'_>,
    ReturnedItem { meeting, item, own, back, found, withdrawn, carry }: &ReturnedItem,
) -> Result<(), StoreError> {
    let error = database.error("moving an item back into its meeting's document");
    document::append(database, back)?;
    withdraw(database, &back.document, withdrawn)?;
    for update in [
        "UPDATE thread SET document = ?1 WHERE document = ?2",
        "UPDATE proposal SET document = ?1 WHERE document = ?2",
        "UPDATE search_row SET document = ?1 WHERE document = ?2 AND kind = 'comment'",
    ] {
        database.connection.execute(update, params![back.document.as_str(), own.as_str()]).map_err(&error)?;
    }
    positions::carry(database, (meeting, item, &back.document), carry)?;
    search::index(database, own, &[])?;
    search::index(database, &back.document, found)?;
    for table in ["indexed", "log", "snapshot", "client", "withdrawn"] {
        database.connection.execute(&format!("DELETE FROM {table} WHERE document = ?1"), params![own.as_str()]).map_err(&error)?;
    }
    database.connection.execute("INSERT OR IGNORE INTO gone (document) VALUES (?1)", params![own.as_str()]).map_err(&error)?;
    database.connection.execute("DELETE FROM document WHERE id = ?1", params![own.as_str()]).map(drop).map_err(&error)
}

fn withdraw(database: &Database<'_>, document: &DocumentId, withdrawn: &[Withdrawn]) -> Result<(), StoreError> {
    let error = database.error("storing what moved to another document");
    let mut insert = database
        .connection
        .prepare_cached(
            "INSERT INTO withdrawn (document, client, first, until) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET until = MAX(until, excluded.until)",
        )
        .map_err(&error)?;
    for Withdrawn { client, start, end } in withdrawn {
        insert.execute(params![document.as_str(), signed(client.get()), start, end]).map_err(&error)?;
    }
    Ok(())
}

/// What moved from a document to another.
pub(super) fn withdrawn(database: &Database<'_>, document: &DocumentId) -> Result<Vec<Withdrawn>, StoreError> {
    let error = database.error("reading what moved to another document");
    // A backup of an older version may be looked through as it is.
    let known = database.connection.prepare_cached("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'withdrawn'");
    if !known.and_then(|mut known| known.exists([])).map_err(&error)? {
        return Ok(Vec::new());
    }
    let mut select =
        database.connection.prepare_cached("SELECT client, first, until FROM withdrawn WHERE document = ?1").map_err(&error)?;
    let rows = select
        .query_map(params![document.as_str()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, u32>(1)?, row.get::<_, u32>(2)?)))
        .map_err(&error)?;
    let mut found = Vec::new();
    for row in rows {
        let (client, start, end) = row.map_err(&error)?;
        let client = u64::try_from(client).ok().and_then(ClientId::new);
        found.extend(client.map(|client| Withdrawn { client, start, end }));
    }
    Ok(found)
}
