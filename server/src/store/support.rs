//! SQL of what organisations think of proposals: one row for each proposal and organisation.

use dagsorden_shared::id::{MeetingId, ProposalId};
use dagsorden_shared::proposal::Support;
use dagsorden_shared::talk::Stance;
use rusqlite::{OptionalExtension, params};

use super::account::now;
use super::connection::Database;
use super::meeting::{read_word, word};
use super::talk::next_seq;
use super::{Act, Speaker, Store, StoreError, setting};

/// What an organisation thinks of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportDraft {
    /// Whose it is.
    pub organisation: String,
    /// What they think; `None` takes it back.
    pub stance: Option<Stance>,
    /// In words.
    pub remark: String,
    /// The version of the organisation's row that it was written over; 0: there was none.
    pub version: u32,
}

fn set(database: &Database<'_>, speaker: &Speaker, meeting: &MeetingId, id: &ProposalId, draft: &SupportDraft) -> Result<(), StoreError> {
    let error = database.error("storing a support");
    let withdrawn: Option<bool> = database
        .connection
        .query_row("SELECT withdrawn FROM proposal WHERE id = ?1 AND meeting = ?2", params![id.as_str(), meeting.as_str()], |row| {
            row.get(0)
        })
        .optional()
        .map_err(&error)?;
    match withdrawn {
        None => return Err(StoreError::NotThere),
        Some(true) => return Err(StoreError::Conflict { what: "this proposal: it was taken back" }),
        Some(false) => {}
    }
    let known: u32 = database
        .connection
        .query_row(
            "SELECT version FROM support WHERE proposal = ?1 AND organisation = ?2",
            params![id.as_str(), draft.organisation],
            |row| row.get(0),
        )
        .optional()
        .map_err(&error)?
        .unwrap_or(0);
    if known != draft.version {
        return Err(StoreError::Stale { what: "what your organisation thinks of this proposal" });
    }
    database
        .connection
        .execute(
            "INSERT INTO support (proposal, organisation, stance, remark, user, given_by, at, version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)
             ON CONFLICT DO UPDATE SET stance = excluded.stance, remark = excluded.remark, user = excluded.user,
                 given_by = excluded.given_by, at = excluded.at, version = version + 1",
            params![id.as_str(), draft.organisation, draft.stance.map(word), draft.remark, speaker.user, speaker.person.name, now()],
        )
        .map_err(&error)?;
    // The proposal itself is as it was: a decision that is planned for its version still counts.
    let seq = next_seq(database, meeting)?;
    database.connection.execute("UPDATE proposal SET seq = ?2 WHERE id = ?1", params![id.as_str(), seq]).map(drop).map_err(&error)
}

/// What organisations think of a proposal, in the order they said it.
pub(super) fn read(database: &Database<'_>, proposal: &ProposalId) -> Result<Vec<Support>, StoreError> {
    let error = database.error("reading who supports a proposal");
    let mut select = database
        .connection
        .prepare_cached(
            "SELECT support.organisation, organisation.position, support.stance, support.remark, support.given_by, support.version
             FROM support LEFT JOIN organisation ON organisation.name = support.organisation
             WHERE support.proposal = ?1 ORDER BY support.at, support.organisation",
        )
        .map_err(&error)?;
    let mut rows = select.query(params![proposal.as_str()]).map_err(&error)?;
    let mut supports = Vec::new();
    while let Some(row) = rows.next().map_err(&error)? {
        let read = || -> rusqlite::Result<(Support, Option<String>)> {
            let position: Option<i64> = row.get(1)?;
            let hue = position.map_or(0, setting::hue_at);
            let support =
                Support { organisation: row.get(0)?, hue, stance: None, remark: row.get(3)?, given_by: row.get(4)?, version: row.get(5)? };
            Ok((support, row.get(2)?))
        };
        let (support, stance) = read().map_err(&error)?;
        let stance = stance.map(|stance| read_word("support.stance", stance)).transpose()?;
        supports.push(Support { stance, ..support });
    }
    Ok(supports)
}

/// The keys of those who support a proposal.
pub(super) fn supporters(database: &Database<'_>, proposal: &str) -> Result<Vec<String>, StoreError> {
    let error = database.error("looking up who supports a proposal");
    let mut select = database
        .connection
        .prepare_cached("SELECT user FROM support WHERE proposal = ?1 AND stance IN ('agree', 'remark')")
        .map_err(&error)?;
    let users = select.query_map(params![proposal], |row| row.get(0)).map_err(&error)?;
    users.map(|user| user.map_err(&error)).collect()
}

impl Store {
    /// Stores what an organisation thinks of a proposal.
    ///
    /// # Errors
    /// Not allowed; no such proposal, or one that was taken back; changed since the version it was written over. Nothing was stored.
    pub async fn set_support(
        &self,
        act: Act,
        speaker: Speaker,
        meeting: MeetingId,
        proposal: ProposalId,
        draft: SupportDraft,
    ) -> Result<(), StoreError> {
        self.act(act, move |database| set(database, &speaker, &meeting, &proposal, &draft)).await
    }
}
