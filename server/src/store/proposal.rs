//! SQL of proposals: created once by ids of the client, decided part by part in one transaction with the text, taken back by a command.

use dagsorden_shared::access::Why;
use dagsorden_shared::api::Person;
use dagsorden_shared::id::{AccountId, DecisionId, DocumentId, ItemId, MeetingId, ProposalId, ThreadId};
use dagsorden_shared::proposal::{Insert, Inverse, NewDecision, Part, PartState, Proposal};
use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::account::now;
use super::connection::Database;
use super::meeting::{read_id, read_word};
use super::talk::{belongs, next_seq};
use super::{Act, Batch, Speaker, Store, StoreError, Stored, document, notice, support};

/// Proposals of a person in a meeting that are not decided, at most.
const MAX_OPEN: u32 = 20;

/// A proposal that is to be stored.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposalDraft {
    /// Its id.
    pub id: ProposalId,
    /// The meeting.
    pub meeting: MeetingId,
    /// The document its field is in.
    pub document: DocumentId,
    /// The item.
    pub item: ItemId,
    /// The field, as text.
    pub field: String,
    /// The thread in which it is talked about.
    pub thread: Option<ThreadId>,
    /// Why.
    pub note: String,
    /// The text that was changed.
    pub base: Vec<Insert>,
    /// What it was changed to.
    pub proposed: Vec<Insert>,
    /// Its parts.
    pub parts: Vec<Part>,
    /// Those who may decide on it, to be told.
    pub deciders: Vec<AccountId>,
}

/// A proposal as decisions need it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredProposal {
    /// The field, as text.
    pub field: String,
    /// Whether its author took it back.
    pub withdrawn: bool,
    /// Its parts.
    pub parts: Vec<Part>,
    /// Changes with each decision.
    pub version: u32,
}

/// A decision that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredDecision {
    /// What was asked for.
    pub asked: NewDecision,
    /// Whose it is: the key of a user.
    pub user: String,
    /// The proposal it is about.
    pub proposal: ProposalId,
    /// What takes it back.
    pub inverse: Vec<Inverse>,
    /// Whether it was taken back.
    pub revoked: bool,
}

/// What a decision, or taking it back, does with the rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    /// The meeting.
    pub meeting: MeetingId,
    /// The proposal.
    pub proposal: ProposalId,
    /// Its version that this was planned for.
    pub version: u32,
    /// The parts that changed, as they are now but for who decided and when.
    pub parts: Vec<Part>,
    /// What is decided or taken back.
    pub what: What,
}

/// A decision, or taking it back.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// This is decided; so it is taken back.
    Decided(NewDecision, Vec<Inverse>),
    /// This decision is taken back.
    Revoked(DecisionId),
}

impl Store {
    /// Stores a proposal; sent twice it happens once.
    ///
    /// # Errors
    /// Not allowed; another proposal has this id; too many are open. Nothing was stored.
    pub async fn add_proposal(&self, act: Act, speaker: Speaker, draft: ProposalDraft) -> Result<Stored, StoreError> {
        self.act(act, move |database| create(database, &speaker, &draft)).await
    }

    /// A proposal of a meeting.
    ///
    /// # Errors
    /// No such proposal in this meeting.
    pub async fn proposal(&self, meeting: MeetingId, id: ProposalId) -> Result<StoredProposal, StoreError> {
        self.read(move |database| stored(database, &meeting, &id)).await
    }

