//! The editor of a page: all mounted fields, the listeners they share, and the way to the document.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use dagsorden_editor::autoformat::autoformat;
use dagsorden_editor::command::TableCommand;
use dagsorden_editor::find;
use dagsorden_editor::{Cause, CommandName, EditorState, FieldKind, Group, Refusal, Selection, Transaction};
use dagsorden_shared::agenda::{Change, Field};
use dagsorden_shared::api::Author;
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::id::ItemId;
use dagsorden_shared::render::element;
use dagsorden_shared::richtext::Delta;
use leptos::prelude::{Effect, Get, Signal};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, EventTarget, HtmlElement, MutationObserver, MutationObserverInit, MutationRecord, Node};

use super::authors::Authors;
use super::carets::Carets;
use super::field::{EditorField, KeyBefore};
use super::find::FindBar;
use super::port::DocumentPort;
use super::toolbar::Toolbar;
use super::{clipboard, composition, dom, input, keys};
use crate::pause::AfterPaint;
use crate::sync::{UndoMeta, UndoSelection};
use crate::ui::announcer;

/// How a field is shown.
#[derive(Clone, Copy)]
pub struct MountOptions {
    /// A title or a section.
    pub kind: FieldKind,
    /// Its name for screen readers.
    pub label: Signal<String>,
    /// What an empty one says.
    pub placeholder: Signal<String>,
}

/// Id of the text that tells of the keys of a field.
const HELP: &str = "editor-help";

/// The editor of one page.
pub struct EditorContext {
    port: Rc<dyn DocumentPort>,
    pub(super) text: &'static Catalogue,
    /// Mounted fields by their names, in the order of the names.
    fields: RefCell<Vec<(String, Rc<EditorField>)>>,
    listeners: RefCell<Vec<Listener>>,
    pub(super) carets: Carets,
    pub(super) toolbar: Toolbar,
    pub(super) find_bar: FindBar,
    pub(super) authors: Authors,
    pub(super) mac: bool,
    /// The field that has, or last had, the focus.
    active: RefCell<Option<Rc<EditorField>>>,
    read_only: Cell<bool>,
    /// The item in view, as the page says.
    item: RefCell<Option<ItemId>>,
    /// What follows a moved selection.
    after_move: AfterPaint,
    #[cfg(feature = "test-hooks")]
    pub(super) contract: super::test_contract::Contract,
    this: Weak<Self>,
}

