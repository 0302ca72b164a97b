//! SQL of the people of a meeting: rows that are made once under an id of the client, and changed by who saw their newest version.

use dagsorden_shared::access::Role;
use dagsorden_shared::api::{ChangedParticipant, NewParticipant, ParticipantRow};
use dagsorden_shared::id::{ForumId, MeetingId, ParticipantId};
use dagsorden_shared::meeting_json::{Participant, ParticipantStatus};
use rusqlite::params;

use super::connection::Database;
use super::meeting::{read_id, read_word, word};
use super::member::members;
use super::{Act, Store, StoreError, Stored};
use crate::import::MAX_NAMES;
use crate::intake::random_bits;

/// What a person of a meeting is called in refusals.
const WHAT: &str = "participant";

pub(super) fn list(database: &Database<'_>, meeting: &MeetingId) -> Result<Vec<ParticipantRow>, StoreError> {
    let error = database.error("reading participants");
    let mut select = database
        .connection
        .prepare_cached(
            "SELECT id, version, position, name, organisation, role, status, arrived, departed FROM participant
             WHERE meeting = ?1 ORDER BY position, id",
        )
        .map_err(&error)?;
    let rows = select
        .query_map(params![meeting.as_str()], |row| {
            let person = Participant {
                name: row.get(3)?,
                organisation: row.get(4)?,
                role: row.get(5)?,
                arrived: row.get(7)?,
                departed: row.get(8)?,
                ..Participant::default()
            };
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(6)?, person))
        })
        .map_err(&error)?;
    rows.map(|row| {
        let (id, version, position, status, person) = row.map_err(&error)?;
        let person = Participant { status: read_word("participant.status", status)?, ..person };
        Ok(ParticipantRow { id: read_id("participant.id", id)?, version, position, person })
    })
    .collect()
}

fn find(database: &Database<'_>, meeting: &MeetingId, id: &ParticipantId) -> Result<Option<ParticipantRow>, StoreError> {
    Ok(list(database, meeting)?.into_iter().find(|row| row.id == *id))
}

pub(super) fn insert(
    database: &Database<'_>,
    meeting: &MeetingId,
    id: &ParticipantId,
    position: u32,
    person: &Participant,
) -> Result<(), StoreError> {
    let Participant { name, organisation, role, status, arrived, departed } = person;
    database
        .connection
        .execute(
            "INSERT INTO participant (meeting, id, position, name, organisation, role, status, arrived, departed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![meeting.as_str(), id.as_str(), position, name, organisation, role, word(status), arrived, departed],
        )
        .map(drop)
        .map_err(database.error("storing a participant"))
}

/// Behind all others.
fn behind(rows: &[ParticipantRow]) -> u32 {
    rows.iter().map(|row| row.position.saturating_add(1)).max().unwrap_or(0)
}

fn create(database: &Database<'_>, meeting: &MeetingId, id: &ParticipantId, new: &NewParticipant) -> Result<Stored, StoreError> {
    let rows = list(database, meeting)?;
    if let Some(known) = rows.iter().find(|row| row.id == *id) {
        return if known.person == new.person { Ok(Stored::Before) } else { Err(StoreError::Conflict { what: "this participant" }) };
    }
    if rows.len() >= MAX_NAMES {
        return Err(StoreError::TooMany { what: "participants", limit: u32::try_from(MAX_NAMES).unwrap_or(u32::MAX) });
    }
    insert(database, meeting, id, new.position.unwrap_or_else(|| behind(&rows)), &new.person)?;
    Ok(Stored::New)
}

fn missing(id: &ParticipantId) -> StoreError {
    StoreError::Missing { what: WHAT, id: id.to_string() }
}

fn seen(row: &ParticipantRow, version: u32) -> Result<(), StoreError> {
    if row.version == version { Ok(()) } else { Err(StoreError::Stale { what: "the participant" }) }
}