    /// A decision. `None`: none has this id.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn decision(&self, id: DecisionId) -> Result<Option<StoredDecision>, StoreError> {
        self.read(move |database| decision(database, &id)).await
    }

    /// Stores what was decided, or that it was taken back, in one transaction with what that writes into the document.
    ///
    /// # Errors
    /// Not allowed; the proposal has changed since it was planned. Nothing was stored, and what was written must be dropped.
    pub fn settle_proposal(
        &self,
        act: Act,
        batch: Option<Batch>,
        settled: Settled,
    ) -> impl Future<Output = Result<(), StoreError>> + Send + 'static + use<> {
        let cache = std::sync::Arc::clone(&self.inner.cache);
        self.inner.writer.write(move |database| {
            act.perform(database, &cache, |database| {
                if let Some(batch) = &batch {
                    document::append(database, batch)?;
                }
                settle(database, &act, &settled)
            })
        })
    }

    /// Takes a proposal of one's own back. Parts that were taken stay in the text.
    ///
    /// # Errors
    /// Not allowed; not one's own; no such proposal. Nothing was changed.
    pub async fn withdraw_proposal(&self, act: Act, meeting: MeetingId, id: ProposalId) -> Result<(), StoreError> {
        let user = act.actor.user.as_str().to_owned();
        self.act(act, move |database| withdraw(database, &user, &meeting, &id)).await
    }
}

fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::NotThere)
}

fn read_json<T: DeserializeOwned>(place: &'static str, text: String) -> Result<T, StoreError> {
    serde_json::from_str(&text).map_err(|_| StoreError::Unreadable { place, value: text })
}

fn create(database: &Database<'_>, speaker: &Speaker, draft: &ProposalDraft) -> Result<Stored, StoreError> {
    let error = database.error("storing a proposal");
    let (base, proposed) = (json(&draft.base)?, json(&draft.proposed)?);
    let known: Option<(String, String, String, String, String)> = database
        .connection
        .query_row("SELECT user, meeting, field, base, proposed FROM proposal WHERE id = ?1", params![draft.id.as_str()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })
        .optional()
        .map_err(&error)?;
    if let Some(known) = known {
        let sent = (speaker.user.clone(), draft.meeting.to_string(), draft.field.clone(), base, proposed);
        return if known == sent { Ok(Stored::Before) } else { Err(StoreError::Conflict { what: "what has this id" }) };
    }
    if let Some(thread) = &draft.thread {
        belongs(database, thread, &draft.meeting)?;
    }
    let open: u32 = database
        .connection
        .query_row(
            "SELECT COUNT(*) FROM proposal WHERE meeting = ?1 AND user = ?2 AND withdrawn = 0
                 AND EXISTS (SELECT 1 FROM proposal_part WHERE proposal = proposal.id AND state = 'open')",
            params![draft.meeting.as_str(), speaker.user],
            |row| row.get(0),
        )
        .map_err(&error)?;
    if open >= MAX_OPEN {
        return Err(StoreError::TooMany { what: "open proposals", limit: MAX_OPEN });
    }
    let seq = next_seq(database, &draft.meeting)?;
    let Person { name, organisation, hue } = &speaker.person;
    let thread = draft.thread.as_ref().map(ThreadId::as_str);
    database
        .connection
        .execute(
            "INSERT INTO proposal (id, meeting, document, item, field, thread, user, author, author_org, author_hue, note, base, proposed, created,
                 version, seq)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 1, ?15)",
            params![
                draft.id.as_str(),
                draft.meeting.as_str(),
                draft.document.as_str(),
                draft.item.as_str(),
                draft.field,
                thread,
                speaker.user,
                name,
                organisation,
                hue,
                draft.note,
                base,
                proposed,
                now(),
                seq
            ],
        )
        .map_err(&error)?;
    for part in &draft.parts {
        database
            .connection
            .execute(
                "INSERT INTO proposal_part (proposal, ordinal, kind, edits, state) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![draft.id.as_str(), part.ordinal, part.kind.as_str(), json(&part.edits)?, part.state.as_str()],
            )
            .map_err(&error)?;
    }
    notice::proposed(database, speaker, (&draft.meeting, draft.item.as_str(), draft.id.as_str()), &draft.deciders)?;
    Ok(Stored::New)
}

