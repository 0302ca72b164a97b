//! Deleting ranges, and Backspace and Delete at the borders of lines.

use dagsorden_shared::richtext::{Block, LineFormat};

use super::block::set_format;
use crate::selection::Selection;
use crate::state::{EditorState, FieldKind};
use crate::text;
use crate::transaction::{Cause, Edits, Group, Transaction};

/// Whether a range is the whole of a section, selected on purpose: a key that takes the last letter of a heading leaves a heading.
pub(crate) fn is_everything(state: &EditorState, from: u32, to: u32) -> bool {
    let selected = state.selection().is_some_and(|selection| selection.from() <= from && to <= selection.to());
    state.kind() == FieldKind::Section && from == 0 && to > 0 && to >= state.body().end() && selected
}

/// Deletes the selection.
pub fn delete_selection(state: &EditorState, cause: Cause) -> Option<Transaction> {
    let selection = state.selection()?;
    delete_range(state, selection.from(), selection.to(), cause)
}

/// Deletes a range. The whole section becomes one plain empty line; a joined line keeps the first line's type unless the range began at
/// its start; cells are emptied, never removed, unless their table lies wholly inside.
pub fn delete_range(state: &EditorState, from: u32, to: u32, cause: Cause) -> Option<Transaction> {
    let (from, to) = (text::clamp(state.body(), from.min(to)), text::clamp(state.body(), from.max(to)));
    if from == to {
        return None;
    }
    let mut edits = Edits::default();
    let mut group = Group::Step;
    if is_everything(state, from, to) {
        edits.delete(0, state.body().end());
        if state.body().is_closed() {
            let last = state.body().lines().len() - 1;
            set_format(&mut edits, state, last, &LineFormat::PARAGRAPH);
        }
    } else if state.locate(from).0 == state.locate(to).0 {
        edits.delete(from, to);
        group = Group::Typing;
    } else {
        delete_lines(&mut edits, state, from, to);
    }
    let delta = edits.into_delta(state);
    let caret = delta.map_offset(from, true);
    Some(Transaction { delta, selection: Some(Selection::caret(caret)), pending: None, cause, group })
}

/// A range over several lines. Cells at either end keep their newlines, so the range is cut at their tables.
fn delete_lines(edits: &mut Edits, state: &EditorState, from: u32, to: u32) {
    let body = state.body();
    let ((first, inside), (last, _)) = (state.locate(from), state.locate(to));
    if state.is_cell(first) {
        let (_, end) = state.table_around(first);
        empty_cells(edits, state, from, to.min(body.line_start(end) - 1));
        if last < end {
            return;
        }
        delete_after_table(edits, state, body.line_start(end), to);
    } else if state.is_cell(last) {
        let (start, _) = state.table_around(last);
        // The first line keeps its newline: it cannot join a cell.
        let line_end = body.line_start(first) + state.line(first).len();
        edits.delete(from, line_end);
        edits.delete(line_end + 1, body.line_start(start));
        empty_cells(edits, state, body.line_start(start), to);
    } else {
        edits.delete(from, to);
        if inside > 0 {
            set_format(edits, state, last, &state.line(first).format());
        }
    }
}

/// The rest of a range that came out of a table; `from` is the start of the line after it.
fn delete_after_table(edits: &mut Edits, state: &EditorState, from: u32, to: u32) {
    let body = state.body();
    let last = state.locate(to).0;
    if state.is_cell(last) {
        // One plain line stays, else the two tables would become one.
        let (start, _) = state.table_around(last);
        edits.delete(from, body.line_start(start) - 1);
        set_format(edits, state, start - 1, &LineFormat::PARAGRAPH);
        empty_cells(edits, state, body.line_start(start), to);
    } else {
        edits.delete(from, to);
    }
}

/// Deletes the text between two offsets and no newline.
fn empty_cells(edits: &mut Edits, state: &EditorState, from: u32, to: u32) {
    let (first, last) = (state.locate(from).0, state.locate(to).0);
    for line in first..=last {
        let start = state.body().line_start(line);
        edits.delete(from.max(start), to.min(start + state.line(line).len()));
    }
}

/// Backspace with a caret at the start of a line; elsewhere `None`: the browser knows what a character is.
pub fn join_backward(state: &EditorState) -> Option<Transaction> {
    let caret = state.selection().filter(|selection| selection.is_caret())?.head;
    let (index, inside) = state.locate(caret);
    if inside > 0 || state.kind() == FieldKind::Title || state.is_cell(index) {
        return None;
    }
    let format = state.line(index).format();
    let mut edits = Edits::default();
    let mut after = caret;
    if format.indent > 0 {
        set_format(&mut edits, state, index, &LineFormat { indent: format.indent - 1, start: None, ..format });
    } else if format.block != Block::Paragraph {
        set_format(&mut edits, state, index, &LineFormat::PARAGRAPH);
    } else {
        let previous = index.checked_sub(1)?;
        if state.is_cell(previous) {
            return Some(Transaction::selecting(Selection::caret(caret - 1)));
        }
        edits.delete(caret - 1, caret);
        after = caret - 1;
        if !state.line(previous).is_empty() {
            set_format(&mut edits, state, index, &state.line(previous).format());
        }
    }
    Some(Transaction {
        delta: edits.into_delta(state),
        selection: Some(Selection::caret(after)),
        pending: None,
        cause: Cause::DeleteBackward,
        group: Group::Step,
    })
}

/// Delete with a caret at the end of a line; elsewhere `None`.
pub fn join_forward(state: &EditorState) -> Option<Transaction> {
    let caret = state.selection().filter(|selection| selection.is_caret())?.head;
    let (index, inside) = state.locate(caret);
    let line = state.line(index);
    let next = index + 1;
    if inside < line.len() || next >= state.body().lines().len() || state.is_cell(index) || state.is_cell(next) {
        return None;
    }
    let mut edits = Edits::default();
    edits.delete(caret, caret + 1);
    if !line.is_empty() {
        set_format(&mut edits, state, next, &line.format());
    }
    Some(Transaction {
        delta: edits.into_delta(state),
        selection: Some(Selection::caret(caret)),
        pending: None,
        cause: Cause::DeleteForward,
        group: Group::Step,
    })
}
