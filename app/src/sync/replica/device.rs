//! The replica and this device: what is loaded when a page opens, what is kept while it is open, what is set aside when it ends.

use std::rc::Rc;
use std::time::Duration;

use dagsorden_shared::agenda::{Agenda, Field};

use super::link::{now, sleep_or};
use super::lost::Before;
use super::{Author, News, Replica};
use crate::sync::document;
use crate::sync::offline::{Loaded, OfflineError, OfflineStore, Unsaved};
use crate::sync::save_state::SaveState;
use crate::sync::set_aside::{self, SetAside};

/// A browser that has not opened its database by then gives none: some never answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// Others' updates are gathered this long before they are written: the server has them.
const GATHERING: Duration = Duration::from_millis(500);

impl Replica {
    /// Loads what the device has. Gives the number of changes in it that were not acknowledged.
    pub(super) async fn load(&self, user: &str) -> u32 {
        let (user, document, client) = (user.to_owned(), self.document.clone(), self.client);
        let opening = async move {
            let store = OfflineStore::open(&user, &document, client).await?;
            let loaded = store.load().await?;
            Ok::<_, OfflineError>((Rc::new(store), loaded))
        };
        let opened = sleep_or(PATIENCE, opening).await;
        let early = self.early.take().unwrap_or_default();
        let Some(Ok((store, loaded))) = opened else { return 0 };
        let apply = |agenda: &Agenda| {
            for update in &loaded.updates {
                // One that cannot be read is passed over: the server's copy fills the gap.
                drop(document::apply(agenda, update));
            }
        };
        apply(&self.agenda);
        let unsaved: Vec<Field> = loaded.unsaved.fields().collect();
        unsaved.iter().for_each(|field| self.note_unsaved(field));
        self.heard.take_updates();
        self.tell_changes(self.heard.take_changes(), Author::Others);
        self.aside.borrow_mut().clone_from(&loaded.aside);
        self.noted.borrow_mut().clone_from(&loaded.items);
        self.tell(News::State);
        self.has_kept.set(document::has_content(&self.agenda));
        *self.store.borrow_mut() = Some(store.clone());
        if !unsaved.is_empty() {
            // What moved meanwhile is in the device's state alone.
            let device = Agenda::new(self.client);
            apply(&device);
            self.keep_lost(Before::of(&device, &unsaved));
        }
        let unsaved = loaded.unsaved.changes;
        self.compact(store, loaded);
        if !early.is_empty() {
            let own = self.session.borrow().unsaved() > 0;
            self.keep(early, if own { Author::This } else { Author::Others });
        }
        unsaved
    }

    fn compact(&self, store: Rc<OfflineStore>, loaded: Loaded) {
        let state = document::whole_state(&self.agenda);
        wasm_bindgen_futures::spawn_local(async move {
            // If it fails the rows stay as they are.
            drop(store.compact(&loaded, &state).await);
        });
    }

    /// Keeps updates: one's own at once, those of others soon.
    pub(super) fn keep(&self, updates: Vec<Vec<u8>>, author: Author) {
        if let Some(early) = &mut *self.early.borrow_mut() {
            early.extend(updates);
            return;
        }
        if let Some(store) = &*self.store.borrow() {
            updates.into_iter().for_each(|update| store.append(update));
        }
        match author {
            Author::This => self.flush(author),
            Author::Others => self.flush_soon(),
        }
    }

    pub(super) fn flush_soon(&self) {
        if self.flush_at.get().is_none() {
            self.flush_at.set(Some(now() + GATHERING));
            self.reschedule();
        }
    }

    /// Writes what waits, and how much is unacknowledged.
    pub(super) fn flush(&self, author: Author) {
        self.flush_at.set(None);
        if let Some(store) = &*self.store.borrow() {
            store.flush(author, Some(&self.unsaved()));
        }
    }

    fn unsaved(&self) -> Unsaved {
        let fields = self.unsaved_fields.borrow().iter().map(ToString::to_string).collect();
        Unsaved { changes: self.session.borrow().unsaved(), fields }
    }

    /// What a person would count as changes that are not saved: a text that was written in is one, however many letters that took.
    pub(super) fn unsaved_changes(&self) -> u32 {
        let fields = u32::try_from(self.unsaved_fields.borrow().len()).unwrap_or(u32::MAX);
        self.session.borrow().unsaved().min(fields.saturating_add(self.unsaved_others.get()).max(1))
    }

    /// Whether a reload would keep what is unsaved.
    pub(super) fn kept(&self) -> bool {
        self.store.borrow().as_ref().is_some_and(|store| store.kept())
    }

    /// The text of what is not saved.
    pub(in crate::sync) fn unsaved_text(&self) -> String {
        let mut meeting = self.agenda.snapshot();
        if self.carrier.is_some() {
            // Its number stands in the meeting's document.
            meeting.items.iter_mut().for_each(|item| item.number.clear());
        }
        set_aside::text_of(&meeting, &self.unsaved_fields.borrow())
    }

    /// This replica has ended: its text is kept to be copied, its updates are forgotten, so that the next page load begins anew.
    pub(in crate::sync) fn set_aside(&self, refused: &SetAside) {
        self.end_store(Some(refused.clone().join(self.aside())));
    }

    /// Forgets what the device keeps of this document, but for a text that is set aside.
    pub(super) fn end_store(&self, aside: Option<SetAside>) {
        if let Some(store) = self.store.borrow().clone() {
            wasm_bindgen_futures::spawn_local(async move {
                // If it fails the text is still on the page, and the updates will be refused once more.
                drop(store.end(aside.as_ref()).await);
            });
        }
    }

    /// Keeps a text to be copied beside this document, which goes on.
    pub(super) fn keep_aside(&self, aside: &SetAside) {
        let aside = aside.clone().join(self.aside.take());
        if let Some(store) = &*self.store.borrow() {
            store.keep_aside(&aside);
        }
        *self.aside.borrow_mut() = Some(aside);
    }

    /// The documents of items that the device has, as they were noted last.
    pub(in crate::sync) fn noted_items(&self) -> String {
        self.noted.borrow().clone()
    }

    /// Notes the documents of items that the device has.
    pub(in crate::sync) fn note_items(&self, items: String) {
        if let Some(store) = self.store.borrow().as_ref().filter(|_| *self.noted.borrow() != items) {
            store.note_items(&items);
            *self.noted.borrow_mut() = items;
        }
    }

    /// Everything is acknowledged.
    pub(super) fn handle_all_saved(&self) {
        self.unsaved_fields.borrow_mut().clear();
        self.unsaved_others.set(0);
        self.flush_soon();
    }

    /// Whether leaving the page now would lose something.
    pub(super) fn would_lose(&self) -> bool {
        let ended = *self.state.borrow() == SaveState::Gone;
        !ended && self.session.borrow().unsaved() > 0 && !self.kept()
    }
}
