//! SQL of what concerns people and is to be told by mail: noted in the transaction of what happened, once for each cause and person. What makes
//! mails of it is [`crate::notices`]. Knows no text.

use dagsorden_shared::api::Person;
use dagsorden_shared::id::{AccountId, ItemId, MeetingId, base36};
use rusqlite::{Row, params};

use super::account::now;
use super::connection::Database;
use super::meeting::{read_id, read_word};
use super::{Act, NewMail, Speaker, Store, StoreError, outbox, support};
use crate::intake::random_bits;

/// Notices that are looked at in one go.
const MOST: u32 = 2_000;
/// How long a notice that was done with is kept: its cause can come again.
const KEPT: i64 = 30 * 24 * 60 * 60 * 1000;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A comment mentions the person.
    Mention,
    /// There is a reply in a thread where the person took part.
    Reply,
    /// There is a proposal on which the person can decide.
    Proposal,
    /// A proposal that the person made or supports was decided.
    Decision,
}

impl NoticeKind {
    /// All kinds, in the order in which people are asked.
    pub const ALL: [Self; 4] = [Self::Mention, Self::Reply, Self::Proposal, Self::Decision];

    /// The word in the database and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Reply => "reply",
            Self::Proposal => "proposal",
            Self::Decision => "decision",
        }
    }
}

/// What is to be noted.
#[derive(Debug, Clone, Copy)]
struct Cause<'a> {
    kind: NoticeKind,
    /// The comment, proposal or decision.
    id: &'a str,
    meeting: &'a MeetingId,
    item: &'a str,
    /// The thread or proposal.
    place: &'a str,
    /// The key of the user who did it and never hears of it.
    user: &'a str,
    person: &'a Person,
}

/// A notice that no mail was made of yet.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenNotice {
    /// Its id.
    pub id: String,
    /// Whom it concerns.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// Where their mail goes; empty: nowhere.
    pub email: String,
    /// `da` or `en`, once they chose.
    pub locale: Option<String>,
    /// What happened.
    pub kind: NoticeKind,
    /// The meeting.
    pub meeting: MeetingId,
    /// The item.
    pub item: ItemId,
    /// The thread or proposal.
    pub place: String,
    /// Who did it.
    pub actor: Person,
    /// When, in milliseconds since 1970.
    pub created: i64,
    /// Whether it is still news, neither read, nor deleted, nor taken back, and the person wants mail of its kind.
    pub is_news: bool,
    /// Whether the proposal is the person's own.
    pub own: bool,
    /// Open, accepted and rejected parts of the proposal.
    pub tally: (u32, u32, u32),
}

impl Cause<'_> {
    /// Notes it for an account. Keys of users without an account get no mail.
    fn note(&self, database: &Database<'_>, account: &str) -> Result<(), StoreError> {
        if account == self.user {
            return Ok(());
        }
        database
            .connection
            .prepare_cached(
                "INSERT INTO notice (id, account, kind, cause, meeting, item, place, actor, actor_org, created)
                 SELECT ?1, id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM account WHERE id = ?2
                 ON CONFLICT (cause, account) DO NOTHING",
            )
            .and_then(|mut insert| {
                insert.execute(params![
                    base36(random_bits()),
                    account,
                    self.kind.as_str(),
                    self.id,
                    self.meeting.as_str(),
                    self.item,
                    self.place,
                    self.person.name,
                    self.person.organisation,
                    now()
                ])
            })
            .map(drop)
            .map_err(database.error("noting what concerns a person"))
    }
}

/// Notes a comment for those it mentions.
pub(super) fn mentioned<'a>(
    database: &Database<'_>,
    speaker: &Speaker,
    (meeting, thread, comment): (&MeetingId, &str, &str),
    accounts: impl Iterator<Item = &'a AccountId>,
) -> Result<(), StoreError> {
    let item = item_of(database, thread)?;
    let Speaker { user, person } = speaker;
    let cause = Cause { kind: NoticeKind::Mention, id: comment, meeting, item: &item, place: thread, user, person };
    for account in accounts {
        cause.note(database, account.as_str())?;
    }
    Ok(())
}

