//! Deltas: what changed in a linear text, as Quill and yrs report it and as commands ask for it.

use serde::{Deserialize, Serialize};

use super::attributes::Attributes;

/// Length of a text in UTF-16 code units.
pub fn utf16_len(text: &str) -> u32 {
    // Counted by bytes, as it is asked many times for each key: every character has one first byte; from 0xF0 on it is a pair of units.
    let units = text.bytes().map(|byte| usize::from(byte & 0xC0 != 0x80) + usize::from(byte >= 0xF0)).sum::<usize>();
    u32::try_from(units).unwrap_or(u32::MAX)
}

/// The byte position of a UTF-16 offset in `text`; an offset inside a surrogate pair or past the end gives the boundary before it.
pub fn byte_at(text: &str, offset: u32) -> usize {
    let mut units = 0;
    for (position, character) in text.char_indices() {
        units += character.len_utf16();
        if units > offset as usize {
            return position;
        }
    }
    text.len()
}

/// One operation of a delta.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    /// Keeps `len` units, changing their attributes where any are named.
    Retain {
        /// UTF-16 units.
        len: u32,
        /// `Null` removes; an empty set keeps all.
        attributes: Attributes,
    },
    /// Inserts text with exactly these attributes.
    Insert {
        /// May hold newlines.
        text: String,
        /// The full set; `Null`s are ignored.
        attributes: Attributes,
    },
    /// Removes this many UTF-16 units.
    Delete(u32),
}

/// A change of a whole text: operations from its start; what follows the last one is kept.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Delta(pub Vec<Op>);

impl Delta {
    /// The delta that changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps `len` units.
    #[must_use]
    pub fn retain(self, len: u32) -> Self {
        self.format(len, Attributes::new())
    }

    /// Keeps `len` units and changes their attributes.
    #[must_use]
    pub fn format(mut self, len: u32, attributes: Attributes) -> Self {
        if len > 0 {
            match self.0.last_mut() {
                Some(Op::Retain { len: last, attributes: same }) if *same == attributes => *last += len,
                _ => self.0.push(Op::Retain { len, attributes }),
            }
        }
        self
    }

    /// Inserts text.
    #[must_use]
    pub fn insert(mut self, text: impl Into<String>, attributes: Attributes) -> Self {
        let text = text.into();
        if !text.is_empty() {
            match self.0.last_mut() {
                Some(Op::Insert { text: last, attributes: same }) if *same == attributes => last.push_str(&text),
                _ => self.0.push(Op::Insert { text, attributes }),
            }
        }
        self
    }

    /// Removes `len` units.
    #[must_use]
    pub fn delete(mut self, len: u32) -> Self {
        if len > 0 {
            match self.0.last_mut() {
                Some(Op::Delete(last)) => *last += len,
                _ => self.0.push(Op::Delete(len)),
            }
        }
        self
    }

    /// Without a trailing plain retain, which says nothing.
    #[must_use]
    pub fn chop(mut self) -> Self {
        while matches!(self.0.last(), Some(Op::Retain { attributes, .. }) if attributes.is_empty()) {
            self.0.pop();
        }
        self
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|op| matches!(op, Op::Retain { attributes, .. } if attributes.is_empty()))
    }

    /// From where to where it wrote, in the new text. `None` if it writes nothing.
    pub fn written(&self) -> Option<(u32, u32)> {
        let (mut at, mut written) = (0, None::<(u32, u32)>);
        for op in &self.0 {
            let from = at;
            at += match op {
                Op::Retain { len, .. } => *len,
                Op::Insert { text, .. } => utf16_len(text),
                Op::Delete(_) => 0,
            };
            if !matches!(op, Op::Retain { attributes, .. } if attributes.is_empty()) {
                written = Some((written.map_or(from, |(first, _)| first), at));
            }
        }
        written
    }

    /// Units of the old text that the operations cover: the text must be at least this long.
    pub fn base_len(&self) -> u32 {
        self.0
            .iter()
            .map(|op| match op {
                Op::Retain { len, .. } | Op::Delete(len) => *len,
                Op::Insert { .. } => 0,
            })
            .sum()
    }

    /// Where `offset` of the old text lies in the new one. `stay` keeps an offset before text inserted exactly there.
    pub fn map_offset(&self, offset: u32, stay: bool) -> u32 {
        let (mut old, mut new) = (0u32, 0u32);
        for op in &self.0 {
            match op {
                Op::Retain { len, .. } => {
                    if old + len > offset || (stay && old + len == offset) {
                        return new + (offset - old);
                    }
                    old += len;
                    new += len;
                }
                Op::Insert { text, .. } => {
                    if old == offset && stay {
                        return new;
                    }
                    new += utf16_len(text);
                }
                Op::Delete(len) => {
                    if old + len > offset {
                        // What follows the deleted range may be an insertion at the same place: stay before it.
                        return new;
                    }
                    old += len;
                }
            }
        }
        new + (offset - old)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_utf16_units() {
        assert_eq!(utf16_len("a😀æ"), 4);
        assert_eq!(byte_at("a😀æ", 1), 1);
        assert_eq!(byte_at("a😀æ", 2), 1, "inside the pair: before it");
        assert_eq!(byte_at("a😀æ", 3), 5);
        assert_eq!(byte_at("ab", 9), 2);
    }

    #[test]
    fn what_is_written_reaches_from_the_first_to_the_last_operation() {
        let delta = Delta::new().retain(2).insert("xyz", Attributes::new()).retain(4).delete(2).retain(3);
        assert_eq!(delta.written(), Some((2, 9)));
        assert_eq!(Delta::new().retain(2).written(), None);
    }

    #[test]
    fn offsets_follow_the_text_around_them() {
        let delta = Delta::new().retain(2).insert("xyz", Attributes::new()).delete(2);
        assert_eq!(delta.map_offset(1, false), 1);
        assert_eq!(delta.map_offset(2, true), 2);
        assert_eq!(delta.map_offset(2, false), 5);
        assert_eq!(delta.map_offset(3, false), 5);
        assert_eq!(delta.map_offset(6, false), 7);
    }
}
