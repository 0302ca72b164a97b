//! The editor of a page: all mounted fields, and how they and the parts of the view follow the document.
//!
//! `edit` changes text, `commands` runs what is rarely asked for, `place` knows where the person is, `compose` ends compositions. Knows no event of the browser and no part: `setup` brings
//! both together, `mount` makes fields.

mod commands;
mod compose;
mod edit;
mod place;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use dagsorden_editor::find;
use dagsorden_shared::agenda::Change;
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::id::ItemId;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget, Node};

use super::dom;
use super::field::EditorField;
use super::listener::Listener;
use super::part::{Parts, Update};
use super::port::DocumentPort;
use crate::pause::AfterPaint;
use crate::sync::{Author, UndoSelection};

/// The editor of one page.
pub struct EditorContext {
    port: Rc<dyn DocumentPort>,
    pub(super) text: &'static Catalogue,
    /// Mounted fields by their names, in the order of the names.
    fields: RefCell<Vec<(String, Rc<EditorField>)>>,
    listeners: RefCell<Vec<Listener>>,
    pub(super) parts: Parts,
    pub(super) mac: bool,
    /// The field that has, or last had, the focus.
    active: RefCell<Option<Rc<EditorField>>>,
    read_only: Cell<bool>,
    /// The item in view, as the page says.
    item: RefCell<Option<ItemId>>,
    /// Tells others where a moved selection is.
    after_move: AfterPaint,
    /// Looks again at whether a caret that was shown is in view.
    after_reveal: AfterPaint,
    /// The field of that caret, and how far the window was scrolled then.
    revealed: RefCell<Option<(Rc<EditorField>, f64)>>,
    /// Where the person wrote when the focus left.
    left: RefCell<Option<UndoSelection>>,
    /// Has the page mount the fields that it has not mounted yet.
    completion: RefCell<Option<Rc<dyn Fn()>>>,
    this: Weak<Self>,
}

impl EditorContext {
    /// An editor over a document, without fields and parts.
    pub(super) fn bare(port: Rc<dyn DocumentPort>, text: &'static Catalogue) -> Rc<Self> {
        Rc::new_cyclic(|this: &Weak<Self>| Self {
            port,
            text,
            fields: RefCell::default(),
            listeners: RefCell::default(),
            parts: Parts::default(),
            mac: dom::is_mac(),
            active: RefCell::default(),
            read_only: Cell::new(false),
            item: RefCell::default(),
            after_move: AfterPaint::new({
                let this = this.clone();
                move || this.upgrade().into_iter().for_each(|context| context.tell_place())
            }),
            after_reveal: AfterPaint::new({
                let this = this.clone();
                move || this.upgrade().into_iter().for_each(|context| context.reveal_again())
            }),
            revealed: RefCell::default(),
            left: RefCell::default(),
            completion: RefCell::default(),
            this: this.clone(),
        })
    }

    /// Others are about to change something of the page that is not the document.
    pub fn hold_reading_place(&self) {
        self.update_parts(&Update::PageWillChange);
    }

    /// The page mounts fields in its own time; `complete` mounts all that are missing, at once.
    pub fn set_completion(&self, complete: Rc<dyn Fn()>) {
        *self.completion.borrow_mut() = Some(complete);
    }

    /// All fields are mounted when this returns: call it before something is done to all of them. Not from a change that is being followed: what
    /// is mounted reads the document as it is.
    pub(super) fn complete(&self) {
        let complete = self.completion.borrow().clone();
        complete.iter().for_each(|complete| complete());
    }

    /// Fields were mounted since the page was shown: what is drawn over the text may be in them.
    pub fn fields_came(&self) {
        self.update_parts(&Update::Peers);
    }

    /// Words in all fields of the page; those of deleted items and sections are none.
    pub fn count_words(&self) -> usize {
        self.complete();
        let fields = self.fields.borrow();
        fields.iter().filter(|(_, field)| field.host.is_connected()).map(|(_, field)| find::count_words(field.state.borrow().body())).sum()
    }

    /// Follows changes of the document. Call it for every one, in order, before the page shows them.
    pub fn changed(&self, changes: &[Change], by: Author) {
        let mut own = false;
        let only_text = changes.iter().all(|change| matches!(change, Change::Text { .. }));
        self.update_parts(&Update::WillChange { by, only_text });
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
        self.update_parts(&Update::Changed { changes, own });
        let replaced =
            |field: &Rc<EditorField>| changes.iter().any(|change| matches!(change, Change::Sections(item) if item == field.field.item()));
        if self.active().is_some_and(|field| replaced(&field)) {
            // Where the caret stood in what was there before says nothing any more.
            self.after_move.ask();
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

    /// Adds a field, in place of one of its name.
    pub(super) fn add_field(&self, key: String, mounted: Rc<EditorField>) {
        let added = Rc::clone(&mounted);
        let mut fields = self.fields.borrow_mut();
        match fields.binary_search_by(|(name, _)| name.cmp(&key)) {
            Ok(at) => fields[at].1 = mounted,
            Err(at) => fields.insert(at, (key, mounted)),
        }
        drop(fields);
        self.update_parts(&Update::Mounted(&added.field));
    }

    /// Locks or unlocks all fields.
    pub fn set_read_only(&self, read_only: bool) {
        self.read_only.set(read_only);
        self.fields.borrow().iter().for_each(|(_, field)| field.set_locked(read_only));
    }

    pub(super) fn is_read_only(&self) -> bool {
        self.read_only.get()
    }

    pub(super) fn port(&self) -> &dyn DocumentPort {
        self.port.as_ref()
    }

    /// The page's documents, which the test contract drives.
    #[cfg(feature = "test-hooks")]
    pub(super) fn documents(&self) -> &crate::sync::Documents {
        self.port.documents().expect("the contract is of the page's own editor")
    }

    /// All fields in the order of the page.
    pub(super) fn fields_in_order(&self) -> Vec<Rc<EditorField>> {
        self.complete();
        let Ok(hosts) = dom::document().query_selector_all("[data-field]") else { return Vec::new() };
        (0..hosts.length()).filter_map(|at| self.field_at(hosts.item(at).map(EventTarget::from))).collect()
    }

    /// Listens for as long as the editor lives.
    pub(super) fn listen(&self, target: &EventTarget, name: &'static str, capture: bool, handler: fn(&Rc<Self>, &Event)) {
        let this = self.weak();
        let closure = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if let Some(context) = this.upgrade() {
                handler(&context, &event);
            }
        });
        self.listeners.borrow_mut().extend(Listener::add(target, name, capture, closure));
    }

    /// A handle for closures that must not keep the editor alive.
    pub(super) fn weak(&self) -> Weak<Self> {
        self.this.clone()
    }
}
