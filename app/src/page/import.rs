//! Taking a dagsorden in: chosen, dropped anywhere on the page, or pasted; looked through before anything is stored.

mod review;

use dagsorden_shared::api::{Created, Finding};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use serde_json::Value;
use wasm_bindgen::JsCast;

use super::frame::Frame;
use super::problem;
use crate::sync::http::{self, HttpError};
use crate::ui::dialog::Dialog;
use review::Review;

/// What the server read. The meeting passes through unread but for its counts: it goes back to the server as it came.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Preview {
    meeting: Value,
    findings: Vec<Finding>,
}

/// Where an import stands.
#[derive(Debug, Clone, PartialEq)]
enum Stage {
    /// Nothing was given.
    Idle,
    /// The server reads it.
    Reading { name: String },
    /// Read; a person looks it through.
    Read { name: String, preview: Preview },
    /// It could not be read.
    Failed { what: &'static str, then: &'static str },
}

/// Takes files and text in. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Intake {
    frame: Frame,
    stage: RwSignal<Stage>,
    /// Whether the dialog for pasting is open.
    pub(super) pasting: RwSignal<bool>,
    hovering: RwSignal<bool>,
    picker: NodeRef<leptos::html::Input>,
}

impl Intake {
    /// Nothing taken in yet.
    pub(super) fn new(frame: Frame) -> Self {
        Self {
            frame,
            stage: RwSignal::new(Stage::Idle),
            pasting: RwSignal::new(false),
            hovering: RwSignal::new(false),
            picker: NodeRef::new(),
        }
    }

    /// Opens the system's dialog for files.
    pub(super) fn choose(self) {
        if let Some(picker) = self.picker.get_untracked() {
            picker.set_value("");
            picker.click();
        }
    }

    fn take_file(self, file: web_sys::File) {
        let name = file.name();
        self.read(name.clone(), async move {
            let name = js_sys::encode_uri_component(&name);
            http::post_file(&format!("/api/meetings/import/preview?name={name}"), &file).await
        });
    }

    fn take_text(self, text: String) {
        let name = self.frame.text.import.pasted.to_owned();
        self.read(name, async move { http::post_text("/api/meetings/import/preview", &text).await });
    }

    fn read(self, name: String, answer: impl Future<Output = Result<Preview, HttpError>> + 'static) {
        self.pasting.set(false);
        self.stage.set(Stage::Reading { name: name.clone() });
        spawn_local(async move {
            let next = match answer.await {
                Ok(preview) => Stage::Read { name, preview },
                Err(error) => self.failed(&error),
            };
            // Cancelled meanwhile: the answer is nobody's any more.
            if self.stage.with_untracked(|stage| matches!(stage, Stage::Reading { .. })) {
                self.stage.set(next);
            }
        });
    }

    fn failed(self, error: &HttpError) -> Stage {
        let (what, then) = problem::words(self.frame.text, error);
        Stage::Failed { what, then }
    }

    /// Stores what was looked through and goes to the new meeting.
    fn store(self, name: String, preview: Preview) {
        self.stage.set(Stage::Reading { name });
        spawn_local(async move {
            match http::post::<Created>("/api/meetings/import", &preview.meeting).await {
                Ok(created) => super::home::open(&created),
                Err(error) => self.stage.set(self.failed(&error)),
            }
        });
    }

    /// Listens for files dropped anywhere on the page and text pasted outside of fields.
    pub(super) fn listen(self) {
        let has_files = |event: &web_sys::DragEvent| {
            event.data_transfer().is_some_and(|data| data.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files")))
        };
        window_event_listener(leptos::ev::dragover, move |event| {
            if has_files(&event) {
                event.prevent_default();
                self.hover(true);
            }
        });
        window_event_listener(leptos::ev::dragleave, move |event| {
            // Left the window, not only one element of it.
            if event.related_target().is_none() {
                self.hover(false);
            }
        });
        window_event_listener(leptos::ev::drop, move |event| {
            self.hover(false);
            let Some(file) = event.data_transfer().and_then(|data| data.files()?.get(0)) else { return };
            event.prevent_default();
            self.take_file(file);
        });
        window_event_listener(leptos::ev::paste, move |event| {
            let in_field = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()?.closest("input,textarea").ok()?);
            let text = event.clipboard_data().and_then(|data| data.get_data("text/plain").ok()).unwrap_or_default();
            if in_field.is_none() && !text.trim().is_empty() {
                event.prevent_default();
                self.take_text(text);
            }
        });
    }

