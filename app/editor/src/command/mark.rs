//! Inline marks: bold, italic, underline, strike, links, and clearing them.

use dagsorden_shared::richtext::attributes::name;
use dagsorden_shared::richtext::delta::utf16_len;
use dagsorden_shared::richtext::{Attributes, LineFormat, Marks, Run, Value};

use super::Refusal;
use super::block::{selected_lines, set_format};
use crate::autolink::meant;
use crate::selection::Selection;
use crate::state::{EditorState, FieldKind};
use crate::text;
use crate::transaction::{Cause, Edits, Group, Transaction};

/// A mark that is on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Strong.
    Bold,
    /// Emphasis.
    Italic,
    /// Underlined.
    Underline,
    /// Struck through.
    Strike,
}

impl Mark {
    fn key(self) -> &'static str {
        match self {
            Self::Bold => name::BOLD,
            Self::Italic => name::ITALIC,
            Self::Underline => name::UNDERLINE,
            Self::Strike => name::STRIKE,
        }
    }

    fn of(self, marks: &mut Marks) -> &mut bool {
        match self {
            Self::Bold => &mut marks.bold,
            Self::Italic => &mut marks.italic,
            Self::Underline => &mut marks.underline,
            Self::Strike => &mut marks.strike,
        }
    }
}

/// Switches a mark: off if all selected text has it, else on. A caret alone switches the pending format.
pub fn toggle(mark: Mark) -> impl Fn(&EditorState) -> Option<Transaction> {
    move |state| {
        let selection = state.selection()?;
        if state.kind() == FieldKind::Title {
            return None;
        }
        if selection.is_caret() {
            let mut marks = state.typing_marks();
            let on = mark.of(&mut marks);
            *on = !*on;
            return Some(Transaction { pending: Some(marks), cause: Cause::Format, ..Transaction::selecting(selection) });
        }
        let value = if is_active(state, mark) { Value::Null } else { Value::Bool(true) };
        format_range(state, selection, &Attributes::from([(mark.key().to_owned(), value)]))
    }
}

/// Whether the caret's next character, or all selected text, has the mark.
pub fn is_active(state: &EditorState, mark: Mark) -> bool {
    match state.selection() {
        None => false,
        Some(selection) if selection.is_caret() => *mark.of(&mut state.typing_marks()),
        Some(selection) => {
            let runs = runs_in(state, selection);
            !runs.is_empty() && runs.iter().all(|(_, run)| *mark.of(&mut run.marks()))
        }
    }
}

/// The link the caret is in, or the one all selected text has.
pub fn link_around(state: &EditorState) -> Option<String> {
    let selection = state.selection()?;
    if selection.is_caret() {
        let (from, to) = link_extent(state, selection.head)?;
        return state.marks_for(from, to).link;
    }
    let runs = runs_in(state, selection);
    let link = runs.first()?.1.marks().link?;
    runs.iter().all(|(_, run)| run.marks().link.as_ref() == Some(&link)).then_some(link)
}

/// Makes the selected text a link. With a caret in a link that link gets the new address; elsewhere the address itself is inserted.
///
/// # Errors
/// [`Refusal::Link`] for what is no address, or one of a scheme that is not allowed.
pub fn link(state: &EditorState, written: &str) -> Result<Option<Transaction>, Refusal> {
    let (written, address) = (written.trim(), meant(written).ok_or(Refusal::Link)?);
    let Some(selection) = state.selection().filter(|_| state.kind() == FieldKind::Section) else { return Ok(None) };
    let attributes = Attributes::from([(name::LINK.to_owned(), Value::from(address.as_str()))]);
    if !selection.is_caret() {
        return Ok(format_range(state, selection, &attributes));
    }
    if let Some((from, to)) = link_extent(state, selection.head) {
        let transaction = format_range(state, Selection::new(from, to), &attributes);
        return Ok(transaction.map(|transaction| Transaction { selection: Some(selection), ..transaction }));
    }
    let mut edits = Edits::default();
    let marks = Marks { link: Some(address), ..state.typing_marks() };
    edits.insert(selection.head, written, marks.attributes());
    Ok(Some(Transaction {
        delta: edits.into_delta(state),
        selection: Some(Selection::caret(selection.head + utf16_len(written))),
        pending: None,
        cause: Cause::Format,
        group: Group::Step,
    }))
}

