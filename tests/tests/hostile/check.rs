//! One document under fire: honest frames with their bytes changed, through the gate into yrs.
//!
//! What the gate lets through is applied, encoded and opened by others, who must read the same text. The timed run beside this file and the fuzz
//! target (`tests/fuzz`) share it. Knows the gate from outside only.

use std::sync::OnceLock;

use arbitrary::{Result, Unstructured};
use dagsorden::gate::{Admission, ClientIds, DocumentKind, Gate, Refusal, Sender, UserKey};
use dagsorden_shared::agenda::{Agenda, Edit, Field, FieldValue, HeaderKey, ItemKey, NewSection, Origin};
use dagsorden_shared::id::{ClientId, ItemId};
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::protocol::{ClientMessage, state_vector};
use dagsorden_shared::richtext::attributes::{Attributes, Value};
use dagsorden_shared::richtext::delta::Delta;
use yrs::updates::decoder::Decode;
use yrs::{ReadTxn, StateVector, Transact, Update};

/// How one run went.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Outcome {
    /// Frames offered to the gate.
    pub(crate) offered: u64,
    /// Frames it let through.
    pub(crate) admitted: u64,
}

/// A stored document and what honest replicas would send next.
struct Start {
    kind: DocumentKind,
    state: Vec<u8>,
    frames: Vec<Vec<u8>>,
}

fn client(id: u64) -> ClientId {
    ClientId::from_random(id)
}

fn state(agenda: &Agenda) -> Vec<u8> {
    agenda.doc().transact().encode_diff_v1(&StateVector::default())
}

/// Applies bytes that must be in order: nothing may wait for what never comes. Answers the transaction's own update.
fn apply(agenda: &Agenda, bytes: &[u8]) -> Vec<u8> {
    let update = Update::decode_v1(bytes).expect("what the gate writes decodes");
    let mut txn = agenda.doc().transact_mut();
    txn.apply_update(update).expect("what the gate writes is applied");
    assert!(!txn.has_missing_updates(), "nothing goes pending");
    txn.commit();
    txn.encode_update_v1()
}

fn replica(id: u64, state: &[u8]) -> Agenda {
    let agenda = Agenda::new(client(id));
    apply(&agenda, state);
    agenda
}

fn marks(key: &str, value: Value) -> Attributes {
    Attributes::from([(key.to_owned(), value)])
}

/// The words of an item and a section of it.
fn parts() -> (ItemId, Field, Field) {
    let id = |name: &str| name.parse().expect("an id");
    (id("a"), Field::Title(id("a")), Field::Section(id("a"), "s".parse().expect("an id")))
}

fn section(name: &str) -> NewSection {
    NewSection { id: name.parse().expect("an id"), kind: SectionKind::Case, heading: None }
}

/// What pages write in an item, wherever it lives.
fn edits_of_words() -> Vec<Edit> {
    let (item, title, body) = parts();
    let text = |field: &Field, delta| Edit::Text { field: field.clone(), delta };
    vec![
        text(&body, Delta::new().retain(4).insert("æ😀ø", marks("bold", Value::Bool(true)))),
        text(&body, Delta::new().retain(2).delete(6)),
        text(&body, Delta::new().format(5, marks("link", Value::from("https://example.dk/å")))),
        text(&title, Delta::new().insert("Ny", Attributes::new())),
        // Goes on where the last stopped: later both are one run, of which the server may know the first half.
        text(&title, Delta::new().retain(2).insert(" sag😀", Attributes::new())),
        Edit::SetItem { item: item.clone(), key: ItemKey::Guests, value: Some(FieldValue::List(vec!["Bo".into(), "Å".into()])) },
        Edit::SetItem { item, key: ItemKey::Minutes, value: Some(FieldValue::Number(45)) },
        text(&body, Delta::new().retain(3).insert("\n", marks("list", Value::from("bullet")))),
    ]
}

