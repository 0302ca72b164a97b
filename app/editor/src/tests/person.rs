//! One person at a document of their own: commands run on it, its deltas are followed, steps are undone.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use dagsorden_shared::richtext::{Attributes, Body, Delta, Op, Value};
use yrs::types::Delta as Reported;
use yrs::types::text::YChange;
use yrs::undo::UndoManager;
use yrs::updates::decoder::Decode;
use yrs::{Any, ClientID, Doc, Observable, OffsetKind, Options, Out, ReadTxn, StateVector, Text, TextRef, Transact, Update};

use super::notation::section;
use crate::numbering::settled;
use crate::{EditorState, Group, Transaction};

/// The origin of one's own edits; only they are undone.
const LOCAL: &str = "local";

/// A document, the state that follows it by its deltas alone, and the steps made in it.
pub(crate) struct Person {
    doc: Doc,
    text: TextRef,
    pub(crate) state: EditorState,
    reported: Rc<RefCell<Vec<Delta>>>,
    undo: UndoManager<()>,
}

/// The saved document of a text.
pub(crate) fn saved(notation: &str) -> Vec<u8> {
    let seed = Doc::with_options(Options { client_id: ClientID::new(1), offset_kind: OffsetKind::Utf16, ..Options::default() });
    let text = seed.get_or_insert_text("body");
    write_delta(&text, &mut seed.transact_mut(), &section(notation).body().to_delta());
    let txn = seed.transact();
    txn.encode_state_as_update_v1(&StateVector::default())
}

impl Person {
    /// A person who sees a saved document, with the caret that its notation has.
    pub(crate) fn new(client: u64, notation: &str, saved: &[u8]) -> Self {
        let options =
            Options { client_id: ClientID::new(client), offset_kind: OffsetKind::Utf16, cleanup_formatting: false, ..Options::default() };
        let doc = Doc::with_options(options);
        let text = doc.get_or_insert_text("body");
        doc.transact_mut().apply_update(Update::decode_v1(saved).expect("an update")).expect("applies");
        let reported = Rc::new(RefCell::new(Vec::new()));
        let sink = Rc::clone(&reported);
        text.observe("test", move |txn, event| sink.borrow_mut().push(read_delta(event.delta(txn))));
        let mut undo = UndoManager::new();
        undo.expand_scope(&doc, &text);
        undo.include_origin(LOCAL);
        Self { doc, text, state: section(notation), reported, undo }
    }

    /// Runs a command as the page does. Answers whether it applied.
    pub(crate) fn run(&mut self, command: impl FnOnce(&EditorState) -> Option<Transaction>) -> bool {
        let Some(transaction) = command(&self.state) else { return false };
        let transaction = settled(&self.state, transaction);
        if transaction.group == Group::Step {
            self.undo.reset();
        }
        write_delta(&self.text, &mut self.doc.transact_mut_with(LOCAL), &transaction.delta);
        if transaction.group == Group::Step {
            self.undo.reset();
        }
        let reported: Vec<Delta> = self.reported.borrow_mut().drain(..).collect();
        match reported.as_slice() {
            [] => _ = self.state.apply(&Delta::new(), Some(&transaction)),
            deltas => deltas.iter().for_each(|delta| _ = self.state.apply(delta, Some(&transaction))),
        }
        self.check();
        true
    }

    /// Undoes one's own last step; `false` if there is none.
    pub(crate) fn undo(&mut self) -> bool {
        let undone = self.undo.undo_blocking();
        self.follow();
        undone
    }

    /// Redoes it.
    pub(crate) fn redo(&mut self) -> bool {
        let redone = self.undo.redo_blocking();
        self.follow();
        redone
    }

    /// What follows is a step of its own.
    pub(crate) fn end_step(&mut self) {
        self.undo.reset();
    }

    /// Takes in what others wrote.
    pub(crate) fn receive(&mut self, update: &[u8]) {
        self.doc.transact_mut().apply_update(Update::decode_v1(update).expect("an update")).expect("applies");
        self.follow();
    }

    /// The whole document.
    pub(crate) fn saved(&self) -> Vec<u8> {
        self.doc.transact().encode_state_as_update_v1(&StateVector::default())
    }

    /// What the document holds, read whole.
    pub(crate) fn body(&self) -> Body {
        let chunks = self.text.diff(&self.doc.transact(), YChange::identity);
        let chunks: Vec<(String, Attributes)> = chunks
            .into_iter()
            .filter_map(|chunk| match chunk.insert {
                Out::Any(Any::String(text)) => Some((text.to_string(), read_attributes(&chunk.attributes))),
                _ => None,
            })
            .collect();
        Body::from_inserts(chunks.iter().map(|(text, attributes)| (text.as_str(), attributes.clone())))
    }

    fn follow(&mut self) {
        for delta in self.reported.borrow_mut().drain(..) {
            self.state.apply(&delta, None);
        }
        self.check();
    }

    /// The state that followed the deltas holds what the document holds.
    fn check(&self) {
        assert_eq!(*self.state.body(), self.body());
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

fn read_attributes(set: &Option<Box<yrs::types::Attrs>>) -> Attributes {
    let value = |any: &Any| match any {
        Any::Bool(on) => Value::Bool(*on),
        Any::Number(number) => Value::Number(number.as_f64().unwrap_or(0.0)),
        Any::String(text) => Value::Text(text.to_string()),
        _ => Value::Null,
    };
    set.iter().flat_map(|set| set.iter()).map(|(key, any)| (key.to_string(), value(any))).collect()
}

fn read_delta(reported: &[Reported<Out>]) -> Delta {
    reported.iter().fold(Delta::new(), |delta, op| match op {
        Reported::Inserted(Out::Any(Any::String(text)), set) => delta.insert(text.to_string(), read_attributes(set)),
        Reported::Inserted(..) => delta,
        Reported::Deleted(len) => delta.delete(*len),
        Reported::Retain(len, set) => delta.format(*len, read_attributes(set)),
    })
}
