//! What waits is judged and applied in one transaction, whose commit is asked for; refusals and gaps are noted on their connections.

use dagsorden_shared::id::DocumentId;
use dagsorden_shared::protocol::ServerMessage;
use dagsorden_shared::protocol::close_code;
use dagsorden_shared::protocol::refusal::RefusalCode;

use super::{Connection, Debt, Effect, Gap, InFlight, Member, Pending, RoomState};
use crate::gate::{Admission, Refusal};
use crate::metrics::{LAGGING, REFUSED};
use crate::rights::{Access, Actor};
use crate::store::Batch;

/// Messages and bytes judged for one commit.
const BATCH_MESSAGES: usize = 1_024;
const BATCH_BYTES: usize = 4 << 20;
/// Steps of the gate for one commit, a tenth of a second's work: what else waits is judged when others had their turn.
const BATCH_STEPS: u64 = 1 << 20;
/// Messages that may build on an open gap before the connection is given up.
const GAP_FOLLOWERS: u32 = 256;

/// What came of it.
pub(super) enum Judged {
    /// Nothing waits.
    Nothing,
    /// All that was judged changed nothing: acknowledge at once.
    Unchanged,
    /// The same, and it was much work: others come first.
    Exhausted,
    /// A commit is in flight.
    InFlight,
}

impl RoomState {
    /// Judges what waits, applies what is admitted in one transaction and asks for its commit.
    pub(super) fn judge(&mut self, effects: &mut Vec<Effect>) -> Judged {
        if self.over || self.pending.is_empty() {
            return Judged::Nothing;
        }
        self.note_lagging();
        let mut admitted = Vec::new();
        let mut writers = Vec::new();
        let mut settles = Vec::new();
        let mut bytes = 0;
        let until = self.document.worked() + BATCH_STEPS;
        for _ in 0..BATCH_MESSAGES {
            if bytes > BATCH_BYTES || self.document.worked() > until {
                break;
            }
            let Some(pending) = self.pending.pop_front() else { break };
            // A connection that has gone meanwhile has sent it all the same.
            let mut connection = self.connections.get_mut(&pending.connection);
            if connection.as_ref().is_some_and(|connection| connection.ending.is_some()) {
                continue;
            }
            bytes += pending.update.len();
            let actor = &pending.member.actor;
            // The rights as they are now, whatever they were when it was sent.
            let may_write = self.rights.access(actor, self.document.id()) == Access::Write;
            // On a full disk only what is known passes: it is acknowledged as ever.
            match self.document.admit(&pending.update, &actor.user, may_write && !self.full) {
                Ok(Admission::Gap) => {
                    if let Some(connection) = connection {
                        note_gap(self.document.id(), connection, &pending, effects);
                    }
                }
                Ok(admission) => {
                    if let Some(connection) = connection.as_mut().filter(|_| pending.is_step_2) {
                        // It answers the server's question, so it holds whatever earlier messages built on.
                        connection.gap = None;
                    }
                    settles.push((pending.connection, pending.number));
                    if let Admission::Admitted(update) = admission {
                        if !writers.contains(actor) {
                            writers.push(actor.clone());
                        }
                        admitted.push((update, actor.user.clone()));
                    }
                }
                Err(Refusal::ReadOnly) if may_write => {
                    if let Some(connection) = connection {
                        postpone(connection, pending.number);
                    }
                }
                Err(Refusal::Moved) => {
                    // Its sender could not know: it counts for nothing against them.
                    metrics::counter!(REFUSED, "code" => RefusalCode::Moved.name()).increment(1);
                    match connection {
                        Some(connection) => end_refused(connection, pending.number, RefusalCode::Moved),
                        None => self.pending.retain(|later| later.connection != pending.connection),
                    }
                }
                Err(refusal) => {
                    let why = refusal.to_string();
                    note_refused(self.document.id(), &pending, (code_of(&refusal), &why), effects);
                    match connection {
                        Some(connection) => end_refused(connection, pending.number, code_of(&refusal)),
                        // Nothing is taken after what was refused.
                        None => self.pending.retain(|later| later.connection != pending.connection),
                    }
                }
            }
        }
        if admitted.is_empty() {
            self.settle_messages(settles);
            return if self.document.worked() > until { Judged::Exhausted } else { Judged::Unchanged };
        }
        match self.document.apply(&admitted) {
            Ok(None) => {
                self.settle_messages(settles);
                Judged::Unchanged
            }
            Ok(Some(batch)) => {
                let batch = Batch { writers, judged: self.rights.generation, ..batch };
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
                metrics::counter!(LAGGING).increment(1);
            }
        }
    }
}

/// Asks for what is missing the first time; gives up if the answer, or the same message again, does not bring it.
fn note_gap(document: &DocumentId, connection: &mut Connection, pending: &Pending, effects: &mut Vec<Effect>) {
    let checksum = crc32fast::hash(&pending.update);
    match &mut connection.gap {
        Some(gap) if pending.is_step_2 || gap.checksum == checksum || gap.followers >= GAP_FOLLOWERS => {
            note_refused(document, pending, (RefusalCode::Gap, "it builds on content the server never got"), effects);
            end_refused(connection, pending.number, RefusalCode::Gap);
        }
        Some(gap) => gap.followers += 1,
        None => {
            connection.gap = Some(Gap { number: pending.number, checksum, followers: 0 });
            connection.ask = true;
        }
    }
}

/// Closes a connection whose change cannot be stored now; the same replica sends it again later.
fn postpone(connection: &mut Connection, number: u64) {
    metrics::counter!(REFUSED, "code" => RefusalCode::NoSpace.name()).increment(1);
    connection.ending = Some((close_code::TRY_LATER, "the server's disk is full; nothing was stored".to_owned()));
    if connection.member.extensions {
        connection.refusal = Some(ServerMessage::Refused { code: RefusalCode::NoSpace, number }.encode().into());
    }
}

/// Has a refusal counted, logged and audited.
fn note_refused(document: &DocumentId, pending: &Pending, (code, why): (RefusalCode, &str), effects: &mut Vec<Effect>) {
    let Member { actor: Actor { user, .. }, person, .. } = &*pending.member;
    metrics::counter!(REFUSED, "code" => code.name()).increment(1);
    tracing::warn!(%document, user = user.as_str(), number = pending.number, code = code.name(), why, "update refused");
    effects.push(Effect::Refused(user.clone(), person.clone(), code));
}

/// Ends a connection once what it sent before is settled.
fn end_refused(connection: &mut Connection, number: u64, code: RefusalCode) {
    connection.ending = Some((close_code::REFUSED, format!("update refused: {}", code.name())));
    if connection.member.extensions {
        connection.refusal = Some(ServerMessage::Refused { code, number }.encode().into());
    }
}

/// The gate's numbers are the protocol's.
fn code_of(refusal: &Refusal) -> RefusalCode {
    RefusalCode::from_number(u64::from(refusal.code()))
}
