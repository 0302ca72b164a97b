//! The rules of a room: inputs come in, effects go out. No socket, no SQL, no clock, no await.
//!
//! One commit is in flight at most, and what arrives meanwhile waits; so whenever none is, the document is exactly what is on disk.
//! Only then anything leaves: updates, answers, acknowledgements, snapshots ([`RoomState::settle`]).

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use dagsorden_shared::agenda::Agenda;
use dagsorden_shared::id::DocumentId;
use dagsorden_shared::protocol::close_code::{self, CloseCode};
use dagsorden_shared::protocol::refusal::RefusalCode;
use dagsorden_shared::protocol::{ClientMessage, ServerMessage, state_vector};

use super::connection::{Backlog, Connection, ConnectionId, Debt, Gap, Incoming, Member};
use super::document::{RoomDocument, Snapshot};
use super::presence::{PresenceBoard, PresenceSender};
use crate::gate::{Admission, Refusal};
use crate::store::{Batch, Summary};

/// How long an empty room waits for somebody to come back.
const LINGER: Duration = Duration::from_secs(20);
/// How long after a change the list of meetings follows.
const SUMMARY_DELAY: Duration = Duration::from_secs(2);
/// A connection that got nothing for this long gets a message; looked at every [`KEEP_ALIVE_SCAN`], so well within 25 s.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
const KEEP_ALIVE_SCAN: Duration = Duration::from_secs(5);
/// How often connections that lag are looked at.
const LAG_SCAN: Duration = Duration::from_millis(100);
/// Messages and bytes judged for one commit.
const BATCH_MESSAGES: usize = 1_024;
const BATCH_BYTES: usize = 4 << 20;
/// Messages that may build on an open gap before the connection is given up.
const GAP_FOLLOWERS: u32 = 256;

/// Reads the committed document.
pub(super) type Reader = Box<dyn FnOnce(&Agenda) + Send>;

/// What happens to a room.
pub(super) enum Input {
    /// Somebody connected.
    Joined(ConnectionId, Member, Arc<Backlog>),
    /// A frame came in.
    Received(ConnectionId, Incoming),
    /// The last [`Effect::Commit`] is on disk.
    Committed,
    /// The last [`Effect::Commit`] was undone; whether because the disk is full.
    CommitFailed(CommitFailure),
    /// The last [`Effect::Compact`] has ended, well or not.
    Compacted,
    /// Somebody disconnected.
    Left(ConnectionId),
    /// Somebody wants to read the committed document.
    Read(Reader),
    /// The room is to end: commit what is here, close all connections with this code.
    Close(CloseCode),
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
    /// Verify and store this in place of the log; answered by [`Input::Compacted`].
    Compact(Box<Snapshot>),
    /// Refresh the list of meetings.
    Summarise(Summary),
    /// The room is over; nothing follows.
    Evict,
}

struct Pending {
    connection: ConnectionId,
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

enum Judged {
    /// Nothing waits.
    Nothing,
    /// All that was judged changed nothing: acknowledge at once.
    Unchanged,
    /// A commit is in flight.
    InFlight,
}

/// A room.
pub(super) struct RoomState {
    document: RoomDocument,
    connections: BTreeMap<ConnectionId, Connection>,
    presence: PresenceBoard,
    pending: VecDeque<Pending>,
    in_flight: Option<InFlight>,
    readers: Vec<Reader>,
    compacting: bool,
    /// What the list of meetings says.
    summary: Summary,
    summary_due: Option<Duration>,
    keep_alive_at: Duration,
    empty_since: Option<Duration>,
    closing: Option<CloseCode>,
    over: bool,
}

impl RoomState {
    /// A room without connections around a loaded document, of which the list of meetings says `summary`.
    pub(super) fn new(now: Duration, document: RoomDocument, summary: Summary) -> Self {
        Self {
            document,
            connections: BTreeMap::new(),
            presence: PresenceBoard::default(),
            pending: VecDeque::new(),
            in_flight: None,
            readers: Vec::new(),
            compacting: false,
            summary,
            // After a crash the list may be behind.
            summary_due: Some(now + SUMMARY_DELAY),
            keep_alive_at: now + KEEP_ALIVE_SCAN,
            empty_since: Some(now),
            closing: None,
            over: false,
        }
    }

