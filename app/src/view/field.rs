//! One mounted field: its state, its lines in the page, and the one way both follow the document.

mod composition;

use std::cell::{Cell, RefCell};

use dagsorden_editor::command::insert::replace_typed;
use dagsorden_editor::command::table::Spot;
use dagsorden_editor::command::table::edit::write_missing;
use dagsorden_editor::difference::difference;
use dagsorden_editor::{EditorState, FieldKind, Selection, Transaction};
use dagsorden_shared::agenda::Field;
use dagsorden_shared::richtext::Delta;
use web_sys::{HtmlElement, MutationObserver, Node};

pub(super) use self::composition::Composition;
use super::lines::Lines;
use super::{dom, missing, position};

/// Foreign changes of the page put right within a second, at most: a program that fights back wins until it is over. The text is safe in the document.
const REPAIRS_PER_SECOND: u32 = 30;

/// What the bars along the window's edges take of it, in pixels, with some air.
pub(super) const BARS: f64 = 80.0;

/// What the key before was.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyBefore {
    /// The next Tab leaves the field.
    Escape,
    /// The next one takes the whole item.
    SelectAll,
    /// Nothing that matters.
    Other,
}

/// When a foreign change may be put right.
pub(super) enum Repair {
    /// At once.
    Now,
    /// There were too many within the second: once it is over.
    Later,
    /// With those before it.
    Waits,
}

/// What the browser did by itself.
pub(super) struct ReadBack {
    pub(super) transaction: Transaction,
    /// It split or joined elements.
    pub(super) torn: bool,
}

/// A title or section that is shown and may be written in.
pub(super) struct EditorField {
    pub(super) field: Field,
    pub(super) host: HtmlElement,
    pub(super) state: RefCell<EditorState>,
    pub(super) lines: RefCell<Lines>,
    pub(super) composition: RefCell<Option<Composition>>,
    /// The key pressed before, as far as the next one asks for it.
    pub(super) key_before: Cell<KeyBefore>,
    /// Counts what input methods did, so that an old timer says nothing.
    pub(super) composed: Cell<u32>,
    /// The caret is being placed with the mouse: the selection is not ours to write.
    pub(super) pointing: Cell<bool>,
    /// The selection was moved by other means than writing: the next edit begins a step of undo.
    pub(super) jumped: Cell<bool>,
    /// The transaction whose delta the document is about to report.
    in_flight: RefCell<Option<Transaction>>,
    observer: RefCell<Option<MutationObserver>>,
    repairs: Cell<(f64, u32)>,
}

impl EditorField {
    pub(super) fn new(field: Field, host: HtmlElement, state: EditorState) -> Self {
        let lines = Lines::new(host.clone().into(), state.kind(), state.body());
        Self {
            field,
            host,
            state: RefCell::new(state),
            lines: RefCell::new(lines),
            composition: RefCell::new(None),
            key_before: Cell::new(KeyBefore::Other),
            composed: Cell::new(0),
            pointing: Cell::new(false),
            jumped: Cell::new(false),
            in_flight: RefCell::new(None),
            observer: RefCell::new(None),
            repairs: Cell::new((0.0, 0)),
        }
    }

    pub(super) fn observe_with(&self, observer: MutationObserver) {
        *self.observer.borrow_mut() = Some(observer);
    }

    /// Locks or unlocks it.
    pub(super) fn set_locked(&self, locked: bool) {
        dom::set(&self.host, "contenteditable", if locked { "false" } else { "true" });
        dom::set(&self.host, "aria-readonly", if locked { "true" } else { "false" });
        if locked {
            dom::set(&self.host, "tabindex", "0");
        } else {
            drop(self.host.remove_attribute("tabindex"));
        }
    }

    pub(super) fn kind(&self) -> FieldKind {
        self.state.borrow().kind()
    }

    pub(super) fn is_composing(&self) -> bool {
        self.composition.borrow().is_some()
    }

    pub(super) fn is_focused(&self) -> bool {
        dom::document().active_element().is_some_and(|active| dom::same(&active, &self.host))
    }