fn stored(database: &Database<'_>, meeting: &MeetingId, id: &ProposalId) -> Result<StoredProposal, StoreError> {
    let found: Option<(String, bool, u32)> = database
        .connection
        .query_row(
            "SELECT field, withdrawn, version FROM proposal WHERE id = ?1 AND meeting = ?2",
            params![id.as_str(), meeting.as_str()],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()
        .map_err(database.error("looking up a proposal"))?;
    let (field, withdrawn, version) = found.ok_or(StoreError::NotThere)?;
    Ok(StoredProposal { field, withdrawn, version, parts: parts(database, id)? })
}

fn decision(database: &Database<'_>, id: &DecisionId) -> Result<Option<StoredDecision>, StoreError> {
    type Columns = (String, String, String, String, bool);
    let found: Option<Columns> = database
        .connection
        .query_row(
            "SELECT proposal, user, asked, inverse, revoked_at IS NOT NULL FROM decision WHERE id = ?1",
            params![id.as_str()],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)),
        )
        .optional()
        .map_err(database.error("looking up a decision"))?;
    let Some((proposal, user, asked, inverse, revoked)) = found else { return Ok(None) };
    Ok(Some(StoredDecision {
        proposal: read_id("decision.proposal", proposal)?,
        user,
        asked: read_json("decision.asked", asked)?,
        inverse: read_json("decision.inverse", inverse)?,
        revoked,
    }))
}

fn settle(database: &Database<'_>, act: &Act, settled: &Settled) -> Result<(), StoreError> {
    let error = database.error("storing a decision");
    let seq = next_seq(database, &settled.meeting)?;
    let changed = database
        .connection
        .execute(
            "UPDATE proposal SET version = version + 1, seq = ?4 WHERE id = ?1 AND meeting = ?2 AND version = ?3 AND withdrawn = 0",
            params![settled.proposal.as_str(), settled.meeting.as_str(), settled.version, seq],
        )
        .map_err(&error)?;
    if changed == 0 {
        return Err(StoreError::Conflict { what: "this proposal" });
    }
    let at = now();
    let decided = match &settled.what {
        What::Decided(asked, inverse) => {
            database
                .connection
                .execute(
                    "INSERT INTO decision (id, proposal, user, person, asked, inverse, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                    params![
                        asked.id.as_str(),
                        settled.proposal.as_str(),
                        act.actor.user.as_str(),
                        act.person.name,
                        json(asked)?,
                        json(inverse)?,
                        at
                    ],
                )
                .map_err(&error)?;
            Some(asked)
        }
        What::Revoked(id) => {
            database
                .connection
                .execute("UPDATE decision SET revoked_at = ?2, revoked_by = ?3 WHERE id = ?1", params![id.as_str(), at, act.person.name])
                .map_err(&error)?;
            None
        }
    };
    for part in &settled.parts {
        database
            .connection
            .execute(
                "UPDATE proposal_part SET edits = ?3, state = ?4, decided_by = ?5, decided_org = ?6, decided_hue = ?7, decided_at = ?8,
                     reason = ?9, decision = ?10 WHERE proposal = ?1 AND ordinal = ?2",
                params![
                    settled.proposal.as_str(),
                    part.ordinal,
                    json(&part.edits)?,
                    part.state.as_str(),
                    decided.map(|_| &act.person.name),
                    decided.map(|_| &act.person.organisation),
                    decided.map(|_| act.person.hue),
                    decided.map(|_| at),
                    decided.and_then(|asked| asked.reason.as_ref()),
                    decided.map(|asked| asked.id.as_str())
                ],
            )
            .map_err(&error)?;
    }
    match decided {
        Some(asked) => notice::decided(database, act, &settled.meeting, settled.proposal.as_str(), asked.id.as_str()),
        None => Ok(()),
    }
}

fn withdraw(database: &Database<'_>, user: &str, meeting: &MeetingId, id: &ProposalId) -> Result<(), StoreError> {
    let error = database.error("taking a proposal back");
    let author: Option<String> = database
        .connection
        .query_row("SELECT user FROM proposal WHERE id = ?1 AND meeting = ?2", params![id.as_str(), meeting.as_str()], |row| row.get(0))
        .optional()
        .map_err(&error)?;
    match author {
        None => return Err(StoreError::NotThere),
        Some(author) if author != user => return Err(StoreError::Forbidden(Why::Role)),
        Some(_) => {}
    }
    let seq = next_seq(database, meeting)?;
    database
        .connection
        .execute(
            "UPDATE proposal SET withdrawn = 1, version = version + 1, seq = ?2 WHERE id = ?1 AND withdrawn = 0",
            params![id.as_str(), seq],
        )
        .map(drop)
        .map_err(&error)
}