fn seed() -> Agenda {
    let (item, _, body) = parts();
    let seed = Agenda::new(client(7));
    let create = Edit::CreateItem { item, after: None, sections: vec![section("s"), section("t")] };
    seed.apply(&[create], Origin::Local).expect("a new item");
    let delta = Delta::new().insert("Sagsfremstilling 😀\nAfsnit to", Attributes::new());
    seed.apply(&[Edit::Text { field: body, delta }], Origin::Local).expect("text");
    seed
}

fn meeting() -> Start {
    let (item, ..) = parts();
    let edits = |other: &str| {
        let other: ItemId = other.parse().expect("an id");
        let mut edits = edits_of_words();
        edits.extend([
            Edit::SetHeader { key: HeaderKey::Title, value: Some("Møde".into()) },
            Edit::SetHeader { key: HeaderKey::Title, value: None },
            Edit::CreateItem { item: other.clone(), after: Some(item.clone()), sections: vec![section("u")] },
            Edit::DeleteItem { item: item.clone(), deleted: true },
            Edit::DeleteItem { item: item.clone(), deleted: false },
            Edit::MoveItem { item: item.clone(), after: Some(other) },
        ]);
        edits
    };
    start(DocumentKind::Meeting, &seed(), [edits("b"), edits("c")])
}

/// The document of one item.
fn own() -> Start {
    let (item, ..) = parts();
    let own = Agenda::new(client(8));
    own.hold(&item, seed().words(&item).expect("words"));
    let edits = |new: &str| {
        let create = Edit::CreateSection { item: item.clone(), section: section(new), after: None };
        edits_of_words().into_iter().chain([create]).collect::<Vec<_>>()
    };
    start(DocumentKind::Item, &own, [edits("u"), edits("v")])
}

/// Two who write at the same time, each change a frame; the second also knows what the first wrote.
fn start(kind: DocumentKind, stored: &Agenda, edits: [Vec<Edit>; 2]) -> Start {
    let stored = state(stored);
    let mut frames = Vec::new();
    let (first, second) = (replica(100, &stored), replica(101, &stored));
    for ((agenda, hears), edits) in [(&first, None), (&second, Some(&first))].into_iter().zip(edits) {
        for edit in edits {
            let before = agenda.doc().transact().state_vector();
            agenda.apply(&[edit], Origin::Local).expect("an honest edit");
            frames.push(agenda.doc().transact().encode_diff_v1(&before));
        }
        if let Some(heard) = hears {
            let known = agenda.doc().transact().state_vector();
            let missed = heard.doc().transact().encode_diff_v1(&known);
            apply(agenda, &missed);
            frames.push(state(agenda));
        }
    }
    Start { kind, state: stored, frames }
}

/// Numbers where they hurt: the ends of the ranges of clocks, lengths and client ids.
const NUMBERS: [&[u8]; 6] = [
    &[0],
    &[0x7f],
    &[0xff, 0xff, 0xff, 0xff, 0x07],
    &[0xff, 0xff, 0xff, 0xff, 0x0f],
    &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
    &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
];

fn change(u: &mut Unstructured<'_>, bytes: &mut Vec<u8>, frames: &[Vec<u8>]) -> Result<()> {
    if bytes.is_empty() {
        bytes.push(u.arbitrary()?);
    }
    let at = u.choose_index(bytes.len())?;
    match u.int_in_range(0..=7)? {
        0 | 1 => bytes[at] ^= 1 << u.int_in_range(0..=7)?,
        2 => bytes[at] = u.arbitrary()?,
        3 => bytes.insert(at, u.arbitrary()?),
        4 => drop(bytes.remove(at)),
        5 => drop(bytes.splice(at..=at, u.choose(&NUMBERS)?.iter().copied())),
        6 => bytes.truncate(at),
        _ => {
            let other = u.choose(frames)?;
            let from = u.choose_index(other.len())?;
            let to = u.int_in_range(from..=(from + 24).min(other.len()))?;
            drop(bytes.splice(at..at, other[from..to].iter().copied()));
        }
    }
    Ok(())
}

