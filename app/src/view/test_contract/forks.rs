//! Other replicas in memory, with which the page exchanges updates when a test says so.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use dagsorden_editor::Selection;
use dagsorden_shared::agenda::{Agenda, Edit, Field, Origin};
use dagsorden_shared::api::Person;
use dagsorden_shared::id::ClientId;
use dagsorden_shared::presence::{At, Presence, PresenceSelection};
use dagsorden_shared::richtext::Delta;
use serde_json::Value;

use crate::sync::Documents;

const HUES: u64 = 24;

/// A replica in memory.
pub(super) struct Fork {
    client: ClientId,
    pub(super) agenda: Agenda,
}

/// All forks; a fork is named by its number.
#[derive(Default)]
pub(super) struct Forks {
    forks: RefCell<Vec<Fork>>,
    /// Which client each asked one became.
    clients: RefCell<BTreeMap<u64, ClientId>>,
    /// Grows with each state: two forks of one client are one page to the others.
    clock: Cell<u32>,
    /// Where clients were shown last.
    shown: RefCell<BTreeMap<ClientId, Field>>,
}

impl Forks {
    /// A fork of the current state that writes as this client, and its number.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "client ids are whole and fit; a cast saturates")]
    pub(super) fn fork(&self, documents: &Documents, asked: f64) -> Option<Value> {
        let client = self.client(documents, asked as u64)?;
        let mut forks = self.forks.borrow_mut();
        forks.push(Fork { client, agenda: documents.fork(client) });
        Some(Value::from(forks.len() - 1))
    }

    /// Asks a fork.
    pub(super) fn with<T>(&self, number: u32, ask: impl FnOnce(&Fork) -> T) -> Option<T> {
        Some(ask(self.forks.borrow().get(number as usize)?))
    }

    /// Shows a fork's client to the page as if it had sent its presence: who, and their selection, if they write anywhere.
    pub(super) fn show(&self, documents: &Documents, number: u32, place: Option<(Field, Selection)>, name: String) -> Option<()> {
        let (client, json) = self.with(number, |fork| Some((fork.client, fork.presence(place.as_ref(), name)?)))??;
        if let Some((field, _)) = place {
            self.shown.borrow_mut().insert(client, field);
        }
        documents.hear_presence(client, self.tick(), Some(json));
        Some(())
    }

    /// Everybody shown in this field has gone: its text becomes another.
    pub(super) fn leave(&self, documents: &Documents, field: &Field) {
        let gone: Vec<ClientId> = self.shown.borrow().iter().filter(|(_, at)| *at == field).map(|(client, _)| *client).collect();
        for client in gone {
            self.shown.borrow_mut().remove(&client);
            documents.hear_presence(client, self.tick(), None);
        }
    }

    fn tick(&self) -> u32 {
        self.clock.set(self.clock.get() + 1);
        self.clock.get()
    }

    /// The client to write as. One that another client has used in this document before, such as an earlier run of the same test in another browser,
    /// belongs to them, and the server would refuse it: then the next free one that is still lower or higher than this
    /// page's own.
    fn client(&self, documents: &Documents, asked: u64) -> Option<ClientId> {
        let wanted = ClientId::new(asked)?;
        let own = documents.client();
        if let Some(known) = self.clients.borrow().get(&asked) {
            return Some(*known);
        }
        let taken =
            |client: ClientId| client == own || documents.knows(client) || self.clients.borrow().values().any(|used| *used == client);
        // The ends of the range have nothing beyond them, and its middle is far from everybody.
        let middle = if wanted < own { own.get() / 2 } else { own.get() + (ClientId::MAX - own.get()) / 2 };
        let up = wanted.get() < middle;
        let mut client = wanted;
        while taken(client) {
            client = ClientId::new(if up { client.get() + 1 } else { client.get() - 1 })?;
        }
        self.clients.borrow_mut().insert(asked, client);
        Some(client)
    }
}

impl Fork {
    /// Changes a text as any Yjs client may. Whether it could.
    pub(super) fn apply(&self, field: &Field, delta: &Delta) -> bool {
        self.agenda.write_as_stranger(field, delta, Origin::Local).is_ok()
    }

    /// Deletes a section, or brings it back. Whether it could.
    pub(super) fn delete(&self, field: &Field, deleted: bool) -> bool {
        let Field::Section(item, section) = field.clone() else { return false };
        self.agenda.apply(&[Edit::DeleteSection { item, section, deleted }], Origin::Local).is_ok()
    }

    /// What its client sends of itself.
    fn presence(&self, place: Option<&(Field, Selection)>, name: String) -> Option<String> {
        let hue = u8::try_from(self.client.get() % HUES + 1).unwrap_or(1);
        let mut presence = Presence { user: Person { name, organisation: String::new(), hue }, ..Presence::default() };
        if let Some((field, selection)) = place {
            let stick = |offset: u32| self.agenda.sticky(field, offset, offset > 0);
            let (anchor, head) = (stick(selection.anchor)?, stick(selection.head)?);
            presence.at = At { item: Some(field.item().clone()), field: Some(field.to_string()) };
            presence.selection = Some(PresenceSelection { field: field.to_string(), anchor, head });
        }
        Some(presence.to_json())
    }
}
