//! One page's side of the relay protocol: what to send, when to connect again, and how much of one's own work is saved.
//!
//! Sans-IO: input and the time go in, effects come out; [`super::replica`] carries them out. Knows no socket, no browser and no agenda;
//! of the document it knows only what [`Document`] answers.
//!
//! There is no outbox. The answer to the server's sync step 1 carries all that the server lacks, so a change made before that answer only
//! has to be counted; a change made after it goes out at once as an update.

mod io;

use std::collections::VecDeque;
use std::time::Duration;

use dagsorden_shared::id::ClientId;
use dagsorden_shared::protocol::awareness::AwarenessState;
use dagsorden_shared::protocol::close_code::{self, CloseCode};
use dagsorden_shared::protocol::refusal::RefusalCode;
use dagsorden_shared::protocol::{ClientMessage, MAX_MESSAGE, ProtocolError, ServerMessage};

pub(super) use self::io::{Document, Effect, Input, PresenceState, Status};
use super::backoff;

/// A connection on which nothing came for so long is dead: the server sends something every 25 s at the latest.
const SILENCE: Duration = Duration::from_secs(30);
/// A connection that does not open in this time is given up.
const OPENING: Duration = Duration::from_secs(10);
/// Presence goes out this often at most.
const PRESENCE_PAUSE: Duration = Duration::from_millis(100);
/// Presence goes out this often at least, so that others do not drop this page.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// After "try later" the window starts as wide as after this many failures.
const TRY_LATER_ATTEMPT: u32 = 3;

/// Where the connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// Not begun: the document is still being loaded from this device.
    Idle,
    /// To be opened at this time.
    Waiting { until: Duration },
    /// Being opened since.
    Opening { since: Duration },
    /// Open. `answered`: the server's step 1 was answered, so updates may follow.
    Open { answered: bool },
    /// Ended by the server for good.
    Ended(CloseCode),
}

/// The state of one page's connection to the relay.
pub(super) struct Session {
    client: ClientId,
    random: Box<dyn FnMut() -> f64>,
    link: Link,
    attempt: u32,
    /// Whether a connection was lost, or could not be made, and none was in order since.
    lost: bool,
    last_received: Duration,
    /// Changes in no frame of this connection.
    unsent: u32,
    /// Changes in each frame that is not acknowledged yet, oldest first.
    in_flight: VecDeque<u32>,
    /// Frames acknowledged on this connection.
    acknowledged: u64,
    presence: Presence,
    refusal: Option<RefusalCode>,
}

/// This page's own presence.
#[derive(Default)]
struct Presence {
    json: Option<String>,
    clock: u32,
    changed: bool,
    sent_at: Duration,
}

impl Session {
    /// The session of the replica `client`. `random` gives numbers from 0 to 1.
    pub(super) fn new(client: ClientId, random: impl FnMut() -> f64 + 'static) -> Self {
        Self {
            client,
            random: Box::new(random),
            link: Link::Idle,
            attempt: 0,
            lost: false,
            last_received: Duration::ZERO,
            unsent: 0,
            in_flight: VecDeque::new(),
            acknowledged: 0,
            presence: Presence::default(),
            refusal: None,
        }
    }

    /// Changes that the server has not acknowledged.
    pub(super) fn unsaved(&self) -> u32 {
        self.in_flight.iter().fold(self.unsent, |sum, changes| sum.saturating_add(*changes))
    }

    /// Why the server refused a change, once it did.
    pub(super) fn refusal(&self) -> Option<RefusalCode> {
        self.refusal
    }

    /// What a person should know.
    pub(super) fn status(&self) -> Status {
        match self.link {
            Link::Ended(code) => Status::Ended(code),
            Link::Open { answered: true } if self.in_flight.is_empty() => Status::Saved,
            // The first answer of a page holds nothing new: "saving" would only flicker.
            Link::Open { answered: true } if self.unsaved() > 0 || self.acknowledged > 0 || self.lost => Status::Saving,
            _ if self.lost => Status::Offline,
            _ => Status::Connecting,
        }
    }

    /// When [`Input::Tick`] is due, if nothing else happens.
    pub(super) fn next_tick(&self) -> Option<Duration> {
        match self.link {
            Link::Idle | Link::Ended(_) => None,
            Link::Waiting { until } => Some(until),
            Link::Opening { since } => Some(since + OPENING),
            Link::Open { .. } => Some((self.last_received + SILENCE).min(self.presence_due())),
        }
    }

