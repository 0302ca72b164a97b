//! The gate against yrs: a server that applies only what the gate lets through, and replicas that write to it.

mod crowded;
mod documents;
mod hostile;
mod item;
mod killers;
mod proposals;
mod structs;
mod whitelist;

use std::fmt::Write as _;

use dagsorden_shared::id::ClientId;
use yrs::types::text::YChange;
use yrs::updates::decoder::Decode;
use yrs::{ClientID, Doc, Map, MapRef, OffsetKind, Options, Out, ReadTxn, StateVector, Text, Transact};

use super::{Admission, Admitted, ClientIds, DocumentKind, Gate, LoadError, Refusal, Sender, UserKey};

/// A document as server and page open it.
fn new_doc(client: u64) -> Doc {
    let mut options = Options::with_client_id(ClientID::new(client));
    options.offset_kind = OffsetKind::Utf16;
    options.cleanup_formatting = false;
    options.skip_gc = false;
    Doc::with_options(options)
}

fn client(id: u64) -> ClientId {
    ClientId::new(id).unwrap()
}

fn state(doc: &Doc) -> Vec<u8> {
    doc.transact().encode_state_as_update_v1(&StateVector::default())
}

/// What is in `doc` and not in `other`, with all deletions.
fn difference(doc: &Doc, other: &Doc) -> Vec<u8> {
    let vector = other.transact().state_vector();
    doc.transact().encode_state_as_update_v1(&vector)
}

/// Applies bytes to a document, as a replica that trusts them; nothing may stay pending. Returns the transaction's own update.
fn apply(doc: &Doc, updates: &[&[u8]]) -> Vec<u8> {
    let mut txn = doc.transact_mut();
    for update in updates {
        txn.apply_update(yrs::Update::decode_v1(update).unwrap()).unwrap();
    }
    txn.commit();
    let own = txn.encode_update_v1();
    drop(txn);
    let txn = doc.transact();
    assert!(!txn.has_missing_updates());
    assert!(txn.store().pending_update().is_none() && txn.store().pending_ds().is_none());
    own
}

/// All that can be read of a document, one line each, in an order of its own.
fn content(doc: &Doc) -> String {
    let roots = ["meeting", "items"].map(|name| doc.get_or_insert_map(name));
    let txn = doc.transact();
    let mut text = String::new();
    for root in &roots {
        text.push_str(&map_content(&txn, root, 1));
    }
    text
}

fn map_content(txn: &yrs::Transaction<'_>, map: &MapRef, depth: usize) -> String {
    let mut lines: Vec<String> = map
        .iter(txn)
        .map(|(key, value)| {
            let value = match value {
                Out::YMap(map) => map_content(txn, &map, depth + 1),
                Out::YText(body) => body.diff(txn, YChange::identity).iter().fold(String::new(), |mut text, part| {
                    let attributes = part.attributes.as_ref().map(|attributes| {
                        let sorted: std::collections::BTreeMap<_, _> = attributes.iter().collect();
                        format!("{sorted:?}")
                    });
                    let _ = write!(text, "{}{attributes:?}", part.insert.clone().to_string(txn));
                    text
                }),
                other => other.to_string(txn),
            };
            format!("\n{}{key}: {value}", " ".repeat(depth))
        })
        .collect();
    lines.sort();
    lines.concat()
}

/// A room without sockets and disk: gate, document, bindings.
struct Server {
    kind: DocumentKind,
    gate: Gate,
    doc: Doc,
    ids: ClientIds,
    /// Follows by the frames that the server would broadcast.
    reader: Doc,
}

impl Server {
    fn new() -> Self {
        Self::of(DocumentKind::Meeting)
    }

    fn of(kind: DocumentKind) -> Self {
        Self { kind, gate: Gate::new(kind), doc: new_doc(1), ids: ClientIds::default(), reader: new_doc(2) }
    }

    fn ask(&mut self, user: &str, may_write: bool, bytes: &[u8]) -> Result<Admission, Refusal> {
        self.gate.admit(bytes, Sender { clients: &mut self.ids, user: &UserKey::new(user), may_write })
    }

    /// Commits what was admitted, as one transaction.
    fn commit(&mut self, batch: &[Admitted]) {
        let own = apply(&self.doc, &batch.iter().map(Admitted::update).collect::<Vec<_>>());
        apply(&self.reader, &[&own]);
        self.gate.applied(&own).unwrap();
    }

    fn offer(&mut self, user: &str, bytes: &[u8]) -> Result<Admission, Refusal> {
        let admission = self.ask(user, true, bytes)?;
        if let Admission::Admitted(admitted) = admission {
            self.commit(std::slice::from_ref(&admitted));
            return Ok(Admission::Admitted(admitted));
        }
        Ok(admission)
    }

    /// Takes in what the server wrote itself.
    fn take_over(&mut self, update: &[u8]) {
        let own = apply(&self.doc, &[update]);
        apply(&self.reader, &[&own]);
        self.gate.applied(&own).unwrap();
    }

    /// The document is whole, can be stored and opened, and the gate knows it as well as one loaded from there.
    fn check(&mut self) {
        let stored = state(&self.doc);
        let again = new_doc(3);
        apply(&again, &[&stored]);
        assert_eq!(content(&again), content(&self.doc));
        assert_eq!(content(&self.reader), content(&self.doc));
        self.gate.index.assert_same(&Gate::load(self.kind, &stored).unwrap().index);
        let mut known: Vec<_> = self.gate.state_vector().iter().map(|(client, clock)| (client.get(), *clock)).collect();
        let mut held: Vec<_> = self.doc.transact().state_vector().iter().map(|(client, clock)| (client.get(), *clock)).collect();
        known.sort_unstable();
        held.sort_unstable();
        assert_eq!(known, held);
        assert_eq!(self.ask("a reader", false, &stored), Ok(Admission::Nothing));
    }
}
