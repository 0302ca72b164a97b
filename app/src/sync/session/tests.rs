//! The session against a script of inputs; its document is two byte strings.

use super::*;

const CLIENT: u64 = 7;

struct Fixed;

impl Document for Fixed {
    fn state_vector(&self) -> Vec<u8> {
        vec![0]
    }

    fn diff(&self, state_vector: &[u8]) -> Option<Vec<u8>> {
        (state_vector != b"bad").then(|| vec![0, 0])
    }
}

/// A session and its clock; jitter is always half the window.
struct Bench {
    session: Session,
    now: Duration,
}

impl Bench {
    fn new() -> Self {
        let client = ClientId::new(CLIENT).unwrap();
        Self { session: Session::new(client, || 0.5), now: Duration::from_secs(1_000) }
    }

    /// A session that is connected, has answered the server's step 1 and was acknowledged.
    fn synced() -> Self {
        let mut bench = Self::new();
        bench.put(Input::Start { unsaved: 0 });
        bench.put(Input::Opened);
        bench.receive(&ServerMessage::SyncStep1(&[0]));
        bench.receive(&ServerMessage::Saved(1));
        assert_eq!(bench.session.status(), Status::Saved);
        bench
    }

    fn put(&mut self, input: Input<'_>) -> Vec<Effect> {
        self.session.handle(self.now, input, &Fixed)
    }

    fn receive(&mut self, message: &ServerMessage<'_>) -> Vec<Effect> {
        let frame = message.encode();
        self.put(Input::Received(&frame))
    }

    fn change(&mut self) -> Vec<Effect> {
        self.put(Input::Changed { update: &[9], changes: 1 })
    }

    fn after(&mut self, millis: u64) -> Vec<Effect> {
        self.now += Duration::from_millis(millis);
        self.put(Input::Tick)
    }
}

fn sends(message: &ClientMessage<'_>) -> Vec<Effect> {
    vec![Effect::Send(message.encode())]
}

const LOST: [Effect; 2] = [Effect::HangUp, Effect::ForgetPresence];

#[test]
fn opening_sends_step_one_and_presence() {
    let mut bench = Bench::new();
    assert_eq!(bench.put(Input::Presence("{}".into())), []);
    assert_eq!(bench.put(Input::Start { unsaved: 0 }), [Effect::Connect]);
    assert_eq!(bench.session.status(), Status::Connecting);
    let state = AwarenessState { client: ClientId::new(CLIENT).unwrap(), clock: 1, json: Some("{}") };
    let expected = [ClientMessage::SyncStep1(&[0]).encode(), ClientMessage::Awareness(vec![state]).encode()].map(Effect::Send);
    assert_eq!(bench.put(Input::Opened), expected);
}

#[test]
fn changes_wait_for_the_answer_to_step_one_which_carries_them() {
    let mut bench = Bench::new();
    bench.put(Input::Start { unsaved: 2 });
    bench.put(Input::Opened);
    assert_eq!(bench.change(), [], "the answer will carry it");
    assert_eq!(bench.session.unsaved(), 3);
    assert_eq!(bench.receive(&ServerMessage::SyncStep1(&[0])), sends(&ClientMessage::SyncStep2(&[0, 0])));
    assert_eq!(bench.session.status(), Status::Saving);
    assert_eq!(bench.change(), sends(&ClientMessage::Update(&[9])));
    bench.receive(&ServerMessage::Saved(1));
    assert_eq!((bench.session.status(), bench.session.unsaved()), (Status::Saving, 1));
    bench.receive(&ServerMessage::Saved(2));
    assert_eq!((bench.session.status(), bench.session.unsaved()), (Status::Saved, 0));
}

#[test]
fn saved_is_cumulative_and_more_than_was_sent_is_no_credit() {
    let mut bench = Bench::synced();
    bench.receive(&ServerMessage::Saved(50));
    bench.change();
    bench.change();
    assert_eq!(bench.session.unsaved(), 2);
    bench.receive(&ServerMessage::Saved(1));
    assert_eq!(bench.session.unsaved(), 2, "an old count says nothing new");
    bench.receive(&ServerMessage::Saved(3));
    assert_eq!(bench.session.unsaved(), 0);
}

