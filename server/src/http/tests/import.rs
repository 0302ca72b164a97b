//! Items of a file that come into a meeting which is there: where they stand, who may bring them, what becomes of the rest of the file.

use std::path::Path;

use axum::http::{Method, StatusCode};
use dagsorden_shared::access::{Phase, Place, Role, Standing, Verb, can};
use dagsorden_shared::agenda::{Agenda, Edit, Part};
use dagsorden_shared::api::{Added, Created, ImportPreview, LeftOutWhy, MeetingState};
use dagsorden_shared::id::ItemId;
use dagsorden_shared::meeting_json::{AttachmentJson, AttachmentStatus, ItemJson, MeetingJson, Participant};
use serde_json::json;

use super::proposals::World;
use super::{TestApp, small_meeting};
use crate::import::Imported;
use crate::import::tests::law::dropped;

const FILE: &str = "Dagsorden for Kredsen\n\nPunkt 1: Kajer\nBaggrund\nDer er to kajer.\n\nPunkt 2: Broer\nBaggrund\nDer er en bro.\n";

fn item(number: &str, title: &str) -> ItemJson {
    ItemJson { number: Some(number.into()), title: title.into(), ..ItemJson::default() }
}

fn items(titles: &[&str]) -> MeetingJson {
    MeetingJson {
        items: titles.iter().map(|title| ItemJson { title: (*title).into(), ..ItemJson::default() }).collect(),
        ..MeetingJson::default()
    }
}

impl TestApp {
    async fn meeting(&self, meeting: &MeetingJson) -> Created {
        self.post("/api/meetings/import", meeting).await.json()
    }

    async fn exported(&self, meeting: &Created) -> MeetingJson {
        self.get(&format!("/api/meetings/{}/export?format=json", meeting.meeting)).await.json()
    }

    async fn bring(&self, meeting: &Created, kind: &str, file: &str) -> Added {
        let answer = self.ask(Method::POST, &format!("/api/meetings/{}/import?name=fil", meeting.meeting), kind, file.to_owned()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&answer.bytes));
        answer.json()
    }
}

fn titles(meeting: &MeetingJson) -> Vec<(&str, &str)> {
    meeting.items.iter().map(|item| (item.number.as_deref().unwrap_or_default(), item.title.as_str())).collect()
}

#[tokio::test]
async fn items_come_before_what_closes_the_agenda_and_are_counted_with_the_others() {
    let app = TestApp::new().await;
    let meeting = app.meeting(&MeetingJson { items: vec![item("1", "Velkomst"), item("2", "Eventuelt")], ..small_meeting() }).await;
    let added = app.bring(&meeting, "text/plain", FILE).await;
    let state: MeetingState = app.get(&format!("/api/meetings/{}", meeting.meeting)).await.json();
    assert_eq!(state.items[1..3].iter().map(|row| &row.id).collect::<Vec<_>>(), added.items.iter().collect::<Vec<_>>());
    let stored = app.exported(&meeting).await;
    assert_eq!(titles(&stored), [("1", "Velkomst"), ("2", "Kajer"), ("3", "Broer"), ("4", "Eventuelt")]);
    assert_eq!(stored.items[1].sections[0].heading.as_deref(), Some("Baggrund"));

    // The numbers of the file, and what of it is for its own meeting, are listed and not taken.
    let file = MeetingJson {
        title: "Et andet møde".into(),
        date: Some("2030-01-02".into()),
        place: Some("Havnen".into()),
        participants: vec![Participant { name: "Ane Holt".into(), ..Participant::default() }],
        items: vec![item("7b", "Moler")],
        ..MeetingJson::default()
    };
    let path = format!("/api/meetings/{}/import", meeting.meeting);
    let preview: ImportPreview = app.post(&format!("{path}/preview"), &file).await.json();
    let added: Added = app.post(&path, &file).await.json();
    assert_eq!(preview.left_out, added.left_out, "what is shown before is what happens");
    let listed = |why| added.left_out.iter().filter(|left| left.why == why).map(|left| left.text.as_str()).collect::<Vec<_>>();
    assert_eq!(listed(LeftOutWhy::Number), ["7b"]);
    assert_eq!(listed(LeftOutWhy::Meeting), ["Et andet møde", "2.\u{a0}januar\u{a0}2030"]);
    let stored = app.exported(&meeting).await;
    assert_eq!(titles(&stored)[3..], [("4", "Moler"), ("5", "Eventuelt")]);
    assert_eq!((stored.title.as_str(), stored.date.as_deref()), ("Møde i Kredsen", Some("2031-05-06")));
    assert_eq!((stored.place.as_deref(), stored.participants.len()), (Some("Havnen"), 1), "what the meeting lacks is taken");
}

#[tokio::test]
async fn an_empty_meeting_becomes_what_its_file_says() {
    let app = TestApp::new().await;
    let forum: dagsorden_shared::api::ForumRow = app.post("/api/forums", &json!({ "name": "Kredsen" })).await.json();
    let meeting: Created = app.post("/api/meetings", &json!({ "forum": forum.id })).await.json();
    let file = MeetingJson { items: vec![item("2", "Kajer"), item("4", "Eventuelt")], ..crate::demo::meeting() };
    let named = AttachmentJson { number: Some("1".into()), title: "Plan.pdf".into(), status: AttachmentStatus::Vedlagt, file: None };
    let file = MeetingJson {
        forum: "Kredsen".into(),
        items: vec![ItemJson { attachments: vec![named], ..file.items[0].clone() }, file.items[1].clone()],
        ..file
    };
    let added: Added = app.post(&format!("/api/meetings/{}/import", meeting.meeting), &file).await.json();
    let stored = app.exported(&meeting).await;
    assert_eq!(stored.items, file.items, "numbers with their gaps, and attachments");
    assert_eq!((&stored.title, &stored.date, &stored.participants), (&file.title, &file.date, &file.participants));
    assert!(added.left_out.iter().all(|left| left.why == LeftOutWhy::Meeting), "{:?}", added.left_out);
}

