//! What was deleted: the part that stays on the paper of those who write in it, the band that says so, and the list that brings things back.

use dagsorden_shared::agenda::{Deleted, Part};
use dagsorden_shared::api::{Author, Person};
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::date;
use dagsorden_shared::id::{ClientId, ItemId};
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::render::icon::{Icon, icon};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Meeting, focus};
use crate::parts;
use crate::sync::http;
use crate::ui::dialog::{self, Dialog, Event, button};
use crate::ui::{announcer, person, toast};

/// Something that others deleted while this person writes in it. It stays on this person's paper until it is brought back or let go.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kept {
    /// What.
    pub(super) part: Part,
    /// What stood before it.
    pub(super) after: Option<String>,
    /// What is said of it, once it is known who did it.
    pub(super) said: Option<String>,
}

/// Finds out who it was whenever something is kept.
pub(super) fn follow(meeting: Meeting) {
    let kept = meeting.with(|parts| parts.signals.kept);
    Effect::new(move |_| {
        if kept.read().iter().any(|kept| kept.said.is_none()) {
            parts::with_writing(meeting.frame.text, move |writing| writing.meanwhile(meeting));
        }
    });
}

/// The entries of a list, as keys, with what is kept in it: of the sections of an item, or of the items.
pub(super) fn with_kept<K: ToString>(meeting: Meeting, entries: &[K], item: Option<&ItemId>) -> Vec<String> {
    let mut keys: Vec<String> = entries.iter().map(K::to_string).collect();
    for kept in meeting.with(|parts| parts.signals.kept).read().iter() {
        let key = match (&kept.part.section, item) {
            (None, None) => kept.part.item.to_string(),
            (Some(section), Some(item)) if kept.part.item == *item => section.to_string(),
            _ => continue,
        };
        if !keys.contains(&key) {
            let place = keys.iter().position(|known| kept.after.as_ref() == Some(known)).map_or(0, |at| at + 1);
            keys.insert(place, key);
        }
    }
    keys
}

/// Whether this part stays only here.
pub(super) fn is_kept(meeting: Meeting, part: &Part) -> bool {
    meeting.with(|parts| parts.signals.kept).read().iter().any(|kept| kept.part == *part)
}

/// The band about what was deleted last.
pub(super) fn bands(meeting: Meeting) -> Option<Element> {
    let text = meeting.frame.text;
    let said = meeting.with(|parts| parts.signals.kept).read().last()?.said.clone()?;
    let act = |action, label| button("btn", action, label);
    Some(
        element("div")
            .class("strip bad")
            .attribute("role", "alert")
            .child(icon(Icon::Alert))
            .child(element("p").child(element("b").text(said)))
            .child(act("bring-back", text.deleted.bring_back))
            .child(act("let-go", text.common.close)),
    )
}

impl Meeting {
    /// Marks a part deleted and says so. Asks nothing: it can be undone.
    pub(super) fn delete(self, part: Part, said: &str) {
        let note = self.deletion_note();
        let heir = self.heir(&part);
        self.edit(&part.deletion(Some(note)));
        // The focus was in the menu of what is gone.
        request_animation_frame(move || heir.iter().for_each(|item| focus(&format!("#punkt-{item} .item-tools button"))));
        let restore = move || self.edit(&part.deletion(None));
        toast::show(said, Some((self.frame.text.common.undo, Box::new(restore))));
    }

    /// Marks items deleted, as one step.
    pub(in crate::page) fn delete_items(self, items: &[ItemId]) {
        let note = self.deletion_note();
        let part = |item: &ItemId| Part { item: item.clone(), section: None };
        self.edit(&items.iter().flat_map(|item| part(item).deletion(Some(note.clone()))).collect::<Vec<_>>());
    }

    /// Who deletes, and when.
    fn deletion_note(self) -> (ClientId, String) {
        self.with(|parts| (parts.documents.client(), whole(js_sys::Date::now()).to_string()))
    }

    /// The item whose menu takes the focus once this part is gone.
    fn heir(self, part: &Part) -> Option<ItemId> {
        if part.section.is_some() {
            return Some(part.item.clone());
        }
        let items = self.items();
        let at = items.iter().position(|item| *item == part.item)?;
        items.get(at + 1).or_else(|| items.get(at.checked_sub(1)?)).cloned()
    }

    /// Brings back what was deleted last under this person's hands, or lets it go.
    pub(super) fn settle_kept(self, back: bool) {
        let kept = self.with(|parts| parts.signals.kept);
        let Some(last) = kept.with_untracked(|kept| kept.last().cloned()) else { return };
        if back {
            self.edit(&last.part.deletion(None));
            announcer::say(self.frame.text.deleted.back);
            self.with(|parts| parts.editors.come_back());
        } else {
            kept.update(|all| all.retain(|kept| kept.part != last.part));
        }
    }

    /// Lists what was deleted.
    pub(super) fn ask_deleted(self) {
        parts::with_writing(self.frame.text, move |writing| writing.deleted(self));
    }

