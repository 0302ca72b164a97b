//! The DOM sink of the one renderer: draws its element tree into the page, for the parts nobody writes in.

use std::rc::Rc;

use dagsorden_shared::render::element::{Element, Node};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The element, outside the page.
pub(crate) fn node(element: &Element) -> Option<web_sys::Element> {
    let svg = matches!(element.tag, "svg" | "path");
    let made = if svg {
        document().create_element_ns(Some("http://www.w3.org/2000/svg"), element.tag)
    } else {
        document().create_element(element.tag)
    };
    // Tags and attribute names are literals of the renderer, so making them does not fail.
    let made = made.ok()?;
    for (name, value) in &element.attributes {
        drop(made.set_attribute(name, value));
    }
    for child in &element.children {
        match child {
            Node::Text(text) => drop(made.append_with_str_1(text)),
            Node::Element(child) => {
                if let Some(child) = node(child) {
                    drop(made.append_with_node_1(&child));
                }
            }
        }
    }
    Some(made)
}

/// Shows these elements in the host and nothing else.
pub(crate) fn fill(host: &web_sys::Element, elements: &[Element]) {
    let nodes = js_sys::Array::new();
    for element in elements.iter().filter_map(node) {
        nodes.push(element.unchecked_ref());
    }
    host.replace_children_with_node(&nodes);
}

/// Makes the elements of a part; reading a signal in it makes the part follow.
pub(crate) type Parts = Rc<dyn Fn() -> Vec<Element>>;

/// Parts that change with the signals they read.
pub(crate) fn parts(make: impl Fn() -> Vec<Element> + 'static) -> Parts {
    Rc::new(make)
}

/// Parts that stay as they are.
pub(crate) fn fixed(elements: Vec<Element>) -> Parts {
    Rc::new(move || elements.clone())
}

/// Directive: shows these elements in the host. Lives as long as the current owner.
pub(crate) fn drawn(host: web_sys::Element, parts: Parts) {
    let effect = RenderEffect::new(move |shown: Option<Vec<Element>>| {
        let elements = parts();
        // Signals may say more than is shown here, such as where exactly another's caret is.
        if shown.as_ref() != Some(&elements) {
            fill(&host, &elements);
        }
        elements
    });
    StoredValue::new_local(effect);
}
