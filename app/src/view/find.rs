//! Find and replace in the whole agenda: a bar of its own, since the browser's own search cannot replace.
//!
//! What is found is coloured by highlights and walked through without taking the focus out of the bar. Each replacement is one step of undo.

mod names;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use dagsorden_editor::find::{Matching, find, replace};
use dagsorden_editor::{Selection, Transaction};
use dagsorden_shared::agenda::{Change, Edit};
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::render::{Element as Shared, Icon, element, small_icon};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent};

use names::{Key, Names, margin};

use super::context::EditorContext;
use super::decoration::{Decoration, Decorations};
use super::field::EditorField;
use super::part::{Part, Request, Update, When};
use super::{dom, position};
use crate::parts;
use crate::sync::UndoSelection;

/// Its name as a part.
const NAME: &str = "find";
/// Names of the highlights: all places, and the one that is shown now.
const ALL: &str = "found";
const NOW: &str = "found-now";
/// The switches: what counts as the same text.
const CASE: &str = "case";
const WORDS: &str = "words";
/// A longer selection is no word to look for.
const LONGEST: u32 = 80;

/// A place that was found.
#[derive(Clone)]
struct Place {
    field: Rc<EditorField>,
    /// One of the names beside the text, if it is not in the text itself.
    name: Option<Key>,
    range: Selection,
}

impl Place {
    /// Where it stands in a field: the names first.
    fn rank(&self) -> (u8, u32) {
        let name = match self.name {
            Some(Key::From) => 0,
            Some(_) => 1,
            None => 2,
        };
        (name, self.range.from())
    }

    fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.field, &other.field) && self.name == other.name && self.range == other.range
    }
}

/// The bar, built when it is first asked for.
struct FindBar {
    text: &'static Catalogue,
    root: HtmlElement,
    found: RefCell<Vec<Place>>,
    colours: Decorations,
    /// Which of them is shown now.
    at: Cell<usize>,
    /// How many places were replaced at once, until something else is asked for.
    replaced: Cell<u32>,
    /// Where the person was when the bar was opened.
    from: RefCell<Option<UndoSelection>>,
    /// The text has changed since it was looked through.
    stale: Cell<bool>,
}

impl EditorContext {
    /// Opens the bar for finding and replacing.
    pub fn open_find(self: &Rc<Self>) {
        if !self.request(Request::Find) {
            let context = Rc::clone(self);
            parts::with_tools(self.text, move |tools| tools.find(&context));
        }
    }
}

/// Adds the bar to an editor that has none, and opens it.
pub(crate) fn open(context: &EditorContext) {
    // It may have been asked for twice while it was loaded.
    if !context.has_part(NAME) {
        let bar = FindBar::new(context.text);
        let root = bar.root.clone();
        context.add_part(Rc::new(bar));
        for event in ["input", "click", "keydown"] {
            context.listen_for(NAME, &root, event);
        }
    }
    context.request(Request::Find);
}

impl Part for FindBar {
    fn name(&self) -> &'static str {
        NAME
    }

    /// What was found moves with the text, and is looked for again once that is painted.
    fn update(&self, context: &EditorContext, update: &Update<'_>) {
        let Update::Changed { changes, .. } = update else { return };
        if !self.is_open() {
            return;
        }
        for change in *changes {
            if let Change::Text { field, delta } = change {
                let mut found = self.found.borrow_mut();
                let moved = found.iter_mut().filter(|place| place.field.field == *field && place.name.is_none());
                moved.for_each(|place| place.range = place.range.map(delta));
            }
        }
        self.stale.set(true);
        context.schedule(NAME, When::Pause);
    }

    fn draw(&self, context: &EditorContext) {
        self.follow(context);
    }

    fn handle(&self, context: &EditorContext, event: &Event) {
        match event.dyn_ref::<KeyboardEvent>() {
            Some(key) => self.handle_key(context, key),
            None if event.type_() == "input" => {
                if named(event, "wanted") {
                    self.at.set(0);
                    self.found.borrow_mut().clear();
                    self.replaced.set(0);
                    self.look(context);
                    self.show_now();
                }
            }
            None => {
                let button = event.target().and_then(|target| target.dyn_into::<Element>().ok()?.closest("[data-action]").ok()?);
                if let Some(action) = button.and_then(|button| button.get_attribute("data-action")) {
                    self.act(context, &action);
                }
            }
        }
    }

    fn answer(&self, context: &EditorContext, request: Request) -> bool {
        let asked = matches!(request, Request::Find);
        if asked {
            self.open(context);
        }
        asked
    }

    fn destroy(&self) {
        dom::detach(&self.root);
    }
}

