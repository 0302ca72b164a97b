//! Where one is on the page, told to the others; and who came and went, told to screen readers.

use std::time::Duration;

use dagsorden_shared::id::{ClientId, ItemId};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::Meeting;
use crate::sync::SaveState;
use crate::ui::announcer;

/// Joins and leaves within this time are said together.
const GATHER: Duration = Duration::from_secs(2);

/// Follows the item in view and the others' coming and going, for as long as the page is open.
pub(super) fn follow(meeting: Meeting) {
    follow_scroll(meeting);
    Effect::new(move |_| {
        let here = meeting.here.get();
        meeting.with(|parts| parts.editors.set_item(here.clone()));
        request_animation_frame(move || here.iter().for_each(show_entry));
    });
    Effect::new(move |_| {
        let peers = meeting.peers.read();
        meeting.with(|parts| {
            // On a phone the names above an item push it down.
            parts.editors.hold_reading_place();
            parts.signals.follow_peers(&peers);
        });
    });
    // What is written in a deleted meeting, or without the right, would go nowhere. The style sheet takes away what one writes with.
    Effect::new(move |_| {
        let locked = matches!(meeting.state.get(), SaveState::Gone) || !meeting.rows.write.get();
        let reading = meeting.reading.get();
        meeting.with(|parts| parts.editors.set_read_only(locked || reading));
        if let Some(body) = document().body() {
            // The names are valid ones.
            drop(body.toggle_attribute_with_force("data-locked", locked));
            drop(body.toggle_attribute_with_force("data-reading", reading));
        }
    });
    announce_people(meeting);
}

/// The item of the caret is the one a person is in; else, while they scroll, the one in view: the last one whose head has passed the upper third of the window.
fn follow_scroll(meeting: Meeting) {
    let waiting = StoredValue::new(false);
    let look = move || {
        waiting.set_value(false);
        let here = item_in_hand(meeting).or_else(item_in_view);
        if here.is_some() && meeting.here.with_untracked(|old| *old != here) {
            if let Some(here) = &here {
                meeting.with(|parts| parts.later.prefer(here.as_str()));
            }
            meeting.here.set(here);
        }
    };
    window_event_listener_untyped("focusin", move |_| {
        if let Some(field) = meeting.with(|parts| parts.editors.held())
            && meeting.here.with_untracked(|old| old.as_ref() != Some(field.item()))
        {
            meeting.here.set(Some(field.item().clone()));
        }
    });
    for name in ["wheel", "touchmove", "pointerdown", "keydown"] {
        // Before anything else hears of it: the key or the click may lead to an item. It listens as long as the page is open.
        let forget = Closure::<dyn Fn()>::new(move || meeting.gone_to.set_value(false)).into_js_value();
        drop(window().add_event_listener_with_callback_and_bool(name, forget.unchecked_ref(), true));
    }
    // Not now: it would lay out the whole page before anything of it can be painted.
    request_animation_frame(look);
    let handler = Closure::<dyn Fn()>::new(move || {
        if !waiting.get_value() {
            waiting.set_value(true);
            request_animation_frame(look);
        }
    });
    let options = web_sys::AddEventListenerOptions::new();
    options.set_passive(true);
    let handler = handler.into_js_value();
    drop(window().add_event_listener_with_callback_and_add_event_listener_options("scroll", handler.unchecked_ref(), &options));
}

/// Scrolls the outline, and nothing else, so that an item's entry can be seen in it.
fn show_entry(item: &ItemId) {
    let entry = super::element(&format!(".toc [data-item='{item}']"));
    let Some((outline, entry)) = super::element("#outline").zip(entry) else { return };
    let (frame, place) = (outline.get_bounding_client_rect(), entry.get_bounding_client_rect());
    let (above, below) = (place.top() - frame.top(), place.bottom() - frame.bottom());
    let by = if above < 0.0 {
        above - place.height()
    } else if below > 0.0 {
        below + place.height()
    } else {
        return;
    };
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a window; a cast saturates")]
    outline.set_scroll_top(outline.scroll_top() + by as i32);
}

/// The item one writes in, wherever the window is; else the one gone to, until one scrolls.
fn item_in_hand(meeting: Meeting) -> Option<ItemId> {
    let written = meeting.with(|parts| parts.editors.held()).map(|field| field.item().clone());
    written.or_else(|| meeting.here.get_untracked().filter(|_| meeting.gone_to.get_value()))
}

fn item_in_view() -> Option<ItemId> {
    let height = window().inner_height().ok()?.as_f64()?;
    let articles = document().query_selector_all(".items > [data-item]").ok()?;
    let article = |index: u32| articles.get(index)?.dyn_into::<web_sys::Element>().ok();
    // The articles stand one below the other, so the border is found by halving.
    let (mut low, mut high) = (0, articles.length());
    while low < high {
        let middle = (low + high) / 2;
        if article(middle)?.get_bounding_client_rect().top() <= height / 3.0 { low = middle + 1 } else { high = middle }
    }
    article(low.saturating_sub(1))?.get_attribute("data-item")?.parse().ok()
}

fn announce_people(meeting: Meeting) {
    let known = StoredValue::new(Vec::<(ClientId, String)>::new());
    let waiting = StoredValue::new(false);
    let text = &meeting.frame.text.live;
    let tell = move || {
        waiting.set_value(false);
        let now: Vec<(ClientId, String)> =
            meeting.peers.with_untracked(|peers| peers.iter().map(|peer| (peer.client, peer.person.name.clone())).collect());
        let before = known.get_value();
        let missing_in = |others: &[(ClientId, String)], (client, _): &&(ClientId, String)| others.iter().all(|(other, _)| other != client);
        let came: Vec<&String> = now.iter().filter(|person| missing_in(&before, person)).map(|(_, name)| name).collect();
        let went: Vec<&String> = before.iter().filter(|person| missing_in(&now, person)).map(|(_, name)| name).collect();
        let words = match (came.as_slice(), went.as_slice()) {
            ([], []) => None,
            ([], [name, ..]) => Some((text.left)(name)),
            ([name], _) => Some((text.joined)(name)),
            (many, _) => Some((text.joined_many)(super::count(many.len()))),
        };
        known.set_value(now);
        words.into_iter().for_each(|words| announcer::say(&words));
    };
    Effect::new(move |_| {
        meeting.peers.track();
        if !waiting.get_value() {
            waiting.set_value(true);
            set_timeout(tell, GATHER);
        }
    });
}
