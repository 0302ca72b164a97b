//! From one field to the next: the caret leaves upwards and downwards as if all fields were one text.

use std::rc::Rc;

use dagsorden_editor::Selection;
use dagsorden_editor::command::table::Arrow;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::context::EditorContext;
use super::dom;
use super::field::EditorField;
use super::position::{self, caret_rect};

/// Whether the caret is in the first (up) or last (down) row of glyphs of its line.
pub(super) fn at_visual_border(field: &EditorField, arrow: Arrow) -> bool {
    let state = field.state.borrow();
    let Some(selection) = state.selection().filter(|selection| selection.is_caret()) else { return false };
    let lines = field.lines.borrow();
    let (index, inside) = state.locate(selection.head);
    let Some(view) = lines.views.get(index) else { return false };
    let Some(caret) = position::place_in_line(view, inside).and_then(|place| caret_rect(&place.0, place.1)) else { return true };
    let edge = match arrow {
        Arrow::Up => position::place_in_line(view, 0),
        _ => position::place_in_line(view, state.line(index).len()),
    };
    let Some(edge) = edge.and_then(|place| caret_rect(&place.0, place.1)) else { return true };
    (caret.top() - edge.top()).abs() < caret.height().max(1.0) / 2.0
}

/// Leaves the field at its first or last line for its neighbour, in the same column. Answers whether it did.
pub(super) fn leave(context: &Rc<EditorContext>, field: &Rc<EditorField>, arrow: Arrow) -> bool {
    let up = arrow == Arrow::Up;
    let (at_border, caret) = {
        let state = field.state.borrow();
        let Some(selection) = state.selection() else { return false };
        let lines = field.lines.borrow();
        let place = position::place_of(&lines, &state, selection.head);
        let line = state.locate(selection.head).0;
        // The cells of a row stand beside each other.
        let (first, end) = if state.is_cell(line) { state.table_around(line) } else { (line, line + 1) };
        let at_border = if up { first == 0 } else { end == state.body().lines().len() };
        (at_border, place.and_then(|place| caret_rect(&place.0, place.1)))
    };
    if !at_border {
        return false;
    }
    let Some(next) = neighbour(context, field, up) else { return false };
    enter(context, &next, up, caret.map(|rect| rect.left()));
    true
}

/// From a title with Enter to what follows it.
pub(super) fn go_to_next(context: &Rc<EditorContext>, field: &Rc<EditorField>) {
    if let Some(next) = neighbour(context, field, false) {
        enter(context, &next, false, None);
    }
}

fn neighbour(context: &EditorContext, field: &EditorField, up: bool) -> Option<Rc<EditorField>> {
    context.complete();
    let all = dom::document().query_selector_all("[data-field][contenteditable=true]").ok()?;
    let hosts: Vec<HtmlElement> = (0..all.length()).filter_map(|at| all.item(at)?.dyn_into().ok()).collect();
    let here = hosts.iter().position(|host| dom::same(host, &field.host))?;
    let next = if up { here.checked_sub(1)? } else { here + 1 };
    context.field_at(Some(hosts.get(next)?.clone().into()))
}

/// Puts the caret into the first or last line of a field, at a column of the window if it is known.
fn enter(context: &Rc<EditorContext>, field: &Rc<EditorField>, at_end: bool, column: Option<f64>) {
    let edge = if at_end { field.state.borrow().body().end() } else { 0 };
    field.focus_at(Selection::caret(edge));
    context.reveal_caret(field);
    let found = column.and_then(|column| {
        let state = field.state.borrow();
        let lines = field.lines.borrow();
        let place = position::place_of(&lines, &state, edge)?;
        let rect = caret_rect(&place.0, place.1)?;
        let (node, offset) = dom::place_at_point(column, rect.top() + rect.height() / 2.0)?;
        position::offset_of(&field.host, &lines, &state, &node, offset)
    });
    if let Some(offset) = found {
        field.focus_at(Selection::caret(offset));
    }
    context.selection_moved();
}
