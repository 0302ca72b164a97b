//! Draws elements anew without taking anything from the person who is in them: the focus stays where it was, and what is being written stays written.

use dagsorden_shared::render::element::Element;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::drawn;
use super::heard::{around, text_area};

/// Shows these elements in the host and nothing else. `names` are the attributes by which a button is found again: of itself, or of what it stands in.
pub(crate) fn fill(host: &web_sys::Element, elements: &[Element], names: &[&str]) {
    let written = text_area(host).map(|area| (selector(&area, names), area.value(), area.selection_start(), area.selection_end()));
    let focused = document().active_element().filter(|focused| host.contains(Some(focused))).map(|focused| selector(&focused, names));
    drawn::fill(host, elements);
    if let Some((name, value, start, end)) = written
        && let Some(area) = text_area(host).filter(|area| selector(area, names) == name)
    {
        area.set_value(&value);
        // Both are of this very text, so they lie in it.
        drop((area.set_selection_start(start.unwrap_or(None)), area.set_selection_end(end.unwrap_or(None))));
    }
    if let Some(name) = focused
        && let Ok(Some(same)) = host.query_selector(&name)
        && let Some(same) = same.dyn_ref::<HtmlElement>()
    {
        drop(same.focus());
    }
}

/// What finds an element again: those of its attributes that are names, below what has the others.
fn selector(element: &web_sys::Element, names: &[&str]) -> String {
    let (mut above, mut own) = (String::new(), element.tag_name());
    for name in names {
        if let Some((found, value)) = around(element, name) {
            let part = format!("[{name}='{value}']");
            if found == *element {
                own.push_str(&part);
            } else {
                above.push_str(&part);
                above.push(' ');
            }
        }
    }
    above + &own
}
