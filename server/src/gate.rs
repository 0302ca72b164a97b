//! The gate: what stands between a client's bytes and the document. yrs never reads bytes from a client.
//!
//! [`Gate::admit`] parses an update with our own parser within budgets, drops what the document already holds, judges the
//! rest and writes it anew. Only the gate makes an [`Admitted`], and a room applies nothing else.
//!
//! Owns the index of a document (which client wrote which clocks where) and the rules of admission.
//! Does not know yrs, sockets, roles or storage. See RELIABILITY notes in `ARCHITECTURE.md`.

mod clients;
mod refusal;

pub use clients::{Claim, ClientIds, UserKey};
pub use refusal::{Budget, LoadError, Malformed, Misplaced, Refusal};

use dagsorden_shared::id::ClientId;

/// Who sends an update.
#[derive(Debug)]
pub struct Sender<'a> {
    /// The document's bindings; ids first used by an admitted update are bound here.
    pub clients: &'a mut ClientIds,
    /// The user of the connection.
    pub user: &'a UserKey,
    /// Whether the user may change the document now. Without it, only what is already known passes (as [`Admission::Nothing`]).
    pub may_write: bool,
}

/// What became of an update that was not refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Admission {
    /// The document already holds all of it: acknowledge.
    Nothing,
    /// It builds on content that is not here: answer with sync step 1. Nothing was changed.
    Gap,
    /// New content, fit for the document.
    Admitted(Admitted),
}

/// New content in bytes that the gate wrote itself. Made only by [`Gate::admit`]; its application to the document cannot go pending.
#[derive(Debug, PartialEq, Eq)]
pub struct Admitted {
    update: Vec<u8>,
    new_clients: Vec<ClientId>,
}

impl Admitted {
    /// The update (format V1), for yrs.
    pub fn update(&self) -> &[u8] {
        &self.update
    }

    /// Client ids that were bound to the sender by this update. They must be stored in the commit that stores it.
    pub fn new_clients(&self) -> &[ClientId] {
        &self.new_clients
    }
}

/// The gate of one open document. It has to be told of everything the document takes up; if a commit fails,
/// gate and document are dropped together and loaded again.
#[derive(Debug, Default)]
pub struct Gate {}

impl Gate {
    /// The gate of an empty document.
    pub fn new() -> Self {
        Self::default()
    }

    /// The gate of a stored document: `state` is what yrs encoded against an empty state vector.
    pub fn load(state: &[u8]) -> Result<Self, LoadError> {
        let mut gate = Self::new();
        gate.applied(state)?;
        Ok(gate)
    }

    /// Judges an update of a client. On [`Admission::Admitted`] the gate counts it as part of the document;
    /// otherwise nothing has changed.
    pub fn admit(&mut self, _bytes: &[u8], _sender: Sender<'_>) -> Result<Admission, Refusal> {
        Err(Refusal::ReadOnly)
    }

    /// Takes note of an update that yrs itself encoded: the transaction's own update after admitted content was applied
    /// (it holds the deletions that follow from it, such as overwritten values), or a change the server made (seed, restore).
    /// Must be called for every committed transaction: without it, known deletions would look new.
    pub fn applied(&mut self, _update: &[u8]) -> Result<(), LoadError> {
        Ok(())
    }

    /// Whether the document holds content under this client id.
    pub fn knows(&self, _client: ClientId) -> bool {
        false
    }

    /// The document's state vector: for each client id the first clock not yet known, in no particular order.
    pub fn state_vector(&self) -> Vec<(ClientId, u32)> {
        Vec::new()
    }
}

/// Reads the state vector of a sync step 1.
pub fn parse_state_vector(_bytes: &[u8]) -> Result<StateVector, Refusal> {
    Ok(StateVector::default())
}

/// A state vector of a client, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateVector {
    entries: Vec<(ClientId, u32)>,
}

impl StateVector {
    /// Client ids and the first clocks they lack, each id once.
    pub fn entries(&self) -> &[(ClientId, u32)] {
        &self.entries
    }
}
