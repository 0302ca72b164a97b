//! SQL of phases, versions and what is published. Versions are texts with hashes here; what is in them is not known.

use std::path::Path;
use std::sync::Arc;

use dagsorden_shared::access::{Phase, Place, Ruling, Verb, Why, can};
use dagsorden_shared::api::{MeetingDetail, Person, VersionRow};
use dagsorden_shared::id::{DocumentId, ForumId, ItemId, MeetingId};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};

use super::act::{Act, On};
use super::connection::Database;
use super::meeting::{self, read_id, read_word, word};
use super::rights::{RightsCache, demand};
use super::{Store, StoreError, VERSION_SECRET, copy};
use crate::intake::random_bits;
use crate::rights::{Actor, Rights};

/// A version's text as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionText {
    /// The header.
    pub header: String,
    /// The items in order.
    pub items: Vec<VersionItem>,
    /// The hash of all of it, in hex.
    pub hash: String,
}

/// An item of a version as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionItem {
    /// Its id.
    pub item: ItemId,
    /// What is hashed before the text.
    pub salt: Vec<u8>,
    /// SHA-256 over salt and text.
    pub hash: Vec<u8>,
    /// The text.
    pub text: String,
}

/// A change of phase as a person asks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// Who.
    pub actor: Actor,
    /// As others see them.
    pub person: Person,
    /// Which meeting.
    pub meeting: MeetingId,
    /// Where to.
    pub to: Phase,
    /// The hash they looked at.
    pub seen: Option<String>,
}

/// How a change of phase ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// The meeting is there.
    Done {
        /// Whether it was there already.
        again: bool,
        /// Its newest version.
        version: Option<u32>,
        /// The hash of what stood at the change.
        hash: String,
    },
    /// Approving asks for the hash that was looked at, and none was named.
    Unseen,
    /// Something else stands there than what was looked at: this.
    Stale {
        /// Its hash.
        hash: String,
    },
}

/// A version with its text.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredVersion {
    /// What the list says of it.
    pub row: VersionRow,
    /// What it says.
    pub text: VersionText,
}

/// A version that the public may read.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedVersion {
    /// The meeting.
    pub meeting: MeetingId,
    /// Since when, in milliseconds since 1970.
    pub at: i64,
    /// The version.
    pub version: StoredVersion,
}

/// A stored version as `verify` finds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The meeting.
    pub meeting: MeetingId,
    /// The version.
    pub number: u32,
    /// Its text.
    pub text: VersionText,
    /// The document and the rows that must say the same: of the newest version of a meeting that is approved.
    pub now: Option<(DocumentId, MeetingDetail)>,
}

impl Store {
    /// Changes the phase of a meeting, and keeps what it says then where the phase asks for it. `text` makes what is kept of the rows as they are
    /// inside the transaction. The same change again is answered as the first.
    ///
    /// # Errors
    /// Not allowed. Nothing was changed.
    pub async fn change_phase(
        &self,
        asked: Move,
        text: impl FnOnce(&MeetingDetail) -> VersionText + Send + 'static,
    ) -> Result<Moved, StoreError> {
        let cache = Arc::clone(&self.inner.cache);
        self.inner.writer.write(move |database| change_phase(database, &cache, &asked, text)).await
    }

    /// What the salts of versions are made from. It never leaves the server.
    ///
    /// # Errors
    /// It could not be read or made.
    pub async fn version_secret(&self) -> Result<Vec<u8>, StoreError> {
        let new = || [random_bits(), random_bits()].iter().flat_map(|bits| bits.to_le_bytes()).collect();
        self.inner.version_secret.get_or_try_init(|| self.setting(VERSION_SECRET, new())).await.cloned()
    }

