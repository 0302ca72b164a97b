//! Copies of the whole database: taken while others write, looked through without changing them, and given new document ids.

use std::path::Path;
use std::time::{Duration, Instant};

use dagsorden_shared::id::DocumentId;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, params};

use super::connection::{BUSY, Database};
use super::document::{self, Loaded};
use super::{StoreError, migrations};

/// How long to wait before a locked database is asked again.
const PAUSE: Duration = Duration::from_millis(20);

/// The id that a document had and the one it has now.
pub type Renamed = (DocumentId, DocumentId);

/// Copies the database at `from`, as it stood at one moment, into the new file `to`, which then needs no other file beside it.
///
/// # Errors
/// `from` is no database of ours or newer than this program; one of the two files failed.
pub fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let source = open(from)?;
    let error = |cause| StoreError::from_sqlite(to, "copying the database", cause);
    let mut target = Connection::open(to).map_err(error)?;
    {
        let backup = Backup::new(&source, &mut target).map_err(error)?;
        let deadline = Instant::now() + BUSY;
        // In one step: what others commit meanwhile does not make it begin anew.
        loop {
            match backup.step(-1).map_err(error)? {
                StepResult::Done => break,
                _ if Instant::now() > deadline => return Err(StoreError::Busy { path: from.to_owned() }),
                _ => std::thread::sleep(PAUSE),
            }
        }
    }
    settle(target, to)
}

/// Closes a database so that its file is all there is of it, and on disk.
pub(super) fn settle(connection: Connection, path: &Path) -> Result<(), StoreError> {
    let error = |cause| StoreError::from_sqlite(path, "closing the copy", cause);
    connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(())).map_err(error)?;
    connection.close().map_err(|(_, cause)| error(cause))?;
    let synced = std::fs::File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|cause| StoreError::NotWritable { path: path.to_owned(), cause: cause.to_string().into() })
}

/// Opens a database of ours to read it and nothing else.
pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    let error = |cause| StoreError::from_sqlite(path, "opening the database to read", cause);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(error)?;
    connection.busy_timeout(BUSY).map_err(error)?;
    migrations::check(&connection, path)?;
    Ok(connection)
}

/// Loads all documents of the database at `path`, deleted meetings' too, as they stood at one moment, and answers how many meetings there are.
/// `each` gets every document: whole, damaged, or `None` if no meeting has it.
///
/// # Errors
/// The file cannot be read as a whole.
pub fn inspect(path: &Path, mut each: impl FnMut(&DocumentId, Result<Option<Loaded>, StoreError>)) -> Result<u32, StoreError> {
    let connection = open(path)?;
    let error = |cause| StoreError::from_sqlite(path, "looking through the database", cause);
    let transaction = connection.unchecked_transaction().map_err(error)?;
    let database = Database { connection: &transaction, path };
    for id in ids(&database)? {
        each(&id, document::load(&database, &id));
    }
    transaction.query_row("SELECT count(*) FROM meeting", [], |row| row.get(0)).map_err(error)
}

fn ids(database: &Database<'_>) -> Result<Vec<DocumentId>, StoreError> {
    let error = database.error("listing documents");
    let mut select = database.connection.prepare("SELECT id FROM document ORDER BY id").map_err(&error)?;
    let rows = select.query_map([], |row| row.get::<_, String>(0)).map_err(&error)?;
    rows.map(|row| {
        let id = row.map_err(&error)?;
        id.parse().map_err(|_| StoreError::Unreadable { place: "document.id", value: id })
    })
    .collect()
}

/// All ids of documents that the database at `path` has or had.
///
/// # Errors
/// It cannot be read.
pub fn all_ids(path: &Path) -> Result<Vec<DocumentId>, StoreError> {
    let connection = open(path)?;
    let database = Database { connection: &connection, path };
    let mut all = ids(&database)?;
    let error = database.error("listing documents that ended");
    // An older database has no such table.
    if let Ok(mut select) = connection.prepare("SELECT document FROM gone") {
        for id in select.query_map([], |row| row.get::<_, String>(0)).map_err(&error)? {
            all.extend(id.map_err(&error)?.parse());
        }
    }
    Ok(all)
}

/// Gives all documents of the database at `path` new ids, notes the old ones and `gone` as ended, and brings the tables up to date. Rows that do
/// not match their checksum stay so, and are found when the document is opened.
///
/// # Errors
/// Nothing was changed, but for the tables.
pub fn rename_documents(path: &Path, new_id: &mut dyn FnMut() -> DocumentId, gone: &[DocumentId]) -> Result<Vec<Renamed>, StoreError> {
    let error = |cause| StoreError::from_sqlite(path, "giving documents new ids", cause);
    let mut connection = Connection::open(path).map_err(error)?;
    connection.pragma_update(None, "secure_delete", "ON").map_err(error)?;
    migrations::migrate(&mut connection, path)?;
    let transaction = connection.transaction().map_err(error)?;
    transaction.pragma_update(None, "defer_foreign_keys", "ON").map_err(error)?;
    let database = Database { connection: &transaction, path };
    let renamed: Vec<Renamed> = ids(&database)?.into_iter().map(|old| (old, new_id())).collect();
    let columns = columns_of_documents(&database)?;
    for (old, new) in &renamed {
        document::sign_anew(&database, old, new)?;
        for (table, column) in &columns {
            let update = format!("UPDATE \"{table}\" SET \"{column}\" = ?2 WHERE \"{column}\" = ?1");
            transaction.execute(&update, params![old.as_str(), new.as_str()]).map_err(error)?;
        }
    }
    for old in renamed.iter().map(|(old, _)| old).chain(gone) {
        transaction.execute("INSERT OR IGNORE INTO gone (document) VALUES (?1)", params![old.as_str()]).map_err(error)?;
    }
    transaction.commit().map_err(error)?;
    settle(connection, path)?;
    Ok(renamed)
}

/// Where ids of documents stand: in their own table, and wherever it is referred to.
fn columns_of_documents(database: &Database<'_>) -> Result<Vec<(String, String)>, StoreError> {
    let error = database.error("reading the tables");
    let mut select = database
        .connection
        .prepare(
            "SELECT tables.name, keys.\"from\" FROM sqlite_schema AS tables JOIN pragma_foreign_key_list(tables.name) AS keys
             WHERE tables.type = 'table' AND keys.\"table\" = 'document'",
        )
        .map_err(&error)?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).map_err(&error)?;
    rows.chain([Ok(("document".to_owned(), "id".to_owned()))]).map(|row| row.map_err(&error)).collect()
}

/// Brings what stands in the write-ahead log of the database at `path` into its file, as far as that can be done, so that the file can be moved.
///
/// # Errors
/// The log is still there.
pub fn empty_log(path: &Path) -> Result<(), StoreError> {
    let connection = Connection::open(path).map_err(|cause| StoreError::from_sqlite(path, "opening the database", cause))?;
    settle(connection, path)
}
