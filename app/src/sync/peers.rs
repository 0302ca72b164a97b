//! The other people in the document, as their presence tells.
//!
//! Pure: states and the time go in, a list comes out. What a field or a sticky position means is the view's to find out.

use std::time::Duration;

use dagsorden_shared::api::Person;
use dagsorden_shared::id::ClientId;
use dagsorden_shared::presence::{At, Presence, PresenceSelection};

use super::session::PresenceState;

/// A peer of whom nothing came for so long is gone: pages repeat their presence every 15 s.
const FORGOTTEN: Duration = Duration::from_secs(30);

/// Somebody else's page in this document. One person with two tabs is two peers.
#[derive(Debug, Clone, PartialEq)]
pub struct Peer {
    /// The page.
    pub client: ClientId,
    /// Who it is, as the server knows them.
    pub person: Person,
    /// Where they are.
    pub at: At,
    /// What they have selected, if they write in a field.
    pub selection: Option<PresenceSelection>,
}

struct Entry {
    peer: Peer,
    clock: u32,
    heard_at: Duration,
}

/// Everybody else's last state.
pub(super) struct Peers {
    own: ClientId,
    /// In the order in which they came.
    entries: Vec<Entry>,
}

impl Peers {
    /// Nobody yet; the state of `own` is passed over.
    pub(super) fn new(own: ClientId) -> Self {
        Self { own, entries: Vec::new() }
    }

    /// Takes states as they came.
    pub(super) fn receive(&mut self, now: Duration, states: Vec<PresenceState>) {
        for state in states {
            let known = self.entries.iter().position(|entry| entry.peer.client == state.client);
            if state.client == self.own || known.is_some_and(|index| is_old(&self.entries[index], &state)) {
                continue;
            }
            let entry = state.json.as_deref().and_then(Presence::parse_rewritten).map(|presence| {
                let Presence { user, at, selection, .. } = presence;
                Entry { peer: Peer { client: state.client, person: user, at, selection }, clock: state.clock, heard_at: now }
            });
            match (known, entry) {
                (Some(index), Some(entry)) => self.entries[index] = entry,
                (None, Some(entry)) => self.entries.push(entry),
                (Some(index), None) => drop(self.entries.remove(index)),
                (None, None) => {}
            }
        }
    }

    /// Drops whoever was not heard of for too long.
    pub(super) fn expire(&mut self, now: Duration) {
        self.entries.retain(|entry| now.saturating_sub(entry.heard_at) < FORGOTTEN);
    }

    /// When the next peer falls silent for too long.
    pub(super) fn next_expiry(&self) -> Option<Duration> {
        self.entries.iter().map(|entry| entry.heard_at + FORGOTTEN).min()
    }

    /// Forgets everybody.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }

    /// Everybody, in an order that does not change while they stay.
    pub(super) fn list(&self) -> Vec<Peer> {
        self.entries.iter().map(|entry| entry.peer.clone()).collect()
    }
}

/// A state counts with a higher clock; "gone" with the same one, too.
fn is_old(known: &Entry, state: &PresenceState) -> bool {
    state.clock < known.clock || (state.clock == known.clock && state.json.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(client: u64, clock: u32, json: Option<&str>) -> PresenceState {
        PresenceState { client: ClientId::new(client).unwrap(), clock, json: json.map(str::to_owned) }
    }

    fn names(peers: &Peers) -> Vec<String> {
        peers.list().into_iter().map(|peer| peer.person.name).collect()
    }

    const EVA: &str = r#"{"user":{"name":"Eva","organisation":"","hue":2},"at":{"item":"a1"}}"#;
    const EVA_MOVED: &str = r#"{"user":{"name":"Eva M","organisation":"","hue":2}}"#;

    fn peers() -> Peers {
        Peers::new(ClientId::new(1).unwrap())
    }

    #[test]
    fn states_replace_older_ones_and_gone_removes() {
        let mut peers = peers();
        peers.receive(Duration::ZERO, vec![state(1, 9, Some(EVA)), state(2, 5, Some(EVA))]);
        assert_eq!(names(&peers), ["Eva"], "one's own echo is no peer");
        peers.receive(Duration::ZERO, vec![state(2, 4, Some(EVA_MOVED)), state(2, 4, None)]);
        assert_eq!(names(&peers), ["Eva"], "late states say nothing");
        peers.receive(Duration::ZERO, vec![state(2, 6, Some(EVA_MOVED))]);
        assert_eq!(names(&peers), ["Eva M"]);
        peers.receive(Duration::ZERO, vec![state(2, 6, None)]);
        assert_eq!(names(&peers), [""; 0]);
    }

    #[test]
    fn who_is_silent_for_thirty_seconds_is_dropped() {
        let mut peers = peers();
        peers.receive(Duration::from_secs(10), vec![state(2, 1, Some(EVA))]);
        peers.receive(Duration::from_secs(20), vec![state(3, 1, Some(EVA))]);
        assert_eq!(peers.next_expiry(), Some(Duration::from_secs(40)));
        peers.expire(Duration::from_secs(40));
        assert_eq!(peers.list().len(), 1);
        peers.expire(Duration::from_secs(50));
        assert_eq!(peers.next_expiry(), None);
    }

    #[test]
    fn a_state_that_is_no_presence_is_nobody() {
        let mut peers = peers();
        peers.receive(Duration::ZERO, vec![state(2, 1, Some("7")), state(3, 1, Some("{"))]);
        assert_eq!(peers.list(), []);
    }
}
