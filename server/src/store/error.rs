//! What can go wrong with the database: what happened, where, and what to do.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dagsorden_shared::access::Why;
use dagsorden_shared::id::DocumentId;
use rusqlite::ErrorCode;

/// Why the store could not do it. Cheap to clone: everybody who waits for one transaction gets the same answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The folder or the file cannot be written.
    #[error("{path}: no permission to write ({cause}); make the data folder writable for this user, or name another with --data", path = .path.display())]
    NotWritable {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        cause: Arc<str>,
    },
    /// The file is no database of ours, or its pages are broken.
    #[error("{path}: the database is damaged or no database ({cause}); restore a backup into this data folder", path = .path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        cause: Arc<str>,
    },
    /// A newer version of the program wrote it.
    #[error("{path}: written by a newer version (schema {found}, this one knows {known}); start that version, or restore an older backup", path = .path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Version found.
        found: u32,
        /// Newest version known here.
        known: u32,
    },
    /// The disk is full, or has less room than is kept free. Nothing was stored.
    #[error("{path}: the disk is full or nearly so, nothing was stored; free some space, work goes on by itself", path = .path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// Another process kept the database locked.
    #[error("{path}: locked by another process for more than 5 seconds, nothing was stored; try again", path = .path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// A stored row does not match its checksum or is missing. Other documents are not concerned.
    #[error("document {document}: {row} is damaged; restore this meeting from a backup")]
    Damaged {
        /// The document.
        document: DocumentId,
        /// Which row.
        row: DamagedRow,
    },
    /// A row that a command names is not there.
    #[error("there is no {what} {id}")]
    Missing {
        /// Kind of the row.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// The rights as they are now do not allow it.
    #[error("this is not allowed")]
    Forbidden(Why),
    /// For the one who asks there is no such thing.
    #[error("there is no such thing")]
    NotThere,
    /// Something else stands there already.
    #[error("{what} is not as it was")]
    Conflict {
        /// What.
        what: &'static str,
    },
    /// It has changed since the one who asks saw it.
    #[error("{what} has changed meanwhile")]
    Stale {
        /// What.
        what: &'static str,
    },
    /// There are as many as are taken.
    #[error("there are {limit} {what} here, and no more are taken")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many.
        limit: u32,
    },
    /// A stored value that this version cannot read.
    #[error("{place}: unreadable value {value:?}; it was written by a newer version or changed by hand")]
    Unreadable {
        /// Table and column.
        place: &'static str,
        /// What stands there.
        value: String,
    },
    /// The store was closed, or its writer has stopped.
    #[error("the store is closed")]
    Closed,
    /// Anything else SQLite reports.
    #[error("{path}: {operation} failed: {cause}", path = .path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What was being done.
        operation: &'static str,
        /// What SQLite said.
        #[source]
        cause: Arc<rusqlite::Error>,
    },
}

/// A row of a document's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DamagedRow {
    /// The snapshot at this revision.
    Snapshot(u64),
    /// The update at this revision.
    Update(u64),
    /// The update at this revision is not there.
    Missing(u64),
    /// The file itself is damaged where the history stands.
    Pages,
}

impl std::fmt::Display for DamagedRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Snapshot(revision) => write!(f, "the snapshot at revision {revision}"),
            Self::Update(revision) => write!(f, "the update at revision {revision}"),
            Self::Missing(revision) => write!(f, "the update at revision {revision}, which is missing,"),
            Self::Pages => write!(f, "the part of the file that holds its history"),
        }
    }
}

impl StoreError {
    /// Sorts what SQLite reports into what people can do about it.
    pub(super) fn from_sqlite(path: &Path, operation: &'static str, cause: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match cause.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full { path },
            // The shared-memory file could not grow: the disk is full as well.
            _ if extended_code(&cause) == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) => Self::Full { path },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::NotWritable { path, cause: cause.to_string().into() }
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt { path, cause: cause.to_string().into() },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            _ => Self::Database { path, operation, cause: Arc::new(cause) },
        }
    }

    /// Whether another file or folder would have done: nothing of ours failed.
    pub fn is_bad_input(&self) -> bool {
        matches!(self, Self::NotWritable { .. } | Self::Corrupt { .. } | Self::Newer { .. })
    }

    /// Whether the disk did not do what it was told: nothing written from now on can be trusted.
    pub(super) fn is_disk_failure(&self) -> bool {
        matches!(self, Self::Database { cause, .. } if cause.sqlite_error_code() == Some(ErrorCode::SystemIoFailure))
    }
}

fn extended_code(error: &rusqlite::Error) -> Option<i32> {
    error.sqlite_error().map(|error| error.extended_code)
}
