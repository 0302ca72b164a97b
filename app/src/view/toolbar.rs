//! The small toolbar beside a selection or a table, with the prompt for a link's address.
//!
//! The part `toolbar`; `stand_in` has it loaded. Built once. It stands in the white left of the text, where it covers no line: a short column where text is selected, one of rows and columns beside
//! the table the caret is in; Alt+F10, or its last button, unfolds the whole. Narrow windows have it as a row at their foot. One stop of the Tab key: arrows move inside, Escape goes back to the caret. `drawing` holds what it looks like.

mod drawing;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use dagsorden_editor::command::mark;
use dagsorden_editor::{CommandName, FieldKind, Selection};
use dagsorden_shared::catalogue::Catalogue;
use wasm_bindgen::JsCast;
use web_sys::{DomRect, Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent, Node, Range};

use super::context::EditorContext;
use super::decoration::{Decoration, Decorations};
use super::field::EditorField;
use super::part::{Part, Request, Update, When};
use super::stand_in::{self, Asked};
use super::{dom, position};

/// Its name as a part.
const NAME: &str = "toolbar";
/// Where the toolbar is fixed at the bottom of the window by the style sheet.
const NARROW: f64 = 720.0;
/// Between text and toolbar, in pixels.
const GAP: f64 = 8.0;
/// What the bar takes of the window's upper edge.
const BAR: f64 = 56.0;
/// Name of the highlight of what is selected while the focus is in the toolbar.
const SELECTED: &str = "selected";

/// Puts the toolbar in the place of its stand-in and does what that was asked for.
pub(crate) fn start(context: &EditorContext, asked: Asked) {
    let toolbar = Rc::new(Toolbar::new(context.text));
    context.remove_part(stand_in::NAME);
    context.add_part(Rc::clone(&toolbar) as Rc<dyn Part>);
    toolbar.attach(context);
    toolbar.take_over(context, asked);
    context.schedule(NAME, When::Pause);
}

/// The toolbar.
struct Toolbar {
    text: &'static Catalogue,
    root: HtmlElement,
    /// Asked for by key, so shown without a selection too.
    called: Cell<bool>,
    /// Unfolded: all commands are shown.
    full: Cell<bool>,
    /// Sent away with Escape, until something else is selected.
    sent_away: Cell<Option<Selection>>,
    /// What it is to show, as measured.
    wanted: RefCell<Wanted>,
    /// What is selected, while an address is typed.
    colours: Decorations,
}

/// What the toolbar is to show.
#[derive(Default)]
enum Wanted {
    /// What it shows.
    #[default]
    Same,
    /// It is to hide.
    Nothing,
    /// The commands for this field.
    Commands {
        field: Rc<EditorField>,
        in_table: bool,
        only_table: bool,
        /// `None` where the selection has no place in the page.
        place: Option<Place>,
        /// What is selected, while an address is typed.
        selected: Option<Range>,
    },
}

/// What the toolbar stands at, in the window.
enum Place {
    /// Where the style sheet puts it.
    Edge,
    /// Beside the text.
    Beside {
        /// Where the text begins.
        left: f64,
        top: f64,
        bottom: f64,
    },
}

impl Part for Toolbar {
    fn name(&self) -> &'static str {
        NAME
    }

    fn attach(&self, context: &EditorContext) {
        // In the page's main part, as what it acts on is.
        if let Some(main) = dom::document().query_selector("main").ok().flatten() {
            dom::append(&main, &self.root);
        }
        for event in ["mousedown", "click", "keydown", "focusout", "submit"] {
            context.listen_for(NAME, &self.root, event);
        }
    }

    fn update(&self, context: &EditorContext, update: &Update<'_>) {
        if matches!(update, Update::SelectionMoved) {
            context.schedule(NAME, When::Pause);
        }
    }

    fn measure(&self, context: &EditorContext) {
        *self.wanted.borrow_mut() = self.wanted_at(context);
    }

    /// Shows, hides and places itself after the selection. Its own size follows what it shows and is measured here.
    fn draw(&self, _: &EditorContext) {
        match self.wanted.take() {
            Wanted::Same => {}
            Wanted::Nothing => self.hide(),
            Wanted::Commands { field, in_table, only_table, place, selected } => {
                let colour = selected.map(|range| Decoration::Range((SELECTED, 0), range));
                self.colours.show(colour.as_slice(), None);
                let classes = self.root.class_list();
                for (name, on) in [("full", self.full.get()), ("in-table", in_table), ("only-table", only_table)] {
                    drop(classes.toggle_with_force(name, on));
                }
                self.root.set_hidden(false);
                self.show_states(&field);
                let style = self.root.style();
                if let Some(Place::Edge) = place {
                    drop(style.remove_property("left"));
                    drop(style.remove_property("top"));
                } else if let Some((left, top)) = place.and_then(|place| place.corner(&self.root, self.is_asking())) {
                    drop(style.set_property("left", &dom::pixels(left)));
                    drop(style.set_property("top", &dom::pixels(top)));
                }
            }
        }
    }

    fn handle(&self, context: &EditorContext, event: &Event) {
        match event.type_().as_str() {
            "mousedown" => {
                // A click must not take the focus from the text; the address is typed, though.
                let typed_in = event.target().is_some_and(|target| target.dyn_ref::<HtmlInputElement>().is_some());
                if !typed_in {
                    event.prevent_default();
                }
            }
            "click" => self.handle_click(context, event),
            "keydown" => self.handle_key(context, event),
            "focusout" => self.handle_focus_out(context, event),
            _ => {
                event.prevent_default();
                self.set_link(context);
            }
        }
    }

    fn answer(&self, context: &EditorContext, request: Request) -> bool {
        match request {
            Request::LinkPrompt => self.ask_for_link(context),
            Request::LinkRefused => self.refuse_link(context),
            Request::ToolbarFocus => return self.focus(context),
            Request::ToolbarAway(selection) => return self.send_away(selection),
            Request::Find => return false,
        }
        true
    }

    fn holds(&self, node: &Node) -> bool {
        self.root.contains(Some(node))
    }

    fn destroy(&self) {
        dom::detach(&self.root);
    }
}

