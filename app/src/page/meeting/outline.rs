//! The outline: the items in their order, who is where, and the ways to reorder them.

use std::rc::Rc;

use dagsorden_shared::access::Verb;
use dagsorden_shared::agenda::Edit;
use dagsorden_shared::date::Time;
use dagsorden_shared::id::ItemId;
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::render::icon::{Icon, icon, small_icon};
use dagsorden_shared::render::item::anchor;
use dagsorden_shared::render::outline::OUTLINE_ID;
use leptos::prelude::*;

use super::drag::{self, Drag};
use super::state::ItemSignals;
use super::{Meeting, Task, count};
use crate::ui::announcer;
use crate::ui::drawn::{drawn, fixed, parts};
use crate::ui::list::{List, stable_list};

/// The column on the left; a sheet on narrow windows.
#[component]
pub(super) fn Outline(meeting: Meeting) -> impl IntoView {
    let text = &meeting.frame.text.meeting;
    let items = meeting.with(|parts| parts.signals.items);
    let dragged = RwSignal::new(None::<Drag>);
    let head = fixed(vec![
        element("span").text(text.outline),
        element("button")
            .class("btn plain icon")
            .attribute("type", "button")
            .attribute("popovertarget", OUTLINE_ID)
            .attribute("popovertargetaction", "hide")
            .attribute("aria-label", meeting.frame.text.common.close)
            .child(icon(Icon::Cross)),
    ]);
    let top = parts(move || {
        let planned = items.get().iter().any(|item| meeting.item(item).values.get().minutes.is_some());
        let count = element("span").text((text.items)(count(items.get().len())));
        std::iter::once(count).chain(planned.then(|| element("span").text(text.minutes_head))).collect()
    });
    let add = fixed(vec![small_icon(Icon::Plus), element("span").text(text.new_item)]);
    view! {
        <nav class="outline sheet" id=OUTLINE_ID popover="auto" aria-label=text.outline_label>
            <div class="sheet-head" use:drawn=head></div>
            <div class="outline-top" use:drawn=top></div>
            <ol class="toc" lang=meeting.frame.paper.language.code() class:dragging=move || dragged.get().is_some() use:entries=(meeting, dragged)></ol>
            <div class="outline-end">
                <span>{move || total(meeting)}</span>
                <button class="link" type="button" on:click=move |_| meeting.add_item() use:drawn=add></button>
            </div>
        </nav>
    }
}

/// Planned length of all items, and when they end if the start is known.
fn total(meeting: Meeting) -> Option<String> {
    let items = meeting.with(|parts| parts.signals.items).get();
    let minutes = items.iter().filter_map(|item| meeting.item(item).values.get().minutes).sum::<u32>();
    let start = meeting.with(|parts| parts.signals.header).get().start.as_deref().and_then(Time::parse);
    let end = start.map(|start| start.plus(minutes).short(meeting.frame.text));
    (minutes > 0).then(|| (meeting.frame.text.meeting.total)(minutes / 60, minutes % 60, end.as_deref()))
}

/// Directive: the entries, in order.
fn entries(list: web_sys::Element, (meeting, dragged): (Meeting, RwSignal<Option<Drag>>)) {
    let keys = meeting.with(|parts| parts.signals.items);
    let contents = List {
        tag: "li",
        keys: Box::new(move || keys.read().iter().map(ToString::to_string).collect()),
        // Setting an attribute of a valid name does not fail.
        dress: Box::new(|key, entry| drop(entry.set_attribute("data-item", key))),
        view: Rc::new(move |key| match key.parse::<ItemId>() {
            Ok(id) => view! { <Entry meeting id dragged/> }.into_any(),
            Err(_) => ().into_any(),
        }),
        later: None,
    };
    drag::keep_still(&list, dragged);
    stable_list(list, contents);
}