    /// Takes one input. `now` is the time since any fixed moment and may jump forward (a lid was closed).
    pub(super) fn handle(&mut self, now: Duration, input: Input<'_>, document: &dyn Document) -> Vec<Effect> {
        match input {
            Input::Start { unsaved } if self.link == Link::Idle => {
                self.unsent = self.unsent.saturating_add(unsaved);
                self.connect(now)
            }
            Input::Start { .. } => Vec::new(),
            Input::Opened => self.handle_opened(now, document),
            Input::Received(frame) => self.handle_frame(now, frame, document),
            Input::Unreadable => self.lose(now, None, None),
            Input::Closed(code, after) => self.handle_closed(now, code, after),
            Input::NetworkGone => self.handle_network_gone(now),
            Input::TryNow => self.handle_try_now(now),
            Input::Reconnect => match self.link {
                Link::Open { .. } | Link::Opening { .. } => {
                    self.give_back_frames();
                    let mut effects = vec![Effect::HangUp, Effect::ForgetPresence];
                    effects.extend(self.connect(now));
                    effects
                }
                Link::Idle | Link::Waiting { .. } | Link::Ended(_) => self.handle_try_now(now),
            },
            Input::Changed { update, changes } => self.handle_change(update, changes),
            Input::Presence(json) => {
                self.presence.changed |= self.presence.json.as_ref() != Some(&json);
                self.presence.json = Some(json);
                self.send_presence_if_due(now)
            }
            Input::Tick => self.handle_tick(now),
        }
    }

    fn connect(&mut self, now: Duration) -> Vec<Effect> {
        self.link = Link::Opening { since: now };
        vec![Effect::Connect]
    }

    fn handle_opened(&mut self, now: Duration, document: &dyn Document) -> Vec<Effect> {
        self.link = Link::Open { answered: false };
        self.last_received = now;
        self.acknowledged = 0;
        let mut effects = vec![Effect::Send(ClientMessage::SyncStep1(&document.state_vector()).encode())];
        effects.extend(self.send_presence(now));
        effects
    }

    fn handle_frame(&mut self, now: Duration, frame: &[u8], document: &dyn Document) -> Vec<Effect> {
        let Link::Open { .. } = self.link else { return Vec::new() };
        self.last_received = now;
        match ServerMessage::decode(frame) {
            Ok(ServerMessage::SyncStep1(state_vector)) => match document.diff(state_vector) {
                Some(update) => self.answer(&update),
                None => self.lose(now, None, None),
            },
            Ok(ServerMessage::SyncStep2(update)) => vec![Effect::Apply { update: update.to_vec(), complete: true }],
            Ok(ServerMessage::Update(update)) => vec![Effect::Apply { update: update.to_vec(), complete: false }],
            Ok(ServerMessage::Awareness(states)) => vec![Effect::Presence(states.iter().map(PresenceState::from).collect())],
            Ok(ServerMessage::Saved(count)) => {
                self.acknowledge(count);
                Vec::new()
            }
            Ok(ServerMessage::Refused { code, .. }) => {
                self.refusal = Some(code);
                Vec::new()
            }
            Ok(ServerMessage::Event(json)) => vec![Effect::Event(json.to_owned())],
            // The close code that follows says it all; an unknown type is a newer server's.
            Ok(ServerMessage::PermissionDenied(_)) | Err(ProtocolError::Type(_)) => Vec::new(),
            Err(_) => self.lose(now, None, None),
        }
    }

    fn answer(&mut self, update: &[u8]) -> Vec<Effect> {
        self.link = Link::Open { answered: true };
        let changes = std::mem::take(&mut self.unsent);
        self.send_counted(ClientMessage::SyncStep2(update).encode(), changes)
    }

    fn handle_change(&mut self, update: &[u8], changes: u32) -> Vec<Effect> {
        if let Link::Open { answered: true } = self.link {
            self.send_counted(ClientMessage::Update(update).encode(), changes)
        } else {
            self.unsent = self.unsent.saturating_add(changes);
            Vec::new()
        }
    }

    /// Sends a frame that the server will acknowledge.
    fn send_counted(&mut self, frame: Vec<u8>, changes: u32) -> Vec<Effect> {
        if frame.len() > MAX_MESSAGE {
            // The server would close with "bad frame" on every try; say what is wrong instead.
            self.unsent = self.unsent.saturating_add(changes);
            self.refusal = Some(RefusalCode::TooLarge);
            return self.end(close_code::REFUSED);
        }
        self.in_flight.push_back(changes);
        vec![Effect::Send(frame)]
    }