/// Takes the link away from the selected text, or the whole link the caret is in.
pub fn unlink(state: &EditorState) -> Option<Transaction> {
    let selection = state.selection()?;
    let range = if selection.is_caret() {
        let (from, to) = link_extent(state, selection.head)?;
        Selection::new(from, to)
    } else {
        selection
    };
    let transaction = format_range(state, range, &Attributes::from([(name::LINK.to_owned(), Value::Null)]))?;
    Some(Transaction { selection: Some(selection), ..transaction })
}

/// Takes marks from the selected text and makes its lines plain; with a caret the next character is plain.
pub fn clear(state: &EditorState) -> Option<Transaction> {
    let selection = state.selection()?;
    if state.kind() == FieldKind::Title {
        return None;
    }
    if selection.is_caret() {
        return Some(Transaction { pending: Some(Marks::default()), cause: Cause::Format, ..Transaction::selecting(selection) });
    }
    let mut edits = Edits::default();
    for (at, run) in runs_in(state, selection) {
        let inline = run.attributes.keys().filter(|key| name::INLINE.contains(&key.as_str()));
        edits.format(at, at + utf16_len(&run.text), inline.map(|key| (key.clone(), Value::Null)).collect());
    }
    for index in selected_lines(state).filter(|index| !state.is_cell(*index)) {
        set_format(&mut edits, state, index, &LineFormat::PARAGRAPH);
    }
    finish(edits, state, selection)
}

/// Sets attributes on the text of a range, newlines left out, and only where they change something.
pub(crate) fn format_range(state: &EditorState, range: Selection, attributes: &Attributes) -> Option<Transaction> {
    let mut edits = Edits::default();
    for (at, run) in runs_in(state, range) {
        let mut change = attributes.clone();
        change.retain(|key, value| match run.attributes.get(key) {
            Some(known) => known != value,
            None => *value != Value::Null,
        });
        edits.format(at, at + utf16_len(&run.text), change);
    }
    finish(edits, state, range)
}

/// Whether some of a range is a link.
pub(crate) fn is_linked(state: &EditorState, range: Selection) -> bool {
    runs_in(state, range).iter().any(|(_, run)| run.marks().link.is_some())
}

fn finish(edits: Edits, state: &EditorState, selection: Selection) -> Option<Transaction> {
    let delta = edits.into_delta(state);
    if delta.is_empty() {
        return None;
    }
    Some(Transaction { delta, selection: Some(selection), pending: None, cause: Cause::Format, group: Group::Step })
}

/// The selected parts of runs, with their text offsets.
fn runs_in(state: &EditorState, range: Selection) -> Vec<(u32, Run)> {
    let ((first, start), (last, end)) = (state.locate(range.from()), state.locate(range.to()));
    let mut runs = Vec::new();
    for index in first..=last {
        let line = state.line(index);
        let from = if index == first { start } else { 0 };
        let to = if index == last { end } else { line.len() };
        let mut at = state.body().line_start(index) + from;
        for run in text::slice(line, from, to) {
            let len = utf16_len(&run.text);
            runs.push((at, run));
            at += len;
        }
    }
    runs
}

/// The whole link that touches a caret, over all its runs.
fn link_extent(state: &EditorState, caret: u32) -> Option<(u32, u32)> {
    let (index, inside) = state.locate(caret);
    let line = state.line(index);
    let link_at = |offset: u32| text::attributes_at(line, offset).and_then(|set| Marks::read(set).link);
    let link = inside.checked_sub(1).and_then(link_at).or_else(|| link_at(inside))?;
    let start = state.body().line_start(index);
    let mut extent: Option<(u32, u32)> = None;
    let mut at = 0;
    for run in &line.runs {
        let end = at + utf16_len(&run.text);
        if run.marks().link.as_ref() == Some(&link) {
            extent = match extent {
                Some((from, to)) if to == at => Some((from, end)),
                Some((from, to)) if from <= inside && inside <= to => return Some((start + from, start + to)),
                _ => Some((at, end)),
            };
        }
        at = end;
    }
    extent.map(|(from, to)| (start + from, start + to))
}
