//! Keeps the cards beside their words while people write: their places alone, a few times a second. Two hundred cards that were drawn anew with every
//! letter would make each key wait.

use std::rc::Rc;
use std::time::Duration;

use dagsorden_shared::talk::Thread;
use leptos::prelude::set_timeout;

use super::column::Key;
use super::desk::{Desk, top_of_thread};

/// How long the cards stay behind their words at most.
const SOON: Duration = Duration::from_millis(150);

impl Desk {
    /// Brings the cards beside their words in a moment. Words that move meanwhile are followed in the same go.
    pub(super) fn follow_soon(&self) {
        let Some(desk) = self.weak.upgrade().filter(|_| !self.following.replace(true)) else { return };
        let weak = Rc::downgrade(&desk);
        set_timeout(
            move || {
                if let Some(desk) = weak.upgrade() {
                    desk.following.set(false);
                    desk.follow();
                }
            },
            SOON,
        );
    }

    fn follow(&self) {
        let places = self.marks.borrow().as_ref().map(|marks| marks.places()).unwrap_or_default();
        let top = |thread: &Thread| top_of_thread(thread, places.iter().find(|place| place.thread == thread.id));
        let threads: Vec<(Key, f64)> =
            self.rows.borrow().threads.iter().map(|thread| (Key::Thread(thread.id.clone()), top(thread))).collect();
        let proposals = self.proposal_cards().into_iter().map(|card| (card.key, card.top));
        let draft = self.draft.borrow();
        self.column.follow(threads.into_iter().chain(proposals), draft.as_ref().map(|draft| (&self.writing, draft.top)));
        drop(draft);
        self.proposals.drawn();
    }
}
