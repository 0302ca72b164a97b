//! Which card is in hand: taken by a press on it or on its words, and one after the other by keys.

use std::rc::Weak;
use std::time::Duration;

use dagsorden_shared::id::ThreadId;
use dagsorden_shared::json::Json;
use leptos::prelude::{document, set_timeout, window};
use leptos::task::spawn_local;

use super::column::Key;
use super::desk::Desk;
use super::focus_in;
use crate::sync::http;
use crate::ui::announcer;
use crate::ui::heard::target_of;

/// How long a card stands open in view before what is new in it was read.
const READ_AFTER: Duration = Duration::from_secs(1);

impl Desk {
    pub(super) fn is_in_hand(&self, thread: &ThreadId) -> bool {
        matches!(&*self.in_hand.borrow(), Some(Key::Thread(now)) if now == thread)
    }

    /// Takes a card in hand, or puts the one in hand back.
    pub(super) fn take_in_hand(&self, card: Option<Key>) {
        self.changing.replace(None);
        self.asked.replace(None);
        let thread = match &card {
            Some(Key::Thread(thread)) => Some(thread),
            _ => None,
        };
        if let Some(marks) = self.marks.borrow().as_ref() {
            marks.take_in_hand(thread);
        }
        self.in_hand.replace(card);
        self.changed();
    }

    /// The thread in hand, if it holds something that was not read.
    fn unread_in_hand(&self) -> Option<ThreadId> {
        let in_hand = self.in_hand.borrow();
        let Some(Key::Thread(thread)) = in_hand.as_ref() else { return None };
        self.rows.borrow().thread(thread).filter(|row| row.unread > 0).map(|row| row.id.clone())
    }

    /// What is new in the thread in hand is read once it stood open in view for a moment.
    pub(super) fn read_soon(&self) {
        if self.unread_in_hand().is_none() || self.reading.replace(true) {
            return;
        }
        let weak = Weak::clone(&self.weak);
        set_timeout(
            move || {
                if let Some(desk) = weak.upgrade() {
                    desk.reading.set(false);
                    desk.read();
                }
            },
            READ_AFTER,
        );
    }

    /// Notes that the thread in hand was read, here and with the server, if one can see it.
    fn read(&self) {
        let Some(thread) = self.unread_in_hand() else { return };
        let in_view = self.column.host(&Key::Thread(thread.clone())).is_some_and(|host| is_in_view(&host));
        if document().hidden() || !in_view {
            return;
        }
        let mut rows = self.rows.borrow_mut();
        // What came after the cursor was not seen here.
        let cursor = rows.cursor.clone();
        rows.threads.iter_mut().filter(|row| row.id == thread).for_each(|row| row.unread = 0);
        drop(rows);
        self.changed();
        let threads = Json::List(vec![Json::text(thread.as_str())]);
        let body = Json::object([("threads", threads), ("cursor", Json::maybe(cursor.as_deref()))]);
        let path = format!("{}/read", self.base);
        // What one has read is a convenience: it is noted again the next time.
        spawn_local(async move { drop(http::tell("POST", path, Some(body)).await) });
    }

    fn order(&self) -> (Vec<Key>, Option<usize>) {
        let order: Vec<Key> = self.wanted().into_iter().map(|wanted| wanted.key).collect();
        let at = order.iter().position(|key| self.in_hand.borrow().as_ref() == Some(key));
        (order, at)
    }

    /// Takes the next card in hand, or the one before, and says which it is.
    pub(super) fn go_on(&self, by: isize) {
        let (order, at) = self.order();
        let count = order.len();
        let next = match at {
            Some(at) => at.checked_add_signed(by).filter(|next| *next < count),
            None if by > 0 => (count > 0).then_some(0),
            None => count.checked_sub(1),
        };
        if let Some(next) = next {
            self.go_to(&order, next);
        }
    }

    /// Takes the next card in hand that holds something unread, from the top again after the last.
    pub(super) fn go_to_unread(&self) {
        let (order, at) = self.order();
        let from = at.map_or(0, |at| at + 1);
        let rows = self.rows.borrow();
        let is_unread = |index: &usize| {
            let Key::Thread(thread) = &order[*index] else { return false };
            Some(*index) != at && rows.thread(thread).is_some_and(|thread| thread.unread > 0)
        };
        let next = (from..order.len()).chain(0..from.min(order.len())).find(is_unread);
        drop(rows);
        match next {
            Some(next) => self.go_to(&order, next),
            None => announcer::say(self.meeting.text().talk.all_read),
        }
    }

    fn go_to(&self, order: &[Key], index: usize) {
        let Some(key) = order.get(index) else { return };
        self.take_in_hand(Some(key.clone()));
        self.show_sheet();
        if let Some(host) = self.column.host(key) {
            host.scroll_into_view();
            focus_in(&host);
        }
        let first = match key {
            Key::Thread(thread) => {
                let rows = self.rows.borrow();
                rows.of(thread).first().map(|comment| format!("{}: {}", comment.author.name, comment.body)).unwrap_or_default()
            }
            Key::Proposal(_) => self.column.host(key).and_then(|host| host.get_attribute("aria-label")).unwrap_or_default(),
        };
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        announcer::say(&(self.meeting.text().talk.number_of)(number(index + 1), number(order.len()), &first));
    }

    /// Takes the card in hand that the page's address names, once it is there: a mail led here.
    pub(super) fn go_to_named(&self) {
        let Some(key) = self.named.borrow().clone() else { return };
        let (order, _) = self.order();
        if let Some(index) = order.iter().position(|known| *known == key) {
            self.named.replace(None);
            self.go_to(&order, index);
        }
    }

    /// A press on marked words takes their thread in hand.
    pub(super) fn pressed_in_text(&self, event: &web_sys::Event) {
        let Some(mouse) = wasm_bindgen::JsCast::dyn_ref::<web_sys::MouseEvent>(event) else { return };
        let in_text = target_of(event).is_some_and(|target| target.closest("[data-field]").is_ok_and(|field| field.is_some()));
        let marks = self.marks.borrow().clone();
        let Some(marks) = marks.filter(|_| in_text) else { return };
        let hit = marks.at_point(mouse.client_x().into(), mouse.client_y().into());
        let Some(thread) = hit.and_then(|hit| hit.threads.into_iter().next()) else { return };
        match self.proposals.card_of(&thread) {
            Some(card) => self.take_in_hand(Some(Key::Proposal(card))),
            None if !self.is_in_hand(&thread) => self.take_in_hand(Some(Key::Thread(thread))),
            None => {}
        }
    }
}

/// Whether a part of an element is in the window.
fn is_in_view(element: &web_sys::Element) -> bool {
    let place = element.get_bounding_client_rect();
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();
    place.height() > 0.0 && place.bottom() > 0.0 && place.top() < height
}
