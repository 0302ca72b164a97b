//! The document of a room: the meeting document, the gate in front of it and whose client ids are whose.
//!
//! The only place where bytes enter the document, and only as [`Admitted`]. Knows no connection, no store and no clock.

use bytes::Bytes;
use dagsorden_shared::agenda::apart::Words;
use dagsorden_shared::agenda::{Agenda, Edit, HeaderKey, MeetingSnapshot, Origin};
use dagsorden_shared::id::{ClientId, DocumentId, ItemId};
use dagsorden_shared::protocol::ServerMessage;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{ReadTxn, StateVector, Transact, Update};

use super::RoomError;
use crate::gate::{Admission, Admitted, Claim, ClientIds, DocumentKind, Gate, Refusal, Sender, UserKey, Withdrawn};
use crate::intake::{SeededItems, random_bits};
use crate::search::{SearchRow, rows_of};
use crate::store::{Batch, Carry, Loaded};

/// Owner of the client ids under which the server writes.
const SERVER: &str = "server";

/// Rows after which the log is replaced by a snapshot.
const COMPACT_ROWS: u64 = 500;
/// Bytes in the log after which it is replaced by a snapshot.
const COMPACT_BYTES: usize = 256 << 10;

/// A document in memory and its place in its history.
pub(super) struct RoomDocument {
    id: DocumentId,
    kind: DocumentKind,
    agenda: Agenda,
    gate: Gate,
    clients: ClientIds,
    /// Bindings made by presence, stored with the next update.
    unstored: Vec<(ClientId, UserKey)>,
    revision: u64,
    rows: u64,
    bytes: usize,
    /// Answers to new connections, until the document changes or none has come for a while.
    greeting: Option<Greeting>,
}

/// What everybody gets who comes with nothing.
struct Greeting {
    /// Sync step 2 with the whole document.
    step_2: Bytes,
    asked: bool,
}

/// A state to store in place of the log.
pub(super) struct Snapshot {
    kind: DocumentKind,
    pub(super) revision: u64,
    pub(super) bytes: Vec<u8>,
    expected: Contents,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Snapshot {{ revision: {}, bytes: {} }}", self.revision, self.bytes.len())
    }
}

/// An item that moved to a document of its own, to be stored as one.
pub(super) struct MovedOut {
    /// The first update of that document.
    pub(super) first: Batch,
    /// What can be found of it.
    pub(super) found: Vec<SearchRow>,
    /// What the move leaves here.
    pub(super) left: Batch,
    /// The state after it, which replaces the history.
    pub(super) left_state: Snapshot,
    /// What can be found here from then on.
    pub(super) left_found: Vec<SearchRow>,
    /// What stood here of the item.
    pub(super) withdrawn: Vec<Withdrawn>,
    /// Where the positions of letters are from then on.
    pub(super) carry: Carry,
}

/// An item that moved back here, to be stored as one.
pub(super) struct MovedBack {
    /// The update of this document.
    pub(super) batch: Batch,
    /// What can be found here from then on.
    pub(super) found: Vec<SearchRow>,
    /// What stood here of the item's place.
    pub(super) withdrawn: Vec<Withdrawn>,
    /// Where the positions of letters are from then on.
    pub(super) carry: Carry,
}

/// What two replicas of one document must agree on.
#[derive(PartialEq)]
struct Contents {
    history: yrs::Snapshot,
    shown: MeetingSnapshot,
}

impl RoomDocument {
    /// The document as the store has it.
    pub(super) fn load(id: &DocumentId, loaded: &Loaded) -> Result<Self, RoomError> {
        let (agenda, mut gate) = Self::read(id, loaded.kind, loaded.snapshot.iter().chain(&loaded.log))?;
        gate.withdraw(&loaded.withdrawn);
        let clients = ClientIds::load(loaded.clients.iter().map(|(client, user)| (*client, UserKey::new(user.as_str()))));
        let bytes = loaded.log.iter().map(Vec::len).sum();
        let rows = u64::try_from(loaded.log.len()).unwrap_or(u64::MAX);
        Ok(Self {
            id: id.clone(),
            kind: loaded.kind,
            agenda,
            gate,
            clients,
            unstored: Vec::new(),
            revision: loaded.revision,
            rows,
            bytes,
            greeting: None,
        })
    }