    /// How many people are here: one per user, however many pages they have open.
    pub(super) fn present(&self) -> usize {
        let mut users: Vec<&str> = self.connections.values().map(|connection| connection.member.user.as_str()).collect();
        users.sort_unstable();
        users.dedup();
        users.len()
    }

    /// When [`Input::Tick`] is due at the latest.
    pub(super) fn poll_at(&self, now: Duration) -> Duration {
        let waits = |connection: &Connection| connection.lagging || connection.missed_presence || connection.owed.is_some();
        let lag = (self.in_flight.is_none() && self.connections.values().any(waits)).then(|| now + LAG_SCAN);
        let idle = self.empty_since.map(|since| since + LINGER).filter(|_| !self.compacting);
        [self.presence.due(), self.summary_due.filter(|_| self.in_flight.is_none()), idle, lag]
            .into_iter()
            .flatten()
            .fold(self.keep_alive_at, Duration::min)
    }

    /// Takes one input and answers what follows from it, in order.
    pub(super) fn handle(&mut self, now: Duration, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.over {
            return effects;
        }
        match input {
            Input::Joined(id, member, backlog) => self.handle_joined(now, id, Connection::new(now, member, backlog), &mut effects),
            Input::Received(id, incoming) => self.handle_received(now, id, incoming, &mut effects),
            Input::Committed => self.handle_committed(now, &mut effects),
            Input::CommitFailed(failure) => self.handle_commit_failed(now, failure, &mut effects),
            Input::Compacted => self.compacting = false,
            Input::Left(id) => self.forget(now, id),
            Input::Read(reader) => self.readers.push(reader),
            Input::Close(code) => self.closing = Some(code),
            Input::Tick => {}
        }
        if self.in_flight.is_none() && !self.over {
            self.settle(now, &mut effects);
        }
        if !self.over {
            self.tell_presence(now, &mut effects);
            self.keep_alive(now, &mut effects);
        }
        effects
    }