/// The proposals of a meeting that changed after `since`.
pub(super) fn read(database: &Database<'_>, meeting: &MeetingId, user: &str, since: i64) -> Result<Vec<Proposal>, StoreError> {
    let error = database.error("reading proposals");
    let mut select = database
        .connection
        .prepare_cached(
            "SELECT id, item, field, thread, user, author, author_org, author_hue, note, created, withdrawn, version
             FROM proposal WHERE meeting = ?1 AND seq > ?2 ORDER BY created, id",
        )
        .map_err(&error)?;
    let mut rows = select.query(params![meeting.as_str(), since]).map_err(&error)?;
    let mut proposals = Vec::new();
    while let Some(row) = rows.next().map_err(&error)? {
        let mut proposal = proposal(row, user).map_err(&error)??;
        proposal.parts = parts(database, &proposal.id)?;
        proposal.supports = support::read(database, &proposal.id)?;
        proposals.push(proposal);
    }
    Ok(proposals)
}

fn proposal(row: &Row<'_>, user: &str) -> rusqlite::Result<Result<Proposal, StoreError>> {
    let (id, item, thread): (String, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(3)?);
    let (field, mine) = (row.get(2)?, row.get::<_, String>(4)? == user);
    let author = Person { name: row.get(5)?, organisation: row.get(6)?, hue: row.get(7)? };
    let (note, created, withdrawn, version) = (row.get(8)?, row.get(9)?, row.get(10)?, row.get(11)?);
    let ids = || {
        let thread = thread.map(|thread| read_id("proposal.thread", thread)).transpose()?;
        Ok((read_id("proposal.id", id)?, read_id("proposal.item", item)?, thread))
    };
    Ok(ids().map(|(id, item, thread)| Proposal {
        id,
        item,
        field,
        thread,
        author,
        mine,
        note,
        created,
        withdrawn,
        parts: Vec::new(),
        supports: Vec::new(),
        version,
    }))
}

fn parts(database: &Database<'_>, proposal: &ProposalId) -> Result<Vec<Part>, StoreError> {
    let error = database.error("reading the parts of a proposal");
    let mut select = database
        .connection
        .prepare_cached(
            "SELECT ordinal, kind, edits, state, decided_by, decided_org, decided_hue, decided_at, reason, decision
             FROM proposal_part WHERE proposal = ?1 ORDER BY ordinal",
        )
        .map_err(&error)?;
    let mut rows = select.query(params![proposal.as_str()]).map_err(&error)?;
    let mut parts = Vec::new();
    while let Some(row) = rows.next().map_err(&error)? {
        parts.push(part(row).map_err(&error)??);
    }
    Ok(parts)
}

fn part(row: &Row<'_>) -> rusqlite::Result<Result<Part, StoreError>> {
    let (ordinal, kind, edits, state): (u32, String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
    let decided_by: Option<String> = row.get(4)?;
    let decided_by = match decided_by {
        Some(name) => Some(Person { name, organisation: row.get(5)?, hue: row.get(6)? }),
        None => None,
    };
    let (decided_at, reason, decision): (_, _, Option<String>) = (row.get(7)?, row.get(8)?, row.get(9)?);
    let read = || {
        let state: PartState = read_word("proposal_part.state", state)?;
        let decision = decision.map(|decision| read_id("proposal_part.decision", decision)).transpose()?;
        let edits = read_json("proposal_part.edits", edits)?;
        Ok(Part { ordinal, kind: read_word("proposal_part.kind", kind)?, edits, state, decided_by, decided_at, reason, decision })
    };
    Ok(read())
}