    /// The newest version of a meeting.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn newest_version(&self, meeting: &MeetingId) -> Result<Option<VersionRow>, StoreError> {
        let meeting = meeting.clone();
        self.read(move |database| newest(database, &meeting)).await
    }

    /// The versions of a meeting, the newest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn versions(&self, meeting: &MeetingId) -> Result<Vec<VersionRow>, StoreError> {
        let meeting = meeting.clone();
        self.read(move |database| list(database, &meeting)).await
    }

    /// A version with its text. `None`: there is no such version.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn version(&self, meeting: &MeetingId, number: u32) -> Result<Option<StoredVersion>, StoreError> {
        let meeting = meeting.clone();
        self.read(move |database| read(database, &meeting, number)).await
    }

    /// Makes the newest approved version of a meeting public, and answers which it is.
    ///
    /// # Errors
    /// Not allowed; [`StoreError::Conflict`] if none is approved. Nothing was changed.
    pub async fn publish(&self, act: Act, meeting: &MeetingId) -> Result<u32, StoreError> {
        let (meeting, user) = (meeting.clone(), act.actor.user.as_str().to_owned());
        self.act(act.object("publish"), move |database| publish(database, &meeting, &user)).await
    }

    /// Takes what is public of a meeting back.
    ///
    /// # Errors
    /// Not allowed; [`StoreError::Missing`] if nothing is public.
    pub async fn withdraw(&self, act: Act, meeting: &MeetingId) -> Result<(), StoreError> {
        let meeting = meeting.clone();
        self.act(act.object("withdraw"), move |database| withdraw(database, &meeting)).await
    }

    /// What is public in a forum, the latest meeting first; of one meeting, if it is named.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn published(&self, forum: &ForumId, meeting: Option<&MeetingId>) -> Result<Vec<PublishedVersion>, StoreError> {
        let (forum, meeting) = (forum.clone(), meeting.cloned());
        self.read(move |database| published(database, &forum, meeting.as_ref())).await
    }

    /// The latest meeting of a forum whose minutes are approved or in review, and its date: what the next meeting approves.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn minutes_to_approve(&self, forum: &ForumId) -> Result<Option<(MeetingId, Option<String>)>, StoreError> {
        let forum = forum.clone();
        self.read(move |database| to_approve(database, &forum)).await
    }
}

/// Whether moving to a phase leaves a version behind.
fn is_kept(verb: Verb) -> bool {
    matches!(verb, Verb::SendOut | Verb::SendMinutes | Verb::Approve)
}

/// Judges and makes a change of phase: `text` says what stands now.
pub(super) fn change_phase(
    database: &Database<'_>,
    cache: &RightsCache,
    asked: &Move,
    text: impl FnOnce(&MeetingDetail) -> VersionText,
) -> Result<Moved, StoreError> {
    let Move { actor, person, meeting, to, seen } = asked;
    let stored = meeting::detail(database, meeting)?.filter(|stored| !stored.deleted).ok_or(StoreError::NotThere)?;
    let from = stored.detail.phase;
    let rights = cache.within(database)?;
    let Some(verb) = from.verb_to(*to) else {
        // Nobody who could not make the change hears how it ended; who could make it from another phase hears that it is done, or not yet.
        demand(ruling_elsewhere(&rights, asked, &stored.detail.forum))?;
        if from != *to {
            return Err(StoreError::Forbidden(Why::Phase));
        }
        if is_unseen(*to, seen) {
            return Ok(Moved::Unseen);
        }
        let newest = newest(database, meeting)?;
        let kept = newest.as_ref().filter(|row| row.phase == *to).map(|row| row.hash.clone());
        let hash = kept.unwrap_or_else(|| text(&stored.detail).hash);
        return Ok(if seen.as_ref().is_some_and(|seen| *seen != hash) {
            Moved::Stale { hash }
        } else {
            Moved::Done { again: true, version: newest.map(|row| row.number), hash }
        });
    };
    demand(rights.judge_meeting(actor, meeting, verb))?;
    if is_unseen(*to, seen) {
        return Ok(Moved::Unseen);
    }
    let text = text(&stored.detail);
    if seen.as_ref().is_some_and(|seen| *seen != text.hash) {
        return Ok(Moved::Stale { hash: text.hash });
    }
    let hash = text.hash.clone();
    let object = format!("{} {hash}", to.as_str());
    let act = Act { actor: actor.clone(), person: person.clone(), verb, on: On::Meeting(meeting.clone()), object };
    let version = act.perform(database, cache, |database| {
        let number = if is_kept(verb) { Some(insert(database, asked, &text)?) } else { newest(database, meeting)?.map(|row| row.number) };
        let error = database.error("changing the phase of a meeting");
        let mut update = database.connection.prepare_cached("UPDATE meeting SET phase = ?2 WHERE id = ?1").map_err(&error)?;
        update.execute(params![meeting.as_str(), to.as_str()]).map_err(&error)?;
        Ok(number)
    })?;
    Ok(Moved::Done { again: false, version, hash })
}

/// An approval names the hash that was looked at.
fn is_unseen(to: Phase, seen: &Option<String>) -> bool {
    to == Phase::Approved && seen.is_none()
}

/// Whether one may lead the meeting to this phase from any other.
fn ruling_elsewhere(rights: &Rights, asked: &Move, forum: &ForumId) -> Ruling {
    let standing = rights.standing(&asked.actor, forum);
    let ways = Phase::ALL.into_iter().filter_map(|from| Some((from, from.verb_to(asked.to)?)));
    let rulings = ways.map(|(from, verb)| can(&standing, &Place::OPEN, verb, from));
    rulings.fold(Ruling::No(Why::Role), |best, ruling| if best.is_yes() { best } else { ruling })
}

