//! A text letter by letter, each with its attributes: what parts are cut from and held against.

use std::ops::Range;

use super::Insert;
use crate::richtext::attributes::{Attributes, Value};
use crate::richtext::body::Body;
use crate::richtext::delta::{Delta, Op};

/// A text in UTF-16 units.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Letters {
    units: Vec<u16>,
    /// For each unit the place of its attributes in `sets`.
    which: Vec<u32>,
    sets: Vec<Attributes>,
}

impl Letters {
    /// The text of a body, as it stands in the document.
    pub fn of(body: &Body) -> Self {
        let mut letters = Self::default();
        for op in &body.to_delta().0 {
            if let Op::Insert { text, attributes } = op {
                letters.push(text, attributes);
            }
        }
        letters
    }

    /// A piece of a text.
    pub fn read(inserts: &[Insert]) -> Self {
        let mut letters = Self::default();
        for Insert { insert, attributes } in inserts {
            letters.push(insert, attributes);
        }
        letters
    }

    fn push(&mut self, text: &str, attributes: &Attributes) {
        if self.sets.last() != Some(attributes) {
            self.sets.push(attributes.clone());
        }
        let set = u32::try_from(self.sets.len() - 1).unwrap_or(u32::MAX);
        self.units.extend(text.encode_utf16());
        self.which.resize(self.units.len(), set);
    }

    /// Units of the text.
    pub fn len(&self) -> u32 {
        u32::try_from(self.units.len()).unwrap_or(u32::MAX)
    }

    /// No letter.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// The words of a range; what reaches past the end is left out.
    pub fn words(&self, range: &Range<u32>) -> String {
        String::from_utf16_lossy(self.units(range))
    }

    /// The whole text.
    pub fn text(&self) -> String {
        String::from_utf16_lossy(&self.units)
    }

    pub(super) fn units(&self, range: &Range<u32>) -> &[u16] {
        let end = (range.end as usize).min(self.units.len());
        &self.units[(range.start as usize).min(end)..end]
    }

    pub(super) fn attributes(&self, at: u32) -> &Attributes {
        static NONE: Attributes = Attributes::new();
        let set = self.which.get(at as usize).and_then(|set| self.sets.get(*set as usize));
        set.unwrap_or(&NONE)
    }

    /// A range as pieces with the same attributes.
    pub fn inserts(&self, range: &Range<u32>) -> Vec<Insert> {
        let mut inserts = Vec::new();
        let mut at = range.start.min(self.len());
        let end = range.end.min(self.len());
        while at < end {
            let attributes = self.attributes(at);
            let to = (at..end).find(|next| self.attributes(*next) != attributes).unwrap_or(end);
            inserts.push(Insert { insert: self.words(&(at..to)), attributes: attributes.clone() });
            at = to;
        }
        inserts
    }

    /// The letter that ends right before an offset, and the one that begins there.
    pub(super) fn neighbours(&self, range: &Range<u32>) -> (Option<char>, Option<char>) {
        let before = self.words(&(range.start.saturating_sub(2)..range.start));
        let after = self.words(&(range.end..range.end.saturating_add(2)));
        (before.chars().next_back(), after.chars().next())
    }
}

/// What has to be set and removed to make one set of another.
pub(super) fn change(from: &Attributes, to: &Attributes) -> Attributes {
    let mut change: Attributes =
        to.iter().filter(|(key, value)| from.get(*key) != Some(value)).map(|(k, v)| (k.clone(), v.clone())).collect();
    change.extend(from.keys().filter(|key| !to.contains_key(*key)).map(|key| (key.clone(), Value::Null)));
    change
}

/// A delta that inserts these pieces.
pub(super) fn insert(mut delta: Delta, inserts: Vec<Insert>) -> Delta {
    for Insert { insert, attributes } in inserts {
        delta = delta.insert(insert, attributes);
    }
    delta
}