fn frame(u: &mut Unstructured<'_>, frames: &[Vec<u8>]) -> Result<Vec<u8>> {
    let mut bytes = if u.ratio(1, 16)? { u.arbitrary()? } else { u.choose(frames)?.clone() };
    for _ in 0..*u.choose(&[0, 1, 1, 1, 2, 4])? {
        change(u, &mut bytes, frames)?;
    }
    Ok(bytes)
}

/// A room without sockets and disk, and one who follows by its broadcasts.
struct Server {
    agenda: Agenda,
    follower: Agenda,
    kind: DocumentKind,
    gate: Gate,
    ids: ClientIds,
    outcome: Outcome,
}

impl Server {
    fn new(start: &Start) -> Self {
        let gate = Gate::load(start.kind, &start.state).expect("an honest document");
        let (agenda, follower) = (replica(1, &start.state), replica(2, &start.state));
        Self { agenda, follower, kind: start.kind, gate, ids: ClientIds::default(), outcome: Outcome::default() }
    }

    /// Offers a frame; whether it builds on something that is not here, if it is not refused.
    fn offer(&mut self, bytes: &[u8]) -> std::result::Result<bool, Refusal> {
        self.outcome.offered += 1;
        let sender = Sender { clients: &mut self.ids, user: &UserKey::new("anne"), may_write: true };
        match self.gate.admit(bytes, sender)? {
            Admission::Admitted(admitted) => {
                self.outcome.admitted += 1;
                let own = apply(&self.agenda, admitted.update());
                apply(&self.follower, &own);
                self.gate.applied(&own).expect("the gate follows the document");
                Ok(false)
            }
            Admission::Gap => Ok(true),
            Admission::Nothing => Ok(false),
        }
    }

    /// Everybody reads the same, also who opens the document later.
    fn check(&self) {
        let stored = state(&self.agenda);
        let newcomer = replica(3, &stored);
        assert!(newcomer.snapshot() == self.agenda.snapshot(), "who opens the document reads the same");
        assert!(self.follower.snapshot() == self.agenda.snapshot(), "who followed reads the same");
        assert!(self.kind == DocumentKind::Meeting || newcomer.outline().len() == 1, "one item and nothing else");
        assert!(self.kind == DocumentKind::Meeting || newcomer.header() == Agenda::new(client(5)).header(), "and no header");
        assert!(Gate::load(self.kind, &stored).is_ok(), "the stored document passes the gate again");
    }
}

/// Fires at one document and looks at what is left of it. One time in eight all frames are honest, in whatever order: then the server reads as
/// those who wrote them.
///
/// # Errors
/// There is too little of `u`; that means nothing.
pub(crate) fn run(u: &mut Unstructured<'_>) -> Result<Outcome> {
    static STARTS: OnceLock<[Start; 2]> = OnceLock::new();
    let start = u.choose(STARTS.get_or_init(|| [meeting(), own()]))?;
    let mut server = Server::new(start);
    if u.ratio(1, 8)? {
        let mut left: Vec<&Vec<u8>> = start.frames.iter().collect();
        while !left.is_empty() {
            assert!(server.outcome.offered < 2_000, "honest frames fit at last");
            let frame = left.remove(u.choose_index(left.len())?);
            if server.offer(frame).expect("an honest frame is not refused") {
                left.push(frame);
            }
        }
        let last = start.frames.last().map(|last| replica(4, last).snapshot());
        assert!(Some(server.agenda.snapshot()) == last, "what honest replicas wrote is what the server reads");
    } else {
        for _ in 0..u.int_in_range(1..=12)? {
            let bytes = frame(u, &start.frames)?;
            // The same bytes as other things that a client sends.
            let _ = ClientMessage::decode(&bytes);
            if let Ok(known) = state_vector::decode(&bytes) {
                let known = known.into_iter().map(|(client, clock)| (yrs::ClientID::new(client), clock)).collect();
                let _ = server.agenda.doc().transact().encode_diff_v1(&known);
            }
            // Refused or not: nothing of it may be seen.
            let _ = server.offer(&bytes);
        }
    }
    server.check();
    Ok(server.outcome)
}
