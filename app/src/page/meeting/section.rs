//! One section on the paper: its heading in the margin, its text, and its menu.

use std::rc::Rc;

use dagsorden_shared::agenda::{Field, Part};
use dagsorden_shared::id::{ItemId, SectionId};
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::render::element::element;
use dagsorden_shared::render::icon::Icon;
use leptos::prelude::*;

use super::{Meeting, deleted};
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
    let side = parts(move || {
        let values = values.get();
        // Text before the first heading of an item has a name for screen readers only; the margin stays white.
        let hidden = values.kind == SectionKind::Case && values.heading.is_none();
        let between = (paper.meeting.between)(values.from.as_deref(), values.to.as_deref());
        let heading = element("h3").text(name.get());
        let between = (!between.is_empty()).then(|| element("p").class("between").text(between));
        std::iter::once(if hidden { heading.class("vh") } else { heading }).chain(between).collect()
    });
    let (asked_item, asked) = (item.clone(), id.clone());
    let more = Menu {
        label: Signal::derive(move || (text.meeting.section_menu)(&name.get())),
        symbol: Icon::More,
        named: false,
        entries: Rc::new(move || {
            let (rename_item, rename) = (asked_item.clone(), asked.clone());
            let (gone_item, gone) = (asked_item.clone(), asked.clone());
            vec![
                Entry::run(text.meeting.change_heading, move || meeting.ask_heading(&rename_item, &rename)),
                Entry::Line,
                Entry::run(text.meeting.delete_section, move || meeting.delete_section(&gone_item, &gone)),
            ]
        }),
    };
    let part = Part { item: item.clone(), section: Some(id.clone()) };
    view! {
        <div class="side" class:gone=move || deleted::is_kept(meeting, &part)>
            <div use:drawn=side></div>
            <div class="sec-tools" lang=text.language.code() use:menu=more></div>
        </div>
        <div class="text" data-section-id=id.to_string() use:body=(meeting, Field::Section(item, id), name)></div>
    }
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
