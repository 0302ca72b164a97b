//! Makes a forum.

use dagsorden_shared::api::{ForumRow, NewForum};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::page::{frame::Frame, problem};
use crate::sync::http;
use crate::ui::dialog::Dialog;

/// Asks for the name; afterwards the list shows the forum.
#[component]
pub(super) fn NewForumDialog(frame: Frame, open: RwSignal<bool>) -> impl IntoView {
    let text = frame.text;
    let name = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let forum = NewForum { name: name.get().trim().to_owned() };
        if forum.name.is_empty() {
            error.set(Some(text.dialogs.forum_missing.to_owned()));
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match http::post::<ForumRow>("/api/forums", &forum).await {
                Ok(_) => drop(window().location().reload()),
                Err(problem) => error.set(Some(problem::sentence(text, &problem))),
            }
            busy.set(false);
        });
    };
    view! {
        <Dialog open id="new-forum" heading=text.dialogs.forum_title>
            <form on:submit=submit novalidate>
                <label class="field">
                    <span>{text.dialogs.forum_name}</span>
                    <input
                        type="text"
                        name="name"
                        maxlength="200"
                        required
                        autofocus
                        prop:value=move || name.get()
                        on:input:target=move |event| name.set(event.target().value())
                        aria-invalid=move || error.get().is_some().then_some("true")
                        aria-describedby="new-forum-error"
                    />
                </label>
                <p class="error" id="new-forum-error" role="alert">{move || error.get()}</p>
                <div class="acts-r">
                    <button class="btn main" type="submit" disabled=move || busy.get()>{text.home.create_forum}</button>
                    <button class="btn" type="button" on:click=move |_| open.set(false)>{text.common.cancel}</button>
                </div>
            </form>
        </Dialog>
    }
}
