//! The bands under the bar: no connection, a refused text, a meeting that is gone, a part that others deleted under the writer. Says what happened to the text, why, and what to do.

use dagsorden_shared::protocol::close_code;
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::render::icon::{Icon, icon};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use super::{Meeting, deleted};
use crate::page::problem;
use crate::sync::{SaveState, SetAside, http};
use crate::ui::dialog::button;
use crate::ui::drawn::{drawn, parts};
use crate::ui::{announcer, toast};

/// The band, while there is something to say.
#[component]
pub(super) fn Strip(meeting: Meeting) -> impl IntoView {
    let text = meeting.frame.text;
    let announced = StoredValue::new(false);
    Effect::new(move |_| {
        let offline = matches!(meeting.state.get(), SaveState::Offline { .. });
        if offline != announced.get_value() {
            announced.set_value(offline);
            announcer::say(if offline { text.live.connection_lost } else { text.live.connection_back });
        }
    });
    let aside = meeting.with(|parts| parts.documents.aside());
    let bands = parts(move || {
        let refused = match meeting.state.get() {
            SaveState::Refused(refused) => Some(refused),
            _ => None,
        };
        let reload = ("reload", text.states.reload);
        let kept = ("dismiss", text.common.close);
        let notes =
            refused.map(|refused| note(meeting, &refused, reload)).into_iter().chain(aside.get().map(|aside| note(meeting, &aside, kept)));
        strip(meeting, meeting.rows.full.get()).into_iter().chain(deleted::bands(meeting)).chain(notes).collect()
    });
    let act = move |event: web_sys::MouseEvent| {
        let button = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()?.closest("[data-action]").ok()?);
        match button.and_then(|button| button.get_attribute("data-action")).as_deref() {
            Some("try-now") => meeting.with(|parts| parts.documents.try_now()),
            Some("dismiss") => meeting.with(|parts| parts.documents.dismiss_aside()),
            Some("reload") => drop(window().location().reload()),
            Some("copy") => copy(meeting, &event),
            Some("restore") => restore(meeting),
            Some("bring-back") => meeting.settle_kept(true),
            Some("let-go") => meeting.settle_kept(false),
            _ => {}
        }
    };
    // A button that is pressed takes the caret from nobody who writes.
    let keep_caret = move |event: web_sys::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|target| target.matches("button").unwrap_or_default()) {
            event.prevent_default();
        }
    };
    view! { <div class="bands" role="region" aria-label=text.common.messages on:mousedown=keep_caret on:click=act use:drawn=bands></div> }
}

fn strip(meeting: Meeting, full: bool) -> Option<Element> {
    let text = &meeting.frame.text.states;
    let band = |class, symbol, lead: &'static str, rest: String, action| {
        let words = element("p").child(element("b").text(lead)).text(" ").text(rest);
        element("div").class(class).child(icon(symbol)).child(words).child(action)
    };
    match meeting.state.get() {
        // The server sends writers away until there is room; all pages say why.
        SaveState::Offline { .. } | SaveState::Saving | SaveState::Saved { .. } if full => {
            let (lead, rest) = (meeting.frame.text.problems.by_code)("storage_full")?;
            Some(band("strip", Icon::Alert, lead, rest.to_owned(), element("span")).attribute("role", "status"))
        }
        SaveState::Offline { changes, kept } => {
            let (lead, rest) = match (kept, changes) {
                (false, _) => (text.not_kept_lead, text.not_kept_rest.to_owned()),
                (true, 0) => (text.offline_lead, text.offline_nothing.to_owned()),
                (true, changes) => (text.offline_lead, (text.offline_rest)(changes)),
            };
            Some(band("strip", Icon::Offline, lead, rest, button("btn", "try-now", text.try_now)))
        }
        SaveState::Gone => {
            let restore = button("btn", "restore", text.restore);
            Some(band("strip bad", Icon::Alert, text.gone_title, text.gone_help.to_owned(), restore).attribute("role", "alert"))
        }
        _ => None,
    }
}

fn note(meeting: Meeting, aside: &SetAside, (action, label): (&'static str, &'static str)) -> Element {
    let text = &meeting.frame.text.states;
    // The address of the page leads to the sign-in and back.
    let signed_out = aside.code == u64::from(close_code::NOT_SIGNED_IN);
    let (title, why) = if signed_out { (text.signed_out_title, text.signed_out_why) } else { (text.refused_title, text.refused_why) };
    let label = if signed_out { text.signed_out_action } else { label };
    let acts = element("div").class("acts-r").child(button("btn main", "copy", text.copy_text)).child(button("btn", action, label));
    element("div")
        .class("note")
        .attribute("role", "alert")
        .child(element("h3").text(title))
        .child(element("p").text(why))
        .child(element("p").class("kept").text(aside.text.clone()))
        .child(acts)
}

/// Copies the text of the note whose button was pressed.
fn copy(meeting: Meeting, event: &web_sys::MouseEvent) {
    let note = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()?.closest(".note").ok()?);
    let kept = note.and_then(|note| note.query_selector(".kept").ok()?).and_then(|kept| kept.text_content()).unwrap_or_default();
    spawn_local(async move {
        let clipboard = window().navigator().clipboard();
        if wasm_bindgen_futures::JsFuture::from(clipboard.write_text(&kept)).await.is_ok() {
            announcer::say(meeting.frame.text.common.copied);
        }
    });
}

fn restore(meeting: Meeting) {
    let id = meeting.rows.id();
    spawn_local(async move {
        match http::post_empty(&format!("/api/meetings/{id}/restore")).await {
            Ok(()) => drop(window().location().reload()),
            Err(error) => toast::show(&problem::sentence(meeting.frame.text, &error), None),
        }
    });
}
