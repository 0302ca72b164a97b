//! What people do with the people of a meeting: add, change, remove, and take over the forum's members.

use dagsorden_shared::api::{ChangedParticipant, NewParticipant, ParticipantRow};
use dagsorden_shared::date::Time;
use dagsorden_shared::id::{ForumId, MeetingId, ParticipantId};

use super::Commands;
use crate::error::ApiError;
use crate::store::{Act, StoreError, Stored};

const MAX_NAME: usize = 200;

impl Commands {
    /// Adds someone to a meeting. Sent twice it happens once.
    ///
    /// # Errors
    /// Not allowed; a text that cannot be taken; 409 if someone else has this id.
    pub async fn add_participant(
        &self,
        act: Act,
        meeting: &MeetingId,
        id: ParticipantId,
        mut new: NewParticipant,
    ) -> Result<Stored, ApiError> {
        new.person.name = name(&new.person.name)?;
        new.person.organisation = stated(new.person.organisation.as_deref())?;
        new.person.role = stated(new.person.role.as_deref())?;
        for time in [&mut new.person.arrived, &mut new.person.departed] {
            *time = time.as_deref().map(clock).transpose()?.filter(|time| !time.is_empty());
        }
        let stored = self.store.add_participant(act, meeting.clone(), id, new).await?;
        if stored == Stored::New {
            self.rows_changed(meeting);
        }
        Ok(stored)
    }

    /// Changes someone of a meeting.
    ///
    /// # Errors
    /// Not allowed; not there; 412 with what stands there now if they were changed meanwhile.
    pub async fn change_participant(
        &self,
        act: Act,
        meeting: &MeetingId,
        id: ParticipantId,
        mut changed: ChangedParticipant,
    ) -> Result<ParticipantRow, ApiError> {
        changed.name = changed.name.as_deref().map(name).transpose()?;
        changed.organisation = changed.organisation.as_deref().map(line).transpose()?;
        changed.role = changed.role.as_deref().map(line).transpose()?;
        changed.arrived = changed.arrived.as_deref().map(clock).transpose()?;
        changed.departed = changed.departed.as_deref().map(clock).transpose()?;
        match self.store.change_participant(act, meeting.clone(), id.clone(), changed).await {
            Ok(row) => {
                self.rows_changed(meeting);
                Ok(row)
            }
            Err(error) => Err(self.refused(error, meeting, &id).await),
        }
    }

    /// Removes someone from a meeting.
    ///
    /// # Errors
    /// As for a change.
    pub async fn remove_participant(&self, act: Act, meeting: &MeetingId, id: ParticipantId, version: Option<u32>) -> Result<(), ApiError> {
        match self.store.remove_participant(act, meeting.clone(), id.clone(), version).await {
            Ok(()) => {
                self.rows_changed(meeting);
                Ok(())
            }
            Err(error) => Err(self.refused(error, meeting, &id).await),
        }
    }

    /// Adds the forum's members who are not among the people of the meeting yet. Answers how many.
    ///
    /// # Errors
    /// Not allowed.
    pub async fn add_members(&self, act: Act, meeting: &MeetingId, forum: &ForumId) -> Result<u32, ApiError> {
        let added = self.store.add_members(act, meeting.clone(), forum.clone()).await?;
        if added > 0 {
            self.rows_changed(meeting);
        }
        Ok(added)
    }

    /// One of the people of a meeting.
    ///
    /// # Errors
    /// Not there.
    pub async fn participant(&self, meeting: &MeetingId, id: &ParticipantId) -> Result<ParticipantRow, ApiError> {
        let rows = self.store.participants(meeting).await?;
        rows.into_iter().find(|row| row.id == *id).ok_or_else(|| ApiError::not_found("participant"))
    }

    /// A refusal, with the newer row if there is one.
    async fn refused(&self, error: StoreError, meeting: &MeetingId, id: &ParticipantId) -> ApiError {
        match error {
            StoreError::Stale { what } => match self.participant(meeting, id).await {
                Ok(row) => ApiError::changed_meanwhile(what, &row),
                Err(gone) => gone,
            },
            error => error.into(),
        }
    }
}

fn name(text: &str) -> Result<String, ApiError> {
    let name = line(text)?;
    if name.is_empty() { Err(ApiError::invalid("A participant has a name.")) } else { Ok(name) }
}

/// Empty is absent.
fn stated(text: Option<&str>) -> Result<Option<String>, ApiError> {
    Ok(text.map(line).transpose()?.filter(|text| !text.is_empty()))
}

/// A time of day as `HH:MM`, or nothing.
fn clock(text: &str) -> Result<String, ApiError> {
    if text.trim().is_empty() {
        return Ok(String::new());
    }
    let minutes = Time::parse(text).ok_or_else(|| ApiError::invalid("A time is written as 09:40."))?.minutes();
    Ok(format!("{:02}:{:02}", minutes / 60, minutes % 60))
}

fn line(text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    if text.chars().count() > MAX_NAME || text.chars().any(char::is_control) {
        return Err(ApiError::invalid("Name, organisation and role have at most 200 characters on one line."));
    }
    Ok(text.to_owned())
}
