//! Tasks of writing that are asked for now and then: whole items and sections, what is put into a section, and writing by touch.
//!
//! The part `writing`. A task is data, so that asking for one costs the first download little.

use dagsorden_editor::CommandName;
use dagsorden_editor::clipboard::agenda::copy_items;
use dagsorden_editor::clipboard::copy::{Copied, acceptable};
use dagsorden_shared::agenda::{Edit, Field, FieldValue, ItemKey, ItemSnapshot, NewSection, SectionKey};
use dagsorden_shared::id::{ItemId, SectionId};
use dagsorden_shared::render::element::element;
use dagsorden_shared::render::item::anchor;
use dagsorden_shared::render::meeting::short_name;
use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::{Body, Delta};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::drag::{self, Drag};
use super::{Meeting, count};
use crate::random;
use crate::sync::UndoGroup;
use crate::ui::dialog::{self, Dialog, Event, field};
use crate::ui::{announcer, toast};
use crate::view::insert;

/// What is asked for.
pub(crate) enum Task {
    /// Helps from now on: with what can stand in an empty line, with clean copies of more than one section, with keyboards of touch screens.
    Start,
    /// Puts something into a section.
    Insert(Field, CommandName),
    /// Makes a copy of an item below it.
    Duplicate(ItemId),
    /// Asks where an item is to stand.
    MoveTo(ItemId),
    /// Copies an item, or the whole agenda, for other programs.
    Copy(Option<ItemId>),
    /// Moves a section by so many places.
    MoveSection(ItemId, SectionId, isize),
    /// Lets a touch write from now on, with the caret at a point of the window or in the text in view.
    Write(Option<(i32, i32)>),
    /// Begins to drag an item.
    Drag(web_sys::PointerEvent, ItemId, RwSignal<Option<Drag>>),
}

/// Does a task.
pub(crate) fn run(meeting: Meeting, task: Task) {
    if insert::start(&meeting.editors()) {
        start(meeting);
    }
    match task {
        Task::Start => {}
        Task::Insert(field, command) => {
            meeting.write_now();
            insert::put(&meeting.editors(), &field, &command);
        }
        Task::Duplicate(item) => meeting.duplicate(&item),
        Task::MoveTo(item) => meeting.ask_place(&item),
        Task::Copy(item) => meeting.copy(item.as_ref()),
        Task::MoveSection(item, section, by) => meeting.move_section(&item, &section, by),
        Task::Write(point) => meeting.write_at(point),
        Task::Drag(event, item, dragged) => drag::start(&event, &item, dragged, meeting),
    }
}

fn start(meeting: Meeting) {
    window_event_listener_untyped("copy", move |event| {
        // In a field the editor copies.
        if !event.default_prevented()
            && let Some(copied) = meeting.selected()
            && let Some(transfer) = event.unchecked_ref::<web_sys::ClipboardEvent>().clipboard_data()
            && transfer.set_data("text/html", &copied.html).is_ok()
            && transfer.set_data("text/plain", &copied.plain).is_ok()
        {
            event.prevent_default();
        }
    });
    follow_keyboard();
}

/// Tells the style sheet how much of the window a touch screen's keyboard covers, where the browser does not make the window smaller.
fn follow_keyboard() {
    let Ok(viewport) = js_sys::Reflect::get(&window(), &"visualViewport".into()) else { return };
    let Ok(target) = viewport.clone().dyn_into::<web_sys::EventTarget>() else { return };
    let number = move |name: &str| js_sys::Reflect::get(&viewport, &name.into()).ok().and_then(|value| value.as_f64()).unwrap_or_default();
    let follow = Closure::<dyn Fn()>::new(move || {
        let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
        // A person who has zoomed in sees a part of the window for another reason.
        let covered = if number("scale") > 1.01 { 0.0 } else { height - number("height") - number("offsetTop") };
        if let Some(page) = document().document_element().and_then(|page| page.dyn_into::<web_sys::HtmlElement>().ok()) {
            #[expect(clippy::cast_possible_truncation, reason = "heights of windows are small, and a cast saturates")]
            let covered = format!("{}px", covered.max(0.0) as i32);
            drop(page.style().set_property("--keyboard", &covered));
        }
    });
    let follow = follow.into_js_value();
    for name in ["resize", "scroll"] {
        drop(target.add_event_listener_with_callback(name, follow.unchecked_ref()));
    }
}