    pub(in crate::page) fn open_deleted(self) {
        let text = self.frame.text;
        let all = self.with(|parts| parts.documents.deleted());
        let shown = all.clone();
        let opened = Dialog::open("deleted", text.deleted.title, &self.list(&all, &[]), move |dialog, event| {
            let Event::Action(index) = event else { return };
            let Some(entry) = index.parse::<usize>().ok().and_then(|index| shown.get(index)) else { return };
            dialog.close();
            self.edit(&entry.part.deletion(None));
            announcer::say(text.deleted.back);
            let item = entry.part.item.clone();
            request_animation_frame(move || self.go_to(&item));
        });
        let Some(dialog) = opened.filter(|_| !all.is_empty()) else { return };
        spawn_local(async move {
            let authors = self.authors().await;
            dialog.set_content(&self.list(&all, &authors));
        });
    }

    fn list(self, all: &[Deleted], authors: &[Author]) -> Vec<Element> {
        let text = self.frame.text;
        let row = |(index, entry): (usize, &Deleted)| {
            let title = if entry.title.trim().is_empty() { text.meeting.untitled_item } else { entry.title.trim() };
            let name = match &entry.section {
                None => (text.deleted.item)(title),
                Some((kind, heading)) => (text.deleted.section)(heading.as_deref().unwrap_or(self.frame.paper.section_kind(*kind)), title),
            };
            let who = entry.by.and_then(|by| self.person(by, authors)).map(|person| person::full_name(&person));
            let when = entry.at.as_deref().and_then(|at| day_and_time(at, text));
            let words = element("div")
                .child(element("p").text(name.clone()))
                .child(element("p").class("quiet").text((text.deleted.note)(who.as_deref(), when.as_deref())));
            let back = element("button")
                .class("btn")
                .attribute("type", "button")
                .attribute("data-action", index.to_string())
                .text(text.deleted.bring_back)
                .child(element("span").class("vh").text(format!(": {name}")));
            element("li").child(words).child(back)
        };
        let content = if all.is_empty() {
            element("p").text(text.deleted.none)
        } else {
            element("ul").class("deleted").children(all.iter().enumerate().map(row))
        };
        let close = button("btn", dialog::CLOSE, text.common.close).flag("autofocus");
        vec![content, element("div").class("acts-r").child(close)]
    }

    pub(in crate::page) fn say_meanwhile(self) {
        let kept = self.with(|parts| parts.signals.kept);
        spawn_local(async move {
            let all = self.with(|parts| parts.documents.deleted());
            let waiting: Vec<Part> =
                kept.with_untracked(|kept| kept.iter().filter(|kept| kept.said.is_none()).map(|kept| kept.part.clone()).collect());
            for part in waiting {
                let by = all.iter().find(|entry| entry.part == part).and_then(|entry| entry.by);
                // Mostly the person who did it is still here.
                let mut who = by.and_then(|by| self.person(by, &[]));
                if let Some(by) = by.filter(|_| who.is_none()) {
                    who = self.person(by, &self.authors().await);
                }
                let said = self.meanwhile(&part, who.as_ref().map(|who| who.name.as_str()));
                kept.update(|all| all.iter_mut().filter(|kept| kept.part == part).for_each(|kept| kept.said = Some(said.clone())));
            }
        });
    }

    fn meanwhile(self, part: &Part, who: Option<&str>) -> String {
        let text = self.frame.text;
        let Some(section) = &part.section else {
            return (text.deleted.item_meanwhile)(&self.item(&part.item).number.get_untracked(), who);
        };
        let values = self.with(|parts| parts.signals.section(section)).get_untracked();
        let heading = values.heading.unwrap_or_else(|| self.frame.paper.section_kind(values.kind).to_owned());
        (text.deleted.section_meanwhile)(&heading, who)
    }

    /// Whose the client ids of the documents are; nobody's if the server does not say.
    async fn authors(self) -> Vec<Author> {
        self.ask_authors().await.unwrap_or_default()
    }

    /// Asks the server whose the client ids of the documents are.
    pub(super) async fn ask_authors(self) -> Result<Vec<Author>, http::HttpError> {
        let mut all = Vec::new();
        for document in self.rows.detail.with_untracked(|detail| detail.documents.clone()) {
            all.extend(http::get::<Vec<Author>>(&format!("/api/documents/{document}/authors")).await?);
        }
        Ok(all)
    }

    /// Whose a client id is, if they have a name.
    fn person(self, client: ClientId, authors: &[Author]) -> Option<Person> {
        let own = self.with(|parts| parts.documents.client()) == client;
        let here = || self.peers.with_untracked(|peers| peers.iter().find(|peer| peer.client == client).map(|peer| peer.person.clone()));
        let known = || authors.iter().find(|author| author.client == client).map(|author| author.person.clone());
        let found = if own { Some(self.frame.me.get_untracked()) } else { here().or_else(known) };
        found.filter(|person| !person.name.is_empty())
    }
}

/// Whole milliseconds: reading and writing floats would bring twenty kilobytes of code.
fn whole(milliseconds: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "after 1970")]
    let whole = milliseconds as u64;
    whole
}

/// Day and time of a moment, in the reader's own time zone.
fn day_and_time(milliseconds: &str, text: &Catalogue) -> Option<String> {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact in a double for 280,000 years")]
    let milliseconds = milliseconds.split('.').next()?.parse::<u64>().ok()? as f64;
    let moment = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(milliseconds));
    let day = format!("{:04}-{:02}-{:02}", moment.get_full_year(), moment.get_month() + 1, moment.get_date());
    let (hour, minute) = (u8::try_from(moment.get_hours()).ok()?, u8::try_from(moment.get_minutes()).ok()?);
    Some(format!("{} {}", date::long(&day, text), (text.dates.at)(&(text.dates.time)(hour, minute))))
}
