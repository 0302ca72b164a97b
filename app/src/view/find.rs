//! Find and replace in the whole agenda: a bar of its own, since the browser's own search cannot replace.
//!
//! What is found is coloured by highlights and walked through without taking the focus out of the bar. Each replacement is one step of undo.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use dagsorden_editor::find::{Matching, find, replace};
use dagsorden_editor::{Selection, Transaction};
use dagsorden_shared::agenda::{Change, Field};
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::render::{Element as Shared, Icon, element, small_icon};
use dagsorden_shared::richtext::Delta;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent};

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
struct Place {
    field: Rc<EditorField>,
    range: Selection,
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
                found.iter_mut().filter(|place| place.field.field == *field).for_each(|place| place.range = place.range.map(delta));
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
    fn shown(&self) -> Option<(Rc<EditorField>, Selection)> {
        self.found.borrow().get(self.at.get()).map(|place| (Rc::clone(&place.field), place.range))
    }

    /// The caret when the bar was opened, or where a selection begins.
    fn opened_at(&self, context: &EditorContext) -> Option<(Rc<EditorField>, Selection)> {
        let from = self.from.borrow();
        let (field, selection) = context.at(from.as_ref()?)?;
        Some((field, Selection::caret(selection.from())))
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
        let wanted = self.input("wanted").map(|input| input.value()).unwrap_or_default();
        let pressed = |name| self.switch(name).is_some_and(|button| is_pressed(&button));
        let matching = Matching { case: pressed(CASE), words: pressed(WORDS) };
        let fields = context.fields_in_order();
        let places = |field: &Rc<EditorField>| find(field.state.borrow().body(), &wanted, matching);
        let found: Vec<Place> = fields
            .iter()
            .flat_map(|field| places(field).into_iter().map(|range| Place { field: Rc::clone(field), range }).collect::<Vec<_>>())
            .collect();
        let shown = self.shown().or_else(|| self.opened_at(context));
        // Where its field is gone, what came behind it is now at its place in the row.
        if let Some((field, range)) = shown.filter(|(shown, _)| fields.iter().any(|field| Rc::ptr_eq(field, shown))) {
            let rank = |of: &Rc<EditorField>, range: Selection| (fields.iter().position(|field| Rc::ptr_eq(field, of)), range.from());
            let shown = rank(&field, range);
            self.at.set(found.iter().position(|place| rank(&place.field, place.range) >= shown).unwrap_or(0));
        }
        self.at.set(self.at.get().min(found.len().saturating_sub(1)));
        *self.found.borrow_mut() = found;
        self.tell(!wanted.is_empty());
    }

    /// Colours the places, and says which of how many is shown.
    fn tell(&self, asked: bool) {
        self.colour();
        let count = u32::try_from(self.found.borrow().len()).unwrap_or(u32::MAX);
        let at = u32::try_from(self.at.get()).unwrap_or(u32::MAX);
        self.say(&match (asked, count) {
            (false, _) => String::new(),
            (true, 0) if self.replaced.get() > 0 => (self.text.find.replaced)(self.replaced.get()),
            (true, 0) => self.text.find.nothing.to_owned(),
            (true, _) => (self.text.find.place)(at + 1, count),
        });
    }

    fn colour(&self) {
        let found = self.found.borrow();
        let now = found.get(self.at.get()).map(|place| (NOW, place));
        let all = found.iter().map(|place| (ALL, place)).chain(now);
        let colours: Vec<Decoration> = all.filter_map(|(name, place)| coloured(name, place)).collect();
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
        if let Some(view) = lines.views.get(line) {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Center);
            view.element.scroll_into_view_with_scroll_into_view_options(&options);
        }
    }

    fn with(&self) -> String {
        self.input("with").map(|input| input.value()).unwrap_or_default()
    }

    fn replace_now(&self, context: &EditorContext) {
        let Some((field, range)) = self.shown() else { return };
        self.follow(context);
        // Another person may have written in it.
        let stands = self.shown().is_some_and(|(now, stands)| Rc::ptr_eq(&now, &field) && stands == range);
        let with = self.with();
        let before = field.state.borrow().body().len();
        if stands && context.run_in(&field, |state| replace(state, &[range], &with)) {
            // Goes on behind what was put in: it may hold the text that is looked for.
            let end = range.to() + field.state.borrow().body().len() - before;
            if let Some(place) = self.found.borrow_mut().get_mut(self.at.get()) {
                place.range = Selection::caret(end);
            }
            self.look(context);
        }
        self.show_now();
    }

    fn replace_all(&self, context: &EditorContext) {
        self.follow(context);
        let with = self.with();
        let mut changes: Vec<(Field, Delta)> = Vec::new();
        let mut count = 0;
        {
            let found = self.found.borrow();
            let mut rest = found.as_slice();
            while let Some(first) = rest.first() {
                let end = rest.iter().position(|place| !Rc::ptr_eq(&place.field, &first.field)).unwrap_or(rest.len());
                let ranges: Vec<Selection> = rest[..end].iter().map(|place| place.range).collect();
                let made: Option<Transaction> = replace(&first.field.state.borrow(), &ranges, &with);
                if let Some(transaction) = made {
                    count += end;
                    changes.push((first.field.field.clone(), transaction.delta));
                }
                rest = &rest[end..];
            }
        }
        if context.edit_fields(changes) {
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
        self.colour();
        let from = self.from.borrow_mut().take();
        match (place, from) {
            (Some((field, range)), _) => {
                field.focus_at(range);
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
fn coloured(name: &'static str, place: &Place) -> Option<Decoration> {
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
