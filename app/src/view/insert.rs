//! A quiet plus beside an empty line: what can stand there, for those who do not know the toolbar. And what else is put into fields or read from
//! several of them at once.
//!
//! Of the part `writing`. By keyboard the toolbar has the same commands.

use std::cell::Cell;
use std::rc::Rc;

use dagsorden_editor::clipboard::copy::selected_lines;
use dagsorden_editor::command::split::split_line;
use dagsorden_editor::{CommandName, FieldKind, Selection};
use dagsorden_shared::agenda::Field;
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::render::{Icon, element, small_icon};
use dagsorden_shared::richtext::{Block, Body, LineFormat, ListKind};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, Node};

use super::context::EditorContext;
use super::field::EditorField;
use super::part::{Part, Update, When};
use super::{dom, position};

/// Its name as a part.
const NAME: &str = "insert";
/// Id of its list.
const LIST: &str = "insert-list";
/// What the list takes of the window's height, at most.
const ROOM: f64 = 240.0;
/// Where the plus stands at the end of the line, in the window's pixels.
const NARROW: f64 = 720.0;

/// The plus and its list.
struct Insert {
    root: HtmlElement,
    /// Where it is to stand in the page, as measured.
    wanted: Cell<Option<(f64, f64)>>,
}

/// Shows the plus from now on. False if it was so before.
pub(crate) fn start(context: &EditorContext) -> bool {
    if context.has_part(NAME) {
        return false;
    }
    let root: HtmlElement = dom::build(&draw(context.text)).unchecked_into();
    root.set_hidden(true);
    // In the page's main part, as what it acts on is.
    if let Some(main) = dom::document().query_selector("main").ok().flatten() {
        dom::append(&main, &root);
    }
    context.add_part(Rc::new(Insert { root: root.clone(), wanted: Cell::new(None) }));
    for event in ["mousedown", "click"] {
        context.listen_for(NAME, &root, event);
    }
    context.selection_moved();
    true
}

fn draw(text: &Catalogue) -> dagsorden_shared::render::Element {
    let editor = &text.editor;
    let entries = [
        (CommandName::List(ListKind::Bullet), Icon::Bullets, editor.bullets),
        (CommandName::List(ListKind::Ordered), Icon::Numbers, editor.numbers),
        (CommandName::InsertTable(3, 3), Icon::Table, editor.table),
        (CommandName::Header(2), Icon::Heading, editor.heading),
        (CommandName::Blockquote, Icon::Quote, editor.quote),
    ];
    let entries = entries.map(|(command, icon, label)| {
        element("button")
            .class("entry")
            .attribute("type", "button")
            .attribute("data-command", command.to_string())
            .child(small_icon(icon))
            .text(label)
    });
    let plus = element("button")
        .class("btn plain icon")
        .attribute("type", "button")
        .attribute("tabindex", "-1")
        .attribute("aria-label", editor.insert_here)
        .attribute("popovertarget", LIST)
        .child(small_icon(Icon::Plus));
    let list = element("div").class("menu-list").attribute("id", LIST).attribute("popover", "auto").children(entries);
    element("div").class("line-plus").flag("data-ui").child(plus).child(list)
}

impl Part for Insert {
    fn name(&self) -> &'static str {
        NAME
    }

    fn update(&self, context: &EditorContext, update: &Update<'_>) {
        if matches!(update, Update::SelectionMoved | Update::Changed { .. }) {
            context.schedule(NAME, When::Pause);
        }
    }

    fn measure(&self, context: &EditorContext) {
        self.wanted.set(place(context));
    }

    fn draw(&self, _: &EditorContext) {
        let wanted = self.wanted.get();
        if self.root.hidden() != wanted.is_none() {
            self.root.set_hidden(wanted.is_none());
        }
        if let Some((left, top)) = wanted {
            drop(self.root.style().set_property("left", &dom::pixels(left)));
            drop(self.root.style().set_property("top", &dom::pixels(top)));
        }
    }

    fn handle(&self, context: &EditorContext, event: &Event) {
        if event.type_() == "mousedown" {
            // The text keeps the focus, and on touch screens its keyboard.
            event.prevent_default();
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let Some(button) = target.and_then(|target| target.closest("button").ok().flatten()) else { return };
        let list = self.root.last_element_child().and_then(|list| list.dyn_into::<HtmlElement>().ok());
        let Some(list) = list else { return };
        match button.get_attribute("data-command").and_then(|command| command.parse::<CommandName>().ok()) {
            Some(command) => {
                drop(list.hide_popover());
                context.run(&command);
            }
            None => {
                let plus = button.get_bounding_client_rect();
                let height = leptos::prelude::window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
                // Above it where there is no room below.
                let above = plus.bottom() + ROOM > height;
                let (edge, other, distance) =
                    if above { ("bottom", "top", height - plus.top() + 4.0) } else { ("top", "bottom", plus.bottom() + 4.0) };
                drop(list.style().set_property("left", &dom::pixels(plus.left())));
                drop(list.style().set_property(edge, &dom::pixels(distance)));
                drop(list.style().set_property(other, "auto"));
            }
        }
    }

    fn holds(&self, node: &Node) -> bool {
        self.root.contains(Some(node))
    }

    fn destroy(&self) {
        dom::detach(&self.root);
    }
}

