//! Placing pasted lines.

use dagsorden_shared::richtext::delta::utf16_len;
use dagsorden_shared::richtext::{Attributes, Block, Line, LineFormat, Run, table};

use super::plain::{FirstLine, read_lines};
use crate::command::block::set_format;
use crate::command::delete;
use crate::command::split::next;
use crate::ids::{self, RandomBits};
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
    over(state, range, &|state, caret| {
        let mut lines = read_for(state, state.locate(caret).0, pasted);
        if let [line] = lines.as_mut_slice() {
            line.runs.iter_mut().for_each(|run| run.attributes = marks.attributes());
        }
        place(state, caret, &lines)
    })
}

/// Plain text as lines for the line it is pasted into. A mark of a list that makes no list there is text: `- 500` in a cell, `1. juni` in a heading.
fn read_for(state: &EditorState, index: usize, pasted: &str) -> Vec<Line> {
    if takes_one_line(state, index) {
        let run = Run { text: text::single_line(pasted), attributes: Attributes::new() };
        return vec![Line { runs: vec![run], attributes: Attributes::new() }];
    }
    let current = state.line(index);
    let stands = current.is_empty().then(|| read_lines(pasted, FirstLine::Stands));
    let kept = stands.filter(|lines| {
        let block = current.format().block;
        lines.len() > 1 || block == Block::Paragraph || lines.iter().all(|line| line.format().block == block)
    });
    kept.unwrap_or_else(|| read_lines(pasted, FirstLine::Joins))
}

/// Titles and cells have one line without formats of its own.
fn takes_one_line(state: &EditorState, index: usize) -> bool {
    state.kind() == FieldKind::Title || state.is_cell(index)
}

/// Pastes lines with their formats: foreign ones, or those of an editor of ours. Tables get new ids from `bits`.
pub fn paste_lines(state: &EditorState, lines: &[Line], bits: RandomBits<'_>) -> Option<Transaction> {
    let lines = renewed(lines, bits);
    over(state, state.selection()?, &|state, caret| place(state, caret, &lines))
}

/// Lines whose tables are whole and have ids of their own, also when they are copies of tables here: two tables that share rows would be
/// mixed up. A table of one cell is a line.
fn renewed(lines: &[Line], bits: RandomBits<'_>) -> Vec<Line> {
    let mut renewed = Vec::with_capacity(lines.len());
    let mut index = 0;
    while let Some(line) = lines.get(index) {
        let cells = lines[index..].iter().take_while(|line| line.is_cell()).count();
        if cells < 2 {
            let attributes = if cells == 1 { Attributes::new() } else { line.attributes.clone() };
            renewed.push(Line { runs: line.runs.clone(), attributes });
            index += 1;
            continue;
        }
        let read = table::read(&lines[index..index + cells], index);
        let columns: Vec<String> = read.column_ids.iter().map(|_| ids::column(bits)).collect();
        for row in &read.rows {
            let id = ids::row(bits);
            for (stack, column) in row.iter().zip(&columns) {
                let mut runs: Vec<Run> = Vec::new();
                for line in stack {
                    if !runs.is_empty() {
                        runs.push(Run { text: " ".into(), attributes: Attributes::new() });
                    }
                    runs.extend_from_slice(&lines[*line].runs);
                }
                let block = Block::Cell { row: id.clone(), column: Some(column.clone()) };
                renewed.push(Line { runs, attributes: LineFormat::of(block).attributes() });
            }
        }
        index += cells;
    }
    renewed
}

/// Deletes a range and then places something at the caret, as one step.
fn over(state: &EditorState, range: Selection, next: &dyn Fn(&EditorState, u32) -> Option<Transaction>) -> Option<Transaction> {
    match delete::delete_range(state, range.from(), range.to(), Cause::Paste) {
        Some(deleted) => Some(deleted.then(state, &|between| next(between, between.selection().map_or(range.from(), Selection::from)))),
        None => next(state, text::clamp(state.body(), range.from())),
    }
}

/// One line goes into the current line, which keeps its type (an empty plain one takes the pasted type). Several lines into an empty line become
/// exactly those lines. Else the first joins the current line and the last gets its remainder, whose newline keeps its type. A table never
/// joins a line or another table, and what is a heading or an item of its own stays one before a line's first letter.
fn place(state: &EditorState, caret: u32, lines: &[Line]) -> Option<Transaction> {
    let (first, last) = (lines.first()?, lines.last()?);
    let (index, inside) = state.locate(caret);
    let current = state.line(index);
    let mut edits = Edits::default();
    let mut written = Written { edits: &mut edits, at: caret, units: 0 };
    if takes_one_line(state, index) {
        written.text(&joined(lines), &state.marks_for(caret, caret).attributes());
    } else if lines.len() == 1 {
        written.runs(&first.runs);
        if current.is_empty() && current.format() == LineFormat::PARAGRAPH {
            set_format(written.edits, state, index, &first.format());
        }
    } else {
        let alone = current.is_empty();
        let joins = inside > 0;
        if first.is_cell() && (joins || index > 0 && state.is_cell(index - 1)) {
            written.text("\n", &if joins { current.format().attributes() } else { Attributes::new() });
        }
        let ended = if last.is_cell() { lines } else { &lines[..lines.len() - 1] };
        for (number, line) in ended.iter().enumerate() {
            written.runs(&line.runs);
            let own = line.format();
            let takes_type = number == 0 && (joins && !line.is_cell() || !alone && own == LineFormat::PARAGRAPH);
            let format = if takes_type { current.format() } else { own };
            written.text("\n", &format.attributes());
        }
        if !last.is_cell() {
            written.runs(&last.runs);
        }
        if !alone && joins {
            set_format(written.edits, state, index, &next(&current.format()));
        }
        if alone {
            let format = if last.is_cell() { LineFormat::PARAGRAPH } else { last.format() };
            set_format(written.edits, state, index, &format);
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
}

/// The text of all lines as one, for titles and cells.
fn joined(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        text.push_str(&line.text());
        text.push('\n');
    }
    text::single_line(&text)
}
