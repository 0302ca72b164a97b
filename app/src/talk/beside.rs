//! Keeps the cards beside their words while people write: their places alone. To draw two hundred cards anew with every letter would cost more than the
//! letter.

use dagsorden_shared::talk::Thread;

use super::column::Key;
use super::desk::{Desk, top_of_thread};

impl Desk {
    /// Brings the cards beside their words, whose places alone are others.
    pub(super) fn follow(&self) {
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
