//! SQL of rights: reads them as one snapshot, says when they changed, and judges inside a transaction.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dagsorden_shared::access::{Role, Roles, Ruling};
use dagsorden_shared::api::Person;
use dagsorden_shared::id::{AccountId, DocumentId, ForumId, MeetingId};
use rusqlite::params;
use tokio::sync::watch;

use super::StoreError;
use super::connection::Database;
use super::meeting::{read_id, read_word};
use super::setting::hue_at;
use crate::rights::{Account, Generation, MeetingPlace, Meetings, Pass, Passes, People, Rights, Via};

/// The rights as last committed, and how others hear of new ones.
pub(super) struct RightsCache {
    current: Mutex<Arc<Rights>>,
    publish: watch::Sender<Arc<Rights>>,
}

impl RightsCache {
    /// The rights as the database has them.
    pub(super) fn load(database: &Database<'_>) -> Result<(Self, watch::Receiver<Arc<Rights>>), StoreError> {
        let rights = Arc::new(renewed(database, &Rights::default(), generation(database)?)?);
        let (publish, receiver) = watch::channel(Arc::clone(&rights));
        Ok((Self { current: Mutex::new(rights), publish }, receiver))
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Rights>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rights as they are inside this transaction, with what it has changed itself.
    pub(super) fn within(&self, database: &Database<'_>) -> Result<Arc<Rights>, StoreError> {
        let current = Arc::clone(&self.lock());
        let now = generation(database)?;
        if now == current.generation { Ok(current) } else { renewed(database, &current, now).map(Arc::new) }
    }

    /// Reads the rights anew if they have changed, by this process or another, and tells all that use them.
    pub(super) fn refresh(&self, database: &Database<'_>) -> Result<(), StoreError> {
        let mut current = self.lock();
        let now = generation(database)?;
        if now != current.generation {
            *current = Arc::new(renewed(database, &current, now)?);
            self.publish.send_replace(Arc::clone(&current));
        }
        Ok(())
    }
}

/// Passes on a ruling as a result.
pub(super) fn demand(ruling: Ruling) -> Result<(), StoreError> {
    match ruling {
        Ruling::Yes => Ok(()),
        Ruling::No(why) => Err(StoreError::Forbidden(why)),
        Ruling::NotThere => Err(StoreError::NotThere),
    }
}

fn generation(database: &Database<'_>) -> Result<Generation, StoreError> {
    let error = database.error("reading the generation of the rights");
    let mut select = database.connection.prepare_cached("SELECT part, value FROM generation").map_err(&error)?;
    let rows = select.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?))).map_err(&error)?;
    let mut generation = Generation::default();
    for row in rows {
        let (part, value) = row.map_err(&error)?;
        let value = u64::try_from(value).unwrap_or(0);
        match part.as_str() {
            "people" => generation.people = value,
            "meetings" => generation.meetings = value,
            "sessions" => generation.sessions = value,
            _ => {}
        }
    }
    Ok(generation)
}

/// Only the parts that changed are read again.
fn renewed(database: &Database<'_>, old: &Rights, generation: Generation) -> Result<Rights, StoreError> {
    let Generation { people, meetings, sessions } = old.generation;
    Ok(Rights {
        generation,
        people: if people == generation.people { Arc::clone(&old.people) } else { Arc::new(read_people(database)?) },
        meetings: if meetings == generation.meetings { Arc::clone(&old.meetings) } else { Arc::new(read_meetings(database)?) },
        passes: if sessions == generation.sessions { Arc::clone(&old.passes) } else { Arc::new(read_passes(database)?) },
    })
}

