//! Listening to the browser for as long as an editor lives.

use std::rc::{Rc, Weak};

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget};

use super::context::EditorContext;

/// A listener that ends with its context.
pub(super) struct Listener {
    target: EventTarget,
    name: &'static str,
    closure: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Listens from now on. `None` if the browser refuses, which it does not for an event of a known name.
    pub(super) fn add(
        context: &Weak<EditorContext>,
        target: &EventTarget,
        name: &'static str,
        handler: fn(&Rc<EditorContext>, &Event),
    ) -> Option<Self> {
        let context = context.clone();
        let closure = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if let Some(context) = context.upgrade() {
                handler(&context, &event);
            }
        });
        target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref()).ok()?;
        Some(Self { target: target.clone(), name, closure })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        drop(self.target.remove_event_listener_with_callback(self.name, self.closure.as_ref().unchecked_ref()));
    }
}
