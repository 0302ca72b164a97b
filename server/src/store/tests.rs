//! What the store promises, checked against real files in a temporary folder.

mod audit;
mod torn;

use dagsorden_shared::access::Phase;
use dagsorden_shared::id::{ClientId, DocumentId, ForumId, MeetingId};
use dagsorden_shared::meeting_json::{AttachmentJson, AttachmentStatus, Participant, ParticipantStatus};
use rusqlite::Connection;

use super::*;

fn document(name: &str) -> DocumentId {
    name.parse().unwrap()
}

fn new_meeting(name: &str) -> NewMeeting {
    NewMeeting {
        meeting: format!("m-{name}").parse().unwrap(),
        document: document(name),
        forum: ForumChoice::Named { id: ForumId::from_random(1), name: "Teknisk forum".into() },
        phase: Phase::Draft,
        summary: Summary { title: format!("Møde {name}"), date: Some("2026-05-04".into()), items: 3, ..Summary::default() },
        participants: vec![Participant { name: "Ida Krog".into(), status: ParticipantStatus::Gaest, ..Participant::default() }],
        attachments: vec![ItemAttachment {
            id: Some(format!("kort-{name}").parse().unwrap()),
            ..ItemAttachment::new(
                "i1".parse().unwrap(),
                AttachmentJson { number: Some("1".into()), title: "Kort.pdf".into(), status: AttachmentStatus::Eftersendes, file: None },
            )
        }],
        update: vec![1, 1],
        found: Vec::new(),
    }
}

fn act(meeting: &MeetingId) -> Act {
    Act::of_command_line(Verb::DeleteMeeting, On::Meeting(meeting.clone()), "")
}

fn forum_act() -> Act {
    Act::of_command_line(Verb::CreateForum, On::Installation, "")
}

fn batch(name: &str, revision: u64, update: &[u8]) -> Batch {
    Batch::of_server(document(name), revision, update.to_vec())
}

use dagsorden_shared::api::ItemAttachment;

/// A store with the document `a`.
async fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    store.create_meeting(Actor::command_line(), Person::default(), new_meeting("a")).await.unwrap();
    (folder, store)
}

#[tokio::test]
async fn what_was_committed_is_there_after_opening_again() {
    let (folder, store) = store().await;
    let client = ClientId::new(7).unwrap();
    store.commit(Batch { clients: vec![(client, "u1".into())], ..batch("a", 2, b"second") }).await.unwrap();
    // The first user keeps the id.
    store.commit(Batch { clients: vec![(client, "u2".into())], ..batch("a", 3, b"third") }).await.unwrap();
    store.close().await;
    assert!(matches!(store.commit(batch("a", 4, b"")).await, Err(StoreError::Closed)));

    let store = Store::open(folder.path()).unwrap();
    let loaded = store.load(&document("a")).await.unwrap().unwrap();
    assert_eq!(loaded.log, [vec![1, 1], b"second".to_vec(), b"third".to_vec()]);
    assert_eq!((loaded.snapshot, loaded.revision, loaded.deleted), (None, 3, false));
    assert_eq!(loaded.clients, [(client, "u1".to_owned())]);
    assert_eq!(store.load(&document("b")).await.unwrap(), None);
}

#[tokio::test]
async fn a_copy_of_the_files_taken_while_running_holds_every_commit() {
    // What a killed process leaves: database and write-ahead log as they are, never closed.
    let (folder, store) = store().await;
    for revision in 2..=40 {
        store.commit(batch("a", revision, &[7; 900])).await.unwrap();
        if revision % 13 == 0 {
            let copy = tempfile::tempdir().unwrap();
            for name in [FILE.to_owned(), format!("{FILE}-wal")] {
                std::fs::copy(folder.path().join(&name), copy.path().join(&name)).unwrap();
            }
            let copied = Store::open(copy.path()).unwrap();
            assert_eq!(copied.load(&document("a")).await.unwrap().unwrap().revision, revision);
        }
    }
}

