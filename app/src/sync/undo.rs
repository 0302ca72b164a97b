//! Undo of one's own edits, with the selection that belongs to each step.
//!
//! Wraps the undo manager of yrs: only transactions of [`Origin::Local`] are tracked, over the whole document. Others' edits are never
//! undone. A step remembers the selection before and after it, as sticky positions, so that undo leads the eye to the place, and in which turn
//! it was made, so that the histories of several documents can be gone through as one. One manager over all of them would not do: it compares ids
//! without asking of which document they are.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use dagsorden_shared::agenda::{Agenda, Edit, Field, Origin};
use dagsorden_shared::richtext::delta::{Op, utf16_len};
use yrs::undo::{Event, Options, StackItem, UndoManager};

/// Edits closer together than this are one step.
const PAUSE_MILLIS: u64 = 500;
/// So much typing is one step at most.
const STEP_LENGTH: u32 = 30;

/// How an edit joins the steps of undo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UndoGroup {
    /// Typing and deleting at the caret: joins the step before it if that was typing in the same field, half a second ago at most.
    Typing,
    /// Everything else: a step of its own.
    Step,
    /// The first part of a step that is made in several.
    Opens,
    /// A later part of it, however long that took.
    Joins,
}

/// A selection in a field by sticky positions, as [`Agenda::sticky`] makes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoSelection {
    /// Where.
    pub field: Field,
    /// Where it began.
    pub anchor: String,
    /// Where the caret stands.
    pub head: String,
}

/// What belonged to the step that was undone or redone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UndoMeta {
    /// The selection to restore, if the view had named one.
    pub selection: Option<UndoSelection>,
}

/// Counts what is done on the page. What is done in one turn is one step, in however many documents.
#[derive(Clone, Default)]
pub(super) struct Turn(Rc<Cell<u32>>);

impl Turn {
    /// The next turn begins.
    pub(super) fn next(&self) {
        self.0.set(self.0.get().wrapping_add(1));
    }
}

#[derive(Debug, Clone, Default)]
struct Step {
    /// When it came on its stack.
    turn: u32,
    before: Option<UndoSelection>,
    after: Option<UndoSelection>,
}

/// Shared between the stack of yrs, which gives no access to an item once it is on it, and this module.
#[derive(Clone, Default)]
struct Marks(Rc<RefCell<Step>>);

/// What the manager's observers and [`History`] both see.
#[derive(Default)]
struct Board {
    current: RefCell<Option<UndoSelection>>,
    /// The newest step.
    newest: RefCell<Marks>,
    /// The next selection the view names is the one after the newest step.
    awaits_after: Cell<bool>,
    /// An undo or redo is under way.
    popping: Cell<bool>,
    popped: RefCell<Option<Step>>,
    turn: Turn,
}

/// The undo and redo steps of one page.
pub(super) struct History {
    manager: UndoManager<Marks>,
    board: Rc<Board>,
    /// For the manager no time passes: what comes now belongs to the step before.
    still: Arc<AtomicBool>,
    typed: u32,
    last_field: Option<Field>,
}

impl History {
    /// Tracks `agenda` from now on. `clock` gives milliseconds and never goes back, as the time of day may: all that is written until it has
    /// come up again would be one step.
    pub(super) fn new(agenda: &Agenda, turn: Turn, clock: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        let latest = AtomicU64::new(0);
        let still = Arc::new(AtomicBool::new(false));
        let stands = Arc::clone(&still);
        // yrs subtracts the last time from this one, which must never be negative.
        let timestamp = move || {
            if !stands.load(Ordering::Relaxed) {
                latest.fetch_max(clock(), Ordering::Relaxed);
            }
            latest.load(Ordering::Relaxed)
        };
        let mut manager = UndoManager::with_options(Options {
            capture_timeout_millis: PAUSE_MILLIS,
            tracked_origins: [Origin::Local.as_str().into()].into(),
            capture_transaction: None,
            timestamp: Arc::new(timestamp),
            init_undo_stack: Vec::new(),
            init_redo_stack: Vec::new(),
        });
        for root in agenda.roots() {
            manager.expand_scope(agenda.doc(), root);
        }
        let board = Rc::new(Board { turn, ..Board::default() });
        let (added, updated, popped) = (board.clone(), board.clone(), board.clone());
        manager.observe_item_added("selection", move |_, event| added.handle_added(event));
        manager.observe_item_updated("selection", move |_, _| updated.awaits_after.set(!updated.popping.get()));
        manager.observe_item_popped("selection", move |_, event| popped.handle_popped(event));
        Self { manager, board, still, typed: 0, last_field: None }
    }

