//! The dialog in which the people of a meeting are changed: added, given another status with one click, removed and brought back.
//!
//! Each person is a row of the server's. What is done is shown at once and sent; what others do comes with the meeting's rows.

use std::cell::RefCell;
use std::rc::Rc;

use dagsorden_shared::access::Phase;
use dagsorden_shared::api::{ChangedParticipant, MembersAdded, NewParticipant, ParticipantRow};
use dagsorden_shared::catalogue::attendance::Attendance;
use dagsorden_shared::id::ParticipantId;
use dagsorden_shared::json::Json;
use dagsorden_shared::meeting_json::{Participant, ParticipantStatus};
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::render::meeting::times;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use super::Meeting;
use crate::json::{status, status_word};
use crate::random;
use crate::sync::http::{self, HttpError};
use crate::ui::dialog::{self, Answers, CLOSE, Dialog, Event, field, input};
use crate::ui::drawn;

const ID: &str = "participants";

/// What the dialog shows.
struct State {
    meeting: Meeting,
    text: &'static Attendance,
    rows: RefCell<Vec<ParticipantRow>>,
    /// Who was removed last, and can be brought back.
    removed: RefCell<Option<ParticipantRow>>,
    /// Whose texts stand in the fields.
    edited: RefCell<Option<ParticipantId>>,
    dialog: RefCell<Option<Dialog>>,
    /// Follows the meeting's rows as long as the dialog is open.
    follows: RefCell<Option<RenderEffect<()>>>,
}

impl Meeting {
    pub(in crate::page) fn open_participants(self, new: Option<Participant>) {
        let state = Rc::new(State {
            meeting: self,
            text: Attendance::of(self.frame.text.language),
            rows: RefCell::default(),
            removed: RefCell::default(),
            edited: RefCell::default(),
            dialog: RefCell::default(),
            follows: RefCell::default(),
        });
        let heard = Rc::clone(&state);
        let content = state.content();
        let dialog = Dialog::open(ID, state.text.title, &content, move |_, event| heard.hear(event));
        let Some(dialog) = dialog else { return };
        state.dialog.replace(Some(dialog));
        if let Some(new) = new {
            state.fill(&new);
        }
        let followed = Rc::clone(&state);
        // The first run asks as well.
        let effect = RenderEffect::new(move |_| {
            followed.meeting.rows.detail.with(|_| ());
            followed.ask();
        });
        state.follows.replace(Some(effect));
    }
}

impl State {
    fn content(&self) -> Vec<Element> {
        let text = self.text;
        let statuses =
            ParticipantStatus::ALL.map(|status| element("option").attribute("value", status_word(status)).text((text.status)(status)));
        let row = element("div")
            .class("fields")
            .child(field(text.organisation, input("text", "organisation", "")))
            .child(field(text.role, input("text", "role", "")))
            .child(field(text.status_label, element("select").attribute("name", "status").children(statuses)));
        let times = self.is_held().then(|| {
            element("div")
                .class("fields")
                .child(field(text.arrived, input("time", "arrived", "")))
                .child(field(text.departed, input("time", "departed", "")))
        });
        let name = field(text.name, input("text", "name", "").attribute("maxlength", "200").flag("autofocus"));
        let send = element("button").class("btn main").attribute("type", "submit").text(text.add);
        let form = element("form")
            .flag("novalidate")
            .child(name)
            .child(row)
            .children(times)
            .child(element("p").class("error").attribute("role", "alert"))
            .child(
                element("div")
                    .class("acts-r")
                    .child(send)
                    .child(dialog::button("btn", "members", text.members))
                    .child(dialog::button("btn", CLOSE, text.close)),
            );
        // On a phone the end of the dialog may be far away.
        let close = element("p").class("close").child(dialog::button("link", CLOSE, text.close));
        vec![close, element("div").class("attend"), form]
    }

    /// Whether a person can have come late: before a meeting nobody has.
    fn is_held(&self) -> bool {
        matches!(self.meeting.phase(), Phase::InSession | Phase::InReview)
    }

    /// Asks the server who is there.
    fn ask(self: &Rc<Self>) {
        let state = Rc::clone(self);
        spawn_local(async move {
            match http::get::<Vec<ParticipantRow>>(&state.address("")).await {
                Ok(rows) => {
                    if *state.rows.borrow() != rows {
                        state.rows.replace(rows);
                        state.draw();
                    } else if state.rows.borrow().is_empty() {
                        state.draw();
                    }
                }
                Err(error) => state.say(&error),
            }
        });
    }

    fn address(&self, rest: &str) -> String {
        format!("/api/meetings/{}/participants{rest}", self.meeting.id())
    }

    /// Says what went wrong.
    fn say(&self, error: &HttpError) {
        let stale = matches!(error, HttpError::Problem(problem) if problem.code == "stale" || problem.code == "not_found");
        let words = if stale { self.text.changed_meanwhile.to_owned() } else { self.meeting.problem(error) };
        self.with_dialog(|dialog| dialog.set_error(&words));
    }