#[tokio::test]
async fn batches_of_many_documents_are_answered_each() {
    let (_folder, store) = store().await;
    store.create_meeting(Actor::command_line(), Person::default(), new_meeting("b")).await.unwrap();
    let commits: Vec<_> = (2..60).flat_map(|revision| ["a", "b"].map(|name| store.commit(batch(name, revision, b"x")))).collect();
    // One that cannot be stored fails alone, in the middle of the others' transaction.
    let unknown = store.commit(batch("nowhere", 1, b"x"));
    let twice = store.commit(batch("a", 2, b"y"));
    let last = store.commit(batch("a", 60, b"x"));
    for commit in commits {
        commit.await.unwrap();
    }
    assert!(matches!(unknown.await, Err(StoreError::Database { .. })));
    assert!(matches!(twice.await, Err(StoreError::Database { .. })));
    last.await.unwrap();
    assert_eq!(store.load(&document("a")).await.unwrap().unwrap().revision, 60);
    assert_eq!(store.load(&document("b")).await.unwrap().unwrap().revision, 59);
}

#[tokio::test]
async fn a_snapshot_replaces_the_updates_before_the_one_before_it() {
    let (folder, store) = store().await;
    let rows = || {
        let connection = Connection::open(folder.path().join(FILE)).unwrap();
        let list = |sql: &str| -> String { connection.query_row(sql, [], |row| row.get(0)).unwrap() };
        (list("SELECT group_concat(revision) FROM snapshot"), list("SELECT group_concat(revision) FROM log"))
    };
    for revision in 2..=7 {
        store.commit(batch("a", revision, &[u8::try_from(revision).unwrap()])).await.unwrap();
    }
    store.compact(document("a"), 4, b"fourth".to_vec()).await.unwrap();
    assert_eq!(rows(), ("4".into(), "1,2,3,4,5,6,7".into()), "should the first snapshot be damaged, the updates hold all");
    store.compact(document("a"), 6, b"sixth".to_vec()).await.unwrap();
    // An older snapshot that comes late changes nothing.
    store.compact(document("a"), 5, b"old".to_vec()).await.unwrap();
    assert_eq!(rows(), ("4,6".into(), "5,6,7".into()));
    let loaded = store.load(&document("a")).await.unwrap().unwrap();
    assert_eq!((loaded.snapshot.as_deref(), loaded.log, loaded.revision), (Some(b"sixth".as_slice()), vec![vec![7]], 7));
    store.compact(document("a"), 7, b"seventh".to_vec()).await.unwrap();
    assert_eq!(rows(), ("6,7".into(), "7".into()));
}

/// Changes rows behind the store's back.
fn damage(folder: &tempfile::TempDir, statement: &str) {
    let changed = Connection::open(folder.path().join(FILE)).unwrap().execute(statement, []).unwrap();
    assert!(changed > 0, "{statement}");
}

#[tokio::test]
async fn a_damaged_snapshot_is_made_up_for_by_the_one_before_it() {
    let (folder, store) = store().await;
    for revision in 2..=7 {
        store.commit(batch("a", revision, &[u8::try_from(revision).unwrap()])).await.unwrap();
    }
    store.compact(document("a"), 4, b"fourth".to_vec()).await.unwrap();
    damage(&folder, "UPDATE snapshot SET bytes = X'00' WHERE revision = 4");
    let loaded = store.load(&document("a")).await.unwrap().unwrap();
    assert_eq!((loaded.snapshot, loaded.log.len(), loaded.revision), (None, 7, 7));
    assert_eq!(loaded.damage, [DamagedRow::Snapshot(4)]);
    store.compact(document("a"), 5, b"fifth".to_vec()).await.unwrap();
    store.compact(document("a"), 6, b"sixth".to_vec()).await.unwrap();
    damage(&folder, "UPDATE snapshot SET checksum = checksum + 1 WHERE revision = 6");
    let loaded = store.load(&document("a")).await.unwrap().unwrap();
    assert_eq!((loaded.snapshot.as_deref(), loaded.log, loaded.revision), (Some(b"fifth".as_slice()), vec![vec![6], vec![7]], 7));
    // The next snapshot keeps the good one, not the last.
    store.compact(document("a"), 7, b"seventh".to_vec()).await.unwrap();
    damage(&folder, "UPDATE snapshot SET bytes = X'00' WHERE revision = 7");
    let loaded = store.load(&document("a")).await.unwrap().unwrap();
    assert_eq!((loaded.snapshot.as_deref(), loaded.revision), (Some(b"fifth".as_slice()), 7));
    // Without the updates between them the older snapshot is not the document.
    damage(&folder, "DELETE FROM log WHERE revision = 7");
    assert!(matches!(store.load(&document("a")).await, Err(StoreError::Damaged { row: DamagedRow::Snapshot(7), .. })));
}

