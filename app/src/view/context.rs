//! The editor of a page: all mounted fields, the listeners they share, and how they follow the document.
//!
//! `mount` makes fields, `edit` changes their text, `place` knows where the person is.

mod edit;
mod mount;
mod place;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use dagsorden_editor::find;
use dagsorden_shared::agenda::Change;
use dagsorden_shared::api;
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::id::ItemId;
use leptos::prelude::{Effect, Get};
use wasm_bindgen::JsCast;
use web_sys::{Event, EventTarget, Node};

pub use self::mount::MountOptions;
use super::authors::Authors;
use super::carets::Carets;
use super::field::EditorField;
use super::find::FindBar;
use super::listener::Listener;
use super::port::DocumentPort;
use super::reading_place::ReadingPlace;
use super::toolbar::Toolbar;
use super::{clipboard, composition, dom, input, keys};
use crate::pause::AfterPaint;
use crate::sync::Author;

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
    reading_place: ReadingPlace,
    /// Looks again at whether a caret that was shown is in view.
    after_reveal: AfterPaint,
    /// The field of that caret, and how far the window was scrolled then.
    revealed: RefCell<Option<(Rc<EditorField>, f64)>>,
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
            reading_place: ReadingPlace::new(),
            after_reveal: AfterPaint::new({
                let this = this.clone();
                move || this.upgrade().into_iter().for_each(|context| context.reveal_again())
            }),
            revealed: RefCell::default(),
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

    /// Opens the bar for finding and replacing.
    pub fn open_find(&self) {
        self.find_bar.open(self);
    }

    /// Whether the text is tinted by who wrote it.
    pub fn shows_authors(&self) -> bool {
        self.authors.is_open()
    }

    /// Tints the text by who wrote it, with a legend; the first that is said of a client id counts.
    pub fn show_authors(&self, authors: Vec<api::Author>) {
        self.authors.open(self, authors);
    }

    /// Takes the tints away.
    pub fn hide_authors(&self) {
        self.authors.close();
    }

    /// Others are about to change something of the page that is not the document.
    pub fn hold_reading_place(&self) {
        self.reading_place.hold_without_browser();
    }

    /// Words in all fields of the page; those of deleted items and sections are none.
    pub fn count_words(&self) -> usize {
        let fields = self.fields.borrow();
        fields.iter().filter(|(_, field)| field.host.is_connected()).map(|(_, field)| find::count_words(field.state.borrow().body())).sum()
    }

    /// Follows changes of the document. Call it for every one, in order, before the page shows them.
    pub fn changed(&self, changes: &[Change], by: Author) {
        let mut own = false;
        let only_text = changes.iter().all(|change| matches!(change, Change::Text { .. }));
        match by {
            Author::Others => self.reading_place.hold(only_text),
            Author::This => self.reading_place.settle(),
        }
        for change in changes {
            if let Change::Text { field, delta } = change
                && let Some(mounted) = self.field(&field.to_string())
            {
                own |= mounted.follow(delta);
            }
        }
        // A transaction that changes texts too tells of them last: what a field has not followed yet would be read here and followed again.
        for change in changes {
            if let Change::Sections(item) = change {
                self.reread(item);
            }
        }
        self.find_bar.handle_change(changes);
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
            // Nearly all are as they were: to compare is cheap, to find the difference is not.
            if body != *field.state.borrow().body() {
                let missed = body.delta_from(field.state.borrow().body());
                field.follow(&missed);
            }
        }
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

    /// All fields in the order of the page.
    pub(super) fn fields_in_order(&self) -> Vec<Rc<EditorField>> {
        let Ok(hosts) = dom::document().query_selector_all("[data-field]") else { return Vec::new() };
        (0..hosts.length()).filter_map(|at| self.field_at(hosts.item(at).map(EventTarget::from))).collect()
    }

    fn listen(self: &Rc<Self>, target: &EventTarget, name: &'static str, handler: fn(&Rc<Self>, &Event)) {
        self.listeners.borrow_mut().extend(Listener::add(&self.this, target, name, handler));
    }
}
