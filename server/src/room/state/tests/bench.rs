//! A room without its surroundings: pages with replicas of their own, and a bench that plays network, clock and disk.

use dagsorden_shared::access::{Phase, Roles};
use dagsorden_shared::agenda::{Edit, Field, Origin};
use dagsorden_shared::api::Person;
use dagsorden_shared::id::ClientId;
use dagsorden_shared::meeting_json::{ItemJson, MeetingJson};
use dagsorden_shared::richtext::attributes::Attributes;
use dagsorden_shared::richtext::delta::Delta;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{ReadTxn, StateVector, Transact, Update};

use super::super::*;
use super::{ANNE, BO};
use crate::gate::{DocumentKind, UserKey};
use crate::rights::{Actor, Via};
use crate::search::SearchRow;
use crate::store::Loaded;

/// A document with one item, as the store has it.
fn stored() -> Loaded {
    let agenda = Agenda::new(ClientId::new(999).unwrap());
    let meeting = MeetingJson {
        title: "Møde".into(),
        items: vec![ItemJson { title: "Budget".into(), ..ItemJson::default() }],
        ..MeetingJson::default()
    };
    let mut bits = 0;
    agenda.seed(&meeting, &mut || {
        bits += 1;
        bits
    });
    let update = agenda.doc().transact().encode_diff_v1(&StateVector::default());
    let summary = Summary { title: "Møde".into(), items: 1, ..Summary::default() };
    Loaded {
        snapshot: None,
        log: vec![update],
        revision: 1,
        clients: Vec::new(),
        withdrawn: Vec::new(),
        kind: DocumentKind::Meeting,
        deleted: false,
        summary,
        damage: Vec::new(),
    }
}

/// Open mode with the bench's document in a meeting.
pub(super) fn rights(phase: Phase) -> Arc<Rights> {
    Arc::new(Rights::open_with(&"d".parse().unwrap(), phase))
}

pub(super) fn load(loaded: &Loaded) -> RoomDocument {
    RoomDocument::load(&"d".parse().unwrap(), loaded).unwrap()
}

/// A page with a replica of its own.
pub(super) struct Page {
    pub(super) agenda: Agenda,
}

impl Page {
    pub(super) fn new(client: u64) -> Self {
        let page = Self { agenda: Agenda::new(ClientId::new(client).unwrap()) };
        page.apply(&stored().log[0]);
        page
    }

    fn apply(&self, update: &[u8]) {
        self.agenda.doc().transact_mut().apply_update(Update::decode_v1(update).unwrap()).unwrap();
    }

    pub(super) fn title(&self) -> String {
        self.agenda.snapshot().items[0].title.text()
    }

    /// Types before the title; answers the update.
    pub(super) fn types(&self, text: &str) -> Vec<u8> {
        let before = self.agenda.doc().transact().state_vector();
        let field = Field::Title(self.agenda.outline()[0].0.clone());
        let delta = Delta::new().insert(text, Attributes::new());
        self.agenda.apply(&[Edit::Text { field, delta }], Origin::Local).unwrap();
        self.agenda.doc().transact().encode_diff_v1(&before)
    }

    pub(super) fn state_vector(&self) -> Vec<u8> {
        self.agenda.doc().transact().state_vector().encode_v1()
    }
}

/// A room and its surroundings: what was sent to whom, and what is to be stored.
pub(super) struct Bench {
    pub(super) room: RoomState,
    pub(super) now: Duration,
    pub(super) sent: BTreeMap<ConnectionId, Vec<Bytes>>,
    pub(super) closed: BTreeMap<ConnectionId, CloseCode>,
    /// Who was refused, and why, as it stands in the audit trail.
    pub(super) refused: Vec<String>,
    pub(super) commit: Option<Batch>,
    pub(super) stored: Loaded,
    pub(super) snapshots: Vec<Snapshot>,
    pub(super) summaries: Vec<Summary>,
    pub(super) operating: bool,
    pub(super) indexed: Vec<SearchRow>,
    pub(super) evicted: bool,
    backlogs: BTreeMap<ConnectionId, Arc<Backlog>>,
}

impl Bench {
    pub(super) fn new() -> Self {
        let stored = stored();
        let room = RoomState::new(Duration::ZERO, load(&stored), stored.summary.clone(), rights(Phase::Draft));
        Self {
            room,
            now: Duration::ZERO,
            sent: BTreeMap::new(),
            closed: BTreeMap::new(),
            refused: Vec::new(),
            commit: None,
            stored,
            snapshots: Vec::new(),
            summaries: Vec::new(),
            operating: false,
            indexed: Vec::new(),
            evicted: false,
            backlogs: BTreeMap::new(),
        }
    }

