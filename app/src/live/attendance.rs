//! Who is there, in meeting mode: a list beside the item, and for each person a menu of what is seen to happen: came, left, sent apologies, has a
//! stand-in. Two clicks each; the time is that of this device.
//!
//! The rows are the server's. What is done is sent, and shown as it comes back with the meeting's rows; the dialog of the people does the rest.

use std::rc::Rc;

use dagsorden_shared::access::Verb;
use dagsorden_shared::api::{ChangedParticipant, ParticipantRow};
use dagsorden_shared::catalogue::attendance::Attendance as Texts;
use dagsorden_shared::date;
use dagsorden_shared::id::ParticipantId;
use dagsorden_shared::meeting_json::{Participant, ParticipantStatus};
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::render::icon::Icon;
use dagsorden_shared::render::meeting::times;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use crate::page::Meeting;
use crate::sync::http::{self, HttpError};
use crate::ui::drawn::{drawn, node, parts};
use crate::ui::heard::hear;
use crate::ui::list::{List, stable_list};
use crate::ui::menu::{Entry, Menu, menu};
use crate::ui::toast;

/// The list of who is there, for as long as this lives.
pub(super) struct Attendance {
    host: web_sys::Element,
    _owner: Owner,
}

impl Drop for Attendance {
    fn drop(&mut self) {
        self.host.remove();
    }
}

impl Attendance {
    /// Shows the list in this place, and follows the meeting's rows.
    pub(super) fn show(meeting: Meeting, place: &web_sys::Element) -> Option<Self> {
        let text = Texts::of(meeting.text().language);
        let edit = element("button").class("link soft").attribute("type", "button").text(text.edit_all);
        let frame = element("aside")
            .class("pres")
            .attribute("aria-label", text.present)
            .child(element("h2"))
            .child(element("ul").attribute("aria-label", text.list))
            .child(edit);
        let host = node(&frame)?;
        place.append_child(&host).ok()?;
        let owner = Owner::new();
        owner.with(|| {
            let desk = Rc::new(Desk { meeting, text, rows: RwSignal::new(Vec::new()) });
            desk.draw(&host);
            // The first run asks as well.
            let followed = Rc::clone(&desk);
            StoredValue::new_local(RenderEffect::new(move |_| {
                meeting.follow_rows();
                followed.ask();
            }));
        });
        Some(Self { host, _owner: owner })
    }

    /// Brings the focus to the first person.
    pub(super) fn focus(&self) {
        let first = self.host.query_selector("ul button").ok().flatten().or_else(|| self.host.query_selector("button").ok().flatten());
        if let Some(first) = first.and_then(|first| first.dyn_into::<web_sys::HtmlElement>().ok()) {
            drop(first.focus());
        }
    }
}

struct Desk {
    meeting: Meeting,
    text: &'static Texts,
    rows: RwSignal<Vec<ParticipantRow>>,
}

impl Desk {
    fn draw(self: &Rc<Self>, host: &web_sys::Element) {
        let find = |selector: &str| host.query_selector(selector).ok().flatten();
        let (Some(head), Some(list), Some(edit)) = (find("h2"), find("ul"), find("button")) else { return };
        let (desk, frame) = (Rc::clone(self), host.clone());
        StoredValue::new_local(RenderEffect::new(move |_| {
            head.set_text_content(Some(&desk.count()));
            drop(frame.toggle_attribute_with_force("data-mine", desk.meeting.may_now(Verb::Write)));
        }));
        let meeting = self.meeting;
        hear(&edit, "click", move |_| meeting.ask_participants(None));
        let (keys, desk) = (Rc::clone(self), Rc::clone(self));
        let entries = List {
            tag: "li",
            keys: Box::new(move || keys.rows.read().iter().map(|row| row.id.to_string()).collect()),
            dress: Box::new(|key, entry| drop(entry.set_attribute("data-person", key))),
            view: Rc::new(move |key| key.parse::<ParticipantId>().map_or_else(|_| ().into_any(), |id| desk.person(id))),
            later: None,
        };
        stable_list(list, entries);
    }

    /// How many are there, and how many sent apologies.
    fn count(&self) -> String {
        let rows = self.rows.read();
        let of = |holds: fn(&Participant) -> bool| u32::try_from(rows.iter().filter(|row| holds(&row.person)).count()).unwrap_or(u32::MAX);
        let away = |person: &Participant| person.status == ParticipantStatus::Afbud;
        let there = |person: &Participant| person.status != ParticipantStatus::Afbud && person.departed.is_none();
        (self.text.count)(of(there), of(away))
    }

    fn row(&self, id: &ParticipantId) -> Option<ParticipantRow> {
        self.rows.with_untracked(|rows| rows.iter().find(|row| row.id == *id).cloned())
    }

    fn person(self: &Rc<Self>, id: ParticipantId) -> AnyView {
        let (desk, own) = (Rc::clone(self), id.clone());
        let shown = parts(move || desk.rows.read().iter().find(|row| row.id == own).map(|row| desk.said(&row.person)).unwrap_or_default());
        let (rows, text, own) = (self.rows, self.text, id.clone());
        let label = Signal::derive(move || {
            let rows = rows.read();
            (text.attendance_of)(rows.iter().find(|row| row.id == own).map(|row| row.person.name.as_str()).unwrap_or_default())
        });
        let (desk, own) = (Rc::clone(self), id);
        let more = Menu { label, symbol: Icon::More, named: false, entries: Rc::new(move || desk.menu_of(&own)) };
        view! {
            <div class="one" use:drawn=shown></div>
            <div use:menu=more></div>
        }
        .into_any()
    }

