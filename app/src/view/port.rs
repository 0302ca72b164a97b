//! What the editor needs of the document.

use dagsorden_editor::Group;
use dagsorden_shared::agenda::authors::Run;
use dagsorden_shared::agenda::{Edit, EditError, Field};
use dagsorden_shared::id::ItemId;
use dagsorden_shared::richtext::{Body, Delta};
use leptos::prelude::Signal;

use crate::sync::{Documents, Peer, UndoGroup, UndoMeta, UndoSelection};

/// The document as the editor sees it. Implementations report every change to `EditorContext::changed`, an [`edit`](Self::edit) and an undo
/// before they return: commands that follow each other in one event must see each other's text.
pub trait DocumentPort {
    /// A field's text; `None` if it is gone.
    fn body(&self, field: &Field) -> Option<Body>;

    /// Makes a change of one field.
    ///
    /// # Errors
    /// Nothing was written; the text stays as it is.
    fn edit(&self, field: &Field, delta: Delta, group: Group) -> Result<(), EditError>;

    /// Makes changes of several fields as one step.
    ///
    /// # Errors
    /// Nothing was written.
    fn edit_all(&self, edits: &[Edit]) -> Result<(), EditError>;

    /// Who speaks in a section, and to whom, where the document states it.
    fn names(&self, _: &Field) -> [Option<String>; 2] {
        [None, None]
    }

    /// Undoes one's own last step. `None` if there is none.
    fn undo(&self) -> Option<UndoMeta>;

    /// Redoes it.
    fn redo(&self) -> Option<UndoMeta>;

    /// Whether there is a step to undo.
    fn can_undo(&self) -> bool;

    /// The next edit begins a new step.
    fn end_undo_group(&self);

    /// A position that follows its letter; `before` sticks to the letter on the left.
    fn sticky(&self, field: &Field, offset: u32, before: bool) -> Option<String>;

    /// Where such a position is now.
    fn offset(&self, field: &Field, sticky: &str) -> Option<u32>;

    /// Where the person is, for the steps of undo and for others to see: in this item, with this selection.
    fn set_place(&self, item: Option<ItemId>, selection: Option<UndoSelection>);

    /// Who wrote the letters of these fields.
    fn authors(&self, fields: &[Field]) -> Vec<Vec<Run>>;

    /// The others in the document.
    fn peers(&self) -> Signal<Vec<Peer>>;

    /// The page's documents themselves, for the test contract alone.
    #[cfg(feature = "test-hooks")]
    fn documents(&self) -> Option<&Documents>;
}

/// How a group of the editor joins the steps of undo.
pub(super) fn undo_group(group: Group) -> UndoGroup {
    match group {
        Group::Typing => UndoGroup::Typing,
        Group::Step => UndoGroup::Step,
        Group::Opens => UndoGroup::Opens,
        Group::Joins => UndoGroup::Joins,
    }
}

impl DocumentPort for Documents {
    fn body(&self, field: &Field) -> Option<Body> {
        Documents::body(self, field)
    }

    fn edit(&self, field: &Field, delta: Delta, group: Group) -> Result<(), EditError> {
        Documents::edit(self, &[Edit::Text { field: field.clone(), delta }], undo_group(group))
    }

    fn edit_all(&self, edits: &[Edit]) -> Result<(), EditError> {
        Documents::edit(self, edits, UndoGroup::Step)
    }

    fn names(&self, field: &Field) -> [Option<String>; 2] {
        Documents::names(self, field)
    }

    fn undo(&self) -> Option<UndoMeta> {
        Documents::undo(self)
    }

    fn redo(&self) -> Option<UndoMeta> {
        Documents::redo(self)
    }

    fn can_undo(&self) -> bool {
        Documents::can_undo(self)
    }

    fn end_undo_group(&self) {
        Documents::end_undo_group(self);
    }

    fn sticky(&self, field: &Field, offset: u32, before: bool) -> Option<String> {
        Documents::sticky(self, field, offset, before)
    }

    fn offset(&self, field: &Field, sticky: &str) -> Option<u32> {
        Documents::offset(self, field, sticky)
    }

    fn set_place(&self, item: Option<ItemId>, selection: Option<UndoSelection>) {
        Documents::set_place(self, item, selection.as_ref());
    }

    fn authors(&self, fields: &[Field]) -> Vec<Vec<Run>> {
        Documents::authors(self, fields)
    }

    fn peers(&self) -> Signal<Vec<Peer>> {
        Documents::peers(self).into()
    }

    #[cfg(feature = "test-hooks")]
    fn documents(&self) -> Option<&Documents> {
        Some(self)
    }
}