    fn with_dialog(&self, act: impl FnOnce(&Dialog)) {
        let dialog = self.dialog.borrow().clone();
        if let Some(dialog) = dialog {
            act(&dialog);
        }
    }

    /// Draws the list anew. The focus stays on the same button of the same person.
    fn draw(&self) {
        self.with_dialog(|dialog| {
            let Ok(Some(host)) = dialog.element().query_selector(".attend") else { return };
            let focused = document().active_element().filter(|focused| host.contains(Some(focused)));
            let action = focused.and_then(|focused| focused.get_attribute("data-action"));
            drawn::fill(&host, &self.list());
            let Some(action) = action else { return };
            let again = host.query_selector(&format!("[data-action='{action}']")).ok().flatten();
            let again = again.or_else(|| dialog.element().query_selector("[name=name]").ok().flatten());
            if let Some(again) = again.and_then(|again| again.dyn_into::<web_sys::HtmlElement>().ok()) {
                drop(again.focus());
            }
        });
    }

    fn list(&self) -> Vec<Element> {
        let text = self.text;
        let rows = self.rows.borrow();
        let removed = self.removed.borrow().clone();
        if rows.is_empty() && removed.is_none() {
            return vec![element("p").class("soft").text(text.nobody)];
        }
        let list = element("ul").attribute("aria-label", text.list).children(rows.iter().map(|row| self.person(row)));
        let back = removed.map(|row| {
            let undo = self.meeting.frame.text.common.undo;
            element("p")
                .class("gone")
                .attribute("role", "status")
                .child(element("span").text((text.removed)(&row.person.name)))
                .child(dialog::button("link", "undo", undo))
        });
        std::iter::once(list).chain(back).collect()
    }

    fn person(&self, row: &ParticipantRow) -> Element {
        let text = self.text;
        let Participant { name, organisation, role, status: now, .. } = &row.person;
        let button = |class: &'static str, action: String, label: &'static str| {
            element("button").class(class).attribute("type", "button").attribute("data-action", action).text(label)
        };
        let stated = [organisation, role].into_iter().filter_map(Option::as_deref).filter(|text| !text.is_empty()).map(str::to_owned);
        let rest: Vec<String> = stated.chain(times(&row.person, self.meeting.text())).collect();
        let statuses = ParticipantStatus::ALL.map(|status| {
            let pressed = if status == *now { "true" } else { "false" };
            button("st", format!("{} {}", status_word(status), row.id), (text.status)(status)).attribute("aria-pressed", pressed)
        });
        element("li")
            .attribute("data-participant", row.id.to_string())
            .child(element("div").child(element("b").text(name.clone())).child(element("span").text(rest.join(", "))))
            .child(
                element("div")
                    .class("statuses")
                    .attribute("role", "group")
                    .attribute("aria-label", (text.status_of)(name))
                    .children(statuses),
            )
            .child(
                element("div")
                    .class("does")
                    .child(button("link", format!("edit {}", row.id), text.edit).attribute("aria-label", (text.edit_of)(name)))
                    .child(button("link", format!("remove {}", row.id), text.remove).attribute("aria-label", (text.remove_of)(name))),
            )
    }

    fn hear(self: &Rc<Self>, event: Event) {
        match event {
            Event::Closed => {
                self.follows.take();
                self.dialog.take();
            }
            Event::Submit(answers) => self.submit(&answers),
            Event::Action(action) => self.act(&action),
        }
    }

    fn act(self: &Rc<Self>, action: &str) {
        self.with_dialog(|dialog| dialog.set_error(""));
        let (verb, id) = action.split_once(' ').unwrap_or((action, ""));
        let row = self.rows.borrow().iter().find(|row| row.id.as_str() == id).cloned();
        match (verb, row) {
            ("members", _) => self.add_members(),
            ("undo", _) => self.bring_back(),
            ("edit", Some(row)) => self.edit(&row),
            ("remove", Some(row)) => self.remove(row),
            (word, Some(row)) => self.set_status(&row, status(word)),
            _ => {}
        }
    }

    /// Shows it at once; what the server says counts.
    fn set_status(self: &Rc<Self>, row: &ParticipantRow, status: ParticipantStatus) {
        self.rows.borrow_mut().iter_mut().filter(|known| known.id == row.id).for_each(|known| known.person.status = status);
        self.draw();
        self.change(row, ChangedParticipant { status: Some(status), ..ChangedParticipant::default() });
    }

    fn change(self: &Rc<Self>, row: &ParticipantRow, changed: ChangedParticipant) {
        let (state, id) = (Rc::clone(self), row.id.clone());
        let changed = ChangedParticipant { version: row.version, ..changed };
        spawn_local(async move {
            match http::patch::<ParticipantRow>(&state.address(&format!("/{id}")), &changed).await {
                Ok(new) => {
                    state.rows.borrow_mut().iter_mut().filter(|known| known.id == id).for_each(|known| *known = new.clone());
                    state.draw();
                }
                Err(error) => {
                    state.say(&error);
                    state.ask();
                }
            }
        });
    }

