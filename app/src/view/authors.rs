//! Who wrote what, on demand: the text tinted by organisation, and a legend that names the tints.
//!
//! The tints are highlights named `author-1` to `author-24`, which change no node. Whose a client id is the page brings along; of those who came
//! later their presence tells. Text of nobody known stays as it is.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use dagsorden_shared::agenda::{Change, Field};
use dagsorden_shared::api::{Author, Person};
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::id::ClientId;
use dagsorden_shared::render::{Element as Shared, Icon, element, small_icon};
use leptos::prelude::WithUntracked;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, KeyboardEvent, Range};

use super::context::EditorContext;
use super::decoration::{Decoration, Decorations, hue};
use super::field::EditorField;
use super::part::{Part, Update, When};
use super::{dom, position};

/// Its name as a part, and the family of its highlights.
const NAME: &str = "author";
/// Under others' selections and what is found.
const BELOW: i32 = -1;

/// What the legend says of a person: a hue and a name.
type Entry = (u8, String);

/// A field, and the stretches of it that known people wrote.
struct Tinted {
    field: Rc<EditorField>,
    stretches: Vec<(Entry, Range)>,
}

/// The tints and their legend, as long as they are shown.
struct Authors {
    text: &'static Catalogue,
    /// Whose the client ids are, in their order.
    people: RefCell<Vec<(ClientId, Person)>>,
    tinted: RefCell<Vec<Tinted>>,
    /// Fields whose text has changed since.
    stale: RefCell<Vec<Field>>,
    /// Fields have come or gone.
    all_stale: Cell<bool>,
    tints: Decorations,
    /// What the legend lists, and the legend itself.
    listed: RefCell<Option<Vec<Entry>>>,
    legend: HtmlElement,
    /// What had the focus before the legend.
    before: Option<HtmlElement>,
}

impl EditorContext {
    /// Whether the text is tinted by who wrote it.
    pub fn shows_authors(&self) -> bool {
        self.has_part(NAME)
    }

    /// Takes the tints away.
    pub fn hide_authors(&self) {
        self.remove_part(NAME);
    }
}

/// Tints the text by who wrote it, with a legend, in place of those it may have; the first that is said of a client id counts.
pub(crate) fn show(context: &EditorContext, authors: Vec<Author>) {
    context.hide_authors();
    let shown = Rc::new(Authors::new(context.text));
    authors.into_iter().for_each(|author| shown.learn(author.client, &author.person));
    context.add_part(Rc::clone(&shown) as Rc<dyn Part>);
    for event in ["click", "keydown"] {
        context.listen_for(NAME, &shown.legend, event);
    }
    drop(shown.legend.focus());
    shown.draw(context);
}

impl Part for Authors {
    fn name(&self) -> &'static str {
        NAME
    }

    /// What changed is tinted anew once that is painted.
    fn update(&self, context: &EditorContext, update: &Update<'_>) {
        let Update::Changed { changes, .. } = update else { return };
        for change in *changes {
            match change {
                Change::Text { field, .. } if !self.stale.borrow().contains(field) => self.stale.borrow_mut().push(field.clone()),
                Change::Text { .. } => {}
                _ => self.all_stale.set(true),
            }
        }
        context.schedule(NAME, When::Pause);
    }

    fn draw(&self, context: &EditorContext) {
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
        self.tint();
        self.list();
    }

    fn handle(&self, context: &EditorContext, event: &Event) {
        let key = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key);
        let on_button = || event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()?.closest("button").ok()?).is_some();
        let closes = match key.as_deref() {
            Some(key) => key == "Escape",
            None => on_button(),
        };
        if closes {
            event.prevent_default();
            event.stop_propagation();
            context.hide_authors();
        }
    }

    /// The focus goes back to where it was.
    fn destroy(&self) {
        let focused = dom::document().active_element().is_some_and(|focused| self.legend.contains(Some(&focused)));
        if let (true, Some(before)) = (focused, &self.before) {
            drop(before.focus());
        }
        dom::detach(&self.legend);
        self.tints.show(&[], None);
    }
}

impl Authors {
    /// The legend, in the page; nothing is tinted yet.
    fn new(text: &'static Catalogue) -> Self {
        let legend: HtmlElement = dom::build(&draw(text)).unchecked_into();
        let before = dom::document().active_element().and_then(|element| element.dyn_into().ok());
        if let Some(body) = dom::document().body() {
            dom::append(&body, &legend);
        }
        Self {
            text,
            people: RefCell::default(),
            tinted: RefCell::default(),
            stale: RefCell::default(),
            all_stale: Cell::new(true),
            tints: Decorations::new(BELOW),
            listed: RefCell::default(),
            legend,
            before,
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
        Some((self::hue(*hue), if organisation.is_empty() { name } else { organisation }.clone()))
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

    fn tint(&self) {
        let tinted = self.tinted.borrow();
        let stretches = tinted.iter().flat_map(|tinted| &tinted.stretches);
        let tints: Vec<Decoration> = stretches.map(|((hue, _), range)| Decoration::Range((NAME, *hue), range.clone())).collect();
        self.tints.show(&tints, None);
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
        let list = self.legend.query_selector("ul").ok().flatten();
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
}

fn draw(text: &Catalogue) -> Shared {
    let (title, close) = (text.authors.title, text.common.close);
    let button = element("button").class("btn plain icon").attribute("type", "button").attribute("aria-label", close);
    element("section")
        .class("authors")
        .attribute("aria-label", title)
        .attribute("tabindex", "-1")
        .child(element("b").attribute("aria-hidden", "true").text(title))
        .child(button.attribute("title", close).child(small_icon(Icon::Cross)))
        .child(element("ul"))
}
