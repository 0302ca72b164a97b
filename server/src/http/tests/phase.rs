//! The life of a meeting by HTTP: phases and who may change them, versions, changes, publication.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use dagsorden_shared::access::{Phase, Role};
use dagsorden_shared::api::{
    Became, Changes, Check, CheckKind, Created, MeetingState, PhaseChanged, Publication, VersionDetail, VersionRow,
};
use dagsorden_shared::id::MeetingId;
use dagsorden_shared::meeting_json::MeetingJson;
use serde_json::{Value, json};

use super::access::account;
use super::{Answer, TestApp, small_meeting};
use crate::backup;
use crate::intake::{forum_named, prepare};
use crate::rights::Actor;

/// A forum with a member of each role, and a meeting.
pub(super) struct Forum {
    pub(super) app: TestApp,
    pub(super) tokens: HashMap<Role, String>,
    pub(super) meeting: MeetingId,
    pub(super) forum: String,
}

impl Forum {
    pub(super) async fn with(meeting: MeetingJson) -> Self {
        let app = TestApp::new().await;
        let state = app.server.state();
        let mut tokens = HashMap::new();
        for role in Role::ALL {
            let ours = forum_named("Kredsen").unwrap();
            tokens.insert(role, account(state, role.as_str(), vec![(ours, role)], false, true).await);
        }
        let new = prepare(meeting, Some(forum_named("Kredsen").unwrap())).unwrap();
        let meeting = new.meeting.clone();
        state.store.create_meeting(Actor::command_line(), Default::default(), new).await.unwrap();
        let forum = state.store.forums().await.unwrap()[0].id.to_string();
        Self { app, tokens, meeting, forum }
    }

    pub(super) async fn ask(&self, role: Role, method: Method, path: &str, body: Value) -> Answer {
        let request = Request::builder().method(method).uri(format!("/api/meetings/{}{path}", self.meeting));
        let request = request.header(header::HOST, "127.0.0.1:8080").header(header::CONTENT_TYPE, "application/json");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.tokens[&role]));
        self.app.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub(super) async fn get(&self, role: Role, path: &str) -> Answer {
        self.ask(role, Method::GET, path, Value::Null).await
    }

    pub(super) async fn state(&self) -> MeetingState {
        self.get(Role::Reader, "").await.json()
    }

    pub(super) async fn move_to(&self, role: Role, to: Phase, seen: Option<&str>) -> Answer {
        self.ask(role, Method::POST, "/phase", json!({ "to": to, "seen_hash": seen })).await
    }

    /// Leads the meeting there, by who may.
    pub(super) async fn lead_to(&self, last: Phase) -> PhaseChanged {
        let mut changed = None;
        for to in [Phase::SentOut, Phase::InSession, Phase::InReview, Phase::Approved] {
            let role = if to == Phase::Approved { Role::Chair } else { Role::Secretariat };
            let seen = self.state().await.hash;
            changed = Some(self.move_to(role, to, Some(&seen)).await.json());
            if to == last {
                break;
            }
        }
        changed.unwrap()
    }
}

#[tokio::test]
async fn each_member_gets_one_letter_with_a_link_when_a_meeting_is_sent_out() {
    let forum = Forum::with(small_meeting()).await;
    let state = forum.app.server.state();
    forum.lead_to(Phase::SentOut).await;
    // The same request again sends nothing again.
    forum.move_to(Role::Secretariat, Phase::SentOut, None).await.json::<PhaseChanged>();
    let mut mails = state.store.mails().await.unwrap();
    mails.retain(|mail| mail.kind == "sent_out");
    let mut recipients: Vec<String> = mails.iter().map(|mail| mail.recipient.clone()).collect();
    recipients.sort_unstable();
    recipients.dedup();
    assert_eq!((mails.len(), recipients.len()), (Role::ALL.len(), Role::ALL.len()));
    let link = format!("/m/{}", forum.meeting);
    assert!(mails.iter().all(|mail| mail.subject == "Dagsorden fra Kredsen" && mail.body.contains(&link)), "{mails:?}");
}