    fn acknowledge(&mut self, count: u64) {
        while self.acknowledged < count && self.in_flight.pop_front().is_some() {
            self.acknowledged += 1;
        }
        if self.acknowledged > 0 {
            // Only now is the connection known to work both ways: a server that accepts and hangs up is not hammered.
            self.attempt = 0;
            self.lost = false;
            self.refusal = None;
        }
    }

    fn handle_closed(&mut self, now: Duration, code: CloseCode, after: Option<Duration>) -> Vec<Effect> {
        if matches!(self.link, Link::Idle | Link::Ended(_)) {
            Vec::new()
        } else if close_code::may_return(code) {
            self.lose(now, Some(code), after)
        } else {
            self.end(code)
        }
    }

    fn end(&mut self, code: CloseCode) -> Vec<Effect> {
        self.give_back_frames();
        self.link = Link::Ended(code);
        vec![Effect::HangUp, Effect::ForgetPresence]
    }

    /// The connection is gone: everything unacknowledged counts as unsent again, and the next try is planned: when the server said, if it did.
    fn lose(&mut self, now: Duration, code: Option<CloseCode>, after: Option<Duration>) -> Vec<Effect> {
        if matches!(self.link, Link::Idle | Link::Waiting { .. } | Link::Ended(_)) {
            return Vec::new();
        }
        if code == Some(close_code::TRY_LATER) {
            self.attempt = self.attempt.max(TRY_LATER_ATTEMPT);
        }
        let random = (self.random)();
        // The server gives each page a time of its own: jitter would only undo that.
        let delay = after.unwrap_or_else(|| match code {
            Some(close_code::RESTART) => backoff::delay_after_restart(random),
            _ => backoff::delay(self.attempt, random),
        });
        self.wait(now + delay)
    }

    fn handle_network_gone(&mut self, now: Duration) -> Vec<Effect> {
        if matches!(self.link, Link::Idle | Link::Ended(_)) {
            return Vec::new();
        }
        let delay = backoff::delay_without_network((self.random)());
        self.wait(now + delay)
    }

    fn wait(&mut self, until: Duration) -> Vec<Effect> {
        self.give_back_frames();
        self.attempt = self.attempt.saturating_add(1);
        self.lost = true;
        self.link = Link::Waiting { until };
        vec![Effect::HangUp, Effect::ForgetPresence]
    }

    fn give_back_frames(&mut self) {
        self.unsent = self.unsaved();
        self.in_flight.clear();
    }

    fn handle_try_now(&mut self, now: Duration) -> Vec<Effect> {
        match self.link {
            Link::Waiting { .. } => {
                self.attempt = 0;
                self.connect(now)
            }
            // A page that slept may have a dead socket and a clock that stood still: look at once.
            Link::Open { .. } | Link::Opening { .. } => self.handle_tick(now),
            Link::Idle | Link::Ended(_) => Vec::new(),
        }
    }

    fn handle_tick(&mut self, now: Duration) -> Vec<Effect> {
        match self.link {
            Link::Waiting { until } if now >= until => self.connect(now),
            Link::Opening { since } if now >= since + OPENING => self.lose(now, None, None),
            Link::Open { .. } if now >= self.last_received + SILENCE => self.lose(now, None, None),
            Link::Open { .. } => self.send_presence_if_due(now),
            Link::Idle | Link::Waiting { .. } | Link::Opening { .. } | Link::Ended(_) => Vec::new(),
        }
    }

    fn presence_due(&self) -> Duration {
        match (&self.presence.json, self.presence.changed) {
            (None, _) => Duration::MAX,
            (Some(_), true) => self.presence.sent_at + PRESENCE_PAUSE,
            (Some(_), false) => self.presence.sent_at + HEARTBEAT,
        }
    }

    fn send_presence_if_due(&mut self, now: Duration) -> Vec<Effect> {
        match self.link {
            Link::Open { .. } if now >= self.presence_due() => self.send_presence(now).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn send_presence(&mut self, now: Duration) -> Option<Effect> {
        let json = self.presence.json.as_deref()?;
        self.presence.clock = self.presence.clock.saturating_add(1);
        self.presence.changed = false;
        self.presence.sent_at = now;
        let state = AwarenessState { client: self.client, clock: self.presence.clock, json: Some(json) };
        Some(Effect::Send(ClientMessage::Awareness(vec![state]).encode()))
    }
}

#[cfg(test)]
mod tests;
