//! Whose client id is whose: an id belongs to the user who used it first.
//!
//! Owns the rule. Does not know how a user proves who he is, nor where the bindings are stored.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::sync::Arc;

use dagsorden_shared::id::ClientId;

use super::limits::MAX_BINDINGS;
use super::refusal::Refusal;

/// Stored with client ids, so it never changes.
const SHARED: &str = "guest";

/// Whom a client id is bound to: a user, or the key of an unnamed guest. Chosen by the session, opaque here.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UserKey(Arc<str>);

impl UserKey {
    /// The key with this text, as the session or the store has it.
    pub fn new(key: impl Into<Arc<str>>) -> Self {
        Self(key.into())
    }

    /// The key that all share who have none of their own.
    pub fn shared() -> Self {
        Self::new(SHARED)
    }

    /// Whether it is the one that all share who have none of their own.
    pub fn is_shared(&self) -> bool {
        self.as_str() == SHARED
    }

    /// The key as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UserKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserKey({})", self.0)
    }
}

/// What claiming a client id came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It was this user's before.
    Known,
    /// It is this user's from now on; the binding must be stored.
    New,
}

/// The owners of the client ids of one document.
#[derive(Debug, Clone, Default)]
pub struct ClientIds {
    owners: HashMap<ClientId, UserKey>,
}

impl ClientIds {
    /// The stored bindings of a document.
    pub fn load(bindings: impl IntoIterator<Item = (ClientId, UserKey)>) -> Self {
        Self { owners: bindings.into_iter().collect() }
    }

    /// Whose id this is.
    pub fn owner(&self, client: ClientId) -> Option<&UserKey> {
        self.owners.get(&client)
    }

    /// Binds `client` to `user` if nobody has it. `used` says whether the document holds content under this id
    /// ([`Gate::knows`](super::Gate::knows)): such an id without an owner was the server's own and is nobody's.
    pub fn claim(&mut self, client: ClientId, user: &UserKey, used: bool) -> Result<Claim, Refusal> {
        match self.owners.entry(client) {
            Entry::Occupied(entry) if entry.get() == user => Ok(Claim::Known),
            Entry::Vacant(entry) if !used => {
                entry.insert(user.clone());
                Ok(Claim::New)
            }
            _ => Err(Refusal::NotYourClientId(client)),
        }
    }

    /// As [`ClientIds::claim`], for a user who has not written yet. Such ids are limited: they cost nothing to make up.
    pub fn claim_unwritten(&mut self, client: ClientId, user: &UserKey, used: bool) -> Result<Claim, Refusal> {
        if self.owners.len() >= MAX_BINDINGS && !self.owners.contains_key(&client) {
            return Err(Refusal::DocumentFull);
        }
        self.claim(client, user, used)
    }

    /// Whether [`ClientIds::claim`] would succeed, changing nothing.
    pub fn may_claim(&self, client: ClientId, user: &UserKey, used: bool) -> bool {
        self.owners.get(&client).map_or(!used, |owner| owner == user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_belongs_to_whoever_used_it_first() {
        let (anne, bo) = (UserKey::new("anne"), UserKey::new("bo"));
        let id = ClientId::from_random(7);
        let mut ids = ClientIds::default();
        assert_eq!(ids.claim(id, &anne, false), Ok(Claim::New));
        assert_eq!(ids.claim(id, &anne, true), Ok(Claim::Known));
        assert_eq!(ids.claim(id, &bo, true), Err(Refusal::NotYourClientId(id)));
        assert!(ids.may_claim(id, &anne, true) && !ids.may_claim(id, &bo, false));
    }

    #[test]
    fn ghosts_fill_no_document() {
        let mut ids = ClientIds::default();
        let (ghosts, anne) = (UserKey::new("ghosts"), UserKey::new("anne"));
        let taken = (1..200_000).filter(|id| ids.claim_unwritten(ClientId::from_random(*id), &ghosts, false).is_ok()).count();
        assert_eq!(taken, MAX_BINDINGS);
        // A user who writes still gets an id.
        assert_eq!(ids.claim(ClientId::from_random(300_000), &anne, false), Ok(Claim::New));
        assert_eq!(ids.claim_unwritten(ClientId::from_random(300_000), &anne, true), Ok(Claim::Known));
    }

    #[test]
    fn an_id_of_the_server_is_nobodys() {
        let mut ids = ClientIds::default();
        let id = ClientId::from_random(1);
        assert_eq!(ids.claim(id, &UserKey::new("anne"), true), Err(Refusal::NotYourClientId(id)));
    }
}