fn read_people(database: &Database<'_>) -> Result<People, StoreError> {
    let error = database.error("reading the accounts");
    let mut people = People::default();
    let mut select = database
        .connection
        .prepare_cached(
            "SELECT account.id, account.name, account.organisation, account.email, account.state, account.administrator, organisation.position
             FROM account LEFT JOIN organisation ON organisation.name = account.organisation",
        )
        .map_err(&error)?;
    let mut rows = select.query([]).map_err(&error)?;
    while let Some(row) = rows.next().map_err(&error)? {
        let read = || -> rusqlite::Result<(String, Account)> {
            let position: Option<i64> = row.get(6)?;
            let person = Person { name: row.get(1)?, organisation: row.get(2)?, hue: position.map_or(0, hue_at) };
            let active = row.get::<_, String>(4)? == "active";
            Ok((row.get(0)?, Account { person, email: row.get(3)?, active, administrator: row.get(5)? }))
        };
        let (id, account) = read().map_err(&error)?;
        people.accounts.insert(read_id("account.id", id)?, account);
    }
    let mut select =
        database.connection.prepare_cached("SELECT forum, account, role FROM membership WHERE ended_at IS NULL").map_err(&error)?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(&error)?;
    for row in rows {
        let (forum, account, role) = row.map_err(&error)?;
        let (forum, account): (ForumId, AccountId) = (read_id("membership.forum", forum)?, read_id("membership.account", account)?);
        let role: Role = read_word("membership.role", role)?;
        let roles = people.roles.entry(forum).or_default().entry(account).or_default();
        *roles = roles.with(Roles::from(role));
    }
    Ok(people)
}

fn read_meetings(database: &Database<'_>) -> Result<Meetings, StoreError> {
    let error = database.error("reading the places of meetings");
    let mut meetings = Meetings::default();
    let mut select =
        database.connection.prepare_cached("SELECT id, forum, document, phase, deleted_at IS NOT NULL FROM meeting").map_err(&error)?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))).map_err(&error)?;
    for row in rows {
        let (id, forum, document, phase, deleted) = row.map_err(&error)?;
        let id: MeetingId = read_id("meeting.id", id)?;
        let place = MeetingPlace {
            forum: read_id("meeting.forum", forum)?,
            document: read_id("meeting.document", document)?,
            items: Vec::new(),
            phase: read_word("meeting.phase", phase)?,
            deleted,
        };
        meetings.documents.insert(place.document.clone(), id.clone());
        meetings.meetings.insert(id, place);
    }
    let mut select = database
        .connection
        .prepare_cached("SELECT id, meeting, item FROM document WHERE kind = 'item' AND meeting IS NOT NULL ORDER BY id")
        .map_err(&error)?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(&error)?;
    for row in rows {
        let (document, meeting, item) = row.map_err(&error)?;
        let document: DocumentId = read_id("document.id", document)?;
        let meeting: MeetingId = read_id("document.meeting", meeting)?;
        if let Some(place) = meetings.meetings.get_mut(&meeting) {
            place.items.push((read_id("document.item", item)?, document.clone()));
        }
        meetings.documents.insert(document, meeting);
    }
    Ok(meetings)
}

fn read_passes(database: &Database<'_>) -> Result<Passes, StoreError> {
    let error = database.error("reading sessions and tokens");
    let mut passes = Passes::default();
    let mut select = database
        .connection
        .prepare_cached(
            "SELECT secret, id, account, MIN(idle_until, until), 0 FROM session
             UNION ALL SELECT secret, id, account, expires, 1 FROM token WHERE revoked_at IS NULL",
        )
        .map_err(&error)?;
    let rows = select
        .query_map(params![], |row| {
            Ok((row.get::<_, [u8; 32]>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?, row.get(3)?, row.get::<_, bool>(4)?))
        })
        .map_err(&error)?;
    for row in rows {
        let (secret, id, account, until, is_token) = row.map_err(&error)?;
        let via = if is_token { Via::Token(read_id("token.id", id)?) } else { Via::Session(read_id("session.id", id)?) };
        passes.ends.insert(via.clone(), until);
        passes.by_secret.insert(secret, Pass { via, account: read_id("session.account", account)?, until });
    }
    Ok(passes)
}