#[tokio::test]
async fn only_who_may_leads_a_meeting_on_and_the_same_twice_is_answered_alike() {
    let forum = Forum::with(small_meeting()).await;
    for (to, may) in [
        (Phase::SentOut, Role::Secretariat),
        (Phase::InSession, Role::Secretariat),
        (Phase::InReview, Role::Secretariat),
        (Phase::Approved, Role::Chair),
        (Phase::InReview, Role::Secretariat),
    ] {
        let seen = forum.state().await.hash;
        for role in Role::ALL.into_iter().filter(|role| *role != may) {
            forum.move_to(role, to, Some(&seen)).await.is_problem(StatusCode::FORBIDDEN, "forbidden");
        }
        let first: PhaseChanged = forum.move_to(may, to, Some(&seen)).await.json();
        assert_eq!((first.phase, &first.hash), (to, &seen));
        assert_eq!(forum.move_to(may, to, Some(&seen)).await.json::<PhaseChanged>(), first, "again");
        forum.move_to(Role::Reader, to, Some(&seen)).await.is_problem(StatusCode::FORBIDDEN, "forbidden");
        let state = forum.state().await;
        assert_eq!((state.detail.phase, state.version, &state.hash), (to, first.version, &first.hash));
    }
    let versions: Vec<VersionRow> = forum.get(Role::Reader, "/versions").await.json();
    let kept: Vec<_> = versions.iter().map(|row| (row.number, row.phase)).collect();
    assert_eq!(kept, [(3, Phase::Approved), (2, Phase::InReview), (1, Phase::SentOut)]);
    assert_eq!(versions[0].by.name, "chair");
    forum.move_to(Role::Secretariat, Phase::Draft, None).await.is_problem(StatusCode::FORBIDDEN, "forbidden");
    let unknown = forum.ask(Role::Secretariat, Method::POST, "/phase", json!({ "to": "printed" })).await;
    unknown.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
}

