//! Where lines stand in the page: the containers of lists and tables, built around elements that are moved as little as can be.

use dagsorden_editor::FieldKind;
use dagsorden_shared::render::lines::{self as renderer, Group};
use dagsorden_shared::richtext::{Body, table};
use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

use super::{CELL, Lines, has_line};
use crate::view::dom;

impl Lines {
    /// Builds the containers of lists and tables and puts every line into its place, moving nothing that is in it.
    pub(super) fn arrange(&mut self, body: &Body) {
        let mut top: Vec<Node> = Vec::new();
        for group in renderer::groups(body.lines()) {
            match group {
                Group::List(kind, range) if self.kind == FieldKind::Section => {
                    let tag = renderer::list_tag(kind);
                    let container = self.container(range.clone(), tag, &top);
                    let items: Vec<Node> = self.views[range].iter().map(|view| view.element.clone().into()).collect();
                    self.put_children(&container, &items);
                    top.push(container.into());
                }
                Group::Table(range) if self.kind == FieldKind::Section => {
                    let container = self.arrange_table(body, range, &top);
                    top.push(container.into());
                }
                Group::Single(index) => top.push(self.views[index].element.clone().into()),
                Group::List(_, range) | Group::Table(range) => {
                    top.extend(self.views[range].iter().map(|view| Node::from(view.element.clone())));
                }
            }
        }
        self.put_children(&self.host.clone(), &top);
    }

    /// The container that already holds one of these lines and is still free, or a new one; rather the one that must not be touched.
    fn container(&self, range: std::ops::Range<usize>, tag: &str, taken: &[Node]) -> Element {
        let parents = self.views[range].iter().filter_map(|view| view.element.closest(tag).ok().flatten());
        let free = |parent: &Element| !taken.iter().any(|node| dom::same(node, parent)) && self.host.contains(Some(parent));
        let mut parents: Vec<Element> = parents.filter(free).collect();
        let at = parents.iter().position(|parent| self.holds_frozen(parent)).unwrap_or(0);
        if parents.is_empty() { dom::create(tag) } else { parents.swap_remove(at) }
    }

    fn arrange_table(&mut self, body: &Body, range: std::ops::Range<usize>, taken: &[Node]) -> Element {
        let read = table::read(&body.lines()[range.clone()], range.start);
        let numeric = renderer::numeric_columns(body.lines(), &read);
        let head = renderer::has_head(body.lines(), &read);
        let container = self.container(range, "table", taken);
        if container.first_element_child().is_none() {
            dom::set(&container, "class", "tab");
            dom::append(&container, &dom::create("tbody"));
        }
        let Some(section) = container.first_element_child() else { return container };
        let mut rows: Vec<Node> = Vec::new();
        for (at, cells) in read.rows.iter().enumerate() {
            let tag = if head && at == 0 { "th" } else { "td" };
            let known = cells.iter().flatten().filter_map(|line| self.views[*line].element.closest("tr").ok().flatten());
            let row = known.into_iter().find(|row| section.contains(Some(row)) && !rows.iter().any(|other| dom::same(other, row)));
            let row = row.unwrap_or_else(|| dom::create("tr"));
            // Another's caret may be in one.
            let mut fillers = fillers(&row, tag);
            let cells: Vec<Node> =
                cells.iter().zip(&numeric).map(|(stack, numeric)| self.cell(stack, tag, *numeric, &mut fillers).into()).collect();
            self.put_children(&row, &cells);
            rows.push(row.into());
        }
        self.put_children(&section, &rows);
        container
    }

    /// The cell, of this tag, of the lines stacked in it.
    fn cell(&mut self, stack: &[usize], tag: &'static str, numeric: bool, fillers: &mut dyn Iterator<Item = Element>) -> Element {
        let held = stack.iter().find(|line| self.is_frozen_line(**line)).map(|line| self.views[*line].element.clone());
        let host = match stack {
            [] => fillers.next().unwrap_or_else(|| {
                let filler = dom::create(tag);
                dom::append(&filler, &dom::create("br"));
                filler
            }),
            // It stays as it is: what comes into its cell, or leaves it, does so when the composition ends.
            _ if held.is_some() => held.and_then(|line| line.closest(CELL).ok().flatten()).unwrap_or_else(|| dom::create(tag)),
            [index] => {
                self.retag(*index, tag);
                self.views[*index].element.clone()
            }
            several => {
                several.iter().for_each(|index| self.retag(*index, "div"));
                let parent = self.views[several[0]].element.parent_element().filter(|parent| parent.local_name() == tag);
                let host = parent.unwrap_or_else(|| dom::create(tag));
                let lines: Vec<Node> = several.iter().map(|index| self.views[*index].element.clone().into()).collect();
                self.put_children(&host, &lines);
                host
            }
        };
        if host.local_name() == "th" {
            dom::set(&host, "scope", "col");
        }
        if numeric {
            dom::set(&host, "class", "n");
        } else {
            drop(host.remove_attribute("class"));
        }
        host
    }

    /// Gives a cell's line another element when it begins or ends to share its cell, or to be of a head.
    fn retag(&mut self, index: usize, tag: &str) {
        let view = &mut self.views[index];
        if view.element.local_name() == tag {
            return;
        }
        let fresh = dom::create(tag);
        dom::set(&fresh, "data-line", "");
        dom::set(&fresh, "dir", "auto");
        while let Some(child) = view.element.first_child() {
            dom::append(&fresh, &child);
        }
        dom::detach(&view.element);
        view.element = fresh;
    }

    /// Makes these the children of a parent, in order. Strangers are removed first, so that what stays is never moved past them.
    fn put_children(&self, parent: &Element, wanted: &[Node]) {
        let set = js_sys::Set::new(&js_sys::Array::from_iter(wanted.iter()).into());
        let mut child = parent.first_child();
        while let Some(node) = child {
            child = node.next_sibling();
            let ghost = node.dyn_ref::<Element>().is_some_and(|element| self.is_frozen(element) || self.holds_frozen(element));
            if !set.has(&node) && !ghost {
                dom::detach(&node);
            }
        }
        let mut cursor = parent.first_child();
        // The line of a composition is not moved from where it is.
        let held = self.frozen.as_ref().filter(|frozen| !parent.is_same_node(frozen.parent_node().as_ref()));
        for node in wanted.iter().filter(|node| held.is_none_or(|held| !dom::same(held, node))) {
            while cursor.as_ref().is_some_and(|cursor| !set.has(cursor)) {
                // A ghost stays where it is.
                cursor = cursor.and_then(|cursor| cursor.next_sibling());
            }
            match &cursor {
                Some(here) if dom::same(here, node) => cursor = here.next_sibling(),
                _ => dom::insert_before(parent, node, cursor.as_ref()),
            }
        }
    }

    fn holds_frozen(&self, element: &Element) -> bool {
        self.frozen.as_ref().is_some_and(|frozen| element.contains(Some(frozen)))
    }
}

/// The cells of a row, of this tag, that hold no line.
fn fillers(row: &Element, tag: &'static str) -> impl Iterator<Item = Element> + use<> {
    let cells = std::iter::successors(row.first_element_child(), Element::next_element_sibling);
    cells.filter(move |cell| cell.local_name() == tag && has_line(cell) == Some(false)).collect::<Vec<_>>().into_iter()
}
