//! The rules of a room: inputs come in, effects go out. No socket, no SQL, no clock, no await.
//!
//! One commit is in flight at most, and what arrives meanwhile waits; so whenever none is, the document is exactly what is on disk.
//! Only then anything leaves: updates, answers, acknowledgements, snapshots (`settle`). What waits is judged for the next commit (`judge`);
//! presence and signs of life go out at any time (`tell`).

mod judge;
mod settle;
mod tell;

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use dagsorden_shared::agenda::Agenda;
use dagsorden_shared::api::Person;
use dagsorden_shared::event::Event;
use dagsorden_shared::protocol::close_code::{self, CloseCode};
use dagsorden_shared::protocol::refusal::RefusalCode;
use dagsorden_shared::protocol::{ClientMessage, ServerMessage, state_vector};

use super::connection::{Backlog, Connection, ConnectionId, Debt, Gap, Incoming, Member};
use super::document::{RoomDocument, Snapshot};
use super::presence::{PresenceBoard, PresenceSender};
use crate::gate::UserKey;
use crate::metrics::UPDATES;
use crate::rights::{Access, Rights};
use crate::search::SearchRow;
use crate::store::{Batch, StoreError, Summary};
use tell::KEEP_ALIVE_SCAN;

/// How long an empty room waits for a connection.
const LINGER: Duration = Duration::from_secs(20);
/// How long after a change the list of meetings follows.
const SUMMARY_DELAY: Duration = Duration::from_secs(2);
/// How often connections that lag are looked at.
const LAG_SCAN: Duration = Duration::from_millis(100);

/// Reads the committed document.
pub(super) type Reader = Box<dyn FnOnce(&Agenda) + Send>;

/// What happens to a room.
pub(super) enum Input {
    /// A client connected.
    Joined(ConnectionId, Member, Arc<Backlog>),
    /// A frame came in.
    Received(ConnectionId, Incoming),
    /// The last [`Effect::Commit`] is on disk.
    Committed,
    /// The last [`Effect::Commit`] was undone; whether because the disk is full.
    CommitFailed(CommitFailure),
    /// The last [`Effect::Compact`] has ended, well or not.
    Compacted,
    /// A client disconnected.
    Left(ConnectionId),
    /// A task wants to read the committed document.
    Read(Reader),
    /// The room is to end: commit what is here, close all connections with this code.
    Close(CloseCode),
    /// The disk is full, or has room again.
    Full(bool),
    /// Rights have changed.
    Rights(Arc<Rights>),
    /// Rows of the meeting have changed: this event is for all who are here.
    Rows(Event),
    /// Something is to be done while nothing else is: see [`Operation`].
    Operate(Operation),
    /// The last [`Effect::Operate`] has ended. `None`: it failed after the document was changed.
    Operated(Option<Bytes>),
    /// Time has passed.
    Tick,
}

/// Why a commit failed, as far as a room cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CommitFailure {
    /// The disk is full.
    NoSpace,
    /// Anything else.
    Other,
}

/// What a room wants done.
#[derive(Debug)]
pub(super) enum Effect {
    /// Store this; answered by [`Input::Committed`] or [`Input::CommitFailed`].
    Commit(Batch),
    /// Hand this to the socket.
    Send(ConnectionId, Bytes),
    /// Close the socket and forget the connection.
    Close(ConnectionId, CloseCode, String),
    /// An update of this person was refused: have it in the audit trail.
    Refused(UserKey, Person, RefusalCode),
    /// Verify and store this in place of the log; answered by [`Input::Compacted`].
    Compact(Box<Snapshot>),
    /// Refresh the list of meetings.
    Summarise(Summary),
    /// Bring what can be found of the document up to date.
    Index(Vec<SearchRow>),
    /// Store what an operation wants stored; answered by [`Input::Operated`].
    Operate(Work),
    /// The room is over; nothing follows.
    Evict,
}

/// Something that is done with the committed document while the room admits nothing: a change of phase, an edit of the server's own. Frames that
/// come in meanwhile wait and are judged under the rights that it leaves behind.
pub(super) type Operation = Box<dyn FnOnce(&mut RoomDocument) -> Work + Send>;

