//! SQL of mail that is to leave. What sends it is [`crate::mail`]. Knows no mail server and no text.

use dagsorden_shared::id::{AccountId, base36};
use rusqlite::{OptionalExtension, params};

use super::account::now;
use super::connection::Database;
use super::{Store, StoreError};
use crate::intake::random_bits;

/// Longest subject, in characters.
const MAX_SUBJECT: usize = 200;
/// Mails that the page of the outbox shows.
const SHOWN: u32 = 100;
/// How long a mail that left, or could not leave, is listed.
const KEPT: i64 = 30 * 24 * 60 * 60 * 1000;

/// A mail that is to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// Whom it is for. It does not leave if the account is disabled by then.
    pub account: Option<AccountId>,
    /// What it is, such as `sign_in`, `invitation` or `sent_out`.
    pub kind: &'static str,
    /// The address.
    pub recipient: String,
    /// One line; control characters are left out.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// What it tells of, if it is about something that people did.
    pub about: Option<About>,
}

/// What a mail tells of, for the programs of those who get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Names the mail: made anew of the same, it has the same `Message-ID`.
    pub notice: String,
    /// The thread or proposal that mails are sorted by.
    pub thread: String,
    /// Who did it, as the mail's sender is shown.
    pub sender: String,
}

/// A mail of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: String,
    /// The address.
    pub recipient: String,
    /// One line.
    pub subject: String,
    /// Plain text; empty once it left.
    pub body: String,
    /// When it was written, in milliseconds since 1970.
    pub created: i64,
    /// `waiting`, `sent` or `failed`.
    pub state: String,
    /// How often it was tried.
    pub tries: u32,
    /// Why it has not left, if it was tried.
    pub error: Option<String>,
    /// Whether its reader may still have it: the account is not disabled.
    pub wanted: bool,
    /// Who it says it comes from, beside our own address.
    pub sender: Option<String>,
    /// The thread or proposal that mails are sorted by.
    pub thread: Option<String>,
}

/// Adds a mail to the outbox, in the transaction of what it is about.
pub(super) fn add(database: &Database<'_>, mail: &NewMail) -> Result<(), StoreError> {
    let one_line = |text: &str| text.chars().filter(|character| !character.is_control()).take(MAX_SUBJECT).collect::<String>();
    let about = mail.about.as_ref();
    database
        .connection
        .execute(
            "INSERT INTO outbox (id, account, kind, recipient, subject, body, created, not_before, state, sender, thread)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, 'waiting', ?8, ?9)",
            params![
                about.map_or_else(|| base36(random_bits()), |about| format!("n-{}", about.notice)),
                mail.account.as_ref().map(AccountId::as_str),
                mail.kind,
                mail.recipient,
                one_line(&mail.subject),
                mail.body,
                now(),
                about.map(|about| one_line(&about.sender)),
                about.map(|about| &about.thread)
            ],
        )
        .map(drop)
        .map_err(database.error("queueing a mail"))
}

const SELECT: &str =
    "SELECT outbox.id, outbox.kind, outbox.recipient, outbox.subject, outbox.body, outbox.created, outbox.state, outbox.tries,
     outbox.error, account.state IS NULL OR account.state <> 'disabled', outbox.sender, outbox.thread FROM outbox LEFT JOIN account ON account.id = outbox.account";

fn mail(row: &rusqlite::Row<'_>) -> rusqlite::Result<Mail> {
    Ok(Mail {
        id: row.get(0)?,
        kind: row.get(1)?,
        recipient: row.get(2)?,
        subject: row.get(3)?,
        body: row.get(4)?,
        created: row.get(5)?,
        state: row.get(6)?,
        tries: row.get(7)?,
        error: row.get(8)?,
        wanted: row.get(9)?,
        sender: row.get(10)?,
        thread: row.get(11)?,
    })
}

fn list(database: &Database<'_>) -> Result<Vec<Mail>, StoreError> {
    let error = database.error("reading the outbox");
    let sql = format!("{SELECT} ORDER BY outbox.created DESC, outbox.rowid DESC LIMIT {SHOWN}");
    let mut select = database.connection.prepare_cached(&sql).map_err(&error)?;
    let rows = select.query_map([], mail).map_err(&error)?;
    rows.map(|row| row.map_err(&error)).collect()
}

/// The mail to be tried next: links to sign in first, people wait for them.
fn next(database: &Database<'_>) -> Result<Option<Mail>, StoreError> {
    let error = database.error("reading the outbox");
    let sql = format!(
        "{SELECT} WHERE outbox.state = 'waiting' AND outbox.not_before <= ?1 ORDER BY outbox.kind <> 'sign_in', outbox.not_before LIMIT 1"
    );
    let mut select = database.connection.prepare_cached(&sql).map_err(&error)?;
    select.query_row(params![now()], mail).optional().map_err(&error)
}

