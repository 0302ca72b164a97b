//! The example: what a new server shows.

use axum::http::StatusCode;
use dagsorden_shared::access::Phase;
use dagsorden_shared::api::{Created, MeetingDetail};
use dagsorden_shared::talk::Talk;

use super::TestApp;
use crate::demo;

#[tokio::test]
async fn the_example_is_talked_about_and_follows_on_published_minutes() {
    let app = TestApp::new().await;
    let created: Created = app.post("/api/demo", &()).await.json();
    let talk: Talk = app.get(&format!("/api/meetings/{}/talk", created.meeting)).await.json();
    let told = demo::talk();
    assert_eq!(talk.threads.len(), told.threads.len());
    let quoted = |words: &str| talk.threads.iter().any(|thread| thread.anchor.as_ref().is_some_and(|anchor| anchor.quote == words));
    for words in told.threads.iter().filter_map(|thread| thread.words.as_deref()) {
        assert!(quoted(words), "a thread stands at its words: {words}");
    }
    assert_eq!(talk.comments.len(), told.threads.iter().map(|thread| thread.comments.len()).sum::<usize>());
    assert!(talk.comments.iter().all(|comment| !comment.mine && !comment.author.organisation.is_empty() && comment.author.hue > 0));
    assert_eq!((talk.proposals.len(), talk.positions.len()), (told.proposals.len(), told.positions.len()));

    let former = app.meetings().await.into_iter().find(|row| row.id != created.meeting).unwrap();
    let detail: MeetingDetail = app.get(&format!("/api/meetings/{}", former.id)).await.json();
    assert_eq!(detail.phase, Phase::Approved);
    let public = app.get(&format!("/offentlig/{}/{}", detail.forum, former.id)).await;
    assert_eq!(public.status, StatusCode::OK);
    assert!(String::from_utf8_lossy(&public.bytes).contains("Begge punkter er godkendt."));
}

#[tokio::test]
async fn the_example_had_again_is_one_meeting_more() {
    let app = TestApp::new().await;
    for _ in 0..2 {
        assert_eq!(app.post("/api/demo", &()).await.status, StatusCode::CREATED);
    }
    assert_eq!(app.meetings().await.len(), 3);
}
