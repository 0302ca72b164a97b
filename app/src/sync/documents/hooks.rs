//! What the editor's test contract does to the documents beyond what a page does: to the meeting's own, where its texts are. Compiled into test builds
//! only.

use dagsorden_shared::agenda::{Agenda, EditError, Field};
use dagsorden_shared::id::ClientId;
use dagsorden_shared::richtext::Delta;

use super::Documents;

impl Documents {
    /// The meeting's document.
    pub fn main(&self) -> &Agenda {
        self.main.agenda()
    }

    /// Changes a text, as nobody's step of undo. What was done before belongs to another test: its steps are forgotten.
    ///
    /// # Errors
    /// Nothing was written.
    pub fn write_untracked(&self, field: &Field, delta: &Delta) -> Result<(), EditError> {
        self.home_of(field.item()).ok_or_else(|| EditError::NoItem(field.item().clone()))?.write_untracked(field, delta)
    }

    /// Another document in memory with the current state.
    pub fn fork(&self, client: ClientId) -> Agenda {
        self.main.fork(client)
    }

    /// Whether the document has something written by this client.
    pub fn knows(&self, client: ClientId) -> bool {
        self.main.knows(client)
    }

    /// Exchanges updates with another document. What came from it is received as from the server, and goes to the server as one's own.
    pub fn exchange(&self, other: &Agenda) -> bool {
        self.main.exchange(other)
    }

    /// Hears of another page as from the server.
    pub fn hear_presence(&self, client: ClientId, clock: u32, json: Option<String>) {
        self.main.hear_presence(client, clock, json);
    }
}
