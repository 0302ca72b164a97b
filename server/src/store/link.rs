//! SQL of links sent by mail: each good once, for a while, and only for the browser that asked or for one who knows the address it was sent to.
//! Knows no address of a page and no mail server.

use dagsorden_shared::id::{AccountId, SessionId};
use rusqlite::{OptionalExtension, params};

use super::account::{email_key, now};
use super::connection::Database;
use super::meeting::read_id;
use super::session::{self, NewSession};
use super::{NewMail, Store, StoreError, outbox};

/// How often a code, or the address for a link, may be wrong.
const TRIES: u32 = 5;
/// Links to sign in that one address gets in an hour.
const PER_HOUR: u32 = 3;
const HOUR: i64 = 60 * 60 * 1000;
/// How long it is known that a link is used or too old.
const KEPT: i64 = 30 * 24 * HOUR;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To sign in.
    SignIn,
    /// To answer an invitation, which signs in too.
    Invitation,
}

impl Purpose {
    /// As it stands in rows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Invitation => "invitation",
        }
    }

    /// How long such a link is good, in milliseconds.
    pub fn life(self) -> i64 {
        match self {
            Self::SignIn => HOUR / 4,
            Self::Invitation => 7 * 24 * HOUR,
        }
    }
}

/// A link that is to be made. Only hashes are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    /// SHA-256 of what stands in the link.
    pub secret: [u8; 32],
    /// What it is for.
    pub purpose: Purpose,
    /// Whose it is.
    pub account: AccountId,
    /// SHA-256 of the cookie of the browser that asked.
    pub request: Option<[u8; 32]>,
    /// Hash of the code that is good in that browser.
    pub code: Option<String>,
}

/// What came of using a link or a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkUse {
    /// They are signed in.
    Begun {
        /// Who.
        account: AccountId,
        /// Their new session.
        session: SessionId,
    },
    /// There is no such link any more, or never was.
    Unknown,
    /// It was used before.
    Used,
    /// It is too old.
    Expired,
    /// Another browser asked for it: the address it was sent to must be typed. Nothing is used up.
    AskAddress,
    /// The address, or the code, is wrong.
    Wrong,
}

struct Row {
    secret: [u8; 32],
    account: AccountId,
    request: Option<[u8; 32]>,
    code: Option<String>,
    tries: u32,
    expires: i64,
    used: bool,
    email_key: Option<String>,
    disabled: bool,
}

const SELECT: &str = "SELECT link.secret, link.account, link.request, link.code, link.tries, link.expires, link.used_at IS NOT NULL,
     account.email_key, account.state = 'disabled' FROM link JOIN account ON account.id = link.account";

fn find(database: &Database<'_>, condition: &str, key: [u8; 32]) -> Result<Option<Row>, StoreError> {
    let error = database.error("looking up a link");
    let sql = format!("{SELECT} WHERE {condition} ORDER BY link.created DESC LIMIT 1");
    let mut select = database.connection.prepare_cached(&sql).map_err(&error)?;
    let found = select
        .query_row(params![key], |row| {
            Ok((
                row.get::<_, String>(1)?,
                (row.get(0)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?, row.get(8)?),
            ))
        })
        .optional()
        .map_err(&error)?;
    let Some((account, (secret, request, code, tries, expires, used, email_key, disabled))) = found else { return Ok(None) };
    Ok(Some(Row { secret, account: read_id("link.account", account)?, request, code, tries, expires, used, email_key, disabled }))
}

/// What can be said of a link before anything is proved. `None`: it may be used.
fn refused(row: &Row) -> Option<LinkUse> {
    if row.disabled || row.tries >= TRIES {
        Some(LinkUse::Unknown)
    } else if row.used {
        Some(LinkUse::Used)
    } else if row.expires <= now() {
        Some(LinkUse::Expired)
    } else {
        None
    }
}

fn wrong(database: &Database<'_>, row: &Row) -> Result<LinkUse, StoreError> {
    database
        .connection
        .execute("UPDATE link SET tries = tries + 1 WHERE secret = ?1", params![row.secret])
        .map_err(database.error("noting a wrong try"))?;
    Ok(LinkUse::Wrong)
}

fn begin(database: &Database<'_>, row: Row, new: &NewSession) -> Result<LinkUse, StoreError> {
    database
        .connection
        .execute("UPDATE link SET used_at = ?2 WHERE secret = ?1", params![row.secret, now()])
        .map_err(database.error("using a link"))?;
    let session = session::begin(database, &row.account, new)?;
    Ok(LinkUse::Begun { account: row.account, session })
}

