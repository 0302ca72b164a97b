//! What a change of rights does to those who are here, what an operation holds up, and who hears of rows.

use dagsorden_shared::access::{Phase, Role};

use super::bench::{Bench, Page, rights};
use super::*;

const CARL: ConnectionId = ConnectionId(3);

fn events(bench: &Bench, id: ConnectionId) -> Vec<String> {
    let frames = bench.sent.get(&id).into_iter().flatten();
    frames
        .filter_map(|frame| match ServerMessage::decode(frame) {
            Ok(ServerMessage::Event(json)) => Some(json.to_owned()),
            _ => None,
        })
        .collect()
}

#[test]
fn who_may_not_write_any_more_is_told_and_refused() {
    let mut bench = Bench::with_two();
    bench.join_as(CARL, "carl", true, Role::Editor.into());
    let page = Page::new(7);
    let before = page.types("a");
    bench.update(CARL, &before);
    bench.commits();
    bench.handle(Input::Rights(rights(Phase::SentOut)));
    assert_eq!(events(&bench, CARL), [r#"{"type":"rights","write":false}"#]);
    assert_eq!(events(&bench, ANNE), Vec::<String>::new(), "with all roles nothing has changed");
    let late = page.types("b");
    bench.update(CARL, &late);
    assert!(bench.commit.is_none());
    assert_eq!(bench.closed.get(&CARL), Some(&close_code::REFUSED));
    assert_eq!(bench.refused, ["carl not_allowed"]);
}

#[test]
fn a_right_that_is_given_back_works_in_the_open_page() {
    let mut bench = Bench::new();
    bench.handle(Input::Rights(rights(Phase::SentOut)));
    bench.join_as(CARL, "carl", true, Role::Editor.into());
    assert_eq!(events(&bench, CARL), [r#"{"type":"rights","write":false}"#], "told when they come");
    bench.handle(Input::Rights(rights(Phase::InSession)));
    assert_eq!(events(&bench, CARL).last().map(String::as_str), Some(r#"{"type":"rights","write":true}"#));
    let page = Page::new(7);
    let update = page.types("a");
    bench.update(CARL, &update);
    let batch = bench.commits();
    assert_eq!(batch.writers.len(), 1);
    assert_eq!(bench.closed.get(&CARL), None);
}

#[test]
fn who_may_not_read_any_more_gets_nothing_more() {
    let mut bench = Bench::with_two();
    let page = Page::new(7);
    let update = page.types("a");
    bench.update(ANNE, &update);
    // Open mode ends: everyone here came by it.
    let gone = Arc::new(Rights::default());
    bench.sent.clear();
    bench.handle(Input::Rights(gone));
    assert_eq!(
        (bench.closed.get(&ANNE), bench.closed.get(&BO)),
        (Some(&close_code::UNKNOWN_DOCUMENT), Some(&close_code::UNKNOWN_DOCUMENT))
    );
    bench.commits();
    assert!(bench.sent.is_empty(), "not even what was committed meanwhile");
}

#[test]
fn an_operation_waits_for_what_was_received_and_holds_up_what_comes_after() {
    let mut bench = Bench::with_two();
    let page = Page::new(7);
    let first = page.types("a");
    bench.update(ANNE, &first);
    bench.handle(Input::Operate(Box::new(|document| {
        assert_eq!(document.agenda().snapshot().items[0].title.text(), "aBudget", "what was received is in it");
        Work(Box::pin(std::future::ready(Ok(None))))
    })));
    assert!(!bench.operating, "a commit is in flight");
    bench.commits();
    assert!(bench.operating);
    let second = page.types("b");
    bench.update(ANNE, &second);
    assert!(bench.commit.is_none(), "it waits");
    bench.handle(Input::Rights(rights(Phase::Approved)));
    bench.handle(Input::Operated(Some(Bytes::new())));
    assert!(bench.commit.is_none(), "and is judged by the rights that are there now");
    assert_eq!(bench.closed.get(&ANNE), Some(&close_code::REFUSED));
}

#[test]
fn rows_are_told_after_the_text_that_was_committed_before_them() {
    let mut bench = Bench::with_two();
    let page = Page::new(7);
    let update = page.types("a");
    bench.update(ANNE, &update);
    bench.handle(Input::Rows(Event::Talk));
    assert_eq!(events(&bench, ANNE), Vec::<String>::new());
    bench.commits();
    assert_eq!(events(&bench, ANNE), [r#"{"type":"talk"}"#]);
    assert_eq!(events(&bench, BO), Vec::<String>::new(), "a stock client never sees them");
    let frames = &bench.sent[&ANNE];
    let at = |wanted: fn(&ServerMessage<'_>) -> bool| {
        frames.iter().position(|frame| ServerMessage::decode(frame).is_ok_and(|message| wanted(&message)))
    };
    assert!(at(|message| matches!(message, ServerMessage::Update(_))) < at(|message| matches!(message, ServerMessage::Event(_))));
}