#[tokio::test]
async fn no_word_of_a_file_is_dropped_that_comes_into_a_meeting() {
    let app = TestApp::new().await;
    for name in ["pdf_export.txt", "word_minutes.txt", "web_publication.txt"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/import").join(name);
        let source = std::fs::read_to_string(path).unwrap();
        let meeting = app
            .meeting(&MeetingJson { participants: vec![Participant { name: "Bo".into(), ..Participant::default() }], ..small_meeting() })
            .await;
        let added = app.bring(&meeting, "text/plain", &source).await;
        let stored = Imported { meeting: app.exported(&meeting).await, findings: Vec::new(), left_out: added.left_out };
        assert_eq!(dropped(&source, &stored), Vec::<String>::new(), "{name}: {:#?}", stored.left_out);
    }
}

#[tokio::test]
async fn those_who_may_write_bring_items_in() {
    for phase in Phase::ALL {
        let world = World::at(phase).await;
        for role in Role::ALL {
            let may = can(&Standing::of(role), &Place::OPEN, Verb::Write, phase).is_yes();
            let answer = world.ask(role, Method::POST, "/import", serde_json::to_value(items(&["Kajer"])).unwrap()).await;
            assert_eq!(answer.status, if may { StatusCode::CREATED } else { StatusCode::FORBIDDEN }, "{role:?} in {phase:?}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_taken_changes_nothing() {
    let app = TestApp::new().await;
    let meeting = app.meeting(&small_meeting()).await;
    let before = app.exported(&meeting).await;
    let path = format!("/api/meetings/{}/import", meeting.meeting);
    let many = items(&["Kajer"; 500]);
    app.post(&path, &many).await.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "too_many");
    app.post(&path, &MeetingJson { title: "Kun en titel".into(), ..MeetingJson::default() })
        .await
        .is_problem(StatusCode::UNPROCESSABLE_ENTITY, "not_an_agenda");
    app.ask(Method::POST, &path, "text/plain", "Kære alle, vi ses.").await.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "not_an_agenda");
    let attachment = AttachmentJson { number: None, title: "Plan.pdf".into(), status: AttachmentStatus::Omtalt, file: None };
    let mut heavy = items(&["Kajer"]);
    heavy.items[0].attachments = vec![attachment; 1_001];
    app.post(&path, &heavy).await.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    assert_eq!(app.exported(&meeting).await, before);
    app.bring(&meeting, "text/plain", FILE).await;
    assert_eq!(app.exported(&meeting).await.items.len(), 3, "the document is as it is on disk after what was refused");

    let deleted = app.ask(Method::DELETE, &format!("/api/meetings/{}", meeting.meeting), "", "").await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    for path in [path.as_str(), "/api/meetings/nobody/import"] {
        app.ask(Method::POST, path, "text/plain", FILE).await.is_problem(StatusCode::NOT_FOUND, "not_found");
    }
}

#[tokio::test]
async fn two_files_at_once_come_in_one_after_the_other_beside_a_writer() {
    let app = TestApp::new().await;
    let meeting = app.meeting(&small_meeting()).await;
    let state = app.server.state();
    let last = |agenda: &Agenda| agenda.outline().last().map(|(id, _)| id.clone());
    let last: ItemId = state.registry.read(&meeting.document, last).await.unwrap().unwrap();
    let (one, two) = (items(&["A1", "A2", "A3"]), items(&["B1", "B2", "B3"]));
    let path = format!("/api/meetings/{}/import", meeting.meeting);
    let store = state.store.clone();
    let moved = move |_: &Agenda| vec![Edit::MoveItem { item: last, after: None }];
    let written = state.registry.write(&meeting.document, moved, move |batch| store.commit(batch));
    let (one, two, written) = tokio::join!(app.post(&path, &one), app.post(&path, &two), written);
    assert_eq!((one.status, two.status, written.is_ok()), (StatusCode::CREATED, StatusCode::CREATED, true));
    let stored = app.exported(&meeting).await;
    let shown: String = titles(&stored).iter().map(|(number, title)| format!("{number}{title} ")).collect();
    let a_first = "1Valg af vært 2A1 3A2 4A3 5B1 6B2 7B3 ";
    assert!([a_first, "1Valg af vært 2B1 3B2 4B3 5A1 6A2 7A3 "].contains(&shown.as_str()), "{shown}");
}

#[tokio::test]
async fn items_that_came_are_deleted_and_come_back_like_others() {
    let app = TestApp::new().await;
    let meeting = app.meeting(&small_meeting()).await;
    let before = app.exported(&meeting).await;
    let added = app.bring(&meeting, "text/plain", FILE).await;
    let after = app.exported(&meeting).await;
    let state = app.server.state();
    for (back, expected) in [(false, &before), (true, &after)] {
        let (store, added) = (state.store.clone(), added.items.clone());
        let plan = move |_: &Agenda| {
            let part = |item: &ItemId| Part { item: item.clone(), section: None };
            let edit = |item: &ItemId| {
                if back { part(item).deletion(None) } else { part(item).deletion(Some((super::ClientId::new(7).unwrap(), "1".into()))) }
            };
            added.iter().flat_map(edit).collect()
        };
        assert!(state.registry.write(&meeting.document, plan, move |batch| store.commit(batch)).await.unwrap());
        assert_eq!(app.exported(&meeting).await, *expected);
    }
}
