//! What the editor's test contract does to a replica beyond what a page does. Compiled into test builds only.

use dagsorden_shared::agenda::{Agenda, EditError, Field, Origin};
use dagsorden_shared::id::ClientId;
use dagsorden_shared::richtext::Delta;
use yrs::{ReadTxn, Transact};

use super::{Author, News, Replica};
use crate::sync::document;
use crate::sync::session::{Document, PresenceState};

impl Replica {
    /// Changes a text, as nobody's step of undo. What was done before belongs to another test: its steps are forgotten.
    ///
    /// # Errors
    /// Nothing was written.
    pub(in crate::sync) fn write_untracked(&self, field: &Field, delta: &Delta) -> Result<(), EditError> {
        let written = self.agenda.write_as_stranger(field, delta, Origin::Seed);
        self.handle_own_changes();
        self.history.borrow_mut().forget();
        written
    }

    /// Another document in memory with the current state.
    pub(in crate::sync) fn fork(&self, client: ClientId) -> Agenda {
        let fork = Agenda::new(client);
        // What this document holds, another takes.
        drop(document::apply(&fork, &document::whole_state(&self.agenda)));
        fork
    }

    /// Whether the document has something written by this client.
    pub(in crate::sync) fn knows(&self, client: ClientId) -> bool {
        self.agenda.doc().transact().state_vector().contains_client(&yrs::ClientID::new(client.get()))
    }

    /// Exchanges updates with another document. What came from it is received as from the server, and goes to the server as one's own.
    pub(in crate::sync) fn exchange(&self, other: &Agenda) -> bool {
        let given = other.diff(&Document::state_vector(&self.agenda));
        let taken = self.agenda.diff(&Document::state_vector(other));
        let (Some(given), Some(taken)) = (given, taken) else { return false };
        let received = document::apply(&self.agenda, &given).is_ok();
        self.handle_changes(Author::Others);
        received && document::apply(other, &taken).is_ok()
    }

    /// Hears of another page as from the server.
    pub(in crate::sync) fn hear_presence(&self, client: ClientId, clock: u32, json: Option<String>) {
        self.peers.borrow_mut().receive(vec![PresenceState { client, clock, json }]);
        self.tell(News::Peers);
        self.reschedule();
    }
}