fn insert(database: &Database<'_>, asked: &Move, text: &VersionText) -> Result<u32, StoreError> {
    let error = database.error("storing a version");
    let meeting = asked.meeting.as_str();
    let (number, approved): (u32, Option<u32>) = database
        .connection
        .query_row(
            "SELECT COALESCE(MAX(number), 0) + 1, MAX(CASE WHEN phase = 'approved' THEN number END) FROM version WHERE meeting = ?1",
            params![meeting],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .map_err(&error)?;
    let corrects = approved.filter(|_| asked.to == Phase::Approved);
    let Person { name, organisation, .. } = &asked.person;
    database
        .connection
        .execute(
            "INSERT INTO version (meeting, number, phase, hash, header, at, user, name, organisation, corrects)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                meeting,
                number,
                word(asked.to),
                text.hash,
                text.header,
                Timestamp::now().as_millisecond(),
                asked.actor.user.as_str(),
                name,
                organisation,
                corrects
            ],
        )
        .map_err(&error)?;
    let mut insert = database
        .connection
        .prepare_cached("INSERT INTO version_item (meeting, version, position, item, salt, hash, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
        .map_err(&error)?;
    for (position, item) in (0_u32..).zip(&text.items) {
        insert.execute(params![meeting, number, position, item.item.as_str(), item.salt, item.hash, item.text]).map_err(&error)?;
    }
    Ok(number)
}

const COLUMNS: &str = "SELECT version.number, version.phase, version.hash, version.at, version.name, version.organisation, version.corrects,
    EXISTS (SELECT 1 FROM published WHERE published.meeting = version.meeting AND published.version = version.number AND withdrawn_at IS NULL)
    FROM version";

type Columns = (u32, String, String, i64, Person, Option<u32>, bool);

fn columns(row: &Row<'_>) -> rusqlite::Result<Columns> {
    let person = Person { name: row.get(4)?, organisation: row.get(5)?, hue: 0 };
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, person, row.get(6)?, row.get(7)?))
}

fn version_row((number, phase, hash, at, by, corrects, published): Columns) -> Result<VersionRow, StoreError> {
    let at = Timestamp::from_millisecond(at).map_or_else(|_| at.to_string(), |at| at.to_string());
    Ok(VersionRow { number, phase: read_word("version.phase", phase)?, hash, at, by, corrects, published })
}

/// The newest version of a meeting.
pub(super) fn newest(database: &Database<'_>, meeting: &MeetingId) -> Result<Option<VersionRow>, StoreError> {
    database
        .connection
        .query_row(&format!("{COLUMNS} WHERE meeting = ?1 ORDER BY number DESC LIMIT 1"), params![meeting.as_str()], columns)
        .optional()
        .map_err(database.error("reading the newest version"))?
        .map(version_row)
        .transpose()
}

/// The versions of a meeting, the newest first.
pub(super) fn list(database: &Database<'_>, meeting: &MeetingId) -> Result<Vec<VersionRow>, StoreError> {
    let error = database.error("listing versions");
    let mut select = database.connection.prepare_cached(&format!("{COLUMNS} WHERE meeting = ?1 ORDER BY number DESC")).map_err(&error)?;
    let rows = select.query_map(params![meeting.as_str()], columns).map_err(&error)?;
    rows.map(|row| version_row(row.map_err(&error)?)).collect()
}

/// A version with its text.
pub(super) fn read(database: &Database<'_>, meeting: &MeetingId, number: u32) -> Result<Option<StoredVersion>, StoreError> {
    let row = database
        .connection
        .query_row(&format!("{COLUMNS} WHERE meeting = ?1 AND number = ?2"), params![meeting.as_str(), number], columns)
        .optional()
        .map_err(database.error("reading a version"))?;
    let Some(row) = row.map(version_row).transpose()? else { return Ok(None) };
    Ok(Some(StoredVersion { text: text(database, meeting, number)?, row }))
}

