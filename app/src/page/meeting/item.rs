//! One item on the paper: number, title, sections, attachments, and what one can do to it.

use dagsorden_shared::agenda::{Edit, Field, NewSection};
use dagsorden_shared::api::Person;
use dagsorden_shared::id::{ItemId, SectionId};
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::render::icon::Icon;
use dagsorden_shared::render::item::files;
use leptos::prelude::*;

use super::details::ItemDetails;
use super::section::Section;
use super::{Meeting, count, focus};
use crate::random;
use crate::sync::Peer;
use crate::ui::drawn::drawn;
use crate::ui::list::stable_list;
use crate::ui::menu::Menu;
use crate::ui::person;
use crate::view::{FieldKind, MountOptions};

/// What stands in an item's article.
#[component]
pub(super) fn Item(meeting: Meeting, id: ItemId) -> impl IntoView {
    let text = meeting.frame.text;
    let signals = meeting.item(&id);
    let details = RwSignal::new(false);
    let meta = move || {
        let values = signals.values.get();
        let guests = (!values.guests.is_empty()).then(|| (text.meeting.item_guests)(&values.guests.join("; ")));
        let words =
            [values.kind, values.minutes.map(text.meeting.minutes), values.presenter.as_deref().map(text.meeting.presenter), guests];
        let words: Vec<String> = words.into_iter().flatten().collect();
        (!words.is_empty())
            .then(|| view! { <p class="item-meta">{words.into_iter().map(|word| view! { <span>{word}</span> }).collect_view()}</p> })
    };
    let menu_label = Signal::derive(move || (text.meeting.item_menu)(&signals.number.get()));
    let attachments = meeting.with(|parts| parts.detail.attachments.iter().filter(|row| row.item == id).cloned().collect::<Vec<_>>());
    let attachments =
        Signal::derive(
            move || {
                if attachments.is_empty() { Vec::new() } else { vec![files(&attachments.iter().collect::<Vec<_>>(), text)] }
            },
        );
    let (up, down, gone, add) = (id.clone(), id.clone(), id.clone(), id.clone());
    view! {
        <header class="item-head">
            <span class="num">{move || signals.number.get()}</span>
            <h2>
                {move || signals.title.get().trim().is_empty().then(|| view! { <span class="vh">{text.meeting.untitled_item}</span> })}
                <span class="title" use:title=(meeting, id.clone())></span>
            </h2>
            {move || signals.values.get().alt_title.map(|alt| view! { <p class="alt">{alt}</p> })}
            {meta}
            <People meeting id=id.clone()/>
            <div class="item-tools">
                <Menu label=menu_label>
                    <button class="entry" type="button" on:click=move |_| details.set(true)>{text.meeting.item_details}</button>
                    <button class="entry" type="button" on:click=move |_| meeting.move_item(&up, -1)>{text.meeting.move_up}</button>
                    <button class="entry" type="button" on:click=move |_| meeting.move_item(&down, 1)>{text.meeting.move_down}</button>
                    <hr/>
                    <button class="entry" type="button" on:click=move |_| meeting.delete_item(&gone)>{text.meeting.delete_item}</button>
                </Menu>
            </div>
        </header>
        <div class="sections" use:sections=(meeting, id.clone())></div>
        <div use:drawn=attachments></div>
        <div class="sec sec-add">
            <span></span>
            <Menu label=text.meeting.new_section symbol=Icon::Plus word=text.meeting.new_section>
                {SectionKind::ALL
                    .into_iter()
                    .map(|kind| {
                        let id = add.clone();
                        view! {
                            <button class="entry" type="button" data-kind=kind.as_str() on:click=move |_| meeting.add_section(&id, kind)>
                                {text.section_kind(kind)}
                            </button>
                        }
                    })
                    .collect_view()}
            </Menu>
        </div>
        <ItemDetails meeting item=id open=details/>
    }
}

/// Who else is in this item now, by name.
#[component]
fn People(meeting: Meeting, id: ItemId) -> impl IntoView {
    let people = Memo::new(move |_| meeting.people_at(&id));
    view! {
        <ul class="item-people" aria-label=meeting.frame.text.meeting.people_here>
            {move || {
                let people = people.get();
                people
                    .iter()
                    .map(|person| view! { <li class=format!("hue-{}", person.hue)><i class="dot"></i>{person::full_name(person)}</li> })
                    .collect_view()
            }}
        </ul>
    }
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

/// Directive: the sections, in order.
fn sections(container: web_sys::Element, (meeting, item): (Meeting, ItemId)) {
    let keys = meeting.item(&item).sections;
    let dress = move |id: &SectionId, section: &web_sys::HtmlElement| {
        let kind = meeting.with(|parts| parts.signals.section(id)).get_untracked().kind;
        section.set_class_name(if matches!(kind, SectionKind::Recommendation | SectionKind::Decision) { "sec key" } else { "sec" });
        // Setting an attribute of a valid name does not fail.
        drop(section.set_attribute("data-section", id.as_str()));
        drop(section.set_attribute("data-kind", kind.as_str()));
    };
    stable_list(container, "section", keys.into(), dress, move |id| view! { <Section meeting item=item.clone() id/> });
}

impl Meeting {
    /// Adds a section at the end of an item and puts the caret in it.
    fn add_section(self, item: &ItemId, kind: SectionKind) {
        let text = self.frame.text;
        let id = SectionId::from_random(random::bits());
        let after = self.item(item).sections.with_untracked(|sections| sections.last().cloned());
        let heading = text.section_kind(kind).to_owned();
        let section = NewSection { id: id.clone(), kind, heading: Some(heading.clone()) };
        self.edit(&[Edit::CreateSection { item: item.clone(), section, after }]);
        self.frame.announcer.say((text.live.section_added)(&heading));
        request_animation_frame(move || focus(&format!("[data-section-id='{id}']")));
    }

    /// Marks a section deleted. Asks nothing: it can be undone.
    pub(super) fn delete_section(self, item: &ItemId, section: &SectionId) {
        let text = self.frame.text;
        let values = self.with(|parts| parts.signals.section(section)).get_untracked();
        let heading = values.heading.unwrap_or_else(|| text.section_kind(values.kind).to_owned());
        let edit = |deleted| Edit::DeleteSection { item: item.clone(), section: section.clone(), deleted };
        self.edit(&[edit(true)]);
        let back = edit(false);
        let restore = Callback::new(move |()| self.edit(std::slice::from_ref(&back)));
        self.frame.toaster.show((text.states.section_deleted)(&heading), Some((text.common.undo.to_owned(), restore)));
    }

    /// How many others write in this item now.
    pub(super) fn writers_at(self, id: &ItemId) -> u32 {
        self.peers.with(|peers| count(peers.iter().filter(|peer| field(peer).is_some_and(|field| field.item() == id)).count()))
    }

    /// Who else is in this item, writing or looking, once each.
    fn people_at(self, id: &ItemId) -> Vec<Person> {
        self.peers.with(|peers| {
            let mut people: Vec<Person> = Vec::new();
            for peer in peers {
                let place = field(peer).map(|field| field.item().clone()).or_else(|| peer.at.item.clone());
                if place.as_ref() == Some(id) && !people.contains(&peer.person) {
                    people.push(peer.person.clone());
                }
            }
            people
        })
    }
}

fn field(peer: &Peer) -> Option<Field> {
    peer.at.field.as_ref()?.parse().ok()
}