    /// A document from stored updates in their order, and its gate.
    fn read<'a>(id: &DocumentId, kind: DocumentKind, updates: impl Iterator<Item = &'a Vec<u8>>) -> Result<(Agenda, Gate), RoomError> {
        let agenda = Self::apply_all(id, updates)?;
        let state = agenda.doc().transact().encode_diff_v1(&StateVector::default());
        let gate =
            Gate::load(kind, &state).map_err(|error| RoomError::Unreadable { document: id.clone(), cause: error.to_string().into() })?;
        Ok((agenda, gate))
    }

    /// A document from updates in their order.
    fn apply_all<'a>(id: &DocumentId, updates: impl Iterator<Item = &'a Vec<u8>>) -> Result<Agenda, RoomError> {
        // A new id each time the document is loaded: what the server writes itself is under an id of its own.
        let agenda = Agenda::new(ClientId::from_random(random_bits() as u64));
        let unreadable = |cause: String| RoomError::Unreadable { document: id.clone(), cause: cause.into() };
        let mut txn = agenda.doc().transact_mut();
        for bytes in updates {
            let update = Update::decode_v1(bytes).map_err(|error| unreadable(error.to_string()))?;
            txn.apply_update(update).map_err(|error| unreadable(error.to_string()))?;
        }
        if txn.has_missing_updates() {
            return Err(unreadable("the history has gaps".to_owned()));
        }
        drop(txn);
        Ok(agenda)
    }

    /// Its id.
    pub(super) fn id(&self) -> &DocumentId {
        &self.id
    }

    /// What it is of.
    pub(super) fn kind(&self) -> DocumentKind {
        self.kind
    }

    /// Judges bytes of a client. What is admitted must be applied, or the document dropped: the gate counts on it.
    pub(super) fn admit(&mut self, bytes: &[u8], user: &UserKey, may_write: bool) -> Result<Admission, Refusal> {
        self.gate.admit(bytes, Sender { clients: &mut self.clients, user, may_write })
    }

    /// Steps that judging has cost so far; see [`Gate::worked`].
    pub(super) fn worked(&self) -> u64 {
        self.gate.worked()
    }

    /// Binds a client id to the user of a presence state. False if it is another user's.
    pub(super) fn claim(&mut self, client: ClientId, user: &UserKey) -> bool {
        match self.clients.claim_unwritten(client, user, self.gate.knows(client)) {
            Ok(Claim::Known) => true,
            Ok(Claim::New) => {
                self.unstored.push((client, user.clone()));
                true
            }
            Err(_) => false,
        }
    }

    /// Applies admitted updates in one transaction and answers what is to be stored; `None` if nothing changed after all.
    ///
    /// # Errors
    /// The gate let something through that the document cannot take: drop the room.
    pub(super) fn apply(&mut self, admitted: &[(Admitted, UserKey)]) -> Result<Option<Batch>, RoomError> {
        let unreadable = |cause: String| RoomError::Unreadable { document: self.id.clone(), cause: cause.into() };
        let update = {
            let mut txn = self.agenda.doc().transact_mut();
            for (admitted, _) in admitted {
                let update = Update::decode_v1(admitted.update()).map_err(|error| unreadable(error.to_string()))?;
                txn.apply_update(update).map_err(|error| unreadable(error.to_string()))?;
            }
            if txn.has_missing_updates() {
                return Err(unreadable("an admitted update left a gap".to_owned()));
            }
            if !txn.has_changes() {
                return Ok(None);
            }
            // After the commit deleted text is collected already, so it never reaches the log.
            txn.commit();
            txn.encode_update_v1()
        };
        self.greeting = None;
        self.gate.applied(&update).map_err(|error| unreadable(error.to_string()))?;
        self.revision += 1;
        self.rows += 1;
        self.bytes += update.len();
        let bound = admitted.iter().flat_map(|(admitted, user)| admitted.new_clients().iter().map(move |client| (*client, user.clone())));
        let clients = self.unstored.drain(..).chain(bound).map(|(client, user)| (client, user.as_str().to_owned())).collect();
        Ok(Some(Batch { clients, ..Batch::of_server(self.id.clone(), self.revision, update) }))
    }

    /// Writes edits of the server's own and answers what is to be stored; `None` if they change nothing. If that fails to be stored, the document must be
    /// dropped.
    ///
    /// # Errors
    /// The edits do not fit the document; then nothing was changed.
    pub(super) fn write(&mut self, edits: &[Edit]) -> Result<Option<Batch>, RoomError> {
        if edits.is_empty() {
            return Ok(None);
        }
        self.write_by(|agenda| agenda.apply(edits, Origin::Local)).map(Some)
    }

    /// Puts items that were made apart into the document, and values into its header, and answers what is to be stored. If that fails to be stored, the
    /// document must be dropped.
    ///
    /// # Errors
    /// There is no room for them; then nothing was changed.
    pub(super) fn append(&mut self, new: &SeededItems, header: &[(HeaderKey, String)]) -> Result<Batch, RoomError> {
        self.gate.has_room_for(&new.gate).map_err(|_| RoomError::NoRoom(self.id.clone()))?;
        let mut batch = self.write_by(|agenda| agenda.append(&new.update, &new.items, header))?;
        // No client may ever write under the id that they were made with.
        if self.clients.claim(new.client, &UserKey::new(SERVER), false) == Ok(Claim::New) {
            batch.clients.push((new.client, SERVER.to_owned()));
        }
        Ok(batch)
    }

    /// Takes the words of an item out of this document and makes a document of their own of them.
    ///
    /// # Errors
    /// The item is not here, or would not read the same there; then nothing was changed.
    pub(super) fn move_out(&mut self, item: &ItemId, own: DocumentId) -> Result<MovedOut, RoomError> {
        let unreadable = |cause: String| RoomError::Unreadable { document: self.id.clone(), cause: cause.into() };
        let words = self.agenda.words(item).zip(self.agenda.item(item));
        let (words, before) = words.ok_or_else(|| RoomError::NoItem(item.clone()))?;
        let client = ClientId::from_random(random_bits() as u64);
        let agenda = Agenda::new(client);
        agenda.hold(item, words);
        let update = agenda.doc().transact().encode_diff_v1(&StateVector::default());
        let (read, _) = Self::read(&own, DocumentKind::Item, std::iter::once(&update))?;
        if read.only_item().is_none_or(|after| !after.says_the_same(&before)) {
            return Err(unreadable(format!("item {item} does not read the same in a document of its own")));
        }
        let found = rows_of(&read.snapshot());
        let withdrawn = self.gate.of_item(item);
        let state = self.agenda.doc().transact().encode_diff_v1(&StateVector::default());
        let old = Self::apply_all(&self.id, std::iter::once(&state))?;
        let left = self.write_by(|agenda| agenda.leave_place(item))?;
        self.gate.withdraw(&withdrawn);
        let left_state = self.snapshot();
        let first = Batch { clients: vec![(client, SERVER.to_owned())], ..Batch::of_server(own, 1, update) };
        Ok(MovedOut { first, found, left, left_state, left_found: rows_of(&self.agenda.snapshot()), withdrawn, carry: carry(old, read) })
    }

    /// Puts the words of an item, which had a document of their own, in their place. That document changes no more.
    ///
    /// # Errors
    /// The item has no place here; then nothing was changed.
    pub(super) fn move_back(&mut self, item: &ItemId, words: &Words, own: Agenda) -> Result<MovedBack, RoomError> {
        // What clients still write to the place is nothing that could be lost, but for what is no part of a place.
        self.agenda.item(item).filter(|place| place.own_document).ok_or_else(|| RoomError::NoItem(item.clone()))?;
        let withdrawn = self.gate.of_item(item);
        let batch = self.write_by(|agenda| agenda.fill_place(item, words))?;
        self.gate.withdraw(&withdrawn);
        Ok(MovedBack { batch, found: rows_of(&self.agenda.snapshot()), withdrawn, carry: carry(own, self.agenda.clone()) })
    }

    /// Has the server write in the document.
    fn write_by<E: std::fmt::Display>(&mut self, write: impl FnOnce(&Agenda) -> Result<(), E>) -> Result<Batch, RoomError> {
        let unreadable = |cause: String| RoomError::Unreadable { document: self.id.clone(), cause: cause.into() };
        let before = self.agenda.doc().transact().state_vector();
        write(&self.agenda).map_err(|error| unreadable(error.to_string()))?;
        // No client may ever write under the server's own id.
        let own = ClientId::new(self.agenda.doc().client_id().get()).map(|client| (client, UserKey::new(SERVER)));
        let own = own.filter(|(client, user)| self.clients.claim(*client, user, false) == Ok(Claim::New));
        let update = self.agenda.doc().transact().encode_diff_v1(&before);
        self.greeting = None;
        self.gate.applied(&update).map_err(|error| unreadable(error.to_string()))?;
        self.revision += 1;
        self.rows += 1;
        self.bytes += update.len();
        let clients = self.unstored.drain(..).chain(own).map(|(client, user)| (client, user.as_str().to_owned())).collect();
        Ok(Batch { clients, ..Batch::of_server(self.id.clone(), self.revision, update) })
    }

    /// Sync step 2 for a client that has `known`. The whole document is encoded once for all who come with nothing.
    pub(super) fn step_2(&mut self, known: &[(u64, u32)]) -> Bytes {
        if let Some(greeting) = self.greeting.as_mut().filter(|_| known.is_empty()) {
            greeting.asked = true;
            return greeting.step_2.clone();
        }
        let since = known.iter().map(|(client, clock)| (yrs::ClientID::new(*client), *clock)).collect();
        let diff = self.agenda.doc().transact().encode_diff_v1(&since);
        let step_2 = Bytes::from(ServerMessage::SyncStep2(&diff).encode());
        if known.is_empty() {
            self.greeting = Some(Greeting { step_2: step_2.clone(), asked: true });
        }
        step_2
    }

    /// Forgets what was encoded for those who come, if nobody has come since the last time.
    pub(super) fn forget_greeting(&mut self) {
        self.greeting = self.greeting.take().filter(|greeting| greeting.asked).map(|greeting| Greeting { asked: false, ..greeting });
    }

    /// For each client id the number of units known.
    pub(super) fn state_vector(&self) -> Vec<(u64, u32)> {
        self.agenda.doc().transact().state_vector().iter().map(|(client, clock)| (client.get(), *clock)).collect()
    }

    /// The state vector as it stands in sync step 1.
    pub(super) fn encoded_state_vector(&self) -> Vec<u8> {
        self.agenda.doc().transact().state_vector().encode_v1()
    }

    /// The typed document.
    pub(super) fn agenda(&self) -> &Agenda {
        &self.agenda
    }

    /// Whether the log has grown long enough to be replaced.
    pub(super) fn wants_compaction(&self) -> bool {
        self.rows >= COMPACT_ROWS || self.bytes >= COMPACT_BYTES
    }

    /// Whether the log has anything to replace.
    pub(super) fn has_log(&self) -> bool {
        self.rows > 0
    }

    /// The state now, to be verified and stored in place of the log. The log counts as replaced from here on; should that fail, it is tried again
    /// after as many rows.
    pub(super) fn snapshot(&mut self) -> Snapshot {
        self.rows = 0;
        self.bytes = 0;
        let bytes = self.agenda.doc().transact().encode_diff_v1(&StateVector::default());
        Snapshot { kind: self.kind, revision: self.revision, bytes, expected: contents(&self.agenda) }
    }
}

/// Where positions in one document are in another, which has a copy of the words.
fn carry(from: Agenda, to: Agenda) -> Carry {
    Box::new(move |field, position| from.carry(&to, &field.parse().ok()?, position))
}

fn contents(agenda: &Agenda) -> Contents {
    let history = agenda.doc().transact().snapshot();
    Contents { history, shown: agenda.snapshot() }
}

impl Snapshot {
    /// The bytes, if they read as the document does.
    pub(super) fn verified(self) -> Option<Vec<u8>> {
        self.is_faithful().then_some(self.bytes)
    }

    /// Decodes the bytes into a new document and compares: only a state that reads the same may replace the log.
    pub(super) fn is_faithful(&self) -> bool {
        let Ok(id) = "snapshot".parse() else { return false };
        RoomDocument::read(&id, self.kind, std::iter::once(&self.bytes)).is_ok_and(|(agenda, _)| contents(&agenda) == self.expected)
    }
}