impl FindBar {
    /// The bar, hidden.
    fn new(text: &'static Catalogue) -> Self {
        let root: HtmlElement = dom::build(&draw(text)).unchecked_into();
        root.set_hidden(true);
        if let Some(body) = dom::document().body() {
            dom::append(&body, &root);
        }
        Self {
            text,
            root,
            found: RefCell::default(),
            colours: Decorations::default(),
            at: Cell::new(0),
            replaced: Cell::new(0),
            from: RefCell::default(),
            stale: Cell::new(false),
        }
    }

    /// Opens the bar with what is selected as the text to look for.
    fn open(&self, context: &EditorContext) {
        // From the bar itself the search stays as it is.
        let field = context.active().filter(|field| field.is_focused() || !self.is_open());
        let selected = field.as_deref().and_then(selected_text);
        if let Some(place) = field.and_then(|_| context.place()) {
            *self.from.borrow_mut() = Some(place);
            self.found.borrow_mut().clear();
        }
        self.root.set_hidden(false);
        if let Some(wanted) = self.input("wanted") {
            if let Some(selected) = selected {
                wanted.set_value(&selected);
            }
            drop(wanted.focus());
            wanted.select();
        }
        self.look(context);
        self.show_now();
    }

    /// Looks through a text that has changed.
    fn follow(&self, context: &EditorContext) {
        if self.stale.take() {
            self.look(context);
        }
    }

    /// The place that is shown now.
    fn shown(&self) -> Option<Place> {
        self.found.borrow().get(self.at.get()).cloned()
    }

    /// The caret when the bar was opened, or where a selection begins.
    fn opened_at(&self, context: &EditorContext) -> Option<Place> {
        let from = self.from.borrow();
        let (field, selection) = context.at(from.as_ref()?)?;
        Some(Place { field, name: None, range: Selection::caret(selection.from()) })
    }

    /// What is looked for.
    fn wanted(&self) -> (String, Matching) {
        let wanted = self.input("wanted").map(|input| input.value()).unwrap_or_default();
        let pressed = |name| self.switch(name).is_some_and(|button| is_pressed(&button));
        (wanted, Matching { case: pressed(CASE), words: pressed(WORDS) })
    }

    fn is_open(&self) -> bool {
        !self.root.hidden()
    }

    fn handle_key(&self, context: &EditorContext, event: &KeyboardEvent) {
        let action = match event.key().as_str() {
            "Escape" => "close",
            "Enter" if named(event, "with") => "replace",
            "Enter" if named(event, "wanted") && event.shift_key() => "previous",
            "Enter" if named(event, "wanted") => "next",
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        self.act(context, action);
    }

    fn act(&self, context: &EditorContext, action: &str) {
        match action {
            CASE | WORDS => {
                if let Some(button) = self.switch(action) {
                    dom::set(&button, "aria-pressed", if is_pressed(&button) { "false" } else { "true" });
                }
                self.at.set(0);
                self.found.borrow_mut().clear();
                self.look(context);
                self.show_now();
            }
            "next" => self.step(context, 1),
            "previous" => self.step(context, -1),
            "replace" => self.replace_now(context),
            "replace-all" => self.replace_all(context),
            "close" => self.close(context),
            _ => {}
        }
    }

    /// Looks through all fields in the order of the page. Shown is what was shown before, or what comes after it if it is gone; at first what comes
    /// after the caret.
    fn look(&self, context: &EditorContext) {
        if !self.is_open() {
            return;
        }
        let (wanted, matching) = self.wanted();
        let fields = context.fields_in_order();
        let places = |field: &Rc<EditorField>| {
            let names = Names::of(context, field);
            let beside = if names.shown { names.find(&wanted, matching) } else { Vec::new() };
            let text = find(field.state.borrow().body(), &wanted, matching).into_iter().map(|range| (None, range));
            let all = beside.into_iter().map(|(key, range)| (Some(key), range)).chain(text);
            all.map(|(name, range)| Place { field: Rc::clone(field), name, range }).collect::<Vec<_>>()
        };
        let found: Vec<Place> = fields.iter().flat_map(places).collect();
        let shown = self.shown().or_else(|| self.opened_at(context));
        // Where its field is gone, what came behind it is now at its place in the row.
        if let Some(shown) = shown.filter(|shown| fields.iter().any(|field| Rc::ptr_eq(field, &shown.field))) {
            let rank = |of: &Place| (fields.iter().position(|field| Rc::ptr_eq(field, &of.field)), of.rank());
            let shown = rank(&shown);
            self.at.set(found.iter().position(|place| rank(place) >= shown).unwrap_or(0));
        }
        self.at.set(self.at.get().min(found.len().saturating_sub(1)));
        *self.found.borrow_mut() = found;
        self.tell(context, !wanted.is_empty());
    }

    /// Colours the places, and says which of how many is shown.
    fn tell(&self, context: &EditorContext, asked: bool) {
        self.colour(context);
        let count = u32::try_from(self.found.borrow().len()).unwrap_or(u32::MAX);
        let at = u32::try_from(self.at.get()).unwrap_or(u32::MAX);
        self.say(&match (asked, count) {
            (false, _) => String::new(),
            (true, 0) if self.replaced.get() > 0 => (self.text.find.replaced)(self.replaced.get()),
            (true, 0) => self.text.find.nothing.to_owned(),
            (true, _) => (self.text.find.place)(at + 1, count),
        });
    }

    fn colour(&self, context: &EditorContext) {
        let found = self.found.borrow();
        let now = found.get(self.at.get()).map(|place| (NOW, place));
        let all = found.iter().map(|place| (ALL, place)).chain(now);
        let colours: Vec<Decoration> = all.filter_map(|(name, place)| coloured(context, name, place)).collect();
        self.colours.show(&colours, None);
    }

    fn step(&self, context: &EditorContext, step: isize) {
        self.follow(context);
        let count = self.found.borrow().len();
        if count > 0 {
            let next = self.at.get().checked_add_signed(step).unwrap_or(count - 1);
            self.at.set(if next < count { next } else { 0 });
        }
        self.look(context);
        self.show_now();
    }

    /// Scrolls to the place that is shown now.
    fn show_now(&self) {
        let found = self.found.borrow();
        let Some(place) = found.get(self.at.get()) else { return };
        let lines = place.field.lines.borrow();
        let line = place.field.state.borrow().locate(place.range.from()).0;
        let element = match place.name {
            Some(_) => margin(&place.field.host),
            None => lines.views.get(line).map(|view| view.element.clone()),
        };
        if let Some(element) = element {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Center);
            element.scroll_into_view_with_scroll_into_view_options(&options);
        }
    }

