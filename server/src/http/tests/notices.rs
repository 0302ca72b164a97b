//! Mails about what concerns people: to whom, when, with what in them, and never about one's own deed. The clock is handed in.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use dagsorden_shared::access::{Phase, Role, Verb};
use dagsorden_shared::id::AccountId;
use dagsorden_shared::talk::Talk;
use serde_json::{Value, json};

use super::proposals::World;
use crate::notices::Notifier;
use crate::store::{Act, Mail, NoticeKind, On};

/// What stands in comments and must not stand in a mail.
const CANARY: &str = "Hemmelig kanariefugl";
const MINUTE: i64 = 60_000;

impl World {
    fn account(&self, role: &str) -> AccountId {
        let rights = self.app.server.state().store.rights_now();
        rights.people.accounts.iter().find(|(_, account)| account.person.name == role).map(|(id, _)| id.clone()).unwrap()
    }

    /// The mails that were made in all, once so many minutes have passed.
    async fn told(&self, minutes: i64) -> Vec<Mail> {
        let state = self.app.server.state();
        let notifier = Notifier::new(state.commands(), Arc::clone(&state.site), Duration::from_secs(300));
        notifier.make(jiff::Timestamp::now().as_millisecond() + minutes * MINUTE).await.unwrap();
        let mut mails = state.store.mails().await.unwrap();
        mails.retain(|mail| mail.kind == "notice");
        mails.sort_by(|one, other| one.recipient.cmp(&other.recipient));
        mails
    }

    async fn say(&self, role: Role, path: &str, comment: &str, mentions: &[AccountId]) -> StatusCode {
        let comment = json!({ "id": comment, "body": format!("{CANARY} @reader"), "mentions": mentions });
        let body = if path.contains("/comments/") { comment } else { json!({ "item": self.field.item(), "comment": comment }) };
        self.ask(role, Method::PUT, path, body).await.status
    }
}

fn recipients(mails: &[Mail]) -> Vec<&str> {
    mails.iter().map(|mail| mail.recipient.split('@').next().unwrap()).collect()
}

#[tokio::test]
async fn who_is_mentioned_and_who_took_part_get_one_mail_that_says_where_and_never_what() {
    let world = World::at(Phase::SentOut).await;
    let reader = world.account("reader");
    assert_eq!(world.say(Role::Commenter, "/threads/t1", "c1", std::slice::from_ref(&reader)).await, StatusCode::CREATED);
    let row = world.ask(Role::Reader, Method::GET, "/talk", Value::Null).await.json::<Talk>().comments.remove(0);
    assert_eq!((row.mentions, row.mentioned), (vec![reader.clone()], vec!["reader".to_owned()]));
    // The same command again tells nobody twice.
    assert_eq!(world.say(Role::Commenter, "/threads/t1", "c1", std::slice::from_ref(&reader)).await, StatusCode::OK);
    assert_eq!(world.say(Role::Editor, "/threads/t1/comments/c2", "c2", &[reader]).await, StatusCode::CREATED);
    assert_eq!(world.say(Role::Editor, "/threads/t1/comments/c3", "c3", &[]).await, StatusCode::CREATED);
    assert!(world.told(4).await.is_empty(), "five minutes are gathered");
    let mails = world.told(6).await;
    assert_eq!(recipients(&mails), ["commenter", "reader"], "one mail each, and none for the editor's own deeds");
    let (answered, mentioned) = (&mails[0], &mails[1]);
    assert_eq!(answered.subject, "Samtale om punkt 1 »Sikrede pladser« (Kredsen)");
    assert_eq!(answered.body.matches("har svaret").count(), 1, "two answers of one person are one line: {}", answered.body);
    assert!(mentioned.body.contains("commenter (Havnsted) har nævnt dig") && mentioned.body.contains("editor (Havnsted) har nævnt dig"));
    for mail in &mails {
        assert!(mail.body.contains(&format!("/m/{}?samtale=t1#punkt-{}", world.meeting, world.field.item())), "{}", mail.body);
        assert!(!mail.body.contains(CANARY) && !mail.subject.contains(CANARY), "no text of a comment");
        assert_eq!((mail.thread.as_deref(), mail.sender.as_deref()), (Some("t1"), Some("editor, Havnsted via Dagsorden")));
        assert!(mail.id.starts_with("n-"));
    }
    assert_eq!(world.told(60).await.len(), 2, "what was sent is not sent again");
}