fn change(
    database: &Database<'_>,
    meeting: &MeetingId,
    id: &ParticipantId,
    changed: &ChangedParticipant,
) -> Result<ParticipantRow, StoreError> {
    let mut row = find(database, meeting, id)?.ok_or_else(|| missing(id))?;
    seen(&row, changed.version)?;
    let text = |new: &Option<String>, old: Option<String>| match new {
        Some(new) => Some(new.clone()).filter(|new| !new.is_empty()),
        None => old,
    };
    let Participant { name, organisation, role, status, arrived, departed } = row.person;
    row.person = Participant {
        name: changed.name.clone().unwrap_or(name),
        organisation: text(&changed.organisation, organisation),
        role: text(&changed.role, role),
        status: changed.status.unwrap_or(status),
        arrived: text(&changed.arrived, arrived),
        departed: text(&changed.departed, departed),
    };
    row.position = changed.position.unwrap_or(row.position);
    row.version += 1;
    let Participant { name, organisation, role, status, arrived, departed } = &row.person;
    database
        .connection
        .execute(
            "UPDATE participant SET version = ?3, position = ?4, name = ?5, organisation = ?6, role = ?7, status = ?8, arrived = ?9,
             departed = ?10 WHERE meeting = ?1 AND id = ?2",
            params![meeting.as_str(), id.as_str(), row.version, row.position, name, organisation, role, word(status), arrived, departed],
        )
        .map_err(database.error("changing a participant"))?;
    Ok(row)
}

fn remove(database: &Database<'_>, meeting: &MeetingId, id: &ParticipantId, version: Option<u32>) -> Result<(), StoreError> {
    let row = find(database, meeting, id)?.ok_or_else(|| missing(id))?;
    version.map_or(Ok(()), |version| seen(&row, version))?;
    database
        .connection
        .execute("DELETE FROM participant WHERE meeting = ?1 AND id = ?2", params![meeting.as_str(), id.as_str()])
        .map(drop)
        .map_err(database.error("removing a participant"))
}

/// Adds the members of a forum who are not there by name yet. Answers how many were added.
fn add_members(database: &Database<'_>, meeting: &MeetingId, forum: &ForumId) -> Result<u32, StoreError> {
    let rows = list(database, meeting)?;
    let known = |name: &str| rows.iter().any(|row| row.person.name.trim().eq_ignore_ascii_case(name.trim()));
    let (first, mut added) = (behind(&rows), 0);
    for member in members(database, forum)? {
        if member.state == "disabled" || member.role == Role::Reader || known(&member.person.name) || rows.len() >= MAX_NAMES {
            continue;
        }
        let stated = |text: String| Some(text).filter(|text| !text.is_empty());
        let status = if member.role == Role::Secretariat { ParticipantStatus::Sekretariat } else { ParticipantStatus::Deltager };
        let (organisation, role) = (stated(member.person.organisation), stated(member.title));
        let person = Participant { name: member.person.name, organisation, role, status, ..Participant::default() };
        insert(database, meeting, &ParticipantId::from_random(random_bits()), first + added, &person)?;
        added += 1;
    }
    Ok(added)
}

impl Store {
    /// The people of a meeting in their order.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn participants(&self, meeting: &MeetingId) -> Result<Vec<ParticipantRow>, StoreError> {
        let meeting = meeting.clone();
        self.read(move |database| list(database, &meeting)).await
    }

    /// Adds someone; sent twice it happens once.
    ///
    /// # Errors
    /// Not allowed; someone else has this id. Nothing was stored.
    pub async fn add_participant(
        &self,
        act: Act,
        meeting: MeetingId,
        id: ParticipantId,
        new: NewParticipant,
    ) -> Result<Stored, StoreError> {
        self.act(act, move |database| create(database, &meeting, &id, &new)).await
    }

    /// Changes someone.
    ///
    /// # Errors
    /// Not allowed; not there; [`StoreError::Stale`] if they were changed meanwhile. Nothing was stored.
    pub async fn change_participant(
        &self,
        act: Act,
        meeting: MeetingId,
        id: ParticipantId,
        changed: ChangedParticipant,
    ) -> Result<ParticipantRow, StoreError> {
        self.act(act, move |database| change(database, &meeting, &id, &changed)).await
    }

    /// Removes someone. With a version only if it is still that one.
    ///
    /// # Errors
    /// Not allowed; not there; [`StoreError::Stale`]. Nothing was changed.
    pub async fn remove_participant(
        &self,
        act: Act,
        meeting: MeetingId,
        id: ParticipantId,
        version: Option<u32>,
    ) -> Result<(), StoreError> {
        self.act(act, move |database| remove(database, &meeting, &id, version)).await
    }

    /// Adds the members of the meeting's forum who are not there yet. Answers how many.
    ///
    /// # Errors
    /// Not allowed. Nothing was stored.
    pub async fn add_members(&self, act: Act, meeting: MeetingId, forum: ForumId) -> Result<u32, StoreError> {
        self.act(act, move |database| add_members(database, &meeting, &forum)).await
    }
}
