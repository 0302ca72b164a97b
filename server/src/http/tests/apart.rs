//! A meeting with an item in a document of its own, as programs and people outside see it: like any other.

use axum::http::{Method, StatusCode, header};
use dagsorden_shared::access::{Phase, Role};
use dagsorden_shared::agenda::{Agenda, Edit, Field};
use dagsorden_shared::api::{Author, MeetingState, SearchAnswer};
use dagsorden_shared::id::{DocumentId, ItemId};
use dagsorden_shared::meeting_json::MeetingJson;
use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::delta::Delta;
use serde_json::{Value, json};

use super::phase::Forum;
use super::small_meeting;
use crate::backup;

/// The meeting's document, and its first item, which moves to a document of its own.
async fn moved(forum: &Forum) -> (DocumentId, ItemId, DocumentId) {
    let state = forum.app.server.state();
    let detail = forum.state().await;
    let (document, item) = (detail.detail.documents[0].clone(), detail.items[0].id.clone());
    let own: DocumentId = "own".parse().unwrap();
    state.registry.move_out(&document, &item, own.clone()).await.unwrap();
    (document, item, own)
}

#[tokio::test]
async fn rows_exports_hash_and_search_are_as_before_the_item_moved() {
    let forum = Forum::with(small_meeting()).await;
    let export = async |format: &str| forum.get(Role::Reader, &format!("/export?format={format}")).await.bytes;
    let before: MeetingState = forum.state().await;
    let (json, text) = (export("json").await, export("txt").await);
    let (document, item, own) = moved(&forum).await;
    let after = forum.state().await;
    assert_eq!((&after.hash, &after.items), (&before.hash, &before.items));
    assert_eq!(after.detail.documents, [document.clone(), own.clone()]);
    assert_eq!(after.detail.own_document(), Some(&document));
    assert_eq!((&after.detail.item_documents[0].item, &after.detail.item_documents[0].document), (&item, &own));
    assert_eq!((export("json").await, export("txt").await), (json, text));
    let found: SearchAnswer = {
        let request = axum::http::Request::get("/api/search?q=forslag").header(header::HOST, "127.0.0.1:8080");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", forum.tokens[&Role::Reader]));
        forum.app.send(request.body(axum::body::Body::empty()).unwrap()).await.json()
    };
    assert_eq!(found.hits.len(), 1, "{found:?}");
}