impl EditorContext {
    /// An editor over a document, without fields.
    pub fn new<P: DocumentPort + 'static>(port: Rc<P>, text: &'static Catalogue) -> Rc<Self> {
        Rc::new_cyclic(|this: &Weak<Self>| Self {
            port,
            text,
            fields: RefCell::default(),
            listeners: RefCell::default(),
            carets: Carets::new(this.clone()),
            toolbar: Toolbar::new(this.clone(), text),
            find_bar: FindBar::new(this.clone(), text),
            authors: Authors::new(this.clone(), text),
            mac: dom::is_mac(),
            active: RefCell::default(),
            read_only: Cell::new(false),
            item: RefCell::default(),
            after_move: AfterPaint::new({
                let this = this.clone();
                move || this.upgrade().into_iter().for_each(|context| context.handle_moved())
            }),
            #[cfg(feature = "test-hooks")]
            contract: super::test_contract::Contract::default(),
            this: this.clone(),
        })
    }

    /// Starts to listen, once, when the page is in place.
    pub fn attach(self: &Rc<Self>) {
        let document: EventTarget = dom::document().into();
        let window: EventTarget = leptos::prelude::window().into();
        self.listen(&document, "beforeinput", input::handle_before_input);
        self.listen(&document, "input", input::handle_input);
        self.listen(&document, "keydown", keys::handle_key_down);
        self.listen(&document, "compositionstart", composition::handle_start);
        self.listen(&document, "compositionupdate", composition::handle_update);
        self.listen(&document, "compositionend", composition::handle_end);
        self.listen(&document, "paste", clipboard::handle_paste);
        self.listen(&document, "copy", clipboard::handle_copy);
        self.listen(&document, "cut", clipboard::handle_cut);
        self.listen(&document, "dragstart", clipboard::handle_drag_start);
        self.listen(&document, "drop", clipboard::handle_drop);
        self.listen(&document, "mousedown", keys::handle_mouse_down);
        self.listen(&document, "mouseup", |context, _| context.end_pointing());
        self.listen(&document, "focusin", |context, event| context.handle_focus_in(event));
        self.listen(&document, "focusout", |context, event| context.handle_focus_out(event));
        self.listen(&document, "selectionchange", |context, _| context.handle_selection_change());
        self.listen(&window, "resize", |context, _| context.carets.schedule());
        self.describe();
        self.toolbar.attach();
        self.carets.attach();
        let (context, peers) = (self.this.clone(), self.port.peers());
        Effect::new(move |_| {
            let peers = peers.get();
            if let Some(context) = context.upgrade() {
                context.carets.set_peers(peers);
            }
        });
        #[cfg(feature = "test-hooks")]
        super::test_contract::install(self);
    }

    /// The keys that leave a field and its toolbar, for those who do not see.
    fn describe(&self) {
        let help = element("p").attribute("id", HELP).flag("hidden").text(self.text.editor.help);
        if let Some(body) = dom::document().body() {
            dom::append(&body, &dom::build(&help));
        }
    }

    /// Makes an empty element the editable of a field. What stood in it is replaced.
    pub fn mount(self: &Rc<Self>, host: Element, field: Field, options: MountOptions) {
        let Ok(host) = host.dyn_into::<HtmlElement>() else { return };
        let body = self.port.body(&field).unwrap_or_default();
        let key = field.to_string();
        for (name, value) in [
            ("data-field", key.as_str()),
            ("role", "textbox"),
            ("aria-multiline", if options.kind == FieldKind::Section { "true" } else { "false" }),
            ("aria-describedby", HELP),
            ("spellcheck", "true"),
            ("lang", self.text.language.code()),
            ("translate", "no"),
        ] {
            dom::set(&host, name, value);
        }
        drop(host.class_list().add_1("notranslate"));
        // Without it browsers write no-break spaces.
        drop(host.style().set_property("white-space", "pre-wrap"));
        let (name_host, hint_host) = (host.clone(), host.clone());
        let MountOptions { kind, label, placeholder } = options;
        Effect::new(move |_| dom::set(&name_host, "aria-label", &label.get()));
        Effect::new(move |_| dom::set(&hint_host, "data-placeholder", &placeholder.get()));
        let mounted = Rc::new(EditorField::new(field, host, EditorState::new(body, kind)));
        self.show_editable(&mounted);
        self.watch(&mounted);
        let mut fields = self.fields.borrow_mut();
        fields.retain(|(name, field)| *name != key && (field.host.is_connected() || field.host.parent_node().is_some()));
        let at = fields.partition_point(|(name, _)| *name < key);
        fields.insert(at, (key, mounted));
    }

    /// Locks or unlocks all fields.
    pub fn set_read_only(&self, read_only: bool) {
        self.read_only.set(read_only);
        self.fields.borrow().iter().for_each(|(_, field)| self.show_editable(field));
    }

    /// Opens the bar for finding and replacing.
    pub fn open_find(&self) {
        self.find_bar.open(self);
    }

    /// Whether the text is tinted by who wrote it.
    pub fn shows_authors(&self) -> bool {
        self.authors.is_open()
    }

    /// Tints the text by who wrote it, with a legend; the first that is said of a client id counts.
    pub fn show_authors(&self, authors: Vec<Author>) {
        self.authors.open(self, authors);
    }

    /// Takes the tints away.
    pub fn hide_authors(&self) {
        self.authors.close();
    }

    /// Words in all fields.
    pub fn count_words(&self) -> usize {
        self.fields.borrow().iter().map(|(_, field)| find::count_words(field.state.borrow().body())).sum()
    }

    /// Follows changes of the document. Call it for every one, in order.
    pub fn changed(&self, changes: &[Change]) {
        let mut own = false;
        for change in changes {
            if let Change::Text { field, delta } = change
                && let Some(mounted) = self.field(&field.to_string())
            {
                own |= mounted.follow(delta);
            }
            if let Change::Sections(item) = change {
                self.reread(item);
            }
        }
        self.find_bar.handle_change();
        self.authors.handle_change(changes);
        if own {
            self.carets.schedule_after_own_key();
        } else {
            self.carets.schedule();
        }
    }

    /// A text that was replaced whole, as an undo may do, reports no delta: the fields of its item are compared with the document.
    fn reread(&self, item: &ItemId) {
        let fields: Vec<Rc<EditorField>> =
            self.fields.borrow().iter().map(|(_, field)| field).filter(|field| field.field.item() == item).cloned().collect();
        for field in fields {
            let Some(body) = self.port.body(&field.field) else { continue };
            let old = field.state.borrow().body().len();
            if body != *field.state.borrow().body() {
                field.follow(&body.to_delta().delete(old));
            }
        }
    }

    /// The item in view, for others to see.
    pub fn set_item(&self, item: Option<ItemId>) {
        *self.item.borrow_mut() = item;
        self.tell_place();
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
        self.settle_composition();
        self.after_move.settle();
        let taken = self.go_to_step(step(self.port.as_ref()));
        if taken {
            announcer::say(said);
        }
        taken
    }

    /// Runs a command where the caret is, or last was. Answers whether it applied.
    pub fn run(&self, command: &CommandName) -> bool {
        // What is being composed stands in the text before anything is done to it.
        self.settle_composition();
        let Some(field) = self.active() else { return false };
        field.read_selection();
        let asked = command.run(&field.state.borrow(), &mut crate::random::bits);
        match asked {
            Ok(Some(transaction)) => {
                let done = self.dispatch(&field, transaction);
                if let (true, CommandName::Table(command)) = (done, command) {
                    self.say_changed(*command);
                }
                done
            }
            Ok(None) => false,
            Err(refusal) => {
                self.refuse(refusal);
                false
            }
        }
    }

    /// Tells those who do not see a table what became of it.
    fn say_changed(&self, command: TableCommand) {
        use TableCommand::{ColumnLeft, ColumnRight, Delete, DeleteColumn, DeleteRow, RowAbove, RowBelow};
        let live = &self.text.live;
        announcer::say(match command {
            RowAbove | RowBelow => live.row_added,
            ColumnLeft | ColumnRight => live.column_added,
            DeleteRow => live.row_deleted,
            DeleteColumn => live.column_deleted,
            Delete => live.table_deleted,
        });
    }

    /// The field of an element that is or is in an editable.
    pub(super) fn field_at(&self, target: Option<EventTarget>) -> Option<Rc<EditorField>> {
        let node: Node = target?.dyn_into().ok()?;
        let host = dom::element_at(&node)?.closest("[data-field]").ok()??;
        let field = self.field(&host.get_attribute("data-field")?)?;
        dom::same(&field.host, &host).then_some(field)
    }

    pub(super) fn field(&self, key: &str) -> Option<Rc<EditorField>> {
        let fields = self.fields.borrow();
        let at = fields.binary_search_by(|(name, _)| name.as_str().cmp(key)).ok()?;
        Some(Rc::clone(&fields[at].1))
    }

    pub(super) fn active(&self) -> Option<Rc<EditorField>> {
        self.active.borrow().clone()
    }

    pub(super) fn is_read_only(&self) -> bool {
        self.read_only.get()
    }

    pub(super) fn port(&self) -> &dyn DocumentPort {
        self.port.as_ref()
    }

    /// Runs a transaction of a field: to the document, and back through [`Self::changed`]. Answers whether it was made.
    pub(super) fn dispatch(&self, field: &Rc<EditorField>, transaction: Transaction) -> bool {
        // Where the browser does what was asked for, it shows the caret too.
        let reveals = transaction.group == Group::Step && transaction.cause != Cause::Format && field.is_focused();
        if transaction.delta.is_empty() {
            field.follow_selection(&transaction);
            self.selection_moved();
            if reveals {
                field.reveal_caret();
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
        let (delta, group) = (transaction.delta.clone(), transaction.group);
        field.expect(Some(transaction));
        let made = self.port.edit(&field.field, delta, group);
        field.expect(None);
        if let Err(error) = &made {
            // The text in the page may be ahead of the document: show what is kept.
            leptos::logging::warn!("edit of {} refused: {error}", field.field);
            field.restore_all();
        } else if reveals {
            field.reveal_caret();
        }
        self.selection_moved();
        made.is_ok()
    }

    /// All fields in the order of the page.
    pub(super) fn fields_in_order(&self) -> Vec<Rc<EditorField>> {
        let Ok(hosts) = dom::document().query_selector_all("[data-field]") else { return Vec::new() };
        (0..hosts.length()).filter_map(|at| self.field_at(hosts.item(at).map(EventTarget::from))).collect()
    }

    /// Changes several fields in one step of undo. Answers whether it was made.
    pub(super) fn edit_fields(&self, changes: Vec<(Field, Delta)>) -> bool {
        !self.read_only.get() && !changes.is_empty() && self.port.edit_all(changes).is_ok()
    }

    /// Runs what a command answers.
    pub(super) fn run_in(&self, field: &Rc<EditorField>, command: impl FnOnce(&EditorState) -> Option<Transaction>) -> bool {
        let transaction = command(&field.state.borrow());
        transaction.is_some_and(|transaction| self.dispatch(field, transaction))
    }

    /// Typed characters that mean a format, as a step of their own.
    pub(super) fn autoformat(&self, field: &Rc<EditorField>) {
        self.run_in(field, autoformat);
    }

    pub(super) fn refuse(&self, refusal: Refusal) {
        match refusal {
            Refusal::Link => self.toolbar.refuse_link(),
        }
    }

    /// The person's selection is another one: undo, others and the toolbar want to know.
    pub(super) fn selection_moved(&self) {
        self.after_move.ask();
    }

    fn handle_moved(&self) {
        self.tell_place();
        self.toolbar.follow(self);
    }

    fn tell_place(&self) {
        let selection = self.place();
        // Who writes is where they write, whatever has scrolled into view.
        let item = selection.as_ref().map(|selection| selection.field.item().clone()).or_else(|| self.item.borrow().clone());
        self.port.set_place(item, selection);
    }

    fn stick(&self, field: &Field, selection: Selection) -> Option<UndoSelection> {
        let stick = |offset: u32| self.port.sticky(field, offset, offset > 0);
        Some(UndoSelection { field: field.clone(), anchor: stick(selection.anchor)?, head: stick(selection.head)? })
    }

    fn go_to_step(&self, step: Option<UndoMeta>) -> bool {
        let Some(step) = step else { return false };
        #[cfg(feature = "test-hooks")]
        self.contract.handle_undo(self);
        if let Some(place) = step.selection {
            self.go_to(&place);
        }
        self.selection_moved();
        true
    }

    /// Where the person is; it follows its letters.
    pub(super) fn place(&self) -> Option<UndoSelection> {
        let field = self.active()?;
        let selection = field.state.borrow().selection()?;
        self.stick(&field.field, selection)
    }

    /// Puts the caret to such a place, and shows it.
    pub(super) fn go_to(&self, place: &UndoSelection) {
        let Some(field) = self.field(&place.field.to_string()) else { return };
        let offset = |sticky: &str| self.port.offset(&place.field, sticky);
        if let (Some(anchor), Some(head)) = (offset(&place.anchor), offset(&place.head)) {
            field.focus_at(Selection::new(anchor, head));
            field.reveal_caret();
        }
    }

    fn settle_composition(&self) {
        if let Some(field) = self.active() {
            composition::settle(self, &field);
        }
    }

    fn show_editable(&self, field: &EditorField) {
        let locked = self.read_only.get();
        dom::set(&field.host, "contenteditable", if locked { "false" } else { "true" });
        dom::set(&field.host, "aria-readonly", if locked { "true" } else { "false" });
        if locked {
            dom::set(&field.host, "tabindex", "0");
        } else {
            drop(field.host.remove_attribute("tabindex"));
        }
    }

    /// The third net: changes of the page without any event, by extensions and translators.
    fn watch(&self, field: &Rc<EditorField>) {
        let (context, watched) = (self.this.clone(), Rc::downgrade(field));
        let callback = Closure::<dyn FnMut(js_sys::Array)>::new(move |records: js_sys::Array| {
            if let (Some(context), Some(field)) = (context.upgrade(), watched.upgrade()) {
                let records: Vec<MutationRecord> = records.iter().filter_map(|record| record.dyn_into().ok()).collect();
                input::handle_mutations(&context, &field, &records);
            }
        });
        let Ok(observer) = MutationObserver::new(callback.as_ref().unchecked_ref()) else { return };
        let options = MutationObserverInit::new();
        options.set_child_list(true);
        options.set_character_data(true);
        options.set_subtree(true);
        if observer.observe_with_options(&field.host, &options).is_ok() {
            // The observer lives as long as its element; so must the function it calls.
            callback.forget();
            field.observe_with(observer);
        }
    }

    fn listen(self: &Rc<Self>, target: &EventTarget, name: &'static str, handler: fn(&Rc<Self>, &Event)) {
        self.listeners.borrow_mut().extend(Listener::add(&self.this, target, name, handler));
    }

    fn handle_focus_in(&self, event: &Event) {
        let Some(field) = self.field_at(event.target()) else { return };
        *self.active.borrow_mut() = Some(field.clone());
        if let Some(body) = dom::document().body() {
            drop(body.class_list().add_1("typing"));
        }
        field.read_selection();
        self.selection_moved();
    }

    fn handle_focus_out(&self, event: &Event) {
        let Some(field) = self.field_at(event.target()) else { return };
        composition::settle(self, &field);
        field.key_before.set(KeyBefore::Other);
        field.pointing.set(false);
        let to = event.dyn_ref::<web_sys::FocusEvent>().and_then(web_sys::FocusEvent::related_target);
        if !self.toolbar.holds(to.as_ref()) {
            self.leave(&field);
        }
    }

    /// Nobody writes in the field any more, nor in the toolbar that acts on it.
    pub(super) fn leave(&self, field: &EditorField) {
        self.port.end_undo_group();
        field.state.borrow_mut().select(None);
        if let Some(body) = dom::document().body() {
            drop(body.class_list().remove_1("typing"));
        }
        self.selection_moved();
    }

    fn handle_selection_change(&self) {
        let Some(field) = self.active().filter(|field| field.is_focused() && !field.is_composing()) else { return };
        field.read_selection();
        // Typing moves the caret through transactions, which have told of it already.
        if field.jumped.get() {
            self.selection_moved();
        }
    }

    fn end_pointing(&self) {
        if let Some(field) = self.active() {
            field.pointing.set(false);
            if dom::selection().is_some_and(|selection| selection.range_count() > 1) {
                // Cells that Firefox selected one by one: what is selected shows as what it is.
                field.read_selection();
                field.write_selection();
            }
            // It waited for the mouse.
            self.after_move.ask();
        }
    }
}

/// A listener that ends with its context.
pub(super) struct Listener {
    target: EventTarget,
    name: &'static str,
    closure: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Listens from now on. `None` if the browser refuses, which it does not for an event of a known name.
    pub(super) fn add(
        context: &Weak<EditorContext>,
        target: &EventTarget,
        name: &'static str,
        handler: fn(&Rc<EditorContext>, &Event),
    ) -> Option<Self> {
        let context = context.clone();
        let closure = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if let Some(context) = context.upgrade() {
                handler(&context, &event);
            }
        });
        target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref()).ok()?;
        Some(Self { target: target.clone(), name, closure })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        drop(self.target.remove_event_listener_with_callback(self.name, self.closure.as_ref().unchecked_ref()));
    }
}