    /// A person's name, what they are beside, and what became of them.
    fn said(&self, person: &Participant) -> Vec<Element> {
        let is_away = person.status == ParticipantStatus::Afbud || person.departed.is_some();
        let status = (person.status != ParticipantStatus::Deltager).then(|| (self.text.status)(person.status).to_owned());
        let organisation = person.organisation.clone().filter(|text| !text.is_empty());
        let notes: Vec<String> = status.into_iter().chain(times(person, self.meeting.text())).collect();
        let words = organisation.into_iter().chain(notes).collect::<Vec<_>>().join(", ");
        let name = element("b").text(person.name.clone());
        vec![if is_away { name.class("away") } else { name }, element("small").text(words)]
    }

    /// What can happen to a person now. What is likely stands first.
    fn menu_of(self: &Rc<Self>, id: &ParticipantId) -> Vec<Entry> {
        let Some(row) = self.row(id) else { return Vec::new() };
        let (text, now) = (self.text, now());
        let at = date::span(Some(&now), None, self.meeting.text()).unwrap_or_default();
        let does = |label: String, changed: ChangedParticipant| {
            let (desk, row) = (Rc::clone(self), row.clone());
            Entry::run(label, move || desk.change(&row, changed.clone()))
        };
        let none = ChangedParticipant::default;
        let status =
            |status| ChangedParticipant { status: Some(status), arrived: Some(String::new()), departed: Some(String::new()), ..none() };
        let arrived = |time: &str| ChangedParticipant { arrived: Some(time.to_owned()), ..none() };
        let departed = |time: &str| ChangedParticipant { departed: Some(time.to_owned()), ..none() };
        let mut entries = Vec::new();
        if row.person.status == ParticipantStatus::Afbud {
            entries.push(does(text.is_here.to_owned(), status(ParticipantStatus::Deltager)));
            let late = ChangedParticipant { arrived: Some(now), ..status(ParticipantStatus::Deltager) };
            entries.push(does((text.came)(&at), late));
        } else {
            entries.push(match row.person.arrived {
                Some(_) => does(text.from_start.to_owned(), arrived("")),
                None => does((text.came)(&at), arrived(&now)),
            });
            entries.push(match row.person.departed {
                Some(_) => does(text.is_here_again.to_owned(), departed("")),
                None => does((text.went)(&at), departed(&now)),
            });
            entries.push(does((text.status)(ParticipantStatus::Afbud).to_owned(), status(ParticipantStatus::Afbud)));
        }
        let (meeting, stand_in) = (self.meeting, self.stand_in_for(&row.person));
        entries.push(Entry::run(text.stand_in, move || meeting.ask_participants(Some(stand_in.clone()))));
        entries
    }

    /// What is known of a person who stands in.
    fn stand_in_for(&self, person: &Participant) -> Participant {
        Participant {
            organisation: person.organisation.clone(),
            role: Some((self.text.stands_in_for)(&person.name)),
            status: ParticipantStatus::Stedfortraeder,
            ..Participant::default()
        }
    }

    /// Sends a change of a person, and offers to take it back.
    fn change(self: &Rc<Self>, row: &ParticipantRow, changed: ChangedParticipant) {
        let Participant { status, arrived, departed, .. } = row.person.clone();
        let back = ChangedParticipant {
            status: Some(status),
            arrived: Some(arrived.unwrap_or_default()),
            departed: Some(departed.unwrap_or_default()),
            ..ChangedParticipant::default()
        };
        let desk = Rc::clone(self);
        let done = move |new: ParticipantRow| {
            let said = std::iter::once((desk.text.status)(new.person.status).to_owned()).chain(times(&new.person, desk.meeting.text()));
            let words = format!("{}: {}.", new.person.name, said.collect::<Vec<_>>().join(", "));
            let undo = desk.meeting.text().common.undo;
            let taken_back = move || desk.send(&new, back.clone(), |_| ());
            toast::show(&words, Some((undo, Box::new(taken_back))));
        };
        self.send(row, changed, done);
    }

    fn send(self: &Rc<Self>, row: &ParticipantRow, changed: ChangedParticipant, done: impl FnOnce(ParticipantRow) + 'static) {
        let (desk, path) = (Rc::clone(self), format!("{}/{}", self.address(), row.id));
        let changed = ChangedParticipant { version: row.version, ..changed };
        spawn_local(async move {
            match http::patch::<ParticipantRow>(&path, &changed).await {
                Ok(new) => {
                    desk.rows.update(|rows| rows.iter_mut().filter(|known| known.id == new.id).for_each(|known| *known = new.clone()));
                    done(new);
                }
                Err(error) => {
                    toast::show(&desk.words(&error), None);
                    desk.ask();
                }
            }
        });
    }

    fn words(&self, error: &HttpError) -> String {
        let stale = matches!(error, HttpError::Problem(problem) if problem.code == "stale" || problem.code == "not_found");
        if stale { self.text.changed_meanwhile.to_owned() } else { self.meeting.problem(error) }
    }

    fn address(&self) -> String {
        format!("/api/meetings/{}/participants", self.meeting.id())
    }

    /// Asks the server who is there. Without an answer the list stays; the next event or connection asks again.
    fn ask(self: &Rc<Self>) {
        let desk = Rc::clone(self);
        spawn_local(async move {
            if let Ok(rows) = http::get::<Vec<ParticipantRow>>(&desk.address()).await
                && desk.rows.try_with_untracked(|old| *old != rows) == Some(true)
            {
                desk.rows.set(rows);
            }
        });
    }
}

/// The time of day on this device.
pub(super) fn now() -> String {
    let now = js_sys::Date::new_0();
    format!("{:02}:{:02}", now.get_hours(), now.get_minutes())
}
