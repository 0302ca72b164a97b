//! Who wrote what, on demand: the text tinted by organisation, and a legend that names the tints.
//!
//! The tints are highlights named `author-1` to `author-24`, which change no node. Whose a client id is the page brings along; of those who came
//! later their presence tells. Text of nobody known stays as it is.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use dagsorden_shared::agenda::{Change, Field};
use dagsorden_shared::api::{Author, Person};
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::id::ClientId;
use dagsorden_shared::render::{Element as Shared, Icon, element, small_icon};
use leptos::prelude::WithUntracked;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, HtmlElement, KeyboardEvent, Range};

use super::context::EditorContext;
use super::field::EditorField;
use super::{dom, highlight, position};
use crate::pause::AfterPaint;

/// Under others' selections and what is found.
const BELOW: i32 = -1;

/// What the legend says of somebody: a hue and a name.
type Entry = (u8, String);

/// A field, and the stretches of it that somebody known wrote.
struct Tinted {
    field: Rc<EditorField>,
    stretches: Vec<(Entry, Range)>,
}

/// The tints and their legend.
pub(super) struct Authors {
    context: Weak<EditorContext>,
    text: &'static Catalogue,
    /// Whose the client ids are, in their order.
    people: RefCell<Vec<(ClientId, Person)>>,
    tinted: RefCell<Vec<Tinted>>,
    /// Fields whose text has changed since.
    stale: RefCell<Vec<Field>>,
    /// Fields have come or gone.
    all_stale: Cell<bool>,
    hues: Cell<u32>,
    /// What the legend lists, and the legend itself; in the page while it is asked for.
    listed: RefCell<Option<Vec<Entry>>>,
    legend: RefCell<Option<HtmlElement>>,
    /// What had the focus before the legend.
    before: RefCell<Option<HtmlElement>>,
    after_change: AfterPaint,
}