    fn handle_joined(&mut self, now: Duration, id: ConnectionId, mut connection: Connection, effects: &mut Vec<Effect>) {
        self.empty_since = None;
        if let Some(frame) = self.presence.everybody() {
            send(now, id, &mut connection, frame.into(), effects);
        }
        self.connections.insert(id, connection);
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
                    number: connection.received,
                    is_step_2: matches!(message, ClientMessage::SyncStep2(_)),
                    update: frame.slice_ref(update),
                    _incoming: incoming,
                });
            }
            ClientMessage::Awareness(states) => {
                let Member { user, person, .. } = connection.member.clone();
                let document = &mut self.document;
                let mut sender = PresenceSender { connection: id, person: &person, owns: &mut |client| document.claim(client, &user) };
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

    fn forget(&mut self, now: Duration, id: ConnectionId) {
        if self.connections.remove(&id).is_some() {
            self.presence.leave(now, id);
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

    /// Nothing is in flight, so the document is what is on disk: answers all that waits for that, then begins the next commit.
    fn settle(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        loop {
            for reader in self.readers.drain(..) {
                reader(self.document.agenda());
            }
            self.answer(now, effects);
            self.acknowledge(now, effects);
            self.close_ending(now, effects);
            self.look_after_storage(now, effects);
            match self.judge(effects) {
                Judged::InFlight => return,
                Judged::Unchanged => {}
                Judged::Nothing => break,
            }
            if self.over {
                return;
            }
        }
        if let Some(code) = self.closing {
            let reason = if code == close_code::GONE { "the meeting was deleted" } else { "the server restarts" };
            self.summarise(effects);
            self.end(code, reason, effects);
        }
    }

    /// Sends everybody what they asked for or missed.
    fn answer(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        for (id, connection) in &mut self.connections {
            let waits = connection.owed.is_some() || connection.ask || connection.missed_presence;
            if !waits || !connection.has_room() {
                continue;
            }
            let questions = &mut connection.questions;
            if let Some(debt) = connection.owed.take_if(|debt| !debt.asked || questions.take(now)) {
                let diff = self.document.diff(&debt.since);
                send(now, *id, connection, ServerMessage::SyncStep2(&diff).encode().into(), effects);
                connection.ask |= debt.asked;
            }
            if connection.owed.is_none() && std::mem::take(&mut connection.ask) {
                let known = self.document.encoded_state_vector();
                send(now, *id, connection, ServerMessage::SyncStep1(&known).encode().into(), effects);
            }
            if std::mem::take(&mut connection.missed_presence)
                && let Some(frame) = self.presence.everybody()
            {
                send(now, *id, connection, frame.into(), effects);
            }
        }
    }

    fn acknowledge(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        for (id, connection) in &mut self.connections {
            if connection.settled > connection.told && connection.member.extensions && connection.has_room() {
                connection.told = connection.settled;
                let saved = ServerMessage::Saved(connection.told).encode();
                send(now, *id, connection, saved.into(), effects);
            }
        }
    }

    fn close_ending(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        let ending = self.connections.iter().filter(|(_, connection)| connection.ending.is_some()).map(|(id, _)| *id);
        for id in ending.collect::<Vec<_>>() {
            let Some(connection) = self.connections.get_mut(&id) else { continue };
            if let Some(frame) = connection.refusal.take() {
                send(now, id, connection, frame, effects);
            }
            if let Some((code, reason)) = connection.ending.take() {
                effects.push(Effect::Close(id, code, reason));
            }
            self.forget(now, id);
        }
    }

    /// Snapshot, summary and eviction: all from the committed state.
    fn look_after_storage(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        let idle = self.pending.is_empty() && self.empty_since.is_some_and(|since| now >= since + LINGER);
        if self.summary_due.is_some_and(|due| idle || now >= due) {
            self.summarise(effects);
        }
        if self.compacting || self.closing.is_some() {
            return;
        }
        if self.document.wants_compaction() || (idle && self.document.has_log()) {
            self.compacting = true;
            effects.push(Effect::Compact(Box::new(self.document.snapshot())));
        } else if idle {
            self.end(close_code::TRY_LATER, "idle", effects);
        }
    }

    fn summarise(&mut self, effects: &mut Vec<Effect>) {
        if self.summary_due.take().is_none() {
            return;
        }
        let agenda = self.document.agenda();
        let header = agenda.header();
        let summary = Summary {
            title: header.title,
            date: header.date,
            start: header.start,
            end: header.end,
            place: header.place,
            items: u32::try_from(agenda.outline().len()).unwrap_or(u32::MAX),
        };
        if self.summary != summary {
            self.summary = summary.clone();
            effects.push(Effect::Summarise(summary));
        }
    }

    /// Judges what waits, applies what is admitted in one transaction and asks for its commit.
    fn judge(&mut self, effects: &mut Vec<Effect>) -> Judged {
        if self.over || self.pending.is_empty() {
            return Judged::Nothing;
        }
        self.note_lagging();
        let mut admitted = Vec::new();
        let mut settles = Vec::new();
        let mut bytes = 0;
        for _ in 0..BATCH_MESSAGES {
            if bytes > BATCH_BYTES {
                break;
            }
            let Some(pending) = self.pending.pop_front() else { break };
            let Some(connection) = self.connections.get_mut(&pending.connection) else { continue };
            if connection.ending.is_some() {
                continue;
            }
            bytes += pending.update.len();
            let user = connection.member.user.clone();
            match self.document.admit(&pending.update, &user, connection.member.may_write) {
                Ok(Admission::Gap) => note_gap(self.document.id(), connection, &pending),
                Ok(admission) => {
                    if pending.is_step_2 {
                        // It answers the server's question, so it holds whatever earlier messages built on.
                        connection.gap = None;
                    }
                    settles.push((pending.connection, pending.number));
                    if let Admission::Admitted(update) = admission {
                        admitted.push((update, user));
                    }
                }
                Err(refusal) => refuse(self.document.id(), connection, pending.number, code_of(&refusal), &refusal.to_string()),
            }
        }
        if admitted.is_empty() {
            self.settle_messages(settles);
            return Judged::Unchanged;
        }
        match self.document.apply(&admitted) {
            Ok(None) => {
                self.settle_messages(settles);
                Judged::Unchanged
            }
            Ok(Some(batch)) => {
                let frame = ServerMessage::Update(&batch.update).encode().into();
                self.in_flight = Some(InFlight { frame, settles });
                effects.push(Effect::Commit(batch));
                Judged::InFlight
            }
            Err(error) => {
                tracing::error!(%error, "an admitted update could not be applied; the room is loaded again");
                self.end(close_code::TRY_LATER, "the server loads the document again", effects);
                Judged::Nothing
            }
        }
    }

    /// Before the document changes: who cannot take more updates is owed all from here on.
    fn note_lagging(&mut self) {
        let mut known = None;
        for connection in self.connections.values_mut() {
            if connection.owed.is_none() && !connection.has_room() {
                let since = known.get_or_insert_with(|| self.document.state_vector()).clone();
                connection.owed = Some(Debt { since, asked: false });
            }
        }
    }

    fn tell_presence(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        let Some(frame) = self.presence.flush(now).map(Bytes::from) else { return };
        for (id, connection) in &mut self.connections {
            if connection.has_room() {
                send(now, *id, connection, frame.clone(), effects);
            } else {
                connection.missed_presence = true;
            }
        }
    }

    /// Stock providers hang up after 30 s without a message.
    fn keep_alive(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        if now < self.keep_alive_at {
            return;
        }
        self.keep_alive_at = now + KEEP_ALIVE_SCAN;
        let frame = Bytes::from(ServerMessage::Awareness(Vec::new()).encode());
        for (id, connection) in &mut self.connections {
            if now >= connection.last_sent + KEEP_ALIVE && connection.has_room() {
                send(now, *id, connection, frame.clone(), effects);
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

fn send(now: Duration, id: ConnectionId, connection: &mut Connection, frame: Bytes, effects: &mut Vec<Effect>) {
    connection.count(now, frame.len());
    effects.push(Effect::Send(id, frame));
}

/// Asks for what is missing the first time; gives up if the answer, or the same message again, does not bring it.
fn note_gap(document: &DocumentId, connection: &mut Connection, pending: &Pending) {
    let checksum = crc32fast::hash(&pending.update);
    match &mut connection.gap {
        Some(gap) if pending.is_step_2 || gap.checksum == checksum || gap.followers >= GAP_FOLLOWERS => {
            refuse(document, connection, pending.number, RefusalCode::Gap, "it builds on content the server never got");
        }
        Some(gap) => gap.followers += 1,
        None => {
            connection.gap = Some(Gap { number: pending.number, checksum, followers: 0 });
            connection.ask = true;
        }
    }
}

/// Ends a connection once what it sent before is settled.
fn refuse(document: &DocumentId, connection: &mut Connection, number: u64, code: RefusalCode, why: &str) {
    tracing::warn!(%document, user = connection.member.user.as_str(), number, code = code.name(), why, "update refused");
    connection.ending = Some((close_code::REFUSED, format!("update refused: {}", code.name())));
    if connection.member.extensions {
        connection.refusal = Some(ServerMessage::Refused { code, number }.encode().into());
    }
}

/// The gate's numbers are the protocol's.
fn code_of(refusal: &Refusal) -> RefusalCode {
    RefusalCode::from_number(u64::from(refusal.code()))
}

#[cfg(test)]
mod tests;