    /// Says which transaction the next delta belongs to; `None` takes it back.
    pub(super) fn expect(&self, transaction: Option<Transaction>) {
        *self.in_flight.borrow_mut() = transaction;
    }

    /// Follows the document: the only place where text changes in the state and in the page. Answers whether the change was made here.
    pub(super) fn follow(&self, delta: &Delta) -> bool {
        let local = self.in_flight.borrow_mut().take();
        // A caret in a cell that is not written stands nowhere in the text.
        let astray = || local.is_none() && self.is_focused() && self.missing_cell().is_some();
        let was_astray = astray();
        if local.is_none() {
            self.read_selection();
        }
        let change = self.state.borrow_mut().apply(delta, local.as_ref());
        if let Some(composition) = self.composition.borrow_mut().as_mut() {
            composition.missed(delta);
        }
        if let Some(change) = change {
            self.lines.borrow_mut().update(self.state.borrow().body(), change);
            self.forget_own_mutations();
        }
        if !(was_astray && astray()) {
            self.write_selection();
        }
        local.is_some()
    }

    /// Only the caret or the pending format changes.
    pub(super) fn follow_selection(&self, transaction: &Transaction) {
        self.state.borrow_mut().apply(&transaction.delta, Some(transaction));
        self.jumped.set(true);
        self.write_selection();
    }

    /// Takes over what the browser shows as selection.
    pub(super) fn read_selection(&self) {
        if !self.is_composing() && self.is_focused() {
            let read = position::read_selection(&self.host, &self.lines.borrow(), &self.state.borrow());
            if read.is_some() {
                self.jump_to(read);
            }
        }
    }

    /// Shows the selection, if the person is here and the browser is not busy with it.
    pub(super) fn write_selection(&self) {
        if !self.is_composing() && !self.pointing.get() && self.is_focused() {
            position::write_selection(&self.host, &self.lines.borrow(), &self.state.borrow());
        }
    }

    /// The missing cell of a table that the browser's caret is in.
    pub(super) fn missing_cell(&self) -> Option<Spot> {
        missing::at_caret(&self.host, &self.lines.borrow())
    }

    /// Puts the browser's caret into a missing cell.
    pub(super) fn enter_missing_cell(&self, spot: Spot) -> Option<()> {
        let cell = missing::cell(&self.lines.borrow(), spot)?;
        dom::selection()?.collapse(Some(&cell)).ok()?;
        self.read_selection();
        Some(())
    }

    /// Writes the missing cell that the browser's caret is in, with this text. `None` if it is in none.
    pub(super) fn write_missing_cell(&self, text: &str) -> Option<Transaction> {
        let spot = self.missing_cell()?;
        write_missing(&self.state.borrow(), spot, text)
    }

    /// Where the lines begin and end that a change wrote in, in the text after it. `None` if it wrote nothing.
    pub(super) fn lines_of(&self, delta: &Delta) -> Option<(u32, u32)> {
        let (from, to) = delta.written()?;
        let state = self.state.borrow();
        let last = state.locate(to).0;
        Some((state.body().line_start(state.locate(from).0), state.body().line_start(last) + state.line(last).len()))
    }

    /// Puts the caret here and the focus with it.
    pub(super) fn focus_at(&self, selection: Selection) {
        // Focusing may scroll; the caller decides about that.
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        drop(self.host.focus_with_options(&options));
        self.jump_to(Some(selection));
        self.write_selection();
    }

    fn jump_to(&self, selection: Option<Selection>) {
        let mut state = self.state.borrow_mut();
        let before = state.selection();
        state.select(selection);
        if state.selection() != before {
            self.jumped.set(true);
        }
    }

