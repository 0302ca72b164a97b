//! Connections to the database file: one that writes, a few that read.
//!
//! Owns the settings of a connection. Knows no table.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::StoreError;

/// How long to wait for another process that writes.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// Read connections kept open for the next reader.
const KEPT_READERS: usize = 4;

/// A connection inside a transaction, with what is needed to say what went wrong.
pub(super) struct Database<'a> {
    pub(super) connection: &'a Connection,
    pub(super) path: &'a Path,
}

impl Database<'_> {
    /// Names what was being done when SQLite fails.
    pub(super) fn error(&self, operation: &'static str) -> impl Fn(rusqlite::Error) -> StoreError {
        let path = self.path.to_owned();
        move |cause| StoreError::from_sqlite(&path, operation, cause)
    }
}

/// The connection that writes. A commit returns once the write-ahead log has reached the disk (`synchronous=FULL`).
pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let error = |cause| StoreError::from_sqlite(path, "opening the database", cause);
    let connection = Connection::open(path).map_err(error)?;
    connection.busy_timeout(BUSY).map_err(error)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(error)?;
    let synchronous = told_by_test("DAGSORDEN_TEST_SYNCHRONOUS").unwrap_or_else(|| "FULL".to_owned());
    connection.pragma_update(None, "synchronous", synchronous).map_err(error)?;
    if let Some(pages) = told_by_test("DAGSORDEN_TEST_PAGES") {
        connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).map_err(error)?;
    }
    connection.pragma_update(None, "foreign_keys", "ON").map_err(error)?;
    // What is deleted is overwritten: purged text must not linger in free pages.
    connection.pragma_update(None, "secure_delete", "ON").map_err(error)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20).map_err(error)?;
    Ok(connection)
}

/// What a test of a failing disk may ask for. Builds for tests only: a release cannot be told not to wait for the disk.
fn told_by_test(name: &str) -> Option<String> {
    if cfg!(debug_assertions) { std::env::var(name).ok() } else { None }
}

fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let error = |cause| StoreError::from_sqlite(path, "opening the database to read", cause);
    // Not read-only for SQLite: a reader of a write-ahead log must be able to write its shared-memory file.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(error)?;
    connection.busy_timeout(BUSY).map_err(error)?;
    connection.pragma_update(None, "query_only", "ON").map_err(error)?;
    Ok(connection)
}

/// Connections that read, opened as needed.
pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, idle: Mutex::default() }
    }

    /// Runs `work` in one read transaction, so that all it reads belongs together.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Database<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let connection = match idle {
            Some(connection) => connection,
            None => open_reader(&self.path)?,
        };
        let result = {
            let error = |cause| StoreError::from_sqlite(&self.path, "starting to read", cause);
            let transaction = connection.unchecked_transaction().map_err(error)?;
            work(&Database { connection: &transaction, path: &self.path })
        };
        if let Ok(mut idle) = self.idle.lock()
            && idle.len() < KEPT_READERS
        {
            idle.push(connection);
        }
        result
    }

    /// Closes the idle connections, so that the writer's closing can empty the write-ahead log.
    pub(super) fn close(&self) {
        if let Ok(mut idle) = self.idle.lock() {
            idle.clear();
        }
    }
}
