//! A message at the foot of the page with one thing to do about it, mostly undo. One at a time; it goes by itself.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use dagsorden_shared::render::element::element;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::drawn;

/// How long a message stays, unless the pointer or the focus is on it.
const STAYS: Duration = Duration::from_secs(20);

/// A button: its name, and what it does.
pub(crate) type Action = (&'static str, Box<dyn Fn()>);

/// Id of the place where messages stand; it is in the page from the start, as a live region must be.
pub(crate) const PLACE: &str = "toasts";

/// Shows `text`, with a button for `action` if there is one.
pub(crate) fn show(text: &str, action: Option<Action>) {
    let Some(place) = document().get_element_by_id(PLACE) else { return };
    let label = action.as_ref().map(|(label, _)| *label);
    let shape = element("div")
        .class("toast")
        .child(element("span").text(text.to_owned()))
        .children(label.map(|label| element("button").attribute("type", "button").text(label)));
    drawn::fill(&place, std::slice::from_ref(&shape));
    let Some(toast) = place.first_element_child() else { return };
    if let (Some(button), Some((_, run))) = (toast.last_element_child(), action) {
        let gone = toast.clone();
        let closure = Closure::<dyn Fn()>::new(move || {
            run();
            gone.remove();
        });
        drop(button.add_event_listener_with_callback("click", closure.into_js_value().unchecked_ref()));
    }
    let held = Rc::new(Cell::new(false));
    for (name, hold) in [("pointerenter", true), ("pointerleave", false)] {
        let held = Rc::clone(&held);
        let closure = Closure::<dyn Fn()>::new(move || held.set(hold));
        drop(toast.add_event_listener_with_callback(name, closure.into_js_value().unchecked_ref()));
    }
    expire(toast, held);
}

/// Takes the message away.
pub(crate) fn clear() {
    if let Some(place) = document().get_element_by_id(PLACE) {
        drawn::fill(&place, &[]);
    }
}

fn expire(toast: web_sys::Element, held: Rc<Cell<bool>>) {
    set_timeout(
        move || {
            let focused = document().active_element().is_some_and(|focused| toast.contains(Some(&focused)));
            if held.get() || focused { expire(toast, held) } else { toast.remove() }
        },
        STAYS,
    );
}
