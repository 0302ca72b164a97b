//! What a room does whenever nothing is in flight: answers, acknowledgements, closes, snapshots, the list of meetings; then the next commit.

use std::time::Duration;

use bytes::Bytes;
use dagsorden_shared::event::Event;
use dagsorden_shared::protocol::ServerMessage;
use dagsorden_shared::protocol::close_code;

use super::judge::Judged;
use super::{Effect, LINGER, RoomState, frame_of, send};
use crate::gate::DocumentKind;
use crate::search::rows_of;
use crate::store::Summary;

impl RoomState {
    /// Nothing is in flight, so the document is what is on disk: answers all that waits for that, then begins the next commit.
    pub(super) fn settle(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        loop {
            for reader in self.readers.drain(..) {
                reader(self.document.agenda());
            }
            self.answer(now, effects);
            self.tell_rows(now, effects);
            self.acknowledge(now, effects);
            self.close_ending(now, effects);
            self.look_after_storage(now, effects);
            match self.judge(effects) {
                Judged::InFlight => return,
                Judged::Unchanged => {}
                Judged::Exhausted => return,
                Judged::Nothing => break,
            }
            if self.over {
                return;
            }
        }
        // What was received is committed, so an operation finds it in the document.
        if let Some(operation) = self.operations.pop_front() {
            self.operating = true;
            effects.push(Effect::Operate(operation(&mut self.document)));
            return;
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
                let step_2 = self.document.step_2(&debt.since);
                send(now, *id, connection, step_2, effects);
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

    /// Hands events to all who are here; a connection that cannot take more gets `again` later.
    fn tell_rows(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        let frames: Vec<Bytes> = std::mem::take(&mut self.rows).iter().map(frame_of).collect();
        for (id, connection) in &mut self.connections {
            if !connection.member.extensions {
                continue;
            }
            if connection.owed.is_some() || !connection.has_room() {
                connection.missed_rows |= !frames.is_empty();
                continue;
            }
            if std::mem::take(&mut connection.missed_rows) {
                send(now, *id, connection, frame_of(&Event::Again), effects);
            }
            for frame in &frames {
                send(now, *id, connection, frame.clone(), effects);
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
            if let Some((code, reason)) = connection.ending.clone() {
                effects.push(Effect::Close(id, code, reason));
            }
            self.forget(now, id);
        }
    }

    /// Snapshot, summary and eviction: all from the committed state.
    fn look_after_storage(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        let idle = self.pending.is_empty() && self.operations.is_empty() && self.empty_since.is_some_and(|since| now >= since + LINGER);
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
        effects.push(Effect::Index(rows_of(&agenda.snapshot())));
        // The list is of meetings: an item's document says nothing about it.
        if self.document.kind() == DocumentKind::Item {
            return;
        }
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
}