impl Store {
    /// Queues mails; they leave by themselves. Where something else is stored with them, the store's functions add them in the same
    /// transaction.
    ///
    /// # Errors
    /// None of them was queued.
    pub async fn queue_mail(&self, mails: Vec<NewMail>) -> Result<(), StoreError> {
        self.inner.writer.write(move |database| mails.iter().try_for_each(|mail| add(database, mail))).await?;
        self.mail_was_queued();
        Ok(())
    }

    /// Wakes what sends mail. It looks by itself too, from time to time.
    pub(super) fn mail_was_queued(&self) {
        self.inner.mail.notify_one();
    }

    /// Ends when a mail was queued since the last call.
    pub async fn mail_queued(&self) {
        self.inner.mail.notified().await;
    }

    /// The newest mails, the newest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn mails(&self) -> Result<Vec<Mail>, StoreError> {
        self.read(list).await
    }

    /// The mail that is to be sent next, if one is due.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn next_mail(&self) -> Result<Option<Mail>, StoreError> {
        self.read(next).await
    }

    /// Notes that a mail left. Its body is emptied: it may hold a link.
    ///
    /// # Errors
    /// It was not noted, and the mail may leave twice.
    pub async fn mail_sent(&self, id: String) -> Result<(), StoreError> {
        self.inner
            .writer
            .write(move |database| {
                database
                    .connection
                    .execute(
                        "UPDATE outbox SET state = 'sent', body = '', error = NULL, tries = tries + 1, sent = ?2 WHERE id = ?1",
                        params![id, now()],
                    )
                    .map(drop)
                    .map_err(database.error("noting a sent mail"))
            })
            .await
    }

    /// Notes that a mail did not leave: it is tried again at `again`, or given up.
    ///
    /// # Errors
    /// It was not noted.
    pub async fn mail_not_sent(&self, id: String, cause: String, again: Option<i64>) -> Result<(), StoreError> {
        let state = if again.is_some() { "waiting" } else { "failed" };
        self.inner
            .writer
            .write(move |database| {
                database
                    .connection
                    .execute(
                        "UPDATE outbox SET state = ?2, error = ?3, tries = tries + 1, not_before = COALESCE(?4, not_before),
                             body = CASE ?2 WHEN 'failed' THEN '' ELSE body END WHERE id = ?1",
                        params![id, state, cause, again],
                    )
                    .map(drop)
                    .map_err(database.error("noting a mail that did not leave"))
            })
            .await
    }
}

/// Forgets mails that left long ago.
pub(super) fn sweep(database: &Database<'_>) -> Result<(), StoreError> {
    database
        .connection
        .execute("DELETE FROM outbox WHERE state <> 'waiting' AND created < ?1", params![now() - KEPT])
        .map(drop)
        .map_err(database.error("clearing the outbox"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(subject: &str) -> NewMail {
        NewMail {
            account: None,
            kind: "sign_in",
            recipient: "bo@havnsted.dk".into(),
            subject: subject.into(),
            body: "text".into(),
            about: None,
        }
    }

    #[tokio::test]
    async fn a_mail_waits_until_it_left_and_keeps_no_body_then() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        assert_eq!(store.next_mail().await.unwrap(), None);
        let invitation = NewMail { kind: "invitation", ..letter("first") };
        store.queue_mail(vec![invitation, letter("a\r\nBcc: b")]).await.unwrap();
        let mail = store.next_mail().await.unwrap().unwrap();
        assert_eq!((mail.kind.as_str(), mail.subject.as_str(), mail.body.as_str()), ("sign_in", "aBcc: b", "text"));
        store.mail_not_sent(mail.id.clone(), "greylisted".into(), Some(i64::MAX)).await.unwrap();
        let other = store.next_mail().await.unwrap().unwrap();
        assert_eq!(other.subject, "first");
        store.mail_sent(other.id).await.unwrap();
        assert_eq!(store.next_mail().await.unwrap(), None, "the other waits for its time");
        let states: Vec<_> = store.mails().await.unwrap().into_iter().map(|mail| (mail.state, mail.body, mail.tries)).collect();
        assert!(
            states.contains(&("sent".into(), String::new(), 1)) && states.contains(&("waiting".into(), "text".into(), 1)),
            "{states:?}"
        );
        store.mail_not_sent(mail.id, "no such box".into(), None).await.unwrap();
        assert!(store.mails().await.unwrap().iter().any(|mail| mail.state == "failed" && mail.body.is_empty()));
    }
}
