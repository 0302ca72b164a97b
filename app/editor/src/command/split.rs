//! Enter.

use dagsorden_shared::richtext::{Block, LineFormat};

use super::{block, delete, table};
use crate::selection::Selection;
use crate::state::{EditorState, FieldKind};
use crate::transaction::{Cause, Edits, Group, Transaction};

/// Splits the line at the caret, after deleting what is selected.
///
/// At the end of a line the new newline goes after the line's own one, which thereby stays with its text: what others do to
/// the line at the same time then hits the text and not the empty line.
pub fn split_line(state: &EditorState) -> Option<Transaction> {
    if state.kind() == FieldKind::Title {
        return None;
    }
    let selection = state.selection()?;
    if !selection.is_caret() {
        let deleted = delete::delete_range(state, selection.from(), selection.to(), Cause::Split)?;
        return Some(deleted.then(state, &split_line));
    }
    let caret = selection.head;
    let (index, inside) = state.locate(caret);
    let line = state.line(index);
    let format = line.format();
    if matches!(format.block, Block::Cell { .. }) {
        return table::leave_downwards(state);
    }
    let mut edits = Edits::default();
    let after = if line.is_empty() {
        match format.block {
            Block::ListItem(_) if format.indent > 0 => return block::outdent(state),
            Block::ListItem(_) | Block::Quote | Block::Heading(_) => return block::make_plain(state),
            _ => {
                edits.newline(caret + 1, format.attributes());
                caret + 1
            }
        }
    } else if inside == line.len() {
        edits.newline(caret + 1, next(&continued(&format)).attributes());
        caret + 1
    } else {
        let attributes = if inside == 0 { continued(&format).attributes() } else { format.attributes() };
        edits.newline(caret, attributes);
        block::set_format(&mut edits, state, index, &next(&format));
        caret + 1
    };
    // The caret has moved: a pending format is forgotten, as it is by any other move.
    Some(Transaction {
        delta: edits.into_delta(state),
        selection: Some(Selection::caret(after)),
        pending: None,
        cause: Cause::Split,
        group: Group::Step,
    })
}

/// The format of the line below one of this format: its number follows.
pub(crate) fn next(format: &LineFormat) -> LineFormat {
    LineFormat { start: None, ..format.clone() }
}

/// The format of an empty line beside one of this format: a heading is not continued.
fn continued(format: &LineFormat) -> LineFormat {
    if matches!(format.block, Block::Heading(_)) { LineFormat::PARAGRAPH } else { format.clone() }
}
