//! The top bar: which meeting, who is here, the saved state, and the few things one does to the whole meeting.

use std::rc::Rc;

use dagsorden_shared::access::Verb;
use dagsorden_shared::api::Person;
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::render::icon::{Icon, icon, small_icon};
use dagsorden_shared::render::meeting as render;
use dagsorden_shared::render::outline::OUTLINE_ID;
use dagsorden_shared::render::page;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Meeting, Task};
use crate::page::{identity, language, problem, shortcuts};
use crate::parts::start_bringing_in;
use crate::sync::{SaveState, http};
use crate::talk::PANEL_ID;
use crate::ui::drawn::{drawn, fixed, parts};
use crate::ui::menu::{Entry, Menu, menu};
use crate::ui::{person, toast};

/// Id of the list of names.
const PEOPLE_ID: &str = "people";

/// More people than this are a number.
const CIRCLES: usize = 5;

/// The bar.
#[component]
pub(super) fn Bar(meeting: Meeting) -> impl IntoView {
    let text = meeting.frame.text;
    let header = meeting.with(|parts| parts.signals.header);
    let name = move || render::short_name(&header.get(), text);
    let detail = meeting.rows.detail;
    let steps = parts(move || detail.with(|detail| page::phases(detail, &header.read(), text)));
    let next = parts(move || detail.with(|detail| page::next_step(detail, text)).into_iter().collect());
    let outline = fixed(vec![outline_button(text.meeting.outline)]);
    let talk = fixed(vec![talk_button(text.talk.title)]);
    let circles = parts(move || vec![circles(meeting)]);
    let names = parts(move || vec![names(meeting)]);
    let saved = parts(move || vec![saved(meeting)]);
    let export = Menu {
        label: Signal::stored(text.meeting.export.to_owned()),
        symbol: Icon::Download,
        named: true,
        entries: Rc::new(move || exports(meeting)),
    };
    let more = Menu {
        label: Signal::stored(text.common.more.to_owned()),
        symbol: Icon::More,
        named: false,
        entries: Rc::new(move || entries(meeting)),
    };
    view! {
        <header class="bar has-m">
            <div class="id">
                <a class="word" href="/">{text.common.product}</a>
                <span class="where">{name}</span>
            </div>
            <div class="steps" use:drawn=steps></div>
            <div class="bar-end">
                <span use:drawn=outline></span>
                <span use:drawn=talk></span>
                <button type="button" class="btn plain people-menu" popovertarget=PEOPLE_ID use:drawn=circles></button>
                <div class="menu-list at-end" id=PEOPLE_ID popover="auto" use:drawn=names></div>
                <span use:drawn=saved></span>
                <span use:menu=export></span>
                <span use:menu=more></span>
                <span use:drawn=next></span>
            </div>
        </header>
    }
}

/// Opens the talk where it is a sheet.
fn talk_button(label: &'static str) -> Element {
    element("button")
        .class("btn plain only-talk hide-p")
        .attribute("type", "button")
        .attribute("popovertarget", PANEL_ID)
        .child(icon(Icon::Comment))
        .child(element("span").text(label))
}

fn outline_button(label: &'static str) -> Element {
    element("button")
        .class("btn only-sheet first")
        .attribute("type", "button")
        .attribute("popovertarget", OUTLINE_ID)
        .child(icon(Icon::Menu))
        .child(element("span").text(label))
}

fn entries(meeting: Meeting) -> Vec<Entry> {
    let frame = meeting.frame;
    let text = frame.text;
    let id = meeting.rows.id();
    let deleted = id.clone();
    let delete = move || {
        let id = deleted.clone();
        spawn_local(async move {
            if let Err(error) = http::delete(&format!("/api/meetings/{id}")).await {
                toast::show(&problem::sentence(text, &error), None);
            }
        });
    };
    let steps = Entry::link(format!("/m/{id}/fase"), text.meeting.phases);
    let positions = Entry::link(format!("/m/{id}/stillinger"), text.points.label);
    let shown = meeting.with(|parts| parts.editors.shows_authors());
    let mut proposed = None;
    meeting.with_talk(|talk| proposed = talk.proposals_in_text());
    let proposed = proposed.map(|shown| {
        let label = if shown { text.talk.hide_proposed } else { text.talk.show_proposed };
        Entry::run(label, move || meeting.with_talk(|talk| talk.toggle_proposals()))
    });
    let mut entries = vec![Entry::Link(steps)];
    entries.extend(meeting.rows.may(Verb::ReadPositions).then_some(Entry::Link(positions)));
    entries.extend([
        Entry::run(text.meeting.meeting_details, move || meeting.ask_details()),
        Entry::run(text.points.live, move || meeting.with_talk(|talk| talk.live())),
        Entry::run(text.find.title, move || meeting.with(|parts| parts.editors.open_find())),
        Entry::run(if shown { text.authors.hide } else { text.authors.title }, move || meeting.toggle_authors()),
    ]);
    entries.extend(proposed);
    entries.extend([Entry::run(text.find.count, move || meeting.count_words())]);
    entries.extend(meeting.rows.write.get_untracked().then(|| Entry::run(text.meeting.bring_in, move || start_bringing_in(meeting))));
    entries.extend([
        Entry::run(text.deleted.title, move || meeting.ask_deleted()),
        Entry::run(text.meeting.copy_all, move || meeting.task(Task::Copy(None))),
        Entry::run(text.meeting.shortcuts, move || shortcuts::show(frame)),
        Entry::Line,
    ]);
    entries.extend(identity::entries(frame, move || meeting.ask_name()));
    entries.extend(language::entries(text.language));
    if meeting.rows.may(Verb::DeleteMeeting) {
        entries.extend([Entry::Line, Entry::run(text.meeting.delete_meeting, delete)]);
    }
    entries
}