/// Notes a reply for all who took part in the thread. Whom it mentions was noted before.
pub(super) fn replied(
    database: &Database<'_>,
    speaker: &Speaker,
    (meeting, thread, comment): (&MeetingId, &str, &str),
) -> Result<(), StoreError> {
    let error = database.error("looking up who took part in a thread");
    let item = item_of(database, thread)?;
    let mut select = database
        .connection
        .prepare_cached("SELECT user FROM thread WHERE id = ?1 UNION SELECT user FROM comment WHERE thread = ?1 AND deleted = 0")
        .map_err(&error)?;
    let users = select.query_map(params![thread], |row| row.get::<_, String>(0)).map_err(&error)?;
    let Speaker { user, person } = speaker;
    let cause = Cause { kind: NoticeKind::Reply, id: comment, meeting, item: &item, place: thread, user, person };
    for other in users {
        cause.note(database, &other.map_err(&error)?)?;
    }
    Ok(())
}

/// Notes a proposal for those who may decide on it.
pub(super) fn proposed(
    database: &Database<'_>,
    Speaker { user, person }: &Speaker,
    (meeting, item, id): (&MeetingId, &str, &str),
    deciders: &[AccountId],
) -> Result<(), StoreError> {
    let cause = Cause { kind: NoticeKind::Proposal, id, meeting, item, place: id, user, person };
    deciders.iter().try_for_each(|account| cause.note(database, account.as_str()))
}

/// Notes a decision for the proposal's author and those who support it.
pub(super) fn decided(database: &Database<'_>, act: &Act, meeting: &MeetingId, proposal: &str, decision: &str) -> Result<(), StoreError> {
    let (author, item): (String, String) = database
        .connection
        .query_row("SELECT user, item FROM proposal WHERE id = ?1", params![proposal], |row| Ok((row.get(0)?, row.get(1)?)))
        .map_err(database.error("looking up whom a decision concerns"))?;
    let (user, person) = (act.actor.user.as_str(), &act.person);
    let cause = Cause { kind: NoticeKind::Decision, id: decision, meeting, item: &item, place: proposal, user, person };
    cause.note(database, &author)?;
    support::supporters(database, proposal)?.iter().try_for_each(|account| cause.note(database, account))
}

fn item_of(database: &Database<'_>, thread: &str) -> Result<String, StoreError> {
    database
        .connection
        .query_row("SELECT item FROM thread WHERE id = ?1", params![thread], |row| row.get(0))
        .map_err(database.error("looking up a thread"))
}

fn open(database: &Database<'_>) -> Result<Vec<OpenNotice>, StoreError> {
    let error = database.error("reading what concerns people");
    let mut select = database
        .connection
        .prepare_cached(&format!(
            "SELECT notice.id, notice.account, account.name, COALESCE(account.email, ''), account.locale, notice.kind, notice.meeting,
                 notice.item, notice.place, notice.actor, notice.actor_org, notice.created,
                 NOT EXISTS (SELECT 1 FROM mail_off WHERE mail_off.account = notice.account AND mail_off.kind = notice.kind)
                 AND CASE notice.kind
                     WHEN 'proposal' THEN EXISTS (SELECT 1 FROM proposal_part JOIN proposal ON proposal.id = proposal_part.proposal
                         WHERE proposal.id = notice.cause AND proposal.withdrawn = 0 AND proposal_part.state = 'open')
                     WHEN 'decision' THEN EXISTS (SELECT 1 FROM decision WHERE decision.id = notice.cause AND decision.revoked_at IS NULL)
                     ELSE EXISTS (SELECT 1 FROM comment WHERE comment.id = notice.cause AND comment.deleted = 0
                         AND comment.seq > COALESCE((SELECT seq FROM read_thread WHERE user = notice.account AND thread = notice.place), 0))
                 END,
                 EXISTS (SELECT 1 FROM proposal WHERE proposal.id = notice.place AND proposal.user = notice.account),
                 (SELECT COUNT(*) FROM proposal_part WHERE proposal = notice.place AND state = 'open'),
                 (SELECT COUNT(*) FROM proposal_part WHERE proposal = notice.place AND state = 'accepted'),
                 (SELECT COUNT(*) FROM proposal_part WHERE proposal = notice.place AND state = 'rejected')
             FROM notice JOIN account ON account.id = notice.account
             WHERE notice.done IS NULL ORDER BY notice.created, notice.rowid LIMIT {MOST}"
        ))
        .map_err(&error)?;
    let mut rows = select.query([]).map_err(&error)?;
    let mut notices = Vec::new();
    while let Some(row) = rows.next().map_err(&error)? {
        notices.push(notice(row).map_err(&error)??);
    }
    Ok(notices)
}

