//! The paper: letterhead, header and the items, set like a printed agenda.

use std::cell::Cell;
use std::rc::Rc;

use dagsorden_shared::id::ItemId;
use dagsorden_shared::meeting_json::ParticipantStatus;
use dagsorden_shared::render::element::element;
use dagsorden_shared::render::icon::{Icon, icon, small_icon};
use dagsorden_shared::render::{item, meeting as render};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::item::Item;
use super::{Meeting, deleted};
use crate::parts::start_bringing_in;
use crate::ui::drawn::{drawn, fixed, parts};
use crate::ui::later::Later;
use crate::ui::list::{List, stable_list};

/// What is this near to the window, as a part of its height, is drawn at once.
const NEAR: f64 = 0.2;

/// The middle column.
#[component]
pub(super) fn Paper(meeting: Meeting) -> impl IntoView {
    let (text, paper) = (meeting.frame.text, meeting.frame.paper);
    let chrome = text.language.code();
    let header = meeting.with(|parts| parts.signals.header);
    let items = meeting.with(|parts| parts.signals.items);
    let detail = meeting.rows.detail;
    let top = parts(move || {
        let (header, detail) = (header.get(), detail.read());
        vec![render::letter(&header, &detail.forum_name, paper), render::header(&header, &detail.participants, paper)]
    });
    let empty = parts(move || if items.get().is_empty() { vec![render::no_items(meeting.rows.write.get(), text)] } else { Vec::new() });
    let shown = |symbol, label: &'static str| fixed(vec![small_icon(symbol), element("span").text(label)]);
    Effect::new(move |_| document().set_title(&format!("{} · {}", render::short_name(&header.get(), text), text.common.product)));
    view! {
        <main class="paper" id=render::CONTENT_ID tabindex="-1" lang=paper.language.code()>
            <div use:drawn=top></div>
            <p class="meet-edit" lang=chrome>
                <button
                    class="link soft"
                    type="button"
                    on:click=move |_| meeting.ask_details()
                    use:drawn=shown(Icon::Pencil, text.meeting.meeting_details)
                ></button>
                <button
                    class="link soft"
                    type="button"
                    data-action="participants"
                    on:click=move |_| meeting.ask_participants(None)
                    use:drawn=shown(Icon::People, text.participants(ParticipantStatus::Deltager))
                ></button>
            </p>
            <div class="items" use:articles=meeting></div>
            <div use:drawn=empty lang=chrome on:click=move |event| bring_in(meeting, &event)></div>
            <p class="addrow" lang=chrome>
                <button
                    class="link"
                    type="button"
                    data-action="new-item"
                    on:click=move |_| meeting.add_item()
                    use:drawn=shown(Icon::Plus, text.meeting.new_item)
                ></button>
            </p>
        </main>
    }
}

/// What the empty paper offers.
fn bring_in(meeting: Meeting, event: &web_sys::MouseEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    if target.is_some_and(|target| target.get_attribute("data-action").as_deref() == Some(render::BRING_IN)) {
        start_bringing_in(meeting);
    }
}

/// Directive: the articles of the items, in order.
fn articles(container: web_sys::Element, meeting: Meeting) {
    let keys = meeting.with(|parts| parts.signals.items);
    let list = List {
        tag: "article",
        keys: Box::new(move || deleted::with_kept(meeting, &keys.read(), None)),
        dress: Box::new(move |key, article| {
            let Ok(id) = key.parse::<ItemId>() else { return };
            article.set_class_name(if meeting.is_shut(&id) { "shut" } else { "item" });
            article.set_id(&item::anchor(&id));
            // Setting an attribute of a valid name does not fail.
            drop(article.set_attribute("data-item", key));
        }),
        view: Rc::new(move |key| match key.parse::<ItemId>() {
            Ok(id) if meeting.is_shut(&id) => view! { <Shut meeting id/> }.into_any(),
            Ok(id) => view! { <Item meeting id/> }.into_any(),
            Err(_) => ().into_any(),
        }),
        later: Some(meeting.with(|parts| Rc::clone(&parts.later))),
    };
    // Where the hand goes something may be done next.
    for name in ["pointerover", "pointerdown", "focusin"] {
        let draw = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
            let article = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()?.closest("[data-item]").ok()?);
            if let Some(key) = article.and_then(|article| article.get_attribute("data-item")) {
                meeting.with(|parts| parts.later.draw(&key));
            }
        });
        // It lives as long as the element.
        drop(container.add_event_listener_with_callback_and_bool(name, draw.into_js_value().unchecked_ref(), true));
    }
    stable_list(container, list);
}

/// The items that may be drawn later: those that the server painted far from the window. They stand one below the other.
pub(super) fn far_items() -> Rc<Later> {
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    let past = Cell::new(false);
    Later::new(Box::new(move |key| {
        let id = key.parse::<ItemId>().ok()?;
        let painted = document().get_element_by_id(&item::anchor(&id))?.dyn_into::<web_sys::HtmlElement>().ok()?;
        if past.get() {
            return Some(painted);
        }
        let place = painted.get_bounding_client_rect();
        past.set(place.top() > height * (1.0 + NEAR));
        (past.get() || place.bottom() < -height * NEAR).then_some(painted)
    }))
}

/// A closed item that holds nothing for this reader: its number and place are kept.
#[component]
fn Shut(meeting: Meeting, id: ItemId) -> impl IntoView {
    let text = &meeting.frame.paper.meeting;
    let signals = meeting.item(&id);
    let shown = parts(move || {
        let heading = signals.values.get().public_heading.unwrap_or_else(|| text.closed_item.to_owned());
        vec![
            element("span").class("num").text(signals.number.get()),
            element("div").child(element("h2").child(icon(Icon::Lock)).text(" ").text(heading)).child(element("p").text(text.closed_note)),
        ]
    });
    view! { <div class="shut-body" use:drawn=shown></div> }
}

impl Meeting {
    fn is_shut(self, id: &ItemId) -> bool {
        let signals = self.item(id);
        signals.values.get_untracked().closed && signals.sections.get_untracked().is_empty()
    }
}
