//! Two people in one field: commands made on the same state, run on two yrs documents and merged, in both orders of client ids.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use dagsorden_shared::richtext::{Attributes, Delta, Op, Value};
use yrs::types::Delta as Reported;
use yrs::updates::decoder::Decode;
use yrs::{Any, ClientID, Doc, GetString, Observable, OffsetKind, Options, Out, ReadTxn, StateVector, Text, TextRef, Transact, Update};

use super::notation::{named, print, section};
use crate::clipboard::paste::paste_text;
use crate::command::delete::{delete_range, delete_selection, join_backward};
use crate::command::insert::insert_text;
use crate::command::split::split_line;
use crate::{Cause, EditorState, Selection, Transaction};

/// One person: a document and the state that follows it by its deltas alone.
struct Person {
    doc: Doc,
    text: TextRef,
    state: EditorState,
    reported: Rc<RefCell<Vec<Delta>>>,
}

impl Person {
    fn new(client: u64, notation: &str, seed: &[u8]) -> Self {
        let options =
            Options { client_id: ClientID::new(client), offset_kind: OffsetKind::Utf16, cleanup_formatting: false, ..Options::default() };
        let doc = Doc::with_options(options);
        let text = doc.get_or_insert_text("body");
        doc.transact_mut().apply_update(Update::decode_v1(seed).expect("an update")).expect("applies");
        let reported = Rc::new(RefCell::new(Vec::new()));
        let sink = Rc::clone(&reported);
        text.observe("test", move |txn, event| sink.borrow_mut().push(read_delta(event.delta(txn))));
        Self { doc, text, state: section(notation), reported }
    }

    fn run(&mut self, command: impl FnOnce(&EditorState) -> Option<Transaction>) {
        let Some(transaction) = command(&self.state) else { return };
        write_delta(&self.text, &mut self.doc.transact_mut(), &transaction.delta);
        let reported: Vec<Delta> = self.reported.borrow_mut().drain(..).collect();
        match reported.as_slice() {
            [] => _ = self.state.apply(&Delta::new(), Some(&transaction)),
            deltas => deltas.iter().for_each(|delta| _ = self.state.apply(delta, Some(&transaction))),
        }
        self.check();
    }

    fn receive(&mut self, update: &[u8]) {
        self.doc.transact_mut().apply_update(Update::decode_v1(update).expect("an update")).expect("applies");
        for delta in self.reported.borrow_mut().drain(..) {
            self.state.apply(&delta, None);
        }
        self.check();
    }

    fn saved(&self) -> Vec<u8> {
        self.doc.transact().encode_state_as_update_v1(&StateVector::default())
    }

    /// The state that followed the deltas holds what the document holds.
    fn check(&self) {
        assert_eq!(self.state.body().text(), self.text.get_string(&self.doc.transact()));
    }
}

fn write_delta(text: &TextRef, txn: &mut yrs::TransactionMut<'_>, delta: &Delta) {
    let mut at = 0;
    for op in &delta.0 {
        match op {
            Op::Retain { len, attributes } => {
                if !attributes.is_empty() {
                    text.format(txn, at, *len, write_attributes(attributes));
                }
                at += len;
            }
            Op::Insert { text: inserted, attributes } => {
                text.insert_with_attributes(txn, at, inserted, write_attributes(attributes));
                at += u32::try_from(inserted.encode_utf16().count()).expect("short");
            }
            Op::Delete(len) => text.remove_range(txn, at, *len),
        }
    }
}

fn write_attributes(attributes: &Attributes) -> yrs::types::Attrs {
    let any = |value: &Value| match value {
        Value::Null => Any::Null,
        Value::Bool(on) => Any::Bool(*on),
        Value::Number(number) => Any::from(*number),
        Value::Text(text) => Any::String(Arc::from(text.as_str())),
    };
    attributes.iter().map(|(key, value)| (Arc::from(key.as_str()), any(value))).collect()
}

fn read_delta(reported: &[Reported<Out>]) -> Delta {
    let attributes = |set: &Option<Box<yrs::types::Attrs>>| -> Attributes {
        let value = |any: &Any| match any {
            Any::Bool(on) => Value::Bool(*on),
            Any::Number(number) => Value::Number(number.as_f64().unwrap_or(0.0)),
            Any::String(text) => Value::Text(text.to_string()),
            _ => Value::Null,
        };
        set.iter().flat_map(|set| set.iter()).map(|(key, any)| (key.to_string(), value(any))).collect()
    };
    reported.iter().fold(Delta::new(), |delta, op| match op {
        Reported::Inserted(Out::Any(Any::String(text)), set) => delta.insert(text.to_string(), attributes(set)),
        Reported::Inserted(..) => delta,
        Reported::Deleted(len) => delta.delete(*len),
        Reported::Retain(len, set) => delta.format(*len, attributes(set)),
    })
}