/// What an operation wants stored, in one transaction. `Ok` with the frame that all connections get, if the document was changed; an error if it
/// was changed and could not be stored: then the room is loaded again.
pub(super) struct Work(pub(super) Pin<Box<dyn Future<Output = Result<Option<Bytes>, StoreError>> + Send>>);

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Work")
    }
}

struct Pending {
    connection: ConnectionId,
    /// Who sent it, also when the connection is gone.
    member: Arc<Member>,
    number: u64,
    is_step_2: bool,
    update: Bytes,
    /// Counts against the connection until judged.
    _incoming: Incoming,
}

struct InFlight {
    frame: Bytes,
    /// Messages that are settled once this is on disk.
    settles: Vec<(ConnectionId, u64)>,
}

/// A room.
pub(super) struct RoomState {
    document: RoomDocument,
    /// Boxed, as a node of the map has room for eleven and most rooms are small.
    connections: BTreeMap<ConnectionId, Box<Connection>>,
    present: usize,
    presence: PresenceBoard,
    pending: VecDeque<Pending>,
    in_flight: Option<InFlight>,
    readers: Vec<Reader>,
    /// Events that wait until what was committed before them is sent.
    rows: Vec<Event>,
    operations: VecDeque<Operation>,
    /// Whether an operation is under way.
    operating: bool,
    rights: Arc<Rights>,
    compacting: bool,
    /// What the list of meetings says.
    summary: Summary,
    summary_due: Option<Duration>,
    keep_alive_at: Duration,
    empty_since: Option<Duration>,
    closing: Option<CloseCode>,
    /// Whether the disk is full: everybody reads on, nobody writes.
    full: bool,
    over: bool,
}

impl RoomState {
    /// A room without connections around a loaded document, of which the list of meetings says `summary`.
    pub(super) fn new(now: Duration, document: RoomDocument, summary: Summary, rights: Arc<Rights>) -> Self {
        Self {
            document,
            connections: BTreeMap::new(),
            present: 0,
            presence: PresenceBoard::default(),
            pending: VecDeque::new(),
            in_flight: None,
            readers: Vec::new(),
            rows: Vec::new(),
            operations: VecDeque::new(),
            operating: false,
            rights,
            compacting: false,
            summary,
            // After a crash the list may be behind.
            summary_due: Some(now + SUMMARY_DELAY),
            keep_alive_at: now + KEEP_ALIVE_SCAN,
            empty_since: Some(now),
            closing: None,
            full: false,
            over: false,
        }
    }

    /// How many people are here: one per user, however many pages they have open.
    pub(super) fn present(&self) -> usize {
        self.present
    }

    fn count_present(&mut self) {
        let mut users: Vec<&str> = self.connections.values().map(|connection| connection.member.actor.user.as_str()).collect();
        users.sort_unstable();
        users.dedup();
        self.present = users.len();
    }

    /// When [`Input::Tick`] is due at the latest.
    pub(super) fn poll_at(&self, now: Duration) -> Duration {
        let waits = |connection: &Connection| {
            connection.lagging || connection.missed_presence || connection.missed_rows || connection.owed.is_some()
        };
        let busy = self.in_flight.is_some() || self.operating;
        let lag = (!busy && self.connections.values().any(|connection| waits(connection))).then(|| now + LAG_SCAN);
        let idle = self.empty_since.map(|since| since + LINGER).filter(|_| !self.compacting);
        // Judging gave way to others.
        let unjudged = (!busy && !self.pending.is_empty()).then_some(now);
        [unjudged, self.presence.due(), self.summary_due.filter(|_| !busy), idle, lag]
            .into_iter()
            .flatten()
            .fold(self.keep_alive_at, Duration::min)
    }

