//! What is pressed: events of elements, and what stands around the element they happened to.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// Hears an event of an element for as long as the page is open.
pub(crate) fn hear(target: &web_sys::EventTarget, event: &str, act: impl Fn(web_sys::Event) + 'static) {
    // Boxed here, so that the rest is compiled once.
    listen(target, event, false, Box::new(act));
}

/// The same before any element inside hears it.
pub(crate) fn hear_first(target: &web_sys::EventTarget, event: &str, act: impl Fn(web_sys::Event) + 'static) {
    listen(target, event, true, Box::new(act));
}

fn listen(target: &web_sys::EventTarget, event: &str, capture: bool, act: Box<dyn Fn(web_sys::Event)>) {
    let closure = Closure::wrap(act);
    // Adding a listener fails for no event name that a browser knows.
    drop(target.add_event_listener_with_callback_and_bool(event, closure.as_ref().unchecked_ref(), capture));
    closure.forget();
}

/// What an event happened to.
pub(crate) fn target_of(event: &web_sys::Event) -> Option<web_sys::Element> {
    event.target()?.dyn_into().ok()
}

/// The nearest element around `target` that has an attribute, and the attribute's value.
pub(crate) fn around(target: &web_sys::Element, attribute: &str) -> Option<(web_sys::Element, String)> {
    let found = target.closest(&format!("[{attribute}]")).ok()??;
    let value = found.get_attribute(attribute)?;
    Some((found, value))
}

/// The field for several lines in an element.
pub(crate) fn text_area(host: &web_sys::Element) -> Option<web_sys::HtmlTextAreaElement> {
    host.query_selector("textarea").ok()??.dyn_into().ok()
}