impl Meeting {
    /// Makes a copy of an item below it, as one step of undo.
    fn duplicate(self, item: &ItemId) {
        let Some(source) = self.item_now(item) else { return };
        if !self.rows.write.get_untracked() {
            return;
        }
        let id = ItemId::from_random(random::bits());
        let sections: Vec<NewSection> = source
            .sections
            .iter()
            .map(|section| NewSection { id: SectionId::from_random(random::bits()), kind: section.kind, heading: section.heading.clone() })
            .collect();
        let mut edits = Vec::new();
        for (section, NewSection { id: copy, .. }) in source.sections.iter().zip(&sections) {
            let field = Field::Section(id.clone(), copy.clone());
            edits.extend((!section.body.is_blank()).then(|| Edit::Text { field, delta: content(&section.body) }));
            for (key, value) in [(SectionKey::From, &section.from), (SectionKey::To, &section.to)] {
                let set = |value| Edit::SetSection { item: id.clone(), section: copy.clone(), key, value: Some(value) };
                edits.extend(value.clone().map(set));
            }
        }
        let title = Delta::new().insert(source.title.text(), Attributes::new());
        edits.extend((!source.title.is_blank()).then(|| Edit::Text { field: Field::Title(id.clone()), delta: title }));
        let guests = (!source.guests.is_empty()).then(|| FieldValue::List(source.guests.clone()));
        let values = [
            (ItemKey::AltTitle, source.alt_title.map(FieldValue::Text)),
            (ItemKey::Kind, source.kind.map(FieldValue::Text)),
            (ItemKey::Presenter, source.presenter.map(FieldValue::Text)),
            (ItemKey::Minutes, source.minutes.map(FieldValue::Number)),
            (ItemKey::Guests, guests),
        ];
        let filled = values.into_iter().filter(|(_, value)| value.is_some());
        edits.extend(filled.map(|(key, value)| Edit::SetItem { item: id.clone(), key, value }));
        let made = self.with(|parts| {
            let create = Edit::CreateItem { item: id.clone(), after: Some(item.clone()), sections };
            parts.documents.edit(&[create], UndoGroup::Opens)?;
            parts.documents.edit(&edits, UndoGroup::Joins)
        });
        if made.is_ok() {
            announcer::say(self.frame.text.live.item_added);
            request_animation_frame(move || self.go_to(&id));
        }
    }

    /// Asks after which item another one is to stand.
    fn ask_place(self, item: &ItemId) {
        let text = self.frame.text;
        let others: Vec<ItemId> = self.items().into_iter().filter(|other| other != item).collect();
        let now = self.items().iter().position(|other| other == item).unwrap_or_default();
        let option = |value: String, label: String, place: usize| {
            let option = element("option").attribute("value", value).text(label);
            if place == now { option.flag("selected") } else { option }
        };
        let first = option(String::new(), text.meeting.move_first.to_owned(), 0);
        let after = others.iter().enumerate().map(|(at, other)| {
            let name = format!("{} {}", self.item(other).number.get_untracked(), self.title_of(other));
            option(other.to_string(), (text.meeting.move_after)(&name), at + 1)
        });
        let select = element("select").attribute("name", "place").flag("autofocus").child(first).children(after);
        let content = vec![dialog::form(vec![field(text.meeting.move_to, select)], text.common.save, text.common.cancel)];
        let item = item.clone();
        Dialog::open("move-to", &self.title_of(&item), &content, move |dialog, event| {
            let Event::Submit(answers) = event else { return };
            dialog.close();
            let after = answers.text("place").and_then(|id| id.parse::<ItemId>().ok());
            self.edit(&[Edit::MoveItem { item: item.clone(), after }]);
            self.say_place(&item);
            self.go_to(&item);
        });
    }

    /// Says where an item stands now.
    pub(super) fn say_place(self, item: &ItemId) {
        let items = self.items();
        if let Some(at) = items.iter().position(|other| other == item) {
            announcer::say(&(self.frame.text.live.moved)(count(at + 1), count(items.len())));
        }
    }

    fn move_section(self, item: &ItemId, section: &SectionId, by: isize) {
        let sections = self.item(item).sections.get_untracked();
        let Some(at) = sections.iter().position(|other| other == section) else { return };
        let Some(to) = at.checked_add_signed(by).filter(|to| *to < sections.len()) else { return };
        let others: Vec<&SectionId> = sections.iter().filter(|other| *other != section).collect();
        let after = to.checked_sub(1).map(|before| others[before].clone());
        self.edit(&[Edit::MoveSection { item: item.clone(), section: section.clone(), after }]);
        announcer::say(&(self.frame.text.live.section_moved)(count(to + 1), count(sections.len())));
    }

