//! Listening to the browser.

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget};

/// A listener that ends when it is dropped.
pub(super) struct Listener {
    target: EventTarget,
    name: &'static str,
    capture: bool,
    closure: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Listens from now on; `capture` hears of events below the target that do not bubble, such as scrolling. `None` if the browser refuses, which
    /// it does not for an event of a known name.
    pub(super) fn add(target: &EventTarget, name: &'static str, capture: bool, closure: Closure<dyn FnMut(Event)>) -> Option<Self> {
        target.add_event_listener_with_callback_and_bool(name, closure.as_ref().unchecked_ref(), capture).ok()?;
        Some(Self { target: target.clone(), name, capture, closure })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.closure.as_ref().unchecked_ref();
        drop(self.target.remove_event_listener_with_callback_and_bool(self.name, function, self.capture));
    }
}
