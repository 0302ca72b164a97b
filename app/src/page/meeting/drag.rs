//! Dragging an item to another place in the outline, with mouse, pen or finger.
//!
//! Pointer events, since the browser's own drag and drop knows no touch. The list stays as it is until the drop; a line shows where.
//! Escape gives up. The keyboard's way is Alt+Shift with an arrow; the menu of each item has it in words.

use dagsorden_shared::agenda::Edit;
use dagsorden_shared::id::ItemId;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::{Meeting, count};
use crate::ui::announcer;

/// So many pixels make a press a drag.
const THRESHOLD: f64 = 6.0;

/// An item on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Drag {
    item: ItemId,
    /// The entry under the pointer and the side of it, once over one.
    target: Option<(ItemId, Place)>,
}

/// What an entry is to a drag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The dragged one.
    Source,
    /// The item will stand before it.
    Before,
    /// The item will stand after it.
    After,
}

impl Drag {
    /// Whether the entry of `item` is marked as `place`.
    pub(super) fn marks(&self, item: &ItemId, place: Place) -> bool {
        match place {
            Place::Source => self.item == *item,
            _ => self.target.as_ref().is_some_and(|target| target.0 == *item && target.1 == place),
        }
    }
}

/// Begins on a press; the drag shows itself once the pointer has moved.
pub(super) fn start(event: &web_sys::PointerEvent, item: &ItemId, dragged: RwSignal<Option<Drag>>, meeting: Meeting) {
    // A finger scrolls; it drags only by the second touch of a long press, which the menu's words replace.
    if event.button() != 0 || event.pointer_type() == "touch" {
        return;
    }
    let Some(list) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()?.closest(".toc").ok()?) else { return };
    let origin = f64::from(event.client_y());
    let Ok(abort) = web_sys::AbortController::new() else { return };
    let on = |name: &str, handler: Box<dyn FnMut(web_sys::Event)>| {
        let options = web_sys::AddEventListenerOptions::new();
        options.set_signal(&abort.signal());
        options.set_capture(true);
        let closure = Closure::wrap(handler).into_js_value();
        // Fails only on a detached window.
        drop(window().add_event_listener_with_callback_and_add_event_listener_options(name, closure.unchecked_ref(), &options));
    };
    let moved = item.clone();
    on(
        "pointermove",
        Box::new(move |event| {
            let Ok(event) = event.dyn_into::<web_sys::PointerEvent>() else { return };
            let y = f64::from(event.client_y());
            if dragged.with_untracked(Option::is_none) && (y - origin).abs() < THRESHOLD {
                return;
            }
            let next = Drag { item: moved.clone(), target: target_at(&list, y, &moved) };
            if dragged.with_untracked(|old| old.as_ref() != Some(&next)) {
                dragged.set(Some(next));
            }
        }),
    );
    let end = abort.clone();
    on(
        "pointerup",
        Box::new(move |_| {
            end.abort();
            if let Some(drag) = dragged.get_untracked() {
                dragged.set(None);
                swallow_click();
                drop_at(&drag, meeting);
            }
        }),
    );
    for name in ["pointercancel", "blur"] {
        let end = abort.clone();
        on(
            name,
            Box::new(move |event| {
                // The press itself takes the focus from somewhere; only the window's own blur ends a drag.
                let elsewhere = event.target().is_some_and(|target| target.dyn_ref::<web_sys::Window>().is_none());
                if event.type_() == "blur" && elsewhere {
                    return;
                }
                end.abort();
                dragged.set(None);
            }),
        );
    }
    let end = abort.clone();
    on(
        "keydown",
        Box::new(move |event| {
            if event.dyn_ref::<web_sys::KeyboardEvent>().is_some_and(|event| event.key() == "Escape") {
                event.prevent_default();
                event.stop_propagation();
                end.abort();
                dragged.set(None);
            }
        }),
    );
}

/// The release of a drag is a click on the link below it, too.
fn swallow_click() {
    let options = web_sys::AddEventListenerOptions::new();
    options.set_capture(true);
    options.set_once(true);
    let handler = Closure::once_into_js(|event: web_sys::Event| {
        event.prevent_default();
        event.stop_propagation();
    });
    let target = window();
    drop(target.add_event_listener_with_callback_and_add_event_listener_options("click", handler.unchecked_ref(), &options));
    set_timeout(
        move || drop(target.remove_event_listener_with_callback_and_bool("click", handler.unchecked_ref(), true)),
        std::time::Duration::ZERO,
    );
}

fn target_at(list: &web_sys::Element, y: f64, dragged: &ItemId) -> Option<(ItemId, Place)> {
    let entries = list.query_selector_all("li[data-item]").ok()?;
    let mut last = None;
    for index in 0..entries.length() {
        let entry: web_sys::Element = entries.get(index)?.dyn_into().ok()?;
        let id: ItemId = entry.get_attribute("data-item")?.parse().ok()?;
        let rect = entry.get_bounding_client_rect();
        if y < rect.top() + rect.height() / 2.0 {
            return (id != *dragged).then_some((id, Place::Before));
        }
        last = Some(id);
    }
    last.filter(|id| id != dragged).map(|id| (id, Place::After))
}

fn drop_at(drag: &Drag, meeting: Meeting) {
    let Some((target, place)) = &drag.target else { return };
    let items = meeting.with(|state| state.signals.items.get_untracked());
    let others: Vec<&ItemId> = items.iter().filter(|item| **item != drag.item).collect();
    let Some(at) = others.iter().position(|item| *item == target) else { return };
    let after = match place {
        Place::After => Some(target.clone()),
        _ => at.checked_sub(1).map(|index| others[index].clone()),
    };
    meeting.edit(&[Edit::MoveItem { item: drag.item.clone(), after }]);
    let now = meeting.with(|state| state.signals.items.get_untracked());
    if let Some(at) = now.iter().position(|item| *item == drag.item) {
        announcer::say(&(meeting.frame.text.live.moved)(count(at + 1), count(now.len())));
    }
}
