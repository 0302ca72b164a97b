//! The rules, checked without a runtime: what may leave a room, and when.

mod bench;
mod rights;

use dagsorden_shared::agenda::{Edit, Origin};
use dagsorden_shared::id::ClientId;
use dagsorden_shared::protocol::awareness::AwarenessState;
use yrs::{ReadTxn, StateVector, Transact};

use super::*;
use crate::store::Loaded;
use bench::{Bench, Page, load};

const ANNE: ConnectionId = ConnectionId(1);
const BO: ConnectionId = ConnectionId(2);

#[test]
fn nothing_leaves_before_the_commit_then_the_update_goes_to_all_and_the_acknowledgement_follows() {
    let mut bench = Bench::with_two();
    let anne = Page::new(1);
    bench.update(ANNE, &anne.types("Nyt "));
    assert_eq!((bench.heard(ANNE), bench.heard(BO)), (vec![], vec![]));
    bench.commits();
    assert_eq!(bench.heard(ANNE), ["update", "saved 1"], "the sender hears their own update");
    assert_eq!(bench.heard(BO), ["update"], "a stock client hears no extension");
    assert_eq!(bench.stored_title(), "Nyt Budget");
}

#[test]
fn what_arrives_during_a_commit_is_one_transaction_one_row_and_one_frame() {
    let mut bench = Bench::with_two();
    let (anne, bo) = (Page::new(1), Page::new(2));
    bench.update(ANNE, &anne.types("a"));
    for _ in 0..5 {
        bench.update(ANNE, &anne.types("a"));
        bench.update(BO, &bo.types("b"));
    }
    bench.receive(ANNE, &ClientMessage::SyncStep1(&anne.state_vector()));
    assert_eq!(bench.heard(ANNE), Vec::<String>::new(), "a question waits for the commit, too");
    bench.commits();
    assert_eq!(bench.heard(ANNE), ["step 2", "step 1", "saved 1"], "the answer holds the update");
    bench.commits();
    assert_eq!(bench.heard(ANNE), ["update", "saved 6"]);
    assert_eq!(bench.heard(BO), ["update", "update"]);
    assert!(bench.commit.is_none());
    assert_eq!(bench.stored.revision, 3);
    assert_eq!(bench.stored_title().matches(['a', 'b']).count(), 11);
}

#[test]
fn a_question_is_answered_from_what_is_on_disk_alone() {
    let mut bench = Bench::with_two();
    let anne = Page::new(1);
    bench.update(ANNE, &anne.types("x"));
    bench.receive(BO, &ClientMessage::SyncStep1(&[0]));
    assert_eq!(bench.heard(BO), Vec::<String>::new());
    bench.handle(Input::CommitFailed(CommitFailure::Other));
    assert_eq!(bench.heard(BO), Vec::<String>::new(), "what was undone is never told");
    assert_eq!(bench.closed, BTreeMap::from([(ANNE, close_code::TRY_LATER), (BO, close_code::TRY_LATER)]));
    assert!(bench.evicted);
    assert_eq!(bench.stored_title(), "Budget");
}

#[test]
fn a_full_disk_is_told_to_those_whose_work_was_not_stored() {
    let mut bench = Bench::with_two();
    bench.update(ANNE, &Page::new(1).types("x"));
    bench.handle(Input::CommitFailed(CommitFailure::NoSpace));
    assert_eq!(bench.heard(ANNE), ["refused no_space 1"]);
    assert_eq!(bench.closed[&ANNE], close_code::TRY_LATER);
}

#[test]
fn duplicates_and_empty_answers_are_acknowledged_without_a_commit() {
    let mut bench = Bench::with_two();
    let update = Page::new(1).types("x");
    bench.update(ANNE, &update);
    bench.commits();
    bench.heard(ANNE);
    bench.update(ANNE, &update);
    bench.receive(ANNE, &ClientMessage::SyncStep2(&[0, 0]));
    assert!(bench.commit.is_none());
    assert_eq!(bench.heard(ANNE), ["saved 2", "saved 3"]);
}