#[tokio::test]
async fn a_damaged_row_is_named_and_other_documents_open() {
    let (folder, store) = store().await;
    store.create_meeting(Actor::command_line(), Person::default(), new_meeting("b")).await.unwrap();
    for revision in 2..=4 {
        store.commit(batch("a", revision, b"text")).await.unwrap();
    }
    let found = async || match store.load(&document("a")).await {
        Err(StoreError::Damaged { document, row }) => (document.to_string(), row),
        other => panic!("{other:?}"),
    };
    damage(&folder, "UPDATE log SET bytes = X'746578F4' WHERE document = 'a' AND revision = 3");
    assert_eq!(found().await, ("a".to_owned(), DamagedRow::Update(3)));
    damage(&folder, "DELETE FROM log WHERE document = 'a' AND revision = 3");
    assert_eq!(found().await, ("a".to_owned(), DamagedRow::Missing(3)));
    store.compact(document("a"), 4, b"state".to_vec()).await.unwrap();
    assert_eq!(store.load(&document("a")).await.unwrap().unwrap().revision, 4);
    damage(&folder, "UPDATE snapshot SET revision = 3 WHERE document = 'a'");
    assert_eq!(found().await, ("a".to_owned(), DamagedRow::Snapshot(3)));
    damage(&folder, "DELETE FROM snapshot");
    damage(&folder, "DELETE FROM log WHERE document = 'a'");
    assert_eq!(found().await, ("a".to_owned(), DamagedRow::Missing(1)), "an empty history is damage, not an empty document");
    assert!(store.load(&document("b")).await.unwrap().is_some());
}

#[tokio::test]
async fn a_meeting_reads_back_with_all_its_rows() {
    let (_folder, store) = store().await;
    let new = new_meeting("a");
    let stored = store.meeting_detail(&new.meeting).await.unwrap().unwrap();
    assert_eq!(stored.document, new.document);
    assert_eq!(stored.detail.participants, new.participants);
    assert_eq!(stored.detail.attachments, new.attachments);
    assert_eq!(stored.detail.documents, [new.document]);
    assert_eq!(store.document_state(&document("a")).await.unwrap(), DocumentState::Live(new.meeting));
    assert_eq!(store.document_state(&document("b")).await.unwrap(), DocumentState::Unknown);
}

#[tokio::test]
async fn a_deleted_meeting_leaves_the_list_and_can_be_restored() {
    let (_folder, store) = store().await;
    let meeting: MeetingId = "m-a".parse().unwrap();
    assert_eq!(store.delete_meeting(act(&meeting), &meeting).await.unwrap(), document("a"));
    assert!(matches!(store.delete_meeting(act(&meeting), &meeting).await, Err(StoreError::Missing { .. })));
    assert_eq!(store.meetings(MeetingFilter::default()).await.unwrap(), []);
    assert_eq!(store.meetings(MeetingFilter { deleted: true, ..MeetingFilter::default() }).await.unwrap().len(), 1);
    assert!(store.load(&document("a")).await.unwrap().unwrap().deleted);
    assert_eq!(store.document_state(&document("a")).await.unwrap(), DocumentState::Deleted(meeting.clone()));
    store.restore_meeting(act(&meeting), &meeting).await.unwrap();
    assert!(matches!(store.restore_meeting(act(&meeting), &meeting).await, Err(StoreError::Missing { .. })));
    assert_eq!(store.forums().await.unwrap()[0].meetings, 1);
}

#[tokio::test]
async fn the_list_follows_the_summary_and_the_filter() {
    let (_folder, store) = store().await;
    let other = NewMeeting { forum: ForumChoice::Named { id: ForumId::from_random(2), name: "Kulturforum".into() }, ..new_meeting("b") };
    let forum = store.create_meeting(Actor::command_line(), Person::default(), other).await.unwrap();
    let missing = NewMeeting { forum: ForumChoice::Existing(ForumId::from_random(9)), ..new_meeting("c") };
    assert!(matches!(
        store.create_meeting(Actor::command_line(), Person::default(), missing).await,
        Err(StoreError::Missing { what: "forum", .. })
    ));
    assert_eq!(store.document_state(&document("c")).await.unwrap(), DocumentState::Unknown, "stored as a whole or not at all");

    let summary = Summary { title: "Nyt navn".into(), place: Some("Rådhuset".into()), items: 12, ..Summary::default() };
    store.update_summary(document("b"), summary).await.unwrap();
    let rows = store.meetings(MeetingFilter { forum: Some(forum), deleted: false }).await.unwrap();
    assert_eq!(
        rows.iter().map(|row| (row.title.as_str(), row.items, row.forum_name.as_str())).collect::<Vec<_>>(),
        [("Nyt navn", 12, "Kulturforum")]
    );
    let titles: Vec<_> = store.meetings(MeetingFilter::default()).await.unwrap().into_iter().map(|row| row.title).collect();
    assert_eq!(titles, ["Møde a", "Nyt navn"], "meetings without a date come last");
}

