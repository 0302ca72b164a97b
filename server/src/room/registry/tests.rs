//! Rooms on a real runtime and a real store.

mod apart;

use dagsorden_shared::access::{Phase, Roles, Verb};
use dagsorden_shared::agenda::{Edit, HeaderKey, Origin};
use dagsorden_shared::api::Person;
use dagsorden_shared::id::{ClientId, ForumId, MeetingId};
use dagsorden_shared::meeting_json::MeetingJson;
use dagsorden_shared::protocol::{ClientMessage, ServerMessage};
use futures_util::FutureExt;
use yrs::Update;
use yrs::updates::decoder::Decode;

use super::*;
use crate::gate::UserKey;
use crate::rights::{Actor, Via};
use crate::store::{Act, ForumChoice, MeetingFilter, NewMeeting, On, Summary};

const DOCUMENT: &str = "d1";

fn document() -> DocumentId {
    DOCUMENT.parse().unwrap()
}

async fn registry() -> (tempfile::TempDir, Registry) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let agenda = Agenda::new(ClientId::new(999).unwrap());
    agenda.seed(&MeetingJson { title: "Møde".into(), ..MeetingJson::default() }, &mut || 5);
    let new = NewMeeting {
        meeting: "m1".parse().unwrap(),
        document: document(),
        forum: ForumChoice::Named { id: ForumId::from_random(1), name: "Forum".into() },
        phase: Phase::Draft,
        summary: Summary { title: "Møde".into(), ..Summary::default() },
        participants: Vec::new(),
        attachments: Vec::new(),
        update: agenda.doc().transact().encode_diff_v1(&StateVector::default()),
        found: Vec::new(),
    };
    store.create_meeting(Actor::command_line(), Person::default(), new).await.unwrap();
    (folder, Registry::new(store))
}

fn act(meeting: &MeetingId) -> Act {
    Act::of_command_line(Verb::DeleteMeeting, On::Meeting(meeting.clone()), "")
}

fn member(user: &str) -> Member {
    Member { actor: Actor { user: UserKey::new(user), via: Via::Open(Roles::ALL) }, person: Person::default(), extensions: true }
}

/// An update that sets the title, by a replica that has everything.
async fn titled(registry: &Registry, client: u64, title: &str) -> Vec<u8> {
    let agenda = Agenda::new(ClientId::new(client).unwrap());
    let state = registry.committed_state(&document()).await.unwrap();
    agenda.doc().transact_mut().apply_update(Update::decode_v1(&state).unwrap()).unwrap();
    let before = agenda.doc().transact().state_vector();
    agenda.apply(&[Edit::SetHeader { key: HeaderKey::Title, value: Some(title.to_owned()) }], Origin::Local).unwrap();
    agenda.doc().transact().encode_diff_v1(&before)
}

/// What comes next, document messages left out.
async fn next(receiver: &mut RoomReceiver) -> Option<Outgoing> {
    loop {
        let outgoing = receiver.next().await;
        let is_document = |frame: &Bytes| {
            matches!(
                ServerMessage::decode(frame),
                Ok(ServerMessage::Update(_) | ServerMessage::SyncStep1(_) | ServerMessage::SyncStep2(_) | ServerMessage::Awareness(_))
            )
        };
        match outgoing {
            Some(Outgoing::Frame(frame)) if is_document(&frame) => receiver.written(1, frame.len()),
            other => return other,
        }
    }
}

async fn title(registry: &Registry) -> String {
    registry.read(&document(), |agenda| agenda.header().title).await.unwrap()
}

#[tokio::test]
async fn many_who_come_at_once_share_one_room() {
    let (_folder, registry) = registry().await;
    let joins = (0..20).map(|number| {
        let registry = registry.clone();
        tokio::spawn(async move { registry.join(&document(), member(&format!("u{number}"))).await.unwrap() })
    });
    let mut connections = Vec::new();
    for join in joins.collect::<Vec<_>>() {
        connections.push(join.await.unwrap());
    }
    assert_eq!(lock(&registry.inner.slots).len(), 1);
    title(&registry).await;
    assert_eq!(registry.present(&document()), 20);
}

#[tokio::test]
async fn a_document_that_is_not_there_leaves_no_room_behind() {
    let (_folder, registry) = registry().await;
    let error = registry.join(&"nowhere".parse().unwrap(), member("u")).await.unwrap_err();
    assert!(matches!(error, RoomError::Unknown(_)), "{error}");
    assert_eq!(lock(&registry.inner.slots).len(), 0);
}

/// A client that asks over HTTP may hang up at any time.
#[tokio::test]
async fn whoever_gives_up_while_a_document_is_loaded_leaves_nothing_behind_and_begins_nothing_anew() {
    let (_folder, registry) = registry().await;
    let nowhere: DocumentId = "nowhere".parse().unwrap();
    for _ in 0..20 {
        assert!(registry.committed_state(&nowhere).now_or_never().is_none());
        assert!(registry.committed_state(&document()).now_or_never().is_none());
    }
    title(&registry).await;
    let settled = async {
        while registry.inner.loads.available_permits() < LOADS || registry.rooms() > 1 {
            tokio::task::yield_now().await;
        }
    };
    // A slot that stays behind is there for ever.
    assert!(tokio::time::timeout(Duration::from_secs(20), settled).await.is_ok(), "{} rooms", registry.rooms());
    assert_eq!(title(&registry).await, "Møde");
    assert_eq!(registry.rooms(), 1);
}