#[tokio::test]
async fn nobody_is_told_of_what_they_read_what_was_deleted_or_what_they_may_not_see_any_more() {
    let world = World::at(Phase::SentOut).await;
    let (reader, chair, editor) = (world.account("reader"), world.account("chair"), world.account("editor"));
    assert_eq!(world.say(Role::Commenter, "/threads/t1", "c1", &[reader.clone(), chair]).await, StatusCode::CREATED);
    assert_eq!(world.say(Role::Commenter, "/threads/t2", "c2", &[editor]).await, StatusCode::CREATED);
    let read = json!({ "threads": ["t1"] });
    assert_eq!(world.ask(Role::Chair, Method::POST, "/read", read).await.status, StatusCode::NO_CONTENT);
    assert_eq!(world.ask(Role::Commenter, Method::DELETE, "/comments/c2", Value::Null).await.status, StatusCode::NO_CONTENT);
    let state = world.app.server.state();
    let forum = state.store.rights_now().meetings.meetings[&world.meeting].forum.clone();
    let act = Act::of_command_line(Verb::ManageMembers, On::Forum(forum.clone()), "");
    state.store.set_role(act, forum, reader, None).await.unwrap();
    assert!(world.told(6).await.is_empty(), "{:?}", world.told(6).await);
}

#[tokio::test]
async fn mails_of_a_kind_that_one_turned_off_are_not_sent() {
    let world = World::at(Phase::SentOut).await;
    let (reader, chair) = (world.account("reader"), world.account("chair"));
    let state = world.app.server.state();
    assert_eq!(world.say(Role::Commenter, "/threads/t1", "c1", &[reader.clone(), chair.clone()]).await, StatusCode::CREATED);
    // Also those that wait already.
    state.store.set_unwanted_mail(reader.clone(), vec![NoticeKind::Mention]).await.unwrap();
    let mails = world.told(6).await;
    assert_eq!(recipients(&mails), ["chair"]);
    assert!(mails[0].body.contains("/konto#mails"), "it says where: {}", mails[0].body);
    state.store.set_unwanted_mail(reader.clone(), vec![NoticeKind::Reply, NoticeKind::Reply]).await.unwrap();
    assert_eq!(state.store.unwanted_mail(reader.clone()).await.unwrap(), [NoticeKind::Reply]);
    assert_eq!(world.say(Role::Editor, "/threads/t2", "c3", &[reader]).await, StatusCode::CREATED);
    assert_eq!(recipients(&world.told(60).await), ["chair", "reader"], "what was not wanted is not sent later");
}

#[tokio::test]
async fn only_people_who_may_read_the_meeting_can_be_mentioned() {
    let world = World::at(Phase::SentOut).await;
    let state = world.app.server.state();
    let elsewhere = crate::intake::forum_named("En anden kreds").unwrap();
    super::access::account(state, "elsewhere", vec![(elsewhere, Role::Chair)], false, true).await;
    super::access::account(state, "administrator", Vec::new(), true, true).await;
    for name in ["elsewhere", "administrator"] {
        let mentions = [world.account(name)];
        let body = json!({ "item": world.field.item(), "comment": { "id": "c1", "body": "Hej", "mentions": mentions } });
        world.ask(Role::Commenter, Method::PUT, "/threads/t1", body).await.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "may_not_read");
    }
    assert!(world.ask(Role::Reader, Method::GET, "/talk", Value::Null).await.json::<Talk>().threads.is_empty());
    // A name that is added later gets a mail; one stays mentioned until the name is taken out.
    assert_eq!(world.say(Role::Commenter, "/threads/t1", "c1", &[]).await, StatusCode::CREATED);
    let change = json!({ "body": "Hej @chair", "version": 1, "mentions": [world.account("chair")] });
    assert_eq!(world.ask(Role::Commenter, Method::PATCH, "/comments/c1", change).await.status, StatusCode::NO_CONTENT);
    assert_eq!(recipients(&world.told(6).await), ["chair"]);
    for (body, version, expected) in [("Hej igen, @chair", 2, vec!["chair"]), ("Hej", 3, vec![])] {
        let change = json!({ "body": body, "version": version });
        assert_eq!(world.ask(Role::Commenter, Method::PATCH, "/comments/c1", change).await.status, StatusCode::NO_CONTENT);
        let talk = world.ask(Role::Reader, Method::GET, "/talk", Value::Null).await.json::<Talk>();
        assert_eq!(talk.comments[0].mentioned, expected);
    }
    assert_eq!(world.told(60).await.len(), 1, "told once");
}

