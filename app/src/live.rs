//! Meeting mode, in the part `points` of the app: one item large, the way to the next, the clock against the plan, and who is there ([`attendance`]). Only what is
//! shown changes; the text stays where it is.

mod attendance;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use dagsorden_shared::id::ItemId;
use dagsorden_shared::render::element::{Element, element};
use leptos::prelude::{document, set_interval_with_handle, window};
use wasm_bindgen::JsCast;

use crate::page::Meeting;
use crate::parts::Live as _;
use crate::ui::announcer;
use crate::ui::drawn::{fill, node};
use crate::ui::heard::{around, hear, target_of};
use attendance::Attendance;
use dagsorden_shared::catalogue::attendance::Attendance as Texts;

/// The class of the page's body while it is on.
const CLASS: &str = "live";

/// Meeting mode of a page.
pub(crate) struct Live {
    weak: Weak<Self>,
    meeting: Meeting,
    bar: RefCell<Option<web_sys::Element>>,
    attendance: RefCell<Option<Attendance>>,
    item: RefCell<Option<ItemId>>,
    since: Cell<f64>,
    /// Whether the clock ticks and the keys are heard.
    ticking: Cell<bool>,
    shown: RefCell<Vec<Element>>,
}

impl crate::parts::Live for Live {
    fn toggle(&self) {
        if self.is_on() { self.end() } else { self.begin() }
    }

    fn is_on(&self) -> bool {
        self.bar.borrow().is_some()
    }

    fn step(&self, by: isize) {
        let items = self.meeting.items();
        let at = self.item.borrow().as_ref().and_then(|now| items.iter().position(|item| item == now)).unwrap_or(0);
        if let Some(item) = at.checked_add_signed(by).and_then(|next| items.get(next)) {
            self.show(item.clone());
        }
    }
}

impl Live {
    /// Off, at first.
    pub(crate) fn new(meeting: Meeting) -> Rc<Self> {
        Rc::new_cyclic(|weak| Self {
            weak: Weak::clone(weak),
            meeting,
            bar: RefCell::default(),
            attendance: RefCell::default(),
            item: RefCell::default(),
            since: Cell::new(0.0),
            ticking: Cell::new(false),
            shown: RefCell::default(),
        })
    }

    /// Begins with the item in view.
    fn begin(&self) {
        let items = self.meeting.items();
        let here = self.meeting.here_now().filter(|here| items.contains(here)).or_else(|| items.first().cloned());
        let Some(first) = here else { return };
        let bar = element("nav").class("livebar").attribute("aria-label", self.meeting.text().points.live);
        let Some((bar, body)) = node(&bar).zip(document().body()) else { return };
        drop(body.append_child(&bar));
        drop(body.class_list().add_1(CLASS));
        let live = Weak::clone(&self.weak);
        hear(&bar, "click", move |event| {
            let pressed = target_of(&event).and_then(|target| around(&target, "data-live"));
            let (Some(live), Some((_, action))) = (live.upgrade(), pressed) else { return };
            match action.as_str() {
                "next" => live.step(1),
                "back" => live.step(-1),
                "people" => live.to_people(),
                _ => live.end(),
            }
        });
        self.bar.replace(Some(bar));
        self.attendance.replace(Attendance::show(self.meeting));
        self.show(first);
        if !self.ticking.replace(true) {
            let live = Weak::clone(&self.weak);
            // The clock lives as long as the page; while the mode is off it does nothing.
            drop(set_interval_with_handle(
                move || {
                    if let Some(live) = live.upgrade() {
                        live.draw();
                    }
                },
                Duration::from_secs(1),
            ));
            let live = Weak::clone(&self.weak);
            hear(&document(), "keydown", move |event| {
                let pressed = event.dyn_ref::<web_sys::KeyboardEvent>().filter(|key| key.alt_key() && key.shift_key() && !key.ctrl_key());
                if pressed.is_some_and(|key| key.key().eq_ignore_ascii_case("t"))
                    && let Some(live) = live.upgrade().filter(|live| live.bar.borrow().is_some())
                {
                    event.prevent_default();
                    live.to_people();
                }
            });
        }
    }

    /// Brings the focus to who is there.
    fn to_people(&self) {
        if let Some(attendance) = &*self.attendance.borrow() {
            attendance.focus();
        }
    }

    fn show(&self, item: ItemId) {
        let Ok(articles) = document().query_selector_all(".items > [data-item]") else { return };
        for index in 0..articles.length() {
            if let Some(article) = articles.item(index).and_then(|article| article.dyn_into::<web_sys::Element>().ok()) {
                let now = article.get_attribute("data-item").as_deref() == Some(item.as_str());
                drop(article.class_list().toggle_with_force("now", now));
            }
        }
        window().scroll_to_with_x_and_y(0.0, 0.0);
        self.since.set(js_sys::Date::now());
        announcer::say(&self.meeting.title_of(&item));
        self.item.replace(Some(item));
        self.draw();
    }

    fn draw(&self) {
        let bar = self.bar.borrow();
        let (Some(bar), Some(item)) = (bar.as_ref(), self.item.borrow().clone()) else { return };
        let text = self.meeting.text();
        let items = self.meeting.items();
        let at = items.iter().position(|known| *known == item).unwrap_or(0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates, and no meeting lasts so long")]
        let seconds = ((js_sys::Date::now() - self.since.get()) / 1000.0) as u32;
        let planned = self.meeting.minutes_of(&item);
        let over = planned.is_some_and(|minutes| seconds >= minutes * 60);
        let clock = element("span")
            .class(if over { "clock over" } else { "clock" })
            .attribute("role", "timer")
            .text(format!("{}:{:02}", seconds / 60, seconds % 60))
            .children(planned.map(|minutes| element("small").text((text.points.planned)(minutes))));
        let button = |action: &'static str, label: &'static str, off: bool| {
            let button = element("button").class("btn").attribute("type", "button").attribute("data-live", action);
            if off { button.flag("disabled").text(label) } else { button.text(label) }
        };
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        let where_ =
            element("h1").class("where").text((text.points.item_of)(number(at + 1), number(items.len()), &self.meeting.title_of(&item)));
        let elements = vec![
            button("back", text.points.back, at == 0),
            where_,
            clock,
            button("people", Texts::of(text.language).present, false),
            button("next", text.points.next, at + 1 >= items.len()),
            button("end", text.points.end, false),
        ];
        // Buttons stay in the page while their words do not change: a press must not miss them.
        let same =
            |shown: &[Element]| shown.len() == elements.len() && [0, 3, 4, 5].into_iter().all(|index| shown[index] == elements[index]);
        if same(&self.shown.borrow()) {
            for (index, element) in elements.iter().enumerate().filter(|(index, _)| matches!(index, 1 | 2)) {
                let there = bar.children().item(number(index));
                if let Some((there, new)) = there.zip(node(element)) {
                    drop(there.replace_with_with_node_1(&new));
                }
            }
        } else {
            fill(bar, &elements);
        }
        self.shown.replace(elements);
    }

    fn end(&self) {
        if let Some(bar) = self.bar.take() {
            bar.remove();
        }
        self.shown.borrow_mut().clear();
        self.attendance.take();
        if let Some(body) = document().body() {
            drop(body.class_list().remove_1(CLASS));
        }
        if let Some(item) = self.item.take() {
            self.meeting.show_item(&item);
        }
    }
}