    /// Scrolls the caret out from under the window's edges and the bars along them, and no further: what shows it already stays where it is.
    pub(super) fn reveal_caret(&self) {
        let rect = {
            let state = self.state.borrow();
            let place = state.selection().and_then(|selection| position::place_of(&self.lines.borrow(), &state, selection.head));
            place.and_then(|place| position::caret_rect(&place.0, place.1))
        };
        let window = leptos::prelude::window();
        let height = window.inner_height().ok().and_then(|height| height.as_f64());
        let (Some(rect), Some(height)) = (rect, height) else { return };
        // In a low window there is not room for both.
        let room = ((height - rect.height()) / 2.0).max(0.0);
        let (above, below) = (rect.top() - BARS.max(band()).min(room), rect.bottom() + BARS.min(room) - height);
        if above < 0.0 {
            window.scroll_by_with_x_and_y(0.0, above);
        } else if below > 0.0 {
            window.scroll_by_with_x_and_y(0.0, below);
        }
    }

    /// What native input did to a line, as a transaction; `None` if its text is as it was rendered.
    pub(super) fn read_back(&self, line: usize) -> Option<ReadBack> {
        let lines = self.lines.borrow();
        let (old, new) = lines.texts(line)?;
        let torn = old.contains('\n') || new.contains('\n');
        let caret = lines.views.get(line).filter(|_| !torn).and_then(|view| self.caret_in(&view.element.clone().into(), &new));
        let difference = difference(&old, &new, caret)?;
        let state = self.state.borrow();
        let start = state.body().line_start(line);
        let transaction = replace_typed(&state, start + difference.from, start + difference.to, &difference.inserted)?;
        // What another program writes elsewhere leaves the person's caret where it is.
        let kept = || {
            let map = |offset| transaction.delta.map_offset(offset, true);
            state.selection().map(|selection| Selection::new(map(selection.anchor), map(selection.head)))
        };
        let selection = match caret {
            Some(caret) => Some(Selection::caret(start + caret)),
            None if torn => transaction.selection,
            None => kept(),
        };
        Some(ReadBack { transaction: Transaction { selection, ..transaction }, torn })
    }

    /// The caret's offset in a line of this text, if it stands in it.
    pub(super) fn caret_in(&self, line: &Node, text: &str) -> Option<u32> {
        let selection = dom::selection().filter(|selection| selection.is_collapsed())?;
        let node = selection.focus_node().filter(|node| line.contains(Some(node)))?;
        let element = dom::element_at(line)?;
        let units = position::units_before(&element, &node, selection.focus_offset());
        Some(units.min(dagsorden_shared::richtext::delta::utf16_len(text)))
    }

    /// Draws a line again if the page does not show the document there.
    pub(super) fn restore(&self, line: usize) {
        self.lines.borrow_mut().restore(line, self.state.borrow().body());
        self.forget_own_mutations();
        self.write_selection();
    }

    /// Shows the line of a composition again as the document has it.
    pub(super) fn thaw(&self, line: usize) {
        self.lines.borrow_mut().thaw(line, self.state.borrow().body());
        self.forget_own_mutations();
        self.write_selection();
    }

    /// Puts all lines right.
    pub(super) fn restore_all(&self) {
        self.lines.borrow_mut().restore_all(self.state.borrow().body());
        self.forget_own_mutations();
        self.write_selection();
    }

    /// Whether one more foreign change may be put right now.
    pub(super) fn repair(&self) -> Repair {
        let now = leptos::prelude::window().performance().map_or(0.0, |clock| clock.now());
        let (since, count) = self.repairs.get();
        let (since, count) = if now - since > 1_000.0 { (now, 0) } else { (since, count + 1) };
        self.repairs.set((since, count));
        match count {
            ..REPAIRS_PER_SECOND => Repair::Now,
            REPAIRS_PER_SECOND => Repair::Later,
            _ => Repair::Waits,
        }
    }

    /// The observer must not hear of what this module writes.
    pub(super) fn forget_own_mutations(&self) {
        if let Some(observer) = self.observer.borrow().as_ref() {
            observer.take_records();
        }
    }
}

/// How far down the bands under the bar reach, with some air; 0 if there is none.
fn band() -> f64 {
    let last = dom::document().query_selector(".bands > :last-child").ok().flatten();
    last.map_or(0.0, |band| band.get_bounding_client_rect().bottom() + 8.0)
}

impl Drop for EditorField {
    fn drop(&mut self) {
        if let Some(observer) = self.observer.borrow_mut().take() {
            observer.disconnect();
        }
    }
}
