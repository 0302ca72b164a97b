//! What a person does to the text: commands, the transactions they answer, and the way back by undo. Knows no event of the browser.

use std::rc::Rc;

use dagsorden_editor::autoformat::autoformat;
use dagsorden_editor::autolink::autolink;
use dagsorden_editor::numbering::settled;
use dagsorden_editor::{Cause, CommandName, EditorState, Group, Refusal, Transaction};
use dagsorden_shared::agenda::Edit;

use super::EditorContext;
use crate::sync::UndoMeta;
use crate::ui::announcer;
use crate::view::field::EditorField;
use crate::view::part::{Request, Update};
use crate::view::port::DocumentPort;

impl EditorContext {
    /// Runs a command that has keys where the caret is, or last was. Answers whether it applied.
    pub(in crate::view) fn run_on_text(&self, command: &CommandName) -> bool {
        self.run_by(&|state| command.run_on_text(state))
    }

    /// Runs what answers a command where the caret is, or last was. Answers whether it applied.
    pub(super) fn run_by(&self, command: &dyn Fn(&EditorState) -> Result<Option<Transaction>, Refusal>) -> bool {
        // What is being composed stands in the text before anything is done to it.
        self.settle_active_composition();
        let Some(field) = self.active() else { return false };
        field.read_selection();
        let asked = command(&field.state.borrow());
        match asked {
            Ok(Some(transaction)) => self.dispatch(&field, transaction),
            Ok(None) => false,
            Err(refusal) => {
                self.refuse(refusal);
                false
            }
        }
    }

    /// Runs what a command answers.
    pub(in crate::view) fn run_in(&self, field: &Rc<EditorField>, command: impl FnOnce(&EditorState) -> Option<Transaction>) -> bool {
        let transaction = command(&field.state.borrow());
        transaction.is_some_and(|transaction| {
            let typed = transaction.group == Group::Typing && field.is_focused();
            let made = self.dispatch(field, transaction);
            // The browser shows the caret of what it types itself.
            if made && typed {
                self.reveal_caret(field);
            }
            made
        })
    }

    /// Runs a transaction of a field: to the document, and back through [`Self::changed`]. Answers whether it was made.
    pub(in crate::view) fn dispatch(&self, field: &Rc<EditorField>, transaction: Transaction) -> bool {
        // Where the browser does what was asked for, it shows the caret too.
        let transaction = settled(&field.state.borrow(), transaction);
        let reveals = transaction.group == Group::Step && transaction.cause != Cause::Format && field.is_focused();
        if transaction.delta.is_empty() {
            field.follow_selection(&transaction);
            self.selection_moved();
            if reveals {
                self.reveal_caret(field);
            }
            return true;
        }
        if self.read_only.get() {
            return false;
        }
        // A caret that jumped ends the step before; the new one remembers the selection it began with.
        if field.jumped.take() {
            self.port.end_undo_group();
            self.after_move.ask();
        }
        self.after_move.settle();
        self.update_parts(&Update::WillEdit);
        let (delta, group) = (transaction.delta.clone(), transaction.group);
        field.expect(Some(transaction));
        let made = self.port.edit(&field.field, delta, group);
        field.expect(None);
        if let Err(error) = &made {
            // The text in the page may be ahead of the document: show what is kept.
            leptos::logging::warn!("edit of {} refused: {error}", field.field);
            field.restore_all();
        } else if reveals {
            self.reveal_caret(field);
        }
        self.selection_moved();
        made.is_ok()
    }

    /// Changes several fields in one step of undo. Answers whether it was made.
    pub(in crate::view) fn edit_fields(&self, edits: &[Edit]) -> bool {
        !self.read_only.get() && !edits.is_empty() && self.port.edit_all(edits).is_ok()
    }

    /// Typed characters that mean a format or are an address, as a step of their own.
    pub(in crate::view) fn autoformat(&self, field: &Rc<EditorField>) {
        self.run_in(field, |state| autoformat(state).or_else(|| autolink(state)));
    }

    pub(in crate::view) fn refuse(&self, refusal: Refusal) {
        match refusal {
            Refusal::Link => _ = self.request(Request::LinkRefused),
        }
    }

    /// Undoes one's own last step, says so and leads to its place. Answers whether there was one.
    pub fn undo(&self) -> bool {
        self.take_step(|port| port.undo(), self.text.live.undone)
    }

    /// Redoes it.
    pub fn redo(&self) -> bool {
        self.take_step(|port| port.redo(), self.text.live.redone)
    }

    fn take_step(&self, step: fn(&dyn DocumentPort) -> Option<UndoMeta>, said: &str) -> bool {
        if self.read_only.get() {
            return false;
        }
        self.settle_active_composition();
        self.after_move.settle();
        let taken = self.go_to_step(step(self.port.as_ref()));
        if taken {
            announcer::say(said);
        }
        taken
    }

    fn go_to_step(&self, step: Option<UndoMeta>) -> bool {
        let Some(step) = step else { return false };
        self.update_parts(&Update::Undone);
        if let Some(place) = step.selection {
            self.go_to(&place);
        }
        self.selection_moved();
        true
    }
}