/// The place of the plus in the page, if the caret is in an empty line.
fn place(context: &EditorContext) -> Option<(f64, f64)> {
    let field = context.active().filter(|field| field.kind() == FieldKind::Section && !context.is_read_only())?;
    if !field.is_focused() || field.is_composing() {
        return None;
    }
    let state = field.state.borrow();
    let caret = state.selection().filter(|selection| selection.is_caret() && state.pending().is_none())?.head;
    let (line, _) = state.locate(caret);
    if !state.line(line).is_empty() || state.line(line).format() != LineFormat::PARAGRAPH {
        return None;
    }
    let rect = field.lines.borrow().views.get(line)?.element.get_bounding_client_rect();
    let window = leptos::prelude::window();
    let narrow = window.inner_width().ok()?.as_f64()? < NARROW;
    let (left, size) = if narrow { (rect.right() - 44.0, 44.0) } else { (rect.left() - 46.0, 32.0) };
    let middle = f64::midpoint(rect.top(), rect.bottom()) - size / 2.0;
    Some((left + window.page_x_offset().ok()?, middle + window.page_y_offset().ok()?))
}

/// Puts something into a section: at the caret if it stands in an empty line there, else in a new line at the end.
pub(crate) fn put(context: &Rc<EditorContext>, field: &Field, command: &CommandName) {
    let Some(field) = context.field(&field.to_string()) else { return };
    let empty = |offset: u32| {
        let state = field.state.borrow();
        let line = state.line(state.locate(offset).0);
        line.is_empty() && !line.is_cell()
    };
    let caret = field.state.borrow().selection().filter(|selection| selection.is_caret()).map(|selection| selection.head);
    let end = field.state.borrow().body().end();
    let at = caret.filter(|caret| empty(*caret)).unwrap_or(end);
    field.focus_at(Selection::caret(at));
    if !empty(at) {
        context.run_in(&field, split_line);
        let is_plain = {
            let state = field.state.borrow();
            state.line(state.locate(state.body().end()).0).format().block == Block::Paragraph
        };
        if !is_plain {
            context.run(&CommandName::Plain);
        }
    }
    context.run(command);
    context.reveal_caret(&field);
}

/// Puts the caret at a point of the window.
pub(crate) fn write_at(context: &Rc<EditorContext>, x: f64, y: f64) {
    let Some((node, offset)) = dom::place_at_point(x, y) else { return };
    let Some(field) = context.field_at(Some(node.clone().into())) else { return };
    let offset = position::offset_of(&field.host, &field.lines.borrow(), &field.state.borrow(), &node, offset);
    field.focus_at(Selection::caret(offset.unwrap_or_default()));
    context.selection_moved();
}

/// What is selected of each field, in the order of the page, if the selection reaches beyond one.
pub(crate) fn selected_fields(context: &EditorContext) -> Vec<(Field, Body)> {
    let Some(range) = dom::selection().filter(|selection| !selection.is_collapsed()).and_then(|selection| selection.get_range_at(0).ok())
    else {
        return Vec::new();
    };
    let fields = context.fields_in_order().into_iter();
    fields.filter_map(|field| Some((field.field.clone(), selected(&field, &range)?))).collect()
}

fn selected(field: &EditorField, range: &web_sys::Range) -> Option<Body> {
    if !range.intersects_node(&field.host).ok()? {
        return None;
    }
    let (lines, mut state) = (field.lines.borrow(), field.state.borrow().clone());
    let offset = |node: Result<Node, _>, offset: Result<u32, _>| -> Option<u32> {
        position::offset_of(&field.host, &lines, &state, &node.ok()?, offset.ok()?)
    };
    let from = offset(range.start_container(), range.start_offset()).unwrap_or(0);
    let to = offset(range.end_container(), range.end_offset()).unwrap_or(state.body().end());
    let selection = Selection::new(from, to);
    state.select(Some(selection));
    (!selection.is_caret()).then(|| Body::from_lines(selected_lines(&state, selection)))
}