fn pair(a: &str, b: &str, a_first: bool) -> (Person, Person) {
    let seed = Doc::with_options(Options { client_id: ClientID::new(50), offset_kind: OffsetKind::Utf16, ..Options::default() });
    let text = seed.get_or_insert_text("body");
    write_delta(&text, &mut seed.transact_mut(), &section(a).body().to_delta());
    let seed = seed.transact().encode_state_as_update_v1(&StateVector::default());
    let (first, second) = if a_first { (10, 20) } else { (20, 10) };
    (Person::new(first, a, &seed), Person::new(second, b, &seed))
}

fn merge(a: &mut Person, b: &mut Person) {
    let (from_a, from_b) = (a.saved(), b.saved());
    a.receive(&from_b);
    b.receive(&from_a);
    a.state.select(None);
    b.state.select(None);
    assert_eq!(print(&a.state), print(&b.state), "both copies are equal");
}

/// A start with somebody's caret, and what they do there.
type Doing<'a> = (&'a str, &'a dyn Fn(&EditorState) -> Option<Transaction>);

/// Both persons edit the same text at once; the merged text, in both orders of ids.
#[track_caller]
fn check_merge(a: Doing<'_>, b: Doing<'_>, merged: &str) {
    for a_first in [true, false] {
        let (mut one, mut two) = pair(a.0, b.0, a_first);
        one.run(a.1);
        two.run(b.1);
        merge(&mut one, &mut two);
        assert_eq!(print(&one.state), merged, "lower id first: {a_first}");
    }
}

fn typed(text: &str) -> impl Fn(&EditorState) -> Option<Transaction> {
    move |state| insert_text(state, text)
}

#[test]
fn a_split_keeps_what_others_write_and_format_below_it() {
    check_merge(("hello|world⏎", &split_line), ("helloworld|⏎", &typed("!!!")), "hello⏎ world!!!⏎");
    check_merge(("hello| world⏎", &split_line), ("hello [world]⏎", &named("bold")), "hello⏎  *world*⏎");
    check_merge(("hello|world⏎", &split_line), ("hello|world⏎", &split_line), "hello⏎ ⏎ world⏎");
}

#[test]
fn enter_at_a_lines_end_and_a_format_of_that_line_meet_on_the_text() {
    for a_first in [true, false] {
        let (mut a, mut b) = pair("ab|⏎ x⏎", "|ab⏎ x⏎", a_first);
        a.run(split_line);
        b.run(named("header-2"));
        merge(&mut a, &mut b);
        assert!(print(&a.state).starts_with("ab⏎h2 ⏎"), "{}", print(&a.state));
    }
}

#[test]
fn joining_lines_keeps_what_others_write_in_them() {
    check_merge(("ab⏎ |cd⏎", &join_backward), ("ab⏎ cd|⏎", &typed("X")), "abcdX⏎");
    let delete_first_line = |state: &EditorState| delete_range(state, 0, 3, Cause::DeleteBackward);
    check_merge(("|ab⏎ cd⏎", &delete_first_line), ("a|b⏎ cd⏎", &typed("X")), "Xcd⏎");
}

#[test]
fn indenting_two_items_at_once_indents_both() {
    check_merge(("a⏎b |b⏎b c⏎b", &named("indent")), ("a⏎b b⏎b |c⏎b", &named("indent")), "a⏎b b⏎b1 c⏎b1");
}

#[test]
fn the_caret_keeps_its_neighbours_when_others_write_above_and_left_of_it() {
    let (mut a, mut b) = pair("x⏎ ab|cd⏎", "|x⏎ abcd⏎", true);
    b.run(|state| paste_text(state, "one\ntwo "));
    b.state.select(Some(Selection::caret(10)));
    b.run(typed("Y"));
    let update = b.saved();
    a.receive(&update);
    assert_eq!(print(&a.state), "one⏎ two x⏎ Yab|cd⏎");
}

/// The editor's own law of convergence: whatever two persons do, both states end equal, and equal to their documents.
#[test]
fn two_persons_always_end_with_the_same_text() {
    arbtest::arbtest(|u| {
        let start = "Hej 😀⏎h1 et to⏎b tre⏎b1 A⏎r1c1 B⏎r1c2 fire⏎q";
        let (mut a, mut b) = pair(start, start, u.arbitrary()?);
        for _ in 0..u.int_in_range(1..=4)? {
            for person in [&mut a, &mut b] {
                for _ in 0..u.int_in_range(0..=3)? {
                    let end = person.state.body().end();
                    let (anchor, head) = (u.int_in_range(0..=end)?, u.int_in_range(0..=end)?);
                    person.state.select(Some(if u.arbitrary()? { Selection::caret(head) } else { Selection { anchor, head } }));
                    match u.int_in_range(0..=6)? {
                        0 => person.run(split_line),
                        1 => person.run(join_backward),
                        2 => person.run(|state| delete_selection(state, Cause::DeleteBackward)),
                        3 => person.run(named("list-bullet")),
                        4 => person.run(named("bold")),
                        5 => person.run(|state| paste_text(state, "- en\n- to\n")),
                        _ => person.run(typed("æ😀")),
                    }
                }
            }
            merge(&mut a, &mut b);
        }
        Ok(())
    });
}
