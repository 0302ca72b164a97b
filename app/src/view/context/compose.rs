//! The end of a composition: what was composed goes into the document.

use std::rc::Rc;

use super::EditorContext;
use crate::view::dom;
use crate::view::field::EditorField;
use crate::view::lines::text_in_page;

impl EditorContext {
    /// Ends a field's composition, if there is one: what was composed goes into the document.
    pub(in crate::view) fn settle_composition(&self, field: &Rc<EditorField>) {
        let Some(composition) = field.composition.borrow_mut().take() else { return };
        field.lines.borrow_mut().freeze(None);
        let found = {
            let lines = field.lines.borrow();
            let shown = lines.index_of(&composition.line).and_then(|index| lines.texts(index));
            shown.map_or_else(|| text_in_page(&composition.line), |(_, found)| found)
        };
        let caret = field.caret_in(&composition.line, &found).filter(|_| !found.contains('\n'));
        let transaction = composition.composed(&field.state.borrow(), &found, caret);
        let index = field.lines.borrow().index_of(&composition.line);
        if index.is_none() {
            // Others deleted the line meanwhile; its ghost goes, the text stays.
            dom::detach(&composition.line);
        }
        match transaction {
            Some(transaction) => _ = self.dispatch(field, transaction),
            // Nobody moved the text: the browser's selection is where the person put it.
            None if composition.missed_nothing() => field.read_selection(),
            None => {}
        }
        let index = field.lines.borrow().index_of(&composition.line);
        match index {
            Some(index) => field.thaw(index),
            None => field.restore_all(),
        }
    }

    /// The same where the person writes, or wrote last.
    pub(super) fn settle_active_composition(&self) {
        if let Some(field) = self.active() {
            self.settle_composition(&field);
        }
    }
}
