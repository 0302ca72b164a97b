//! Who may do what, now: accounts, memberships, sessions, and which document belongs to which meeting, as one immutable snapshot.
//!
//! The store builds a new snapshot after each commit that changes what rights are made of; everyone else only reads. So "not yours" and "not
//! there" cost the same look-ups, and no judgement waits for the database. The rules themselves are in [`dagsorden_shared::access`].
//! Knows no SQL and no HTTP.

use std::collections::HashMap;
use std::sync::Arc;

use dagsorden_shared::access::{Phase, Place, Roles, Ruling, Standing, Verb, can};
use dagsorden_shared::api::Person;
use dagsorden_shared::id::{AccountId, DocumentId, ForumId, ItemId, MeetingId, SessionId, TokenId};

use crate::gate::UserKey;

/// How often each part of the rights has changed. Equal generations mean equal rights.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Generation {
    /// Accounts and memberships.
    pub people: u64,
    /// Meetings and documents.
    pub meetings: u64,
    /// Sessions and tokens.
    pub sessions: u64,
}

/// How a person came in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Via {
    /// By nothing: a stranger where there are accounts.
    Nothing,
    /// Open mode, with these roles in every forum.
    Open(Roles),
    /// By a session.
    Session(SessionId),
    /// By a token for programs.
    Token(TokenId),
    /// By the command line: a user of the data folder has everything.
    CommandLine,
}

/// Who acts. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account's id; in open mode the browser's key.
    pub user: UserKey,
    /// How they came in.
    pub via: Via,
}

impl Actor {
    /// The command line.
    pub fn command_line() -> Self {
        Self { user: UserKey::new("cli"), via: Via::CommandLine }
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// As others see them.
    pub person: Person,
    /// Where mail goes.
    pub email: Option<String>,
    /// Whether it may do anything. Invited and disabled accounts may not.
    pub active: bool,
    /// Whether it administers the installation.
    pub administrator: bool,
}

/// Accounts and memberships.
#[derive(Debug, Default, PartialEq)]
pub struct People {
    /// All accounts.
    pub accounts: HashMap<AccountId, Account>,
    /// Roles by forum and account; memberships that ended are not here.
    pub roles: HashMap<ForumId, HashMap<AccountId, Roles>>,
}

/// Where a meeting belongs and stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingPlace {
    /// Its forum.
    pub forum: ForumId,
    /// Its own document.
    pub document: DocumentId,
    /// Its items that live in documents of their own, and those.
    pub items: Vec<(ItemId, DocumentId)>,
    /// Its phase.
    pub phase: Phase,
    /// Whether it was deleted; it can be restored.
    pub deleted: bool,
}

impl MeetingPlace {
    /// The document that holds the words of an item.
    pub fn document_of(&self, item: &ItemId) -> &DocumentId {
        self.items.iter().find(|(known, _)| known == item).map_or(&self.document, |(_, document)| document)
    }

    /// All its documents.
    pub fn documents(&self) -> impl Iterator<Item = &DocumentId> {
        std::iter::once(&self.document).chain(self.items.iter().map(|(_, document)| document))
    }
}

/// Meetings and documents.
#[derive(Debug, Default, PartialEq)]
pub struct Meetings {
    /// All meetings, deleted ones too.
    pub meetings: HashMap<MeetingId, MeetingPlace>,
    /// The meeting of each document.
    pub documents: HashMap<DocumentId, MeetingId>,
}

/// A session or token that is alive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// How one comes in with it.
    pub via: Via,
    /// Whose it is.
    pub account: AccountId,
    /// When it ends, in milliseconds since 1970.
    pub until: i64,
}

/// Sessions and tokens by the SHA-256 of their secret.
#[derive(Debug, Default, PartialEq)]
pub struct Passes {
    /// All that were not ended.
    pub by_secret: HashMap<[u8; 32], Pass>,
    /// When each ends.
    pub ends: HashMap<Via, i64>,
}

/// All rights at one moment.
#[derive(Debug, Clone, Default)]
pub struct Rights {
    /// Of which state of the database.
    pub generation: Generation,
    /// Accounts and memberships.
    pub people: Arc<People>,
    /// Meetings and documents.
    pub meetings: Arc<Meetings>,
    /// Sessions and tokens.
    pub passes: Arc<Passes>,
}

/// What an actor may do with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Their session has ended.
    SignedOut,
    /// For them there is no such document.
    None,
    /// They read.
    Read,
    /// They write.
    Write,
}

/// Which forums a person may see, for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of them: open mode.
    All,
    /// These.
    Forums(Vec<ForumId>),
}

impl Scope {
    /// Whether this forum is among them.
    pub fn contains(&self, forum: &ForumId) -> bool {
        match self {
            Self::All => true,
            Self::Forums(forums) => forums.contains(forum),
        }
    }
}

impl Rights {
    /// Whether there are no accounts: everyone on this machine has all rights.
    pub fn is_open(&self) -> bool {
        self.people.accounts.is_empty()
    }

    /// The account behind an actor. `None` in open mode, on the command line and for strangers.
    pub fn account(&self, actor: &Actor) -> Option<&Account> {
        match actor.via {
            Via::Session(_) | Via::Token(_) => self.people.accounts.get(&account_id(&actor.user)?),
            Via::Nothing | Via::Open(_) | Via::CommandLine => None,
        }
    }

    /// Whether the session or token an actor came by is still good at `now`, in milliseconds since 1970.
    pub fn is_alive(&self, actor: &Actor, now: i64) -> bool {
        match &actor.via {
            Via::Nothing => false,
            Via::CommandLine => true,
            Via::Open(_) => self.is_open(),
            via @ (Via::Session(_) | Via::Token(_)) => {
                self.passes.ends.get(via).is_some_and(|until| now < *until) && self.account(actor).is_some_and(|account| account.active)
            }
        }
    }

