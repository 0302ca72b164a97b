//! Who is where in one room: the states of all pages, as they are passed on.
//!
//! A state is taken from its own connection only, its `user` is written from the session, and many changes within a moment go out as one message
//! with the latest of each. Knows no document: whose a client id is, it asks.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use dagsorden_shared::api::Person;
use dagsorden_shared::id::ClientId;
use dagsorden_shared::presence::Presence;
use dagsorden_shared::protocol::ServerMessage;
use dagsorden_shared::protocol::awareness::AwarenessState;

use super::connection::ConnectionId;

/// At most one message in this time: 20 a second.
const INTERVAL: Duration = Duration::from_millis(50);

/// Client ids that one connection may bring in its life. A page has one.
const IDS_PER_CONNECTION: usize = 4;

/// How long a departed id is remembered, so that a late echo of its state by a stock client does not bring it back.
const REMEMBERED: Duration = Duration::from_secs(60);

struct Entry {
    connection: ConnectionId,
    clock: u32,
    /// As passed on.
    json: String,
}

struct Departed {
    clock: u32,
    at: Duration,
}

/// The states of a room.
#[derive(Default)]
pub(super) struct PresenceBoard {
    present: BTreeMap<ClientId, Entry>,
    departed: HashMap<ClientId, Departed>,
    /// What each connection has brought, gone or not: ids that come and go would be ghosts without end.
    brought: HashMap<ConnectionId, BTreeSet<ClientId>>,
    changed: BTreeSet<ClientId>,
    told: Option<Duration>,
}

/// Who sends states, and whose a client id is.
pub(super) struct PresenceSender<'a> {
    pub(super) connection: ConnectionId,
    pub(super) person: &'a Person,
    /// Whether a client id is the sender's; binds one that is nobody's.
    pub(super) owns: &'a mut dyn FnMut(ClientId) -> bool,
}