    /// Call before the transaction of an edit.
    pub(super) fn before_edit(&mut self, edits: &[Edit], group: UndoGroup) {
        let field = match edits {
            [Edit::Text { field, .. }] => Some(field.clone()),
            _ => None,
        };
        let joins = group == UndoGroup::Joins && field == self.last_field;
        let types = group == UndoGroup::Typing && field.is_some() && field == self.last_field && self.typed < STEP_LENGTH;
        if !joins && !types {
            self.end_group();
        }
        self.still.store(joins, Ordering::Relaxed);
        self.typed = self.typed.saturating_add(edits.iter().map(inserted).sum());
        self.last_field = field;
    }

    /// Call after the transaction of an edit.
    pub(super) fn after_edit(&mut self, group: UndoGroup) {
        self.still.store(false, Ordering::Relaxed);
        if group == UndoGroup::Step {
            self.end_group();
        }
    }

    /// The next edit begins a new step.
    pub(super) fn end_group(&mut self) {
        self.manager.reset();
        self.typed = 0;
        self.last_field = None;
    }

    /// Forgets all steps, as if the page had just been opened.
    #[cfg(feature = "test-hooks")]
    pub(super) fn forget(&mut self) {
        self.end_group();
        self.manager.clear_all();
    }

    /// Where the selection is now. The first one named after an edit is the one the edit led to.
    pub(super) fn set_selection(&self, selection: Option<UndoSelection>) {
        if self.board.awaits_after.replace(false) {
            self.board.newest.borrow().0.borrow_mut().after.clone_from(&selection);
        }
        *self.board.current.borrow_mut() = selection;
    }

    /// Whether there is a step to undo.
    pub(super) fn can_undo(&self) -> bool {
        self.manager.can_undo()
    }

    /// The turn of the newest step to undo.
    pub(super) fn last_done(&self) -> Option<u32> {
        turn_of(self.manager.undo_stack())
    }

    /// The turn of the newest step to redo.
    pub(super) fn last_undone(&self) -> Option<u32> {
        turn_of(self.manager.redo_stack())
    }

    /// Something was written in another document: what comes next here is another step, and what was undone here stays so.
    pub(super) fn give_way(&mut self) {
        self.end_group();
        if self.manager.can_redo() {
            self.manager.clear_redo();
        }
    }

    /// Undoes one step. `None` if nothing changed. No transaction may be alive.
    pub(super) fn undo(&mut self) -> Option<UndoMeta> {
        let step = self.pop(|manager| manager.undo_blocking())?;
        Some(UndoMeta { selection: step.before })
    }

    /// Redoes one step. `None` if nothing changed. No transaction may be alive.
    pub(super) fn redo(&mut self) -> Option<UndoMeta> {
        let step = self.pop(|manager| manager.redo_blocking())?;
        Some(UndoMeta { selection: step.after })
    }

    fn pop(&mut self, step: impl FnOnce(&mut UndoManager<Marks>) -> bool) -> Option<Step> {
        self.end_group();
        self.board.popped.take();
        self.board.awaits_after.set(false);
        self.board.popping.set(true);
        let changed = step(&mut self.manager);
        self.board.popping.set(false);
        let popped = self.board.popped.take();
        changed.then(|| popped.unwrap_or_default())
    }
}

impl Board {
    fn handle_added(&self, event: &mut Event<Marks>) {
        let marks = Marks::default();
        marks.0.borrow_mut().turn = self.turn.0.get();
        *event.meta_mut() = marks.clone();
        if !self.popping.get() {
            marks.0.borrow_mut().before.clone_from(&self.current.borrow());
            self.awaits_after.set(true);
        }
        *self.newest.borrow_mut() = marks;
    }

    /// The step that is undone lives on as one to redo, which was added just before this.
    fn handle_popped(&self, event: &Event<Marks>) {
        let step = event.meta().0.borrow().clone();
        *self.newest.borrow().0.borrow_mut() = Step { turn: self.turn.0.get(), ..step.clone() };
        *self.popped.borrow_mut() = Some(step);
    }
}

fn turn_of(stack: &[StackItem<Marks>]) -> Option<u32> {
    stack.last().map(|step| step.meta().0.borrow().turn)
}

fn inserted(edit: &Edit) -> u32 {
    let Edit::Text { delta, .. } = edit else { return 0 };
    let length = |op: &Op| match op {
        Op::Insert { text, .. } => utf16_len(text),
        Op::Retain { .. } | Op::Delete(_) => 0,
    };
    delta.0.iter().map(length).fold(0, u32::saturating_add)
}

#[cfg(test)]
mod tests;