#[tokio::test]
async fn an_update_is_on_disk_when_it_is_acknowledged_and_the_list_follows() {
    let (_folder, registry) = registry().await;
    let (sender, mut receiver) = registry.join(&document(), member("u")).await.unwrap();
    let update = titled(&registry, 7, "Nyt navn").await;
    assert!(sender.send(ClientMessage::Update(&update).encode().into()).await);
    let saved = ServerMessage::Saved(1).encode();
    assert_eq!(next(&mut receiver).await, Some(Outgoing::Frame(saved.into())));
    assert_eq!(registry.inner.store.load(&document()).await.unwrap().unwrap().revision, 2);
    drop((sender, receiver));
    registry.shutdown().await;
    let rows = registry.inner.store.meetings(MeetingFilter::default()).await.unwrap();
    assert_eq!(rows[0].title, "Nyt navn");
}

#[tokio::test]
async fn a_shutdown_commits_what_was_received_and_takes_nobody_in() {
    let (_folder, registry) = registry().await;
    let (sender, mut receiver) = registry.join(&document(), member("u")).await.unwrap();
    let update = titled(&registry, 7, "Sidste").await;
    assert!(sender.send(ClientMessage::Update(&update).encode().into()).await);
    let stopping = tokio::spawn({
        let registry = registry.clone();
        async move { registry.shutdown().await }
    });
    assert_eq!(next(&mut receiver).await, Some(Outgoing::Frame(ServerMessage::Saved(1).encode().into())));
    assert!(matches!(next(&mut receiver).await, Some(Outgoing::Close(close_code::RESTART, _))));
    assert!(matches!(registry.join(&document(), member("u")).await, Err(RoomError::Closing)));
    assert!(!stopping.is_finished(), "it waits for the connection to end");
    drop((sender, receiver));
    stopping.await.unwrap();
    let after = Registry::new(registry.inner.store.clone());
    assert_eq!(title(&after).await, "Sidste");
}

#[tokio::test(start_paused = true)]
async fn a_user_who_is_refused_again_and_again_waits_while_others_come_and_go() {
    let (_folder, registry) = registry().await;
    let mut refused = 0;
    let after = loop {
        match registry.join(&document(), member("u")).await {
            Ok((sender, mut receiver)) => {
                assert!(refused < 100, "nobody is kept out");
                sender.send(ClientMessage::Update(b"x").encode().into()).await;
                while !matches!(next(&mut receiver).await, Some(Outgoing::Close(close_code::REFUSED, _))) {}
                refused += 1;
            }
            Err(RoomError::Refused { after }) => break after,
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(refused, 31);
    assert!(after <= Duration::from_mins(1));
    assert!(registry.join(&document(), member("other")).await.is_ok());
    tokio::time::sleep(after).await;
    assert!(registry.join(&document(), member("u")).await.is_ok());
}

#[tokio::test]
async fn a_deleted_document_closes_its_room_and_opens_again_when_restored() {
    let (_folder, registry) = registry().await;
    let (_sender, mut receiver) = registry.join(&document(), member("u")).await.unwrap();
    let meeting = "m1".parse().unwrap();
    registry.inner.store.delete_meeting(act(&meeting), &meeting).await.unwrap();
    registry.close_document(&document(), close_code::GONE).await;
    assert!(matches!(next(&mut receiver).await, Some(Outgoing::Close(close_code::GONE, _))));
    assert!(matches!(registry.join(&document(), member("u")).await, Err(RoomError::Deleted(_))));
    registry.inner.store.restore_meeting(act(&meeting), &meeting).await.unwrap();
    assert!(registry.join(&document(), member("u")).await.is_ok());
}

#[tokio::test]
async fn a_failed_commit_drops_the_room_and_the_next_to_come_loads_what_is_stored() {
    let (_folder, registry) = registry().await;
    let (sender, mut receiver) = registry.join(&document(), member("u")).await.unwrap();
    let update = titled(&registry, 7, "Ikke gemt").await;
    // Another row at the same revision: the commit cannot succeed.
    let row = crate::store::Batch::of_server(document(), 2, vec![0, 0]);
    registry.inner.store.commit(row).await.unwrap();
    assert!(sender.send(ClientMessage::Update(&update).encode().into()).await);
    assert!(matches!(next(&mut receiver).await, Some(Outgoing::Close(close_code::TRY_LATER, _))));
    assert_eq!(title(&registry).await, "Møde");
    let (sender, mut receiver) = registry.join(&document(), member("u")).await.unwrap();
    assert!(sender.send(ClientMessage::Update(&update).encode().into()).await);
    assert_eq!(next(&mut receiver).await, Some(Outgoing::Frame(ServerMessage::Saved(1).encode().into())));
    assert_eq!(title(&registry).await, "Ikke gemt");
}

#[tokio::test(start_paused = true)]
async fn an_empty_room_leaves_its_place_and_its_snapshot() {
    let (_folder, registry) = registry().await;
    let (sender, receiver) = registry.join(&document(), member("u")).await.unwrap();
    let inbox = sender.inbox.clone();
    drop((sender, receiver));
    while !inbox.is_closed() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(lock(&registry.inner.slots).len(), 0);
    let stored = registry.inner.store.load(&document()).await.unwrap().unwrap();
    assert!(stored.snapshot.is_some() && stored.log.is_empty());
    assert_eq!(title(&registry).await, "Møde");
}
