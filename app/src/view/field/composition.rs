//! What a field knows of a composition under way, and the transaction that comes of it.

use dagsorden_editor::command::insert::replace_typed;
use dagsorden_editor::difference::difference;
use dagsorden_editor::{EditorState, Group, Selection, Transaction};
use dagsorden_shared::richtext::Delta;
use web_sys::Element;

/// A composition under way.
pub(in crate::view) struct Composition {
    pub(in crate::view) line: Element,
    /// Offset of the line in the text as it was at the start.
    start: u32,
    /// Its text then.
    text: String,
    /// What others did since, in order.
    missed: Vec<Delta>,
    /// Room was made for it: that and what is composed are one step of undo.
    opened: bool,
}

impl Composition {
    /// A composition that starts in this line.
    pub(in crate::view) fn new(line: Element, start: u32, text: String, opened: bool) -> Self {
        Self { line, start, text, missed: Vec::new(), opened }
    }

    /// Another person changed the field.
    pub(super) fn missed(&mut self, delta: &Delta) {
        self.missed.push(delta.clone());
    }

    /// Whether nobody else has changed the field since.
    pub(in crate::view) fn missed_nothing(&self) -> bool {
        self.missed.is_empty()
    }

    /// What was composed, where `found` stands in the line now: carried over what others did meanwhile.
    pub(in crate::view) fn composed(&self, state: &EditorState, found: &str, caret: Option<u32>) -> Option<Transaction> {
        let difference = difference(&self.text, found, caret)?;
        let carry = |offset: u32, stay: bool| self.missed.iter().fold(offset, |offset, delta| delta.map_offset(offset, stay));
        let from = carry(self.start + difference.from, difference.from == difference.to);
        let to = carry(self.start + difference.to, true).max(from);
        let transaction = replace_typed(state, from, to, &difference.inserted)?;
        let group = if self.opened { Group::Joins } else { transaction.group };
        // The caret is where the input method left it, unless the text moved.
        let left = caret.filter(|_| self.missed.is_empty()).map(|caret| Selection::caret(self.start + caret));
        Some(Transaction { selection: left.or(transaction.selection), group, ..transaction })
    }
}
