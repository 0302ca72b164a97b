//! Placing pasted lines.

use dagsorden_shared::richtext::delta::utf16_len;
use dagsorden_shared::richtext::{Attributes, Block, Line, LineFormat, Marks, Run};

use super::plain::{FirstLine, read_lines};
use crate::command::block::set_format;
use crate::command::delete;
use crate::selection::Selection;
use crate::state::{EditorState, FieldKind};
use crate::text;
use crate::transaction::{Cause, Edits, Group, Transaction};

/// Pastes plain text over the selection.
pub fn paste_text(state: &EditorState, pasted: &str) -> Option<Transaction> {
    paste_over(state, state.selection()?, pasted)
}

/// Pastes plain text over a range. One line takes on the marks of the place.
pub(crate) fn paste_over(state: &EditorState, range: Selection, pasted: &str) -> Option<Transaction> {
    if pasted.is_empty() {
        return None;
    }
    let marks = if state.selection() == Some(range) { state.typing_marks() } else { state.marks_for(range.from(), range.to()) };
    over(state, range, |state, caret| {
        let stands = state.line(state.locate(caret).0).is_empty();
        let mut lines = read_lines(pasted, if stands { FirstLine::Stands } else { FirstLine::Joins });
        if let [line] = lines.as_mut_slice() {
            line.runs.iter_mut().for_each(|run| run.attributes = marks.attributes());
        }
        place(state, caret, &lines)
    })
}

/// Pastes lines copied from an editor of ours, formats included.
pub fn paste_lines(state: &EditorState, lines: &[Line]) -> Option<Transaction> {
    let lines: Vec<Line> = lines.iter().map(acceptable).collect();
    over(state, state.selection()?, |state, caret| place(state, caret, &lines))
}

/// Only the formats we know, text that may enter the document, and no cells: pasting tables comes with the table commands.
fn acceptable(line: &Line) -> Line {
    let runs = line.runs.iter().map(|run| Run { text: text::single_line(&run.text), attributes: run.marks().attributes() });
    let format = line.format();
    let format = if matches!(format.block, Block::Cell { .. }) { LineFormat::PARAGRAPH } else { format };
    Line { runs: runs.filter(|run| !run.text.is_empty()).collect(), attributes: format.attributes() }
}

/// Deletes a range and then places something at the caret, as one step.
fn over(state: &EditorState, range: Selection, next: impl Fn(&EditorState, u32) -> Option<Transaction>) -> Option<Transaction> {
    match delete::delete_range(state, range.from(), range.to(), Cause::Paste) {
        Some(deleted) => Some(deleted.then(state, |between| next(between, between.selection().map_or(range.from(), Selection::from)))),
        None => next(state, text::clamp(state.body(), range.from())),
    }
}

/// One line goes into the current line, which keeps its type (an empty plain one takes the pasted type). Several lines into an empty line become
/// exactly those lines. Else the first joins the current line and the last gets its remainder, whose newline keeps its type.
fn place(state: &EditorState, caret: u32, lines: &[Line]) -> Option<Transaction> {
    let (first, last) = (lines.first()?, lines.last()?);
    let (index, inside) = state.locate(caret);
    let current = state.line(index);
    let mut edits = Edits::default();
    let mut written = Written { edits: &mut edits, at: caret, units: 0 };
    if state.kind() == FieldKind::Title || state.is_cell(index) {
        written.joined(lines, state.kind());
    } else if lines.len() == 1 {
        written.runs(&first.runs);
        if current.is_empty() && current.format() == LineFormat::PARAGRAPH {
            set_format(written.edits, state, index, &first.format());
        }
    } else {
        let alone = current.is_empty();
        for (number, line) in lines[..lines.len() - 1].iter().enumerate() {
            written.runs(&line.runs);
            let format = if number == 0 && !alone && inside > 0 { current.format() } else { line.format() };
            written.text("\n", &format.attributes());
        }
        written.runs(&last.runs);
        if alone {
            set_format(written.edits, state, index, &last.format());
        }
    }
    let after = caret + written.units;
    Some(Transaction {
        delta: edits.into_delta(state),
        selection: Some(Selection::caret(after)),
        pending: None,
        cause: Cause::Paste,
        group: Group::Step,
    })
}

struct Written<'a> {
    edits: &'a mut Edits,
    at: u32,
    units: u32,
}

impl Written<'_> {
    fn text(&mut self, text: &str, attributes: &Attributes) {
        self.edits.insert(self.at, text, attributes.clone());
        self.units += utf16_len(text);
    }

    fn runs(&mut self, runs: &[Run]) {
        runs.iter().for_each(|run| self.text(&run.text, &run.attributes));
    }

    /// All lines as one, for titles and cells.
    fn joined(&mut self, lines: &[Line], kind: FieldKind) {
        for (number, line) in lines.iter().filter(|line| !line.is_empty()).enumerate() {
            if number > 0 {
                self.text(" ", &Attributes::new());
            }
            for run in &line.runs {
                let marks = if kind == FieldKind::Title { Marks::default() } else { run.marks() };
                self.text(&text::single_line(&run.text), &marks.attributes());
            }
        }
    }
}