/// What one takes along: files, and paper.
fn exports(meeting: Meeting) -> Vec<Entry> {
    let text = meeting.frame.text;
    let links = meeting.rows.detail.with_untracked(|detail| page::export_links(detail, text));
    let print = Entry::run(text.meeting.print, || drop(window().print()));
    links.into_iter().map(Entry::Link).chain([Entry::Line, print]).collect()
}

/// Everybody once, however many windows they have open. Oneself comes first.
fn people(meeting: Meeting) -> Vec<Person> {
    let me = Some(meeting.frame.me.get()).filter(|me| !me.name.is_empty());
    let others = meeting.peers.get().into_iter().map(|peer| peer.person);
    let mut people: Vec<Person> = Vec::new();
    for person in me.into_iter().chain(others) {
        if people.iter().all(|known| person::full_name(known) != person::full_name(&person)) {
            people.push(person);
        }
    }
    people
}

/// One circle a person.
fn circles(meeting: Meeting) -> Element {
    let people = people(meeting);
    let rest = people.len().saturating_sub(CIRCLES);
    element("span")
        .class("people")
        .child(element("span").class("vh").text(meeting.frame.text.meeting.people_here))
        .children(people.iter().take(CIRCLES).map(|person| element("span").children(person::circle(person))))
        .children((rest > 0).then(|| element("span").class("quiet").text(format!("+{rest}"))))
}

/// The names behind the circles.
fn names(meeting: Meeting) -> Element {
    let entry = |person: &Person| {
        let circle = element("span")
            .class(format!("who s hue-{}", person.hue))
            .attribute("aria-hidden", "true")
            .text(person::initials(&person.name));
        element("li").class("entry").child(circle).text(person::full_name(person))
    };
    element("ul").attribute("aria-label", meeting.frame.text.meeting.people_here).children(people(meeting).iter().map(entry))
}

/// The word changes, its place does not.
fn saved(meeting: Meeting) -> Element {
    let spin = element("span").class("spin");
    let (state, sign) = match meeting.state.get() {
        SaveState::Connecting => ("connecting", spin),
        SaveState::Saved { .. } => ("saved", small_icon(Icon::Check)),
        SaveState::Saving => ("saving", spin),
        SaveState::Offline { .. } => ("offline", small_icon(Icon::Offline)),
        SaveState::Refused(_) => ("refused", small_icon(Icon::Alert)),
        SaveState::Gone => ("gone", small_icon(Icon::Alert)),
    };
    let words = element("span").text(saved_words(meeting));
    element("span").class("saved").attribute("data-state", state).child(sign).child(words)
}

/// How one's work is kept, in words.
pub(super) fn saved_words(meeting: Meeting) -> String {
    let text = &meeting.frame.text.states;
    match untrack(|| meeting.state.get()) {
        SaveState::Connecting => text.connecting.to_owned(),
        SaveState::Saved { at } => (text.saved_at)(&time_of(at)),
        SaveState::Saving => text.saving.to_owned(),
        SaveState::Offline { changes, .. } => (text.offline)(changes),
        SaveState::Refused(_) => text.refused_title.to_owned(),
        SaveState::Gone => text.gone_title.to_owned(),
    }
}

/// `10.42`, in the reader's own time.
fn time_of(milliseconds: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact in a double for 280,000 years")]
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(milliseconds as f64));
    format!("{}.{:02}", date.get_hours(), date.get_minutes())
}

/// The few words at the foot of a phone's page. A touch of them leaves the text its focus, and so its keyboard.
#[component]
pub(super) fn Dock(meeting: Meeting) -> impl IntoView {
    let text = meeting.frame.text;
    let label = |symbol, label: &'static str| vec![icon(symbol), element("span").text(label)];
    let shown = |symbol, words| fixed(label(symbol, words));
    let reading = meeting.reading;
    let mode = parts(move || if reading.get() { label(Icon::Pencil, text.meeting.write) } else { label(Icon::Check, text.meeting.read) });
    let switch = move |_| if reading.get_untracked() { meeting.task(Task::Write(None)) } else { meeting.read_now() };
    view! {
        <nav class="dock" aria-label=text.common.more on:mousedown=|event| event.prevent_default()>
            <button type="button" popovertarget=OUTLINE_ID use:drawn=shown(Icon::Menu, text.meeting.outline)></button>
            <button type="button" class="writes" on:click=move |_| meeting.add_item() use:drawn=shown(Icon::Plus, text.meeting.new_item)></button>
            <button type="button" popovertarget=PANEL_ID use:drawn=shown(Icon::Comment, text.talk.title)></button>
            <button type="button" class="writes" on:click=move |_| meeting.undo() use:drawn=shown(Icon::Undo, text.common.undo)></button>
            <button type="button" data-action="write" on:click=switch use:drawn=mode></button>
        </nav>
    }
}
