//! The audit trail: it is kept, it is added to alone, and what other hands do to it shows.

use dagsorden_shared::api::Person;
use rusqlite::Connection;

use super::super::audit::{AuditRow, read};
use super::*;
use crate::backup;

fn refused(user: &str, code: &'static str) -> Refused {
    let person = Person { name: "Signe".into(), organisation: "Lindhøj".into(), hue: 3 };
    Refused { document: Some(document("a")), user: user.into(), person, code }
}

/// A data folder whose trail has three rows.
async fn with_trail() -> tempfile::TempDir {
    let (folder, store) = store().await;
    for user in ["u1", "u2", "u3"] {
        store.note_refused(refused(user, "content"));
    }
    store.close().await;
    folder
}

/// The refusals of the trail, and what is wrong with it.
fn rows(folder: &tempfile::TempDir) -> (Vec<AuditRow>, Option<String>) {
    let mut rows = Vec::new();
    let wrong = read(&folder.path().join(FILE), None, |row| rows.extend((row.verb == "write").then(|| row.clone()))).unwrap();
    (rows, wrong)
}

#[tokio::test]
async fn what_is_refused_is_there_after_a_stop_and_each_start_goes_on_from_the_last_row() {
    let folder = with_trail().await;
    let store = Store::open(folder.path()).unwrap();
    store.note_refused(refused("u4", "budget"));
    store.close().await;
    let (rows, wrong) = rows(&folder);
    assert_eq!(wrong, None);
    let found = |row: &AuditRow| (row.entry.user.clone(), row.entry.result.clone(), row.meeting.clone());
    let expected = |user: &str, result: &str| (user.to_owned(), result.to_owned(), "m-a".to_owned());
    assert_eq!(
        rows.iter().map(found).collect::<Vec<_>>(),
        [
            expected("u1", "refused:content"),
            expected("u2", "refused:content"),
            expected("u3", "refused:content"),
            expected("u4", "refused:budget"),
        ]
    );
    let now = jiff::Timestamp::now().as_millisecond();
    assert!(rows.iter().all(|row| row.entry.times == 1 && (now - 60_000..=now).contains(&row.entry.last)));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_written_soon_and_those_that_follow_as_one_row() {
    let (folder, store) = store().await;
    for _ in 0..1_000 {
        store.note_refused(refused("u1", "content"));
    }
    let written = async |count: usize| {
        while rows(&folder).0.len() < count {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let start = tokio::time::Instant::now();
    written(1).await;
    for _ in 0..1_000 {
        store.note_refused(refused("u1", "content"));
    }
    written(2).await;
    assert!(start.elapsed() > Duration::from_mins(9), "{:?}", start.elapsed());
    assert_eq!(rows(&folder).0.iter().map(|row| row.entry.times).collect::<Vec<_>>(), [1_000, 1_000]);
}

#[tokio::test]
async fn nobody_changes_a_row_and_who_does_so_behind_the_stores_back_is_found() {
    for statement in [
        "UPDATE audit SET user = 'somebody' WHERE id = 2",
        "UPDATE audit SET times = 7 WHERE id = 2",
        "DELETE FROM audit WHERE id = 2",
        "UPDATE audit SET hash = zeroblob(32) WHERE id = 2",
    ] {
        let folder = with_trail().await;
        let connection = Connection::open(folder.path().join(FILE)).unwrap();
        assert!(connection.execute(statement, []).unwrap_err().to_string().contains("only added to"));
        assert_eq!(backup::verify(folder.path(), None).unwrap().audit, None);
        connection.execute_batch(&format!("DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_cut; {statement}")).unwrap();
        let wrong = backup::verify(folder.path(), None).unwrap().audit.unwrap();
        assert!(wrong.contains("row 2"), "{statement}: {wrong}");
    }
}

#[tokio::test]
async fn a_backup_holds_the_trail_and_one_of_an_older_version_has_none() {
    let folder = with_trail().await;
    let copy = folder.path().join("copy");
    assert_eq!(backup::backup(folder.path(), &copy).unwrap().audit, None);
    let mut count = 0;
    assert_eq!(read(&copy, None, |row| count += u32::from(row.verb == "write")).unwrap(), None);
    assert_eq!(count, 3);
    let older = Connection::open(&copy).unwrap();
    older.execute_batch("DROP TABLE audit; PRAGMA user_version = 3").unwrap();
    assert_eq!(backup::verify(folder.path(), Some(&copy)).unwrap().audit, None);
}

#[tokio::test]
async fn what_a_person_does_is_in_the_trail_and_a_name_that_was_changed_is_found() {
    let folder = with_trail().await;
    let mut verbs = Vec::new();
    assert_eq!(read(&folder.path().join(FILE), None, |row| verbs.push(row.verb.clone())).unwrap(), None);
    assert_eq!(verbs[..2], ["create_forum", "create_meeting"]);
    let connection = Connection::open(folder.path().join(FILE)).unwrap();
    connection.execute("UPDATE audit_person SET name = 'en anden' WHERE id = 1", []).unwrap();
    let wrong = backup::verify(folder.path(), None).unwrap().audit.unwrap();
    assert!(wrong.contains("person of row 1"), "{wrong}");
}

#[tokio::test]
async fn a_trail_whose_end_was_cut_off_is_found() {
    let folder = with_trail().await;
    let path = folder.path().join(FILE);
    assert_eq!(backup::verify(folder.path(), None).unwrap().audit, None);
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("DROP TRIGGER audit_is_not_cut; DELETE FROM audit WHERE id = (SELECT MAX(id) FROM audit)").unwrap();
    let wrong = backup::verify(folder.path(), None).unwrap().audit.unwrap();
    assert!(wrong.contains("cut off"), "{wrong}");
}
