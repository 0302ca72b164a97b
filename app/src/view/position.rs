//! Offsets of the text as places in the page, and back. Every read is snapped to a line.

use dagsorden_editor::{EditorState, Selection};
use dagsorden_shared::richtext::delta::utf16_len;
use wasm_bindgen::JsCast;
use web_sys::{DomRect, Element, Node, Range};

use super::dom;
use super::lines::{LineView, Lines};

/// The place of an offset: a node and an offset in it, as ranges want them.
pub(super) fn place_of(lines: &Lines, state: &EditorState, offset: u32) -> Option<(Node, u32)> {
    let (index, inside) = state.locate(offset);
    place_in_line(lines.views.get(index)?, inside)
}

/// The place of an offset in a line. Between two runs it is the end of the left one, as typing goes on there, but not inside a link's end.
pub(super) fn place_in_line(view: &LineView, inside: u32) -> Option<(Node, u32)> {
    let mut passed = 0;
    let mut child = view.element.first_child();
    for (index, run) in view.runs.iter().enumerate() {
        let len = utf16_len(&run.text);
        let next = view.runs.get(index + 1);
        let leaves_link = inside == passed + len && next.is_some_and(|next| next.marks.link != run.marks.link && run.marks.link.is_some());
        if inside <= passed + len && !leaves_link {
            let text = dom::first_text(child.as_ref()?)?;
            return Some((text.clone().into(), (inside - passed).min(text.length())));
        }
        passed += len;
        child = child.and_then(|child| child.next_sibling());
    }
    Some((view.element.clone().into(), 0))
}

/// Where a caret at a place is drawn. A caret in an empty line has no rectangle of its own: its line has.
pub(super) fn caret_rect(node: &Node, offset: u32) -> Option<DomRect> {
    let range = dom::document().create_range().ok()?;
    range.set_start(node, offset).ok()?;
    range.collapse_with_to_start(true);
    let rects = range.get_client_rects()?;
    match rects.length().checked_sub(1).and_then(|last| rects.item(last)) {
        Some(rect) => Some(rect),
        None => {
            let element = dom::element_at(node)?;
            let inner =
                element.first_element_child().filter(|child| child.local_name() == "br" && child.get_bounding_client_rect().height() > 0.0);
            Some(inner.unwrap_or(element).get_bounding_client_rect())
        }
    }
}

/// What lies between two offsets, as a range of the page.
pub(super) fn range_of(lines: &Lines, state: &EditorState, from: u32, to: u32) -> Option<Range> {
    let (from, to) = (place_of(lines, state, from)?, place_of(lines, state, to)?);
    let range = dom::document().create_range().ok()?;
    range.set_start(&from.0, from.1).ok()?;
    range.set_end(&to.0, to.1).ok()?;
    Some(range)
}

/// The offset of a place in the page; `None` outside the field.
pub(super) fn offset_of(host: &Element, lines: &Lines, state: &EditorState, node: &Node, offset: u32) -> Option<u32> {
    if !host.contains(Some(node)) {
        return None;
    }
    if let Some(index) = line_at(node).and_then(|line| lines.index_of(&line)) {
        let inside = units_before(&lines.views[index].element, node, offset);
        return Some(state.body().line_start(index) + inside.min(state.line(index).len()));
    }
    // Between blocks: the start of the line that follows, else the end of the one before.
    let children = node.child_nodes();
    if let Some(line) = (offset..children.length()).filter_map(|at| children.item(at)).find_map(|child| edge_line(lines, &child, false)) {
        return Some(state.body().line_start(line));
    }
    let before =
        (0..offset.min(children.length())).rev().filter_map(|at| children.item(at)).find_map(|child| edge_line(lines, &child, true));
    let line = before.or_else(|| following_line(lines, node));
    Some(line.map_or(0, |line| state.body().line_start(line) + if before.is_some() { state.line(line).len() } else { 0 }))
}

/// The element of the line that a node is in.
fn line_at(node: &Node) -> Option<Element> {
    dom::element_at(node)?.closest("[data-line]").ok()?
}