#[tokio::test]
async fn the_document_of_an_item_has_the_rights_of_its_meeting() {
    let forum = Forum::with(small_meeting()).await;
    let (_, _, own) = moved(&forum).await;
    let ask = async |token: &str| {
        let request = axum::http::Request::get(format!("/api/documents/{own}/authors")).header(header::HOST, "127.0.0.1:8080");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        forum.app.send(request.body(axum::body::Body::empty()).unwrap()).await
    };
    assert_eq!(ask(&forum.tokens[&Role::Reader]).await.json::<Vec<Author>>().len(), 1, "the server wrote it");
    let state = forum.app.server.state();
    let stranger = super::access::account(state, "stranger", Vec::new(), false, true).await;
    ask(&stranger).await.is_problem(StatusCode::NOT_FOUND, "not_found");
    let deleted = forum.ask(Role::Secretariat, Method::DELETE, "", Value::Null).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    ask(&forum.tokens[&Role::Reader]).await.is_problem(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn what_is_approved_is_of_both_documents_and_verify_looks_at_both() {
    let forum = Forum::with(small_meeting()).await;
    let (_, item, own) = moved(&forum).await;
    let approved = forum.lead_to(Phase::Approved).await;
    let data = forum.app.folder.path().to_owned();
    let report = backup::verify(&data, None).unwrap();
    assert_eq!((report.documents, report.versions, report.damaged), (2, Vec::new(), Vec::new()));
    let version: Value = forum.get(Role::Reader, &format!("/versions/{}", approved.version.unwrap())).await.json();
    assert!(version.to_string().contains("Der er to forslag."));
    // Other hands write in the item's document alone.
    let state = forum.app.server.state();
    let store = state.store.clone();
    let written = state.registry.write(
        &own,
        move |_| vec![Edit::Text { field: Field::Title(item), delta: Delta::new().insert("Falsk ", Attributes::new()) }],
        move |batch| store.commit(batch),
    );
    assert!(written.await.unwrap());
    assert_eq!(backup::verify(&data, None).unwrap().versions.len(), 1);
}

#[tokio::test]
async fn a_backup_brings_both_documents_back_under_new_ids() {
    let forum = Forum::with(small_meeting()).await;
    moved(&forum).await;
    let before: MeetingJson = forum.get(Role::Reader, "/export?format=json").await.json();
    let (file, folder) = (forum.app.folder.path().join("copy.backup"), tempfile::tempdir().unwrap());
    backup::backup(forum.app.folder.path(), &file).unwrap();
    backup::restore(folder.path(), &file, true).unwrap();
    let store = crate::store::Store::open(folder.path()).unwrap();
    let detail = store.meeting_detail(&forum.meeting).await.unwrap().unwrap().detail;
    assert!(!detail.documents.contains(&"own".parse().unwrap()) && detail.documents.len() == 2);
    let registry = crate::room::Registry::new(store);
    let after = registry.meeting(detail.own_document().unwrap()).await.unwrap().to_json(&detail);
    assert_eq!(after.items, before.items);
}

#[tokio::test]
async fn comments_and_proposals_are_about_the_words_where_they_are() {
    let forum = Forum::with(small_meeting()).await;
    let (_, item, own) = moved(&forum).await;
    let state = forum.app.server.state();
    let words = state.registry.read(&own, Agenda::only_item).await.unwrap().unwrap();
    let field = Field::Section(item.clone(), words.sections[0].id.clone());
    let anchor = state.registry.read(&own, move |agenda| agenda.anchor(&field, 0, 6)).await.unwrap().unwrap();
    let field = Field::Section(item.clone(), words.sections[0].id.clone()).to_string();
    let thread = json!({ "item": item, "field": field, "anchor": anchor, "comment": { "id": "c1", "body": "Hvilke?" } });
    let begun = forum.ask(Role::Commenter, Method::PUT, "/threads/t1", thread).await;
    assert!(begun.status.is_success(), "{}", String::from_utf8_lossy(&begun.bytes));
    let base = json!([{ "insert": "Valg af vært" }]);
    let proposal =
        json!({ "field": Field::Title(item.clone()).to_string(), "base": base, "proposed": [{ "insert": "Valg af ny vært" }], "note": "" });
    let stored = forum.ask(Role::Commenter, Method::PUT, "/proposals/p1", proposal).await;
    assert!(stored.status.is_success(), "{}", String::from_utf8_lossy(&stored.bytes));
    let decision = json!({ "id": "d1", "parts": [{ "ordinal": 0, "action": "accept" }] });
    let taken = forum.ask(Role::Secretariat, Method::POST, "/proposals/p1/decisions", decision).await;
    assert!(taken.status.is_success(), "{}", String::from_utf8_lossy(&taken.bytes));
    assert_eq!(forum.state().await.items[0].title, "Valg af ny vært");
}

#[tokio::test]
async fn comments_open_proposals_and_decisions_move_with_their_words_and_back() {
    let forum = Forum::with(small_meeting()).await;
    let state = forum.app.server.state();
    let detail = forum.state().await;
    let (document, item) = (detail.detail.documents[0].clone(), detail.items[0].id.clone());
    let words = state.registry.meeting(&document).await.unwrap().items[0].clone();
    let (title, body) = (Field::Title(item.clone()), Field::Section(item.clone(), words.sections[0].id.clone()));
    let around = body.clone();
    let anchor = state.registry.read(&document, move |agenda| agenda.anchor(&around, 7, 9)).await.unwrap().unwrap();
    let thread = json!({ "item": item, "field": body.to_string(), "anchor": anchor, "comment": { "id": "c1", "body": "Er hvad?" } });
    assert!(forum.ask(Role::Commenter, Method::PUT, "/threads/t1", thread).await.status.is_success());
    for (id, proposed) in [("p1", "Valg af ny vært"), ("p2", "Nyt valg af vært")] {
        let base = json!([{ "insert": "Valg af vært" }]);
        let proposal = json!({ "field": title.to_string(), "base": base, "proposed": [{ "insert": proposed }], "note": "" });
        assert!(forum.ask(Role::Commenter, Method::PUT, &format!("/proposals/{id}"), proposal).await.status.is_success());
    }
    let take = async |proposal: &str, id: &str| {
        let decision = json!({ "id": id, "parts": [{ "ordinal": 0, "action": "accept" }] });
        let taken = forum.ask(Role::Secretariat, Method::POST, &format!("/proposals/{proposal}/decisions"), decision).await;
        assert!(taken.status.is_success(), "{}", String::from_utf8_lossy(&taken.bytes));
    };
    let version = async |id: &str| forum.get(Role::Reader, "/talk").await.json::<Value>()["threads"][0][id].clone();
    let before = version("version").await;
    take("p1", "d1").await;
    state.registry.move_out(&document, &item, "own".parse().unwrap()).await.unwrap();
    assert_ne!(version("version").await, before, "pages get the new positions");
    // Letters before the words tell whether their position moved along, or the quote was looked for.
    let own: DocumentId = "own".parse().unwrap();
    let (store, edited) = (state.store.clone(), body.clone());
    let delta = Delta::new().insert("er er ", Attributes::new());
    let written = state.registry.write(&own, move |_| vec![Edit::Text { field: edited, delta }], move |batch| store.commit(batch));
    assert!(written.await.unwrap());
    let anchor: dagsorden_shared::agenda::Anchor = serde_json::from_value(version("anchor").await).unwrap();
    let found = state.registry.read(&own, move |agenda| agenda.find_anchor(&body, &anchor)).await.unwrap().unwrap();
    assert_eq!((found.start, found.end), (13, 15));
    take("p2", "d2").await;
    state.registry.move_back(&document, &item).await.unwrap();
    assert_eq!(forum.state().await.items[0].title, "Nyt valg af ny vært");
    let back = forum.ask(Role::Secretariat, Method::POST, "/proposals/p1/decisions/d1/revoke", json!({})).await;
    assert!(back.status.is_success(), "{}", String::from_utf8_lossy(&back.bytes));
    assert_eq!(forum.state().await.items[0].title, "Nyt valg af vært");
}
