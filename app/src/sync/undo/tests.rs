//! Undo over a real document, with a clock that the test moves.

use super::*;
use dagsorden_shared::id::{ClientId, ItemId};
use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::delta::Delta;
use yrs::updates::decoder::Decode;
use yrs::{ReadTxn, StateVector, Transact, Update};

struct Bench {
    agenda: Agenda,
    history: History,
    clock: Arc<AtomicU64>,
    title: Field,
}

impl Bench {
    fn new() -> Self {
        Self::in_turn(&Turn::default())
    }

    /// One of several documents of a page.
    fn in_turn(turn: &Turn) -> Self {
        let agenda = Agenda::new(ClientId::new(3).unwrap());
        let item: ItemId = "a".parse().unwrap();
        agenda.apply(&[Edit::CreateItem { item: item.clone(), after: None, sections: Vec::new() }], Origin::Seed).unwrap();
        let clock = Arc::new(AtomicU64::new(1_000_000));
        let reading = clock.clone();
        let history = History::new(&agenda, turn.clone(), move || reading.load(Ordering::Relaxed));
        Self { agenda, history, clock, title: Field::Title(item) }
    }

    fn type_text(&mut self, at: u32, text: &str) {
        self.edit(Delta::new().retain(at).insert(text, Attributes::new()), UndoGroup::Typing);
    }

    fn edit(&mut self, delta: Delta, group: UndoGroup) {
        let edits = [Edit::Text { field: self.title.clone(), delta }];
        self.history.before_edit(&edits, group);
        self.agenda.apply(&edits, Origin::Local).unwrap();
        self.history.after_edit(group);
    }

    fn wait(&self, millis: u64) {
        self.clock.fetch_add(millis, Ordering::Relaxed);
    }

    fn select(&self, offset: u32) {
        self.history.set_selection(Some(self.selection(offset)));
    }

    fn selection(&self, offset: u32) -> UndoSelection {
        let sticky = self.agenda.sticky(&self.title, offset, true).unwrap_or_default();
        UndoSelection { field: self.title.clone(), anchor: sticky.clone(), head: sticky }
    }

    fn text(&self) -> String {
        self.agenda.body(&self.title).unwrap().text().trim_end().to_owned()
    }
}

#[test]
fn typing_without_a_pause_is_one_step_and_a_pause_ends_it() {
    let mut bench = Bench::new();
    bench.type_text(0, "a");
    bench.wait(100);
    bench.type_text(1, "b");
    bench.wait(600);
    bench.type_text(2, "c");
    assert!(bench.history.undo().is_some());
    assert_eq!(bench.text(), "ab");
    assert!(bench.history.undo().is_some());
    assert_eq!(bench.text(), "");
    assert!(bench.history.undo().is_none());
    assert!(bench.history.redo().is_some());
    assert!(bench.history.redo().is_some());
    assert_eq!(bench.text(), "abc");
    assert_eq!(bench.history.last_undone(), None);
}

#[test]
fn a_step_stands_alone_and_so_does_what_follows_it() {
    let mut bench = Bench::new();
    bench.type_text(0, "a");
    bench.edit(Delta::new().retain(1).insert("PASTE", Attributes::new()), UndoGroup::Step);
    bench.type_text(6, "b");
    bench.history.undo();
    assert_eq!(bench.text(), "aPASTE");
    bench.history.undo();
    assert_eq!(bench.text(), "a");
}

#[test]
fn long_typing_is_cut_into_steps() {
    let mut bench = Bench::new();
    for at in 0..40 {
        bench.type_text(at, "x");
    }
    bench.history.undo();
    assert_eq!(bench.text().len(), 30);
}

#[test]
fn undo_gives_the_selection_before_the_step_and_redo_the_one_after() {
    let mut bench = Bench::new();
    bench.type_text(0, "abc");
    bench.select(1);
    bench.history.end_group();
    let (before, after) = (bench.selection(1), bench.selection(2));
    bench.edit(Delta::new().retain(1).delete(1), UndoGroup::Step);
    bench.history.set_selection(Some(after.clone()));
    bench.select(0);
    for _ in 0..2 {
        assert_eq!(bench.history.undo(), Some(UndoMeta { selection: Some(before.clone()) }));
        assert_eq!(bench.history.redo(), Some(UndoMeta { selection: Some(after.clone()) }));
    }
}

