//! The outline: the items in their order, who is where, and the ways to reorder them.

use dagsorden_shared::agenda::Edit;
use dagsorden_shared::date::Time;
use dagsorden_shared::id::ItemId;
use dagsorden_shared::render::icon::Icon;
use leptos::prelude::*;

use super::drag::{self, Drag};
use super::{Meeting, count};
use crate::ui::icon::icon;

/// The column on the left; a sheet on narrow windows.
#[component]
pub(super) fn Outline(meeting: Meeting) -> impl IntoView {
    let text = &meeting.frame.text.meeting;
    let items = meeting.with(|state| state.signals.items);
    let header = meeting.with(|parts| parts.signals.header);
    let dragged = RwSignal::new(None::<Drag>);
    let planned = move || items.get().iter().any(|item| meeting.item(item).values.get().minutes.is_some());
    let total = move || {
        let minutes = items.get().iter().filter_map(|item| meeting.item(item).values.get().minutes).sum::<u32>();
        (minutes > 0).then(|| {
            let start = header.get().start.as_deref().and_then(Time::parse);
            let end = start.map(|start| start.plus(minutes).short(meeting.frame.text));
            (text.total)(minutes / 60, minutes % 60, end.as_deref())
        })
    };
    view! {
        <nav class="outline sheet" id="outline" popover="auto" aria-label=text.outline_label>
            <div class="sheet-head">
                <span>{text.outline}</span>
                <button class="btn plain icon" type="button" popovertarget="outline" popovertargetaction="hide" aria-label=meeting.frame.text.common.close>
                    {icon(Icon::Cross, false)}
                </button>
            </div>
            <div class="outline-top">
                <span>{move || (text.items)(count(items.get().len()))}</span>
                {move || planned().then(|| view! { <span>{text.minutes_head}</span> })}
            </div>
            <ol class="toc" class:dragging=move || dragged.get().is_some()>
                <For each=move || items.get() key=|id| id.clone() let:id>
                    <Entry meeting id dragged/>
                </For>
            </ol>
            <div class="outline-end">
                <Show when=move || items.get().is_empty()>
                    <p>{text.no_items}</p>
                </Show>
                <span>{total}</span>
                <button class="link" type="button" on:click=move |_| meeting.add_item()>
                    {icon(Icon::Plus, true)}
                    {text.new_item}
                </button>
            </div>
        </nav>
    }
}

#[component]
fn Entry(meeting: Meeting, id: ItemId, dragged: RwSignal<Option<Drag>>) -> impl IntoView {
    let text = &meeting.frame.text.meeting;
    let signals = meeting.item(&id);
    let here = {
        let id = id.clone();
        Memo::new(move |_| meeting.here.get().as_ref() == Some(&id))
    };
    let writers = {
        let id = id.clone();
        Memo::new(move |_| meeting.writers_at(&id))
    };
    let keys = {
        let id = id.clone();
        move |event: web_sys::KeyboardEvent| {
            if event.alt_key() && event.shift_key() {
                let step = match event.key().as_str() {
                    "ArrowUp" => -1,
                    "ArrowDown" => 1,
                    _ => return,
                };
                event.prevent_default();
                meeting.move_item(&id, step);
            }
        }
    };
    let mark = {
        let id = id.clone();
        move |place: drag::Place| {
            let id = id.clone();
            move || dragged.with(|drag| drag.as_ref().is_some_and(|drag| drag.marks(&id, place)))
        }
    };
    let go = {
        let id = id.clone();
        move |event: web_sys::MouseEvent| {
            event.prevent_default();
            meeting.go_to(&id);
        }
    };
    let start = {
        let id = id.clone();
        move |event: web_sys::PointerEvent| drag::start(&event, id.clone(), dragged, meeting)
    };
    view! {
        <li
            data-item=id.to_string()
            class:here=move || here.get()
            class:closed=move || signals.values.get().closed
            class:from=mark(drag::Place::Source)
            class:drop-before=mark(drag::Place::Before)
            class:drop-after=mark(drag::Place::After)
            on:pointerdown=start
        >
            <a href=format!("#punkt-{id}") draggable="false" aria-current=move || here.get().then_some("true") on:click=go on:keydown=keys>
                <span class="n">{move || signals.number.get()}</span>
                <span class="t">
                    {move || signals.values.get().closed.then(|| icon(Icon::Lock, true))}
                    {move || {
                        let title = signals.title.get();
                        if title.trim().is_empty() { text.untitled_item.to_owned() } else { title }
                    }}
                </span>
                <span class="m">
                    {move || {
                        signals.values.get().minutes.map(|minutes| view! { <span>{minutes}<span class="vh">" "{text.minutes_word}</span></span> })
                    }}
                </span>
                {move || {
                    let writers = writers.get();
                    (writers > 0).then(|| view! { <span class="sub">{icon(Icon::Pencil, true)}{(text.writing)(writers)}</span> })
                }}
            </a>
        </li>
    }
}

impl Meeting {
    /// Moves an item by one place up (-1) or down (1), keeps the focus on it and says where it stands.
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
        self.frame.announcer.say((self.frame.text.live.moved)(count(to + 1), count(items.len())));
        self.keep_focus(id);
    }
}
