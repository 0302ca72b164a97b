//! Dragging an item to another place in the outline, with mouse, pen or finger.
//!
//! Pointer events, since the browser's own drag and drop knows no touch. The list stays as it is until the drop; a line shows where, and what is
//! dragged goes along. Escape gives up. The keyboard's way is Alt+Shift with an arrow; the menu of each item has it in words.

use std::time::Duration;

use dagsorden_shared::agenda::Edit;
use dagsorden_shared::id::ItemId;
use dagsorden_shared::render::element::element;
use dagsorden_shared::render::icon::{Icon, small_icon};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::Meeting;
use crate::ui::drawn;

/// So many pixels make a press a drag.
const THRESHOLD: f64 = 6.0;
/// So long a finger rests on an entry before it drags.
const REST: Duration = Duration::from_millis(400);

/// An item on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Drag {
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

/// While an item is dragged a finger does not scroll the list. A listener that may say so must be there before the finger comes.
pub(super) fn keep_still(list: &web_sys::Element, dragged: RwSignal<Option<Drag>>) {
    let options = web_sys::AddEventListenerOptions::new();
    options.set_passive(false);
    let still = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
        if dragged.with_untracked(Option::is_some) {
            event.prevent_default();
        }
    });
    let still = still.into_js_value();
    for name in ["touchmove", "contextmenu"] {
        drop(list.add_event_listener_with_callback_and_add_event_listener_options(name, still.unchecked_ref(), &options));
    }
}

/// Begins on a press. A mouse drags once it has moved; a finger scrolls, unless it has rested on the entry before. In the part `writing`.
pub(super) fn start(event: &web_sys::PointerEvent, item: &ItemId, dragged: RwSignal<Option<Drag>>, meeting: Meeting) {
    let Some(list) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()?.closest(".toc").ok()?) else { return };
    let (pointer, touch) = (event.pointer_id(), event.pointer_type() == "touch");
    let origin = f64::from(event.client_y());
    let Ok(abort) = web_sys::AbortController::new() else { return };
    let ghost = Ghost::of(meeting, item, &list);
    let end = {
        let (abort, ghost) = (abort.clone(), ghost.clone());
        move || {
            abort.abort();
            ghost.remove();
            dragged.set(None);
        }
    };
    if touch {
        let (abort, ghost, list, item) = (abort.clone(), ghost.clone(), list.clone(), item.clone());
        set_timeout(
            move || {
                if !abort.signal().aborted() {
                    ghost.show(origin);
                    dragged.set(Some(Drag { target: target_at(&list, origin, &item), item }));
                }
            },
            REST,
        );
    }
    let on = |name: &str, handler: Box<dyn FnMut(web_sys::Event)>| {
        let options = web_sys::AddEventListenerOptions::new();
        options.set_signal(&abort.signal());
        options.set_capture(true);
        let closure = Closure::wrap(handler).into_js_value();
        // Fails only on a detached window.
        drop(window().add_event_listener_with_callback_and_add_event_listener_options(name, closure.unchecked_ref(), &options));
    };
    let (moved, shown, given_up) = (item.clone(), ghost.clone(), end.clone());
    on(
        "pointermove",
        Box::new(move |event| {
            let Ok(event) = event.dyn_into::<web_sys::PointerEvent>() else { return };
            if event.pointer_id() != pointer {
                return;
            }
            let y = f64::from(event.client_y());
            if event.buttons() == 0 {
                // It was released before anybody listened.
                return given_up();
            }
            if dragged.with_untracked(Option::is_none) {
                if (y - origin).abs() < THRESHOLD {
                    return;
                }
                if touch {
                    return given_up();
                }
            }
            shown.show(y);
            let next = Drag { item: moved.clone(), target: target_at(&list, y, &moved) };
            if dragged.with_untracked(|old| old.as_ref() != Some(&next)) {
                dragged.set(Some(next));
            }
        }),
    );
    let done = end.clone();
    on(
        "pointerup",
        Box::new(move |_| {
            let drag = dragged.get_untracked();
            done();
            if let Some(drag) = drag {
                swallow_click();
                drop_at(&drag, meeting);
            }
        }),
    );
    for name in ["pointercancel", "blur", "pointerdown"] {
        let end = end.clone();
        on(
            name,
            Box::new(move |event| {
                // The press itself takes the focus from somewhere; only the window's own blur ends a drag.
                let elsewhere = event.target().is_some_and(|target| target.dyn_ref::<web_sys::Window>().is_none());
                if event.type_() != "blur" || !elsewhere {
                    end();
                }
            }),
        );
    }
    on(
        "keydown",
        Box::new(move |event| {
            if event.dyn_ref::<web_sys::KeyboardEvent>().is_some_and(|event| event.key() == "Escape") {
                event.prevent_default();
                event.stop_propagation();
                end();
            }
        }),
    );
}

/// What is dragged, beside the pointer.
#[derive(Clone)]
struct Ghost {
    element: Option<web_sys::HtmlElement>,
    list: web_sys::Element,
}

impl Ghost {
    /// Outside the page.
    fn of(meeting: Meeting, item: &ItemId, list: &web_sys::Element) -> Self {
        let title = format!("{}. {}", meeting.item(item).number.get_untracked(), meeting.title_of(item));
        let shape =
            element("div").class("ghost").attribute("aria-hidden", "true").child(small_icon(Icon::Grip)).child(element("span").text(title));
        Self { element: drawn::node(&shape).and_then(|ghost| ghost.dyn_into().ok()), list: list.clone() }
    }

    fn show(&self, y: f64) {
        let Some(ghost) = &self.element else { return };
        if !ghost.is_connected() {
            // In the sheet, which lies above the page.
            drop(self.list.parent_element().map(|sheet| sheet.append_child(ghost)));
            let left = self.list.get_bounding_client_rect().left() + 16.0;
            drop(ghost.style().set_property("left", &pixels(left)));
        }
        drop(ghost.style().set_property("top", &pixels(y + 8.0)));
    }

    fn remove(&self) {
        self.element.iter().for_each(|ghost| ghost.remove());
    }
}

fn pixels(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "places in a window are small, and a cast saturates")]
    let whole = value as i32;
    format!("{whole}px")
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
    meeting.say_place(&drag.item);
}
