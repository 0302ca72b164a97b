//! Torn and flipped files: whatever a failing disk or a power cut leaves of database and write-ahead log, a document is a prefix of its
//! history or is named as damaged. Never is it something that nobody wrote.

use std::path::Path;

use rusqlite::Connection;

use super::*;

/// Updates of the two documents, and the snapshot that stands for the first of them.
const UPDATES: u64 = 40;
const SNAPSHOT: u64 = 20;

fn update(name: &str, revision: u64) -> Vec<u8> {
    format!("{name}{revision};").repeat(60).into_bytes()
}

/// All that a document held at `revision`, as the updates told one after another.
fn history(name: &str, revision: u64) -> Vec<u8> {
    (2..=revision).fold(vec![1, 1], |mut all, revision| {
        all.extend(update(name, revision));
        all
    })
}

/// A store as a killed process leaves it: part of it in the database, part in the write-ahead log.
async fn left_behind(folder: &Path) {
    let running = tempfile::tempdir().unwrap();
    let store = Store::open(running.path()).unwrap();
    for name in ["a", "b"] {
        store.create_meeting(Actor::command_line(), Person::default(), new_meeting(name)).await.unwrap();
    }
    for revision in 2..=UPDATES {
        for name in ["a", "b"] {
            store.commit(batch(name, revision, &update(name, revision))).await.unwrap();
        }
        if revision == SNAPSHOT {
            store.compact(document("a"), revision, history("a", revision)).await.unwrap();
            store
                .inner
                .writer
                .write(|database| {
                    let error = database.error("copying the log into the database");
                    // Inside a transaction nothing is copied; the next commit does it.
                    database.connection.pragma_update(None, "wal_autocheckpoint", 1).map_err(error)
                })
                .await
                .unwrap();
        }
        if revision == SNAPSHOT + 2 {
            store
                .inner
                .writer
                .write(|database| {
                    let error = database.error("leaving the log alone");
                    database.connection.pragma_update(None, "wal_autocheckpoint", 0).map_err(error)
                })
                .await
                .unwrap();
        }
    }
    for name in [FILE.to_owned(), format!("{FILE}-wal")] {
        std::fs::copy(running.path().join(&name), folder.join(&name)).unwrap();
    }
}

/// Numbers by a rule, so that a failure comes again.
fn scatter(seed: u64, below: usize) -> usize {
    let mixed = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 11) as usize % below
}

/// What a copy with this damage opens as: for each document the revision it reached, or nothing if it was named as damaged.
fn open(folder: &Path, files: &[(String, Vec<u8>)]) -> [Option<u64>; 2] {
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes).unwrap();
    }
    let _ = std::fs::remove_file(folder.join(format!("{FILE}-shm")));
    let path = folder.join(FILE);
    let connection = Connection::open(&path).unwrap();
    let database = connection::Database { connection: &connection, path: &path };
    ["a", "b"].map(|name| {
        let loaded = match document::load(&database, &document(name)) {
            Ok(loaded) => loaded?,
            Err(StoreError::Damaged { document, .. }) => {
                assert_eq!(document.as_str(), name);
                return None;
            }
            Err(StoreError::Corrupt { .. } | StoreError::Database { .. } | StoreError::Unreadable { .. }) => return None,
            Err(other) => panic!("{other}"),
        };
        let bytes: Vec<u8> = loaded.snapshot.into_iter().chain(loaded.log).flatten().collect();
        assert!(bytes == history(name, loaded.revision), "document {name} is no prefix of its history at {}", loaded.revision);
        Some(loaded.revision)
    })
}

#[tokio::test]
async fn a_thousand_torn_logs_leave_a_prefix_or_name_the_damage() {
    let original = tempfile::tempdir().unwrap();
    left_behind(original.path()).await;
    let names = [FILE.to_owned(), format!("{FILE}-wal")];
    let files: Vec<(String, Vec<u8>)> = names
        .into_iter()
        .map(|name| {
            let bytes = std::fs::read(original.path().join(&name)).unwrap();
            (name, bytes)
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(open(folder.path(), &files), [Some(UPDATES); 2], "whole files open whole");
    let (mut whole, mut shorter, mut named) = (0, 0, 0);
    for number in 0..1_000u64 {
        let mut files = files.clone();
        let (place, kind) = ((number % 2) as usize, number % 4);
        let bytes = &mut files[place].1;
        let at = scatter(number, bytes.len());
        match kind {
            // The write-ahead log ends where the power went, whole sectors or not.
            1 => bytes.truncate(if number % 8 == 1 { at / 512 * 512 } else { at }),
            // A sector that was never written.
            3 if number % 8 == 3 => {
                let start = at / 512 * 512;
                let end = (start + 512).min(bytes.len());
                bytes[start..end].fill(0);
            }
            _ => bytes[at] ^= 1 << (number % 8),
        }
        for reached in open(folder.path(), &files) {
            match reached {
                Some(UPDATES) => whole += 1,
                Some(_) => shorter += 1,
                None => named += 1,
            }
        }
    }
    eprintln!("1,000 torn logs of two documents: {whole} whole, {shorter} shorter, {named} named as damaged, none with what nobody wrote");
    assert!(whole > 100 && shorter > 100 && named > 10, "{whole} whole, {shorter} shorter, {named} named: the damage reaches all cases");
}
