//! Inserting text, over the selection or over a range the browser names.

use dagsorden_shared::richtext::Marks;
use dagsorden_shared::richtext::delta::utf16_len;

use super::delete;
use super::split::split_line;
use crate::selection::Selection;
use crate::state::{EditorState, FieldKind};
use crate::text;
use crate::transaction::{Cause, Edits, Group, Transaction};

/// Types text over the selection, with the pending marks or those of the place. Text of several lines is placed like a paste.
pub fn insert_text(state: &EditorState, typed: &str) -> Option<Transaction> {
    let selection = state.selection()?;
    insert_at(state, &Place { from: selection.from(), to: selection.to(), marks: state.typing_marks() }, typed, Cause::Type)
}

/// Puts text in place of a range, as spelling corrections and the read-back of native input ask for. The replacement keeps the range's marks.
pub fn replace_range(state: &EditorState, from: u32, to: u32, typed: &str) -> Option<Transaction> {
    let (from, to) = (text::clamp(state.body(), from), text::clamp(state.body(), to));
    let pending = state.pending().filter(|_| from == to && state.selection() == Some(Selection::caret(from)));
    let marks = pending.cloned().unwrap_or_else(|| state.marks_for(from, to));
    insert_at(state, &Place { from, to, marks }, typed, Cause::Type)
}

/// The same for what the browser wrote by itself, where each line end is an Enter that no key told of.
pub fn replace_typed(state: &EditorState, from: u32, to: u32, typed: &str) -> Option<Transaction> {
    let mut parts = typed.split('\n');
    let first = parts.next().unwrap_or_default();
    let nothing = from == to && first.is_empty() && typed.len() > first.len();
    let mut made = if nothing {
        Transaction::selecting(Selection::caret(text::clamp(state.body(), from)))
    } else {
        replace_range(state, from, to, first)?
    };
    for part in parts {
        made = made.then(state, &split_line);
        if !part.is_empty() {
            made = made.then(state, &|between| insert_text(between, part));
        }
    }
    Some(made)
}

/// Where text goes and with which marks.
pub(crate) struct Place {
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) marks: Marks,
}

pub(crate) fn insert_at(state: &EditorState, place: &Place, typed: &str, cause: Cause) -> Option<Transaction> {
    let one_line = state.kind() == FieldKind::Title || state.is_cell(state.locate(place.from).0);
    let typed = if one_line { text::single_line(typed) } else { text::normalise(typed) };
    if typed.contains('\n') {
        return crate::clipboard::paste::paste_over(state, Selection::new(place.from, place.to), &typed);
    }
    if typed.is_empty() {
        return delete::delete_range(state, place.from, place.to, Cause::DeleteForward);
    }
    let insert = |at: u32, edits: &mut Edits| {
        edits.insert(at, typed.clone(), place.marks.attributes());
        Selection::caret(at + utf16_len(&typed))
    };
    let (first, last) = (state.locate(place.from).0, state.locate(place.to).0);
    // Typing over a selection goes on with the next letter; what the browser puts right elsewhere is undone by itself.
    let over_selection = state.selection().is_some_and(|selection| selection.from() <= place.from && place.to <= selection.to());
    let group = if place.from == place.to || over_selection { Group::Typing } else { Group::Step };
    if first == last && !delete::is_everything(state, place.from, place.to) {
        let mut edits = Edits::default();
        let selection = insert(place.from, &mut edits);
        edits.delete(place.from, place.to);
        return Some(Transaction { delta: edits.into_delta(state), selection: Some(selection), pending: None, cause, group });
    }
    let deleted = delete::delete_range(state, place.from, place.to, cause);
    let insertion = |state: &EditorState| {
        let mut edits = Edits::default();
        let selection = insert(state.selection().map_or(place.from, Selection::from), &mut edits);
        Some(Transaction { delta: edits.into_delta(state), selection: Some(selection), pending: None, cause, group: Group::Typing })
    };
    match deleted {
        Some(deleted) => Some(Transaction { group, ..deleted.then(state, &insertion) }),
        None => insertion(state),
    }
}
