//! SQL of positions and outcomes: one row for each point and organisation, one for each point.

use dagsorden_shared::id::{ItemId, MeetingId, PointId};
use dagsorden_shared::talk::{Outcome, OutcomeKind, Position, Stance};
use rusqlite::{Row, params};

use super::account::now;
use super::connection::Database;
use super::meeting::{read_id, read_word, word};
use super::talk::next_seq;
use super::{Act, Speaker, Store, StoreError};

/// A point of a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointPlace {
    /// The meeting.
    pub meeting: MeetingId,
    /// The item.
    pub item: ItemId,
    /// The point.
    pub point: PointId,
}

/// What an organisation thinks of a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PositionDraft {
    /// Whose position it is.
    pub organisation: String,
    /// What they think.
    pub stance: Stance,
    /// In words.
    pub remark: String,
    /// The point's words as they stand.
    pub wording: String,
}

impl Store {
    /// Stores an organisation's position on a point.
    ///
    /// # Errors
    /// Not allowed. Nothing was stored.
    pub async fn set_position(&self, act: Act, speaker: Speaker, place: PointPlace, draft: PositionDraft) -> Result<(), StoreError> {
        self.act(act, move |database| set_position(database, &speaker, &place, &draft)).await
    }

    /// Removes an organisation's position on a point.
    ///
    /// # Errors
    /// Not allowed. Nothing was changed.
    pub async fn remove_position(&self, act: Act, place: PointPlace, organisation: String) -> Result<(), StoreError> {
        self.act(act, move |database| remove_position(database, &place, &organisation)).await
    }

    /// Stores what came of a point.
    ///
    /// # Errors
    /// Not allowed. Nothing was stored.
    pub async fn set_outcome(&self, act: Act, speaker: Speaker, place: PointPlace, outcome: Option<OutcomeKind>) -> Result<(), StoreError> {
        self.act(act, move |database| set_outcome(database, &speaker, &place, outcome)).await
    }

    /// All positions and outcomes of a meeting.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn points(&self, meeting: MeetingId) -> Result<(Vec<Position>, Vec<Outcome>), StoreError> {
        self.read(move |database| read(database, &meeting)).await
    }
}

pub(super) fn set_position(
    database: &Database<'_>,
    speaker: &Speaker,
    place: &PointPlace,
    draft: &PositionDraft,
) -> Result<(), StoreError> {
    let error = database.error("storing a position");
    let at = now();
    let values = params![
        place.meeting.as_str(),
        place.item.as_str(),
        place.point.as_str(),
        draft.organisation,
        word(draft.stance),
        draft.remark,
        speaker.user,
        speaker.person.name,
        draft.wording,
        at
    ];
    database
        .connection
        .execute(
            "INSERT INTO position (meeting, item, point, organisation, stance, remark, user, given_by, wording, at, version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1)
             ON CONFLICT DO UPDATE SET stance = excluded.stance, remark = excluded.remark, user = excluded.user,
                 given_by = excluded.given_by, wording = excluded.wording, at = excluded.at, version = version + 1",
            values,
        )
        .map_err(&error)?;
    database
        .connection
        .execute(
            "INSERT INTO position_log (meeting, item, point, organisation, stance, remark, user, given_by, wording, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            values,
        )
        .map_err(&error)?;
    next_seq(database, &place.meeting).map(drop)
}

pub(super) fn remove_position(database: &Database<'_>, place: &PointPlace, organisation: &str) -> Result<(), StoreError> {
    database
        .connection
        .execute(
            "DELETE FROM position WHERE meeting = ?1 AND item = ?2 AND point = ?3 AND organisation = ?4",
            params![place.meeting.as_str(), place.item.as_str(), place.point.as_str(), organisation],
        )
        .map_err(database.error("removing a position"))?;
    next_seq(database, &place.meeting).map(drop)
}

/// Sets what came of a point; `None`: nothing yet.
pub(super) fn set_outcome(
    database: &Database<'_>,
    speaker: &Speaker,
    place: &PointPlace,
    outcome: Option<OutcomeKind>,
) -> Result<(), StoreError> {
    let error = database.error("storing an outcome");
    let ids = (place.meeting.as_str(), place.item.as_str(), place.point.as_str());
    match outcome {
        None => database
            .connection
            .execute("DELETE FROM outcome WHERE meeting = ?1 AND item = ?2 AND point = ?3", params![ids.0, ids.1, ids.2])
            .map_err(&error)?,
        Some(outcome) => database
            .connection
            .execute(
                "INSERT INTO outcome (meeting, item, point, outcome, set_by, at, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)
                 ON CONFLICT DO UPDATE SET outcome = excluded.outcome, set_by = excluded.set_by, at = excluded.at, version = version + 1",
                params![ids.0, ids.1, ids.2, word(outcome), speaker.person.name, now()],
            )
            .map_err(&error)?,
    };
    next_seq(database, &place.meeting).map(drop)
}

/// All positions and outcomes of a meeting.
pub(super) fn read(database: &Database<'_>, meeting: &MeetingId) -> Result<(Vec<Position>, Vec<Outcome>), StoreError> {
    let error = database.error("reading positions and outcomes");
    let mut select = database
        .connection
        .prepare_cached(
            "SELECT position.item, position.point, position.organisation, position.stance, position.remark, position.given_by,
                 position.wording, position.at, position.version, organisation.position
             FROM position LEFT JOIN organisation ON organisation.name = position.organisation
             WHERE position.meeting = ?1 ORDER BY position.organisation",
        )
        .map_err(&error)?;
    let mut rows = select.query(params![meeting.as_str()]).map_err(&error)?;
    let mut positions = Vec::new();
    while let Some(row) = rows.next().map_err(&error)? {
        positions.push(position(row).map_err(&error)??);
    }
    let mut select = database
        .connection
        .prepare_cached("SELECT item, point, outcome, set_by, version FROM outcome WHERE meeting = ?1")
        .map_err(&error)?;
    let mut rows = select.query(params![meeting.as_str()]).map_err(&error)?;
    let mut outcomes = Vec::new();
    while let Some(row) = rows.next().map_err(&error)? {
        let read = || Ok::<_, rusqlite::Error>((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
        let (item, point, outcome, set_by, version) = read().map_err(&error)?;
        let (item, point) = (read_id("outcome.item", item)?, read_id("outcome.point", point)?);
        outcomes.push(Outcome { item, point, outcome: read_word("outcome.outcome", outcome)?, set_by, version });
    }
    Ok((positions, outcomes))
}

fn position(row: &Row<'_>) -> rusqlite::Result<Result<Position, StoreError>> {
    let (item, point, stance): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(3)?);
    let (organisation, remark, given_by) = (row.get(2)?, row.get(4)?, row.get(5)?);
    let (wording, version) = (row.get(6)?, row.get(8)?);
    let hue = row.get::<_, Option<i64>>(9)?.map_or(0, super::setting::hue_at);
    let ids = || {
        let (item, point) = (read_id("position.item", item)?, read_id("position.point", point)?);
        Ok((item, point, read_word("position.stance", stance)?))
    };
    Ok(ids().map(|(item, point, stance)| Position { item, point, organisation, hue, stance, remark, given_by, wording, version }))
}
