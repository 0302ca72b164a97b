//! Positions and outcomes as programs outside see them.

use axum::http::{Method, StatusCode};
use dagsorden_shared::agenda::{Agenda, Edit, Field};
use dagsorden_shared::api::Created;
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, MeetingJson, SectionJson, SectionKind};
use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::delta::Delta;
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

#[tokio::test]
async fn all_positions_stand_side_by_side_and_those_of_other_words_are_marked() {
    let app = TestApp::new().await;
    let created: Created = app.post("/api/meetings/import", &with_points()).await.json();
    let base = format!("/api/meetings/{}", created.meeting);
    let points: Vec<PointRow> = app.ask(Method::POST, &format!("{base}/points"), "", "").await.json();
    let page = async || {
        let answer = app.get(&format!("/m/{}/stillinger", created.meeting)).await;
        assert_eq!(answer.status, StatusCode::OK);
        String::from_utf8(answer.bytes).unwrap()
    };
    assert!(page().await.contains("Ingen har svaret endnu"));
    let take = async |point: &PointRow, organisation: &str, body: serde_json::Value| {
        let path = format!("{base}/positions/{}/{}/{organisation}", point.item, point.point);
        assert_eq!(app.ask(Method::PUT, &path, "application/json", body.to_string()).await.status, StatusCode::NO_CONTENT);
    };
    take(&points[0], "Havnsted", json!({ "stance": "agree" })).await;
    take(&points[1], "Klitborg", json!({ "stance": "disagree", "remark": "<b>Nej</b>" })).await;
    let shown = page().await;
    for words in ["Ét punkt kræver tid", "Havnsted: enig<", "Havnsted: intet svar", "Klitborg: uenig<", "»&lt;b&gt;Nej&lt;/b&gt;«"] {
        assert!(shown.contains(words), "{words} in {shown}");
    }
    assert!(!shown.contains("<script"), "it needs none");

    // The text is written anew: the point keeps its id, its words are others.
    let field = Field::Section(points[0].item.clone(), points[0].section.clone());
    let at = move |agenda: &Agenda| {
        let start = agenda.body(&field).map(|body| body.text().find("godkender").unwrap_or_default()).unwrap_or_default();
        let start = u32::try_from(start).unwrap();
        vec![Edit::Text { field: field.clone(), delta: Delta::new().retain(start).insert("straks ", Attributes::new()) }]
    };
    let state = app.server.state();
    let store = state.store.clone();
    state.registry.write(&created.document, at, move |batch| store.commit(batch)).await.unwrap();
    let shown = page().await;
    assert!(shown.contains("Havnsted: enig, afgivet, før teksten blev ændret"), "{shown}");
    assert!(shown.contains("Der stod: »godkender planen«") && !shown.contains("»drøfter tallene«"), "{shown}");
}