    /// An actor's standing in a forum.
    pub fn standing(&self, actor: &Actor, forum: &ForumId) -> Standing {
        match &actor.via {
            Via::CommandLine => Standing::OPEN,
            Via::Open(roles) if self.is_open() => Standing { active: true, roles: *roles, administrator: true },
            Via::Nothing | Via::Open(_) => Standing::STRANGER,
            via @ (Via::Session(_) | Via::Token(_)) => {
                let (Some(id), true) = (account_id(&actor.user), self.passes.ends.contains_key(via)) else { return Standing::STRANGER };
                let Some(account) = self.people.accounts.get(&id) else { return Standing::STRANGER };
                let roles = self.people.roles.get(forum).and_then(|members| members.get(&id)).copied().unwrap_or_default();
                Standing { active: account.active, roles, administrator: account.administrator }
            }
        }
    }

    /// Whether an actor may do `verb` in a forum.
    pub fn judge_forum(&self, actor: &Actor, forum: &ForumId, verb: Verb) -> Ruling {
        can(&self.standing(actor, forum), &Place::OPEN, verb, Phase::Draft)
    }

    /// Whether an actor may do `verb` with a meeting in its present phase. An unknown meeting is not there.
    pub fn judge_meeting(&self, actor: &Actor, meeting: &MeetingId, verb: Verb) -> Ruling {
        let Some(place) = self.meetings.meetings.get(meeting) else { return Ruling::NotThere };
        can(&self.standing(actor, &place.forum), &Place::OPEN, verb, place.phase)
    }

    /// Whether an actor may do `verb` with the meeting of a document.
    pub fn judge_document(&self, actor: &Actor, document: &DocumentId, verb: Verb) -> Ruling {
        match self.meetings.documents.get(document) {
            Some(meeting) => self.judge_meeting(actor, meeting, verb),
            None => Ruling::NotThere,
        }
    }

    /// What an actor may do with a document in its room.
    pub fn access(&self, actor: &Actor, document: &DocumentId) -> Access {
        if let via @ (Via::Session(_) | Via::Token(_)) = &actor.via
            && !self.passes.ends.contains_key(via)
        {
            return Access::SignedOut;
        }
        if matches!(actor.via, Via::Open(_)) && !self.is_open() {
            return Access::SignedOut;
        }
        match (self.judge_document(actor, document, Verb::SeeMeeting), self.judge_document(actor, document, Verb::Write)) {
            (Ruling::Yes, Ruling::Yes) => Access::Write,
            (Ruling::Yes, _) => Access::Read,
            _ => Access::None,
        }
    }

    /// Whether an actor may do `verb` with the installation. Strangers get "not there".
    pub fn judge_installation(&self, actor: &Actor, verb: Verb) -> Ruling {
        let standing = match &actor.via {
            Via::CommandLine => Standing::OPEN,
            Via::Open(_) if self.is_open() => Standing::OPEN,
            _ => match self.account(actor).filter(|account| account.active) {
                Some(account) => Standing { active: true, roles: Roles::NONE, administrator: account.administrator },
                None => Standing::STRANGER,
            },
        };
        can(&standing, &Place::OPEN, verb, Phase::Draft)
    }

    /// The forums an actor may see.
    pub fn scope(&self, actor: &Actor) -> Scope {
        match &actor.via {
            Via::CommandLine => Scope::All,
            Via::Open(_) if self.is_open() => Scope::All,
            _ => Scope::Forums(
                self.people.roles.keys().filter(|forum| self.judge_forum(actor, forum, Verb::SeeForum).is_yes()).cloned().collect(),
            ),
        }
    }

    /// Whether an account may do `verb` with a meeting in its present phase, however it would come in.
    pub fn judge_account(&self, account: &AccountId, meeting: &MeetingId, verb: Verb) -> Ruling {
        let place = self.meetings.meetings.get(meeting).filter(|place| !place.deleted);
        let (Some(place), Some(known)) = (place, self.people.accounts.get(account)) else { return Ruling::NotThere };
        let roles = self.people.roles.get(&place.forum).and_then(|members| members.get(account)).copied().unwrap_or_default();
        let standing = Standing { active: known.active, roles, administrator: known.administrator };
        can(&standing, &Place::OPEN, verb, place.phase)
    }

    /// The active members of a forum, with their roles.
    pub fn members(&self, forum: &ForumId) -> impl Iterator<Item = (&AccountId, &Account, Roles)> {
        let members = self.people.roles.get(forum).into_iter().flatten();
        members.filter_map(|(id, roles)| Some((id, self.people.accounts.get(id)?, *roles)))
    }
}

#[cfg(test)]
impl Rights {
    /// Open mode with one meeting, for tests of a room.
    pub(crate) fn open_with(document: &DocumentId, phase: Phase) -> Self {
        let (forum, meeting): (ForumId, MeetingId) = (ForumId::from_random(1), MeetingId::from_random(1));
        let place = MeetingPlace { forum, document: document.clone(), items: Vec::new(), phase, deleted: false };
        let meetings =
            Meetings { documents: HashMap::from([(document.clone(), meeting.clone())]), meetings: HashMap::from([(meeting, place)]) };
        Self { meetings: Arc::new(meetings), ..Self::default() }
    }
}

/// The account's id behind a user key.
pub fn account_id(user: &UserKey) -> Option<AccountId> {
    user.as_str().parse().ok()
}
