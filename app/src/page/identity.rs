//! Asks once for name and organisation, and lets one change them later.

use dagsorden_shared::api::Person;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::frame::Frame;
use super::problem;
use crate::sync::{http, service_worker};
use crate::ui::dialog::Dialog;

/// The dialog; `done` runs once the server knows the name.
#[component]
pub(crate) fn IdentityDialog(frame: Frame, done: Callback<Person>) -> impl IntoView {
    let text = &frame.text.identity;
    let error = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let name = RwSignal::new(frame.me.get_untracked().name);
    let organisation = RwSignal::new(frame.me.get_untracked().organisation);
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let person = Person { name: name.get().trim().to_owned(), organisation: organisation.get().trim().to_owned(), hue: 0 };
        if person.name.is_empty() {
            error.set(Some(text.name_missing.to_owned()));
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match http::put::<Person>("/api/me", &person).await {
                Ok(person) => {
                    frame.me.set(person.clone());
                    frame.asks_name.set(false);
                    // Kept pages carry the old name.
                    service_worker::forget_pages().await;
                    error.set(None);
                    done.run(person);
                }
                Err(problem) => error.set(Some(problem::sentence(frame.text, &problem))),
            }
            busy.set(false);
        });
    };
    view! {
        <Dialog open=frame.asks_name id="identity" heading=text.title>
            <p>{text.lede}</p>
            <form on:submit=submit novalidate>
                <label class="field">
                    <span>{text.name}</span>
                    <input
                        type="text"
                        name="name"
                        autocomplete="name"
                        maxlength="80"
                        required
                        autofocus
                        prop:value=move || name.get()
                        on:input:target=move |event| name.set(event.target().value())
                        aria-invalid=move || error.get().is_some().then_some("true")
                        aria-describedby="identity-error"
                    />
                </label>
                <label class="field">
                    <span>{text.organisation}</span>
                    <input
                        type="text"
                        name="organisation"
                        autocomplete="organization"
                        maxlength="80"
                        prop:value=move || organisation.get()
                        on:input:target=move |event| organisation.set(event.target().value())
                        aria-describedby="identity-organisation"
                    />
                    <small id="identity-organisation">{text.organisation_help}</small>
                </label>
                <p class="error" id="identity-error" role="alert">{move || error.get()}</p>
                <div class="acts-r">
                    <button class="btn main" type="submit" disabled=move || busy.get()>{text.submit}</button>
                    <button class="btn" type="button" on:click=move |_| frame.asks_name.set(false)>{text.later}</button>
                </div>
            </form>
        </Dialog>
    }
}