fn notice(row: &Row<'_>) -> rusqlite::Result<Result<OpenNotice, StoreError>> {
    let (account, kind, meeting, item): (String, String, String, String) = (row.get(1)?, row.get(5)?, row.get(6)?, row.get(7)?);
    let (id, name, email, locale, place) = (row.get(0)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(8)?);
    let actor = Person { name: row.get(9)?, organisation: row.get(10)?, hue: 0 };
    let (created, is_news, own, tally) = (row.get(11)?, row.get(12)?, row.get(13)?, (row.get(14)?, row.get(15)?, row.get(16)?));
    let read = || {
        let (account, kind) = (read_id("notice.account", account)?, read_word("notice.kind", kind)?);
        let (meeting, item) = (read_id("notice.meeting", meeting)?, read_id("notice.item", item)?);
        Ok(OpenNotice { id, account, name, email, locale, kind, meeting, item, place, actor, created, is_news, own, tally })
    };
    Ok(read())
}

/// Forgets notices that were done with long ago.
pub(super) fn sweep(database: &Database<'_>) -> Result<(), StoreError> {
    database
        .connection
        .execute("DELETE FROM notice WHERE done IS NOT NULL AND created < ?1", params![now() - KEPT])
        .map(drop)
        .map_err(database.error("clearing the notices"))
}

impl Store {
    /// What concerns people and no mail was made of yet, the oldest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn open_notices(&self) -> Result<Vec<OpenNotice>, StoreError> {
        self.read(open).await
    }

    /// The kinds of mail that a person does not want.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn unwanted_mail(&self, account: AccountId) -> Result<Vec<NoticeKind>, StoreError> {
        self.read(move |database| {
            let error = database.error("reading which mail is wanted");
            let mut select = database.connection.prepare_cached("SELECT kind FROM mail_off WHERE account = ?1").map_err(&error)?;
            let kinds = select.query_map(params![account.as_str()], |row| row.get::<_, String>(0)).map_err(&error)?;
            kinds.map(|kind| read_word("mail_off.kind", kind.map_err(&error)?)).collect()
        })
        .await
    }

    /// Keeps which kinds of mail a person does not want. Those that wait to be sent are not sent either.
    ///
    /// # Errors
    /// Nothing was stored.
    pub async fn set_unwanted_mail(&self, account: AccountId, kinds: Vec<NoticeKind>) -> Result<(), StoreError> {
        self.inner
            .writer
            .write(move |database| {
                let error = database.error("storing which mail is wanted");
                database.connection.execute("DELETE FROM mail_off WHERE account = ?1", params![account.as_str()]).map_err(&error)?;
                kinds.iter().try_for_each(|kind| {
                    let insert = "INSERT OR IGNORE INTO mail_off (account, kind) VALUES (?1, ?2)";
                    database.connection.execute(insert, params![account.as_str(), kind.as_str()]).map(drop).map_err(&error)
                })
            })
            .await
    }

    /// Notes that these are done with, and queues the mail that was made of them, if any: both or neither.
    ///
    /// # Errors
    /// Nothing was stored.
    pub async fn finish_notices(&self, notices: Vec<String>, mail: Option<NewMail>) -> Result<(), StoreError> {
        let queued = mail.is_some();
        self.inner
            .writer
            .write(move |database| {
                let error = database.error("noting what was told");
                let mut update = database.connection.prepare_cached("UPDATE notice SET done = ?2 WHERE id = ?1").map_err(&error)?;
                for id in &notices {
                    update.execute(params![id, now()]).map_err(&error)?;
                }
                mail.iter().try_for_each(|mail| outbox::add(database, mail))
            })
            .await?;
        if queued {
            self.mail_was_queued();
        }
        Ok(())
    }
}
