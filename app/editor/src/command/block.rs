//! What lines are: headings, lists, quotes, plain lines, and their indent.

use std::ops::Range;

use dagsorden_shared::richtext::line::MAX_INDENT;
use dagsorden_shared::richtext::{Block, LineFormat, ListKind};

use crate::state::{EditorState, FieldKind};
use crate::transaction::{Cause, Edits, Group, Transaction};

/// The lines the selection touches. A range that ends at the start of a line does not touch that line.
pub(crate) fn selected_lines(state: &EditorState) -> Range<usize> {
    let Some(selection) = state.selection() else { return 0..0 };
    let first = state.locate(selection.from()).0;
    let (last, inside) = state.locate(selection.to());
    if inside == 0 && last > first { first..last } else { first..last + 1 }
}

/// Sets exactly this format on a line's newline; nothing is written if it has it.
pub(crate) fn set_format(edits: &mut Edits, state: &EditorState, line: usize, format: &LineFormat) {
    let newline = state.body().line_start(line) + state.line(line).len();
    if newline < state.body().len() {
        edits.format(newline, newline + 1, format.change(&state.line(line).attributes));
    } else if *format != LineFormat::PARAGRAPH {
        edits.format_missing_newline(newline, format.attributes());
    }
}

/// Headings of a level, or plain lines if all are that already.
pub fn toggle_heading(state: &EditorState, level: u8) -> Option<Transaction> {
    toggle(state, is_heading(state, level), &Block::Heading(level.clamp(1, 3)))
}

/// List lines of a kind, or plain lines if all are that already. Lists keep their indent.
pub fn toggle_list(state: &EditorState, kind: ListKind) -> Option<Transaction> {
    toggle(state, is_list(state, kind), &Block::ListItem(kind))
}

/// Quotations, or plain lines if all are that already.
pub fn toggle_quote(state: &EditorState) -> Option<Transaction> {
    toggle(state, is_quote(state), &Block::Quote)
}

/// Plain lines without indent.
pub fn make_plain(state: &EditorState) -> Option<Transaction> {
    toggle(state, true, &Block::Paragraph)
}

/// Whether all selected lines are headings of a level.
pub fn is_heading(state: &EditorState, level: u8) -> bool {
    all_lines(state, &|block| *block == Block::Heading(level))
}

/// Whether all selected lines are list lines of a kind.
pub fn is_list(state: &EditorState, kind: ListKind) -> bool {
    all_lines(state, &|block| *block == Block::ListItem(kind))
}

/// Whether all selected lines are quotations.
pub fn is_quote(state: &EditorState) -> bool {
    all_lines(state, &|block| *block == Block::Quote)
}

/// One level in: list lines at most one deeper than the line above.
pub fn indent(state: &EditorState) -> Option<Transaction> {
    reindent(state, |format, above| {
        let limit = match format.block {
            Block::ListItem(_) => above.map_or(0, |above| above + 1),
            _ => MAX_INDENT,
        };
        // A line that is already deeper than the rule (others moved it there) stays where it is.
        (format.indent + 1).min(limit.min(MAX_INDENT)).max(format.indent)
    })
}

/// One level out.
pub fn outdent(state: &EditorState) -> Option<Transaction> {
    reindent(state, |format, _| format.indent.saturating_sub(1))
}

/// Tab on list lines; `None` elsewhere, where the focus leaves.
pub fn indent_list(state: &EditorState) -> Option<Transaction> {
    in_list(state).then(|| indent(state)).flatten()
}

/// Shift+Tab on list lines; `None` elsewhere.
pub fn outdent_list(state: &EditorState) -> Option<Transaction> {
    in_list(state).then(|| outdent(state)).flatten()
}

fn in_list(state: &EditorState) -> bool {
    all_lines(state, &|block| matches!(block, Block::ListItem(_)))
}

fn all_lines(state: &EditorState, matches: &dyn Fn(&Block) -> bool) -> bool {
    let mut lines = selected_lines(state).filter(|index| !state.is_cell(*index)).peekable();
    lines.peek().is_some() && lines.all(|index| matches(&state.line(index).format().block))
}

fn toggle(state: &EditorState, off: bool, block: &Block) -> Option<Transaction> {
    change_lines(state, &|format, _| {
        if off {
            return LineFormat::PARAGRAPH;
        }
        if format.block == *block {
            return format.clone();
        }
        let indent = if matches!(block, Block::ListItem(_)) { format.indent } else { 0 };
        LineFormat { indent, ..LineFormat::of(block.clone()) }
    })
}

fn reindent(state: &EditorState, indent: fn(&LineFormat, Option<u8>) -> u8) -> Option<Transaction> {
    change_lines(state, &|format, above| match format.block {
        Block::Paragraph | Block::ListItem(_) => {
            let indent = indent(format, above);
            // On another level a number would be another one.
            let start = format.start.filter(|_| indent == format.indent);
            LineFormat { indent, start, ..format.clone() }
        }
        _ => format.clone(),
    })
}

/// Gives every selected line but cells the format that `change` makes of its own and of the new indent of the line above.
/// Answers a transaction also when nothing changes: the key has been dealt with.
fn change_lines(state: &EditorState, change: &dyn Fn(&LineFormat, Option<u8>) -> LineFormat) -> Option<Transaction> {
    let selection = state.selection()?;
    let lines = selected_lines(state);
    if state.kind() == FieldKind::Title || lines.clone().all(|index| state.is_cell(index)) {
        return None;
    }
    let mut edits = Edits::default();
    let mut above = lines.start.checked_sub(1).map(|index| state.line(index).format().indent);
    for index in lines {
        if state.is_cell(index) {
            above = Some(0);
            continue;
        }
        let format = change(&state.line(index).format(), above);
        above = Some(format.indent);
        set_format(&mut edits, state, index, &format);
    }
    Some(Transaction {
        delta: edits.into_delta(state),
        selection: Some(selection),
        pending: state.pending().cloned(),
        cause: Cause::Format,
        group: Group::Step,
    })
}
