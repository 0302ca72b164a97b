//! The files of attachments inside a backup: a table of parts, which only backups have.

use std::io::{self, Read};
use std::path::Path;

use rusqlite::{Connection, params};

use super::StoreError;
use super::connection::BUSY;

/// Bytes of a part.
const PART: usize = 1 << 20;

/// Hashes of the files that rows and stored versions of the database at `path` name, each once.
///
/// # Errors
/// The file cannot be read.
pub fn named(path: &Path) -> Result<Vec<String>, StoreError> {
    let error = |cause| StoreError::from_sqlite(path, "listing files", cause);
    let connection = super::copy::open(path)?;
    // A database of an older version has no files.
    let Ok(mut select) = connection.prepare(
        "SELECT sha256 FROM attachment WHERE sha256 IS NOT NULL
         UNION SELECT value ->> '$.file.sha256' FROM version_item, json_each(text, '$.item.attachments')
         WHERE value ->> '$.file.sha256' IS NOT NULL ORDER BY 1",
    ) else {
        return Ok(Vec::new());
    };
    let rows = select.query_map([], |row| row.get(0)).map_err(error)?;
    rows.map(|row| row.map_err(error)).collect()
}

/// Packs files into the database at `path`. `open` answers what is in the file of a hash; one that is not there is left out.
///
/// # Errors
/// A file cannot be read, or the database cannot be written.
pub fn pack(path: &Path, hashes: &[String], mut open: impl FnMut(&str) -> Option<Box<dyn Read>>) -> Result<(), StoreError> {
    let error = |cause| StoreError::from_sqlite(path, "packing files", cause);
    let unreadable = |cause: io::Error| StoreError::NotWritable { path: path.to_owned(), cause: cause.to_string().into() };
    let mut connection = Connection::open(path).map_err(error)?;
    let transaction = connection.transaction().map_err(error)?;
    transaction
        .execute_batch(
            "CREATE TABLE packed_file (sha256 TEXT NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, UNIQUE (sha256, part)) STRICT",
        )
        .map_err(error)?;
    {
        let mut insert = transaction.prepare("INSERT INTO packed_file (sha256, part, bytes) VALUES (?1, ?2, ?3)").map_err(error)?;
        for hash in hashes {
            let Some(mut file) = open(hash) else { continue };
            for part in 0_u32.. {
                let mut bytes = Vec::with_capacity(PART);
                file.by_ref().take(PART as u64).read_to_end(&mut bytes).map_err(unreadable)?;
                if bytes.is_empty() {
                    break;
                }
                insert.execute(params![hash, part, bytes]).map_err(error)?;
            }
        }
    }
    transaction.commit().map_err(error)?;
    super::copy::settle(connection, path)
}

/// Gives out the packed files of the database at `path`, part by part in their order. Without packed files there is nothing to give.
///
/// # Errors
/// The file cannot be read; what `each` answers.
pub fn unpack<E: From<StoreError>>(path: &Path, mut each: impl FnMut(&str, &[u8]) -> Result<(), E>) -> Result<(), E> {
    let error = |cause| StoreError::from_sqlite(path, "unpacking files", cause);
    let connection = super::copy::open(path)?;
    connection.busy_timeout(BUSY).map_err(error)?;
    let Ok(mut select) = connection.prepare("SELECT sha256, bytes FROM packed_file ORDER BY sha256, part") else { return Ok(()) };
    let mut rows = select.query([]).map_err(error)?;
    while let Some(row) = rows.next().map_err(error)? {
        let hash: String = row.get(0).map_err(error)?;
        let bytes = row.get_ref(1).map_err(error)?;
        each(&hash, bytes.as_bytes().unwrap_or_default())?;
    }
    Ok(())
}

/// Takes the packed files out of the database at `path`, which becomes as small as it was without them.
///
/// # Errors
/// The file cannot be written.
pub fn drop_packed(path: &Path) -> Result<(), StoreError> {
    let error = |cause| StoreError::from_sqlite(path, "taking packed files out", cause);
    let connection = Connection::open(path).map_err(error)?;
    connection.execute_batch("DROP TABLE IF EXISTS packed_file; VACUUM").map_err(error)?;
    super::copy::settle(connection, path)
}
