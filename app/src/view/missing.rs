//! Cells that a row of a table lacks: shown as empty ones, written when a person types in them.
//!
//! The text has no place for a caret there, so only the browser's own selection tells that it is in one.

use dagsorden_editor::command::table::Spot;
use web_sys::{Element, Node};

use super::dom;
use super::lines::{CELL, Lines, has_line};

/// The missing cell that the browser's caret is in.
pub(super) fn at_caret(host: &Element, lines: &Lines) -> Option<Spot> {
    let node = dom::selection().filter(|selection| selection.is_collapsed())?.focus_node()?;
    let cell = dom::element_at(&node)?.closest(CELL).ok()??;
    if has_line(&cell)? || !host.contains(Some(&cell)) {
        return None;
    }
    let row = cell.parent_element()?;
    let line = row.closest("table").ok()??.query_selector("[data-line]").ok()??;
    let line = lines.index_of(&line)?;
    Some(Spot { line, row: elements_before(&row), column: elements_before(&cell) })
}

/// The element of a missing cell.
pub(super) fn cell(lines: &Lines, spot: Spot) -> Option<Node> {
    let line = lines.views.get(spot.line)?.element.clone();
    let child = |parent: &Node, at: usize| parent.child_nodes().item(u32::try_from(at).ok()?);
    child(&child(&line.closest("tbody").ok()??.into(), spot.row)?, spot.column)
}

fn elements_before(element: &Element) -> usize {
    std::iter::successors(element.previous_element_sibling(), Element::previous_element_sibling).count()
}
