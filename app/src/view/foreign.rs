//! The part `paste`, HTML of other programs: the browser parses it in a document that runs and loads nothing, the editor core reads the tree.

use dagsorden_editor::clipboard::html::{self, Element, Foreign, MAX_DEPTH, MAX_LENGTH};
use dagsorden_shared::richtext::Line;
use wasm_bindgen::JsCast;
use web_sys::{DomParser, Node, SupportedType};

/// The lines to paste; `None` if there are none, or far too many.
pub(crate) fn lines(source: &str) -> Option<Vec<Line>> {
    if source.len() > MAX_LENGTH {
        return None;
    }
    let parsed = DomParser::new().ok()?.parse_from_string(&html::inert(source), SupportedType::TextHtml).ok()?;
    let lines = html::read(&tree(&parsed.document_element()?, 0), source);
    (!lines.is_empty()).then_some(lines)
}

fn tree(element: &web_sys::Element, depth: u32) -> Element {
    let name = element.local_name();
    let attributes =
        if element.has_attributes() { html::attributes(&name, &|attribute| element.get_attribute(attribute)) } else { Default::default() };
    let mut read = Element { name, attributes, children: Vec::new() };
    let mut child = element.first_child();
    while let Some(node) = child {
        match node.dyn_ref::<web_sys::Element>() {
            Some(element) if depth < MAX_DEPTH => read.children.push(Foreign::Element(tree(element, depth + 1))),
            None if node.node_type() != Node::TEXT_NODE => {}
            _ => read.children.push(Foreign::Text(node.text_content().unwrap_or_default())),
        }
        child = node.next_sibling();
    }
    read
}
