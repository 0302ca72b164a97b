//! Composition: the browser writes into one line, and nobody else may until it ends.
//!
//! Other people's edits go into the state at once and show in all other lines. What was composed is found by comparing the line with its text at
//! the start, and carried over the edits that came meanwhile.

use std::rc::Rc;
use std::time::Duration;

use dagsorden_editor::command::delete::delete_selection;
use dagsorden_editor::command::insert::replace_typed;
use dagsorden_editor::difference::difference;
use dagsorden_editor::{Cause, EditorState, Group, Selection, Transaction};
use dagsorden_shared::richtext::Delta;
use leptos::prelude::set_timeout;
use web_sys::{Element, Event};

use super::context::EditorContext;
use super::field::EditorField;
use super::lines::text_in_page;
use super::{dom, missing};

/// A composition that rests so long is over: keyboards of touch screens hold one open over every word, Safari forgets to end those of dead keys.
const IDLE: Duration = Duration::from_secs(5);

/// A composition under way.
pub(super) struct Composition {
    line: Element,
    /// Offset of the line in the text as it was at the start.
    start: u32,
    /// Its text then.
    text: String,
    /// What others did since, in order.
    missed: Vec<Delta>,
    /// Room was made for it: that and what is composed are one step of undo.
    opened: bool,
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
    let room = missing::written(&field, "").or_else(|| over_lines(&field.state.borrow()));
    let opened = room.is_some();
    match room {
        Some(room) => _ = context.dispatch(&field, Transaction { group: Group::Opens, ..room }),
        None => field.write_selection(),
    }
    let state = field.state.borrow();
    let Some(caret) = state.selection() else { return };
    let index = state.locate(caret.from()).0;
    let mut lines = field.lines.borrow_mut();
    let Some(view) = lines.views.get(index) else { return };
    let (line, text) = (view.element.clone(), view.text());
    lines.freeze(Some(line.clone()));
    drop(field.host.class_list().remove_1("blank"));
    let start = state.body().line_start(index);
    *field.composition.borrow_mut() = Some(Composition { line, start, text, missed: Vec::new(), opened });
    drop((state, lines));
    end_when_idle(context, &field);
}

/// Deletes a selection over several lines: the browser would merge them, and cannot be stopped.
fn over_lines(state: &EditorState) -> Option<Transaction> {
    let selection = state.selection()?;
    let spans_lines = state.locate(selection.from()).0 != state.locate(selection.to()).0;
    spans_lines.then(|| delete_selection(state, Cause::Type)).flatten()
}

pub(super) fn handle_update(context: &Rc<EditorContext>, event: &Event) {
    if let Some(field) = context.field_at(event.target()) {
        end_when_idle(context, &field);
    }
}

fn end_when_idle(context: &Rc<EditorContext>, field: &Rc<EditorField>) {
    let composed = field.composed.get().wrapping_add(1);
    field.composed.set(composed);
    let (page, composing) = (Rc::downgrade(context), Rc::downgrade(field));
    let end = move || {
        let (Some(context), Some(field)) = (page.upgrade(), composing.upgrade()) else { return };
        // What waits for a format of its own would be taken out of the input method's hands.
        if field.composed.get() == composed && field.state.borrow().pending().is_none() {
            settle(&context, &field);
        }
    };
    set_timeout(end, IDLE);
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
    let found = {
        let lines = field.lines.borrow();
        let shown = lines.index_of(&composition.line).and_then(|index| lines.texts(index));
        shown.map_or_else(|| text_in_page(&composition.line), |(_, found)| found)
    };
    let caret = field.caret_in(&composition.line, &found).filter(|_| !found.contains('\n'));
    let transaction = difference(&composition.text, &found, caret).and_then(|difference| {
        let carry = |offset: u32, stay: bool| composition.missed.iter().fold(offset, |offset, delta| delta.map_offset(offset, stay));
        let from = carry(composition.start + difference.from, difference.from == difference.to);
        let to = carry(composition.start + difference.to, true).max(from);
        replace_typed(&field.state.borrow(), from, to, &difference.inserted)
    });
    let transaction = transaction.map(|transaction| {
        let group = if composition.opened { Group::Joins } else { transaction.group };
        // The caret is where the input method left it, unless the text moved.
        let left = caret.filter(|_| composition.missed.is_empty()).map(|caret| Selection::caret(composition.start + caret));
        Transaction { selection: left.or(transaction.selection), group, ..transaction }
    });
    let index = field.lines.borrow().index_of(&composition.line);
    if index.is_none() {
        // Others deleted the line meanwhile; its ghost goes, the text stays.
        dom::detach(&composition.line);
    }
    match transaction {
        Some(transaction) => _ = context.dispatch(field, transaction),
        // Nobody moved the text: the browser's selection is where the person put it.
        None if composition.missed.is_empty() => field.read_selection(),
        None => {}
    }
    let index = field.lines.borrow().index_of(&composition.line);
    match index {
        Some(index) => field.thaw(index),
        None => field.restore_all(),
    }
}
