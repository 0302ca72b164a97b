//! Where a person is: which field has the focus, where the selection stands in it, and what follows when it moves.

use std::rc::Rc;

use dagsorden_editor::Selection;
use dagsorden_shared::agenda::Field;
use dagsorden_shared::id::ItemId;
use wasm_bindgen::JsCast;
use web_sys::{Event, FocusEvent};

use super::EditorContext;
use crate::sync::UndoSelection;
use crate::view::dom;
use crate::view::field::{EditorField, KeyBefore};
use crate::view::mount::HELP;
use crate::view::part::Update;

impl EditorContext {
    /// The item in view, for others to see.
    pub fn set_item(&self, item: Option<ItemId>) {
        *self.item.borrow_mut() = item;
        self.tell_place();
    }

    /// The person's selection is another one: undo, others and the parts want to know.
    pub(in crate::view) fn selection_moved(&self) {
        self.after_move.ask();
        self.update_parts(&Update::SelectionMoved);
    }

    pub(super) fn tell_place(&self) {
        let selection = self.place();
        // Who writes is where they write, whatever has scrolled into view.
        let item = selection.as_ref().map(|selection| selection.field.item().clone()).or_else(|| self.item.borrow().clone());
        self.port.set_place(item, selection);
    }

    fn stick(&self, field: &Field, selection: Selection) -> Option<UndoSelection> {
        let stick = |offset: u32| self.port.sticky(field, offset, offset > 0);
        Some(UndoSelection { field: field.clone(), anchor: stick(selection.anchor)?, head: stick(selection.head)? })
    }

    /// Where the person is; it follows its letters.
    pub(in crate::view) fn place(&self) -> Option<UndoSelection> {
        let field = self.active()?;
        let selection = field.state.borrow().selection()?;
        self.stick(&field.field, selection)
    }

    /// Where such a place is now.
    pub(in crate::view) fn at(&self, place: &UndoSelection) -> Option<(Rc<EditorField>, Selection)> {
        let name = place.field.to_string();
        let field = self.field(&name).or_else(|| {
            self.complete();
            self.field(&name)
        })?;
        let offset = |sticky: &str| self.port.offset(&place.field, sticky);
        Some((field, Selection::new(offset(&place.anchor)?, offset(&place.head)?)))
    }

    /// Puts the caret to such a place, and shows it.
    pub(in crate::view) fn go_to(&self, place: &UndoSelection) {
        if let Some((field, selection)) = self.at(place) {
            field.focus_at(selection);
            self.reveal_caret(&field);
        }
    }

    /// The field in which the person writes, or will when the window has the focus again.
    pub fn held(&self) -> Option<Field> {
        let field = self.active()?;
        let writes = field.state.borrow().selection().is_some() || field.is_focused();
        writes.then(|| field.field.clone())
    }

    /// Puts the caret back to where the person wrote last.
    pub fn come_back(&self) {
        let place = self.place().or_else(|| self.left.borrow().clone());
        place.iter().for_each(|place| self.go_to(place));
    }

    /// Scrolls to the caret, if it is not in view.
    pub(in crate::view) fn reveal_caret(&self, field: &Rc<EditorField>) {
        self.update_parts(&Update::WillReveal);
        field.reveal_caret();
        *self.revealed.borrow_mut() = dom::scrolled().map(|scrolled| (Rc::clone(field), scrolled));
        self.after_reveal.ask();
    }

    /// What is above a caret may take its size a frame later, where the browser does not hold what is in view. A person who scrolled since is left alone.
    pub(super) fn reveal_again(&self) {
        let Some((field, scrolled_then)) = self.revealed.borrow_mut().take() else { return };
        if field.is_focused() && dom::scrolled().is_some_and(|now| (now - scrolled_then).abs() < 1.0) {
            field.reveal_caret();
        }
    }

    /// The field that itself gains or loses the focus. A link in a locked one may have it alone, and goes with its line in the midst of a change.
    fn focused_field(&self, event: &Event) -> Option<Rc<EditorField>> {
        let field = self.field_at(event.target())?;
        (event.target().as_ref() == Some(field.host.as_ref())).then_some(field)
    }

    pub(in crate::view) fn handle_focus_in(&self, event: &Event) {
        let Some(field) = self.focused_field(event) else { return };
        let from = event.dyn_ref::<FocusEvent>().and_then(FocusEvent::related_target);
        if self.field_at(from).is_none() {
            dom::set(&field.host, "aria-describedby", HELP);
        }
        *self.active.borrow_mut() = Some(field.clone());
        if let Some(body) = dom::document().body() {
            drop(body.class_list().add_1("typing"));
        }
        field.read_selection();
        self.selection_moved();
    }

    pub(in crate::view) fn handle_focus_out(&self, event: &Event) {
        let Some(field) = self.focused_field(event) else { return };
        drop(field.host.remove_attribute("aria-describedby"));
        self.settle_composition(&field);
        field.key_before.set(KeyBefore::Other);
        field.pointing.set(false);
        // A letter typed in this very frame: redo leads to where it was written, not to where one goes now.
        self.after_move.settle();
        let to = event.dyn_ref::<FocusEvent>().and_then(FocusEvent::related_target);
        if !to.and_then(|to| to.dyn_into().ok()).is_some_and(|to| self.part_holds(&to)) {
            self.leave(&field);
        }
    }

    /// A part that acts on the text lost the focus to something that is not the text: the writer does not write any more. Another window's
    /// turn is none.
    pub(in crate::view) fn handle_part_focus_out(&self, event: &Event) {
        let to = event.dyn_ref::<FocusEvent>().and_then(FocusEvent::related_target);
        let Some(field) = self.active() else { return };
        let to = to.as_ref().and_then(|to| to.dyn_ref::<web_sys::Node>());
        if !to.is_some_and(|to| field.host.contains(Some(to)) || self.part_holds(to)) && dom::document().has_focus().unwrap_or(false) {
            self.leave(&field);
        }
    }

    /// Nobody writes in the field any more, nor in the toolbar that acts on it.
    pub(in crate::view) fn leave(&self, field: &EditorField) {
        self.port.end_undo_group();
        *self.left.borrow_mut() = self.place();
        field.state.borrow_mut().select(None);
        if let Some(body) = dom::document().body() {
            drop(body.class_list().remove_1("typing"));
        }
        self.selection_moved();
    }

    pub(in crate::view) fn handle_selection_change(&self) {
        let Some(field) = self.active().filter(|field| field.is_focused() && !field.is_composing()) else { return };
        field.read_selection();
        // Typing moves the caret through transactions, which have told of it already.
        if field.jumped.get() {
            self.selection_moved();
        }
    }

    pub(in crate::view) fn end_pointing(&self) {
        if let Some(field) = self.active() {
            field.pointing.set(false);
            if dom::selection().is_some_and(|selection| selection.range_count() > 1) {
                // Cells that Firefox selected one by one: what is selected shows as what it is.
                field.read_selection();
                field.write_selection();
            }
            // The toolbar waited for the mouse.
            self.selection_moved();
        }
    }
}
