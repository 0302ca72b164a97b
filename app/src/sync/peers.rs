//! The other people in the document, as their presence tells.
//!
//! Pure: states go in, a list comes out. A peer is there for as long as the server does not say otherwise: it knows whose connection has ended,
//! while a hidden page may be silent for minutes, since browsers hold its timers back. What a field or a sticky position means is the view's to
//! find out.

use dagsorden_shared::api::Person;
use dagsorden_shared::id::ClientId;
use dagsorden_shared::presence::{At, Presence, PresenceSelection};

use super::session::PresenceState;

/// Another page in this document. One person with two tabs is two peers.
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
    pub(super) fn receive(&mut self, states: Vec<PresenceState>) {
        for state in states {
            let known = self.entries.iter().position(|entry| entry.peer.client == state.client);
            if state.client == self.own || known.is_some_and(|index| is_old(&self.entries[index], &state)) {
                continue;
            }
            let entry = state.json.as_deref().and_then(Presence::parse_rewritten).map(|presence| {
                let Presence { user, at, selection, .. } = presence;
                Entry { peer: Peer { client: state.client, person: user, at, selection }, clock: state.clock }
            });
            match (known, entry) {
                (Some(index), Some(entry)) => self.entries[index] = entry,
                (None, Some(entry)) => self.entries.push(entry),
                (Some(index), None) => drop(self.entries.remove(index)),
                (None, None) => {}
            }
        }
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
        peers.receive(vec![state(1, 9, Some(EVA)), state(2, 5, Some(EVA))]);
        assert_eq!(names(&peers), ["Eva"], "one's own echo is no peer");
        peers.receive(vec![state(2, 4, Some(EVA_MOVED)), state(2, 4, None)]);
        assert_eq!(names(&peers), ["Eva"], "late states say nothing");
        peers.receive(vec![state(2, 6, Some(EVA_MOVED))]);
        assert_eq!(names(&peers), ["Eva M"]);
        peers.receive(vec![state(2, 6, None)]);
        assert_eq!(names(&peers), [""; 0]);
    }

    #[test]
    fn a_state_that_is_no_presence_is_nobody() {
        let mut peers = peers();
        peers.receive(vec![state(2, 1, Some("7")), state(3, 1, Some("{"))]);
        assert_eq!(peers.list(), []);
    }
}
