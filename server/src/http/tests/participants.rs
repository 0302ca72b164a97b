//! The people of a meeting by HTTP: rows that are made once, changed by who saw the newest, and judged by the phase.

use axum::http::{Method, StatusCode};
use dagsorden_shared::access::{Phase, Role};
use dagsorden_shared::api::{Created, MeetingDetail, MembersAdded, ParticipantRow};
use dagsorden_shared::meeting_json::{MeetingJson, Participant, ParticipantStatus};
use serde_json::{Value, json};

use super::phase::Forum;
use super::{Answer, TestApp, small_meeting};

struct People {
    app: TestApp,
    base: String,
}

impl People {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let ida = Participant { name: "Ida".into(), organisation: Some("Havnsted".into()), ..Participant::default() };
        let meeting = MeetingJson { participants: vec![ida], ..small_meeting() };
        let created: Created = app.post("/api/meetings/import", &meeting).await.json();
        Self { app, base: format!("/api/meetings/{}", created.meeting) }
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.app.ask(method, &format!("{}/participants{path}", self.base), "application/json", body.to_string()).await
    }

    async fn rows(&self) -> Vec<ParticipantRow> {
        self.app.get(&format!("{}/participants", self.base)).await.json()
    }

    async fn names(&self) -> Vec<String> {
        let detail: MeetingDetail = self.app.get(&self.base).await.json();
        let names: Vec<String> = detail.participants.into_iter().map(|person| person.name).collect();
        assert_eq!(names, self.rows().await.into_iter().map(|row| row.person.name).collect::<Vec<_>>());
        names
    }
}

