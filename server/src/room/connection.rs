//! One connection as its room sees it: what it sent, what it was told, what it is owed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use dagsorden_shared::api::Person;
use dagsorden_shared::protocol::close_code::CloseCode;
use tokio::sync::OwnedSemaphorePermit;

use crate::rights::{Access, Actor};

/// Frames that may wait for one connection.
pub(super) const MAX_FRAMES: usize = 256;
/// Bytes that may wait for one connection.
pub(super) const MAX_BYTES: usize = 1 << 20;

/// Questions (step 1) a connection may ask at once, and one more each second: an empty state vector asks for the whole document.
const QUESTIONS: u32 = 8;

/// Names a connection within the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub(super) u64);

/// Who connects, and how.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who they are, and how they came in. Their key owns the client ids they use; what they may do is asked of the rights, each time.
    pub actor: Actor,
    /// As others see them.
    pub person: Person,
    /// Whether they asked for the extensions (`?v=1`).
    pub extensions: bool,
}

/// A frame that came in. While it is alive it counts against what its connection may have in the room.
#[derive(Debug)]
pub struct Incoming {
    /// The frame.
    pub frame: Bytes,
    /// Given back when the frame was dealt with.
    pub weight: Option<OwnedSemaphorePermit>,
}

/// What a room hands to a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// Send this.
    Frame(Bytes),
    /// Close, and say why in English.
    Close(CloseCode, String),
}

/// Frames on their way from the room to the network: the room adds, the socket takes away.
#[derive(Debug, Default)]
pub struct Backlog {
    frames: AtomicUsize,
    bytes: AtomicUsize,
}

impl Backlog {
    fn add(&self, bytes: usize) {
        self.frames.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// So many frames, of this length together, were written to the network.
    pub fn remove(&self, frames: usize, bytes: usize) {
        self.frames.fetch_sub(frames, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    fn is_full(&self) -> bool {
        self.frames.load(Ordering::Relaxed) >= MAX_FRAMES || self.bytes.load(Ordering::Relaxed) >= MAX_BYTES
    }

    fn is_empty(&self) -> bool {
        self.frames.load(Ordering::Relaxed) == 0
    }
}

/// An update that builds on something unknown: the server asked for it and waits for step 2.
#[derive(Debug)]
pub(super) struct Gap {
    /// Which message it was.
    pub(super) number: u64,
    /// Its checksum, to know it again.
    pub(super) checksum: u32,
    /// Further messages that build on it.
    pub(super) followers: u32,
}

/// State vector that a connection has, to be answered with what it lacks.
#[derive(Debug)]
pub(super) struct Debt {
    pub(super) since: Vec<(u64, u32)>,
    /// Whether the connection asked for it, and is to be asked in return.
    pub(super) asked: bool,
}

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) member: Arc<Member>,
    pub(super) backlog: Arc<Backlog>,
    /// Step-2 and update messages received.
    pub(super) received: u64,
    /// Of these, how many from the first on are in the document as committed.
    pub(super) settled: u64,
    /// How many it was told are saved.
    pub(super) told: u64,
    pub(super) gap: Option<Gap>,
    /// Whether it is to be asked for what the server lacks.
    pub(super) ask: bool,
    /// While owed, single updates are not sent: the answer holds them.
    pub(super) owed: Option<Debt>,
    /// Too much waited for it; it gets one answer with all it lacks once that is gone.
    pub(super) lagging: bool,
    /// Presence it missed meanwhile.
    pub(super) missed_presence: bool,
    /// Events it missed meanwhile.
    pub(super) missed_rows: bool,
    /// What it may do, as it was told last.
    pub(super) access: Access,
    /// Closed after all it sent has been settled; nothing more is taken from it.
    pub(super) ending: Option<(CloseCode, String)>,
    /// A refusal to send before closing.
    pub(super) refusal: Option<Bytes>,
    pub(super) last_sent: Duration,
    pub(super) questions: Allowance,
}

/// How many questions may be asked: some at once, and one more each second.
#[derive(Debug)]
pub(super) struct Allowance {
    left: u32,
    at: Duration,
}

impl Allowance {
    /// Takes one. False if none is left.
    pub(super) fn take(&mut self, now: Duration) -> bool {
        let seconds = now.saturating_sub(self.at).as_secs();
        if seconds > 0 {
            self.left = self.left.saturating_add(u32::try_from(seconds).unwrap_or(u32::MAX)).min(QUESTIONS);
            self.at = now;
        }
        let allowed = self.left > 0;
        self.left = self.left.saturating_sub(1);
        allowed
    }
}

impl Connection {
    pub(super) fn new(now: Duration, member: Member, backlog: Arc<Backlog>, access: Access) -> Self {
        Self {
            member: Arc::new(member),
            backlog,
            received: 0,
            settled: 0,
            told: 0,
            gap: None,
            ask: false,
            owed: None,
            lagging: false,
            missed_presence: false,
            missed_rows: false,
            access,
            ending: None,
            refusal: None,
            last_sent: now,
            questions: Allowance { left: QUESTIONS, at: now },
        }
    }

    /// Counts a frame that is handed to the socket.
    pub(super) fn count(&mut self, now: Duration, bytes: usize) {
        self.backlog.add(bytes);
        self.last_sent = now;
    }

    /// Whether more may be handed to the socket. Marks the connection as lagging if not, until all that waits is gone.
    pub(super) fn has_room(&mut self) -> bool {
        if self.lagging && self.backlog.is_empty() {
            self.lagging = false;
        }
        self.lagging |= self.backlog.is_full();
        !self.lagging
    }

    /// Message `number` is in the document. Nothing from an open gap on counts.
    pub(super) fn settle(&mut self, number: u64) {
        let limit = self.gap.as_ref().map_or(u64::MAX, |gap| gap.number - 1);
        self.settled = self.settled.max(number.min(limit));
    }
}

#[cfg(test)]
mod tests {
    use dagsorden_shared::access::Roles;

    use super::*;
    use crate::gate::UserKey;
    use crate::rights::Via;

    fn connection() -> Connection {
        let actor = Actor { user: UserKey::new("u"), via: Via::Open(Roles::ALL) };
        let member = Member { actor, person: Person::default(), extensions: true };
        Connection::new(Duration::ZERO, member, Arc::default(), Access::Write)
    }

    #[test]
    fn a_full_backlog_must_drain_wholly_before_more_is_sent() {
        let mut connection = connection();
        for _ in 0..MAX_FRAMES {
            assert!(connection.has_room());
            connection.count(Duration::ZERO, 10);
        }
        assert!(!connection.has_room());
        for left in (0..MAX_FRAMES).rev() {
            connection.backlog.remove(1, 10);
            assert_eq!(connection.has_room(), left == 0);
        }
    }

    #[test]
    fn nothing_settles_past_an_open_gap() {
        let mut connection = connection();
        connection.gap = Some(Gap { number: 3, checksum: 0, followers: 0 });
        connection.settle(5);
        assert_eq!(connection.settled, 2);
        connection.gap = None;
        connection.settle(6);
        assert_eq!(connection.settled, 6);
    }

    #[test]
    fn questions_are_allowed_in_bursts_and_then_one_a_second() {
        let mut connection = connection();
        let asked = (0..20).filter(|_| connection.questions.take(Duration::ZERO)).count();
        assert_eq!(asked, QUESTIONS as usize);
        assert!(connection.questions.take(Duration::from_secs(1)));
        assert!(!connection.questions.take(Duration::from_secs(1)));
    }
}
