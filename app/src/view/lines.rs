//! The lines of one field as elements: one element for each line, kept as long as the line lives.
//!
//! What a line looks like comes from the shared renderer; this module finds the least to change in the page. Lines a change does not name keep
//! their nodes, text is changed by its differing middle, and the line of a composition is not touched at all until it ends.

use std::cell::Cell;

use dagsorden_editor::FieldKind;
use dagsorden_shared::render::lines::{self as renderer, Form, Group};
use dagsorden_shared::render::{self, element};
use dagsorden_shared::richtext::delta::utf16_len;
use dagsorden_shared::richtext::{Body, Change, Line, Marks, Run, table};
use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

use super::{dom, missing};

/// A stretch of a line as shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ShownRun {
    pub(super) marks: Marks,
    pub(super) text: String,
}

/// One line in the page.
pub(super) struct LineView {
    pub(super) element: Element,
    /// The element without children that the renderer asks for.
    shell: render::Element,
    /// What was last rendered into the element.
    pub(super) runs: Vec<ShownRun>,
}

impl LineView {
    /// The text last rendered.
    pub(super) fn text(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }

    /// Whether the element's children are what these runs would be drawn as.
    fn shows(&self, runs: &[ShownRun]) -> bool {
        let mut node = self.element.first_child();
        if runs.is_empty() {
            return node.as_ref().is_some_and(|node| node.node_name() == "BR" && node.next_sibling().is_none());
        }
        for run in runs {
            let Some(child) = node else { return false };
            if !draws(&child, &renderer::run(&model_run(run))) {
                return false;
            }
            node = child.next_sibling();
        }
        node.is_none()
    }

    /// Draws the runs with the least change. Answers whether anything was written.
    fn draw(&mut self, runs: Vec<ShownRun>) -> bool {
        if self.shows(&runs) {
            self.runs = runs;
            return false;
        }
        let same_marks = self.runs.len() == runs.len() && self.runs.iter().zip(&runs).all(|(old, new)| old.marks == new.marks);
        if same_marks && !runs.is_empty() && self.shows(&self.runs) {
            let mut child = self.element.first_child();
            for run in &runs {
                if let Some(text) = child.as_ref().and_then(dom::first_text) {
                    dom::change_text(&text, &run.text);
                }
                child = child.and_then(|child| child.next_sibling());
            }
        } else if self.shows(&self.runs) {
            self.redraw_middle(&runs);
        } else {
            self.element.set_text_content(None);
            self.append_runs(&runs);
        }
        self.runs = runs;
        true
    }

    /// Keeps the nodes of equal runs at both ends.
    fn redraw_middle(&self, runs: &[ShownRun]) {
        let head = self.runs.iter().zip(runs).take_while(|(old, new)| old == new).count();
        let rest = self.runs.len().min(runs.len()) - head;
        let tail = self.runs.iter().rev().zip(runs.iter().rev()).take(rest).take_while(|(old, new)| old == new).count();
        let mut node = self.element.first_child();
        for _ in 0..head {
            node = node.and_then(|node| node.next_sibling());
        }
        let gone = if self.runs.is_empty() { 1 } else { self.runs.len() - head - tail };
        for _ in 0..gone {
            let next = node.as_ref().and_then(Node::next_sibling);
            if let Some(node) = node {
                dom::detach(&node);
            }
            node = next;
        }
        for run in &runs[head..runs.len() - tail] {
            dom::insert_before(&self.element, &dom::build_node(&renderer::run(&model_run(run)), false), node.as_ref());
        }
        if runs.is_empty() {
            dom::append(&self.element, &dom::create("br"));
        }
    }

    fn append_runs(&self, runs: &[ShownRun]) {
        for run in runs {
            dom::append(&self.element, &dom::build_node(&renderer::run(&model_run(run)), false));
        }
        if runs.is_empty() {
            dom::append(&self.element, &dom::create("br"));
        }
    }
}

/// What ends a line inside an element that should hold one.
const BREAKS: &str = "br, p, div, li, blockquote, h1, h2, h3, h4, h5, h6";

