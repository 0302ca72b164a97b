//! The band under the bar: no connection, a refused text, a meeting that is gone. Says what happened to the text, why, and what to do.

use dagsorden_shared::render::icon::Icon;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Meeting;
use crate::page::problem;
use crate::sync::{SaveState, http};
use crate::ui::icon::icon;

/// The band, while there is something to say.
#[component]
pub(super) fn Strip(meeting: Meeting) -> impl IntoView {
    let frame = meeting.frame;
    let text = &frame.text.states;
    let announced = StoredValue::new(false);
    Effect::new(move |_| {
        let offline = matches!(meeting.state.get(), SaveState::Offline { .. });
        if offline != announced.get_value() {
            announced.set_value(offline);
            frame.announcer.say(if offline { frame.text.live.connection_lost } else { frame.text.live.connection_back });
        }
    });
    let retry = move |_| meeting.with(|parts| parts.replica.try_now());
    let copy = move |kept: String| {
        spawn_local(async move {
            let clipboard = window().navigator().clipboard();
            if wasm_bindgen_futures::JsFuture::from(clipboard.write_text(&kept)).await.is_ok() {
                frame.announcer.say(frame.text.common.copied);
            }
        });
    };
    let restore = move |_| {
        let id = meeting.with(|parts| parts.detail.id.clone());
        spawn_local(async move {
            match http::post_empty(&format!("/api/meetings/{id}/restore")).await {
                Ok(()) => drop(window().location().reload()),
                Err(error) => frame.toaster.show(problem::sentence(frame.text, &error), None),
            }
        });
    };
    let aside = meeting.with(|parts| parts.replica.aside());
    let dismiss = move |_| meeting.with(|parts| parts.replica.dismiss_aside());
    let note = move || {
        aside.get().map(|aside| {
            let copied = aside.text.clone();
            view! {
                <div class="note" role="alert">
                    <h3>{text.refused_title}</h3>
                    <p>{text.refused_why}</p>
                    <p class="kept">{aside.text}</p>
                    <div class="acts-r">
                        <button class="btn main" type="button" on:click=move |_| copy(copied.clone())>{text.copy_text}</button>
                        <button class="btn" type="button" on:click=dismiss>{frame.text.common.close}</button>
                    </div>
                </div>
            }
        })
    };
    let strip = move || match meeting.state.get() {
        SaveState::Offline { changes, kept } => {
            let (lead, rest) = match (kept, changes) {
                (false, _) => (text.not_kept_lead, text.not_kept_rest.to_owned()),
                (true, 0) => (text.offline_lead, text.offline_nothing.to_owned()),
                (true, changes) => (text.offline_lead, (text.offline_rest)(changes)),
            };
            view! {
                <div class="strip">
                    {icon(Icon::Offline, false)}
                    <p><b>{lead}</b>" "{rest}</p>
                    <button class="btn" type="button" on:click=retry>{text.try_now}</button>
                </div>
            }
            .into_any()
        }
        SaveState::Refused(aside) => {
            let kept = aside.text.clone();
            let copied = aside.text.clone();
            view! {
                <div class="note" role="alert">
                    <h3>{text.refused_title}</h3>
                    <p>{text.refused_why}</p>
                    <p class="kept">{kept}</p>
                    <div class="acts-r">
                        <button class="btn main" type="button" on:click=move |_| copy(copied.clone())>{text.copy_text}</button>
                        <button class="btn" type="button" on:click=move |_| drop(window().location().reload())>{text.reload}</button>
                    </div>
                </div>
            }
            .into_any()
        }
        SaveState::Gone => view! {
            <div class="strip bad" role="alert">
                {icon(Icon::Alert, false)}
                <p><b>{text.gone_title}</b>" "{text.gone_help}</p>
                <button class="btn" type="button" on:click=restore>{text.restore}</button>
            </div>
        }
        .into_any(),
        SaveState::Connecting | SaveState::Saved { .. } | SaveState::Saving => ().into_any(),
    };
    view! {
        {strip}
        {note}
    }
}
