//! One section on the paper: its heading in the margin, its text, and its menu.

use std::rc::Rc;

use dagsorden_editor::CommandName;
use dagsorden_shared::agenda::{Field, Part};
use dagsorden_shared::id::{ItemId, SectionId};
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::render::element::element;
use dagsorden_shared::render::icon::Icon;
use dagsorden_shared::richtext::ListKind;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::{Meeting, Task, deleted};
use crate::ui::drawn::{drawn, parts};
use crate::ui::menu::{Entry, Menu, menu};
use crate::view::{FieldKind, MountOptions};

/// What stands in a section's element.
#[component]
pub(super) fn Section(meeting: Meeting, item: ItemId, id: SectionId) -> impl IntoView {
    let (text, paper) = (meeting.frame.text, meeting.frame.paper);
    let values = meeting.with(|parts| parts.signals.section(&id));
    let name = Signal::derive(move || {
        let values = values.get();
        values.heading.unwrap_or_else(|| paper.section_kind(values.kind).to_owned())
    });
    let (key, asked_item, asked) = (id.to_string(), item.clone(), id.clone());
    let (named, naming) = (item.clone(), id.clone());
    let part = Part { item: item.clone(), section: Some(id.clone()) };
    let field = Field::Section(item, id);
    let (writes, change) = (Signal::derive(move || meeting.rows.write.get() && !meeting.reading.get()), text.meeting.change_heading);
    let side = parts(move || {
        let values = values.get();
        // Text before the first heading of an item has a name for screen readers only; the margin stays white.
        let hidden = values.kind == SectionKind::Case && values.heading.is_none();
        let between = (paper.meeting.between)(values.from.as_deref(), values.to.as_deref());
        let heading = element("h3").text(name.get());
        // Not where the text says it.
        let between = (!between.is_empty() && !values.told).then(|| {
            let names = if writes.get() { element("button").attribute("type", "button").attribute("title", change) } else { element("p") };
            names.class("between").text(between)
        });
        std::iter::once(if hidden { heading.class("vh") } else { heading }).chain(between).collect()
    });
    let more = Menu {
        label: Signal::derive(move || (text.meeting.section_menu)(&name.get())),
        symbol: Icon::More,
        named: false,
        entries: Rc::new(move || {
            let (rename_item, rename) = (asked_item.clone(), asked.clone());
            let (gone_item, gone) = (asked_item.clone(), asked.clone());
            let step = |by| {
                let (item, section) = (gone_item.clone(), gone.clone());
                move || meeting.task(Task::MoveSection(item.clone(), section.clone(), by))
            };
            vec![
                Entry::run(text.meeting.change_heading, move || meeting.ask_heading(&rename_item, &rename)),
                Entry::run(text.meeting.move_up, step(-1)),
                Entry::run(text.meeting.move_down, step(1)),
                Entry::Line,
                Entry::run(text.meeting.delete_section, move || meeting.delete_section(&gone_item, &gone)),
            ]
        }),
    };
    let inserted = field.clone();
    let insert = Menu {
        label: Signal::derive(move || (text.editor.insert)(&name.get())),
        symbol: Icon::Plus,
        named: false,
        entries: Rc::new(move || insertions(meeting, &inserted)),
    };
    view! {
        <div class="side" class:gone=move || deleted::is_kept(meeting, &part)>
            <div use:drawn=side on:click=move |event| change_names(meeting, &event, &named, &naming)></div>
            <div class="sec-tools" lang=text.language.code() use:menu=more></div>
            <div class="sec-tools plus" lang=text.language.code() use:menu=insert></div>
        </div>
        <div class="text" data-section-id=key use:body=(meeting, field, name)></div>
    }
}

/// The names in the margin are changed where they stand.
fn change_names(meeting: Meeting, event: &web_sys::MouseEvent, item: &ItemId, section: &SectionId) {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    if target.is_some_and(|target| target.matches("button.between").unwrap_or(false)) {
        meeting.ask_heading(item, section);
    }
}

/// What can be put into a section.
fn insertions(meeting: Meeting, field: &Field) -> Vec<Entry> {
    let text = &meeting.frame.text.editor;
    let entry = |(label, command): (&'static str, CommandName)| {
        let field = field.clone();
        Entry::run(label, move || meeting.task(Task::Insert(field.clone(), command.clone())))
    };
    let all = [
        (text.bullets, CommandName::List(ListKind::Bullet)),
        (text.numbers, CommandName::List(ListKind::Ordered)),
        (text.table, CommandName::InsertTable(3, 3)),
        (text.heading, CommandName::Header(2)),
        (text.quote, CommandName::Blockquote),
    ];
    all.into_iter().map(entry).collect()
}

/// Directive: the editable text.
fn body(host: web_sys::Element, (meeting, field, name): (Meeting, Field, Signal<String>)) {
    let text = meeting.frame.text;
    let Field::Section(item, id) = &field else { return };
    let number = meeting.item(item).number;
    let label = Signal::derive(move || (text.editor.section_label)(&name.get(), &number.get()));
    let values = meeting.with(|parts| parts.signals.section(id));
    let placeholder = Signal::derive(move || text.placeholder(values.get().kind).to_owned());
    meeting.with(|parts| parts.editors.mount(host, field, MountOptions { kind: FieldKind::Section, label, placeholder }));
}