/// The text found in the page at a line's element. Keyboards of touch screens press Enter without saying so: a break or a block in a line ends it.
pub(super) fn text_in_page(line: &Element) -> String {
    let broken = line.first_element_child().is_some_and(|_| line.query_selector(BREAKS).ok().flatten().is_some());
    if !broken {
        return line.text_content().unwrap_or_default();
    }
    let mut text = String::new();
    push_text(line, &mut text);
    // The last break only keeps an empty line open.
    if text.ends_with('\n') {
        text.pop();
    }
    text
}

fn push_text(element: &Element, text: &mut String) {
    let mut child = element.first_child();
    while let Some(node) = child {
        match node.dyn_ref::<Element>() {
            Some(inner) if inner.local_name() == "br" => text.push('\n'),
            Some(inner) => {
                let block = inner.matches(BREAKS).unwrap_or(false);
                for inside in [false, true] {
                    if block && !text.is_empty() && !text.ends_with('\n') {
                        text.push('\n');
                    }
                    if !inside {
                        push_text(inner, text);
                    }
                }
            }
            None => text.push_str(&node.node_value().unwrap_or_default()),
        }
        child = node.next_sibling();
    }
}

/// Whether a node is what the renderer asks for, attributes aside: they are ours alone.
fn draws(node: &Node, asked: &render::Node) -> bool {
    match asked {
        render::Node::Text(text) => node.node_type() == Node::TEXT_NODE && node.node_value().is_some_and(|value| value == text.as_ref()),
        render::Node::Element(asked) => {
            let Some(element) = node.dyn_ref::<Element>() else { return false };
            let only = element.first_child().filter(|child| child.next_sibling().is_none());
            element.local_name() == asked.tag
                && element.get_attribute("href").as_deref() == asked.get("href")
                && matches!((only, asked.children.as_slice()), (Some(child), [inner]) if draws(&child, inner))
        }
    }
}

fn model_run(run: &ShownRun) -> Run {
    Run { text: run.text.clone(), attributes: run.marks.attributes() }
}

/// A line's runs as shown: neighbours that differ only in attributes we do not know are one.
fn shown_runs(line: &Line) -> Vec<ShownRun> {
    let mut runs: Vec<ShownRun> = Vec::with_capacity(line.runs.len());
    for run in &line.runs {
        let marks = run.marks();
        match runs.last_mut() {
            Some(last) if last.marks == marks => last.text.push_str(&run.text),
            _ => runs.push(ShownRun { marks, text: run.text.clone() }),
        }
    }
    runs
}

/// The lines of one field.
pub(super) struct Lines {
    host: Element,
    kind: FieldKind,
    pub(super) views: Vec<LineView>,
    /// The element of the line a composition is in.
    frozen: Option<Element>,
    /// The line asked for last, which is the one asked for next: each look at another costs a call into the browser.
    last: Cell<usize>,
}

impl Lines {
    /// Draws all lines into an empty host.
    pub(super) fn new(host: Element, kind: FieldKind, body: &Body) -> Self {
        host.set_text_content(None);
        let mut lines = Self { host, kind, views: Vec::new(), frozen: None, last: Cell::new(0) };
        lines.views = body.lines().iter().map(|line| lines.new_view(line)).collect();
        lines.arrange(body);
        lines.mark_blank(body);
        lines
    }

    /// Follows a change of the body.
    pub(super) fn update(&mut self, body: &Body, change: Change) {
        let new = &body.lines()[change.first..change.first + change.added];
        let old = change.first..change.first + change.removed;
        let pairs = pair(&self.views[old.clone()], new);
        let mut taken: Vec<Option<LineView>> = self.views.drain(old).map(Some).collect();
        let mut rearrange = change.removed != change.added;
        let mut fresh = Vec::with_capacity(new.len());
        for (line, pair) in new.iter().zip(pairs) {
            let view = match pair.and_then(|index| taken[index].take()) {
                Some(view) => self.redraw(view, line, &mut rearrange),
                None => self.new_view(line),
            };
            fresh.push(view);
        }
        self.views.splice(change.first..change.first, fresh);
        for view in taken.into_iter().flatten() {
            // The line somebody composes in stays as a ghost until the composition ends.
            if !self.is_frozen(&view.element) {
                dom::detach(&view.element);
            }
        }
        if rearrange {
            self.arrange(body);
        }
        self.mark_blank(body);
    }

