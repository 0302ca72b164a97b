//! Rights at the door: every cell of role, phase and route, by HTTP, against the doors of the real routes.

use std::collections::HashMap;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use dagsorden_shared::access::{Phase, Place, Role, Ruling, Standing, Verb, can};
use dagsorden_shared::api::Person;
use dagsorden_shared::id::{AccountId, DocumentId, MeetingId, TokenId};
use tower::ServiceExt;

use super::super::access::{Needs, Route, Routes};
use super::super::routes;
use super::{TestApp, small_meeting};
use crate::identity::{new_secret, secret_hash, token_text};
use crate::intake::{forum_named, prepare, random_bits};
use crate::rights::Actor;
use crate::store::{Act, ForumChoice, NewAccount, NewToken, On};

/// A forum with a member of each role, a meeting in each phase, and people who have no business there.
pub(super) struct World {
    pub(super) app: TestApp,
    doors: Router,
    declared: Vec<Route>,
    forum: String,
    pub(super) meetings: HashMap<Phase, (MeetingId, DocumentId)>,
    pub(super) tokens: HashMap<String, String>,
}

impl World {
    pub(super) async fn new() -> Self {
        let app = TestApp::new().await;
        let state = app.server.state();
        let ours = || forum_named("Kredsen").unwrap();
        let mut tokens = HashMap::new();
        for role in Role::ALL {
            let token = account(state, role.as_str(), vec![(ours(), role)], false, true).await;
            tokens.insert(role.as_str().to_owned(), token);
        }
        let other = forum_named("En anden kreds").unwrap();
        tokens.insert("elsewhere".into(), account(state, "elsewhere", vec![(other, Role::Chair)], false, true).await);
        tokens.insert("administrator".into(), account(state, "administrator", Vec::new(), true, true).await);
        tokens.insert("invited".into(), account(state, "invited", vec![(ours(), Role::Chair)], true, false).await);
        let mut meetings = HashMap::new();
        for phase in Phase::ALL {
            let mut meeting = prepare(small_meeting(), Some(ours())).unwrap();
            meeting.phase = phase;
            meetings.insert(phase, (meeting.meeting.clone(), meeting.document.clone()));
            state.store.create_meeting(Actor::command_line(), Person::default(), meeting).await.unwrap();
        }
        let forum = state.store.forums().await.unwrap().into_iter().find(|row| row.name == "Kredsen").unwrap().id.to_string();
        let (doors, declared) = routes(Routes::probing(state.clone())).finish();
        let doors = doors.with_state(state.clone());
        Self { app, doors, declared, forum, meetings, tokens }
    }

