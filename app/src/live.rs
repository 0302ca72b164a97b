//! Meeting mode, a part of the app: one item large, the meeting's time as a ruler, the clock against the plan, who is there ([`attendance`]), and the way to
//! the next. Only what is shown changes; the text stays where it is, and others see nothing of it.

mod attendance;
mod drawn;
mod plan;
mod stage;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use dagsorden_shared::catalogue::live::Live as Texts;
use dagsorden_shared::date::Time;
use dagsorden_shared::id::ItemId;
use leptos::prelude::{document, set_interval_with_handle};
use wasm_bindgen::JsCast;

use crate::page::Meeting;
use crate::parts::Live as _;
use crate::ui::announcer;
use crate::ui::heard::{around, hear, target_of};
use plan::{Entry, Plan};
use stage::{Shown, Stage};

/// Meeting mode of a page.
pub(crate) struct Live {
    weak: Weak<Self>,
    meeting: Meeting,
    stage: RefCell<Option<Stage>>,
    item: RefCell<Option<ItemId>>,
    /// When the item in hand was taken, in milliseconds since 1970.
    since: Cell<f64>,
    /// Milliseconds that were spent on each item before it was left.
    spent: RefCell<Vec<(ItemId, f64)>>,
    /// Whether all sections of the item are shown, not only what is decided.
    whole: Cell<bool>,
    /// Whether the clock ticks and the keys are heard.
    ticking: Cell<bool>,
}

impl crate::parts::Live for Live {
    fn toggle(&self) {
        if self.is_on() { self.end() } else { self.begin() }
    }

    fn is_on(&self) -> bool {
        self.stage.borrow().is_some()
    }

    fn step(&self, by: isize) {
        let items = self.meeting.items();
        let at = self.item.borrow().as_ref().and_then(|now| items.iter().position(|item| item == now)).unwrap_or(0);
        if let Some(item) = at.checked_add_signed(by).and_then(|next| items.get(next)) {
            self.show(item);
        }
    }
}

impl Live {
    /// Off, at first.
    pub(crate) fn new(meeting: Meeting) -> Rc<Self> {
        Rc::new_cyclic(|weak| Self {
            weak: Weak::clone(weak),
            meeting,
            stage: RefCell::default(),
            item: RefCell::default(),
            since: Cell::default(),
            spent: RefCell::default(),
            whole: Cell::default(),
            ticking: Cell::default(),
        })
    }

    /// Begins with the item in view.
    fn begin(&self) {
        let items = self.meeting.items();
        let here = self.meeting.here_now().filter(|here| items.contains(here)).or_else(|| items.first().cloned());
        let Some((first, stage)) = here.zip(Stage::set(self.meeting)) else { return };
        for host in stage.hosts() {
            let live = Weak::clone(&self.weak);
            hear(host, "click", move |event| {
                if let Some(live) = live.upgrade() {
                    live.pressed(&event);
                }
            });
        }
        self.stage.replace(Some(stage));
        self.show(&first);
        if !self.ticking.replace(true) {
            self.follow();
        }
    }

    /// Lets the clock tick and hears the keys, for as long as the page lives. While the mode is off both do nothing.
    fn follow(&self) {
        let live = Weak::clone(&self.weak);
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
            let Some((key, live)) = pressed.zip(live.upgrade().filter(|live| live.is_on())) else { return };
            // With Shift a digit is another sign, a different one on each keyboard.
            let digit = key.code().strip_prefix("Digit").and_then(|digit| digit.parse::<usize>().ok()).filter(|digit| *digit > 0);
            if key.key().eq_ignore_ascii_case("t") {
                event.prevent_default();
                live.to_people();
            } else if let Some(digit) = digit {
                event.prevent_default();
                stage::press_phrase(digit);
            }
        });
    }

    fn pressed(&self, event: &web_sys::Event) {
        let Some(target) = target_of(event) else { return };
        if let Some(item) = around(&target, drawn::ITEM).and_then(|(_, id)| id.parse().ok()) {
            return self.show(&item);
        }
        match around(&target, drawn::ACTION).map(|(_, action)| action).as_deref() {
            Some("next") => self.step(1),
            Some("back") => self.step(-1),
            Some("people") => self.to_people(),
            Some("end") => self.end(),
            _ => {}
        }
    }

    /// Brings the focus to who is there.
    fn to_people(&self) {
        if let Some(stage) = &*self.stage.borrow() {
            stage.to_people();
        }
    }

    /// Stops the clock of the item in hand and returns it; that of `next` goes on from now.
    fn put_down(&self, next: Option<ItemId>) -> Option<ItemId> {
        let now = js_sys::Date::now();
        let here = now - self.since.replace(now);
        let before = self.item.replace(next)?;
        let mut spent = self.spent.borrow_mut();
        match spent.iter_mut().find(|(known, _)| *known == before) {
            Some((_, sum)) => *sum += here,
            None => spent.push((before.clone(), here)),
        }
        Some(before)
    }

    fn show(&self, item: &ItemId) {
        self.put_down(Some(item.clone()));
        self.whole.set(false);
        let items = self.meeting.items();
        let at = items.iter().position(|known| known == item).unwrap_or(0);
        let texts = Texts::of(self.meeting.text().language);
        announcer::say(&(texts.item_of)(count(at + 1), count(items.len()), &self.meeting.title_of(item)));
        if let Some(stage) = &mut *self.stage.borrow_mut() {
            let weak = Weak::clone(&self.weak);
            let turn = move || {
                let live = weak.upgrade()?;
                live.whole.set(!live.whole.get());
                Some(live.whole.get())
            };
            stage.take(self.meeting, item, turn);
        }
        self.draw();
    }

    fn draw(&self) {
        let mut stage = self.stage.borrow_mut();
        let (Some(stage), Some(item)) = (stage.as_mut(), self.item.borrow().clone()) else { return };
        let plan = self.plan();
        let in_hand = plan.entries.iter().position(|entry| entry.item == item).unwrap_or(0);
        let (text, now) = (self.meeting.text(), js_sys::Date::new_0());
        let today = format!("{:04}-{:02}-{:02}", now.get_full_year(), now.get_month() + 1, now.get_date());
        let time = Time::parse(&attendance::now());
        let is_today = self.meeting.header_now().date.as_deref() == Some(today.as_str());
        let spent = self.spent.borrow().iter().find(|(known, _)| *known == item).map_or(0.0, |(_, spent)| *spent);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates, and no meeting lasts so long")]
        let seconds = ((spent + js_sys::Date::now() - self.since.get()) / 1000.0) as u32;
        let Some(time) = time else { return };
        stage.draw(Shown {
            ruler: drawn::ruler(&plan, in_hand, is_today.then_some(time), text),
            watch: drawn::watch(&plan, in_hand, seconds, time, text),
            next: drawn::next(&plan, in_hand, text),
        });
    }

    fn plan(&self) -> Plan {
        let header = self.meeting.header_now();
        let time = |text: &Option<String>| text.as_deref().and_then(Time::parse);
        let entry = |item: ItemId| {
            let (minutes, presenter) = self.meeting.plan_of(&item);
            Entry { number: self.meeting.number_now(&item), title: self.meeting.title_of(&item), presenter, minutes, item }
        };
        Plan::new(self.meeting.items().into_iter().map(entry).collect(), time(&header.start), time(&header.end))
    }

    fn end(&self) {
        self.stage.take();
        if let Some(item) = self.put_down(None) {
            self.meeting.show_item(&item);
        }
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