fn use_link(
    database: &Database<'_>,
    secret: [u8; 32],
    request: Option<[u8; 32]>,
    email: Option<&str>,
    new: &NewSession,
) -> Result<LinkUse, StoreError> {
    let Some(row) = find(database, "link.secret = ?1", secret)? else { return Ok(LinkUse::Unknown) };
    if let Some(refusal) = refused(&row) {
        return Ok(refusal);
    }
    let asked_here = row.request.is_some() && row.request == request;
    match email {
        _ if asked_here => begin(database, row, new),
        None => Ok(LinkUse::AskAddress),
        Some(email) if row.email_key.as_deref() == Some(email_key(email).as_str()) => begin(database, row, new),
        Some(_) => wrong(database, &row),
    }
}

fn use_code(database: &Database<'_>, request: [u8; 32], code: &str, new: &NewSession) -> Result<LinkUse, StoreError> {
    let Some(row) = find(database, "link.request = ?1 AND link.code IS NOT NULL", request)? else { return Ok(LinkUse::Wrong) };
    match refused(&row) {
        Some(refusal) => Ok(refusal),
        None if row.code.as_deref() == Some(code) => begin(database, row, new),
        None => wrong(database, &row),
    }
}

/// Adds a link. An invitation takes the place of the one before it.
pub(super) fn add(database: &Database<'_>, new: &NewLink) -> Result<(), StoreError> {
    let error = database.error("storing a link");
    if new.purpose == Purpose::Invitation {
        database
            .connection
            .execute(
                "DELETE FROM link WHERE account = ?1 AND purpose = ?2 AND used_at IS NULL",
                params![new.account.as_str(), new.purpose.as_str()],
            )
            .map_err(&error)?;
    }
    database
        .connection
        .execute(
            "INSERT INTO link (secret, purpose, account, request, code, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![new.secret, new.purpose.as_str(), new.account.as_str(), new.request, new.code, now(), now() + new.purpose.life()],
        )
        .map(drop)
        .map_err(&error)
}

fn asked_lately(database: &Database<'_>, account: &AccountId) -> Result<u32, StoreError> {
    database
        .connection
        .query_row(
            "SELECT COUNT(*) FROM link WHERE account = ?1 AND purpose = 'sign_in' AND request IS NOT NULL AND created > ?2",
            params![account.as_str(), now() - HOUR],
            |row| row.get(0),
        )
        .map_err(database.error("counting links"))
}

/// Forgets links of long ago.
pub(super) fn sweep(database: &Database<'_>) -> Result<(), StoreError> {
    database
        .connection
        .execute("DELETE FROM link WHERE expires < ?1", params![now() - KEPT])
        .map(drop)
        .map_err(database.error("clearing links"))
}

impl Store {
    /// Makes a link to sign in and queues the mail that holds it, unless the account had several in the last hour. False then.
    ///
    /// # Errors
    /// Nothing was stored.
    pub async fn send_link(&self, new: NewLink, mail: NewMail) -> Result<bool, StoreError> {
        let sent = self
            .inner
            .writer
            .write(move |database| {
                if asked_lately(database, &new.account)? >= PER_HOUR {
                    return Ok(false);
                }
                add(database, &new)?;
                outbox::add(database, &mail)?;
                Ok(true)
            })
            .await?;
        self.mail_was_queued();
        Ok(sent)
    }

    /// Makes a link that no mail holds: the command line prints it.
    ///
    /// # Errors
    /// Not allowed. Nothing was stored.
    pub async fn add_link(&self, act: super::Act, new: NewLink) -> Result<(), StoreError> {
        self.act(act, move |database| add(database, &new)).await
    }

    /// Signs in by a link. `request` is what the browser's cookie says, `email` what was typed.
    ///
    /// # Errors
    /// Nothing was stored, the link is as good as before.
    pub async fn use_link(
        &self,
        secret: [u8; 32],
        request: Option<[u8; 32]>,
        email: Option<String>,
        new: NewSession,
    ) -> Result<LinkUse, StoreError> {
        self.inner.writer.write(move |database| use_link(database, secret, request, email.as_deref(), &new)).await
    }

    /// Signs in by the code of the mail, in the browser that asked for it.
    ///
    /// # Errors
    /// Nothing was stored, the code is as good as before.
    pub async fn use_code(&self, request: [u8; 32], code: String, new: NewSession) -> Result<LinkUse, StoreError> {
        self.inner.writer.write(move |database| use_code(database, request, &code, &new)).await
    }
}
