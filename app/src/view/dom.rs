//! Small things of the browser's document: building elements from the shared tree, text changed in place, positions.

use dagsorden_editor::difference::difference;
use dagsorden_shared::render;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, Node, Selection, Text};

/// Namespace of icons.
const SVG: &str = "http://www.w3.org/2000/svg";

/// The page's document.
pub(super) fn document() -> Document {
    leptos::prelude::document()
}

/// The browser's selection; absent only in hidden frames.
pub(super) fn selection() -> Option<Selection> {
    leptos::prelude::window().get_selection().ok().flatten()
}

/// A new element. Names are literals of this program.
pub(super) fn create(tag: &str) -> Element {
    document().create_element(tag).expect("a literal tag is a valid name")
}

/// Sets an attribute whose name is a literal, which cannot fail.
pub(super) fn set(element: &Element, name: &str, value: &str) {
    element.set_attribute(name, value).expect("a literal attribute is a valid name");
}

/// The shared element tree as nodes of the page.
pub(super) fn build(element: &render::Element) -> Element {
    build_in(element, element.tag == "svg")
}

fn build_in(element: &render::Element, svg: bool) -> Element {
    let built = if svg {
        document().create_element_ns(Some(SVG), element.tag).expect("a literal tag is a valid name")
    } else {
        create(element.tag)
    };
    for (name, value) in &element.attributes {
        set(&built, name, value);
    }
    for child in &element.children {
        append(&built, &build_node(child, svg));
    }
    built
}

/// One node of the shared tree.
pub(super) fn build_node(node: &render::Node, svg: bool) -> Node {
    match node {
        render::Node::Element(element) => build_in(element, svg || element.tag == "svg").into(),
        render::Node::Text(text) => document().create_text_node(text).into(),
    }
}

/// Appends a node that is not an ancestor, which cannot fail.
pub(super) fn append(parent: &Node, child: &Node) {
    parent.append_child(child).expect("a fresh or foreign node can be appended");
}

/// Puts `child` before `next`, or last.
pub(super) fn insert_before(parent: &Node, child: &Node, next: Option<&Node>) {
    parent.insert_before(child, next).expect("next is a child of the parent");
}

/// Takes a node out of its parent, if it has one.
pub(super) fn detach(node: &Node) {
    if let Some(parent) = node.parent_node() {
        drop(parent.remove_child(node));
    }
}

/// Whether two handles are the same node.
pub(super) fn same(a: &Node, b: &Node) -> bool {
    JsValue::from(a) == JsValue::from(b)
}

/// Whether an element has the focus.
pub(super) fn has_focus(element: &Element) -> bool {
    document().active_element().is_some_and(|active| same(&active, element))
}

/// The nearest element at or above a node.
pub(super) fn element_at(node: &Node) -> Option<Element> {
    node.dyn_ref::<Element>().cloned().or_else(|| node.parent_element())
}

/// Changes the text of a node where it differs and nowhere else: carets, ranges and a composition in the rest survive.
pub(super) fn change_text(node: &Text, new: &str) {
    let old = node.data();
    let Some(difference) = difference(&old, new, None) else { return };
    // Offsets come from the node's own text.
    if difference.to > difference.from {
        drop(node.delete_data(difference.from, difference.to - difference.from));
    }
    if !difference.inserted.is_empty() {
        drop(node.insert_data(difference.from, &difference.inserted));
    }
}

/// The first text node at or below a node.
pub(super) fn first_text(node: &Node) -> Option<Text> {
    let mut node = node.clone();
    loop {
        if let Some(text) = node.dyn_ref::<Text>() {
            return Some(text.clone());
        }
        node = node.first_child()?;
    }
}

/// Whether the page runs on a device of Apple's, where Command takes the place of Control.
pub(super) fn is_mac() -> bool {
    let platform = leptos::prelude::window().navigator().platform().unwrap_or_default();
    ["Mac", "iPhone", "iPad"].iter().any(|name| platform.contains(name))
}

/// Calls a function that web-sys does not know, if the browser has it.
pub(super) fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let function: js_sys::Function = js_sys::Reflect::get(object, &method.into()).ok()?.dyn_into().ok()?;
    let arguments: js_sys::Array = arguments.iter().collect();
    function.apply(object, &arguments).ok()
}

/// How far the window is scrolled, in pixels.
pub(super) fn scrolled() -> Option<f64> {
    leptos::prelude::window().scroll_y().ok()
}

/// The place in the text under a point of the window.
pub(super) fn place_at_point(x: f64, y: f64) -> Option<(Node, u32)> {
    let document = JsValue::from(document());
    let arguments = [x.into(), y.into()];
    let found = call(&document, "caretPositionFromPoint", &arguments).filter(|found| found.is_object());
    let (found, node, offset) = match found {
        Some(found) => (found, "offsetNode", "offset"),
        None => (call(&document, "caretRangeFromPoint", &arguments).filter(|found| found.is_object())?, "startContainer", "startOffset"),
    };
    let node: Node = js_sys::Reflect::get(&found, &node.into()).ok()?.dyn_into().ok()?;
    let offset = js_sys::Reflect::get(&found, &offset.into()).ok()?.as_f64()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an offset in a node")]
    Some((node, offset as u32))
}

/// A length for a style, to a tenth of a pixel. Whole numbers, since printing a float costs the download its printer.
pub(super) fn pixels(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "places in a page are small, and a cast saturates")]
    let tenths = (value * 10.0) as i32;
    format!("calc({tenths}px / 10)")
}