    fn with(&self) -> String {
        self.input("with").map(|input| input.value()).unwrap_or_default()
    }

    fn replace_now(&self, context: &EditorContext) {
        let Some(place) = self.shown() else { return };
        self.follow(context);
        // Another person may have written in it.
        let stands = self.shown().is_some_and(|now| now.is(&place));
        let with = self.with();
        let Place { field, name, range } = place;
        let names = Names::of(context, &field);
        if let Some(key) = name {
            if stands && context.edit_fields(&names.replace(&[(key, range)], &with)) {
                self.look(context);
            }
            self.show_now();
            return;
        }
        let before = field.state.borrow().body().len();
        let replaced = |names: Vec<Edit>| {
            if names.is_empty() {
                return context.run_in(&field, |state| replace(state, &[range], &with));
            }
            let made = replace(&field.state.borrow(), &[range], &with);
            let text = made.map(|made| Edit::Text { field: field.field.clone(), delta: made.delta });
            context.edit_fields(&text.into_iter().chain(names).collect::<Vec<_>>())
        };
        if stands && replaced(self.unsaid(&names, &with)) {
            // Goes on behind what was put in: it may hold the text that is looked for.
            let end = range.to() + field.state.borrow().body().len() - before;
            if let Some(place) = self.found.borrow_mut().get_mut(self.at.get()) {
                place.range = Selection::caret(end);
            }
            self.look(context);
        }
        self.show_now();
    }

    /// What becomes of names that only the text says, when what is looked for is replaced there.
    fn unsaid(&self, names: &Names, with: &str) -> Vec<Edit> {
        let (wanted, matching) = self.wanted();
        if names.shown { Vec::new() } else { names.replace(&names.find(&wanted, matching), with) }
    }

    fn replace_all(&self, context: &EditorContext) {
        self.follow(context);
        let with = self.with();
        let mut edits: Vec<Edit> = Vec::new();
        let mut count = 0;
        {
            let found = self.found.borrow();
            let mut rest = found.as_slice();
            while let Some(first) = rest.first() {
                let end = rest.iter().position(|place| !Rc::ptr_eq(&place.field, &first.field)).unwrap_or(rest.len());
                let names = Names::of(context, &first.field);
                let beside: Vec<(Key, Selection)> = rest[..end].iter().filter_map(|place| Some((place.name?, place.range))).collect();
                let ranges: Vec<Selection> = rest[..end].iter().filter(|place| place.name.is_none()).map(|place| place.range).collect();
                let made: Option<Transaction> = replace(&first.field.state.borrow(), &ranges, &with);
                let text = made.map(|made| Edit::Text { field: first.field.field.clone(), delta: made.delta });
                let before = edits.len();
                edits.extend(names.replace(&beside, &with));
                edits.extend(text.map(|text| self.unsaid(&names, &with).into_iter().chain([text])).into_iter().flatten());
                if edits.len() > before {
                    count += end;
                }
                rest = &rest[end..];
            }
        }
        if context.edit_fields(&edits) {
            self.replaced.set(u32::try_from(count).unwrap_or(u32::MAX));
            self.look(context);
        }
    }