#[test]
fn a_gap_is_asked_about_once_and_nothing_is_acknowledged_past_it() {
    let mut bench = Bench::with_two();
    let anne = Page::new(1);
    let missing = anne.types("a");
    let update = anne.types("b");
    bench.update(ANNE, &update);
    assert_eq!(bench.heard(ANNE), ["step 1"]);
    bench.update(ANNE, &anne.types("c"));
    bench.update(ANNE, &[0, 0]);
    assert_eq!(
        bench.heard(ANNE),
        Vec::<String>::new(),
        "the answer is awaited, and what is good meanwhile is not acknowledged past the gap"
    );
    // The missing part comes by another way, and is acknowledged there alone.
    bench.join(ConnectionId(3), "anne", true);
    bench.update(ConnectionId(3), &missing);
    bench.commits();
    assert_eq!(bench.heard(ANNE), ["update"]);
    let all = anne.agenda.doc().transact().encode_diff_v1(&StateVector::default());
    bench.receive(ANNE, &ClientMessage::SyncStep2(&all));
    bench.commits();
    assert_eq!(bench.heard(ANNE), ["update", "saved 4"]);
    assert_eq!(bench.stored_title(), "cbaBudget");
}

#[test]
fn a_gap_that_stays_after_the_question_is_refused() {
    for is_step_2 in [true, false] {
        let mut bench = Bench::with_two();
        let anne = Page::new(1);
        anne.types("a");
        let update = anne.types("b");
        bench.update(ANNE, &update);
        bench.receive(ANNE, &if is_step_2 { ClientMessage::SyncStep2(&update) } else { ClientMessage::Update(&update) });
        assert_eq!(bench.heard(ANNE), ["step 1", "refused gap 2"]);
        assert_eq!(bench.refused, ["anne gap"]);
        assert_eq!(bench.closed[&ANNE], close_code::REFUSED);
    }
}

#[test]
fn a_refusal_ends_its_connection_after_what_it_sent_before_is_settled() {
    let mut bench = Bench::with_two();
    let (anne, bo) = (Page::new(1), Page::new(2));
    bench.update(BO, &bo.types("b"));
    bench.update(ANNE, &anne.types("a"));
    // Bo's client id is Bo's since his first update.
    bench.update(ANNE, &bo.types("forged"));
    bench.update(ANNE, &anne.types("later"));
    bench.commits();
    assert!(bench.closed.is_empty(), "what came before is still in flight");
    bench.commits();
    assert_eq!(bench.heard(ANNE), ["update", "update", "saved 1", "refused not_your_client 2"]);
    assert_eq!(bench.closed, BTreeMap::from([(ANNE, close_code::REFUSED)]));
    assert_eq!(bench.stored_title().matches("forged").count() + bench.stored_title().matches("later").count(), 0);
    bench.update(BO, &[]);
    assert_eq!(bench.heard(BO), ["update", "update"], "a stock client learns it by the close code alone");
    assert_eq!(bench.closed[&BO], close_code::REFUSED);
    assert_eq!(bench.refused, ["anne not_your_client", "bo malformed"]);
}

#[test]
fn what_somebody_sent_before_leaving_is_stored() {
    let mut bench = Bench::with_two();
    bench.update(BO, &Page::new(2).types("b"));
    bench.update(ANNE, &Page::new(1).types("a"));
    bench.handle(Input::Left(ANNE));
    bench.commits();
    bench.commits();
    assert_eq!(bench.heard(BO), ["update", "update"]);
    assert!(bench.stored_title().contains('a') && bench.stored_title().contains('b'), "{}", bench.stored_title());
}

#[test]
fn nothing_is_taken_after_a_refusal_though_its_sender_has_left() {
    let mut bench = Bench::with_two();
    let (anne, bo) = (Page::new(1), Page::new(2));
    bench.update(BO, &bo.types("b"));
    bench.update(ANNE, &bo.types("forged"));
    bench.update(ANNE, &anne.types("later"));
    bench.handle(Input::Left(ANNE));
    bench.commits();
    assert_eq!(bench.refused, ["anne not_your_client"]);
    assert!(bench.commit.is_none());
    assert_eq!(bench.stored_title(), "bBudget");
}

#[test]
fn a_frame_that_is_no_message_ends_its_connection_alone() {
    let mut bench = Bench::with_two();
    bench.handle(Input::Received(ANNE, Incoming { frame: Bytes::from_static(&[77]), weight: None }));
    bench.receive(BO, &ClientMessage::SyncStep1(&[0xff, 0xff, 0xff, 0xff, 0x0f]));
    assert_eq!(bench.closed, BTreeMap::from([(ANNE, close_code::BAD_FRAME), (BO, close_code::BAD_FRAME)]));
}

