//! One item on the paper: number, title, sections, attachments, and what one can do to it.

use std::rc::Rc;

use dagsorden_shared::agenda::{Edit, Field, NewSection, Part};
use dagsorden_shared::api::Person;
use dagsorden_shared::id::{ItemId, SectionId};
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::render::icon::{Icon, small_icon};
use dagsorden_shared::render::item::{self as render, files};
use leptos::prelude::*;

use super::deleted;
use super::section::Section;
use super::state::ItemSignals;
use super::{Meeting, Task, focus};
use crate::random;
use crate::ui::drawn::{drawn, fixed, parts};
use crate::ui::list::{List, stable_list};
use crate::ui::menu::{Entry, Menu, menu};
use crate::ui::{announcer, person};
use crate::view::{FieldKind, MountOptions};

/// What stands in an item's article.
#[component]
pub(super) fn Item(meeting: Meeting, id: ItemId) -> impl IntoView {
    let (text, paper) = (meeting.frame.text, meeting.frame.paper);
    let chrome = text.language.code();
    let signals = meeting.item(&id);
    let (detail, own) = (meeting.rows.detail, id.clone());
    let files = parts(move || {
        // Its part knows more of them.
        if meeting.has_files.get() {
            return Vec::new();
        }
        let detail = detail.read();
        let attachments: Vec<_> = detail.attachments.iter().filter(|row| row.item == own).collect();
        (!attachments.is_empty()).then(|| files(&attachments, paper)).into_iter().collect()
    });
    let facts = parts(move || facts(meeting, signals));
    // The number belongs to the heading, and an empty title has a name, for those who do not see how they stand.
    let heard = parts(move || vec![render::heard(&signals.number.get(), signals.title.get().trim().is_empty(), paper)]);
    let gap = {
        let id = id.clone();
        parts(move || gap(meeting, &id).into_iter().collect())
    };
    let people = parts(move || people_list(meeting, &signals.presence.read().people));
    let more = {
        let id = id.clone();
        Menu {
            label: Signal::derive(move || (text.meeting.item_menu)(&signals.number.get())),
            symbol: Icon::More,
            named: false,
            entries: Rc::new(move || item_entries(meeting, &id)),
        }
    };
    let add = {
        let id = id.clone();
        let entry = move |kind| {
            let id = id.clone();
            Entry::run(text.section_kind(kind), move || meeting.add_section(&id, kind))
        };
        Menu {
            label: Signal::stored(text.meeting.new_section_of_kind.to_owned()),
            symbol: Icon::More,
            named: false,
            entries: Rc::new(move || SectionKind::ALL.into_iter().map(&entry).collect()),
        }
    };
    let new_section = fixed(vec![small_icon(Icon::Plus), element("span").text(text.meeting.new_section)]);
    let added = id.clone();
    let whole = Part { item: id.clone(), section: None };
    view! {
        <div use:drawn=gap></div>
        <div use:drawn=people></div>
        <header class="item-head">
            <span class="num" aria-hidden="true" class:gone=move || deleted::is_kept(meeting, &whole)>{move || signals.number.get()}</span>
            <h2><span use:drawn=heard></span><span class="title" use:title=(meeting, id.clone())></span></h2>
            <div class="item-facts" use:drawn=facts></div>
            <div class="item-tools" lang=chrome use:menu=more></div>
        </header>
        <div class="sections" use:sections=(meeting, id)></div>
        <div use:drawn=files></div>
        <div use:files_place=(meeting, added.clone())></div>
        <div class="sec sec-add">
            <span></span>
            <div class="adds" lang=chrome>
                <button type="button" class="link" data-command="section-add" use:drawn=new_section
                    on:click=move |_| meeting.add_section(&added, meeting.missing_kind(&added))></button>
                <div use:menu=add></div>
            </div>
        </div>
    }
}

/// What is said above an item whose number does not follow that of the one before.
fn gap(meeting: Meeting, id: &ItemId) -> Option<Element> {
    let items = meeting.with(|parts| parts.signals.items).get();
    let at = items.iter().position(|item| item == id)?;
    let before = meeting.item(items.get(at.checked_sub(1)?)?);
    render::gap(&before.number.get(), &meeting.item(id).number.get(), meeting.frame.paper)
}

/// What is said about an item below its title.
fn facts(meeting: Meeting, signals: ItemSignals) -> Vec<Element> {
    let text = &meeting.frame.paper.meeting;
    let values = signals.values.get();
    let guests = (!values.guests.is_empty()).then(|| (text.item_guests)(&values.guests.join("; ")));
    let words = [values.kind, values.minutes.map(text.minutes), values.presenter.as_deref().map(text.presenter), guests];
    let words: Vec<Element> = words.into_iter().flatten().map(|word| element("span").text(word)).collect();
    let second = values.alt_title.map(|title| element("p").class("alt").text(title));
    second.into_iter().chain((!words.is_empty()).then(|| element("p").class("item-meta").children(words))).collect()
}

/// Who else is in an item now, by name.
fn people_list(meeting: Meeting, people: &[Person]) -> Vec<Element> {
    if people.is_empty() {
        return Vec::new();
    }
    let entry = |person: &Person| {
        let dot = element("i").class("dot");
        element("li").class(format!("hue-{}", person.hue)).child(dot).text(person::full_name(person))
    };
    let list = element("ul").class("item-people").attribute("aria-label", meeting.frame.text.meeting.people_here);
    vec![list.children(people.iter().map(entry))]
}

