//! What goes out whether or not a commit is in flight: presence, and signs of life.

use std::time::Duration;

use bytes::Bytes;
use dagsorden_shared::protocol::ServerMessage;

use super::{Effect, RoomState, send};

/// A connection that got nothing for this long gets a message; looked at every [`KEEP_ALIVE_SCAN`], so well within 25 s.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
pub(super) const KEEP_ALIVE_SCAN: Duration = Duration::from_secs(5);
impl RoomState {
    pub(super) fn tell_presence(&mut self, now: Duration, effects: &mut Vec<Effect>) {
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
    pub(super) fn keep_alive(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        if now < self.keep_alive_at {
            return;
        }
        self.keep_alive_at = now + KEEP_ALIVE_SCAN;
        self.document.forget_greeting();
        let frame = Bytes::from(ServerMessage::Awareness(Vec::new()).encode());
        for (id, connection) in &mut self.connections {
            if now >= connection.last_sent + KEEP_ALIVE && connection.has_room() {
                send(now, *id, connection, frame.clone(), effects);
            }
        }
    }
}
