//! An editor over a copy of a text, beside the page's own editor: the same fields and keys, without others and with the buttons of `copy_tools`.

use std::rc::Rc;

use dagsorden_editor::Group;
use dagsorden_shared::agenda::authors::Run;
use dagsorden_shared::agenda::{Change, Edit, EditError, Field};
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::id::ItemId;
use dagsorden_shared::richtext::{Body, Delta};
use leptos::prelude::Signal;

use super::context::EditorContext;
use super::port::{DocumentPort, undo_group};
#[cfg(feature = "test-hooks")]
use crate::sync::Documents;
use crate::sync::{Author, OwnCopy, Peer, UndoMeta, UndoSelection};

impl DocumentPort for OwnCopy {
    fn body(&self, field: &Field) -> Option<Body> {
        self.agenda().body(field)
    }

    fn edit(&self, field: &Field, delta: Delta, group: Group) -> Result<(), EditError> {
        OwnCopy::edit(self, &[Edit::Text { field: field.clone(), delta }], undo_group(group))
    }

    fn edit_all(&self, edits: &[Edit]) -> Result<(), EditError> {
        OwnCopy::edit(self, edits, undo_group(Group::Step))
    }

    fn undo(&self) -> Option<UndoMeta> {
        OwnCopy::undo(self)
    }

    fn redo(&self) -> Option<UndoMeta> {
        OwnCopy::redo(self)
    }

    fn can_undo(&self) -> bool {
        OwnCopy::can_undo(self)
    }

    fn end_undo_group(&self) {
        OwnCopy::end_undo_group(self);
    }

    fn sticky(&self, field: &Field, offset: u32, before: bool) -> Option<String> {
        self.agenda().sticky(field, offset, before)
    }

    fn offset(&self, field: &Field, sticky: &str) -> Option<u32> {
        self.agenda().offset(field, sticky)
    }

    fn set_place(&self, _: Option<ItemId>, selection: Option<UndoSelection>) {
        self.set_selection(selection);
    }

    fn authors(&self, fields: &[Field]) -> Vec<Vec<Run>> {
        vec![Vec::new(); fields.len()]
    }

    fn peers(&self) -> Signal<Vec<Peer>> {
        Signal::stored(Vec::new())
    }

    #[cfg(feature = "test-hooks")]
    fn documents(&self) -> Option<&Documents> {
        None
    }
}

impl EditorContext {
    /// An editor over a copy. It listens as long as it lives.
    pub(crate) fn of_copy(copy: &Rc<OwnCopy>, text: &'static Catalogue) -> Rc<Self> {
        let context = Self::bare(Rc::clone(copy) as Rc<dyn DocumentPort>, text);
        let weak = context.weak();
        copy.on_change(Rc::new(move |changes: &[Change]| {
            if let Some(context) = weak.upgrade() {
                context.changed(changes, Author::This);
            }
        }));
        context.listen_to_page();
        context
    }

    /// A text of the page's document, as it is.
    pub(crate) fn text_of(&self, field: &Field) -> Option<Body> {
        self.port().body(field)
    }

    /// Where a position of a field is now.
    pub(crate) fn offset_of(&self, field: &Field, position: &str) -> Option<u32> {
        self.port().offset(field, position)
    }
}