    /// Takes one input. What follows at once is added to `effects`; the rest when it is asked to act.
    pub(super) fn take(&mut self, now: Duration, input: Input, effects: &mut Vec<Effect>) {
        if self.over {
            return;
        }
        match input {
            Input::Joined(id, member, backlog) => {
                let access = self.rights.access(&member.actor, self.document.id());
                self.handle_joined(now, id, Connection::new(now, member, backlog, access), effects);
            }
            Input::Received(id, incoming) => self.handle_received(now, id, incoming, effects),
            Input::Committed => self.handle_committed(now, effects),
            Input::CommitFailed(failure) => self.handle_commit_failed(now, failure, effects),
            Input::Compacted => self.compacting = false,
            Input::Left(id) => self.forget(now, id),
            Input::Read(reader) => self.readers.push(reader),
            Input::Close(code) => self.closing = Some(code),
            Input::Full(full) => self.handle_full(now, full, effects),
            Input::Rights(rights) => self.handle_rights(now, rights, effects),
            Input::Rows(event) => self.rows.push(event),
            Input::Operate(operation) => self.operations.push_back(operation),
            Input::Operated(frame) => self.handle_operated(now, frame, effects),
            Input::Tick => {}
        }
    }

    /// Does what follows from all that was taken, in order.
    pub(super) fn act(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        if self.in_flight.is_none() && !self.operating && !self.over {
            self.settle(now, effects);
        }
        if !self.over {
            self.tell_presence(now, effects);
            self.keep_alive(now, effects);
        }
    }

    fn handle_joined(&mut self, now: Duration, id: ConnectionId, mut connection: Connection, effects: &mut Vec<Effect>) {
        self.empty_since = None;
        if let Some(frame) = self.presence.everybody() {
            send(now, id, &mut connection, frame.into(), effects);
        }
        match connection.access {
            Access::Write | Access::Read => {}
            // Judged when it came, and lost since.
            lost => return effects.push(lost_access(id, lost)),
        }
        if connection.member.extensions {
            if self.full {
                send(now, id, &mut connection, frame_of(&Event::Storage { full: true }), effects);
            }
            if connection.access == Access::Read {
                send(now, id, &mut connection, frame_of(&Event::Rights { write: false }), effects);
            }
        }
        self.connections.insert(id, Box::new(connection));
        self.count_present();
    }

