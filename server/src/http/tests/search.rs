//! Searching as programs and people outside see it.

use axum::http::{Method, StatusCode, header};
use dagsorden_shared::api::{Created, SearchAnswer};
use dagsorden_shared::meeting_json::MeetingJson;

use super::{TestApp, small_meeting};

async fn found(app: &TestApp, query: &str) -> SearchAnswer {
    app.get(&format!("/api/search?q={}", query.replace(' ', "%20"))).await.json()
}

#[tokio::test]
async fn what_was_made_is_found_at_once_by_other_forms_of_its_words() {
    let app = TestApp::new().await;
    let older = MeetingJson { date: Some("2019-01-02".into()), ..small_meeting() };
    for meeting in [older, small_meeting()] {
        assert_eq!(app.post("/api/meetings/import", &meeting).await.status, StatusCode::CREATED);
    }
    let answer = found(&app, "forslaget ").await;
    assert_eq!((answer.total, answer.hits.len()), (2, 2));
    assert_eq!(answer.hits[0].date.as_deref(), Some("2031-05-06"), "the newest first among equals");
    let hit = &answer.hits[0];
    assert_eq!((hit.number.as_str(), hit.heading.as_str(), hit.kind.as_str()), ("1", "Baggrund", "text"));
    let marked: Vec<&str> = hit.pieces.iter().filter(|piece| piece.hit).map(|piece| piece.text.as_str()).collect();
    assert_eq!(marked, ["forslag"]);
    assert_eq!(found(&app, "vær").await.total, 2, "as one types");
    assert_eq!(found(&app, "vært forslag ").await.total, 0, "all words must be in one place");
    for nothing in ["", "%22*", "nothing", "acl:f66"] {
        assert_eq!(found(&app, nothing).await.total, 0, "{nothing}");
    }
}

#[tokio::test]
async fn a_deleted_meeting_and_a_deleted_comment_are_not_found() {
    let app = TestApp::new().await;
    let created: Created = app.post("/api/meetings/import", &small_meeting()).await.json();
    let base = format!("/api/meetings/{}", created.meeting);
    let item = app.server.state().registry.read(&created.document, |agenda| agenda.outline()[0].0.clone()).await.unwrap();
    let thread = serde_json::json!({ "item": item, "comment": { "id": "c1", "body": "Hvad med parkeringspladserne?" } });
    let put = app.ask(Method::PUT, &format!("{base}/threads/t1"), "application/json", thread.to_string()).await;
    assert_eq!(put.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&put.bytes));
    let hits = found(&app, "parkeringsplads").await.hits;
    assert_eq!(hits.iter().map(|hit| hit.kind.as_str()).collect::<Vec<_>>(), ["comment"]);
    app.ask(Method::DELETE, &format!("{base}/comments/c1"), "", "").await;
    assert_eq!(found(&app, "parkeringsplads").await.total, 0);
    assert_eq!(found(&app, "forslag").await.total, 1);
    app.ask(Method::DELETE, &base, "", "").await;
    assert_eq!(found(&app, "forslag").await.total, 0);
}

#[tokio::test]
async fn the_page_of_a_search_says_what_was_looked_for() {
    let app = TestApp::new().await;
    let page = app.get("/soeg?q=%3Cscript%3E").await;
    // Without built files a page is one line that names the command to run.
    assert!([StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE].contains(&page.status));
    assert!(!page.headers[header::CONTENT_TYPE].is_empty());
    assert!(!String::from_utf8_lossy(&page.bytes).contains("<script>"));
}
