//! What can still be read of a document whose history is damaged: the longest part from its beginning that is sound.
//!
//! Reads beside a server that may be running, and changes nothing. Bytes are opaque here, as everywhere in the store.

use std::collections::BTreeMap;
use std::path::Path;

use dagsorden_shared::api::MeetingDetail;
use dagsorden_shared::id::DocumentId;
use rusqlite::params;

use super::connection::Database;
use super::document::{self, DocumentState};
use super::{StoreError, copy, meeting};

/// What is sound of a history.
#[derive(Debug, Clone, PartialEq)]
pub struct Salvaged {
    /// A state of the document, if one is sound, and the updates after it.
    pub updates: Vec<Vec<u8>>,
    /// The revision that they lead to; 0: nothing is sound.
    pub revision: u64,
    /// The newest revision that there is a trace of.
    pub newest: u64,
    /// The rows of its meeting.
    pub rows: MeetingDetail,
}

/// Rows of a history by revision; `None` where one does not match its checksum.
type Rows = BTreeMap<u64, Option<Vec<u8>>>;

/// Reads what is sound of a document in the database at `path`. `None`: no meeting has this document.
///
/// # Errors
/// The file cannot be read at all.
pub fn salvage(path: &Path, document: &DocumentId) -> Result<Option<Salvaged>, StoreError> {
    let connection = copy::open(path)?;
    let transaction = connection.unchecked_transaction().map_err(|cause| StoreError::from_sqlite(path, "starting to read", cause))?;
    let database = Database { connection: &transaction, path };
    let (DocumentState::Live(meeting) | DocumentState::Deleted(meeting)) = document::state(&database, document)? else { return Ok(None) };
    let Some(meeting) = meeting::detail(&database, &meeting)? else { return Ok(None) };
    let (snapshots, log) = (rows(&database, document, "snapshot"), rows(&database, document, "log"));
    let newest = snapshots.keys().chain(log.keys()).max().copied().unwrap_or(0);
    let (revision, updates) = longest(&snapshots, &log);
    Ok(Some(Salvaged { updates, revision, newest, rows: meeting.detail }))
}

/// The rows of a table as far as the file can be read.
fn rows(database: &Database<'_>, document: &DocumentId, table: &str) -> Rows {
    let select = format!("SELECT revision, checksum, bytes FROM {table} WHERE document = ?1 ORDER BY revision");
    let Ok(mut select) = database.connection.prepare(&select) else { return Rows::new() };
    let Ok(found) = select.query_map(params![document.as_str()], document::history_row) else { return Rows::new() };
    let sound = |at, sum, bytes: Vec<u8>| (document::checksum(document, at, &bytes) == sum).then_some(bytes);
    found.map_while(Result::ok).map(|(at, sum, bytes)| (at, sound(at, sum, bytes))).collect()
}

/// From which state the sound updates lead furthest, and that state with these updates. The newest of equals: it has the fewest updates.
fn longest(snapshots: &Rows, log: &Rows) -> (u64, Vec<Vec<u8>>) {
    let states = snapshots.iter().filter_map(|(at, bytes)| bytes.as_ref().map(|bytes| (*at, Some(bytes))));
    let ways = std::iter::once((0, None)).chain(states).map(|(start, state)| {
        let after = (start + 1..).map_while(|revision| log.get(&revision).and_then(Option::as_ref));
        let updates: Vec<Vec<u8>> = state.into_iter().chain(after).cloned().collect();
        let steps = updates.len() - usize::from(state.is_some());
        (start + steps as u64, updates)
    });
    ways.max_by_key(|(revision, _)| *revision).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(sound: &[u64], damaged: &[u64]) -> Rows {
        let sound = sound.iter().map(|at| (*at, Some(vec![u8::try_from(*at).unwrap()])));
        sound.chain(damaged.iter().map(|at| (*at, None))).collect()
    }

    #[test]
    fn the_state_from_which_sound_updates_lead_furthest_is_taken() {
        for (snapshots, log, revision, updates) in [
            (rows(&[], &[]), rows(&[1, 2, 3], &[]), 3, vec![1, 2, 3]),
            (rows(&[], &[]), rows(&[1, 2, 4], &[3]), 2, vec![1, 2]),
            (rows(&[], &[]), rows(&[1, 2, 4], &[]), 2, vec![1, 2]),
            (rows(&[4, 6], &[]), rows(&[5, 6, 7], &[]), 7, vec![6, 7]),
            (rows(&[4], &[6]), rows(&[5, 7], &[6]), 5, vec![4, 5]),
            (rows(&[4], &[6]), rows(&[5, 6, 8], &[7]), 6, vec![4, 5, 6]),
            (rows(&[], &[4, 6]), rows(&[5, 6, 7], &[]), 0, vec![]),
        ] {
            let expected: Vec<Vec<u8>> = updates.into_iter().map(|at| vec![at]).collect();
            assert_eq!(longest(&snapshots, &log), (revision, expected), "{snapshots:?} {log:?}");
        }
    }
}