    fn handle_received(&mut self, now: Duration, id: ConnectionId, incoming: Incoming, effects: &mut Vec<Effect>) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.ending.is_some() || self.closing.is_some() {
            return;
        }
        let frame = incoming.frame.clone();
        let message = match ClientMessage::decode(&frame) {
            Ok(message) => message,
            Err(error) => {
                connection.ending = Some((close_code::BAD_FRAME, format!("bad frame: {error}")));
                return;
            }
        };
        match message {
            ClientMessage::SyncStep1(known) => match state_vector::decode(known) {
                Ok(since) => connection.owed = Some(Debt { since, asked: true }),
                Err(error) => connection.ending = Some((close_code::BAD_FRAME, format!("bad state vector: {error}"))),
            },
            ClientMessage::SyncStep2(update) | ClientMessage::Update(update) => {
                connection.received += 1;
                self.pending.push_back(Pending {
                    connection: id,
                    member: Arc::clone(&connection.member),
                    number: connection.received,
                    is_step_2: matches!(message, ClientMessage::SyncStep2(_)),
                    update: frame.slice_ref(update),
                    _incoming: incoming,
                });
            }
            ClientMessage::Awareness(states) => {
                let Member { actor, person, .. } = &*connection.member;
                let document = &mut self.document;
                let mut sender = PresenceSender { connection: id, person, owns: &mut |client| document.claim(client, &actor.user) };
                self.presence.receive(now, &mut sender, &states);
            }
            ClientMessage::QueryAwareness => {
                if connection.has_room() {
                    if let Some(frame) = self.presence.everybody() {
                        send(now, id, connection, frame.into(), effects);
                    }
                } else {
                    connection.missed_presence = true;
                }
            }
        }
    }

    fn handle_committed(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        let Some(InFlight { frame, settles }) = self.in_flight.take() else { return };
        for (id, connection) in &mut self.connections {
            if connection.owed.is_none() {
                send(now, *id, connection, frame.clone(), effects);
            }
        }
        metrics::counter!(UPDATES).increment(settles.len() as u64);
        self.settle_messages(settles);
        self.summary_due.get_or_insert(now + SUMMARY_DELAY);
    }

    fn handle_commit_failed(&mut self, now: Duration, failure: CommitFailure, effects: &mut Vec<Effect>) {
        // What is in memory is ahead of the disk: all of it goes, and the next to come loads what is stored.
        let reason = match failure {
            CommitFailure::NoSpace => "the server's disk is full; nothing was stored",
            CommitFailure::Other => "the server could not store the last change; it will be sent again",
        };
        if failure == CommitFailure::NoSpace {
            for (id, connection) in &mut self.connections {
                if connection.member.extensions && connection.received > connection.settled {
                    let refused = ServerMessage::Refused { code: RefusalCode::NoSpace, number: connection.settled + 1 };
                    send(now, *id, connection, refused.encode().into(), effects);
                }
            }
        }
        self.end(close_code::TRY_LATER, reason, effects);
    }

    /// Judges every connection anew: one that may not read any more is closed, one that may not write any more, or may again, gets an event.
    fn handle_rights(&mut self, now: Duration, rights: Arc<Rights>, effects: &mut Vec<Effect>) {
        self.rights = rights;
        let mut lost = Vec::new();
        for (id, connection) in &mut self.connections {
            let access = self.rights.access(&connection.member.actor, self.document.id());
            let before = std::mem::replace(&mut connection.access, access);
            match access {
                Access::SignedOut | Access::None => lost.push((*id, access)),
                Access::Read | Access::Write if before != access && connection.member.extensions => {
                    send(now, *id, connection, frame_of(&Event::Rights { write: access == Access::Write }), effects);
                }
                Access::Read | Access::Write => {}
            }
        }
        for (id, access) in lost {
            self.pending.retain(|pending| pending.connection != id);
            effects.push(lost_access(id, access));
            self.forget(now, id);
        }
    }

    fn handle_operated(&mut self, now: Duration, frame: Option<Bytes>, effects: &mut Vec<Effect>) {
        self.operating = false;
        let Some(frame) = frame else {
            return self.end(close_code::TRY_LATER, "the server loads the document again", effects);
        };
        if !frame.is_empty() {
            for (id, connection) in &mut self.connections {
                if connection.owed.is_none() {
                    send(now, *id, connection, frame.clone(), effects);
                }
            }
            self.summary_due.get_or_insert(now + SUMMARY_DELAY);
        }
    }

    fn handle_full(&mut self, now: Duration, full: bool, effects: &mut Vec<Effect>) {
        self.full = full;
        let frame = frame_of(&Event::Storage { full });
        for (id, connection) in &mut self.connections {
            if connection.member.extensions {
                send(now, *id, connection, frame.clone(), effects);
            }
        }
    }

    fn forget(&mut self, now: Duration, id: ConnectionId) {
        if let Some(connection) = self.connections.remove(&id) {
            if connection.ending.is_some() {
                // Nothing is taken after what was refused.
                self.pending.retain(|pending| pending.connection != id);
            }
            self.presence.leave(now, id);
            self.count_present();
            if self.connections.is_empty() {
                self.empty_since = Some(now);
            }
        }
    }

    fn settle_messages(&mut self, settles: Vec<(ConnectionId, u64)>) {
        for (id, number) in settles {
            if let Some(connection) = self.connections.get_mut(&id) {
                connection.settle(number);
            }
        }
    }

    fn end(&mut self, code: CloseCode, reason: &str, effects: &mut Vec<Effect>) {
        let connections = std::mem::take(&mut self.connections);
        effects.extend(connections.into_keys().map(|id| Effect::Close(id, code, reason.to_owned())));
        effects.push(Effect::Evict);
        self.over = true;
    }
}

fn frame_of(event: &Event) -> Bytes {
    ServerMessage::Event(&event.to_json()).encode().into()
}

/// Ends a connection that may not read any more. What waits for it is not sent.
fn lost_access(id: ConnectionId, access: Access) -> Effect {
    match access {
        Access::SignedOut => Effect::Close(id, close_code::NOT_SIGNED_IN, "the session has ended".to_owned()),
        _ => Effect::Close(id, close_code::UNKNOWN_DOCUMENT, "there is no such document".to_owned()),
    }
}

fn send(now: Duration, id: ConnectionId, connection: &mut Connection, frame: Bytes, effects: &mut Vec<Effect>) {
    connection.count(now, frame.len());
    effects.push(Effect::Send(id, frame));
}

#[cfg(test)]
mod tests;