/// The first or last line at or below a node.
fn edge_line(lines: &Lines, node: &Node, last: bool) -> Option<usize> {
    let element = node.dyn_ref::<Element>()?;
    if let Some(index) = lines.index_of(element) {
        return Some(index);
    }
    let found = element.query_selector_all("[data-line]").ok()?;
    let at = if last { found.length().checked_sub(1)? } else { 0 };
    lines.index_of(&found.item(at)?)
}

/// The first line after a node that holds none, such as the filler of a missing cell.
fn following_line(lines: &Lines, node: &Node) -> Option<usize> {
    lines.views.iter().position(|view| node.compare_document_position(&view.element) & Node::DOCUMENT_POSITION_FOLLOWING != 0)
}

/// Units of text between the start of a line's element and a place in it.
pub(super) fn units_before(line: &Element, node: &Node, offset: u32) -> u32 {
    let len = |node: &Node| utf16_len(&node.text_content().unwrap_or_default());
    let mut units = if node.node_type() == Node::TEXT_NODE {
        offset
    } else {
        let children = node.child_nodes();
        (0..offset.min(children.length())).filter_map(|at| children.item(at)).map(|child| len(&child)).sum()
    };
    let mut node = node.clone();
    while !dom::same(&node, line) {
        let mut sibling = node.previous_sibling();
        while let Some(before) = sibling {
            units += len(&before);
            sibling = before.previous_sibling();
        }
        let Some(parent) = node.parent_node() else { break };
        node = parent;
    }
    units
}

/// The browser's selection in a field; `None` if it is not, or not wholly, in it.
pub(super) fn read_selection(host: &Element, lines: &Lines, state: &EditorState) -> Option<Selection> {
    let selection = dom::selection()?;
    if selection.range_count() > 1 {
        return read_cells(&selection, &|node, offset| offset_of(host, lines, state, node, offset));
    }
    let (anchor, head) = (selection.anchor_node()?, selection.focus_node()?);
    let head_offset = offset_of(host, lines, state, &head, selection.focus_offset())?;
    if selection.is_collapsed() {
        return Some(Selection::caret(head_offset));
    }
    Some(Selection::new(offset_of(host, lines, state, &anchor, selection.anchor_offset())?, head_offset))
}

/// Firefox selects cells by cells, each as a range of its own: from the first to the last of them.
fn read_cells(selection: &web_sys::Selection, offset: &dyn Fn(&Node, u32) -> Option<u32>) -> Option<Selection> {
    let ranges = (0..selection.range_count()).filter_map(|at| selection.get_range_at(at).ok());
    let ends: Vec<(u32, u32)> = ranges
        .filter_map(|range| {
            Some((
                offset(&range.start_container().ok()?, range.start_offset().ok()?)?,
                offset(&range.end_container().ok()?, range.end_offset().ok()?)?,
            ))
        })
        .collect();
    Some(Selection::new(ends.iter().map(|ends| ends.0).min()?, ends.iter().map(|ends| ends.1).max()?))
}

/// Shows a selection, if the browser shows another one. `None` if its place is not in the page.
pub(super) fn write_selection(host: &Element, lines: &Lines, state: &EditorState) -> Option<()> {
    let wanted = state.selection()?;
    let shown = dom::selection()?;
    let (anchor, head) = (place_of(lines, state, wanted.anchor)?, place_of(lines, state, wanted.head)?);
    let is =
        |node: Option<Node>, offset: u32, place: &(Node, u32)| node.is_some_and(|node| dom::same(&node, &place.0)) && offset == place.1;
    let same = is(shown.anchor_node(), shown.anchor_offset(), &anchor) && is(shown.focus_node(), shown.focus_offset(), &head);
    // Another place of the same offset, such as the start of the next run, is the person's choice; one between the lines is none: an input
    // method would write there.
    let in_lines = [shown.anchor_node(), shown.focus_node()].into_iter().flatten().all(|node| line_at(&node).is_some());
    if !same && (!in_lines || read_selection(host, lines, state) != Some(wanted)) || shown.range_count() != 1 {
        drop(shown.set_base_and_extent(&anchor.0, anchor.1, &head.0, head.1));
    }
    Some(())
}