#[test]
fn others_edits_are_never_undone() {
    let mut bench = Bench::new();
    bench.type_text(0, "mine");
    let other = Agenda::new(ClientId::new(4).unwrap());
    let state = bench.agenda.doc().transact().encode_state_as_update_v1(&StateVector::default());
    other.doc().transact_mut().apply_update(Update::decode_v1(&state).unwrap()).unwrap();
    let edit = Edit::Text { field: bench.title.clone(), delta: Delta::new().retain(2).insert("HERS", Attributes::new()) };
    other.apply(&[edit], Origin::Local).unwrap();
    let state = other.doc().transact().encode_state_as_update_v1(&StateVector::default());
    let update = Update::decode_v1(&state).unwrap();
    bench.agenda.doc().transact_mut_with(Origin::Remote.as_str()).apply_update(update).unwrap();
    assert_eq!(bench.text(), "miHERSne");
    bench.history.undo();
    assert_eq!(bench.text(), "HERS");
}

#[test]
fn a_clock_that_is_set_back_only_joins_steps() {
    let mut bench = Bench::new();
    bench.type_text(0, "a");
    bench.clock.store(5, Ordering::Relaxed);
    bench.type_text(1, "b");
    bench.history.undo();
    assert_eq!(bench.text(), "");
}

#[test]
fn parts_of_one_step_are_undone_together_however_long_they_took() {
    let mut bench = Bench::new();
    bench.type_text(0, "abc");
    bench.edit(Delta::new().retain(1).delete(1), UndoGroup::Opens);
    bench.wait(60_000);
    bench.edit(Delta::new().retain(1).insert("X", Attributes::new()), UndoGroup::Joins);
    assert_eq!(bench.text(), "aXc");
    assert!(bench.history.undo().is_some());
    assert_eq!(bench.text(), "abc", "the typing before is another step");
    assert!(bench.history.redo().is_some());
    assert_eq!(bench.text(), "aXc");
    bench.wait(60_000);
    bench.type_text(3, "d");
    assert!(bench.history.undo().is_some());
    assert_eq!(bench.text(), "aXc", "time goes on afterwards");
    // Something else came in between.
    bench.edit(Delta::new().delete(1), UndoGroup::Opens);
    bench.history.end_group();
    bench.edit(Delta::new().insert("Y", Attributes::new()), UndoGroup::Joins);
    assert!(bench.history.undo().is_some());
    assert_eq!(bench.text(), "Xc");
}

#[test]
fn the_steps_of_two_documents_stand_in_the_order_in_which_they_were_made() {
    let turn = Turn::default();
    let (mut one, mut other) = (Bench::in_turn(&turn), Bench::in_turn(&turn));
    for (bench, text) in [(&mut one, "a"), (&mut other, "b")] {
        turn.next();
        bench.edit(Delta::new().insert(text, Attributes::new()), UndoGroup::Step);
    }
    turn.next();
    // One step in both.
    one.edit(Delta::new().insert("x", Attributes::new()), UndoGroup::Step);
    other.edit(Delta::new().insert("x", Attributes::new()), UndoGroup::Step);
    assert_eq!(one.history.last_done(), other.history.last_done());
    turn.next();
    one.history.undo();
    other.history.undo();
    assert!(one.history.last_done() < other.history.last_done(), "what was made last is undone first");
    assert_eq!(one.history.last_undone(), other.history.last_undone());
    turn.next();
    other.history.undo();
    assert!(one.history.last_undone() < other.history.last_undone(), "what was undone last is redone first");
    turn.next();
    other.history.redo();
    assert_eq!((one.text().as_str(), other.text().as_str()), ("a", "b"));
    assert!(other.history.last_done() > one.history.last_done());
    other.history.give_way();
    assert!(other.history.last_undone().is_none() && other.history.last_done().is_some());
}

#[test]
fn typing_goes_on_as_a_new_step_after_another_document_was_written_in() {
    let mut bench = Bench::new();
    bench.type_text(0, "a");
    bench.history.give_way();
    bench.type_text(1, "b");
    bench.history.undo();
    assert_eq!(bench.text(), "a");
}

#[test]
fn steps_of_an_item_that_left_the_document_write_nothing() {
    let mut bench = Bench::new();
    bench.type_text(0, "abc");
    bench.edit(Delta::new().retain(1).delete(1), UndoGroup::Step);
    let Field::Title(item) = bench.title.clone() else { return };
    // As the server does it.
    let server = Agenda::new(ClientId::new(9).unwrap());
    let exchange = |from: &Agenda, to: &Agenda| {
        let known = to.doc().transact().state_vector();
        let update = Update::decode_v1(&from.doc().transact().encode_diff_v1(&known)).unwrap();
        to.doc().transact_mut_with(Origin::Remote.as_str()).apply_update(update).unwrap();
    };
    exchange(&bench.agenda, &server);
    server.leave_place(&item).unwrap();
    exchange(&server, &bench.agenda);
    let before = bench.agenda.doc().transact().state_vector();
    assert_eq!(bench.history.undo(), None);
    assert_eq!(bench.agenda.doc().transact().state_vector(), before, "the server would refuse it");
}
