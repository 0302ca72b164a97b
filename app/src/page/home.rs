//! The front page. The server painted all of it; this adds what its buttons do: `data-action` names them.

mod create;

use std::rc::Rc;

use dagsorden_shared::api::Created;
use dagsorden_shared::json::Json;
use dagsorden_shared::render::icon::{Icon, icon};
use leptos::mount::mount_to;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use super::frame::Frame;
use super::import::Intake;
use super::{identity, language, problem};
use crate::sync::http;
use crate::ui::drawn::{drawn, parts};
use crate::ui::menu::{Menu, menu};
use crate::ui::{person, toast};

/// Adds the person's menu, the import and what the buttons do to the painted page.
pub(crate) fn start(frame: Frame) {
    let intake = Intake::new(frame.text, None);
    let host = document().query_selector(".bar-end").ok().flatten().and_then(|host| host.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(host) = host {
        mount_to(host, move || view! { <Me frame/> }).forget();
    }
    intake.listen(&window());
    window_event_listener_untyped("click", move |event| {
        let button = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()?.closest("[data-action]").ok()?);
        match button.and_then(|button| button.get_attribute("data-action")).as_deref() {
            Some("new-forum") => create::forum(frame),
            Some("choose-file") => intake.choose(),
            Some("paste-text") => intake.ask_for_text(),
            Some("open-demo") => open_demo(frame),
            _ => {}
        }
    });
}

fn open_demo(frame: Frame) {
    spawn_local(async move {
        match http::post::<Created>("/api/demo", &Json::Null).await {
            Ok(created) => open(&created),
            Err(error) => toast::show(&problem::sentence(frame.text, &error), None),
        }
    });
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
    let shown = parts(move || {
        let me = frame.me.get();
        if me.name.is_empty() { vec![icon(Icon::Person)] } else { person::circle(&me).to_vec() }
    });
    let more = Menu {
        label: Signal::stored(text.common.more.to_owned()),
        symbol: Icon::More,
        named: false,
        entries: Rc::new(move || {
            let me = identity::entries(frame, move || identity::ask(frame, || ()));
            me.into_iter().chain(language::entries(text.language)).collect()
        }),
    };
    view! {
        <span class="me" use:drawn=shown></span>
        <span class="hide-p">{move || person::full_name(&frame.me.get())}</span>
        <span use:menu=more></span>
    }
}
