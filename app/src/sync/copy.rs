//! A text of the person's own: a copy of a field that is edited like it, and that nobody else sees. It is neither sent nor kept.

use std::cell::RefCell;
use std::rc::Rc;

use dagsorden_shared::agenda::{Agenda, Change, Edit, EditError, Field, NewSection, Origin};
use dagsorden_shared::id::{ClientId, ItemId, SectionId};
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::richtext::Body;

use super::document::{Heard, write_item};
use super::replica::milliseconds_since_1970;
use super::undo::{History, Turn, UndoGroup, UndoMeta, UndoSelection};
use crate::random;

type Listener = Rc<dyn Fn(&[Change])>;

/// A copy of one field in a document of its own.
pub struct OwnCopy {
    agenda: Agenda,
    field: Field,
    heard: Heard,
    history: RefCell<History>,
    listener: RefCell<Option<Listener>>,
}

impl OwnCopy {
    /// A copy of a text. `None` if it cannot be made, which does not happen.
    pub fn of(original: &Field, body: &Body) -> Option<Rc<Self>> {
        #[expect(clippy::cast_possible_truncation, reason = "any 64 of the 128 random bits do")]
        let agenda = Agenda::new(ClientId::from_random(random::bits() as u64));
        // Names of its own: the page has a field of the original's already.
        let (item, section) = (ItemId::from_random(random::bits()), SectionId::from_random(random::bits()));
        let new = NewSection { id: section.clone(), kind: SectionKind::Other, heading: None };
        let none = Body::default();
        let (field, title, text) = match original {
            Field::Title(_) => (Field::Title(item.clone()), body, &none),
            Field::Section(..) => (Field::Section(item.clone(), section), &none, body),
        };
        write_item(&agenda, &item, title, &[(new, text)]).then_some(())?;
        let heard = Heard::of(&agenda)?;
        let history = RefCell::new(History::new(&agenda, Turn::default(), milliseconds_since_1970));
        Some(Rc::new(Self { agenda, field, heard, history, listener: RefCell::default() }))
    }

    /// The copy's name.
    pub fn field(&self) -> &Field {
        &self.field
    }

    /// The document around it, to be read.
    pub fn agenda(&self) -> &Agenda {
        &self.agenda
    }

    /// Calls `listener` after every change.
    pub fn on_change(&self, listener: Listener) {
        self.listener.replace(Some(listener));
    }

    /// Makes edits as one step of writing.
    ///
    /// # Errors
    /// The first edit that cannot be made.
    pub fn edit(&self, edits: &[Edit], group: UndoGroup) -> Result<(), EditError> {
        self.history.borrow_mut().before_edit(edits, group);
        let result = self.agenda.apply(edits, Origin::Local);
        self.history.borrow_mut().after_edit(group);
        self.tell();
        result
    }

    /// Undoes the latest step. `None` if there was none.
    pub fn undo(&self) -> Option<UndoMeta> {
        let undone = self.history.borrow_mut().undo();
        self.tell();
        undone
    }

    /// Redoes what was undone last. `None` if there was nothing.
    pub fn redo(&self) -> Option<UndoMeta> {
        let redone = self.history.borrow_mut().redo();
        self.tell();
        redone
    }

    /// Whether there is a step to undo.
    pub fn can_undo(&self) -> bool {
        self.history.borrow().can_undo()
    }

    /// The next edit begins a new step of undo.
    pub fn end_undo_group(&self) {
        self.history.borrow_mut().end_group();
    }

    /// Where the selection is.
    pub fn set_selection(&self, selection: Option<UndoSelection>) {
        self.history.borrow().set_selection(selection);
    }

    fn tell(&self) {
        drop(self.heard.take_updates());
        let changes = self.heard.take_changes();
        let listener = self.listener.borrow().clone();
        if let Some(listener) = listener.filter(|_| !changes.is_empty()) {
            listener(&changes);
        }
    }
}
