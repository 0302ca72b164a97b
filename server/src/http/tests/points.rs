//! Positions and outcomes as programs outside see them.

use axum::http::{Method, StatusCode};
use dagsorden_shared::api::Created;
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, MeetingJson, SectionJson, SectionKind};
use dagsorden_shared::talk::{OutcomeKind, PointRow, Stance, Talk};
use serde_json::json;

use super::TestApp;

fn with_points() -> MeetingJson {
    let listed = |text: &str| {
        serde_json::from_value::<BlockJson>(json!({ "type": "list_item", "list": "bullet", "level": 0, "text": text })).unwrap()
    };
    let blocks = vec![BlockJson::paragraph("Det indstilles, at kredsen"), listed("godkender planen"), listed("drøfter tallene")];
    let section = SectionJson { kind: SectionKind::Recommendation, blocks, ..SectionJson::default() };
    let item = ItemJson { title: "Plan".into(), sections: vec![section], ..ItemJson::default() };
    MeetingJson { forum: "Kredsen".into(), items: vec![item], ..MeetingJson::default() }
}

#[tokio::test]
async fn every_point_of_a_new_meeting_has_an_id_and_takes_positions_and_outcomes() {
    let app = TestApp::new().await;
    let created: Created = app.post("/api/meetings/import", &with_points()).await.json();
    let base = format!("/api/meetings/{}", created.meeting);
    let named = async || app.ask(Method::POST, &format!("{base}/points"), "", "").await.json::<Vec<PointRow>>();
    let points = named().await;
    assert_eq!(points.iter().map(|point| point.text.as_str()).collect::<Vec<_>>(), ["godkender planen", "drøfter tallene"]);
    assert_eq!(named().await, points, "asking again names nothing anew");

    let point = &points[1];
    let position = format!("{base}/positions/{}/{}/Havnsted", point.item, point.point);
    let put = async |path: &str, body: serde_json::Value| app.ask(Method::PUT, path, "application/json", body.to_string()).await.status;
    assert_eq!(put(&position, json!({ "stance": "discuss", "remark": " Tallene er gamle. " })).await, StatusCode::NO_CONTENT);
    assert_eq!(put(&position, json!({ "stance": "agree" })).await, StatusCode::NO_CONTENT, "the last word counts");
    assert_eq!(put(&position, json!({ "stance": "angry" })).await, StatusCode::UNPROCESSABLE_ENTITY);
    let nowhere = format!("{base}/positions/{}/nothing/Havnsted", point.item);
    assert_eq!(put(&nowhere, json!({ "stance": "agree" })).await, StatusCode::NOT_FOUND);
    let outcome = format!("{base}/items/{}/points/{}/outcome", point.item, point.point);
    assert_eq!(put(&outcome, json!({ "outcome": "approved" })).await, StatusCode::FORBIDDEN, "the meeting has not begun");
    assert_eq!(app.post(&format!("{base}/phase"), &json!({ "to": "in_session" })).await.status, StatusCode::OK);
    assert_eq!(put(&outcome, json!({ "outcome": "approved" })).await, StatusCode::NO_CONTENT);

    let talk: Talk = app.get(&format!("{base}/talk")).await.json();
    assert_eq!(talk.positions.len(), 1);
    let given = &talk.positions[0];
    assert_eq!(
        (given.organisation.as_str(), given.stance, given.wording.as_str(), given.version),
        ("Havnsted", Stance::Agree, "drøfter tallene", 2)
    );
    assert_eq!(
        talk.outcomes.iter().map(|outcome| (&outcome.point, outcome.outcome)).collect::<Vec<_>>(),
        [(&point.point, OutcomeKind::Approved)]
    );
    assert_eq!(put(&outcome, json!({ "outcome": null })).await, StatusCode::NO_CONTENT);
    assert_eq!(app.ask(Method::DELETE, &position, "", "").await.status, StatusCode::NO_CONTENT);
    let talk: Talk = app.get(&format!("{base}/talk")).await.json();
    assert!(talk.positions.is_empty() && talk.outcomes.is_empty());
}
