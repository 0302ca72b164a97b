//! The tables, as numbered steps from one version of the schema to the next. A step is never changed once released.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::StoreError;

/// Step n leads from version n to n + 1.
const STEPS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_previous_snapshot.sql"),
    include_str!("migrations/0003_person.sql"),
    include_str!("migrations/0004_audit.sql"),
    include_str!("migrations/0005_access.sql"),
    include_str!("migrations/0006_sign_in.sql"),
    include_str!("migrations/0007_versions.sql"),
    include_str!("migrations/0008_talk.sql"),
    include_str!("migrations/0009_attachments.sql"),
    include_str!("migrations/0010_search.sql"),
    include_str!("migrations/0011_points.sql"),
    include_str!("migrations/0012_forum.sql"),
    include_str!("migrations/0013_proposals.sql"),
    include_str!("migrations/0014_deleted.sql"),
    include_str!("migrations/0015_notices.sql"),
    include_str!("migrations/0016_support.sql"),
    include_str!("migrations/0017_item_documents.sql"),
    include_str!("migrations/0018_attendance.sql"),
    include_str!("migrations/0019_mail_off.sql"),
];

/// Whether this is a database of ours, of a version that this program can read.
pub(super) fn check(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let error = |cause| StoreError::from_sqlite(path, "reading the version of the tables", cause);
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(error)?;
    let known = u32::try_from(STEPS.len()).unwrap_or(u32::MAX);
    match found {
        0 => Err(StoreError::Corrupt { path: path.to_owned(), cause: "it has no tables of this program".into() }),
        found if found > known => Err(StoreError::Newer { path: path.to_owned(), found, known }),
        _ => Ok(()),
    }
}

/// Brings the database to the newest version, one transaction per step.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let error = |cause| StoreError::from_sqlite(path, "bringing the tables up to date", cause);
    loop {
        // The version is read under the write lock: another process may be migrating as well.
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(error)?;
        let found: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(error)?;
        let known = u32::try_from(STEPS.len()).unwrap_or(u32::MAX);
        if found > known {
            return Err(StoreError::Newer { path: path.to_owned(), found, known });
        }
        let Some(step) = usize::try_from(found).ok().and_then(|version| STEPS.get(version)) else { return Ok(()) };
        transaction.execute_batch(step).map_err(error)?;
        transaction.pragma_update(None, "user_version", found + 1).map_err(error)?;
        transaction.commit().map_err(error)?;
    }
}