#[tokio::test]
async fn what_is_approved_is_what_was_looked_at() {
    let forum = Forum::with(small_meeting()).await;
    forum.lead_to(Phase::InReview).await;
    let seen = forum.state().await.hash;
    forum.move_to(Role::Chair, Phase::Approved, None).await.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    // Rows that belong to the paper change its hash as words do.
    forum.app.server.state().store.forums().await.unwrap();
    let renamed = Request::builder().method(Method::PATCH).uri(format!("/api/forums/{}", forum.forum));
    let renamed = renamed.header(header::HOST, "127.0.0.1:8080").header(header::CONTENT_TYPE, "application/json");
    let renamed = renamed.header(header::AUTHORIZATION, format!("Bearer {}", forum.tokens[&Role::Secretariat]));
    let renamed = forum.app.send(renamed.body(Body::from(r#"{"name":"Kystkredsen"}"#)).unwrap()).await;
    assert_eq!(renamed.status, StatusCode::NO_CONTENT);
    let now = forum.state().await.hash;
    if now != seen {
        let refused = forum.move_to(Role::Chair, Phase::Approved, Some(&seen)).await;
        refused.is_problem(StatusCode::CONFLICT, "stale");
        assert_eq!(refused.json::<Value>()["hash"], json!(now));
    }
    let refused = forum.move_to(Role::Chair, Phase::Approved, Some("0000")).await;
    refused.is_problem(StatusCode::CONFLICT, "stale");
    assert_eq!(refused.json::<Value>()["hash"], json!(now));
    assert_eq!(forum.state().await.detail.phase, Phase::InReview, "nothing was changed");
    let approved: PhaseChanged = forum.move_to(Role::Chair, Phase::Approved, Some(&now)).await.json();
    let version: VersionDetail = forum.get(Role::Reader, &format!("/versions/{}", approved.version.unwrap())).await.json();
    assert_eq!(version.row.hash, now);
    assert_eq!(version.meeting.items[0].title, "Valg af vært");
    assert_eq!(version.items.len(), 1);
    forum.get(Role::Reader, "/versions/99").await.is_problem(StatusCode::NOT_FOUND, "not_found");
    forum.get(Role::Reader, "/versions/x").await.is_problem(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn a_correction_is_a_version_that_names_the_one_before() {
    let forum = Forum::with(small_meeting()).await;
    let first = forum.lead_to(Phase::Approved).await;
    forum.move_to(Role::Secretariat, Phase::InReview, None).await;
    let seen = forum.state().await.hash;
    let second: PhaseChanged = forum.move_to(Role::Chair, Phase::Approved, Some(&seen)).await.json();
    let versions: Vec<VersionRow> = forum.get(Role::Reader, "/versions").await.json();
    assert_eq!((versions[0].number, versions[0].corrects), (second.version.unwrap(), first.version));
}

#[tokio::test]
async fn what_changed_since_it_was_sent_out_and_what_to_look_at_is_listed() {
    let forum = Forum::with(small_meeting()).await;
    forum.get(Role::Reader, "/changes").await.is_problem(StatusCode::NOT_FOUND, "not_found");
    forum.lead_to(Phase::SentOut).await;
    let changes: Changes = forum.get(Role::Reader, "/changes").await.json();
    assert_eq!((changes.since, changes.items.len(), changes.header), (1, 0, false));
    let checks: Vec<Check> = forum.get(Role::Reader, "/checks?to=sent_out").await.json();
    assert_eq!(checks.iter().map(|check| check.kind).collect::<Vec<_>>(), [CheckKind::NoPlace]);
    forum.get(Role::Reader, "/checks?to=x").await.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    forum.get(Role::Reader, "/checks").await.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    assert_eq!(serde_json::to_value(Became::Added).unwrap(), "added");
}

#[tokio::test]
async fn only_what_was_approved_is_made_public_and_can_be_taken_back() {
    let forum = Forum::with(small_meeting()).await;
    let secretariat = Role::Secretariat;
    forum.ask(secretariat, Method::POST, "/publication", Value::Null).await.is_problem(StatusCode::CONFLICT, "not_approved");
    let approved = forum.lead_to(Phase::Approved).await;
    for role in [Role::Reader, Role::Commenter, Role::Editor, Role::Chair] {
        forum.ask(role, Method::POST, "/publication", Value::Null).await.is_problem(StatusCode::FORBIDDEN, "forbidden");
    }
    let published: Publication = forum.ask(secretariat, Method::POST, "/publication", Value::Null).await.json();
    assert_eq!((Some(published.version), &published.meeting), (approved.version, &forum.meeting));
    let again: Publication = forum.ask(secretariat, Method::POST, "/publication", Value::Null).await.json();
    assert_eq!(again, published);
    let versions: Vec<VersionRow> = forum.get(Role::Reader, "/versions").await.json();
    assert_eq!(versions.iter().filter(|row| row.published).map(|row| row.number).collect::<Vec<_>>(), [published.version]);
    assert_eq!(forum.ask(secretariat, Method::DELETE, "/publication", Value::Null).await.status, StatusCode::NO_CONTENT);
    forum.ask(secretariat, Method::DELETE, "/publication", Value::Null).await.is_problem(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn verify_names_a_version_that_was_changed_and_an_approved_meeting_that_says_something_else() {
    let forum = Forum::with(small_meeting()).await;
    let approved = forum.lead_to(Phase::Approved).await.version.unwrap();
    let data = forum.app.folder.path().to_owned();
    let database = || rusqlite::Connection::open(data.join(crate::store::FILE)).unwrap();
    let found = || backup::verify(&data, None).unwrap().versions;
    assert_eq!(found(), Vec::<String>::new());
    database().execute("UPDATE participant SET name = name", []).unwrap();
    database().execute("UPDATE forum SET name = 'Andre'", []).unwrap();
    assert_eq!(found(), Vec::<String>::new(), "another name of the forum is no other text");
    let insert = "INSERT INTO participant (meeting, position, name, status) VALUES (?1, 99, 'Falsk', 'deltager')";
    database().execute(insert, [forum.meeting.as_str()]).unwrap();
    assert!(found()[0].contains(forum.meeting.as_str()), "{:?}", found());
    database().execute("DELETE FROM participant WHERE name = 'Falsk'", []).unwrap();
    database().execute_batch("DROP TRIGGER version_item_is_not_changed").unwrap();
    let update = "UPDATE version_item SET text = replace(text, 'vært', 'tyv') WHERE version = ?1";
    assert_eq!(database().execute(update, [approved]).unwrap(), 1);
    let found = found();
    assert!(found.iter().any(|line| line.contains(&format!("version {approved}"))), "{found:?}");
}

#[tokio::test]
async fn the_next_meeting_of_a_forum_begins_with_the_minutes_of_the_last() {
    let app = TestApp::new().await;
    let created: Created = app.post("/api/meetings", &json!({ "forum_name": "Kredsen", "date": "2031-05-06" })).await.json();
    let address = format!("/api/meetings/{}", created.meeting);
    let next = async |date: &str| -> MeetingJson {
        let body = json!({ "forum_name": "Kredsen", "date": date });
        let created: Created = app.post("/api/meetings", &body).await.json();
        app.get(&format!("/api/meetings/{}/export?format=json", created.meeting)).await.json()
    };
    assert!(next("2031-06-01").await.items.is_empty(), "there are no minutes yet");
    for to in ["sent_out", "in_session", "in_review"] {
        assert_eq!(app.post(&format!("{address}/phase"), &json!({ "to": to })).await.status, StatusCode::OK, "{to}");
    }
    let meeting = next("2031-06-08").await;
    assert_eq!(meeting.items[0].title, "Godkendelse af referat");
    let link = serde_json::to_string(&meeting.items[0].sections).unwrap();
    assert!(link.contains(&format!("http://127.0.0.1:8080/m/{}", created.meeting)), "{link}");
    assert!(link.contains("6.\u{a0}maj\u{a0}2031"), "{link}");
}
