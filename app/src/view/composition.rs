//! Composition: the browser writes into one line, and nobody else may until it ends.
//!
//! Other people's edits go into the state at once and show in all other lines. What was composed is found by comparing the line with its text at
//! the start, and carried over the edits that came meanwhile.

use std::rc::Rc;

use dagsorden_editor::command::delete::delete_selection;
use dagsorden_editor::command::insert::replace_range;
use dagsorden_editor::difference::difference;
use dagsorden_editor::{Cause, Transaction};
use dagsorden_shared::richtext::Delta;
use web_sys::{Element, Event};

use super::context::EditorContext;
use super::dom;
use super::field::EditorField;

/// A composition under way.
pub(super) struct Composition {
    line: Element,
    /// Offset of the line in the text as it was at the start.
    start: u32,
    /// Its text then.
    text: String,
    /// What others did since, in order.
    missed: Vec<Delta>,
}

impl Composition {
    /// Somebody else changed the field.
    pub(super) fn missed(&mut self, delta: &Delta) {
        self.missed.push(delta.clone());
    }
}

pub(super) fn handle_start(context: &Rc<EditorContext>, event: &Event) {
    let Some(field) = context.field_at(event.target()) else { return };
    settle(context, &field);
    field.read_selection();
    field.write_selection();
    let Some(selection) = field.state.borrow().selection() else { return };
    let spans_lines = {
        let state = field.state.borrow();
        state.locate(selection.from()).0 != state.locate(selection.to()).0
    };
    if spans_lines {
        // The browser would merge blocks, and cannot be stopped.
        context.run_in(&field, |state| delete_selection(state, Cause::Type));
    }
    let state = field.state.borrow();
    let Some(caret) = state.selection() else { return };
    let index = state.locate(caret.from()).0;
    let mut lines = field.lines.borrow_mut();
    let Some(view) = lines.views.get(index) else { return };
    let (line, text) = (view.element.clone(), view.text());
    lines.freeze(Some(line.clone()));
    drop(field.host.class_list().remove_1("blank"));
    *field.composition.borrow_mut() = Some(Composition { line, start: state.body().line_start(index), text, missed: Vec::new() });
}

pub(super) fn handle_end(context: &Rc<EditorContext>, event: &Event) {
    if let Some(field) = context.field_at(event.target()) {
        settle(context, &field);
    }
}

/// Ends a composition, if there is one: what was composed goes into the document.
pub(super) fn settle(context: &EditorContext, field: &Rc<EditorField>) {
    let Some(composition) = field.composition.borrow_mut().take() else { return };
    field.lines.borrow_mut().freeze(None);
    let found = composition.line.text_content().unwrap_or_default();
    let caret = field.caret_in(&composition.line, &found);
    let transaction = difference(&composition.text, &found, caret).and_then(|difference| {
        let carry = |offset: u32, stay: bool| composition.missed.iter().fold(offset, |offset, delta| delta.map_offset(offset, stay));
        let from = carry(composition.start + difference.from, difference.from == difference.to);
        let to = carry(composition.start + difference.to, true).max(from);
        replace_range(&field.state.borrow(), from, to, &difference.inserted)
    });
    let transaction = transaction.map(|transaction| match caret {
        // The caret is where the input method left it, unless the text moved.
        Some(caret) if composition.missed.is_empty() => {
            Transaction { selection: Some(dagsorden_editor::Selection::caret(composition.start + caret)), ..transaction }
        }
        _ => transaction,
    });
    let index = field.lines.borrow().index_of(&composition.line);
    if index.is_none() {
        // Others deleted the line meanwhile; its ghost goes, the text stays.
        dom::detach(&composition.line);
    }
    if let Some(transaction) = transaction {
        context.dispatch(field, transaction);
    }
    let index = field.lines.borrow().index_of(&composition.line);
    match index {
        Some(index) => field.restore(index),
        None => field.restore_all(),
    }
}
