//! The lines of one field as elements: one element for each line, kept as long as the line lives.
//!
//! What a line looks like comes from the shared renderer; this module finds the least to change in the page. Lines a change does not name keep
//! their nodes, text is changed by its differing middle (`line`), containers are built around the elements (`arrange`), and the line of a
//! composition is not touched at all until it ends.

mod arrange;
mod line;

use std::cell::Cell;

use dagsorden_editor::FieldKind;
use dagsorden_shared::render::lines::{self as renderer, Form};
use dagsorden_shared::render::{self, element};
use dagsorden_shared::richtext::delta::utf16_len;
use dagsorden_shared::richtext::{Body, Change, Line};
use web_sys::{Element, Node};

use self::line::shown_runs;
pub(super) use self::line::{LineView, text_in_page};
use super::dom;

/// The cells of tables.
pub(super) const CELL: &str = "td,th";

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
            // The line that is composed in stays as a ghost until the composition ends.
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
        if shell.tag != view.shell.tag {
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
}

/// Whether a cell is, or holds, a line of the text.
pub(super) fn has_line(cell: &Element) -> Option<bool> {
    Some(cell.has_attribute("data-line") || cell.query_selector("[data-line]").ok()?.is_some())
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
