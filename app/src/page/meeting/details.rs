//! Dialogs for what is set whole: the meeting's header and an item's values.

use dagsorden_shared::agenda::{Edit, FieldValue, HeaderKey, ItemKey};
use dagsorden_shared::id::ItemId;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::Meeting;
use crate::ui::dialog::Dialog;

/// Values of a form by name, trimmed; empty ones are absent.
fn values(event: &web_sys::SubmitEvent) -> impl Fn(&str) -> Option<String> + use<> {
    event.prevent_default();
    let form: Option<web_sys::HtmlFormElement> = event.target().and_then(|target| target.dyn_into().ok());
    let data = form.and_then(|form| web_sys::FormData::new_with_form(&form).ok());
    move |name| {
        let value = data.as_ref()?.get(name).as_string()?;
        Some(value.trim().to_owned()).filter(|value| !value.is_empty())
    }
}

#[component]
fn Row(label: &'static str, name: &'static str, #[prop(default = "text")] kind: &'static str, value: Option<String>) -> impl IntoView {
    view! {
        <label class="field">
            <span>{label}</span>
            <input type=kind name=name maxlength="300" prop:value=value.unwrap_or_default()/>
        </label>
    }
}

#[component]
fn Buttons(meeting: Meeting, open: RwSignal<bool>) -> impl IntoView {
    let text = &meeting.frame.text.common;
    view! {
        <div class="acts-r">
            <button class="btn main" type="submit">{text.save}</button>
            <button class="btn" type="button" on:click=move |_| open.set(false)>{text.cancel}</button>
        </div>
    }
}

/// Title, date, time and place of the meeting.
#[component]
pub(super) fn MeetingDetails(meeting: Meeting, open: RwSignal<bool>) -> impl IntoView {
    let text = &meeting.frame.text.meeting;
    let header = meeting.with(|parts| parts.signals.header);
    let submit = move |event: web_sys::SubmitEvent| {
        let value = values(&event);
        let keys = [
            (HeaderKey::Title, "title"),
            (HeaderKey::Date, "date"),
            (HeaderKey::Start, "start"),
            (HeaderKey::End, "end"),
            (HeaderKey::Place, "place"),
            (HeaderKey::CaseId, "case_id"),
        ];
        // An unchanged value makes no update, so what others set meanwhile in other fields stays.
        let before = header.get_untracked();
        let old =
            [Some(before.title).filter(|title| !title.is_empty()), before.date, before.start, before.end, before.place, before.case_id];
        let edits: Vec<Edit> = keys
            .into_iter()
            .zip(old)
            .filter_map(|((key, name), old)| {
                let value = value(name);
                (value != old).then_some(Edit::SetHeader { key, value })
            })
            .collect();
        meeting.edit(&edits);
        open.set(false);
    };
    view! {
        <Dialog open id="meeting-details" heading=text.meeting_details>
            <form on:submit=submit>
                {move || {
                    let header = header.get_untracked();
                    view! {
                        <Row label=text.title name="title" value=Some(header.title)/>
                        <div class="fields">
                            <Row label=text.date name="date" kind="date" value=header.date/>
                            <Row label=text.start name="start" kind="time" value=header.start/>
                            <Row label=text.end name="end" kind="time" value=header.end/>
                        </div>
                        <Row label=text.place name="place" value=header.place/>
                        <Row label=text.case_id name="case_id" value=header.case_id/>
                    }
                }}
                <Buttons meeting open/>
            </form>
        </Dialog>
    }
}

/// Kind, minutes and presenter of an item.
#[component]
pub(super) fn ItemDetails(meeting: Meeting, item: ItemId, open: RwSignal<bool>) -> impl IntoView {
    let text = &meeting.frame.text.meeting;
    let signals = meeting.item(&item);
    // The dialog is made when it is opened: sixty items need not carry sixty forms.
    move || {
        let item = item.clone();
        let submit = move |event: web_sys::SubmitEvent| {
            let value = values(&event);
            let before = signals.values.get_untracked();
            let minutes = value("minutes").and_then(|minutes| minutes.parse::<u32>().ok()).filter(|minutes| (1..=1440).contains(minutes));
            let mut edits = Vec::new();
            let mut set = |key, changed: bool, value| {
                if changed {
                    edits.push(Edit::SetItem { item: item.clone(), key, value });
                }
            };
            let (kind, presenter) = (value("kind"), value("presenter"));
            set(ItemKey::Kind, kind != before.kind, kind.map(FieldValue::Text));
            set(ItemKey::Presenter, presenter != before.presenter, presenter.map(FieldValue::Text));
            set(ItemKey::Minutes, minutes != before.minutes, minutes.map(FieldValue::Number));
            meeting.edit(&edits);
            open.set(false);
        };
        open.get().then(|| {
            let values = signals.values.get_untracked();
            view! {
                <Dialog open id="item-details" heading=text.item_details>
                    <form on:submit=submit.clone()>
                        <Row label=text.item_kind name="kind" value=values.kind.clone()/>
                        <Row label=text.item_presenter name="presenter" value=values.presenter.clone()/>
                        <Row label=text.item_minutes name="minutes" kind="number" value=values.minutes.map(|minutes| minutes.to_string())/>
                        <Buttons meeting open/>
                    </form>
                </Dialog>
            }
        })
    }
}
