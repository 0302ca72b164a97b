//! Makes a meeting of a forum, old or new, and opens it.

use dagsorden_shared::api::{Created, ForumRow, NewMeeting};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use crate::page::{frame::Frame, problem};
use crate::sync::http;
use crate::ui::dialog::Dialog;

/// Asks for forum, date, time and place; only the forum is needed.
#[component]
pub(super) fn NewMeetingDialog(frame: Frame, open: RwSignal<bool>, forums: Vec<ForumRow>) -> impl IntoView {
    let text = frame.text;
    let error = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let forums = StoredValue::new(forums);
    // Empty means another forum, whose name is then asked for.
    let chosen = RwSignal::new(forums.with_value(|forums| forums.first().map(|forum| forum.id.to_string()).unwrap_or_default()));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let form: Option<web_sys::HtmlFormElement> = event.target().and_then(|target| target.dyn_into().ok());
        let Some(data) = form.and_then(|form| web_sys::FormData::new_with_form(&form).ok()) else { return };
        let value = |name: &str| data.get(name).as_string().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let forum = chosen.get_untracked().parse().ok();
        let meeting = NewMeeting {
            forum_name: if forum.is_some() { None } else { value("forum_name") },
            forum,
            title: String::new(),
            date: value("date"),
            start: value("start"),
            end: value("end"),
            place: value("place"),
        };
        if meeting.forum.is_none() && meeting.forum_name.is_none() {
            error.set(Some(text.dialogs.forum_missing.to_owned()));
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match http::post::<Created>("/api/meetings", &meeting).await {
                Ok(created) => super::open(&created),
                Err(problem) => error.set(Some(problem::sentence(text, &problem))),
            }
            busy.set(false);
        });
    };
    let options = move || {
        forums.with_value(|forums| {
            forums.iter().map(|forum| view! { <option value=forum.id.to_string()>{forum.name.clone()}</option> }).collect_view()
        })
    };
    view! {
        <Dialog open id="new-meeting" heading=text.dialogs.meeting_title>
            <form on:submit=submit novalidate>
                <label class="field">
                    <span>{text.dialogs.meeting_forum}</span>
                    <select autofocus prop:value=move || chosen.get() on:change:target=move |event| chosen.set(event.target().value())>
                        {options()}
                        <option value="">{text.dialogs.other_forum}</option>
                    </select>
                </label>
                <Show when=move || chosen.get().is_empty()>
                    <label class="field">
                        <span>{text.dialogs.forum_name}</span>
                        <input type="text" name="forum_name" maxlength="200"/>
                    </label>
                </Show>
                <div class="fields">
                    <label class="field"><span>{text.meeting.date}</span><input type="date" name="date"/></label>
                    <label class="field"><span>{text.meeting.start}</span><input type="time" name="start"/></label>
                    <label class="field"><span>{text.meeting.end}</span><input type="time" name="end"/></label>
                </div>
                <label class="field"><span>{text.meeting.place}</span><input type="text" name="place" maxlength="300"/></label>
                <p class="error" role="alert">{move || error.get()}</p>
                <div class="acts-r">
                    <button class="btn main" type="submit" disabled=move || busy.get()>{text.dialogs.create_meeting}</button>
                    <button class="btn" type="button" on:click=move |_| open.set(false)>{text.common.cancel}</button>
                </div>
            </form>
        </Dialog>
    }
}
