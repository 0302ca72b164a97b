//! Which card is in hand: taken by a press on it or on its words, and one after the other by keys.

use dagsorden_shared::id::ThreadId;
use dagsorden_shared::json::Json;
use leptos::task::spawn_local;

use super::column::Key;
use super::desk::Desk;
use super::{Nothing, focus_in, target_of};
use crate::sync::http;
use crate::ui::announcer;

impl Desk {
    pub(super) fn is_in_hand(&self, thread: &ThreadId) -> bool {
        matches!(&*self.in_hand.borrow(), Some(Key::Thread(now)) if now == thread)
    }

    /// Takes a card in hand, or puts the one in hand back.
    pub(super) fn take_in_hand(&self, card: Option<Key>) {
        self.changing.replace(None);
        self.asked.replace(None);
        let thread = card.as_ref().map(|Key::Thread(thread)| thread);
        if let Some(marks) = self.marks.borrow().as_ref() {
            marks.take_in_hand(thread);
        }
        if let Some(thread) = thread {
            self.mark_read(thread);
        }
        self.in_hand.replace(card);
        self.changed();
    }

    /// Notes that a thread was read, here and with the server.
    fn mark_read(&self, thread: &ThreadId) {
        let mut rows = self.rows.borrow_mut();
        let Some(row) = rows.threads.iter_mut().find(|row| row.id == *thread && row.unread > 0) else { return };
        row.unread = 0;
        let body = Json::object([("threads", Json::List(vec![Json::text(thread.as_str())]))]);
        let path = format!("{}/read", self.base);
        // What one has read is a convenience: it is noted again the next time.
        spawn_local(async move { drop(http::post::<Nothing>(&path, &body).await) });
    }

    /// Takes the next card in hand, or the one before, and says which it is.
    pub(super) fn go_on(&self, by: isize) {
        let order: Vec<Key> = self.wanted().into_iter().map(|wanted| wanted.key).collect();
        let at = order.iter().position(|key| self.in_hand.borrow().as_ref() == Some(key));
        let count = order.len();
        let next = match at {
            Some(at) => at.checked_add_signed(by).filter(|next| *next < count),
            None if by > 0 => (count > 0).then_some(0),
            None => count.checked_sub(1),
        };
        let Some(key) = next.and_then(|next| order.get(next)).cloned() else { return };
        self.take_in_hand(Some(key.clone()));
        self.show_sheet();
        if let Some(host) = self.column.host(&key) {
            host.scroll_into_view();
            focus_in(&host);
        }
        let Key::Thread(thread) = &key;
        let first =
            self.rows.borrow().of(thread).first().map(|comment| format!("{}: {}", comment.author.name, comment.body)).unwrap_or_default();
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        announcer::say(&(self.meeting.text().talk.number_of)(number(next.unwrap_or(0) + 1), number(count), &first));
    }

    /// A press on marked words takes their thread in hand.
    pub(super) fn pressed_in_text(&self, event: &web_sys::Event) {
        let Some(mouse) = wasm_bindgen::JsCast::dyn_ref::<web_sys::MouseEvent>(event) else { return };
        let in_text = target_of(event).is_some_and(|target| target.closest("[data-field]").is_ok_and(|field| field.is_some()));
        let marks = self.marks.borrow().clone();
        let Some(marks) = marks.filter(|_| in_text) else { return };
        let hit = marks.at_point(mouse.client_x().into(), mouse.client_y().into());
        if let Some(thread) = hit.and_then(|hit| hit.threads.into_iter().next()).filter(|thread| !self.is_in_hand(thread)) {
            self.take_in_hand(Some(Key::Thread(thread)));
        }
    }
}