    /// Draws a line again if the page does not show it, after the browser or a stranger changed it. Answers whether it had to.
    pub(super) fn restore(&mut self, index: usize, body: &Body) -> bool {
        match (self.views.get_mut(index), body.lines().get(index)) {
            (Some(_), Some(line)) => {
                self.mark_blank(body);
                self.views[index].draw(shown_runs(line))
            }
            _ => false,
        }
    }

    /// Puts every line where it belongs, after strangers added or removed nodes.
    pub(super) fn restore_all(&mut self, body: &Body) {
        for index in 0..self.views.len() {
            if !self.is_frozen(&self.views[index].element) {
                self.restore(index, body);
            }
        }
        self.arrange(body);
    }

    /// From now on the line of a composition is not touched; with `None` all are again.
    pub(super) fn freeze(&mut self, line: Option<Element>) {
        self.frozen = line;
    }

    /// Shows a line that was not to be touched as the document has it, and where.
    pub(super) fn thaw(&mut self, index: usize, body: &Body) {
        self.update(body, Change { first: index, removed: 1, added: 1 });
        self.arrange(body);
    }

    /// The line an element belongs to.
    pub(super) fn index_of(&self, element: &Node) -> Option<usize> {
        let is = |view: &LineView| dom::same(&view.element, element);
        let last = self.last.get();
        let index = if self.views.get(last).is_some_and(is) { last } else { self.views.iter().position(is)? };
        self.last.set(index);
        Some(index)
    }

    /// The line at or above a node. What the browser split off from a line belongs to it.
    pub(super) fn line_of(&self, node: &Node) -> Option<usize> {
        let mut element = dom::element_at(node)?.closest("[data-line]").ok()??;
        loop {
            if let Some(index) = self.index_of(&element) {
                return Some(index);
            }
            if self.is_frozen(&element) {
                return None;
            }
            element = element.previous_element_sibling().filter(|before| before.has_attribute("data-line"))?;
        }
    }

    /// The text of a line as last rendered, and as found in the page: with the lines that the browser split off from it, and those it joined to it.
    pub(super) fn texts(&self, index: usize) -> Option<(String, String)> {
        let view = self.views.get(index)?;
        let (mut old, mut new) = (view.text(), text_in_page(&view.element));
        let mut split_off = view.element.next_element_sibling();
        let foreign = |next: &Element| next.has_attribute("data-line") && self.index_of(next).is_none() && !self.is_frozen(next);
        while let Some(element) = split_off.filter(foreign) {
            new.push('\n');
            new.push_str(&text_in_page(&element));
            split_off = element.next_element_sibling();
        }
        if self.frozen.is_none() {
            for gone in self.views[index + 1..].iter().take_while(|view| !self.host.contains(Some(&view.element))) {
                old.push('\n');
                old.push_str(&gone.text());
            }
        }
        Some((old, new))
    }

    /// Whether the line is the one of a composition.
    pub(super) fn is_frozen_line(&self, index: usize) -> bool {
        self.views.get(index).is_some_and(|view| self.is_frozen(&view.element))
    }

    fn is_frozen(&self, element: &Element) -> bool {
        self.frozen.as_ref().is_some_and(|frozen| dom::same(frozen, element))
    }

    fn shell(&self, line: &Line) -> render::Element {
        match self.kind {
            FieldKind::Title => element("span").class("line").flag("data-line"),
            FieldKind::Section => render::Element { children: Vec::new(), ..renderer::line(line, Form::Page) },
        }
    }

    fn new_view(&self, line: &Line) -> LineView {
        let shell = self.shell(line);
        let element = dom::build(&shell);
        dom::set(&element, "dir", "auto");
        let mut view = LineView { element, shell, runs: Vec::new() };
        view.draw(shown_runs(line));
        view
    }

    fn redraw(&self, mut view: LineView, line: &Line, rearrange: &mut bool) -> LineView {
        if self.is_frozen(&view.element) {
            return view;
        }
        let shell = self.shell(line);
        if shell.tag != view.shell.tag && !(view.shell.tag == "td" && view.element.local_name() == "div") {
            *rearrange = true;
            let fresh = self.new_view(line);
            dom::detach(&view.element);
            return fresh;
        }
        if shell != view.shell {
            // A cell may have changed its row or column, a list item its depth.
            *rearrange = true;
            for (name, _) in &view.shell.attributes {
                drop(view.element.remove_attribute(name));
            }
            for (name, value) in &shell.attributes {
                dom::set(&view.element, name, value);
            }
            view.shell = shell;
        }
        // Row and column are no part of the shell.
        *rearrange |= view.shell.tag == "td";
        view.draw(shown_runs(line));
        view
    }

