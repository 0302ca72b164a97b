//! What the documents of a meeting tell, put together for the page.

use std::rc::Rc;

use dagsorden_shared::agenda::Change;
use dagsorden_shared::id::ItemId;
use leptos::prelude::*;

use super::Documents;
use crate::sync::offline::Author;
use crate::sync::replica::{News, Replica};
use crate::sync::save_state::SaveState;
use crate::sync::set_aside::SetAside;

impl Documents {
    /// Listens to a replica: that of the meeting's document, or that of an item.
    pub(super) fn hear(&self, replica: &Replica, item: Option<ItemId>) {
        let this = self.this.clone();
        replica.on_news(move |news| {
            let Some(documents) = this.upgrade() else { return };
            match news {
                News::Changed(changes, by) => {
                    let changes = match &item {
                        None => documents.of_meeting(changes),
                        Some(item) => documents.of_item(item, changes),
                    };
                    documents.tell(changes, by);
                }
                News::State => documents.publish(),
                News::Peers => documents.publish_peers(),
                // Of all its documents the meeting's own tells.
                News::Event(json) if item.is_none() => {
                    let listeners = documents.event_listeners.borrow().clone();
                    listeners.iter().for_each(|listener| listener(json));
                }
                News::Event(_) => {}
            }
        });
    }

    /// What a change of the meeting's document is to the page: with the words that are elsewhere from now on.
    fn of_meeting(&self, mut changes: Vec<Change>) -> Vec<Change> {
        if self.adopting.get() {
            return Vec::new();
        }
        if changes.contains(&Change::Items) {
            let left = self.main.take_left();
            let now = self.main.agenda().apart();
            let before = self.apart.replace(now.clone());
            for item in now.iter().filter(|item| !before.contains(item)).chain(before.iter().filter(|item| !now.contains(item))) {
                if let Some(home) = self.home_of(item) {
                    self.leave_shelter(item, &home);
                    // No delta tells of it: what is shown is held against the words.
                    changes.extend(came(item));
                } else if let Some(words) = left.iter().flat_map(|left| &left.items).find(|words| words.id == *item && !words.own_document)
                {
                    self.shelter(words);
                }
            }
        }
        changes
    }

    /// What a change of an item's document is to the page.
    fn of_item(&self, item: &ItemId, changes: Vec<Change>) -> Vec<Change> {
        if self.adopting.get() || !self.main.agenda().is_apart(item) {
            return Vec::new();
        }
        if !changes.contains(&Change::Items) {
            return changes;
        }
        if let Some(home) = self.home_of(item) {
            self.leave_shelter(item, &home);
        }
        came(item).to_vec()
    }

    /// Calls the listeners, one transaction after the other: they hear of an edit by a listener after the change it answers.
    fn tell(&self, changes: Vec<Change>, by: Author) {
        if !changes.is_empty() {
            self.untold.borrow_mut().push_back((changes, by));
        }
        if self.telling.replace(true) {
            return;
        }
        while let Some((changes, by)) = self.next_untold() {
            let listeners = self.change_listeners.borrow().clone();
            listeners.iter().for_each(|listener| listener(&changes, by));
        }
        self.telling.set(false);
    }

    fn next_untold(&self) -> Option<(Vec<Change>, Author)> {
        self.untold.borrow_mut().pop_front()
    }

    fn publish(&self) {
        self.leave_unlisted();
        let main = self.main.state();
        let is_refused = matches!(main, SaveState::Refused(_));
        let sheltered: Vec<_> = self.shelters.borrow().iter().map(|shelter| Rc::clone(&shelter.replica)).collect();
        // There is no way any more to where the words go.
        let stranded = sheltered.iter().filter(|replica| is_refused && !replica.is_clean());
        let main = stranded.fold(main, |all, replica| SaveState::Refused(SetAside::moved(replica.unsaved_text())).and(all));
        if let (SaveState::Refused(refused), false) = (&main, sheltered.is_empty()) {
            self.main.set_aside(refused);
        }
        let beside = self.main_and_items().into_iter().skip(1).chain(sheltered);
        let state = beside.filter_map(|replica| replica.state_beside()).fold(main, |all, state| all.and(state));
        if self.state.with_untracked(|shown| *shown != state) {
            self.state.set(state);
        }
        let aside = self.main_and_items().iter().filter_map(|replica| replica.aside()).reduce(|all, aside| aside.join(Some(all)));
        if self.aside.with_untracked(|shown| *shown != aside) {
            self.aside.set(aside);
        }
    }

    /// The others, each with the caret from the document in which it stands.
    fn publish_peers(&self) {
        let mut peers = self.main.peers();
        for (_, replica) in self.items.borrow().iter() {
            for other in replica.peers().into_iter().filter(|other| other.selection.is_some()) {
                peers.iter_mut().filter(|peer| peer.client == other.client).for_each(|peer| peer.selection.clone_from(&other.selection));
            }
        }
        if self.peers.with_untracked(|shown| *shown != peers) {
            self.peers.set(peers);
        }
    }
}

/// The words of an item are here, whatever they were before.
fn came(item: &ItemId) -> [Change; 2] {
    [Change::Sections(item.clone()), Change::Item(item.clone())]
}
