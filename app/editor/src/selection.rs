//! A selection in one field. It never leaves its field.

use dagsorden_shared::richtext::{Body, Delta};

use crate::text;

/// Where the selection began and where the caret is; equal for a caret alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Selection {
    /// The end that stays when the selection is extended.
    pub anchor: u32,
    /// The end that moves: the caret.
    pub head: u32,
}

impl Selection {
    /// A caret alone.
    pub fn caret(offset: u32) -> Self {
        Self { anchor: offset, head: offset }
    }

    /// A selection from `anchor` to `head`, in either direction.
    pub fn new(anchor: u32, head: u32) -> Self {
        Self { anchor, head }
    }

    /// The first offset.
    pub fn from(self) -> u32 {
        self.anchor.min(self.head)
    }

    /// The last offset.
    pub fn to(self) -> u32 {
        self.anchor.max(self.head)
    }

    /// Whether nothing is selected.
    pub fn is_caret(self) -> bool {
        self.anchor == self.head
    }

    /// Moved into the text's bounds and out of surrogate pairs.
    #[must_use]
    pub fn clamp(self, body: &Body) -> Self {
        Self { anchor: text::clamp(body, self.anchor), head: text::clamp(body, self.head) }
    }

    /// Where the selection lies after another writer's change. A caret stays with its left neighbour; a range stays tight, so text that
    /// others insert at its edges is not taken in.
    #[must_use]
    pub fn map(self, delta: &Delta) -> Self {
        if self.is_caret() {
            return Self::caret(delta.map_offset(self.head, true));
        }
        let from = delta.map_offset(self.from(), false);
        let to = delta.map_offset(self.to(), true).max(from);
        if self.anchor <= self.head { Self::new(from, to) } else { Self::new(to, from) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dagsorden_shared::richtext::Attributes;

    #[test]
    fn a_range_takes_in_nothing_that_others_insert_at_its_edges() {
        let insert = |at| Delta::new().retain(at).insert("XX", Attributes::new());
        assert_eq!(Selection::new(2, 4).map(&insert(2)), Selection::new(4, 6));
        assert_eq!(Selection::new(4, 2).map(&insert(4)), Selection::new(4, 2));
        assert_eq!(Selection::new(2, 4).map(&insert(3)), Selection::new(2, 6));
        assert_eq!(Selection::new(2, 4).map(&Delta::new().retain(1).delete(5)), Selection::caret(1));
    }

    #[test]
    fn a_caret_stays_with_what_was_written_before_it() {
        let insert = |at| Delta::new().retain(at).insert("XX", Attributes::new());
        assert_eq!(Selection::caret(2).map(&insert(2)), Selection::caret(2));
        assert_eq!(Selection::caret(2).map(&insert(1)), Selection::caret(4));
    }
}
