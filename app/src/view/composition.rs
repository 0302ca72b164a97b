//! The events of an input method: the browser writes into one line, and nobody else may until it ends.
//!
//! Other people's edits go into the state at once and show in all other lines. What was composed is found by comparing the line with its text at
//! the start, and carried over the edits that came meanwhile (`field/composition`, `context/compose`).

use std::rc::Rc;
use std::time::Duration;

use dagsorden_editor::command::delete::delete_selection;
use dagsorden_editor::{Cause, EditorState, Group, Transaction};
use leptos::prelude::set_timeout;
use web_sys::Event;

use super::context::EditorContext;
use super::field::{Composition, EditorField};

/// A composition that rests so long is over: keyboards of touch screens hold one open over every word, Safari forgets to end those of dead keys.
const IDLE: Duration = Duration::from_secs(5);

pub(super) fn handle_start(context: &Rc<EditorContext>, event: &Event) {
    let Some(field) = context.field_at(event.target()) else { return };
    context.settle_composition(&field);
    field.read_selection();
    let room = field.write_missing_cell("").or_else(|| over_lines(&field.state.borrow()));
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
    *field.composition.borrow_mut() = Some(Composition::new(line, start, text, opened));
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
            context.settle_composition(&field);
        }
    };
    set_timeout(end, IDLE);
}

pub(super) fn handle_end(context: &Rc<EditorContext>, event: &Event) {
    if let Some(field) = context.field_at(event.target()) {
        context.settle_composition(&field);
    }
}
