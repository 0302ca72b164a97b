//! Taking a dagsorden in: chosen, dropped, or pasted; looked through before anything is stored. It becomes a meeting, or its items come into one that is
//! there (`into`).

pub(super) mod into;
mod review;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use dagsorden_shared::api::{Added, Created, Finding};
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::catalogue::import::Import;
use dagsorden_shared::json::Json;
use dagsorden_shared::render::element::{Element, element};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use super::meeting::Meeting;
use super::problem;
use crate::json::{self, FromJson};
use crate::sync::http::{self, HttpError};
use crate::ui::dialog::{self, CLOSE, Dialog, Event};

/// What the server read. The meeting passes through unread but for its counts: it goes back to the server as it came; what was left out is
/// only shown.
#[derive(Debug, Clone, PartialEq)]
struct Preview {
    meeting: Json,
    findings: Vec<Finding>,
    left_out: Json,
}

impl FromJson for Preview {
    fn from_json(value: &Json) -> Option<Self> {
        Some(Self {
            meeting: value.get("meeting")?.clone(),
            findings: json::list(value, "findings", Finding::from_json),
            left_out: value.get("left_out").cloned().unwrap_or(Json::Null),
        })
    }
}

/// Takes files and text in. Cheap to clone.
#[derive(Clone)]
pub(super) struct Intake(Rc<State>);

struct State {
    text: &'static Catalogue,
    words: &'static Import,
    /// The meeting that the items come into; without one they become a meeting of their own.
    goal: Option<Meeting>,
    /// The dialog that asked for it.
    asking: RefCell<Option<Dialog>>,
    /// The dialog of the import under way.
    dialog: RefCell<Option<Dialog>>,
    /// What was read and not stored yet.
    preview: RefCell<Option<Preview>>,
    /// Counts imports: an answer to one that was given up is nobody's any more.
    turn: Cell<u32>,
}

impl Intake {
    /// Nothing taken in yet.
    pub(super) fn new(text: &'static Catalogue, goal: Option<Meeting>) -> Self {
        Self(Rc::new(State {
            text,
            words: Import::of(text.language),
            goal,
            asking: RefCell::default(),
            dialog: RefCell::default(),
            preview: RefCell::default(),
            turn: Cell::new(0),
        }))
    }

    /// Where it is sent.
    fn path(&self) -> String {
        self.0.goal.map_or_else(|| "/api/meetings/import".to_owned(), |meeting| format!("/api/meetings/{}/import", meeting.id()))
    }

