//! One line in the page: its element, what is shown in it, and the least to change so that it shows something else.

use dagsorden_shared::render;
use dagsorden_shared::render::lines as renderer;
use dagsorden_shared::richtext::{Line, Marks, Run};
use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

use crate::view::dom;

/// A stretch of a line as shown.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::view) struct ShownRun {
    pub(in crate::view) marks: Marks,
    pub(in crate::view) text: String,
}

/// One line in the page.
pub(in crate::view) struct LineView {
    pub(in crate::view) element: Element,
    /// The element without children that the renderer asks for.
    pub(super) shell: render::Element,
    /// What was last rendered into the element.
    pub(in crate::view) runs: Vec<ShownRun>,
}

impl LineView {
    /// The text last rendered.
    pub(in crate::view) fn text(&self) -> String {
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
    pub(super) fn draw(&mut self, runs: Vec<ShownRun>) -> bool {
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
pub(in crate::view) fn text_in_page(line: &Element) -> String {
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
pub(super) fn shown_runs(line: &Line) -> Vec<ShownRun> {
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