    /// A room with Anne (with extensions) and Bo (a stock client).
    pub(super) fn with_two() -> Self {
        let mut bench = Self::new();
        bench.join(ANNE, "anne", true);
        bench.join(BO, "bo", false);
        bench
    }

    pub(super) fn handle(&mut self, input: Input) {
        let mut effects = Vec::new();
        self.room.take(self.now, input, &mut effects);
        self.room.act(self.now, &mut effects);
        for effect in effects {
            assert!(!self.evicted, "nothing follows the eviction");
            match effect {
                Effect::Commit(batch) => assert!(self.commit.replace(batch).is_none(), "one commit is in flight at most"),
                Effect::Send(id, frame) => self.sent.entry(id).or_default().push(frame),
                Effect::Close(id, code, _) => assert_eq!(self.closed.insert(id, code), None),
                Effect::Refused(user, _, code) => self.refused.push(format!("{} {}", user.as_str(), code.name())),
                Effect::Compact(snapshot) => self.snapshots.push(*snapshot),
                Effect::Summarise(summary) => self.summaries.push(summary),
                Effect::Operate(_) => self.operating = true,
                Effect::Index(rows) => self.indexed = rows,
                Effect::Evict => self.evicted = true,
            }
        }
    }

    pub(super) fn join(&mut self, id: ConnectionId, user: &str, extensions: bool) {
        self.join_as(id, user, extensions, Roles::ALL);
    }

    /// Joins with these roles in the forum.
    pub(super) fn join_as(&mut self, id: ConnectionId, user: &str, extensions: bool, roles: Roles) {
        let person = Person { name: user.to_owned(), ..Person::default() };
        let actor = Actor { user: UserKey::new(user), via: Via::Open(roles) };
        let member = Member { actor, person, extensions };
        let backlog = Arc::new(Backlog::default());
        self.backlogs.insert(id, Arc::clone(&backlog));
        self.handle(Input::Joined(id, member, backlog));
    }

    pub(super) fn receive(&mut self, id: ConnectionId, message: &ClientMessage<'_>) {
        self.handle(Input::Received(id, Incoming { frame: message.encode().into(), weight: None }));
    }

    pub(super) fn update(&mut self, id: ConnectionId, update: &[u8]) {
        self.receive(id, &ClientMessage::Update(update));
    }

    /// The disk has it.
    pub(super) fn commits(&mut self) -> Batch {
        let batch = self.commit.take().expect("a commit is in flight");
        assert_eq!(batch.revision, self.stored.revision + 1);
        self.stored.revision = batch.revision;
        self.stored.log.push(batch.update.clone());
        self.handle(Input::Committed);
        batch
    }

    pub(super) fn passes(&mut self, time: Duration) {
        self.now += time;
        self.handle(Input::Tick);
    }

    /// What was sent to a connection since the last call, in short.
    pub(super) fn heard(&mut self, id: ConnectionId) -> Vec<String> {
        let frames = self.sent.remove(&id).unwrap_or_default();
        frames
            .iter()
            .map(|frame| match ServerMessage::decode(frame).unwrap() {
                ServerMessage::SyncStep1(_) => "step 1".to_owned(),
                ServerMessage::SyncStep2(_) => "step 2".to_owned(),
                ServerMessage::Update(_) => "update".to_owned(),
                ServerMessage::Awareness(states) => format!("presence {}", states.len()),
                ServerMessage::Saved(count) => format!("saved {count}"),
                ServerMessage::Refused { code, number } => format!("refused {} {number}", code.name()),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    /// Applies all document messages sent to a connection to a page.
    pub(super) fn deliver(&mut self, id: ConnectionId, page: &Page) {
        for frame in self.sent.remove(&id).unwrap_or_default() {
            if let Some(backlog) = self.backlogs.get(&id) {
                backlog.remove(1, frame.len());
            }
            if let Ok(ServerMessage::Update(update) | ServerMessage::SyncStep2(update)) = ServerMessage::decode(&frame) {
                page.apply(update);
            }
        }
    }

    /// The title in a document loaded from what is stored.
    pub(super) fn stored_title(&self) -> String {
        load(&self.stored).agenda().snapshot().items[0].title.text()
    }
}