#[tokio::test]
async fn those_who_may_decide_hear_of_proposals_and_the_author_of_decisions() {
    for (phase, deciders) in [(Phase::Draft, vec!["chair", "secretariat"]), (Phase::SentOut, vec!["secretariat"])] {
        let world = World::at(phase).await;
        assert_eq!(world.propose("p1").await.status, StatusCode::CREATED);
        assert_eq!(world.propose("p2").await.status, StatusCode::CREATED);
        assert!(world.told(14).await.is_empty(), "fifteen minutes are gathered");
        let mails = world.told(16).await;
        assert_eq!(recipients(&mails), deciders, "in {phase:?}");
        assert_eq!(mails[0].subject, "Ændringsforslag til punkt 1 »Sikrede pladser« (Kredsen)");
        assert!(mails[0].body.contains("commenter (Havnsted) foreslår en ændring af punkt 1"), "{}", mails[0].body);
    }
    let world = World::at(Phase::SentOut).await;
    world.propose("p1").await;
    world.propose("p2").await;
    let parts = |actions: [&str; 2]| json!([{ "ordinal": 0, "action": actions[0] }, { "ordinal": 1, "action": actions[1] }]);
    assert_eq!(world.decide(Role::Secretariat, "p1", "d1", parts(["accept", "reject"])).await.status, StatusCode::CREATED);
    let first = json!([{ "ordinal": 1, "action": "reject" }]);
    assert_eq!(world.decide(Role::Secretariat, "p2", "d2", first).await.status, StatusCode::CREATED);
    let mut mails = world.told(16).await;
    mails.retain(|mail| mail.recipient.starts_with("commenter"));
    let mut subjects: Vec<&str> = mails.iter().map(|mail| mail.subject.as_str()).collect();
    subjects.sort_unstable();
    assert_eq!(
        subjects,
        [
            "Dit ændringsforslag er delvist afgjort: punkt 1 »Sikrede pladser« (Kredsen)",
            "Dit ændringsforslag er delvist taget med: punkt 1 »Sikrede pladser« (Kredsen)",
        ]
    );
    assert!(!mails.iter().any(|mail| mail.body.contains("otte") || mail.body.contains("Drøftet")), "no words of it");
}

#[tokio::test]
async fn a_proposal_that_was_taken_back_and_a_decision_that_was_revoked_are_not_told() {
    let world = World::at(Phase::SentOut).await;
    world.propose("p1").await;
    assert_eq!(world.ask(Role::Commenter, Method::DELETE, "/proposals/p1", Value::Null).await.status, StatusCode::NO_CONTENT);
    world.propose("p2").await;
    let parts = json!([{ "ordinal": 0, "action": "accept" }, { "ordinal": 1, "action": "accept" }]);
    assert_eq!(world.decide(Role::Secretariat, "p2", "d2", parts).await.status, StatusCode::CREATED);
    let revoked = world.ask(Role::Secretariat, Method::POST, "/proposals/p2/decisions/d2/revoke", Value::Null).await.status;
    assert_eq!(revoked, StatusCode::NO_CONTENT);
    let parts = json!([{ "ordinal": 0, "action": "accept" }, { "ordinal": 1, "action": "reject" }]);
    assert_eq!(world.decide(Role::Secretariat, "p2", "d3", parts).await.status, StatusCode::CREATED);
    let mails = world.told(16).await;
    assert_eq!(recipients(&mails), ["commenter"], "the secretariat has decided everything that is open");
}