impl Toolbar {
    /// The toolbar, hidden.
    fn new(text: &'static Catalogue) -> Self {
        let root: HtmlElement = dom::build(&drawing::draw(&text.editor, text.common.undo)).unchecked_into();
        root.set_hidden(true);
        Self {
            text,
            root,
            called: Cell::new(false),
            full: Cell::new(false),
            sent_away: Cell::new(None),
            wanted: RefCell::default(),
            colours: Decorations::default(),
        }
    }

    /// Does what was asked for before there was a toolbar, and what was typed for it then. A writer who has gone elsewhere meanwhile is not called back.
    fn take_over(&self, context: &EditorContext, asked: Asked) {
        let Asked { request: Some(request), typed, keys } = asked else { return };
        let Some(typed) = typed else {
            self.answer(context, request);
            return;
        };
        if dom::has_focus(&typed) {
            self.answer(context, request);
            if let Some(input) = self.input().filter(|_| self.is_asking() && !typed.value().is_empty()) {
                input.set_value(&typed.value());
            }
            keys.iter().for_each(|key| self.press(context, key));
        }
        dom::detach(&typed);
    }

    /// Does what a key does that was pressed before there was a toolbar.
    fn press(&self, context: &EditorContext, key: &str) {
        if self.is_asking() {
            self.set_link(context);
        } else if key == "Enter" || key == " " {
            let button = dom::document().active_element().filter(|active| self.holds(active));
            button.and_then(|button| button.dyn_into::<HtmlElement>().ok()).into_iter().for_each(|button| button.click());
        } else {
            self.go(key);
        }
    }

    fn has_focus(&self) -> bool {
        dom::document().active_element().is_some_and(|active| self.holds(&active))
    }

    /// Moves the focus here. Answers whether there is anything to do here.
    fn focus(&self, context: &EditorContext) -> bool {
        self.called.set(true);
        self.full.set(true);
        self.follow(context);
        let buttons = self.buttons();
        let stop = buttons.iter().find(|button| button.tab_index() == 0).or(buttons.first());
        stop.is_some_and(|button| self.stop_at(button))
    }

    /// Moves the focus to a button: from now on it is the one stop of the Tab key, and no button that is folded away is another.
    fn stop_at(&self, stop: &HtmlElement) -> bool {
        self.all_buttons().for_each(|button| button.set_tab_index(-1));
        stop.set_tab_index(0);
        stop.focus().is_ok()
    }

    /// Leaves until something else is selected. Answers whether it was there.
    fn send_away(&self, selection: Option<Selection>) -> bool {
        let there = !self.root.hidden();
        if there {
            self.sent_away.set(selection);
            self.hide();
        }
        there
    }

    /// Shows the prompt for an address.
    fn ask_for_link(&self, context: &EditorContext) {
        let Some(field) = context.active().filter(|field| field.kind() == FieldKind::Section) else { return };
        if context.is_read_only() {
            return;
        }
        self.called.set(true);
        self.show_prompt(true);
        self.say("");
        self.follow(context);
        let address = mark::link_around(&field.state.borrow());
        if let Some(input) = self.input() {
            input.set_value(address.as_deref().unwrap_or_default());
            drop(input.focus());
            input.select();
        }
        if let Some(remove) = self.find("[data-command=unlink]") {
            remove.set_hidden(address.is_none());
        }
    }

