//! What organisations think of proposals: one row each, written over the version that was seen, told to those it concerns.

use axum::http::{Method, StatusCode};
use dagsorden_shared::access::{Phase, Role};
use dagsorden_shared::proposal::Support;
use dagsorden_shared::talk::{Stance, Talk};
use serde_json::{Value, json};

use super::proposals::World;

impl World {
    async fn support(&self, role: Role, proposal: &str, body: Value) -> StatusCode {
        self.ask(role, Method::PUT, &format!("/proposals/{proposal}/support"), body).await.status
    }

    async fn supports(&self) -> Vec<Support> {
        self.ask(Role::Reader, Method::GET, "/talk", Value::Null).await.json::<Talk>().proposals.remove(0).supports
    }
}

#[tokio::test]
async fn an_organisation_has_one_row_that_is_written_over_what_was_seen() {
    let world = World::at(Phase::SentOut).await;
    world.propose("p1").await;
    assert_eq!(world.support(Role::Reader, "p1", json!({ "stance": "agree" })).await, StatusCode::FORBIDDEN);
    assert_eq!(world.support(Role::Editor, "none", json!({ "stance": "agree" })).await, StatusCode::NOT_FOUND);
    assert_eq!(world.support(Role::Editor, "p1", json!({ "stance": "perhaps" })).await, StatusCode::UNPROCESSABLE_ENTITY);
    let cursor = world.ask(Role::Reader, Method::GET, "/talk", Value::Null).await.json::<Talk>().cursor;
    let agree = json!({ "stance": "agree", "remark": " God idé ", "version": 0 });
    assert_eq!(world.support(Role::Editor, "p1", agree.clone()).await, StatusCode::NO_CONTENT);
    let support = world.supports().await.remove(0);
    assert_eq!((support.organisation.as_str(), support.given_by.as_str(), support.remark.as_str()), ("Havnsted", "editor", "God idé"));
    assert_eq!((support.stance, support.version), (Some(Stance::Agree), 1));
    let news = world.ask(Role::Reader, Method::GET, &format!("/talk?since={cursor}"), Value::Null).await.json::<Talk>();
    assert_eq!(news.proposals.len(), 1, "others hear of it");

    // A colleague who saw nothing yet does not undo it.
    assert_eq!(world.support(Role::Chair, "p1", agree).await, StatusCode::PRECONDITION_FAILED);
    assert_eq!(world.support(Role::Chair, "p1", json!({ "stance": null, "version": 1 })).await, StatusCode::NO_CONTENT);
    let supports = world.supports().await;
    assert_eq!((supports.len(), supports[0].stance, supports[0].version), (1, None, 2));

    // What was planned for the proposal as it is still counts.
    let parts = json!([{ "ordinal": 0, "action": "accept" }]);
    assert_eq!(world.decide(Role::Secretariat, "p1", "d1", parts).await.status, StatusCode::CREATED);
    assert_eq!(world.ask(Role::Commenter, Method::DELETE, "/proposals/p1", Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.support(Role::Chair, "p1", json!({ "stance": "agree", "version": 2 })).await, StatusCode::CONFLICT);
}