    async fn ask(&self, route: &Route, path: &str, who: Option<&str>) -> (StatusCode, Vec<u8>) {
        let mut request = Request::builder().method(route.method.clone()).uri(path).header(header::HOST, "127.0.0.1:8080");
        if let Some(token) = who.map(|who| &self.tokens[who]) {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let response = self.doors.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = response.status();
        (status, to_bytes(response.into_body(), 1 << 20).await.unwrap().into())
    }

    fn path(&self, route: &Route, phase: Phase) -> String {
        let (meeting, document) = &self.meetings[&phase];
        fill(route.path, &self.forum, meeting.as_str(), document.as_str())
    }
}

/// The path with its ids; parameters that are no place get a word.
fn fill(path: &str, forum: &str, meeting: &str, document: &str) -> String {
    let filled = path.replace("{forum}", forum).replace("{meeting}", meeting).replace("{document}", document);
    let mut text = String::new();
    for part in filled.split('/').skip(1) {
        text.push('/');
        text.push_str(if part.starts_with('{') { "x" } else { part });
    }
    if text.is_empty() { "/".to_owned() } else { text }
}

pub(super) async fn account(
    state: &super::super::AppState,
    name: &str,
    roles: Vec<(ForumChoice, Role)>,
    administrator: bool,
    active: bool,
) -> String {
    let new = NewAccount {
        id: AccountId::from_random(random_bits()),
        name: name.to_owned(),
        organisation: "Havnsted".to_owned(),
        email: format!("{name}@havnsted.dk"),
        administrator,
        active,
    };
    let act = || Act::of_command_line(Verb::ManageAccounts, On::Installation, "");
    let account = state.store.add_account(act(), new, roles).await.unwrap();
    let (id, secret) = (TokenId::from_random(random_bits()), new_secret());
    let text = token_text(&id, &secret);
    let token = NewToken { id, secret: secret_hash(&secret), account, label: String::new(), expires: i64::MAX };
    state.store.add_token(act(), token).await.unwrap();
    text
}

fn status(ruling: Ruling) -> StatusCode {
    match ruling {
        Ruling::Yes => StatusCode::NO_CONTENT,
        Ruling::No(_) => StatusCode::FORBIDDEN,
        Ruling::NotThere => StatusCode::NOT_FOUND,
    }
}

#[tokio::test]
async fn every_cell_of_role_phase_and_route_is_as_the_table_says() {
    let world = World::new().await;
    let mut cells = 0;
    for route in &world.declared {
        for phase in Phase::ALL {
            let path = world.path(route, phase);
            for role in Role::ALL {
                let standing = Standing::of(role);
                let expected = match route.needs {
                    Needs::Nothing | Needs::Person => StatusCode::NO_CONTENT,
                    Needs::Meeting(verb) | Needs::Document(verb) => status(can(&standing, &Place::OPEN, verb, phase)),
                    Needs::Forum(verb) => status(can(&standing, &Place::OPEN, verb, Phase::Draft)),
                    Needs::Installation(verb) => status(can(&standing, &Place::OPEN, verb, Phase::Draft)),
                };
                let (found, body) = world.ask(route, &path, Some(role.as_str())).await;
                let body = String::from_utf8_lossy(&body).into_owned();
                assert_eq!(found, expected, "{role:?} {} {path} in {phase:?}: {body}", route.method);
                cells += 1;
            }
        }
    }
    assert!(cells > 400, "{cells}");
}

#[tokio::test]
async fn what_is_not_ones_own_answers_as_what_is_not_there() {
    let world = World::new().await;
    for route in &world.declared {
        let needs_place = matches!(route.needs, Needs::Meeting(_) | Needs::Document(_) | Needs::Forum(_));
        let there = world.path(route, Phase::Draft);
        let nowhere = fill(route.path, "nobody", "nobody", "nobody");
        for who in ["elsewhere", "administrator"] {
            if needs_place {
                let (status, body) = world.ask(route, &there, Some(who)).await;
                assert_eq!(status, StatusCode::NOT_FOUND, "{who} {} {there}", route.method);
                assert_eq!((status, body), world.ask(route, &nowhere, Some(who)).await, "{who} {} {there}", route.method);
            }
        }
        if route.needs != Needs::Nothing && route.path.starts_with("/api/") {
            for who in [None, Some("invited")] {
                let (status, body) = world.ask(route, &there, who).await;
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{who:?} {} {there}", route.method);
                assert_eq!((status, body), world.ask(route, &nowhere, who).await);
            }
        }
    }
}

#[tokio::test]
async fn a_role_that_is_taken_away_is_gone_with_the_next_request() {
    let world = World::new().await;
    let (meeting, _) = &world.meetings[&Phase::Draft];
    let state = world.app.server.state();
    let ask = async || {
        let request = Request::builder().uri(format!("/api/meetings/{meeting}")).header(header::HOST, "127.0.0.1:8080");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", world.tokens["reader"]));
        world.app.send(request.body(Body::empty()).unwrap()).await.status
    };
    assert_eq!(ask().await, StatusCode::OK);
    let account = state.store.account_by_email("reader@havnsted.dk").await.unwrap().unwrap();
    let forum = world.forum.parse().unwrap();
    let act = Act::of_command_line(Verb::ManageMembers, On::Forum(world.forum.parse().unwrap()), "");
    state.store.set_role(act, forum, account.clone(), None).await.unwrap();
    assert_eq!(ask().await, StatusCode::NOT_FOUND);
    let act = Act::of_command_line(Verb::ManageAccounts, On::Installation, "");
    state.store.set_disabled(act, account, true).await.unwrap();
    assert_eq!(ask().await, StatusCode::UNAUTHORIZED, "the token ended with the account");
}

#[tokio::test]
async fn lists_show_only_what_is_in_scope() {
    let world = World::new().await;
    for (who, meetings, forums) in [("reader", 5, 1), ("elsewhere", 0, 1), ("administrator", 0, 0)] {
        for (path, expected) in [("/api/meetings", meetings), ("/api/forums", forums)] {
            let request = Request::builder().uri(path).header(header::HOST, "127.0.0.1:8080");
            let request = request.header(header::AUTHORIZATION, format!("Bearer {}", world.tokens[who]));
            let rows: Vec<serde_json::Value> = world.app.send(request.body(Body::empty()).unwrap()).await.json();
            assert_eq!(rows.len(), expected, "{who} {path}");
        }
    }
}

#[tokio::test]
async fn the_description_names_every_route_of_the_api() {
    let app = TestApp::new().await;
    let (_, declared) = routes(Routes::probing(app.server.state().clone())).finish();
    let description: serde_json::Value = app.get("/api/openapi.json").await.json();
    let mut described: Vec<(String, String)> = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        described.extend(methods.as_object().unwrap().keys().map(|method| (path.clone(), method.to_uppercase())));
    }
    let is_described = |route: &&Route| route.path.starts_with("/api/") && route.path != "/api/openapi.json";
    let mut routed: Vec<(String, String)> =
        declared.iter().filter(is_described).map(|route| (route.path.to_owned(), route.method.to_string())).collect();
    described.sort();
    routed.sort();
    assert_eq!(described, routed);
    assert!(routed.iter().filter(|(_, method)| *method == Method::GET.as_str()).count() > 3);
    assert!(description["components"]["schemas"]["MeetingJson"]["properties"]["items"].is_object());
}
