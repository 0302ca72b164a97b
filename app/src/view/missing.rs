//! Cells that a row of a table lacks: shown as empty ones, written when somebody types in them.
//!
//! The text has no place for a caret there, so only the browser's own selection tells that it is in one.

use dagsorden_editor::Transaction;
use dagsorden_editor::command::table::Spot;
use dagsorden_editor::command::table::edit::write_missing;
use web_sys::{Element, Node};

use super::dom;
use super::field::EditorField;

/// The missing cell that the browser's caret is in.
pub(super) fn at_caret(field: &EditorField) -> Option<Spot> {
    spot(field, &dom::selection().filter(|selection| selection.is_collapsed())?.focus_node()?)
}

/// Puts the browser's caret into a missing cell.
pub(super) fn enter(field: &EditorField, spot: Spot) -> Option<()> {
    let line = field.lines.borrow().views.get(spot.line)?.element.clone();
    let child = |parent: &Node, at: usize| parent.child_nodes().item(u32::try_from(at).ok()?);
    let cell = child(&child(&line.closest("tbody").ok()??.into(), spot.row)?, spot.column)?;
    dom::selection()?.collapse(Some(&cell)).ok()?;
    field.read_selection();
    Some(())
}

/// Writes the missing cell that the browser's caret is in, with this text. `None` if it is in none.
pub(super) fn written(field: &EditorField, text: &str) -> Option<Transaction> {
    let spot = at_caret(field)?;
    write_missing(&field.state.borrow(), spot, text)
}

fn spot(field: &EditorField, node: &Node) -> Option<Spot> {
    let cell = dom::element_at(node)?.closest("td").ok()??;
    if has_line(&cell)? || !field.host.contains(Some(&cell)) {
        return None;
    }
    let row = cell.parent_element()?;
    let line = row.closest("table").ok()??.query_selector("[data-line]").ok()??;
    let line = field.lines.borrow().index_of(&line)?;
    Some(Spot { line, row: elements_before(&row), column: elements_before(&cell) })
}

/// Whether a cell is, or holds, a line of the text.
pub(super) fn has_line(cell: &Element) -> Option<bool> {
    Some(cell.has_attribute("data-line") || cell.query_selector("[data-line]").ok()?.is_some())
}

fn elements_before(element: &Element) -> usize {
    std::iter::successors(element.previous_element_sibling(), Element::previous_element_sibling).count()
}