    /// Opens the system's dialog for files.
    pub(super) fn choose(&self) {
        let input = document().create_element("input").ok().and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok());
        let Some(input) = input else { return };
        input.set_type("file");
        input.set_accept(".docx,.txt,.md,.json,text/plain,application/json");
        let (intake, chosen) = (self.clone(), input.clone());
        let closure = Closure::<dyn Fn()>::new(move || {
            if let Some(file) = chosen.files().and_then(|files| files.get(0)) {
                intake.take_file(file);
            }
        });
        drop(input.add_event_listener_with_callback("change", closure.into_js_value().unchecked_ref()));
        input.click();
    }

    /// Asks for text to be pasted.
    pub(super) fn ask_for_text(&self) {
        let (text, words) = (self.0.text, self.0.words);
        let area = element("textarea").attribute("name", "text").attribute("rows", "10").flag("autofocus");
        let form = dialog::form(vec![dialog::field(words.paste_label, area)], words.paste_submit, text.common.cancel);
        let content = vec![element("p").text(words.paste_help), form];
        let intake = self.clone();
        Dialog::open("paste", words.paste_title, &content, move |dialog, event| {
            let Event::Submit(answers) = event else { return };
            if let Some(pasted) = answers.text("text") {
                dialog.close();
                intake.take_text(pasted);
            }
        });
    }

    fn take_file(&self, file: web_sys::File) {
        let name = file.name();
        let path = format!("{}/preview?name={}", self.path(), js_sys::encode_uri_component(&name));
        self.read(&name.clone(), async move { http::post_file(&path, &file).await });
    }

    fn take_text(&self, text: String) {
        let path = format!("{}/preview", self.path());
        self.read(self.0.words.pasted, async move { http::post_text(&path, &text).await });
    }

    fn read(&self, name: &str, answer: impl Future<Output = Result<Preview, HttpError>> + 'static) {
        let turn = self.begin(name);
        let (intake, name) = (self.clone(), name.to_owned());
        spawn_local(async move {
            let answer = answer.await;
            if intake.0.turn.get() != turn {
                return;
            }
            let content = match answer {
                Ok(preview) => {
                    let content = review::review(&intake.0, &name, &preview);
                    intake.0.preview.replace(Some(preview));
                    content
                }
                Err(error) => intake.failed(&name, &error),
            };
            intake.show(&content);
        });
    }

    /// Opens the dialog, or empties the open one for another file.
    fn begin(&self, name: &str) -> u32 {
        let turn = self.0.turn.get() + 1;
        self.0.turn.set(turn);
        let content = self.reading(name);
        if let Some(asking) = self.0.asking.take() {
            asking.close();
        }
        if self.0.dialog.borrow().is_some() {
            self.show(&content);
        } else {
            let intake = self.clone();
            let opened = Dialog::open("import", self.0.words.title, &content, move |dialog, event| match event {
                Event::Action(action) => intake.act(dialog, &action),
                Event::Submit(_) => {}
                Event::Closed => {
                    // Given up: nothing was stored.
                    intake.0.turn.set(intake.0.turn.get() + 1);
                    intake.0.dialog.replace(None);
                    intake.0.preview.replace(None);
                }
            });
            self.0.dialog.replace(opened);
        }
        turn
    }

    fn show(&self, content: &[Element]) {
        if let Some(dialog) = &*self.0.dialog.borrow() {
            dialog.set_content(content);
        }
    }

    fn act(&self, dialog: &Dialog, action: &str) {
        match action {
            review::STORE => self.store(dialog),
            review::UNFOLD => review::unfold(self.0.words, dialog.element()),
            "other-file" => self.choose(),
            _ => {}
        }
    }

    /// Stores what was looked through, and shows what became of it.
    fn store(&self, dialog: &Dialog) {
        let Some(Preview { mut meeting, .. }) = self.0.preview.take() else { return };
        review::drop_unwanted(dialog.element(), &mut meeting);
        let words = self.0.words;
        self.show(&self.reading_with(if self.0.goal.is_some() { words.into_storing } else { words.storing }));
        let intake = self.clone();
        let name = meeting.get("title").and_then(Json::as_text).unwrap_or_default().to_owned();
        spawn_local(async move {
            let path = intake.path();
            let refused = match intake.0.goal {
                None => http::post::<Created>(&path, &meeting).await.map(|created| super::home::open(&created)).err(),
                Some(goal) => http::post::<Added>(&path, &meeting).await.map(|added| intake.came(goal, added)).err(),
            };
            if let Some(error) = refused {
                intake.show(&intake.failed(&name, &error));
            }
        });
    }

    fn came(&self, meeting: Meeting, added: Added) {
        if let Some(dialog) = self.0.dialog.take() {
            dialog.close();
        }
        into::came(meeting, added.items);
    }

    fn reading(&self, name: &str) -> Vec<Element> {
        self.reading_with(&(self.0.words.reading)(name))
    }

    fn reading_with(&self, words: &str) -> Vec<Element> {
        let text = self.0.text;
        let progress = element("div")
            .class("prog busy")
            .attribute("role", "progressbar")
            .attribute("aria-label", text.states.working)
            .child(element("span"));
        vec![element("p").text(words.to_owned()), progress, acts([dialog::button("btn", CLOSE, text.states.stop)])]
    }

    fn failed(&self, name: &str, error: &HttpError) -> Vec<Element> {
        let text = self.0.text;
        let (what, then) = problem::words(text, error);
        let words = element("p").attribute("role", "alert").child(element("b").text(what)).text(" ").text(then);
        let other = dialog::button("btn main", "other-file", self.0.words.other_file);
        vec![element("p").class("quiet").text(name.to_owned()), words, acts([other, dialog::button("btn", CLOSE, text.common.close)])]
    }

    /// Listens for files that are dropped on it and text that is pasted there outside of fields.
    pub(super) fn listen(&self, on: &web_sys::EventTarget) {
        let has_files = |event: &web_sys::DragEvent| {
            event.data_transfer().is_some_and(|data| data.types().iter().any(|kind| kind.as_string().as_deref() == Some("Files")))
        };
        let intake = self.clone();
        add(on, "dragover", move |event| {
            if has_files(event.unchecked_ref()) {
                event.prevent_default();
                event.stop_propagation();
                intake.hover(true);
            }
        });
        let intake = self.clone();
        add(on, "dragleave", move |event| {
            // Left the window, not only one element of it.
            if event.unchecked_ref::<web_sys::DragEvent>().related_target().is_none() {
                intake.hover(false);
            }
        });
        let intake = self.clone();
        add(on, "drop", move |event| {
            intake.hover(false);
            let data = event.unchecked_ref::<web_sys::DragEvent>().data_transfer();
            let Some(file) = data.and_then(|data| data.files()?.get(0)) else { return };
            event.prevent_default();
            event.stop_propagation();
            intake.take_file(file);
        });
        let intake = self.clone();
        add(on, "paste", move |event| {
            let in_field = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()?.closest("input,textarea").ok()?);
            let data = event.unchecked_ref::<web_sys::ClipboardEvent>().clipboard_data();
            let text = data.and_then(|data| data.get_data("text/plain").ok()).unwrap_or_default();
            if in_field.is_none() && !text.trim().is_empty() {
                event.prevent_default();
                intake.take_text(text);
            }
        });
    }

    fn hover(&self, hovering: bool) {
        let text = &self.0.text.home;
        if let Ok(Some(zone)) = document().query_selector(".dropzone") {
            drop(zone.class_list().toggle_with_force("over", hovering));
            if let Ok(Some(title)) = zone.query_selector(".t") {
                title.set_text_content(Some(if hovering { text.drop_now } else { text.drop }));
            }
        }
    }
}

/// Adds a listener that lives as long as what it is on.
fn add(on: &web_sys::EventTarget, name: &str, hear: impl Fn(web_sys::Event) + 'static) {
    let closure = Closure::<dyn Fn(web_sys::Event)>::new(hear).into_js_value();
    drop(on.add_event_listener_with_callback(name, closure.unchecked_ref()));
}

fn acts<const N: usize>(buttons: [Element; N]) -> Element {
    element("div").class("acts-r").children(buttons)
}