    /// Closes the bar; the caret goes to the place that was shown last, or back if there is none.
    fn close(&self, context: &EditorContext) {
        self.follow(context);
        self.root.set_hidden(true);
        let place = self.shown();
        self.found.borrow_mut().clear();
        self.colour(context);
        let from = self.from.borrow_mut().take();
        match (place, from) {
            (Some(Place { field, name, range }), _) => {
                field.focus_at(if name.is_some() { Selection::caret(0) } else { range });
                context.reveal_caret(&field);
            }
            (None, Some(from)) => context.go_to(&from),
            (None, None) => return,
        }
        context.selection_moved();
    }

    fn switch(&self, action: &str) -> Option<Element> {
        self.root.query_selector(&format!("[data-action={action}]")).ok()?
    }

    fn input(&self, name: &str) -> Option<HtmlInputElement> {
        self.root.query_selector(&format!("[name={name}]")).ok()??.dyn_into().ok()
    }

    fn say(&self, text: &str) {
        let status = self.root.query_selector("[role=status]").ok().flatten();
        if let Some(status) = status.filter(|status| status.text_content().as_deref() != Some(text)) {
            status.set_text_content(Some(text));
        }
    }
}

fn draw(catalogue: &Catalogue) -> Shared {
    let text = &catalogue.find;
    let input = |name: &'static str, label: &'static str| {
        element("input")
            .class("input")
            .attribute("type", "text")
            .attribute("name", name)
            .attribute("aria-label", label)
            .attribute("placeholder", label)
            .attribute("autocomplete", "off")
    };
    let icon = |action: &'static str, icon: Icon, label: &'static str| {
        button(action, "btn plain icon").attribute("aria-label", label).attribute("title", label).child(small_icon(icon))
    };
    element("div")
        .class("find")
        .attribute("role", "search")
        .attribute("aria-label", text.title)
        .child(input("wanted", text.wanted))
        .child(element("span").class("quiet").attribute("role", "status"))
        .child(icon("previous", Icon::Up, text.previous))
        .child(icon("next", Icon::Down, text.next))
        .child(icon("close", Icon::Cross, catalogue.common.close))
        .child(input("with", text.with))
        .child(button("replace", "link").text(text.replace))
        .child(button("replace-all", "link").text(text.replace_all))
        .child(element("div").class("switches").child(switch(CASE, text.case)).child(switch(WORDS, text.words_only)))
}

fn switch(action: &'static str, label: &'static str) -> Shared {
    button(action, "btn plain switch").attribute("aria-pressed", "false").text(label)
}

fn is_pressed(button: &Element) -> bool {
    button.get_attribute("aria-pressed").as_deref() == Some("true")
}

fn button(action: &'static str, class: &'static str) -> Shared {
    element("button").class(class).attribute("type", "button").attribute("data-action", action)
}

fn named(event: &Event, name: &str) -> bool {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    input.is_some_and(|input| input.name() == name)
}

/// A place in the colours of this name.
fn coloured(context: &EditorContext, name: &'static str, place: &Place) -> Option<Decoration> {
    if let Some(key) = place.name {
        let range = Names::of(context, &place.field).range(&place.field.host, key, place.range)?;
        return Some(Decoration::Range((name, 0), range));
    }
    let range = position::range_of(&place.field.lines.borrow(), &place.field.state.borrow(), place.range.from(), place.range.to())?;
    Some(Decoration::Range((name, 0), range))
}

fn selected_text(field: &EditorField) -> Option<String> {
    let state = field.state.borrow();
    let range = state.selection().filter(|range| !range.is_caret() && range.to() - range.from() <= LONGEST)?;
    let ((line, from), (last, to)) = (state.locate(range.from()), state.locate(range.to()));
    let text = state.line(line).text();
    let cut = |offset| dagsorden_shared::richtext::delta::byte_at(&text, offset);
    (line == last).then(|| text[cut(from)..cut(to)].to_owned())
}
