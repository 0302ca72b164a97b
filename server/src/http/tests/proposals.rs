//! Proposals of changed wording as programs outside see them: made once, decided part by part, in conflict, taken back, raced with writers.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use dagsorden_shared::access::{Phase, Place, Role, Standing, Verb, can};
use dagsorden_shared::agenda::{Agenda, Edit, Field};
use dagsorden_shared::id::{DocumentId, MeetingId};
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, MeetingJson, SectionJson, SectionKind};
use dagsorden_shared::proposal::{Insert, PartState, Proposal, hash, inserts_of, words};
use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::delta::Delta;
use dagsorden_shared::talk::Talk;
use serde_json::{Value, json};

use super::access::account;
use super::{Answer, TestApp};
use crate::intake::{forum_named, prepare};
use crate::rights::Actor;

const FIRST: &str = "Kredsen opretter seks pladser.";
const SECOND: &str = "En plads skal kunne tages i brug inden for fire timer.";

/// A forum with a member of each role, and a meeting with one section of two lines.
pub(super) struct World {
    pub(super) app: TestApp,
    tokens: HashMap<Role, String>,
    pub(super) meeting: MeetingId,
    pub(super) document: DocumentId,
    pub(super) field: Field,
}

impl World {
    pub(super) async fn at(phase: Phase) -> Self {
        let app = TestApp::new().await;
        let state = app.server.state();
        let ours = || forum_named("Kredsen").unwrap();
        let mut tokens = HashMap::new();
        for role in Role::ALL {
            tokens.insert(role, account(state, role.as_str(), vec![(ours(), role)], false, true).await);
        }
        let blocks = vec![BlockJson::paragraph(FIRST), BlockJson::paragraph(SECOND)];
        let section = SectionJson { kind: SectionKind::Case, blocks, ..SectionJson::default() };
        let item = ItemJson { title: "Sikrede pladser".into(), sections: vec![section], ..ItemJson::default() };
        let meeting = MeetingJson { forum: "Kredsen".into(), items: vec![item], ..MeetingJson::default() };
        let mut new = prepare(meeting, Some(ours())).unwrap();
        new.phase = phase;
        let (meeting, document) = (new.meeting.clone(), new.document.clone());
        state.store.create_meeting(Actor::command_line(), Default::default(), new).await.unwrap();
        let read = |agenda: &Agenda| {
            let item = &agenda.snapshot().items[0];
            Field::Section(item.id.clone(), item.sections[0].id.clone())
        };
        let field = state.registry.read(&document, read).await.unwrap();
        Self { app, tokens, meeting, document, field }
    }

    pub(super) async fn ask(&self, role: Role, method: Method, path: &str, body: Value) -> Answer {
        let request = Request::builder().method(method).uri(format!("/api/meetings/{}{path}", self.meeting));
        let request = request.header(header::HOST, "127.0.0.1:8080").header(header::CONTENT_TYPE, "application/json");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.tokens[&role]));
        self.app.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    async fn text(&self, field: &Field) -> Vec<Insert> {
        let field = field.clone();
        let read = move |agenda: &Agenda| inserts_of(&agenda.body(&field).unwrap().to_delta()).unwrap();
        self.app.server.state().registry.read(&self.document, read).await.unwrap()
    }

    async fn words(&self) -> String {
        words(&self.text(&self.field).await)
    }

    /// A writer changes the text, in the room.
    async fn write(&self, from: &str, to: &str) {
        let (field, from, to) = (self.field.clone(), from.to_owned(), to.to_owned());
        let store = self.app.server.state().store.clone();
        let plan = move |agenda: &Agenda| {
            let text = agenda.body(&field).unwrap().text();
            let at = u32::try_from(text[..text.find(&from).unwrap()].encode_utf16().count()).unwrap();
            let len = u32::try_from(from.encode_utf16().count()).unwrap();
            vec![Edit::Text { field, delta: Delta::new().retain(at).insert(to, Attributes::new()).delete(len) }]
        };
        assert!(self.app.server.state().registry.write(&self.document, plan, move |batch| store.commit(batch)).await.unwrap());
    }

    fn body(&self, base: &str, proposed: &str) -> Value {
        let piece = |text: &str| json!([{ "insert": text }]);
        json!({ "field": self.field.to_string(), "base_hash": hash(base), "base": piece(base), "proposed": piece(proposed), "note": " To timer. " })
    }

    /// Two parts: seks to otte, fire to to.
    pub(super) async fn propose(&self, id: &str) -> Answer {
        let base = format!("{FIRST}\n{SECOND}\n");
        let proposed = base.replace("seks", "otte").replace("fire", "to");
        self.ask(Role::Commenter, Method::PUT, &format!("/proposals/{id}"), self.body(&base, &proposed)).await
    }

    pub(super) async fn decide(&self, role: Role, proposal: &str, id: &str, parts: Value) -> Answer {
        let path = format!("/proposals/{proposal}/decisions");
        self.ask(role, Method::POST, &path, json!({ "id": id, "parts": parts, "reason": "Drøftet." })).await
    }

    async fn proposals(&self, role: Role) -> Vec<Proposal> {
        self.ask(role, Method::GET, "/talk", Value::Null).await.json::<Talk>().proposals
    }
}