#[component]
fn Entry(meeting: Meeting, id: ItemId, dragged: RwSignal<Option<Drag>>) -> impl IntoView {
    let signals = meeting.item(&id);
    let here = {
        let id = id.clone();
        move || meeting.here.read().as_ref() == Some(&id)
    };
    let current = here.clone();
    let shown = {
        let id = id.clone();
        parts(move || entry(meeting, signals, &id))
    };
    let state = {
        let id = id.clone();
        move || {
            let drag = dragged.get();
            let marks = |place| drag.as_ref().is_some_and(|drag| drag.marks(&id, place));
            let classes = [
                (here(), "here"),
                (signals.values.get().closed, "closed"),
                (marks(drag::Place::Source), "from"),
                (marks(drag::Place::Before), "drop-before"),
                (marks(drag::Place::After), "drop-after"),
            ];
            classes.into_iter().filter(|(on, _)| *on).map(|(_, class)| class).collect::<Vec<_>>().join(" ")
        }
    };
    let keys = {
        let id = id.clone();
        move |event: web_sys::KeyboardEvent| {
            let step = match event.key().as_str() {
                "ArrowUp" => -1,
                "ArrowDown" => 1,
                _ => return,
            };
            if event.alt_key() && event.shift_key() {
                meeting.move_item(&id, step);
                // Moving an entry in the page costs it the focus.
                meeting.keep_focus(&id);
            } else if !event.alt_key() {
                let items = meeting.items();
                let at = items.iter().position(|item| *item == id).and_then(|at| at.checked_add_signed(step as isize));
                at.and_then(|at| items.get(at)).into_iter().for_each(|next| meeting.focus_entry(next));
            } else {
                return;
            }
            event.prevent_default();
        }
    };
    let go = {
        let id = id.clone();
        move |event: web_sys::MouseEvent| {
            event.prevent_default();
            meeting.go_to(&id);
        }
    };
    let address = format!("#{}", anchor(&id));
    let start = move |event: web_sys::PointerEvent| {
        if event.button() == 0 && meeting.may(Verb::Write) {
            meeting.task(Task::Drag(event, id.clone(), dragged));
        }
    };
    view! {
        <a
            href=address
            draggable="false"
            aria-current=move || current().then_some("true")
            on:click=go
            on:keydown=keys
            on:pointerdown=start
            use:drawn=shown
            use:dressed=Rc::new(state)
        ></a>
    }
}

/// Directive: the classes of the entry around the link.
fn dressed(link: web_sys::Element, classes: Rc<dyn Fn() -> String>) {
    let effect = RenderEffect::new(move |_| {
        let classes = classes();
        let link = link.clone();
        // The link stands in its entry only once both are drawn.
        queue_microtask(move || {
            if let Some(entry) = link.parent_element() {
                entry.set_class_name(&classes);
            }
        });
    });
    StoredValue::new_local(effect);
}

fn entry(meeting: Meeting, signals: ItemSignals, id: &ItemId) -> Vec<Element> {
    let text = &meeting.frame.text.meeting;
    let values = signals.values.get();
    let title = signals.title.get();
    let title = if title.trim().is_empty() { text.untitled_item.to_owned() } else { title };
    let minutes = values.minutes.map(|minutes| {
        let word = element("span").class("vh").text(format!(" {}", text.minutes_word));
        element("span").class("m").child(element("span").text(minutes.to_string()).child(word))
    });
    let writers = signals.presence.read().writers;
    let writing = (writers > 0).then(|| element("span").class("sub").child(small_icon(Icon::Pencil)).text((text.writing)(writers)));
    let head = [
        element("span").class("n").text(signals.number.get()),
        element("span").class("t").children(values.closed.then(|| small_icon(Icon::Lock))).text(title),
    ];
    let counts = meeting.counts.read().iter().find(|count| count.0 == *id).map(|count| (count.1, count.2));
    let talk = counts.map(|(open, unread)| {
        let symbol = if unread > 0 { element("span").class("unread") } else { small_icon(Icon::Comment) };
        element("span").class("sub").child(symbol).text((meeting.frame.text.talk.counts)(open, unread))
    });
    head.into_iter().chain(minutes).chain(talk).chain(writing).collect()
}

impl Meeting {
    /// Moves an item by one place up (-1) or down (1) and says where it stands.
    pub(super) fn move_item(self, id: &ItemId, step: i32) {
        let items = self.with(|state| state.signals.items.get_untracked());
        let Some(at) = items.iter().position(|item| item == id) else { return };
        let Some(to) = at.checked_add_signed(step as isize).filter(|to| *to < items.len()) else { return };
        // The place among the others, once the item itself is taken out.
        let after = match step {
            ..0 => to.checked_sub(1).map(|index| items[index].clone()),
            _ => Some(items[to].clone()),
        };
        self.edit(&[Edit::MoveItem { item: id.clone(), after }]);
        announcer::say(&(self.frame.text.live.moved)(count(to + 1), count(items.len())));
    }
}
