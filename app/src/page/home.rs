//! The front page. The server painted all of it; this adds what its buttons do: `data-action` names them.

mod new_forum;
mod new_meeting;

use dagsorden_shared::api::{Created, ForumRow};
use leptos::mount::mount_to;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use super::frame::Frame;
use super::identity::IdentityDialog;
use super::import::{Import, Intake};
use super::problem;
use crate::sync::http;
use crate::ui::icon::icon;
use crate::ui::menu::Menu;
use crate::ui::person;
use dagsorden_shared::render::icon::Icon;
use new_forum::NewForumDialog;
use new_meeting::NewMeetingDialog;

/// Which dialogs are open.
#[derive(Clone, Copy)]
struct Doors {
    forum: RwSignal<bool>,
    meeting: RwSignal<bool>,
}

/// Adds dialogs, the person's menu and the import to the painted page.
pub(super) fn start(frame: Frame, forums: Vec<ForumRow>) {
    let doors = Doors { forum: RwSignal::new(false), meeting: RwSignal::new(false) };
    let intake = Intake::new(frame);
    let mount =
        |selector: &str| document().query_selector(selector).ok().flatten().and_then(|host| host.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(host) = mount(".bar-end") {
        mount_to(host, move || view! { <Me frame/> }).forget();
    }
    if let Some(host) = document().body() {
        mount_to(host, move || {
            view! {
                <NewForumDialog frame open=doors.forum/>
                <NewMeetingDialog frame open=doors.meeting forums/>
                <Import intake/>
                <IdentityDialog frame done=Callback::new(|_| ())/>
                {frame.toaster.view()}
                {frame.announcer.view()}
            }
        })
        .forget();
    }
    window_event_listener(leptos::ev::click, move |event| {
        let button = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()?.closest("[data-action]").ok()?);
        if let Some(action) = button.and_then(|button| button.get_attribute("data-action")) {
            act(&action, frame, doors, intake);
        }
    });
    intake.listen();
}

fn act(action: &str, frame: Frame, doors: Doors, intake: Intake) {
    match action {
        "new-forum" => doors.forum.set(true),
        "new-meeting" => doors.meeting.set(true),
        "choose-file" => intake.choose(),
        "paste-text" => intake.pasting.set(true),
        "open-demo" => spawn_local(async move {
            match http::post::<Created>("/api/demo", &()).await {
                Ok(created) => open(&created),
                Err(error) => frame.toaster.show(problem::sentence(frame.text, &error), None),
            }
        }),
        _ => {}
    }
}

/// Goes to a meeting's page.
pub(super) fn open(created: &Created) {
    // Fails only if the address is none, and an id always makes one.
    drop(window().location().assign(&format!("/m/{}", created.meeting)));
}

/// Who one is, and the language.
#[component]
fn Me(frame: Frame) -> impl IntoView {
    let text = frame.text;
    let named = move || Some(frame.me.get()).filter(|me| !me.name.is_empty());
    view! {
        {move || match named() {
            Some(me) => view! { {person::circle(&me)}<span class="hide-p">{person::full_name(&me)}</span> }.into_any(),
            None => view! { {icon(Icon::Person, false)} }.into_any(),
        }}
        <Menu label=text.common.more>
            <button class="entry" type="button" on:click=move |_| frame.asks_name.set(true)>{text.identity.change}</button>
            {super::language::languages(text.language)}
        </Menu>
    }
}
