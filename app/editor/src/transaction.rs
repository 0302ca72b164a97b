//! What a command answers: a delta of the field, the selection after it, and why.

use dagsorden_shared::richtext::attributes::{compose as compose_attributes, name};
use dagsorden_shared::richtext::delta::{byte_at, utf16_len};
use dagsorden_shared::richtext::{Attributes, Delta, Marks, Op, Value};

use crate::selection::Selection;
use crate::state::{EditorState, FieldKind};

/// Why a transaction happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// Text was typed, composed or replaced by the browser.
    Type,
    /// Backspace, also by word.
    DeleteBackward,
    /// Delete, also by word.
    DeleteForward,
    /// A line was split.
    Split,
    /// Marks or line formats.
    Format,
    /// The editor turned typed characters into a format.
    Autoformat,
    /// Text came from the clipboard.
    Paste,
    /// Text went to the clipboard.
    Cut,
    /// Text was dragged.
    Drop,
    /// Only the caret moved.
    Move,
}

/// How undo groups a transaction with its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// May be undone together with the typing around it.
    Typing,
    /// A step of its own.
    Step,
    /// The first of several transactions that are one step.
    Opens,
    /// Goes on with the step of the transaction before, however long ago that was.
    Joins,
}

/// A change asked for. It is real only once the document reports its delta.
#[derive(Debug, Clone, PartialEq)]
pub struct Transaction {
    /// The change of this field; empty if only caret or pending format change.
    pub delta: Delta,
    /// Offsets in the text after `delta`; `None` leaves the selection as it is.
    pub selection: Option<Selection>,
    /// Marks that wait for the next character; `None` for none.
    pub pending: Option<Marks>,
    /// Why.
    pub cause: Cause,
    /// How undo groups it.
    pub group: Group,
}

impl Transaction {
    /// Only moves the selection.
    pub fn selecting(selection: Selection) -> Self {
        Self { delta: Delta::new(), selection: Some(selection), pending: None, cause: Cause::Move, group: Group::Step }
    }

    /// This transaction and then what `next` makes of the state after it, as one.
    #[must_use]
    pub fn then(self, state: &EditorState, next: &dyn Fn(&EditorState) -> Option<Self>) -> Self {
        let mut between = state.clone();
        between.apply(&self.delta, Some(&self));
        match next(&between) {
            None => self,
            Some(next) => Self {
                delta: compose(&self.delta, &next.delta),
                selection: next.selection.or(self.selection),
                pending: next.pending,
                cause: next.cause,
                group: Group::Step,
            },
        }
    }
}

/// Collects changes by their place in the old text, in any order, and turns them into one delta.
#[derive(Debug, Default)]
pub(crate) struct Edits {
    edits: Vec<(u32, Edit)>,
    /// Attributes of the final newline, should it be missing.
    final_newline: Attributes,
}

#[derive(Debug)]
enum Edit {
    Insert(String, Attributes),
    Format(u32, Attributes),
    Delete(u32),
}

impl Edits {
    pub(crate) fn insert(&mut self, at: u32, text: impl Into<String>, attributes: Attributes) {
        self.put(at, Edit::Insert(text.into(), attributes));
    }

    /// Ends a line here, with these attributes.
    pub(crate) fn newline(&mut self, at: u32, attributes: Attributes) {
        self.insert(at, "\n", attributes);
    }

    pub(crate) fn delete(&mut self, from: u32, to: u32) {
        if from < to {
            self.put(from, Edit::Delete(to - from));
        }
    }

    /// Nothing is written for an empty set of attributes.
    pub(crate) fn format(&mut self, from: u32, to: u32, attributes: Attributes) {
        if from < to && !attributes.is_empty() {
            self.put(from, Edit::Format(to - from, attributes));
        }
    }

    /// The format of a last line whose newline is missing in the document.
    pub(crate) fn format_missing_newline(&mut self, at: u32, attributes: Attributes) {
        self.final_newline = attributes;
        self.insert(at, "", Attributes::new());
    }

    /// Puts an edit behind those at or before its place.
    fn put(&mut self, at: u32, edit: Edit) {
        self.edits.insert(self.edits.partition_point(|(other, _)| *other <= at), (at, edit));
    }

    /// The delta; with the newline a foreign client left out, or the plain line it left out after a table, when the last line is edited anyway.
    pub(crate) fn into_delta(mut self, state: &EditorState) -> Delta {
        if state.kind() == FieldKind::Section && !self.edits.is_empty() {
            let body = state.body();
            let last = body.written_lines().len().max(1) - 1;
            let touched = self.edits.iter().any(|(at, edit)| *at + edit.covers() >= body.line_start(last));
            let missing = if state.is_cell(last) {
                // A cell that becomes a plain line is the line below the table itself, unless another writer writes in that one.
                let below = last + 1 < body.lines().len() && self.edits.iter().any(|(at, _)| *at >= body.len());
                below || !self.edits.iter().any(|(_, edit)| edit.ends_table())
            } else {
                !body.is_closed()
            };
            if touched && missing {
                // Last among its equals: text typed at the end comes before it, a line asked for after it comes after.
                let newline = Edit::Insert("\n".into(), std::mem::take(&mut self.final_newline));
                self.put(body.len(), newline);
            }
        }
        let mut delta = Delta::new();
        let mut position = 0;
        for (at, edit) in self.edits {
            let at = at.min(state.body().len()).max(position);
            delta = delta.retain(at - position);
            position = at + edit.covers();
            delta = match edit {
                Edit::Insert(text, attributes) => delta.insert(text, attributes),
                Edit::Format(len, attributes) => delta.format(len, attributes),
                Edit::Delete(len) => delta.delete(len),
            };
        }
        delta
    }
}