#[test]
fn a_lost_connection_gives_unacknowledged_changes_to_the_next_answer() {
    let mut bench = Bench::synced();
    bench.change();
    bench.change();
    bench.receive(&ServerMessage::Saved(2));
    assert_eq!(bench.put(Input::Closed(1006, None)), LOST);
    assert_eq!((bench.session.status(), bench.session.unsaved()), (Status::Offline, 1));
    bench.change();
    assert_eq!(bench.after(249), [], "half of the first window is 250 ms");
    assert_eq!(bench.after(1), [Effect::Connect]);
    assert_eq!(bench.session.status(), Status::Offline, "until the server has answered");
    bench.put(Input::Opened);
    bench.receive(&ServerMessage::SyncStep1(&[0]));
    assert_eq!((bench.session.status(), bench.session.unsaved()), (Status::Saving, 2));
    bench.receive(&ServerMessage::Saved(1));
    assert_eq!((bench.session.status(), bench.session.unsaved()), (Status::Saved, 0), "counts start anew with each connection");
}

#[test]
fn a_server_that_accepts_and_hangs_up_is_tried_ever_more_rarely() {
    let mut bench = Bench::new();
    bench.put(Input::Start { unsaved: 0 });
    let mut waits = Vec::new();
    for _ in 0..4 {
        bench.put(Input::Opened);
        bench.receive(&ServerMessage::SyncStep1(&[0]));
        bench.put(Input::Closed(1006, None));
        let wait = bench.session.next_tick().unwrap() - bench.now;
        waits.push(wait.as_millis());
        assert_eq!(bench.after(30_000), [Effect::Connect]);
    }
    assert_eq!(waits, [250, 500, 1_000, 2_000]);
}

#[test]
fn a_restart_spreads_the_first_try_over_three_seconds() {
    let mut bench = Bench::synced();
    bench.put(Input::Closed(close_code::RESTART, None));
    assert_eq!(bench.session.next_tick(), Some(bench.now + Duration::from_millis(1_500)));
    let mut bench = Bench::synced();
    bench.put(Input::Closed(close_code::TRY_LATER, None));
    assert_eq!(bench.session.next_tick(), Some(bench.now + Duration::from_secs(2)));
}

#[test]
fn a_page_comes_back_when_the_server_said_and_with_jitter_should_that_fail() {
    for code in [close_code::RESTART, close_code::TRY_LATER] {
        let mut bench = Bench::synced();
        bench.put(Input::Closed(code, Some(Duration::from_millis(1_234))));
        assert_eq!(bench.after(1_233), []);
        assert_eq!(bench.after(1), [Effect::Connect]);
    }
    let mut bench = Bench::synced();
    bench.put(Input::Closed(close_code::RESTART, Some(Duration::from_millis(300))));
    bench.after(300);
    bench.put(Input::Closed(1006, None));
    assert_eq!(bench.session.next_tick(), Some(bench.now + Duration::from_millis(500)), "half of the second window");
}

#[test]
fn a_code_that_means_do_not_come_back_ends_the_session_and_keeps_the_count() {
    for code in [close_code::BAD_FRAME, close_code::NOT_ALLOWED, close_code::UNKNOWN_DOCUMENT, close_code::REFUSED, close_code::GONE] {
        let mut bench = Bench::synced();
        bench.change();
        bench.receive(&ServerMessage::Refused { code: RefusalCode::Content, number: 2 });
        assert_eq!(bench.put(Input::Closed(code, None)), LOST);
        assert_eq!((bench.session.status(), bench.session.unsaved()), (Status::Ended(code), 1));
        assert_eq!(bench.session.refusal(), Some(RefusalCode::Content));
        assert_eq!(bench.session.next_tick(), None);
        assert_eq!(bench.put(Input::TryNow), []);
        assert_eq!(bench.change(), []);
    }
}

#[test]
fn a_change_larger_than_a_message_is_not_sent_over_and_over() {
    let mut bench = Bench::synced();
    assert_eq!(bench.put(Input::Changed { update: &vec![0; MAX_MESSAGE], changes: 1 }), LOST);
    assert_eq!(bench.session.status(), Status::Ended(close_code::REFUSED));
    assert_eq!((bench.session.refusal(), bench.session.unsaved()), (Some(RefusalCode::TooLarge), 1));
}

#[test]
fn silence_ends_a_connection_and_any_message_keeps_it() {
    let mut bench = Bench::synced();
    assert_eq!(bench.after(29_000), []);
    bench.receive(&ServerMessage::Awareness(Vec::new()));
    assert_eq!(bench.after(29_000), []);
    assert_eq!(bench.after(1_000), LOST);
    bench.after(1_000);
    assert_eq!(bench.after(10_000), LOST, "nor does one wait for ever for a socket to open");
}

