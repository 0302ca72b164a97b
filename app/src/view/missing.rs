//! Cells that a row of a table lacks: shown as empty ones, written when somebody types in them.

use std::rc::Rc;

use dagsorden_editor::command::table::edit::write_missing;
use web_sys::{Element, Node};

use super::context::EditorContext;
use super::dom;
use super::field::EditorField;

/// Writes typed text into the missing cell that the browser's caret is in. `false` if it is in none.
pub(super) fn type_in(context: &EditorContext, field: &Rc<EditorField>, text: &str) -> bool {
    let place = dom::selection().and_then(|selection| place(field, &selection.focus_node()?));
    place.is_some_and(|(line, row, column)| context.run_in(field, |state| write_missing(state, line, row, column, text)))
}

/// A line of the table around, and the row and column of the missing cell.
fn place(field: &EditorField, node: &Node) -> Option<(usize, usize, usize)> {
    let cell = dom::element_at(node)?.closest("td").ok()??;
    let has_line = cell.has_attribute("data-line") || cell.query_selector("[data-line]").ok()?.is_some();
    if has_line || !field.host.contains(Some(&cell)) {
        return None;
    }
    let row = cell.parent_element()?;
    let line = row.closest("table").ok()??.query_selector("[data-line]").ok()??;
    let line = field.lines.borrow().index_of(&line)?;
    Some((line, elements_before(&row), elements_before(&cell)))
}

fn elements_before(element: &Element) -> usize {
    std::iter::successors(element.previous_element_sibling(), Element::previous_element_sibling).count()
}
