//! Typed characters that become a format: `- `, `* `, `– `, `• `, `1. `, `1) `, `a) `, `# ` to `### `, `> ` at the start of a plain line.
//!
//! Runs after the space is in the text, as a step of its own: one undo gives the typed characters back.

use dagsorden_shared::richtext::{Block, LineFormat, ListKind};

use crate::command::block::set_format;
use crate::selection::Selection;
use crate::state::{EditorState, FieldKind};
use crate::text;
use crate::transaction::{Cause, Edits, Group, Transaction};

/// The format for what stands before the caret, if the caret is right behind a trigger. Call it after a space was typed.
pub fn autoformat(state: &EditorState) -> Option<Transaction> {
    let caret = state.selection().filter(|selection| selection.is_caret())?.head;
    let (index, inside) = state.locate(caret);
    let line = state.line(index);
    if state.kind() == FieldKind::Title || !(2..=4).contains(&inside) || line.format() != LineFormat::PARAGRAPH {
        return None;
    }
    let before: String = text::slice(line, 0, inside).iter().map(|run| run.text.as_str()).collect();
    let (block, indent) = match before.as_str() {
        "- " | "* " | "– " | "• " => (Block::ListItem(ListKind::Bullet), 0),
        "1. " | "1) " => (Block::ListItem(ListKind::Ordered), 0),
        // Letters are the second level of a numbered list.
        "a) " => (Block::ListItem(ListKind::Ordered), 1),
        "# " => (Block::Heading(1), 0),
        "## " => (Block::Heading(2), 0),
        "### " => (Block::Heading(3), 0),
        "> " => (Block::Quote, 0),
        _ => return None,
    };
    let mut edits = Edits::default();
    edits.delete(caret - inside, caret);
    set_format(&mut edits, state, index, &LineFormat { block, indent });
    Some(Transaction {
        delta: edits.into_delta(state),
        selection: Some(Selection::caret(caret - inside)),
        pending: state.pending().cloned(),
        cause: Cause::Autoformat,
        group: Group::Step,
    })
}