    /// An empty field shows its placeholder, by a class.
    fn mark_blank(&self, body: &Body) {
        let blank = body.lines().len() == 1 && body.is_blank() && self.frozen.is_none() && self.shell(&body.lines()[0]).tag != "li";
        if blank != self.host.class_list().contains("blank") {
            drop(self.host.class_list().toggle_with_force("blank", blank));
        }
    }

    /// Builds the containers of lists and tables and puts every line into its place, moving nothing that is in it.
    fn arrange(&mut self, body: &Body) {
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
        let container = self.container(range, "table", taken);
        if container.first_element_child().is_none() {
            dom::set(&container, "class", "tab");
            dom::append(&container, &dom::create("tbody"));
        }
        let Some(section) = container.first_element_child() else { return container };
        let mut rows: Vec<Node> = Vec::new();
        for cells in &read.rows {
            let known = cells.iter().flatten().filter_map(|line| self.views[*line].element.closest("tr").ok().flatten());
            let row = known.into_iter().find(|row| section.contains(Some(row)) && !rows.iter().any(|other| dom::same(other, row)));
            let row = row.unwrap_or_else(|| dom::create("tr"));
            // Somebody's caret may be in one.
            let mut fillers = fillers(&row);
            let cells: Vec<Node> =
                cells.iter().zip(&numeric).map(|(stack, numeric)| self.cell(stack, *numeric, &mut fillers).into()).collect();
            self.put_children(&row, &cells);
            rows.push(row.into());
        }
        self.put_children(&section, &rows);
        container
    }

    /// The `td` of the lines stacked in one cell.
    fn cell(&mut self, stack: &[usize], numeric: bool, fillers: &mut dyn Iterator<Item = Element>) -> Element {
        let held = stack.iter().find(|line| self.is_frozen_line(**line)).map(|line| self.views[*line].element.clone());
        let host = match stack {
            [] => fillers.next().unwrap_or_else(|| {
                let filler = dom::create("td");
                dom::append(&filler, &dom::create("br"));
                filler
            }),
            // It stays as it is: what comes into its cell, or leaves it, does so when the composition ends.
            _ if held.is_some() => held.and_then(|line| line.closest("td").ok().flatten()).unwrap_or_else(|| dom::create("td")),
            [index] => {
                self.retag(*index, "td");
                self.views[*index].element.clone()
            }
            several => {
                several.iter().for_each(|index| self.retag(*index, "div"));
                let parent = self.views[several[0]].element.parent_element().filter(|parent| parent.local_name() == "td");
                let host = parent.unwrap_or_else(|| dom::create("td"));
                let lines: Vec<Node> = several.iter().map(|index| self.views[*index].element.clone().into()).collect();
                self.put_children(&host, &lines);
                host
            }
        };
        if numeric {
            dom::set(&host, "class", "n");
        } else {
            drop(host.remove_attribute("class"));
        }
        host
    }

    /// Gives a cell's line another element when it begins or ends to share its cell.
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

/// The cells of a row that hold no line.
fn fillers(row: &Element) -> impl Iterator<Item = Element> + use<> {
    let cells = std::iter::successors(row.first_element_child(), Element::next_element_sibling);
    cells.filter(|cell| missing::has_line(cell) == Some(false)).collect::<Vec<_>>().into_iter()
}

/// Which old line each new line continues: equal ones at both ends first, then in order. A line inserted above another must not take its element.
fn pair(old: &[LineView], new: &[Line]) -> Vec<Option<usize>> {
    let equal = |view: &LineView, line: &Line| utf16_len(&view.text()) == line.len() && view.text() == line.text();
    let head = old.iter().zip(new).take_while(|(view, line)| equal(view, line)).count();
    let rest = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(view, line)| equal(view, line)).count();
    let middle_old = head..old.len() - tail;
    let middle_new = head..new.len() - tail;
    (0..new.len())
        .map(|index| {
            if index < head {
                Some(index)
            } else if index >= middle_new.end {
                Some(old.len() - (new.len() - index))
            } else {
                Some(middle_old.start + index - middle_new.start).filter(|old| *old < middle_old.end)
            }
        })
        .collect()
}
