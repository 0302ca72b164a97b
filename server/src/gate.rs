//! The gate: what stands between a client's bytes and the document. yrs never reads bytes from a client.
//!
//! [`Gate::admit`] parses an update with our own parser within budgets, drops what the document already holds, judges the
//! rest and writes it anew. Only the gate makes an [`Admitted`], and a room applies nothing else.
//!
//! Owns the index of a document (which client wrote which clocks where) and the rules of admission.
//! Does not know yrs, sockets, roles or storage. Modules in reading order: `update` (what is new), `judge` (does it fit), `schema` and
//! `attribute` (what may stand where), `index` (what is there), `order` and `past` (beside what), `encode` (written anew).

mod attribute;
mod clients;
mod encode;
mod index;
mod judge;
mod limits;
mod order;
mod past;
mod ranges;
mod reader;
mod refusal;
mod schema;
mod update;
mod value;
mod writer;

#[cfg(test)]
mod tests;

pub use clients::{Claim, ClientIds, UserKey};
pub use limits::MAX_UPDATE_BYTES;
pub use refusal::{Budget, LoadError, Malformed, Misplaced, Refusal};
pub use schema::DocumentKind;

use dagsorden_shared::id::{ClientId, ItemId};
use dagsorden_shared::richtext::attributes::Value;

use index::Index;
use judge::{Verdict, judge};
use update::{Source, Update};

/// Whether letters may have this attribute; for texts that reach the document by another way than an update. `lines`: whether the text has lines, and
/// they attributes.
pub fn may_stand(key: &str, value: &Value, lines: bool) -> bool {
    *value != Value::Null && serde_json::to_string(value).is_ok_and(|json| attribute::fits(key, &json, lines))
}

/// Content of one client that moved to another document: clocks from `start` to before `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withdrawn {
    /// Whose.
    pub client: ClientId,
    /// The first clock.
    pub start: u32,
    /// The clock after the last.
    pub end: u32,
}

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
#[derive(Debug)]
pub struct Gate {
    index: Index,
}

impl Gate {
    /// The gate of an empty document.
    pub fn new(kind: DocumentKind) -> Self {
        Self { index: Index::new(kind) }
    }

    /// The gate of a stored document: `state` is what yrs encoded against an empty state vector.
    pub fn load(kind: DocumentKind, state: &[u8]) -> Result<Self, LoadError> {
        let mut gate = Self::new(kind);
        gate.applied(state)?;
        Ok(gate)
    }

    /// Judges an update of a client. On [`Admission::Admitted`] the gate counts it as part of the document and its new client ids
    /// are bound to the sender; otherwise nothing has changed.
    pub fn admit(&mut self, bytes: &[u8], sender: Sender<'_>) -> Result<Admission, Refusal> {
        if bytes.len() > MAX_UPDATE_BYTES {
            return Err(Refusal::TooLarge(bytes.len()));
        }
        let mut update = Update::read(bytes, Source::Client, &self.index)?;
        if update.is_empty() {
            return Ok(Admission::Nothing);
        }
        let Sender { clients, user, may_write } = sender;
        if !may_write {
            return Err(Refusal::ReadOnly);
        }
        if update.gap {
            return Ok(Admission::Gap);
        }
        for section in &update.sections {
            if !clients.may_claim(section.client, user, self.index.knows(section.client)) {
                return Err(Refusal::NotYourClientId(section.client));
            }
        }
        let fresh: Vec<ClientId> = update.sections.iter().map(|section| section.client).filter(|id| clients.owner(*id).is_none()).collect();
        if judge(&mut self.index, &mut update, Source::Client)? == Verdict::Gap {
            return Ok(Admission::Gap);
        }
        for client in &fresh {
            clients.claim(*client, user, false)?;
        }
        Ok(Admission::Admitted(Admitted { update: encode::encode(&update, bytes.len()), new_clients: fresh }))
    }

    /// Takes note of an update that yrs itself encoded: the transaction's own update after admitted content was applied
    /// (it holds the deletions that follow from it, such as overwritten values), or a change the server made (seed, restore).
    /// Must be called for every transaction: without it, known deletions would look new.
    pub fn applied(&mut self, update: &[u8]) -> Result<(), LoadError> {
        let mut update = Update::read(update, Source::Server, &self.index)?;
        match judge(&mut self.index, &mut update, Source::Server)? {
            Verdict::Fits => Ok(()),
            Verdict::Gap => Err(LoadError::Gap),
        }
    }

    /// Whether there is room in this document for all of another.
    ///
    /// # Errors
    /// The document would be larger than one may be.
    pub fn has_room_for(&self, other: &Self) -> Result<(), Refusal> {
        judge::check_size(self.index.size().with(other.index.size()))
    }

    /// All that stands or ever stood in an item. Ask before the item moves.
    pub fn of_item(&self, item: &ItemId) -> Vec<Withdrawn> {
        self.index.of_item(item.as_str())
    }

    /// Notes what moved to another document: from here on new content in it is refused, for nobody would see it.
    pub fn withdraw(&mut self, moved: &[Withdrawn]) {
        moved.iter().for_each(|stretch| self.index.withdraw(*stretch));
    }

    /// Steps that all updates so far have cost: some 10 million are a second's work.
    pub fn worked(&self) -> u64 {
        self.index.worked()
    }

    /// Whether the document holds content under this client id.
    pub fn knows(&self, client: ClientId) -> bool {
        self.index.knows(client)
    }

    /// The document's state vector: for each client id the first clock not yet known, in no particular order.
    pub fn state_vector(&self) -> Vec<(ClientId, u32)> {
        self.index.ends().collect()
    }
}