    /// An address was refused: says why, keeps what was typed.
    fn refuse_link(&self, context: &EditorContext) {
        self.called.set(true);
        self.show_prompt(true);
        self.say(self.text.editor.link_refused);
        self.follow(context);
        if !self.has_focus() {
            // Asked for from the text: it goes when the person goes on, or it would lie over what they write for ever.
            self.called.set(false);
        }
    }

    /// Follows the selection at once.
    fn follow(&self, context: &EditorContext) {
        self.measure(context);
        self.draw(context);
    }

    fn wanted_at(&self, context: &EditorContext) -> Wanted {
        let field = context.active().filter(|field| field.kind() == FieldKind::Section && !context.is_read_only());
        let selection = field.as_ref().and_then(|field| field.state.borrow().selection());
        let narrow = leptos::prelude::window().inner_width().ok().and_then(|width| width.as_f64()).is_some_and(|width| width < NARROW);
        let busy = self.called.get() || self.has_focus();
        let cell = field.as_ref().zip(selection).and_then(|(field, selection)| cell_of(field, selection));
        if selection.is_some() && selection == self.sent_away.get() && !busy && !narrow {
            return Wanted::Nothing;
        }
        self.sent_away.set(None);
        let wanted = selection.is_some_and(|selection| busy || narrow || cell.is_some() || !selection.is_caret());
        // A format that waits for the next letter is shown.
        let waits = field.as_ref().is_some_and(|field| field.state.borrow().pending().is_some());
        let (Some(field), Some(selection), true) = (field, selection, wanted || waits) else { return Wanted::Nothing };
        if field.pointing.get() && !narrow {
            // It would stand in the way of the mouse; the end of pointing moves the selection once more.
            return Wanted::Same;
        }
        // With the caret alone in a table the formats of text would only be in the way.
        let only_table = cell.is_some() && selection.is_caret() && !busy && !narrow && !waits;
        let table = cell.as_ref().filter(|_| only_table).and_then(|cell| cell.closest("table").ok().flatten());
        let place = match table {
            _ if narrow => Some(Place::Edge),
            Some(table) => Some(Place::beside(&field, &table.get_bounding_client_rect(), None)),
            None => Place::of_selection(&field, selection),
        };
        let selected = self.is_asking().then(|| {
            let (lines, state) = (field.lines.borrow(), field.state.borrow());
            position::range_of(&lines, &state, selection.from(), selection.to())
        });
        Wanted::Commands { field, in_table: cell.is_some(), only_table, place, selected: selected.flatten() }
    }

    fn hide(&self) {
        self.called.set(false);
        self.full.set(false);
        if !self.root.hidden() {
            self.root.set_hidden(true);
            self.show_prompt(false);
            self.colours.show(&[], None);
        }
    }

    fn is_asking(&self) -> bool {
        self.find("form").is_some_and(|form| !form.hidden())
    }

    /// Pressed buttons follow the selection.
    fn show_states(&self, field: &EditorField) {
        let state = field.state.borrow();
        for button in self.buttons() {
            let Some(command) = button.get_attribute("data-command").filter(|_| button.has_attribute("aria-pressed")) else { continue };
            let active = if command == drawing::LINK {
                mark::link_around(&state).is_some()
            } else {
                command.parse::<CommandName>().is_ok_and(|command| command.is_active(&state))
            };
            dom::set(&button, "aria-pressed", if active { "true" } else { "false" });
        }
    }

