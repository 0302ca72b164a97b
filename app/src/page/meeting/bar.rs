//! The top bar: which meeting, who is here, the saved state, and the few things one does to the whole meeting.

use std::collections::HashSet;

use dagsorden_shared::api::Person;
use dagsorden_shared::render::icon::Icon;
use dagsorden_shared::render::meeting as render;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Meeting;
use crate::page::language::languages;
use crate::page::problem;
use crate::sync::{SaveState, http};
use crate::ui::icon::icon;
use crate::ui::menu::Menu;
use crate::ui::person;

/// More people than this are a number.
const CIRCLES: usize = 5;

/// The bar.
#[component]
pub(super) fn Bar(meeting: Meeting, help: RwSignal<bool>, details: RwSignal<bool>) -> impl IntoView {
    let frame = meeting.frame;
    let text = frame.text;
    let header = meeting.with(|parts| parts.signals.header);
    let name = move || render::short_name(&header.get(), text);
    let phase = meeting.with(|parts| (text.meeting.phase)(parts.detail.phase));
    let id = meeting.with(|parts| parts.detail.id.clone());
    let export = format!("/api/meetings/{id}/export?format=json");
    let delete = move |_| {
        let id = id.clone();
        spawn_local(async move {
            if let Err(error) = http::delete(&format!("/api/meetings/{id}")).await {
                frame.toaster.show(problem::sentence(text, &error), None);
            }
        });
    };
    view! {
        <header class="bar has-m">
            <div class="id">
                <a class="word" href="/">{text.common.product}</a>
                <span class="where">{name}</span>
                <span class="phase-s"><span class="dot"></span><b>{phase}</b></span>
            </div>
            <div class="bar-end">
                <button class="btn only-sheet first" popovertarget="outline" type="button">
                    {icon(Icon::Menu, false)}
                    {text.meeting.outline}
                </button>
                <People meeting/>
                <Saved meeting/>
                <Menu label=text.common.more>
                    <button class="entry" type="button" on:click=move |_| details.set(true)>{text.meeting.meeting_details}</button>
                    <button class="entry" type="button" on:click=move |_| frame.asks_name.set(true)>{text.identity.change}</button>
                    <a class="entry" href=export download="">{text.meeting.export}" ("{text.meeting.export_json}")"</a>
                    <button class="entry" type="button" on:click=move |_| drop(window().print())>{text.meeting.print}</button>
                    <button class="entry" type="button" on:click=move |_| help.set(true)>{text.meeting.shortcuts}</button>
                    {languages(text.language)}
                    <hr/>
                    <button class="entry" type="button" on:click=delete>{text.meeting.delete_meeting}</button>
                </Menu>
            </div>
        </header>
    }
}

#[component]
fn People(meeting: Meeting) -> impl IntoView {
    let text = &meeting.frame.text.meeting;
    // One circle a person, however many windows they have open. Oneself comes first.
    let people = Memo::new(move |_| {
        let mut seen = HashSet::new();
        let me = Some(meeting.frame.me.get()).filter(|me| !me.name.is_empty());
        let others = meeting.peers.get().into_iter().map(|peer| peer.person);
        me.into_iter()
            .chain(others)
            .filter(|person| seen.insert((person.name.clone(), person.organisation.clone())))
            .collect::<Vec<Person>>()
    });
    view! {
        <ul class="people" aria-label=text.people_here>
            {move || {
                let people = people.get();
                let rest = people.len().saturating_sub(CIRCLES);
                let circles = people.iter().take(CIRCLES).map(|person| view! { <li>{person::circle(person)}</li> }).collect_view();
                view! {
                    {circles}
                    {(rest > 0).then(|| view! { <li class="quiet">"+"{rest}</li> })}
                }
            }}
        </ul>
    }
}

#[component]
fn Saved(meeting: Meeting) -> impl IntoView {
    let text = &meeting.frame.text.states;
    let name = move || match meeting.state.get() {
        SaveState::Connecting => "connecting",
        SaveState::Saved { .. } => "saved",
        SaveState::Saving => "saving",
        SaveState::Offline { .. } => "offline",
        SaveState::Refused(_) => "refused",
        SaveState::Gone => "gone",
    };
    let words = move || match meeting.state.get() {
        SaveState::Connecting => view! { <span class="spin"></span><span>{text.connecting}</span> }.into_any(),
        SaveState::Saved { at } => view! { {icon(Icon::Check, true)}<span>{(text.saved_at)(&time_of(at))}</span> }.into_any(),
        SaveState::Saving => view! { <span class="spin"></span><span>{text.saving}</span> }.into_any(),
        SaveState::Offline { changes, .. } => view! { {icon(Icon::Offline, true)}<span>{(text.offline)(changes)}</span> }.into_any(),
        SaveState::Refused(_) => view! { {icon(Icon::Alert, true)}<span>{text.refused_title}</span> }.into_any(),
        SaveState::Gone => view! { {icon(Icon::Alert, true)}<span>{text.gone_title}</span> }.into_any(),
    };
    view! { <span class="saved" data-state=name role="status">{words}</span> }
}

/// `10.42`, in the reader's own time.
fn time_of(milliseconds: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact in a double for 280,000 years")]
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(milliseconds as f64));
    format!("{}.{:02}", date.get_hours(), date.get_minutes())
}

/// The few words at the foot of a phone's page.
#[component]
pub(super) fn Dock(meeting: Meeting) -> impl IntoView {
    let text = meeting.frame.text;
    view! {
        <nav class="dock" aria-label=text.common.more>
            <button type="button" popovertarget="outline">{icon(Icon::Menu, false)}{text.meeting.outline}</button>
            <button type="button" on:click=move |_| meeting.add_item()>{icon(Icon::Plus, false)}{text.meeting.new_item}</button>
            <button type="button" on:click=move |_| meeting.undo()>{icon(Icon::Undo, false)}{text.common.undo}</button>
        </nav>
    }
}
