//! Threads and comments as programs outside see them.

use axum::http::{Method, StatusCode};
use dagsorden_shared::agenda::{Agenda, Anchor, Field};
use dagsorden_shared::api::Created;
use dagsorden_shared::id::ItemId;
use dagsorden_shared::talk::Talk;
use serde_json::{Value, json};

use super::access::World;
use super::{Answer, TestApp, small_meeting};

/// A meeting with one item, and an anchor on words of its section.
struct Said {
    app: TestApp,
    base: String,
    item: ItemId,
    field: Field,
    anchor: Anchor,
}

impl Said {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let created: Created = app.post("/api/meetings/import", &small_meeting()).await.json();
        let read = |agenda: &Agenda| {
            let item = &agenda.snapshot().items[0];
            let field = Field::Section(item.id.clone(), item.sections[0].id.clone());
            let anchor = agenda.anchor(&field, 4, 17).unwrap();
            (item.id.clone(), field, anchor)
        };
        let (item, field, anchor) = app.server.state().registry.read(&created.document, read).await.unwrap();
        Self { app, base: format!("/api/meetings/{}", created.meeting), item, field, anchor }
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.app.ask(method, &format!("{}{path}", self.base), "application/json", body.to_string()).await
    }

    fn thread(&self, comment: &str, body: &str) -> Value {
        json!({ "item": self.item, "field": self.field.to_string(), "anchor": self.anchor, "comment": { "id": comment, "body": body } })
    }

    async fn talk(&self, since: Option<&str>) -> Talk {
        let since = since.map(|cursor| format!("?since={cursor}")).unwrap_or_default();
        self.app.get(&format!("{}/talk{since}", self.base)).await.json()
    }
}

#[tokio::test]
async fn a_comment_sent_twice_is_there_once_and_quotes_what_stands_there() {
    let said = Said::new().await;
    let forged = Anchor { quote: "hvad der aldrig stod".into(), quote_len: 20, ..said.anchor.clone() };
    let mut body = said.thread("c1", "  Er det rigtigt? ");
    body["anchor"] = json!(forged);
    assert_eq!(said.send(Method::PUT, "/threads/t1", &body).await.status, StatusCode::CREATED);
    assert_eq!(said.send(Method::PUT, "/threads/t1", &body).await.status, StatusCode::OK);
    let other = said.thread("c2", "Noget andet");
    assert_eq!(said.send(Method::PUT, "/threads/t1/comments/c1", &other["comment"]).await.status, StatusCode::CONFLICT);
    let talk = said.talk(None).await;
    assert_eq!((talk.threads.len(), talk.comments.len(), talk.reset), (1, 1, true));
    assert_eq!(talk.comments[0].body, "Er det rigtigt?");
    assert_eq!(talk.threads[0].anchor.as_ref().unwrap().quote, "er to forslag", "the words are the server's to quote");
    assert!(talk.threads[0].mine && talk.comments[0].mine);
    assert_eq!(said.send(Method::PUT, "/threads/t1/comments/c2", &json!({ "body": "Ja." })).await.status, StatusCode::CREATED);
    let later = said.talk(Some(&talk.cursor)).await;
    assert_eq!((later.reset, later.comments.len(), later.comments[0].body.as_str()), (false, 1, "Ja."));
    assert!(said.talk(Some("forged")).await.reset, "a cursor of nobody gets everything");
}