fn text(database: &Database<'_>, meeting: &MeetingId, number: u32) -> Result<VersionText, StoreError> {
    let error = database.error("reading a version");
    let (header, hash) = database
        .connection
        .query_row("SELECT header, hash FROM version WHERE meeting = ?1 AND number = ?2", params![meeting.as_str(), number], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .map_err(&error)?;
    let mut select = database
        .connection
        .prepare_cached("SELECT item, salt, hash, text FROM version_item WHERE meeting = ?1 AND version = ?2 ORDER BY position")
        .map_err(&error)?;
    let rows = select
        .query_map(params![meeting.as_str(), number], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .map_err(&error)?;
    let items = rows.map(|row| {
        let (item, salt, hash, text) = row.map_err(&error)?;
        Ok(VersionItem { item: read_id("version_item.item", item)?, salt, hash, text })
    });
    Ok(VersionText { header, items: items.collect::<Result<_, StoreError>>()?, hash })
}

/// Makes the newest approved version of a meeting public, and answers it. One that is public already stays so.
pub(super) fn publish(database: &Database<'_>, meeting: &MeetingId, user: &str) -> Result<u32, StoreError> {
    let error = database.error("publishing a version");
    let approved = list(database, meeting)?.into_iter().find(|row| row.phase == Phase::Approved);
    let Some(approved) = approved else { return Err(StoreError::Conflict { what: "the meeting: it has no approved version" }) };
    if !approved.published {
        let now = Timestamp::now().as_millisecond();
        set_withdrawn(database, meeting, now)?;
        database
            .connection
            .execute(
                "INSERT INTO published (meeting, version, at, user) VALUES (?1, ?2, ?3, ?4)",
                params![meeting.as_str(), approved.number, now, user],
            )
            .map_err(&error)?;
    }
    Ok(approved.number)
}

/// Takes what is public of a meeting back.
pub(super) fn withdraw(database: &Database<'_>, meeting: &MeetingId) -> Result<(), StoreError> {
    let changed = set_withdrawn(database, meeting, Timestamp::now().as_millisecond())?;
    if changed == 0 { Err(StoreError::Missing { what: "publication", id: meeting.to_string() }) } else { Ok(()) }
}

fn set_withdrawn(database: &Database<'_>, meeting: &MeetingId, now: i64) -> Result<usize, StoreError> {
    database
        .connection
        .execute("UPDATE published SET withdrawn_at = ?2 WHERE meeting = ?1 AND withdrawn_at IS NULL", params![meeting.as_str(), now])
        .map_err(database.error("taking a publication back"))
}

/// What is public in a forum, the latest meeting first; of one meeting, if it is named.
pub(super) fn published(
    database: &Database<'_>,
    forum: &ForumId,
    meeting: Option<&MeetingId>,
) -> Result<Vec<PublishedVersion>, StoreError> {
    let error = database.error("reading what is published");
    let mut select = database
        .connection
        .prepare_cached(
            "SELECT published.meeting, published.version, published.at FROM published JOIN meeting ON meeting.id = published.meeting
             WHERE published.withdrawn_at IS NULL AND meeting.deleted_at IS NULL AND meeting.forum = ?1
             AND (?2 IS NULL OR meeting.id = ?2) ORDER BY meeting.date IS NULL, meeting.date DESC, meeting.created DESC",
        )
        .map_err(&error)?;
    let rows = select
        .query_map(params![forum.as_str(), meeting.map(MeetingId::as_str)], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?, row.get(2)?))
        })
        .map_err(&error)?;
    rows.map(|row| {
        let (meeting, number, at) = row.map_err(&error)?;
        let meeting: MeetingId = read_id("published.meeting", meeting)?;
        let version = read(database, &meeting, number)?.ok_or_else(|| StoreError::Missing { what: "version", id: number.to_string() })?;
        Ok(PublishedVersion { meeting, at, version })
    })
    .collect()
}

/// The latest meeting of a forum whose minutes are approved or in review: what the next meeting approves.
pub(super) fn to_approve(database: &Database<'_>, forum: &ForumId) -> Result<Option<(MeetingId, Option<String>)>, StoreError> {
    let found: Option<(String, Option<String>)> = database
        .connection
        .query_row(
            "SELECT id, date FROM meeting WHERE forum = ?1 AND deleted_at IS NULL AND phase IN ('in_review', 'approved')
             ORDER BY date IS NULL, date DESC, created DESC LIMIT 1",
            params![forum.as_str()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()
        .map_err(database.error("looking for minutes to approve"))?;
    found.map(|(meeting, date)| Ok((read_id("meeting.id", meeting)?, date))).transpose()
}

/// All versions of the database at `path`, as they stood at one moment, each with what must say the same now.
///
/// # Errors
/// The file cannot be read.
pub fn look_through(path: &Path, mut each: impl FnMut(Found)) -> Result<(), StoreError> {
    let connection = copy::open(path)?;
    let error = |cause| StoreError::from_sqlite(path, "looking through versions", cause);
    let transaction = connection.unchecked_transaction().map_err(error)?;
    let database = Database { connection: &transaction, path };
    // A database of an older version has none.
    let known = transaction.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'version'").map_err(error)?.exists([]);
    if !known.map_err(error)? {
        return Ok(());
    }
    let mut select = transaction.prepare("SELECT meeting, number FROM version ORDER BY meeting, number").map_err(error)?;
    let rows = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?))).map_err(error)?;
    for row in rows {
        let (meeting, number) = row.map_err(error)?;
        let meeting: MeetingId = read_id("version.meeting", meeting)?;
        let text = text(&database, &meeting, number)?;
        let newest = newest(&database, &meeting)?.is_some_and(|row| row.number == number);
        let stored = meeting::detail(&database, &meeting)?.filter(|stored| newest && stored.detail.phase == Phase::Approved);
        each(Found { meeting, number, text, now: stored.map(|stored| (stored.document, stored.detail)) });
    }
    Ok(())
}