#[test]
fn bytes_that_are_no_message_reconnect_and_unknown_messages_are_passed_over() {
    for frame in [&[][..], &[0, 2, 5, 1], &[0, 9, 0], &[1, 1, 1], &[0, 0, 3, b'b', b'a', b'd']] {
        let mut bench = Bench::synced();
        assert_eq!(bench.put(Input::Received(frame)), LOST, "{frame:?}");
    }
    let mut bench = Bench::synced();
    assert_eq!(bench.put(Input::Received(&[127, 1, 2])), []);
    assert_eq!(bench.session.status(), Status::Saved);
    assert_eq!(bench.put(Input::Unreadable), LOST);
}

#[test]
fn the_browsers_word_shows_at_once_and_its_return_connects_at_once() {
    let mut bench = Bench::synced();
    assert_eq!(bench.put(Input::NetworkGone), LOST);
    assert_eq!(bench.session.status(), Status::Offline);
    assert_eq!(bench.after(10_000), [], "no hurry without a network");
    assert_eq!(bench.put(Input::TryNow), [Effect::Connect]);
}

#[test]
fn nothing_is_heard_of_a_connection_that_was_given_up() {
    let mut bench = Bench::synced();
    bench.put(Input::NetworkGone);
    assert_eq!(bench.receive(&ServerMessage::Update(&[1])), []);
    let until = bench.session.next_tick();
    assert_eq!(bench.put(Input::Closed(1006, None)), []);
    assert_eq!(bench.session.next_tick(), until);
}

#[test]
fn presence_is_gathered_for_a_tenth_of_a_second_and_repeated_every_fifteen() {
    let mut bench = Bench::synced();
    let sent = |effects: Vec<Effect>| effects.len();
    assert_eq!(sent(bench.put(Input::Presence("1".into()))), 1);
    bench.now += Duration::from_millis(40);
    assert_eq!(sent(bench.put(Input::Presence("2".into()))), 0);
    assert_eq!(sent(bench.put(Input::Presence("3".into()))), 0);
    assert_eq!(bench.session.next_tick(), Some(bench.now + Duration::from_millis(60)));
    let state = AwarenessState { client: ClientId::new(CLIENT).unwrap(), clock: 2, json: Some("3") };
    assert_eq!(bench.after(60), sends(&ClientMessage::Awareness(vec![state])));
    assert_eq!(sent(bench.put(Input::Presence("3".into()))), 0, "nothing new");
    assert_eq!(sent(bench.after(14_999)), 0);
    assert_eq!(sent(bench.after(1)), 1);
}

#[test]
fn updates_presence_and_events_are_handed_on() {
    let mut bench = Bench::synced();
    assert_eq!(bench.receive(&ServerMessage::Update(&[1, 2])), [Effect::Apply { update: vec![1, 2], complete: false }]);
    assert_eq!(bench.receive(&ServerMessage::SyncStep2(&[3])), [Effect::Apply { update: vec![3], complete: true }]);
    assert_eq!(bench.receive(&ServerMessage::Event("{}")), [Effect::Event("{}".into())]);
    let client = ClientId::new(9).unwrap();
    let state = AwarenessState { client, clock: 4, json: None };
    assert_eq!(
        bench.receive(&ServerMessage::Awareness(vec![state])),
        [Effect::Presence(vec![PresenceState { client, clock: 4, json: None }])]
    );
}

#[test]
fn a_second_step_one_is_answered_and_counted_as_well() {
    let mut bench = Bench::synced();
    bench.change();
    assert_eq!(bench.receive(&ServerMessage::SyncStep1(&[0])), sends(&ClientMessage::SyncStep2(&[0, 0])));
    bench.receive(&ServerMessage::Saved(2));
    assert_eq!(bench.session.status(), Status::Saving, "the answer is still on its way");
    bench.receive(&ServerMessage::Saved(3));
    assert_eq!(bench.session.status(), Status::Saved);
}

#[test]
fn a_new_connection_on_purpose_is_no_loss() {
    let mut bench = Bench::synced();
    bench.change();
    assert_eq!(bench.put(Input::Reconnect), [Effect::HangUp, Effect::ForgetPresence, Effect::Connect]);
    assert_eq!((bench.session.status(), bench.session.unsaved()), (Status::Connecting, 1));
}
