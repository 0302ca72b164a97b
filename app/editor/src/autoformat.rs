//! Typed characters that become a format: `- `, `* `, `– `, `• `, `1. `, `3) `, `a) `, `# ` to `### `, `> ` at the start of a plain line.
//!
//! Runs after the space is in the text, as a step of its own: one undo gives the typed characters back.

use dagsorden_shared::richtext::delta::utf16_len;
use dagsorden_shared::richtext::{Attributes, Block, LineFormat, ListKind};

use crate::command::block::set_format;
use crate::selection::Selection;
use crate::state::{EditorState, FieldKind};
use crate::text;
use crate::transaction::{Cause, Edits, Group, Transaction};

/// Longest text before a caret that means something: a month.
const LONGEST: u32 = 10;

/// The format for what stands before the caret, if the caret is right behind a trigger. Call it after a space was typed.
pub fn autoformat(state: &EditorState) -> Option<Transaction> {
    let caret = state.selection().filter(|selection| selection.is_caret())?.head;
    let (index, inside) = state.locate(caret);
    let line = state.line(index);
    if state.kind() == FieldKind::Title || !(2..=LONGEST).contains(&inside) {
        return None;
    }
    let before: String = text::slice(line, 0, inside).iter().map(|run| run.text.as_str()).collect();
    let mut edits = Edits::default();
    let mut after = caret - inside;
    if line.format() == LineFormat::PARAGRAPH {
        edits.delete(after, caret);
        set_format(&mut edits, state, index, &format(&before, inside == line.len())?);
    } else {
        let day = day(state, index, &before)?;
        edits.insert(after, day.as_str(), Attributes::new());
        set_format(&mut edits, state, index, &LineFormat::PARAGRAPH);
        after = caret + utf16_len(&day);
    }
    Some(Transaction {
        delta: edits.into_delta(state),
        selection: Some(Selection::caret(after)),
        pending: state.pending().cloned(),
        cause: Cause::Autoformat,
        group: Group::Step,
    })
}

/// The format that characters at the start of a line mean; `alone`: nothing stands behind them.
fn format(before: &str, alone: bool) -> Option<LineFormat> {
    let numbered = |indent, start| LineFormat { block: Block::ListItem(ListKind::Ordered), indent, start };
    Some(match before {
        "- " | "* " | "– " | "• " => LineFormat::of(Block::ListItem(ListKind::Bullet)),
        // Letters are the second level of a numbered list.
        "a) " => numbered(1, None),
        "# " => LineFormat::of(Block::Heading(1)),
        "## " => LineFormat::of(Block::Heading(2)),
        "### " => LineFormat::of(Block::Heading(3)),
        "> " => LineFormat::of(Block::Quote),
        other => {
            let digits = other.strip_suffix(". ").or_else(|| other.strip_suffix(") "))?;
            let start = digits.parse().ok().filter(|_| digits.len() < 3 && !digits.starts_with(['0', '+']))?;
            // Before words a larger number is more often one of theirs.
            (alone || start == 1).then(|| numbered(0, Some(start)))?
        }
    })
}

/// The day of a date, where its number has just begun a list: `12. juni ` is text.
fn day(state: &EditorState, index: usize, before: &str) -> Option<String> {
    let format = state.line(index).format();
    let begins = index == 0 || !matches!(state.line(index - 1).format().block, Block::ListItem(_));
    let is_day = begins && format.indent == 0 && format.block == Block::ListItem(ListKind::Ordered);
    before.strip_suffix(' ').filter(|word| is_day && text::is_month(word))?;
    Some(format!("{}. ", format.start.unwrap_or(1)))
}