impl PresenceBoard {
    /// Takes the sender's own states; all others are dropped in silence, since stock clients send back what they receive.
    pub(super) fn receive(&mut self, now: Duration, sender: &mut PresenceSender<'_>, states: &[AwarenessState<'_>]) {
        for state in states {
            self.receive_one(now, sender, state);
        }
    }

    fn receive_one(&mut self, now: Duration, sender: &mut PresenceSender<'_>, state: &AwarenessState<'_>) {
        let known = self.present.get(&state.client);
        let own = known.is_some_and(|entry| entry.connection == sender.connection);
        let last = known.map(|entry| entry.clock).or_else(|| self.departed.get(&state.client).map(|departed| departed.clock));
        let Some(json) = state.json else {
            if own && last.is_some_and(|clock| state.clock >= clock) {
                self.withdraw(now, state.client, state.clock);
            }
            return;
        };
        if last.is_some_and(|clock| state.clock <= clock) {
            return;
        }
        let Some(presence) = Presence::parse(json) else { return };
        let brought = self.brought.entry(sender.connection).or_default();
        let is_one_too_many = brought.len() >= IDS_PER_CONNECTION && !brought.contains(&state.client);
        // A new connection may take over its user's id before the old one is known to be dead: its clock is higher than any echo's.
        if is_one_too_many || !(sender.owns)(state.client) {
            return;
        }
        brought.insert(state.client);
        let json = Presence { user: sender.person.clone(), ..presence }.to_json();
        self.departed.remove(&state.client);
        self.present.insert(state.client, Entry { connection: sender.connection, clock: state.clock, json });
        self.changed.insert(state.client);
    }

    fn withdraw(&mut self, now: Duration, client: ClientId, clock: u32) {
        if self.present.remove(&client).is_some() {
            self.departed.insert(client, Departed { clock, at: now });
            self.changed.insert(client);
        }
    }

    /// Withdraws the states of a connection that is gone.
    pub(super) fn leave(&mut self, now: Duration, connection: ConnectionId) {
        self.brought.remove(&connection);
        let gone = self.present.iter().filter(|(_, entry)| entry.connection == connection);
        let gone: Vec<(ClientId, u32)> = gone.map(|(client, entry)| (*client, entry.clock)).collect();
        for (client, clock) in gone {
            self.withdraw(now, client, clock);
        }
    }

    /// When the next message is due, if one is.
    pub(super) fn due(&self) -> Option<Duration> {
        (!self.changed.is_empty()).then(|| self.told.map_or(Duration::ZERO, |told| told + INTERVAL))
    }

    /// The message for everybody, if one is due: what changed since the last.
    pub(super) fn flush(&mut self, now: Duration) -> Option<Vec<u8>> {
        if self.due()? > now {
            return None;
        }
        self.told = Some(now);
        self.departed.retain(|_, departed| now < departed.at + REMEMBERED);
        let changed = std::mem::take(&mut self.changed);
        let states = changed.iter().filter_map(|client| {
            let present = self.present.get(client).map(|entry| (entry.clock, Some(entry.json.as_str())));
            let (clock, json) = present.or_else(|| self.departed.get(client).map(|departed| (departed.clock, None)))?;
            Some(AwarenessState { client: *client, clock, json })
        });
        Some(ServerMessage::Awareness(states.collect()).encode())
    }

    /// All states, for a client that connects or asks. `None` if there are none.
    pub(super) fn everybody(&self) -> Option<Vec<u8>> {
        let states = self.present.iter().map(|(client, entry)| AwarenessState {
            client: *client,
            clock: entry.clock,
            json: Some(entry.json.as_str()),
        });
        (!self.present.is_empty()).then(|| ServerMessage::Awareness(states.collect()).encode())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: ConnectionId = ConnectionId(1);
    const B: ConnectionId = ConnectionId(2);

    fn client(id: u64) -> ClientId {
        ClientId::new(id).unwrap()
    }

    fn send(board: &mut PresenceBoard, at: u64, connection: ConnectionId, id: u64, clock: u32, json: Option<&str>) {
        let person = Person { name: format!("Person {}", connection.0), ..Person::default() };
        let mut sender = PresenceSender { connection, person: &person, owns: &mut |_| true };
        board.receive(Duration::from_millis(at), &mut sender, &[AwarenessState { client: client(id), clock, json }]);
    }

    /// What the next message says: client, clock, name of the user or `None` if gone.
    fn told(board: &mut PresenceBoard, at: u64) -> Vec<(u64, u32, Option<String>)> {
        let Some(frame) = board.flush(Duration::from_millis(at)) else { return Vec::new() };
        let Ok(ServerMessage::Awareness(states)) = ServerMessage::decode(&frame) else { panic!("no awareness") };
        let name = |json: &str| Presence::parse_rewritten(json).unwrap().user.name;
        states.iter().map(|state| (state.client.get(), state.clock, state.json.map(name))).collect()
    }

    #[test]
    fn the_user_is_written_by_the_server() {
        let mut board = PresenceBoard::default();
        send(&mut board, 0, A, 7, 1, Some(r#"{"user":{"name":"Somebody Else","organisation":"X","hue":2}}"#));
        assert_eq!(told(&mut board, 0), [(7, 1, Some("Person 1".to_owned()))]);
    }

    #[test]
    fn an_echo_of_anothers_state_changes_nothing_even_after_they_left() {
        let mut board = PresenceBoard::default();
        send(&mut board, 0, A, 7, 5, Some("{}"));
        told(&mut board, 0);
        send(&mut board, 100, B, 7, 5, Some("{}"));
        send(&mut board, 100, B, 7, 5, None);
        assert_eq!(told(&mut board, 200), []);
        board.leave(Duration::from_millis(300), A);
        assert_eq!(told(&mut board, 300), [(7, 5, None)]);
        send(&mut board, 400, B, 7, 5, Some("{}"));
        assert_eq!(told(&mut board, 500), []);
        assert_eq!(board.everybody(), None);
    }

    #[test]
    fn many_changes_in_a_moment_go_out_once_with_the_latest() {
        let mut board = PresenceBoard::default();
        send(&mut board, 1000, A, 7, 1, Some("{}"));
        assert_eq!(told(&mut board, 1000).len(), 1);
        for clock in 2..30 {
            send(&mut board, 1010, A, 7, clock, Some("{}"));
        }
        assert_eq!(told(&mut board, 1049), []);
        assert_eq!(board.due(), Some(Duration::from_millis(1050)));
        assert_eq!(told(&mut board, 1050), [(7, 29, Some("Person 1".to_owned()))]);
        assert_eq!(board.due(), None);
    }

    #[test]
    fn a_page_that_comes_back_takes_its_state_over_from_its_dead_connection() {
        let mut board = PresenceBoard::default();
        send(&mut board, 0, A, 7, 5, Some("{}"));
        send(&mut board, 10, B, 7, 6, Some("{}"));
        told(&mut board, 50);
        board.leave(Duration::from_millis(60), A);
        assert_eq!(told(&mut board, 200), []);
        assert!(board.everybody().is_some());
    }

    #[test]
    fn two_hundred_thousand_ghosts_of_one_connection_leave_nothing_behind() {
        let mut board = PresenceBoard::default();
        let mut claimed = 0;
        for id in 1..=200_000 {
            let mut owns = |_| {
                claimed += 1;
                true
            };
            let mut sender = PresenceSender { connection: A, person: &Person::default(), owns: &mut owns };
            // Each goes before the next comes.
            for (clock, json) in [(1, Some("{}")), (2, None)] {
                board.receive(Duration::ZERO, &mut sender, &[AwarenessState { client: client(id), clock, json }]);
            }
        }
        assert_eq!((told(&mut board, 0).len(), claimed), (IDS_PER_CONNECTION, IDS_PER_CONNECTION));
        assert_eq!((board.departed.len(), board.present.len()), (IDS_PER_CONNECTION, 0));
        board.leave(Duration::ZERO, A);
        assert!(board.brought.is_empty());
    }

    #[test]
    fn ids_of_other_users_are_dropped() {
        let mut board = PresenceBoard::default();
        let mut sender = PresenceSender { connection: A, person: &Person::default(), owns: &mut |_| false };
        board.receive(Duration::ZERO, &mut sender, &[AwarenessState { client: client(3), clock: 1, json: Some("{}") }]);
        assert_eq!(board.due(), None);
    }
}