    fn hover(self, hovering: bool) {
        if self.hovering.get_untracked() == hovering {
            return;
        }
        self.hovering.set(hovering);
        let text = &self.frame.text.home;
        if let Ok(Some(zone)) = document().query_selector(".dropzone") {
            drop(zone.class_list().toggle_with_force("over", hovering));
            if let Ok(Some(title)) = zone.query_selector(".t") {
                title.set_text_content(Some(if hovering { text.drop_now } else { text.drop }));
            }
        }
    }
}

/// The dialogs of an import.
#[component]
pub(super) fn Import(intake: Intake) -> impl IntoView {
    let text = intake.frame.text;
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        let busy = intake.stage.with(|stage| *stage != Stage::Idle);
        if open.get_untracked() != busy {
            open.set(busy);
        }
    });
    // Closed by Escape: the import is given up, nothing was stored.
    Effect::new(move |_| {
        if !open.get() && intake.stage.with_untracked(|stage| *stage != Stage::Idle) {
            intake.stage.set(Stage::Idle);
        }
    });
    let picked = move |event: web_sys::Event| {
        let input: Option<web_sys::HtmlInputElement> = event.target().and_then(|target| target.dyn_into().ok());
        if let Some(file) = input.and_then(|input| input.files()?.get(0)) {
            intake.take_file(file);
        }
    };
    let body = move || match intake.stage.get() {
        Stage::Idle => ().into_any(),
        Stage::Reading { name } => view! {
            <p>{(text.import.reading)(&name)}</p>
            <div class="prog busy" role="progressbar" aria-label=text.states.working><span></span></div>
            <div class="acts-r">
                <button class="btn" type="button" on:click=move |_| intake.stage.set(Stage::Idle)>{text.states.stop}</button>
            </div>
        }
        .into_any(),
        Stage::Read { name, preview } => {
            let (stored_name, stored) = (name.clone(), preview.clone());
            let store = Callback::new(move |()| intake.store(stored_name.clone(), stored.clone()));
            let discard = Callback::new(move |()| intake.stage.set(Stage::Idle));
            view! { <Review text name preview store discard/> }.into_any()
        }
        Stage::Failed { what, then } => view! {
            <p role="alert"><b>{what}</b>" "{then}</p>
            <div class="acts-r">
                <button class="btn main" type="button" on:click=move |_| intake.choose()>{text.import.other_file}</button>
                <button class="btn" type="button" on:click=move |_| intake.stage.set(Stage::Idle)>{text.common.close}</button>
            </div>
        }
        .into_any(),
    };
    view! {
        <input class="vh" type="file" tabindex="-1" aria-hidden="true" accept=".txt,.md,.json,text/plain,application/json" node_ref=intake.picker on:change=picked/>
        <Dialog open id="import" heading=text.import.title>{body}</Dialog>
        <PasteDialog intake/>
    }
}

#[component]
fn PasteDialog(intake: Intake) -> impl IntoView {
    let text = intake.frame.text;
    let area = NodeRef::<leptos::html::Textarea>::new();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if let Some(area) = area.get_untracked() {
            intake.take_text(area.value());
        }
    };
    view! {
        <Dialog open=intake.pasting id="paste" heading=text.dialogs.paste_title>
            <p>{text.dialogs.paste_help}</p>
            <form on:submit=submit>
                <label class="field">
                    <span>{text.dialogs.paste_label}</span>
                    <textarea name="text" rows="10" required autofocus node_ref=area></textarea>
                </label>
                <div class="acts-r">
                    <button class="btn main" type="submit">{text.dialogs.paste_submit}</button>
                    <button class="btn" type="button" on:click=move |_| intake.pasting.set(false)>{text.common.cancel}</button>
                </div>
            </form>
        </Dialog>
    }
}