impl Authors {
    pub(super) fn new(context: Weak<EditorContext>, text: &'static Catalogue) -> Self {
        let changed = context.clone();
        Self {
            context,
            text,
            people: RefCell::default(),
            tinted: RefCell::default(),
            stale: RefCell::default(),
            all_stale: Cell::new(false),
            hues: Cell::new(0),
            listed: RefCell::default(),
            legend: RefCell::default(),
            before: RefCell::default(),
            after_change: AfterPaint::new(move || changed.upgrade().into_iter().for_each(|context| context.authors.tint(&context))),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.legend.borrow().is_some()
    }

    /// Tints all text and shows the legend.
    pub(super) fn open(&self, context: &EditorContext, authors: Vec<Author>) {
        self.close();
        self.people.borrow_mut().clear();
        authors.into_iter().for_each(|author| self.learn(author.client, &author.person));
        let root: HtmlElement = dom::build(&self.draw()).unchecked_into();
        if let Some(body) = dom::document().body() {
            dom::append(&body, &root);
        }
        for name in ["click", "keydown"] {
            let context = self.context.clone();
            let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
                if let Some(context) = context.upgrade() {
                    context.authors.handle(&event);
                }
            });
            // It lives as long as the element.
            drop(root.add_event_listener_with_callback(name, listener.into_js_value().unchecked_ref()));
        }
        *self.before.borrow_mut() = dom::document().active_element().and_then(|element| element.dyn_into().ok());
        drop(root.focus());
        *self.legend.borrow_mut() = Some(root);
        self.all_stale.set(true);
        self.tint(context);
    }

    /// Takes tints and legend away; the focus goes back to where it was.
    pub(super) fn close(&self) {
        let Some(legend) = self.legend.borrow_mut().take() else { return };
        let focused = dom::document().active_element().is_some_and(|focused| legend.contains(Some(&focused)));
        if let (true, Some(before)) = (focused, self.before.borrow_mut().take()) {
            drop(before.focus());
        }
        dom::detach(&legend);
        self.listed.borrow_mut().take();
        self.tinted.borrow_mut().clear();
        self.colour();
    }

    /// The text has changed: what changed is tinted anew once that is painted.
    pub(super) fn handle_change(&self, changes: &[Change]) {
        if !self.is_open() {
            return;
        }
        for change in changes {
            match change {
                Change::Text { field, .. } if !self.stale.borrow().contains(field) => self.stale.borrow_mut().push(field.clone()),
                Change::Text { .. } => {}
                _ => self.all_stale.set(true),
            }
        }
        self.after_change.ask();
    }

    fn handle(&self, event: &Event) {
        let key = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key);
        let on_button = || event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()?.closest("button").ok()?).is_some();
        let closes = match key.as_deref() {
            Some(key) => key == "Escape",
            None => on_button(),
        };
        if closes {
            event.prevent_default();
            event.stop_propagation();
            self.close();
        }
    }

    fn learn(&self, client: ClientId, person: &Person) {
        let mut people = self.people.borrow_mut();
        if let Err(at) = people.binary_search_by_key(&client, |(known, _)| *known) {
            people.insert(at, (client, person.clone()));
        }
    }

    /// Colour of a client id, and what the legend says of it: the organisation, else the person.
    fn entry(&self, client: ClientId) -> Option<Entry> {
        let people = self.people.borrow();
        let at = people.binary_search_by_key(&client, |(known, _)| *known).ok()?;
        let Person { name, organisation, hue } = &people[at].1;
        Some((highlight::hue(*hue), if organisation.is_empty() { name } else { organisation }.clone()))
    }

    fn tint(&self, context: &EditorContext) {
        if !self.is_open() {
            return;
        }
        context.port().peers().with_untracked(|peers| peers.iter().for_each(|peer| self.learn(peer.client, &peer.person)));
        let stale = self.stale.take();
        let fields = if self.all_stale.take() {
            self.tinted.borrow_mut().clear();
            context.fields_in_order()
        } else {
            stale.iter().filter_map(|field| context.field(&field.to_string())).collect()
        };
        let names: Vec<Field> = fields.iter().map(|field| field.field.clone()).collect();
        for (field, runs) in fields.into_iter().zip(context.port().authors(&names)) {
            let stretches = self.stretches(&field, &runs);
            let mut tinted = self.tinted.borrow_mut();
            match tinted.iter_mut().find(|tinted| tinted.field.field == field.field) {
                Some(tinted) => *tinted = Tinted { field, stretches },
                None => tinted.push(Tinted { field, stretches }),
            }
        }
        self.colour();
        self.list();
    }

    /// Neighbours of the same name are one stretch: each page load writes with a client id of its own.
    fn stretches(&self, field: &EditorField, runs: &[(u32, u32, ClientId)]) -> Vec<(Entry, Range)> {
        let mut merged: Vec<(Entry, u32, u32)> = Vec::new();
        for (from, to, client) in runs {
            let Some(entry) = self.entry(*client) else { continue };
            match merged.last_mut() {
                Some((last, _, end)) if *end == *from && *last == entry => *end = *to,
                _ => merged.push((entry, *from, *to)),
            }
        }
        let (lines, state) = (field.lines.borrow(), field.state.borrow());
        merged.into_iter().filter_map(|(entry, from, to)| Some((entry, position::range_of(&lines, &state, from, to)?))).collect()
    }

    fn colour(&self) {
        let tinted = self.tinted.borrow();
        let stretches = tinted.iter().flat_map(|tinted| &tinted.stretches);
        let ranges: Vec<(u8, Range)> = stretches.map(|((hue, _), range)| (*hue, range.clone())).collect();
        highlight::show_hues("author", BELOW, &ranges, &self.hues);
    }

    /// Shows who is to be seen, in the order of the text.
    fn list(&self) {
        let mut entries: Vec<Entry> = Vec::new();
        for tinted in &*self.tinted.borrow() {
            for (entry, _) in &tinted.stretches {
                if !entries.contains(entry) {
                    entries.push(entry.clone());
                }
            }
        }
        let list = self.legend.borrow().as_ref().and_then(|legend| legend.query_selector("ul").ok().flatten());
        if let Some(list) = list.filter(|_| self.listed.borrow().as_ref() != Some(&entries)) {
            list.set_text_content(None);
            let line = |hue: u8, name: &str| {
                let swatch = element("span").class(format!("swatch hue-{hue}")).attribute("aria-hidden", "true");
                dom::append(&list, &dom::build(&element("li").child(swatch).child(element("span").text(name.to_owned()))));
            };
            entries.iter().for_each(|(hue, name)| line(*hue, name));
            line(0, if entries.is_empty() { self.text.authors.nobody } else { self.text.authors.rest });
            *self.listed.borrow_mut() = Some(entries);
        }
    }

    fn draw(&self) -> Shared {
        let (title, close) = (self.text.authors.title, self.text.common.close);
        let button = element("button").class("btn plain icon").attribute("type", "button").attribute("aria-label", close);
        element("section")
            .class("authors")
            .attribute("aria-label", title)
            .attribute("tabindex", "-1")
            .child(element("b").attribute("aria-hidden", "true").text(title))
            .child(button.attribute("title", close).child(small_icon(Icon::Cross)))
            .child(element("ul"))
    }
}

impl Drop for Authors {
    fn drop(&mut self) {
        self.close();
    }
}