#[test]
fn a_slow_reader_is_spared_updates_and_gets_one_answer_with_all_it_missed() {
    let mut bench = Bench::with_two();
    let (anne, bo) = (Page::new(1), Page::new(2));
    for _ in 0..600 {
        bench.update(ANNE, &anne.types("x"));
        bench.commits();
        bench.deliver(ANNE, &anne);
    }
    let waiting = bench.sent[&BO].len();
    assert!((200..300).contains(&waiting), "{waiting} frames wait for him");
    bench.deliver(BO, &bo);
    bench.passes(Duration::from_millis(100));
    assert_eq!(bench.sent[&BO].len(), 1, "one answer with all the rest");
    bench.deliver(BO, &bo);
    assert_eq!(bo.title(), anne.title());
    bench.update(ANNE, &anne.types("y"));
    bench.commits();
    assert_eq!(bench.heard(BO), ["update"], "and gets each update again");
}

#[test]
fn presence_is_bound_to_its_user_and_stored_with_the_next_text() {
    let mut bench = Bench::with_two();
    let state = |client| AwarenessState { client: ClientId::new(client).unwrap(), clock: 1, json: Some("{}") };
    bench.receive(ANNE, &ClientMessage::Awareness(vec![state(1)]));
    assert_eq!((bench.heard(ANNE), bench.heard(BO)), (vec!["presence 1".to_owned()], vec!["presence 1".to_owned()]));
    bench.update(BO, &Page::new(1).types("in Anne's name"));
    assert_eq!(bench.closed[&BO], close_code::REFUSED);
    bench.update(ANNE, &Page::new(1).types("x"));
    assert_eq!(bench.commits().clients, [(ClientId::new(1).unwrap(), "anne".to_owned())]);
    bench.heard(ANNE);
    bench.join(ConnectionId(3), "clara", true);
    assert_eq!(bench.heard(ConnectionId(3)), ["presence 1"], "who comes hears who is there");
    bench.handle(Input::Left(ANNE));
    bench.passes(Duration::from_millis(50));
    assert_eq!(bench.heard(ConnectionId(3)), ["presence 1"], "and that a client left");
    assert_eq!(bench.room.present(), 1);
}

#[test]
fn nobody_waits_long_for_a_message() {
    let mut bench = Bench::with_two();
    let mut silent = Duration::ZERO;
    for _ in 0..100 {
        let due = bench.room.poll_at(bench.now).max(bench.now + Duration::from_millis(1));
        bench.passes(due - bench.now);
        if bench.heard(BO).is_empty() {
            silent += Duration::from_secs(5);
        } else {
            silent = Duration::ZERO;
        }
        assert!(silent < Duration::from_secs(25));
    }
    assert!(bench.now > Duration::from_secs(100));
}

#[test]
fn a_long_log_is_replaced_by_a_faithful_snapshot_while_the_room_goes_on() {
    let mut bench = Bench::with_two();
    let anne = Page::new(1);
    for _ in 0..510 {
        bench.update(ANNE, &anne.types("x"));
        bench.commits();
        bench.deliver(ANNE, &anne);
    }
    assert_eq!(bench.snapshots.len(), 1);
    let snapshot = bench.snapshots.remove(0);
    assert!(snapshot.is_faithful());
    // What the store does with it: the snapshot, then the rows after it.
    let covered = usize::try_from(snapshot.revision).unwrap();
    let log = bench.stored.log.split_off(covered);
    let shortened = Loaded { snapshot: Some(snapshot.bytes), log, ..bench.stored.clone() };
    assert_eq!(load(&shortened).agenda().snapshot(), anne.agenda.snapshot());
    bench.handle(Input::Compacted);
    assert!(bench.snapshots.is_empty());
}

#[test]
fn an_empty_room_snapshots_and_goes() {
    let mut bench = Bench::with_two();
    bench.update(ANNE, &Page::new(1).types("x"));
    bench.handle(Input::Left(ANNE));
    bench.handle(Input::Left(BO));
    bench.passes(LINGER);
    assert!(bench.snapshots.is_empty() && !bench.evicted, "a commit is in flight");
    bench.commits();
    assert_eq!(bench.snapshots.len(), 1);
    bench.passes(LINGER);
    assert!(!bench.evicted, "the snapshot is being stored");
    bench.handle(Input::Compacted);
    assert!(bench.evicted);
}

