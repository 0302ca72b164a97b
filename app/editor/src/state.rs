//! The state of one field: its text as lines, the selection in it, the format that waits for the next character.
//!
//! Follows the document by deltas alone ([`EditorState::apply`]); no command writes to it.

use dagsorden_shared::richtext::{Body, Change, Delta, Line, Marks};

use crate::selection::Selection;
use crate::text;
use crate::transaction::Transaction;

/// What kind of text the field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// A title: one line without newline and without formats; Enter does nothing here.
    Title,
    /// A section's body: lines, formats, tables.
    Section,
}

/// One field as the editor sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct EditorState {
    body: Body,
    kind: FieldKind,
    selection: Option<Selection>,
    pending: Option<Marks>,
}

impl EditorState {
    /// A field without selection.
    pub fn new(body: Body, kind: FieldKind) -> Self {
        Self { body, kind, selection: None, pending: None }
    }

    /// The text.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The kind of field.
    pub fn kind(&self) -> FieldKind {
        self.kind
    }

    /// The selection; `None` when the caret is elsewhere.
    pub fn selection(&self) -> Option<Selection> {
        self.selection
    }

    /// The marks that wait for the next typed character, from Ctrl+B without a selection.
    pub fn pending(&self) -> Option<&Marks> {
        self.pending.as_ref()
    }

    /// The caret was put somewhere. A pending format is forgotten when it moved.
    pub fn select(&mut self, selection: Option<Selection>) {
        let selection = selection.map(|selection| selection.clamp(&self.body));
        if selection != self.selection {
            self.pending = None;
            self.selection = selection;
        }
    }

    /// Follows the document. `local` is the transaction whose delta this is; without it the change is another writer's (or an undo), and the
    /// selection is mapped so that it keeps its neighbours.
    /// Answers which lines changed, `None` if none did.
    pub fn apply(&mut self, delta: &Delta, local: Option<&Transaction>) -> Option<Change> {
        let change = self.body.apply(delta);
        self.selection = match local {
            Some(transaction) => transaction.selection.or(self.selection),
            None => self.selection.map(|selection| selection.map(delta)),
        }
        .map(|selection| selection.clamp(&self.body));
        if let Some(transaction) = local {
            self.pending.clone_from(&transaction.pending);
        }
        change
    }

    /// The line a caret offset is in, and the offset inside it.
    pub fn locate(&self, offset: u32) -> (usize, u32) {
        self.body.locate(offset)
    }

    /// A line by index.
    pub fn line(&self, index: usize) -> &Line {
        &self.body.lines()[index]
    }

    /// Whether a line is there and is a table cell.
    pub fn is_cell(&self, index: usize) -> bool {
        self.body.lines().get(index).is_some_and(Line::is_cell)
    }

    /// The table around a cell line: its first line and the line after its last one.
    pub fn table_around(&self, index: usize) -> (usize, usize) {
        let first = (0..index).rev().take_while(|line| self.is_cell(*line)).last().unwrap_or(index);
        let end = (index..self.body.lines().len()).find(|line| !self.is_cell(*line)).unwrap_or(self.body.lines().len());
        (first, end)
    }

    /// Marks that text put in place of `from..to` takes on: for a caret those of the character to the left, at a line's start of the one to
    /// the right; for a range those of its first character. A link is never extended at its end.
    pub fn marks_for(&self, from: u32, to: u32) -> Marks {
        if self.kind == FieldKind::Title {
            return Marks::default();
        }
        let (line, inside) = self.locate(from);
        let line = self.line(line);
        let marks = |offset: u32| text::attributes_at(line, offset).map(Marks::read);
        let right = marks(inside);
        let left = inside.checked_sub(1).and_then(marks);
        if from < to
            && let Some(mut first) = right.clone()
        {
            let last = inside + (to - from - 1);
            if marks(last.min(line.len())).and_then(|marks| marks.link) != first.link {
                first.link = None;
            }
            return first;
        }
        match (left, right) {
            (Some(mut left), right) => {
                if right.and_then(|right| right.link) != left.link {
                    left.link = None;
                }
                left
            }
            (None, right) => right.unwrap_or_default(),
        }
    }

    /// Marks of the next typed character: the pending ones, else [`Self::marks_for`] the selection.
    pub fn typing_marks(&self) -> Marks {
        self.pending.clone().unwrap_or_else(|| match self.selection {
            Some(selection) => self.marks_for(selection.from(), selection.to()),
            None => Marks::default(),
        })
    }
}