    fn write_at(self, point: Option<(i32, i32)>) {
        self.write_now();
        let point = point.or_else(|| {
            let article = super::element(&format!("#{}", anchor(&self.here_now()?)))?;
            let fields = article.query_selector_all(".text[data-field]").ok()?;
            let places = (0..fields.length())
                .filter_map(|at| Some(fields.item(at)?.unchecked_into::<web_sys::Element>().get_bounding_client_rect()));
            // Below the bar.
            let place = places.into_iter().find(|place| place.bottom() > 90.0)?;
            #[expect(clippy::cast_possible_truncation, reason = "places in a window are small, and a cast saturates")]
            Some((place.left() as i32 + 2, place.top().max(80.0) as i32 + 10))
        });
        if let Some((x, y)) = point {
            insert::write_at(&self.editors(), f64::from(x), f64::from(y));
        }
    }

    /// What is selected, if it is more than a part of one field.
    fn selected(self) -> Option<Copied> {
        let fields = insert::selected_fields(&self.editors());
        let mut items: Vec<ItemSnapshot> = Vec::new();
        for (field, body) in fields {
            if items.last().is_none_or(|item| item.id != *field.item()) {
                let number = self.item(field.item()).number.get_untracked();
                items.push(ItemSnapshot { number, ..self.item_now(field.item())? });
                let item = items.last_mut()?;
                // Only what is selected is copied.
                let titled = matches!(field, Field::Title(_));
                (item.sections, item.title) = (Vec::new(), Body::default());
                if !titled {
                    item.number.clear();
                }
            }
            let item = items.last_mut()?;
            match &field {
                Field::Title(_) => item.title = body,
                Field::Section(id, section) => {
                    let whole = self.item_now(id)?.sections.into_iter().find(|whole| whole.id == *section)?;
                    item.sections.push(dagsorden_shared::agenda::SectionSnapshot { body, ..whole });
                }
            }
        }
        (!items.is_empty()).then(|| copy_items(None, &items, self.frame.paper))
    }

    /// Copies an item, or all of them, for other programs.
    fn copy(self, item: Option<&ItemId>) {
        let text = self.frame.text;
        let mut snapshot = self.with(|parts| parts.documents.snapshot());
        if let Some(item) = item {
            snapshot.items.retain(|other| other.id == *item);
        }
        let title = item.is_none().then(|| short_name(&snapshot.header, self.frame.paper));
        let copied = copy_items(title.as_deref(), &snapshot.items, self.frame.paper);
        spawn_local(async move {
            let said = if write_clipboard(&copied).await.is_some() { text.common.copied } else { text.problems.unknown.0 };
            toast::show(said, None);
        });
    }
}

/// A text as one insertion into an empty section. Without the ids of points, which are of the first text, and of tables.
fn content(body: &Body) -> Delta {
    let lines = body.lines().iter().map(acceptable).collect();
    let all = Body::from_lines(lines).to_delta();
    // The section has its newline already; its line takes the last one's format.
    all.delete(1)
}

/// Writes both forms to the clipboard. `None` if the browser refuses.
async fn write_clipboard(copied: &Copied) -> Option<()> {
    let parts = js_sys::Object::new();
    for (kind, content) in [("text/html", &copied.html), ("text/plain", &copied.plain)] {
        let blob = web_sys::Blob::new_with_str_sequence_and_options(&js_sys::Array::of1(&content.as_str().into()), &bag(kind)).ok()?;
        js_sys::Reflect::set(&parts, &kind.into(), &blob).ok()?;
    }
    let item: js_sys::Function = js_sys::Reflect::get(&window(), &"ClipboardItem".into()).ok()?.dyn_into().ok()?;
    let item = js_sys::Reflect::construct(&item, &js_sys::Array::of1(&parts)).ok()?;
    let clipboard = JsValue::from(window().navigator().clipboard());
    let write: js_sys::Function = js_sys::Reflect::get(&clipboard, &"write".into()).ok()?.dyn_into().ok()?;
    let written: js_sys::Promise = write.call1(&clipboard, &js_sys::Array::of1(&item)).ok()?.dyn_into().ok()?;
    wasm_bindgen_futures::JsFuture::from(written).await.ok().map(drop)
}

fn bag(kind: &str) -> web_sys::BlobPropertyBag {
    let bag = web_sys::BlobPropertyBag::new();
    bag.set_type(kind);
    bag
}