#[tokio::test]
async fn a_person_is_added_once_changed_by_who_saw_the_newest_and_brought_back() {
    let people = People::new().await;
    let ida = people.rows().await.remove(0);
    assert_eq!((ida.version, ida.person.name.as_str()), (1, "Ida"));
    let bo = json!({ "name": " Bo ", "organisation": "", "status": "gæst" });
    assert_eq!(people.send(Method::PUT, "/p1", &bo).await.status, StatusCode::CREATED);
    assert_eq!(people.send(Method::PUT, "/p1", &bo).await.status, StatusCode::OK, "sent twice it happens once");
    people.send(Method::PUT, "/p1", &json!({ "name": "En anden" })).await.is_problem(StatusCode::CONFLICT, "conflict");
    assert_eq!(people.names().await, ["Ida", "Bo"]);

    let row: ParticipantRow =
        people.send(Method::PATCH, "/p1", &json!({ "version": 1, "status": "afbud", "role": "formand" })).await.json();
    assert_eq!((row.version, row.person.status, row.person.role.as_deref()), (2, ParticipantStatus::Afbud, Some("formand")));
    let stale = people.send(Method::PATCH, "/p1", &json!({ "version": 1, "name": "Bo Lind" })).await;
    stale.is_problem(StatusCode::PRECONDITION_FAILED, "stale");
    let now: ParticipantRow = serde_json::from_value(stale.json::<Value>()["now"].clone()).unwrap();
    assert_eq!(now, row, "with the newer row");
    let stale = people.send(Method::DELETE, "/p1?version=1", &Value::Null).await;
    stale.is_problem(StatusCode::PRECONDITION_FAILED, "stale");
    let cleared: ParticipantRow = people.send(Method::PATCH, "/p1", &json!({ "version": 2, "role": "" })).await.json();
    assert_eq!((cleared.person.role, cleared.person.name.as_str()), (None, "Bo"));

    assert_eq!(people.send(Method::DELETE, &format!("/{}?version=1", ida.id), &Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(people.names().await, ["Bo"]);
    people.send(Method::DELETE, &format!("/{}", ida.id), &Value::Null).await.is_problem(StatusCode::NOT_FOUND, "not_found");
    let back = json!({ "name": "Ida", "organisation": "Havnsted", "position": ida.position });
    assert_eq!(people.send(Method::PUT, &format!("/{}", ida.id), &back).await.status, StatusCode::CREATED);
    assert_eq!(people.names().await, ["Ida", "Bo"], "where it stood");
    let read: ParticipantRow = people.send(Method::GET, &format!("/{}", ida.id), &Value::Null).await.json();
    assert_eq!(read.person.organisation.as_deref(), Some("Havnsted"));
}

#[tokio::test]
async fn what_is_no_person_is_refused() {
    let people = People::new().await;
    for body in
        [json!({ "name": "  " }), json!({ "name": "a\nb" }), json!({ "name": "x".repeat(201) }), json!({ "name": "Bo", "status": "chef" })]
    {
        people.send(Method::PUT, "/p1", &body).await.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    }
    people.send(Method::PATCH, "/nobody", &json!({ "version": 1 })).await.is_problem(StatusCode::NOT_FOUND, "not_found");
    people.send(Method::PUT, "/a%20b", &json!({ "name": "Bo" })).await.is_problem(StatusCode::NOT_FOUND, "not_found");
    let none: MembersAdded = people.send(Method::POST, "", &Value::Null).await.json();
    assert_eq!((none.added, people.names().await.len()), (0, 1), "without accounts there are no members");
}

#[tokio::test]
async fn when_somebody_came_and_left_is_said_taken_back_and_in_the_hash() {
    let people = People::new().await;
    let ida = people.rows().await.remove(0);
    let hash = async || people.app.get(&people.base).await.json::<Value>()["hash"].clone();
    let before = hash().await;
    let patch = async |body: Value| people.send(Method::PATCH, &format!("/{}", ida.id), &body).await;
    patch(json!({ "version": 1, "arrived": "kvart i ti" })).await.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    let row: ParticipantRow = patch(json!({ "version": 1, "arrived": "9:40", "departed": "11:05" })).await.json();
    assert_eq!((row.person.arrived.as_deref(), row.person.departed.as_deref()), (Some("09:40"), Some("11:05")));
    assert_ne!(hash().await, before, "it is part of what is approved");
    let export = async |format: &str| {
        let answer = people.app.get(&format!("{}/export?format={format}", people.base)).await;
        String::from_utf8(answer.bytes).unwrap().replace('\u{a0}', " ")
    };
    let text = export("txt").await;
    assert!(text.contains("Ida, (Havnsted), kom kl. 9.40, gik kl. 11.05"), "{text}");
    let row: ParticipantRow = patch(json!({ "version": 2, "arrived": "", "departed": "" })).await.json();
    assert_eq!((row.person.arrived, row.person.departed), (None, None));
    assert_eq!(hash().await, before, "as it was");
    let eva = json!({ "name": "Eva", "status": "stedfortræder", "role": "for Ida", "arrived": "10:00" });
    assert_eq!(people.send(Method::PUT, "/p9", &eva).await.status, StatusCode::CREATED);
    let html = export("html").await;
    assert!(html.contains("Stedfortrædere") && html.contains("Eva, for Ida, kom kl."), "{html}");
}

#[tokio::test]
async fn members_are_added_once_and_attendance_follows_the_phase() {
    let forum = Forum::with(small_meeting()).await;
    let added: MembersAdded = forum.ask(Role::Editor, Method::POST, "/participants", Value::Null).await.json();
    assert_eq!(added.added, 4, "all but the reader");
    let again: MembersAdded = forum.ask(Role::Editor, Method::POST, "/participants", Value::Null).await.json();
    assert_eq!(again.added, 0);
    let rows: Vec<ParticipantRow> = forum.get(Role::Reader, "/participants").await.json();
    let secretariat: Vec<_> = rows.iter().filter(|row| row.person.status == ParticipantStatus::Sekretariat).collect();
    assert_eq!((rows.len(), secretariat.len()), (4, 1));
    let mut row = rows[0].clone();
    for (phase, may) in [
        (Phase::Draft, vec![Role::Editor, Role::Secretariat, Role::Chair]),
        (Phase::SentOut, vec![Role::Secretariat]),
        (Phase::InSession, vec![Role::Editor, Role::Secretariat, Role::Chair]),
        (Phase::InReview, vec![Role::Secretariat]),
        (Phase::Approved, vec![]),
    ] {
        if phase != Phase::Draft {
            let seen = forum.state().await.hash;
            let who = if phase == Phase::Approved { Role::Chair } else { Role::Secretariat };
            assert_eq!(forum.move_to(who, phase, Some(&seen)).await.status, StatusCode::OK);
        }
        for role in Role::ALL {
            let status = if row.person.status == ParticipantStatus::Afbud { "deltager" } else { "afbud" };
            let body = json!({ "version": row.version, "status": status });
            let answer = forum.ask(role, Method::PATCH, &format!("/participants/{}", row.id), body).await;
            if may.contains(&role) {
                row = answer.json();
            } else {
                answer.is_problem(StatusCode::FORBIDDEN, "forbidden");
            }
        }
    }
    assert_eq!(row.version, 9, "once for each who may, in each phase");
}
