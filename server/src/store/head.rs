//! The head file: how long the audit trail is and the hash of its last row, in a small file beside the database.
//!
//! It is written and synced after each commit that adds to the trail, so a crash leaves it behind and never ahead: a trail that is shorter than its
//! head was cut. Knows no SQL.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::audit::Head;

/// Its name in the data folder.
const FILE: &str = "audit.head";

/// The head file beside the database at `database`.
pub(super) fn path(database: &Path) -> PathBuf {
    database.with_file_name(FILE)
}

/// The head as the file says it. `None`: there is no file, or it says nothing.
pub fn read(database: &Path) -> Option<Head> {
    let text = fs::read_to_string(path(database)).ok()?;
    let (rows, hash) = text.trim().split_once(' ')?;
    let bytes = (0..hash.len()).step_by(2).map(|at| hash.get(at..at + 2).and_then(|byte| u8::from_str_radix(byte, 16).ok()));
    Some(Head { rows: rows.parse().ok()?, hash: bytes.collect::<Option<_>>()? })
}

/// Writes the head, so that after a crash either the old or the new one is there.
pub(super) fn write(database: &Path, head: &Head) -> io::Result<()> {
    let (path, new) = (path(database), path(database).with_extension("head.new"));
    let hash: String = head.hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut file = File::create(&new)?;
    writeln!(file, "{} {hash}", head.rows)?;
    file.sync_all()?;
    fs::rename(new, path)
}

/// Takes the head away, as where a backup is put in place: its trail is another.
///
/// # Errors
/// The file is there and cannot be removed.
pub fn remove(database: &Path) -> io::Result<()> {
    match fs::remove_file(path(database)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