#[test]
fn a_room_that_is_closed_commits_what_it_received_first() {
    let mut bench = Bench::with_two();
    let anne = Page::new(1);
    bench.update(ANNE, &anne.types("a"));
    bench.update(ANNE, &anne.types("b"));
    bench.handle(Input::Close(close_code::RESTART));
    bench.commits();
    bench.commits();
    assert_eq!(bench.heard(ANNE), ["update", "saved 1", "update", "saved 2"]);
    assert_eq!(bench.closed, BTreeMap::from([(ANNE, close_code::RESTART), (BO, close_code::RESTART)]));
    assert!(bench.evicted);
    assert_eq!(bench.stored_title(), "baBudget");
}

#[test]
fn the_list_of_meetings_follows_changes_of_the_header_and_only_those() {
    let mut bench = Bench::with_two();
    let anne = Page::new(1);
    bench.update(ANNE, &anne.types("a"));
    bench.commits();
    bench.passes(SUMMARY_DELAY);
    assert!(bench.summaries.is_empty());
    let before = anne.agenda.doc().transact().state_vector();
    let key = dagsorden_shared::agenda::HeaderKey::Place;
    anne.agenda.apply(&[Edit::SetHeader { key, value: Some("Rådhuset".into()) }], Origin::Local).unwrap();
    bench.update(ANNE, &anne.agenda.doc().transact().encode_diff_v1(&before));
    bench.commits();
    bench.passes(SUMMARY_DELAY);
    assert_eq!(bench.summaries.len(), 1);
    assert_eq!(bench.summaries[0].place.as_deref(), Some("Rådhuset"));
}

/// What happens to a room in the random test below.
#[derive(Debug)]
enum Step {
    Type(usize),
    Commit,
    Deliver(usize),
    Ask(usize),
    Reconnect(usize),
    Wait,
}

#[test]
fn whatever_the_order_all_pages_and_the_disk_end_alike_and_no_acknowledgement_is_early() {
    arbtest::arbtest(|u| {
        let mut bench = Bench::new();
        let pages: Vec<Page> = (1..=3).map(Page::new).collect();
        let mut ids: Vec<ConnectionId> = Vec::new();
        let mut next = 1;
        for number in 0..pages.len() {
            ids.push(ConnectionId(next));
            bench.join(ConnectionId(next), &format!("user {number}"), true);
            next += 1;
        }
        for _ in 0..u.int_in_range(1..=60)? {
            let who = u.choose_index(pages.len())?;
            let steps = [Step::Type(who), Step::Commit, Step::Deliver(who), Step::Ask(who), Step::Reconnect(who), Step::Wait];
            match &steps[u.choose_index(steps.len())?] {
                Step::Type(who) => {
                    let update = pages[*who].types("x");
                    bench.update(ids[*who], &update);
                }
                Step::Commit if bench.commit.is_some() => drop(bench.commits()),
                Step::Deliver(who) => bench.deliver(ids[*who], &pages[*who]),
                Step::Ask(who) => bench.receive(ids[*who], &ClientMessage::SyncStep1(&pages[*who].state_vector())),
                Step::Reconnect(who) => {
                    bench.handle(Input::Left(ids[*who]));
                    bench.sent.remove(&ids[*who]);
                    ids[*who] = ConnectionId(next);
                    next += 1;
                    bench.join(ids[*who], &format!("user {who}"), true);
                    // As a page does: ask, and hand in all that may be unsent.
                    bench.receive(ids[*who], &ClientMessage::SyncStep1(&pages[*who].state_vector()));
                    let all = pages[*who].agenda.doc().transact().encode_diff_v1(&StateVector::default());
                    bench.receive(ids[*who], &ClientMessage::SyncStep2(&all));
                }
                Step::Commit | Step::Wait => bench.passes(Duration::from_millis(700)),
            }
            for connection in bench.room.connections.values() {
                assert!(connection.told <= connection.settled && connection.settled <= connection.received);
            }
        }
        while bench.commit.is_some() {
            bench.commits();
        }
        bench.passes(Duration::from_secs(10));
        for (page, id) in pages.iter().zip(&ids) {
            bench.deliver(*id, page);
            bench.receive(*id, &ClientMessage::SyncStep1(&page.state_vector()));
            bench.deliver(*id, page);
        }
        let stored = load(&bench.stored).agenda().snapshot();
        for page in &pages {
            assert_eq!(page.agenda.snapshot(), stored);
        }
        assert!(bench.room.connections.values().all(|connection| connection.told == connection.received), "all is acknowledged in the end");
        Ok(())
    })
    .budget_ms(1_500);
}