#[tokio::test]
async fn a_forum_is_made_once_per_name() {
    let (_folder, store) = store().await;
    let first = store.create_forum(forum_act(), ForumId::from_random(5), "Udvalg".into()).await.unwrap();
    assert_eq!(store.create_forum(forum_act(), ForumId::from_random(6), "Udvalg".into()).await.unwrap(), first);
}

#[tokio::test]
async fn organisations_get_their_hue_in_order_of_joining() {
    let (_folder, store) = store().await;
    let mut hues = Vec::new();
    for name in ["Aaby", "Bredal", "Aaby", "Clausholm"] {
        hues.push(store.hue_of(name.into()).await.unwrap());
    }
    assert_eq!(hues, [1, 2, 1, 3]);
}

#[tokio::test]
async fn a_setting_keeps_its_first_value() {
    let (_folder, store) = store().await;
    assert_eq!(store.setting("key", vec![1]).await.unwrap(), [1]);
    assert_eq!(store.setting("key", vec![2]).await.unwrap(), [1]);
}

#[tokio::test]
async fn two_processes_may_write_in_turn() {
    let (folder, store) = store().await;
    let other = Store::open(folder.path()).unwrap();
    other.create_meeting(Actor::command_line(), Person::default(), new_meeting("b")).await.unwrap();
    store.commit(batch("b", 2, b"x")).await.unwrap();
    assert_eq!(store.meetings(MeetingFilter::default()).await.unwrap().len(), 2);
}

#[test]
fn what_cannot_be_opened_says_why() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(FILE), "this is no database, but long enough to have a header of a hundred bytes, or more".repeat(3))
        .unwrap();
    assert!(matches!(Store::open(folder.path()), Err(StoreError::Corrupt { .. })));

    let newer = tempfile::tempdir().unwrap();
    drop(Store::open(newer.path()).unwrap());
    Connection::open(newer.path().join(FILE)).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(Store::open(newer.path()), Err(StoreError::Newer { found: 99, .. })));
}

#[tokio::test]
async fn a_full_disk_stores_nothing_and_recovers() {
    let (_folder, store) = store().await;
    // SQLite's own limit stands for the disk's: the same error, without a disk to fill.
    let pages = |limit: u32| {
        store.inner.writer.write(move |database| {
            let error = database.error("setting a limit");
            database.connection.query_row(&format!("PRAGMA max_page_count = {limit}"), [], |_| Ok(())).map_err(error)
        })
    };
    pages(1).await.unwrap();
    let error = store.commit(batch("a", 2, &[1; 200_000])).await.unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    let mut full = store.full();
    assert!(*full.borrow(), "said to all rooms");
    pages(1_000_000).await.unwrap();
    // Nobody writes: the store finds out by itself.
    let heard = tokio::time::timeout(std::time::Duration::from_secs(10), full.wait_for(|full| !full)).await;
    assert!(heard.is_ok_and(|heard| heard.is_ok()), "there is room again");
    store.commit(batch("a", 2, &[1; 200_000])).await.unwrap();
    assert_eq!(store.load(&document("a")).await.unwrap().unwrap().revision, 2);
}

#[tokio::test]
async fn with_less_room_than_is_kept_free_meetings_are_read_and_none_is_made() {
    let (folder, store) = store().await;
    store.close().await;
    let store = Store::open_keeping(folder.path(), Kept::Bytes(u64::MAX)).unwrap();
    assert!(*store.full().borrow(), "known from the start, so that nobody is let in to write");
    assert!(matches!(store.create_meeting(Actor::command_line(), Person::default(), new_meeting("b")).await, Err(StoreError::Full { .. })));
    assert!(store.load(&document("a")).await.unwrap().is_some());
    // What was taken already is stored all the same: that is what the room is for.
    store.commit(batch("a", 2, b"x")).await.unwrap();
    store.close().await;
    let store = Store::open_keeping(folder.path(), Kept::Usual).unwrap();
    assert_eq!(store.load(&document("a")).await.unwrap().unwrap().revision, 2);
}