fn item_entries(meeting: Meeting, id: &ItemId) -> Vec<Entry> {
    let text = &meeting.frame.text.meeting;
    let entry = |label: &'static str, action: fn(Meeting, &ItemId)| {
        let id = id.clone();
        Entry::run(label, move || action(meeting, &id))
    };
    vec![
        entry(text.item_details, Meeting::ask_item_details),
        entry(text.new_item_below, |meeting, id| meeting.add_item_after(Some(id.clone()))),
        entry(text.duplicate_item, |meeting, id| meeting.task(Task::Duplicate(id.clone()))),
        entry(text.copy_item, |meeting, id| meeting.task(Task::Copy(Some(id.clone())))),
        entry(text.move_up, |meeting, id| meeting.move_item(id, -1)),
        entry(text.move_down, |meeting, id| meeting.move_item(id, 1)),
        entry(text.move_to, |meeting, id| meeting.task(Task::MoveTo(id.clone()))),
        entry(meeting.frame.text.talk.comment_item, |meeting, id| meeting.with_talk(|talk| talk.comment_item(id))),
        Entry::Line,
        entry(text.delete_item, Meeting::delete_item),
    ]
}

/// Directive: the editable title.
fn title(host: web_sys::Element, (meeting, id): (Meeting, ItemId)) {
    let text = meeting.frame.text;
    let number = meeting.item(&id).number;
    let options = MountOptions {
        kind: FieldKind::Title,
        label: Signal::derive(move || (text.editor.title_label)(&number.get())),
        placeholder: Signal::stored(text.editor.placeholder_title.to_owned()),
    };
    meeting.with(|parts| parts.editors.mount(host, Field::Title(id), options));
}

/// Directive: where the attachments stand, once their part is loaded.
fn files_place(host: web_sys::Element, (meeting, item): (Meeting, ItemId)) {
    meeting.place_files(&item, host);
}

/// Directive: the sections, in order.
fn sections(container: web_sys::Element, (meeting, item): (Meeting, ItemId)) {
    let keys = meeting.item(&item).sections;
    let own = item.clone();
    let list = List {
        tag: "section",
        keys: Box::new(move || deleted::with_kept(meeting, &keys.read(), Some(&own))),
        dress: Box::new(move |key, section| {
            let Ok(id) = key.parse::<SectionId>() else { return };
            let kind = meeting.with(|parts| parts.signals.section(&id)).get_untracked().kind;
            section.set_class_name(if matches!(kind, SectionKind::Recommendation | SectionKind::Decision) { "sec key" } else { "sec" });
            // Setting an attribute of a valid name does not fail.
            drop(section.set_attribute("data-section", key));
            drop(section.set_attribute("data-kind", kind.as_str()));
        }),
        view: Rc::new(move |key| match key.parse::<SectionId>() {
            Ok(id) => view! { <Section meeting item=item.clone() id/> }.into_any(),
            Err(_) => ().into_any(),
        }),
        later: None,
    };
    stable_list(container, list);
}

impl Meeting {
    /// What a new section of the item most likely is: the first of what every item of the forum begins with that it has not.
    fn missing_kind(self, item: &ItemId) -> SectionKind {
        let kind = |id: &SectionId| self.with(|parts| parts.signals.section(id)).get_untracked().kind;
        let kinds: Vec<SectionKind> = self.item(item).sections.with_untracked(|sections| sections.iter().map(kind).collect());
        self.layout().into_iter().map(|section| section.kind).find(|kind| !kinds.contains(kind)).unwrap_or(SectionKind::Other)
    }

    /// Adds a section where its kind usually stands and puts the caret in it.
    fn add_section(self, item: &ItemId, kind: SectionKind) {
        self.write_now();
        let text = self.frame.text;
        let id = SectionId::from_random(random::bits());
        let own = self.rows.detail.with_untracked(|detail| detail.layout.clone());
        // The forum's order first; what it does not use stands in the usual order behind.
        let rank = |kind| {
            let usual = SectionKind::ALL.iter().position(|known| *known == kind).unwrap_or_default();
            own.iter().position(|section| section.kind == kind).unwrap_or(own.len() + usual)
        };
        let after = self.item(item).sections.with_untracked(|sections| {
            let before = |id: &&SectionId| rank(self.with(|parts| parts.signals.section(id)).get_untracked().kind) <= rank(kind);
            sections.iter().rfind(before).cloned()
        });
        let usual = || Some(self.frame.paper.section_kind(kind).to_owned());
        let heading = own.iter().find(|section| section.kind == kind).map_or_else(usual, |section| section.heading.clone());
        let section = NewSection { id: id.clone(), kind, heading: heading.clone() };
        let heading = heading.or_else(usual).unwrap_or_default();
        self.edit(&[Edit::CreateSection { item: item.clone(), section, after }]);
        announcer::say(&(text.live.section_added)(&heading));
        request_animation_frame(move || focus(&format!("[data-section-id='{id}']")));
    }

    /// Marks a section deleted. Asks nothing: it can be undone.
    pub(super) fn delete_section(self, item: &ItemId, section: &SectionId) {
        let text = self.frame.text;
        let values = self.with(|parts| parts.signals.section(section)).get_untracked();
        let heading = values.heading.unwrap_or_else(|| self.frame.paper.section_kind(values.kind).to_owned());
        let part = Part { item: item.clone(), section: Some(section.clone()) };
        self.delete(part, &(text.states.section_deleted)(&heading));
    }
}
