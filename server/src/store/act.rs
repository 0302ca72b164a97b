//! What a person does with rows: judged by the rights inside the transaction, done, and written into the audit trail, all or nothing.

use dagsorden_shared::access::{Phase, Verb};
use dagsorden_shared::api::Person;
use dagsorden_shared::id::{ForumId, MeetingId};

use super::StoreError;
use super::audit::{self, Record};
use super::connection::Database;
use super::rights::{RightsCache, demand};
use crate::rights::{Actor, Via};

/// Where something is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum On {
    /// In a forum.
    Forum(ForumId),
    /// In a meeting.
    Meeting(MeetingId),
    /// In the installation as a whole.
    Installation,
}

/// Who does what, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Who.
    pub actor: Actor,
    /// As others see them.
    pub person: Person,
    /// What; it must be allowed.
    pub verb: Verb,
    /// Where.
    pub on: On,
    /// What it is done to, for the audit trail: an id or a word, never text of a document.
    pub object: String,
}

impl Act {
    /// An act of the command line.
    pub fn of_command_line(verb: Verb, on: On, object: impl Into<String>) -> Self {
        let person = Person { name: "cli".to_owned(), ..Person::default() };
        Self { actor: Actor::command_line(), person, verb, on, object: object.into() }
    }

    /// The same act with another object.
    #[must_use]
    pub fn object(mut self, object: impl Into<String>) -> Self {
        self.object = object.into();
        self
    }

    /// Judges the act, does `work` and notes it in the trail.
    pub(super) fn perform<T>(
        &self,
        database: &Database<'_>,
        rights: &RightsCache,
        work: impl FnOnce(&Database<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let rights = rights.within(database)?;
        let (ruling, phase) = match &self.on {
            On::Forum(forum) => (rights.judge_forum(&self.actor, forum, self.verb), None),
            On::Meeting(meeting) => {
                let phase = rights.meetings.meetings.get(meeting).map(|place| place.phase);
                (rights.judge_meeting(&self.actor, meeting, self.verb), phase)
            }
            On::Installation => (rights.judge_installation(&self.actor, self.verb), None),
        };
        demand(ruling)?;
        let value = work(database)?;
        audit::record(database, &self.record(phase))?;
        Ok(value)
    }

    fn record(&self, phase: Option<Phase>) -> Record {
        let session = match &self.actor.via {
            Via::Session(id) => id.to_string(),
            Via::Token(id) => format!("token {id}"),
            Via::CommandLine => "cli".to_owned(),
            Via::Nothing | Via::Open(_) => String::new(),
        };
        let object = match &self.on {
            On::Forum(forum) if self.object.is_empty() => forum.to_string(),
            _ => self.object.clone(),
        };
        let meeting = if let On::Meeting(meeting) = &self.on { meeting.to_string() } else { String::new() };
        Record {
            user: self.actor.user.as_str().to_owned(),
            person: self.person.clone(),
            verb: self.verb.as_str().to_owned(),
            meeting,
            phase: phase.map(Phase::as_str).unwrap_or_default().to_owned(),
            session,
            object,
        }
    }
}