fn accept(ordinal: u32) -> Value {
    json!([{ "ordinal": ordinal, "action": "accept" }])
}

#[tokio::test]
async fn a_proposal_is_made_once_and_decided_part_by_part() {
    let world = World::at(Phase::SentOut).await;
    assert_eq!(world.propose("p1").await.status, StatusCode::CREATED);
    assert_eq!(world.propose("p1").await.status, StatusCode::OK);
    let other = world.body(&format!("{FIRST}\n"), "Noget andet.\n");
    assert_eq!(world.ask(Role::Commenter, Method::PUT, "/proposals/p1", other).await.status, StatusCode::CONFLICT);
    let proposals = world.proposals(Role::Reader).await;
    assert_eq!((proposals.len(), proposals[0].parts.len(), proposals[0].note.as_str(), proposals[0].mine), (1, 2, "To timer.", false));
    assert_eq!(proposals[0].author.name, "commenter", "the author is the session's");

    let before = world.words().await;
    assert_eq!(world.decide(Role::Secretariat, "p1", "d1", accept(1)).await.status, StatusCode::CREATED);
    assert_eq!(world.words().await, before.replace("fire", "to"));
    assert_eq!(world.decide(Role::Secretariat, "p1", "d1", accept(1)).await.status, StatusCode::OK, "sent twice it happens once");
    world.decide(Role::Secretariat, "p1", "d1", accept(0)).await.is_problem(StatusCode::CONFLICT, "conflict");
    world.decide(Role::Secretariat, "p1", "d2", accept(1)).await.is_problem(StatusCode::CONFLICT, "decided");
    let reject = json!([{ "ordinal": 0, "action": "reject" }]);
    assert_eq!(world.decide(Role::Secretariat, "p1", "d3", reject).await.status, StatusCode::CREATED);
    assert_eq!(world.words().await, before.replace("fire", "to"), "what is refused writes nothing");
    let parts = world.proposals(Role::Commenter).await.remove(0).parts;
    assert_eq!((parts[0].state, parts[1].state), (PartState::Rejected, PartState::Accepted));
    assert_eq!(parts[1].decided_by.as_ref().map(|person| person.name.as_str()), Some("secretariat"));
    assert_eq!(parts[1].reason.as_deref(), Some("Drøftet."));

    let revoke =
        async |id: &str| world.ask(Role::Secretariat, Method::POST, &format!("/proposals/p1/decisions/{id}/revoke"), json!({})).await;
    for id in ["d1", "d1", "d3"] {
        assert_eq!(revoke(id).await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(revoke("nothing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.words().await, before);
    let both = json!([{ "ordinal": 0, "action": "accept" }, { "ordinal": 1, "action": "accept" }]);
    assert_eq!(world.decide(Role::Secretariat, "p1", "d4", both).await.status, StatusCode::CREATED, "open again, and clean");
    assert_eq!(world.words().await, before.replace("fire", "to").replace("seks", "otte"));
}

#[tokio::test]
async fn words_that_changed_are_shown_before_they_are_replaced() {
    let world = World::at(Phase::SentOut).await;
    assert_eq!(world.propose("p1").await.status, StatusCode::CREATED);
    world.write("fire", "fem").await;
    let met = world.decide(Role::Secretariat, "p1", "d1", accept(1)).await;
    met.is_problem(StatusCode::CONFLICT, "text_changed");
    let conflict = met.json::<Value>()["conflicts"][0].clone();
    assert_eq!((conflict["ordinal"].as_u64(), conflict["words"].as_str()), (Some(1), Some("fem")));
    assert!(world.words().await.contains("fem timer"));
    let both = json!([{ "ordinal": 0, "action": "accept" }, { "ordinal": 1, "action": "accept" }]);
    assert_eq!(world.decide(Role::Secretariat, "p1", "d1", both).await.status, StatusCode::CONFLICT, "all or nothing");
    assert!(world.words().await.contains("seks"));
    let seen = json!([{ "ordinal": 1, "action": "accept", "seen": conflict["seen"] }]);
    assert_eq!(world.decide(Role::Secretariat, "p1", "d1", seen).await.status, StatusCode::CREATED);
    assert!(world.words().await.contains("to timer"));
    let own = json!([{ "ordinal": 0, "action": "replace", "with": [{ "insert": "syv" }] }]);
    assert_eq!(world.decide(Role::Secretariat, "p1", "d2", own).await.status, StatusCode::CREATED);
    assert!(world.words().await.contains("syv pladser"));
    world.write("syv", "ni").await;
    let back = world.ask(Role::Secretariat, Method::POST, "/proposals/p1/decisions/d2/revoke", json!({})).await;
    back.is_problem(StatusCode::CONFLICT, "text_changed");
    assert!(world.words().await.contains("ni pladser"), "what was written since stays");
}

#[tokio::test]
async fn each_role_does_in_each_phase_what_the_table_says() {
    for phase in Phase::ALL {
        let world = World::at(phase).await;
        // An editor of the draft's time proposed something: rows are there in every phase.
        let state = world.app.server.state();
        for role in Role::ALL {
            let allowed = |verb| can(&Standing::of(role), &Place::OPEN, verb, phase).is_yes();
            let base = format!("{FIRST}\n{SECOND}\n");
            let body = world.body(&base, &base.replace("seks", "otte"));
            let id = format!("p-{}", role.as_str());
            let made = world.ask(role, Method::PUT, &format!("/proposals/{id}"), body).await.status;
            assert_eq!(made, if allowed(Verb::Propose) { StatusCode::CREATED } else { StatusCode::FORBIDDEN }, "{role:?} {phase:?}");
            let reject = json!([{ "ordinal": 0, "action": "reject" }]);
            let decided = world.decide(role, "p-chair", &format!("d-{}", role.as_str()), reject).await.status;
            let there = world.proposals(Role::Reader).await.iter().any(|proposal| proposal.id.as_str() == "p-chair");
            let expected = match (allowed(Verb::Write), there) {
                (false, _) => StatusCode::FORBIDDEN,
                (true, true) => StatusCode::CREATED,
                (true, false) => StatusCode::NOT_FOUND,
            };
            assert_eq!(decided, expected, "{role:?} {phase:?}");
            if made == StatusCode::CREATED {
                let stranger = if role == Role::Chair { Role::Editor } else { Role::Chair };
                assert_eq!(world.ask(stranger, Method::DELETE, &format!("/proposals/{id}"), json!({})).await.status, StatusCode::FORBIDDEN);
                if role != Role::Chair {
                    assert_eq!(
                        world.ask(role, Method::DELETE, &format!("/proposals/{id}"), json!({})).await.status,
                        StatusCode::NO_CONTENT
                    );
                    let late = world.decide(Role::Secretariat, &id, "late", accept(0)).await.status;
                    assert!(matches!(late, StatusCode::CONFLICT), "a proposal that was taken back is not decided: {late}");
                }
            }
        }
        assert!(state.store.rights_now().meetings.meetings.contains_key(&world.meeting));
    }
}

#[tokio::test]
async fn what_cannot_be_proposed_or_decided_is_refused_and_nothing_of_it_stored() {
    let world = World::at(Phase::SentOut).await;
    let base = format!("{FIRST}\n{SECOND}\n");
    let with = |change: fn(&mut Value)| {
        let mut body = world.body(&base, &base.replace("seks", "otte"));
        change(&mut body);
        body
    };
    for body in [
        with(|body| body["proposed"] = body["base"].clone()),
        with(|body| body["base_hash"] = json!("0")),
        with(|body| body["field"] = json!("no field")),
        with(|body| body["proposed"] = json!([{ "insert": "uden linjeskift" }])),
        with(|body| body["proposed"] = json!([{ "insert": "a\u{7}\n" }])),
        with(|body| body["proposed"] = json!([{ "insert": "a\n", "attributes": { "onclick": "x" } }])),
        with(|body| body["proposed"] = json!([{ "insert": "a\n", "attributes": { "link": "javascript:1" } }])),
        with(|body| body["proposed"] = json!([{ "insert": format!("{}\n", "x".repeat(200_001)) }])),
        with(|body| body["note"] = json!("x".repeat(2_001))),
    ] {
        let answer = world.ask(Role::Commenter, Method::PUT, "/proposals/p1", body.clone()).await;
        answer.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    }
    let nowhere = with(|body| body["field"] = json!("section:nobody:nothing"));
    assert_eq!(world.ask(Role::Commenter, Method::PUT, "/proposals/p1", nowhere).await.status, StatusCode::NOT_FOUND);
    assert!(world.proposals(Role::Reader).await.is_empty());
    assert_eq!(world.propose("p1").await.status, StatusCode::CREATED);
    for parts in [
        json!([]),
        json!([{ "ordinal": 7, "action": "accept" }]),
        json!([{ "ordinal": 0, "action": "accept" }, { "ordinal": 0, "action": "reject" }]),
        json!([{ "ordinal": 0, "action": "replace" }]),
        json!([{ "ordinal": 0, "action": "replace", "with": [{ "insert": "a\u{7}" }] }]),
        json!([{ "ordinal": 0, "action": "replace", "with": [{ "insert": "ny\nlinje" }] }]),
    ] {
        let answer = world.decide(Role::Secretariat, "p1", "d1", parts).await;
        answer.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    }
    assert_eq!(world.decide(Role::Secretariat, "nothing", "d1", accept(0)).await.status, StatusCode::NOT_FOUND);
    assert!(world.words().await.contains("seks"));
}

#[tokio::test]
async fn a_proposal_begun_before_others_wrote_finds_its_words() {
    let world = World::at(Phase::SentOut).await;
    world.write("Kredsen opretter", "Helt ny indledning. Kredsen i Havnsted opretter").await;
    assert_eq!(world.propose("p1").await.status, StatusCode::CREATED);
    let both = json!([{ "ordinal": 0, "action": "accept" }, { "ordinal": 1, "action": "accept" }]);
    assert_eq!(world.decide(Role::Secretariat, "p1", "d1", both).await.status, StatusCode::CREATED);
    let words = world.words().await;
    assert!(words.starts_with("Helt ny indledning. Kredsen i Havnsted opretter otte pladser.\n") && words.contains("to timer"), "{words}");
}

#[tokio::test]
async fn decisions_raced_with_a_writer_and_with_each_other_happen_once_and_lose_no_letter() {
    let world = World::at(Phase::SentOut).await;
    for id in ["p1", "p2"] {
        assert_eq!(world.propose(id).await.status, StatusCode::CREATED);
    }
    let writing = async {
        for round in 0..20 {
            world.write("Kredsen", &format!("w{round} Kredsen")).await;
        }
    };
    let decide = async |proposal: &str, id: &str| world.decide(Role::Secretariat, proposal, id, accept(0)).await.status;
    let ((), one, same, rival) = tokio::join!(writing, decide("p1", "d1"), decide("p1", "d2"), decide("p2", "d3"));
    let made = [one, same, rival].iter().filter(|status| **status == StatusCode::CREATED).count();
    let words = world.words().await;
    assert_eq!(words.matches("otte").count(), 1, "{words}");
    for round in 0..20 {
        assert!(words.contains(&format!("w{round} ")), "{words}");
    }
    // The rival finds that its words stand already, or are taken first; of the two for one part one is late.
    assert!((1..=2).contains(&made) && (one == StatusCode::CREATED) != (same == StatusCode::CREATED), "{one} {same} {rival}");
    // What is in memory is what is on disk.
    let loaded = world.app.server.state().store.load(&world.document).await.unwrap().unwrap();
    assert!(loaded.revision >= 21);
}

#[tokio::test]
async fn a_phase_that_ended_ends_decisions_too() {
    let world = World::at(Phase::InReview).await;
    assert_eq!(world.propose("p1").await.status, StatusCode::CREATED);
    let hash = world.ask(Role::Reader, Method::GET, "", Value::Null).await.json::<Value>()["hash"].clone();
    let approved = world.ask(Role::Chair, Method::POST, "/phase", json!({ "to": "approved", "seen_hash": hash })).await;
    assert_eq!(approved.status, StatusCode::OK, "{}", String::from_utf8_lossy(&approved.bytes));
    world.decide(Role::Secretariat, "p1", "d1", accept(0)).await.is_problem(StatusCode::FORBIDDEN, "forbidden");
    assert!(world.words().await.contains("seks"));
}