    fn remove(self: &Rc<Self>, row: ParticipantRow) {
        let path = self.address(&format!("/{}?version={}", row.id, row.version));
        self.rows.borrow_mut().retain(|known| known.id != row.id);
        self.removed.replace(Some(row));
        self.draw();
        self.with_dialog(|dialog| focus(dialog, "[data-action=undo]"));
        let state = Rc::clone(self);
        spawn_local(async move {
            if let Err(error) = http::delete(&path).await {
                state.removed.take();
                state.say(&error);
                state.ask();
            }
        });
    }

    fn bring_back(self: &Rc<Self>) {
        let Some(ParticipantRow { id, position, person, .. }) = self.removed.take() else { return };
        self.put(id, NewParticipant { position: Some(position), person });
    }

    fn put(self: &Rc<Self>, id: ParticipantId, new: NewParticipant) {
        let state = Rc::clone(self);
        spawn_local(async move {
            match http::put::<ParticipantRow>(&state.address(&format!("/{id}")), &new).await {
                Ok(_) => state.ask(),
                Err(error) => state.say(&error),
            }
        });
    }

    fn add_members(self: &Rc<Self>) {
        let state = Rc::clone(self);
        spawn_local(async move {
            match http::post::<MembersAdded>(&state.address(""), &Json::Null).await {
                Ok(MembersAdded { added: 0 }) => state.with_dialog(|dialog| dialog.set_error(state.text.no_members)),
                Ok(_) => state.ask(),
                Err(error) => state.say(&error),
            }
        });
    }

    /// Puts someone's texts into the fields; what is sent then changes them.
    fn edit(&self, row: &ParticipantRow) {
        self.edited.replace(Some(row.id.clone()));
        self.fill(&row.person);
    }

    fn fill(&self, person: &Participant) {
        let Participant { name, organisation, role, status, arrived, departed } = person;
        let stated = |text: &Option<String>| text.clone().unwrap_or_default();
        let values = [
            ("name", name.clone()),
            ("organisation", stated(organisation)),
            ("role", stated(role)),
            ("arrived", stated(arrived)),
            ("departed", stated(departed)),
        ];
        let label = if self.edited.borrow().is_some() { self.meeting.frame.text.common.save } else { self.text.add };
        self.with_dialog(|dialog| {
            for (field, value) in &values {
                let input = dialog.element().query_selector(&format!("[name={field}]")).ok().flatten();
                if let Some(input) = input.and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok()) {
                    input.set_value(value);
                }
            }
            let select = dialog.element().query_selector("[name=status]").ok().flatten();
            if let Some(select) = select.and_then(|select| select.dyn_into::<web_sys::HtmlSelectElement>().ok()) {
                select.set_value(status_word(*status));
            }
            if let Ok(Some(button)) = dialog.element().query_selector("[type=submit]") {
                button.set_text_content(Some(label));
            }
            focus(dialog, "[name=name]");
        });
    }

    fn submit(self: &Rc<Self>, answers: &Answers) {
        let Some(name) = answers.text("name") else {
            self.with_dialog(|dialog| dialog.set_error(self.text.name_missing));
            return;
        };
        self.with_dialog(|dialog| dialog.set_error(""));
        let (organisation, role) = (answers.text("organisation"), answers.text("role"));
        let (arrived, departed) = (answers.text("arrived"), answers.text("departed"));
        let status = status(answers.text("status").as_deref().unwrap_or_default());
        let edited = self.edited.take();
        let row = edited.and_then(|id| self.rows.borrow().iter().find(|row| row.id == id).cloned());
        match row {
            Some(row) => {
                let texts = [organisation, role].map(|text| Some(text.unwrap_or_default()));
                let [organisation, role] = texts;
                let [arrived, departed] = [arrived, departed].map(|time| self.is_held().then(|| time.unwrap_or_default()));
                let (name, status) = (Some(name), Some(status));
                self.change(&row, ChangedParticipant { name, organisation, role, status, arrived, departed, ..Default::default() });
                self.fill(&Participant::default());
            }
            None => {
                let person = Participant { name, organisation, role, status, arrived, departed };
                self.put(ParticipantId::from_random(random::bits()), NewParticipant { position: None, person });
                // The next one is mostly of the same kind.
                self.fill(&Participant { status, ..Participant::default() });
            }
        }
    }
}

fn focus(dialog: &Dialog, selector: &str) {
    let found = dialog.element().query_selector(selector).ok().flatten();
    if let Some(found) = found.and_then(|found| found.dyn_into::<web_sys::HtmlElement>().ok()) {
        drop(found.focus());
    }
}