#[tokio::test]
async fn what_cannot_be_said_is_refused_and_nothing_of_it_stored() {
    let said = Said::new().await;
    let thread = |change: fn(&mut Value)| {
        let mut body = said.thread("c1", "Hej");
        change(&mut body);
        body
    };
    for (body, status) in [
        (thread(|body| body["comment"]["body"] = json!("   ")), StatusCode::UNPROCESSABLE_ENTITY),
        (thread(|body| body["comment"]["body"] = json!("x".repeat(8_001))), StatusCode::UNPROCESSABLE_ENTITY),
        (thread(|body| body["comment"]["body"] = json!("a\u{7}")), StatusCode::UNPROCESSABLE_ENTITY),
        (thread(|body| body["comment"] = json!({ "body": "uden id" })), StatusCode::UNPROCESSABLE_ENTITY),
        (thread(|body| body["item"] = json!("nobody")), StatusCode::UNPROCESSABLE_ENTITY),
        (thread(|body| body["field"] = json!("no field")), StatusCode::UNPROCESSABLE_ENTITY),
        (thread(|body| body["anchor"]["start"] = json!("{}")), StatusCode::UNPROCESSABLE_ENTITY),
        (thread(|body| body["field"] = Value::Null), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = said.send(Method::PUT, "/threads/t1", &body).await;
        assert_eq!(answer.status, status, "{body}: {}", String::from_utf8_lossy(&answer.bytes));
    }
    assert_eq!(said.send(Method::PUT, "/threads/nothing/comments/c1", &json!({ "body": "Hej" })).await.status, StatusCode::NOT_FOUND);
    assert!(said.talk(None).await.threads.is_empty());
}

#[tokio::test]
async fn threads_are_resolved_answered_changed_and_deleted() {
    let said = Said::new().await;
    assert_eq!(said.send(Method::PUT, "/threads/t1", &said.thread("c1", "Først")).await.status, StatusCode::CREATED);
    assert_eq!(said.send(Method::PUT, "/threads/t1/state", &json!({ "resolved": true })).await.status, StatusCode::NO_CONTENT);
    assert!(said.talk(None).await.threads[0].resolved);
    assert_eq!(said.send(Method::PUT, "/threads/t1/comments/c2", &json!({ "body": "Igen" })).await.status, StatusCode::CREATED);
    assert!(!said.talk(None).await.threads[0].resolved, "a reply opens it again");

    let change = |version: u32| json!({ "body": "Ændret", "version": version });
    assert_eq!(said.send(Method::PATCH, "/comments/c1", &change(7)).await.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(said.send(Method::PATCH, "/comments/c1", &change(1)).await.status, StatusCode::NO_CONTENT);
    let talk = said.talk(None).await;
    assert_eq!((talk.comments[0].body.as_str(), talk.comments[0].edited.is_some(), talk.comments[0].version), ("Ændret", true, 2));

    for comment in ["c1", "c2"] {
        assert_eq!(said.send(Method::DELETE, &format!("/comments/{comment}"), &json!({})).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(said.send(Method::DELETE, "/comments/c1", &json!({})).await.status, StatusCode::NOT_FOUND);
    let gone = said.talk(Some(&talk.cursor)).await;
    assert_eq!((gone.gone.len(), gone.threads.len(), gone.comments.len()), (1, 0, 0), "with its last comment the thread goes");
}

/// What a person of the world asks.
async fn ask(world: &World, who: &str, (method, path): (Method, &str), body: &Value) -> Answer {
    let request = axum::http::Request::builder().method(method).uri(path).header("host", "127.0.0.1:8080");
    let request = request.header("authorization", format!("Bearer {}", world.tokens[who])).header("content-type", "application/json");
    world.app.send(request.body(body.to_string().into()).unwrap()).await
}

#[tokio::test]
async fn what_came_after_one_looked_stays_unread_and_nobody_hears_of_it() {
    let world = World::new().await;
    let (meeting, document) = &world.meetings[&dagsorden_shared::access::Phase::SentOut];
    let base = format!("/api/meetings/{meeting}");
    let item = world.app.server.state().registry.read(document, |agenda| agenda.snapshot().items[0].id.clone()).await.unwrap();
    let put = async |path: &str, body: Value| ask(&world, "commenter", (Method::PUT, &format!("{base}{path}")), &body).await.status;
    let talk = async |who: &str| ask(&world, who, (Method::GET, &format!("{base}/talk")), &Value::Null).await.json::<Talk>();
    let unread = async |who: &str| talk(who).await.threads[0].unread;
    let read = async |who: &str, cursor: Value| {
        let body = json!({ "threads": ["t1"], "cursor": cursor });
        assert_eq!(ask(&world, who, (Method::POST, &format!("{base}/read")), &body).await.status, StatusCode::NO_CONTENT);
    };
    let begun = json!({ "item": item, "comment": { "id": "c1", "body": "Først" } });
    assert_eq!(put("/threads/t1", begun).await, StatusCode::CREATED);
    let seen = talk("chair").await;
    assert_eq!((seen.threads[0].unread, unread("commenter").await), (1, 0), "one's own words are read");
    assert_eq!(put("/threads/t1/comments/c2", json!({ "body": "Imens" })).await, StatusCode::CREATED);
    read("chair", json!(seen.cursor)).await;
    assert_eq!(unread("chair").await, 1, "the second came after the cursor");
    assert_eq!(unread("editor").await, 2, "what one has read is nobody else's");
    read("editor", json!(seen.cursor)).await;
    assert_eq!(unread("editor").await, 2, "another's cursor has shown nothing");
    read("chair", Value::Null).await;
    read("chair", json!(seen.cursor)).await;
    assert_eq!(unread("chair").await, 0, "what is read stays read");
}
