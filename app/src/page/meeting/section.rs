//! One section on the paper: its heading in the margin, its text, and its menu.

use dagsorden_shared::agenda::{Edit, Field, SectionKey};
use dagsorden_shared::id::{ItemId, SectionId};
use dagsorden_shared::meeting_json::SectionKind;
use leptos::prelude::*;

use super::Meeting;
use crate::ui::menu::Menu;
use crate::view::{FieldKind, MountOptions};

/// What stands in a section's element.
#[component]
pub(super) fn Section(meeting: Meeting, item: ItemId, id: SectionId) -> impl IntoView {
    let text = meeting.frame.text;
    let values = meeting.with(|parts| parts.signals.section(&id));
    let heading = move || values.get().heading;
    let name = Signal::derive(move || heading().unwrap_or_else(|| text.section_kind(values.get().kind).to_owned()));
    // Text before the first heading of an item has a name for screen readers only; the margin stays white.
    let hidden = move || values.get().kind == SectionKind::Case && heading().is_none();
    let between = move || {
        let values = values.get();
        let between = (text.meeting.between)(values.from.as_deref(), values.to.as_deref());
        (!between.is_empty()).then(|| view! { <p class="between">{between}</p> })
    };
    let renaming = RwSignal::new(false);
    let menu_label = Signal::derive(move || (text.meeting.section_menu)(&name.get()));
    let rename = {
        let (item, id) = (item.clone(), id.clone());
        Callback::new(move |heading: String| {
            let heading = Some(heading.trim().to_owned()).filter(|heading| !heading.is_empty());
            if heading != values.get_untracked().heading {
                meeting.edit(&[Edit::SetSection { item: item.clone(), section: id.clone(), key: SectionKey::Heading, value: heading }]);
            }
            renaming.set(false);
        })
    };
    let (gone_item, gone) = (item.clone(), id.clone());
    view! {
        <div class="side">
            {move || {
                if renaming.get() {
                    view! { <HeadingInput value=heading().unwrap_or_default() label=text.meeting.change_heading done=rename/> }.into_any()
                } else {
                    view! { <h3 class:vh=hidden>{name}</h3> }.into_any()
                }
            }}
            {between}
            <div class="sec-tools">
                <Menu label=menu_label>
                    <button class="entry" type="button" on:click=move |_| renaming.set(true)>{text.meeting.change_heading}</button>
                    <hr/>
                    <button class="entry" type="button" on:click=move |_| meeting.delete_section(&gone_item, &gone)>
                        {text.meeting.delete_section}
                    </button>
                </Menu>
            </div>
        </div>
        <div class="text" data-section-id=id.to_string() use:body=(meeting, Field::Section(item, id), name)></div>
    }
}

/// A heading while it is renamed: Enter or leaving sets it whole, Escape gives up.
#[component]
fn HeadingInput(value: String, label: &'static str, done: Callback<String>) -> impl IntoView {
    let input = NodeRef::<leptos::html::Input>::new();
    let before = value.clone();
    input.on_load(|input| {
        request_animation_frame(move || {
            drop(input.focus());
            input.select();
        });
    });
    let settle = move || done.run(input.get_untracked().map(|input| input.value()).unwrap_or_default());
    let keys = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" => settle(),
        "Escape" => done.run(before.clone()),
        _ => {}
    };
    view! { <input class="heading-input" type="text" maxlength="120" aria-label=label prop:value=value node_ref=input on:keydown=keys on:blur=move |_| settle()/> }
}

/// Directive: the editable text.
fn body(host: web_sys::Element, (meeting, field, name): (Meeting, Field, Signal<String>)) {
    let text = meeting.frame.text;
    let Field::Section(_, id) = &field else { return };
    let values = meeting.with(|parts| parts.signals.section(id));
    let placeholder = Signal::derive(move || text.placeholder(values.get().kind).to_owned());
    meeting.with(|parts| parts.editors.mount(host, field, MountOptions { kind: FieldKind::Section, label: name, placeholder }));
}