    fn handle_click(&self, context: &EditorContext, event: &Event) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(button) = target.and_then(|target| target.closest("button").ok().flatten()) else { return };
        let command = button.get_attribute("data-command").unwrap_or_default();
        if button.has_attribute(drawing::UNFOLDS) {
            self.full.set(!self.full.get());
            self.follow(context);
        } else if command == drawing::LINK {
            self.ask_for_link(context);
        } else if command == drawing::UNDO {
            context.undo();
        } else if command == drawing::REDO {
            context.redo();
        } else if let Ok(command) = command.parse::<CommandName>() {
            context.run(&command);
            // A button pressed with a key: what was asked for is done, and the text is where one goes on.
            if self.has_focus() {
                self.back_to_text(context);
            }
        }
    }

    fn handle_focus_out(&self, context: &EditorContext, event: &Event) {
        context.handle_part_focus_out(event);
        if context.active().is_some_and(|field| field.state.borrow().selection().is_none()) {
            self.called.set(false);
        }
    }

    fn handle_key(&self, context: &EditorContext, event: &Event) {
        let Some(key) = event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key) else { return };
        let in_prompt = event.target().is_some_and(|target| target.dyn_ref::<HtmlInputElement>().is_some());
        if key == "Escape" {
            self.back_to_text(context);
            event.stop_propagation();
        } else if in_prompt || !self.go(&key) {
            return;
        }
        event.prevent_default();
    }

    /// Goes to another button by a key. Answers whether it is a key that does.
    fn go(&self, key: &str) -> bool {
        let buttons = self.buttons();
        let here = buttons.iter().position(|button| button.tab_index() == 0).unwrap_or(0);
        let last = buttons.len().saturating_sub(1);
        let to = match key {
            "ArrowRight" | "ArrowDown" if here == last => 0,
            "ArrowRight" | "ArrowDown" => here + 1,
            "ArrowLeft" | "ArrowUp" => here.checked_sub(1).unwrap_or(last),
            "Home" => 0,
            "End" => last,
            _ => return false,
        };
        if let Some(next) = buttons.get(to) {
            self.stop_at(next);
        }
        true
    }

    fn set_link(&self, context: &EditorContext) {
        let address = self.input().map(|input| input.value()).unwrap_or_default();
        if context.run(&CommandName::Link(address)) {
            self.back_to_text(context);
        }
    }

    fn back_to_text(&self, context: &EditorContext) {
        self.called.set(false);
        self.show_prompt(false);
        if let Some(field) = context.active() {
            let selection = field.state.borrow().selection();
            field.focus_at(selection.unwrap_or(Selection::caret(0)));
        }
        self.follow(context);
    }

    fn show_prompt(&self, shown: bool) {
        if let (Some(form), Some(buttons)) = (self.find("form"), self.find(".commands")) {
            form.set_hidden(!shown);
            buttons.set_hidden(shown);
        }
    }

    fn say(&self, text: &str) {
        if let Some(message) = self.find("[role=alert]") {
            message.set_text_content(Some(text));
        }
    }

    fn find(&self, selector: &str) -> Option<HtmlElement> {
        self.root.query_selector(selector).ok()??.dyn_into().ok()
    }

    fn input(&self) -> Option<HtmlInputElement> {
        self.find("input")?.dyn_into().ok()
    }

    /// Those that are shown: a folded group's are not.
    fn buttons(&self) -> Vec<HtmlElement> {
        self.all_buttons().filter(|button| button.offset_parent().is_some()).collect()
    }

    fn all_buttons(&self) -> impl Iterator<Item = HtmlElement> + use<> {
        let found = self.root.query_selector_all(".commands button").ok();
        found.into_iter().flat_map(|found| (0..found.length()).filter_map(move |at| found.item(at)?.dyn_into().ok()))
    }
}

impl Place {
    fn of_selection(field: &EditorField, selection: Selection) -> Option<Self> {
        let (lines, state) = (field.lines.borrow(), field.state.borrow());
        let rect = |offset: u32| position::place_of(&lines, &state, offset).and_then(|place| position::caret_rect(&place.0, place.1));
        Some(Self::beside(field, &rect(selection.from())?, Some(&rect(selection.to())?)))
    }

    fn beside(field: &EditorField, start: &DomRect, end: Option<&DomRect>) -> Self {
        let left = field.host.get_bounding_client_rect().left();
        Self::Beside { left, top: start.top(), bottom: end.unwrap_or(start).bottom() }
    }

    /// Left of the text, as high as what it acts on and within the window; while an address is typed below it. Coordinates of the page for the
    /// toolbar's own corner.
    fn corner(&self, root: &HtmlElement, asks: bool) -> Option<(f64, f64)> {
        let Self::Beside { left, top, bottom } = *self else { return None };
        let window = leptos::prelude::window();
        let own = root.get_bounding_client_rect();
        let lowest = window.inner_height().ok()?.as_f64()? - own.height() - GAP;
        let in_view = bottom > BAR && top < lowest + own.height();
        let (left, top) = if asks { (left, bottom + GAP) } else { (left - own.width() - GAP, top - GAP / 2.0) };
        // What it acts on may be scrolled away, and the toolbar with it. `clamp` would bring the printing of floats into the download, for its panic.
        let top = if in_view { top.min(lowest).max(BAR + GAP) } else { top };
        Some((left.max(GAP) + window.page_x_offset().ok()?, top + window.page_y_offset().ok()?))
    }
}

/// The cell the selection's end is in.
fn cell_of(field: &EditorField, selection: Selection) -> Option<Element> {
    let state = field.state.borrow();
    let line = state.locate(selection.head).0;
    if !state.is_cell(line) {
        return None;
    }
    Some(field.lines.borrow().views.get(line)?.element.clone())
}