impl Edit {
    fn covers(&self) -> u32 {
        match self {
            Self::Insert(..) => 0,
            Self::Format(len, _) | Self::Delete(len) => *len,
        }
    }

    fn ends_table(&self) -> bool {
        matches!(self, Self::Format(_, attributes) if attributes.get(name::TABLE) == Some(&Value::Null))
    }
}

/// The delta that does `first` and then `second`.
pub fn compose(first: &Delta, second: &Delta) -> Delta {
    let mut result = Delta::new();
    let (mut a, mut b) = (Pieces::new(first), Pieces::new(second));
    loop {
        match (a.peek(), b.peek()) {
            (_, Some(Op::Insert { .. })) => {
                if let Some(Op::Insert { text, attributes }) = b.take(u32::MAX) {
                    result = result.insert(text, attributes);
                }
            }
            (Some(Op::Delete(_)), _) => {
                if let Some(Op::Delete(len)) = a.take(u32::MAX) {
                    result = result.delete(len);
                }
            }
            (None, None) => return result.chop(),
            (left, right) => {
                let len = left.map_or(u32::MAX, length).min(right.map_or(u32::MAX, length));
                let left = a.take(len).unwrap_or(Op::Retain { len, attributes: Attributes::new() });
                let right = b.take(len).unwrap_or(Op::Retain { len, attributes: Attributes::new() });
                result = match (left, right) {
                    (Op::Retain { attributes: mut set, .. }, Op::Retain { attributes, .. }) => {
                        // Removals are kept: the old text may carry what both mean to remove.
                        set.extend(attributes);
                        result.format(len, set)
                    }
                    (Op::Insert { text, attributes: mut set }, Op::Retain { attributes, .. }) => {
                        compose_attributes(&mut set, &attributes);
                        set.retain(|_, value| *value != Value::Null);
                        result.insert(text, set)
                    }
                    (Op::Retain { .. }, Op::Delete(len)) => result.delete(len),
                    _ => result,
                };
            }
        }
    }
}

fn length(op: &Op) -> u32 {
    match op {
        Op::Retain { len, .. } | Op::Delete(len) => *len,
        Op::Insert { text, .. } => utf16_len(text),
    }
}

/// Operations taken in pieces.
struct Pieces<'a> {
    ops: &'a [Op],
    rest: Option<Op>,
}

impl<'a> Pieces<'a> {
    fn new(delta: &'a Delta) -> Self {
        Self { ops: &delta.0, rest: None }
    }

    fn peek(&self) -> Option<&Op> {
        self.rest.as_ref().or_else(|| self.ops.first())
    }

    fn take(&mut self, len: u32) -> Option<Op> {
        let op = match self.rest.take() {
            Some(op) => op,
            None => {
                let (first, rest) = self.ops.split_first()?;
                self.ops = rest;
                first.clone()
            }
        };
        let whole = length(&op);
        if whole <= len {
            return Some(op);
        }
        let (taken, rest) = match op {
            Op::Retain { attributes, .. } => {
                (Op::Retain { len, attributes: attributes.clone() }, Op::Retain { len: whole - len, attributes })
            }
            Op::Delete(_) => (Op::Delete(len), Op::Delete(whole - len)),
            Op::Insert { text, attributes } => {
                let (head, tail) = text.split_at(byte_at(&text, len));
                (Op::Insert { text: head.to_owned(), attributes: attributes.clone() }, Op::Insert { text: tail.to_owned(), attributes })
            }
        };
        self.rest = Some(rest);
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use dagsorden_shared::richtext::Body;

    fn set(key: &str, value: Value) -> Attributes {
        Attributes::from([(key.to_owned(), value)])
    }

    #[test]
    fn composing_equals_doing_one_after_the_other() {
        arbtest::arbtest(|u| {
            let mut body = Body::from_inserts([("start of\nit\n", Attributes::new())]);
            let random = |body: &Body, u: &mut arbtest::arbitrary::Unstructured<'_>| -> arbtest::arbitrary::Result<Delta> {
                let mut delta = Delta::new();
                let mut left = body.len();
                while left > 0 && u.ratio(3, 4)? {
                    let len = u.int_in_range(1..=left.min(4))?;
                    let mark = if u.arbitrary()? { Value::Bool(true) } else { Value::Null };
                    delta = match u.int_in_range(0..=3)? {
                        0 => delta.retain(len),
                        1 => delta.format(len, set("bold", mark)),
                        2 => delta.delete(len),
                        _ => {
                            delta = delta.insert(*u.choose(&["xyz", "\n", "æ\nb"])?, set("bold", Value::Bool(true)));
                            continue;
                        }
                    };
                    left -= len;
                }
                Ok(delta)
            };
            let first = random(&body, u)?;
            let mut one_by_one = body.clone();
            one_by_one.apply(&first);
            let second = random(&one_by_one, u)?;
            one_by_one.apply(&second);
            let composed = compose(&first, &second);
            body.apply(&composed);
            assert_eq!(body, one_by_one, "{first:?} {second:?} {composed:?}");
            Ok(())
        });
    }
}
