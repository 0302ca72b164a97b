//! Draws a list anew without taking anything from whoever is in it: the focus stays where it was, and what is being written stays written.

use dagsorden_shared::render::element::Element;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::list::{ACTION, POINT, VALUE};
use crate::ui::drawn;
use crate::ui::heard::{around, text_area};

/// Shows these elements in the host and nothing else.
pub(super) fn fill(host: &web_sys::Element, elements: &[Element]) {
    let written = text_area(host).map(|area| (name(&area), area.value(), area.selection_start(), area.selection_end()));
    let focused = document().active_element().filter(|focused| host.contains(Some(focused))).map(|focused| name(&focused));
    drawn::fill(host, elements);
    if let Some((name, value, start, end)) = written
        && let Some(area) = text_area(host).filter(|area| self::name(area) == name)
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

/// What finds a field or button of a point again.
fn name(element: &web_sys::Element) -> String {
    let point = around(element, POINT).map(|(_, id)| format!("[{POINT}='{id}'] ")).unwrap_or_default();
    match (element.get_attribute(ACTION), element.get_attribute(VALUE)) {
        (Some(action), Some(value)) => format!("{point}[{ACTION}='{action}'][{VALUE}='{value}']"),
        _ => format!("{point}textarea"),
    }
}
