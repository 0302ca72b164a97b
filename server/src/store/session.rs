//! SQL of sessions and passwords. Only hashes of secrets are stored. What a session allows is read by [`super::rights`], and a session that
//! ends closes its sockets through the generation of the rights. Knows no cookie.

use std::sync::PoisonError;

use dagsorden_shared::api::Person;
use dagsorden_shared::id::{AccountId, SessionId, base36};
use rusqlite::{OptionalExtension, params};

use super::account::now;
use super::audit::{self, Record, SIGN_IN};
use super::connection::Database;
use super::meeting::read_id;
use super::{Store, StoreError, link, notice, outbox};
use crate::intake::random_bits;
use crate::rights::Via;

/// A session that is not used ends after 8 hours,
const IDLE: i64 = 8 * 60 * 60 * 1000;
/// and any session after 24.
const ABSOLUTE: i64 = 24 * 60 * 60 * 1000;
/// How often it is noted that a session is used.
const TOUCH: i64 = 5 * 60 * 1000;
/// Sessions whose last use is remembered.
const REMEMBERED: usize = 20_000;

/// A session that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// SHA-256 of what the cookie holds.
    pub secret: [u8; 32],
    /// How they came in: `link`, `code` or `password`.
    pub made_by: &'static str,
    /// The browser, in a few words.
    pub agent: String,
}

/// A session as its person sees it in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id. Not the secret.
    pub id: SessionId,
    /// `link`, `code` or `password`.
    pub made_by: String,
    /// The browser, in a few words.
    pub agent: String,
    /// When it began, in milliseconds since 1970.
    pub created: i64,
    /// When it was last used, to some minutes.
    pub used: i64,
    /// When it ends unless it is used.
    pub until: i64,
}

/// Begins a session of an account. An invited account is active from now on.
pub(super) fn begin(database: &Database<'_>, account: &AccountId, new: &NewSession) -> Result<SessionId, StoreError> {
    let error = database.error("beginning a session");
    let (id, now) = (SessionId::from_random(random_bits()), now());
    database
        .connection
        .execute(
            "INSERT INTO session (id, secret, account, made_by, agent, created, used, idle_until, until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?8)",
            params![id.as_str(), new.secret, account.as_str(), new.made_by, new.agent, now, now + IDLE, now + ABSOLUTE],
        )
        .map_err(&error)?;
    database
        .connection
        .execute("UPDATE account SET state = 'active' WHERE id = ?1 AND state = 'invited'", params![account.as_str()])
        .map_err(&error)?;
    database.connection.execute("UPDATE account SET seen = ?2 WHERE id = ?1", params![account.as_str(), now]).map_err(&error)?;
    note(database, account, SIGN_IN, id.as_str(), new.made_by)?;
    Ok(id)
}

/// Writes into the audit trail what a person did with their own account.
fn note(database: &Database<'_>, account: &AccountId, verb: &str, session: &str, object: &str) -> Result<(), StoreError> {
    let person = database
        .connection
        .query_row("SELECT name, organisation FROM account WHERE id = ?1", params![account.as_str()], |row| {
            Ok(Person { name: row.get(0)?, organisation: row.get(1)?, hue: 0 })
        })
        .optional()
        .map_err(database.error("looking up an account"))?;
    audit::record(
        database,
        &Record {
            user: account.to_string(),
            person: person.unwrap_or_default(),
            verb: verb.to_owned(),
            meeting: String::new(),
            phase: String::new(),
            session: session.to_owned(),
            object: object.to_owned(),
        },
    )
}

fn list(database: &Database<'_>, account: &AccountId) -> Result<Vec<SessionRow>, StoreError> {
    let error = database.error("listing sessions");
    let mut select = database
        .connection
        .prepare_cached(
            "SELECT id, made_by, agent, created, used, MIN(idle_until, until) FROM session
             WHERE account = ?1 AND MIN(idle_until, until) > ?2 ORDER BY used DESC, created DESC",
        )
        .map_err(&error)?;
    let rows = select
        .query_map(params![account.as_str(), now()], |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
        })
        .map_err(&error)?;
    rows.map(|row| {
        let (id, made_by, agent, created, used, until) = row.map_err(&error)?;
        Ok(SessionRow { id: read_id("session.id", id)?, made_by, agent, created, used, until })
    })
    .collect()
}

fn end(database: &Database<'_>, account: &AccountId, session: &SessionId) -> Result<bool, StoreError> {
    let ended = database
        .connection
        .execute("DELETE FROM session WHERE id = ?1 AND account = ?2", params![session.as_str(), account.as_str()])
        .map_err(database.error("ending a session"))?;
    if ended > 0 {
        note(database, account, "end_session", session.as_str(), "")?;
    }
    Ok(ended > 0)
}

fn end_others(database: &Database<'_>, account: &AccountId, kept: Option<&SessionId>) -> Result<usize, StoreError> {
    let kept = kept.map(SessionId::as_str).unwrap_or_default();
    let ended = database
        .connection
        .execute("DELETE FROM session WHERE account = ?1 AND id <> ?2", params![account.as_str(), kept])
        .map_err(database.error("ending sessions"))?;
    if ended > 0 {
        note(database, account, "end_sessions", kept, &ended.to_string())?;
    }
    Ok(ended)
}

fn set_password(
    database: &Database<'_>,
    account: &AccountId,
    session: &SessionId,
    secret: &[u8; 32],
    password: Option<&str>,
) -> Result<(), StoreError> {
    let error = database.error("storing a password");
    let connection = database.connection;
    connection.execute("DELETE FROM credential WHERE account = ?1 AND kind = 'password'", params![account.as_str()]).map_err(&error)?;
    if let Some(password) = password {
        connection
            .execute(
                "INSERT INTO credential (id, account, kind, data, created) VALUES (?1, ?2, 'password', ?3, ?4)",
                params![base36(random_bits()), account.as_str(), password, now()],
            )
            .map_err(&error)?;
    }
    // What was signed in before knew the old password: this session gets a new secret, the others end.
    let renewed = connection
        .execute("UPDATE session SET secret = ?3 WHERE id = ?1 AND account = ?2", params![session.as_str(), account.as_str(), secret])
        .map_err(&error)?;
    if renewed == 0 {
        return Err(StoreError::NotThere);
    }
    end_others(database, account, Some(session))?;
    note(database, account, "set_password", session.as_str(), if password.is_some() { "set" } else { "removed" })
}

impl Store {
    /// Begins a session of an account whose password was right. `None`: the account is not active.
    ///
    /// # Errors
    /// Nothing was stored.
    pub async fn begin_session(&self, account: AccountId, new: NewSession) -> Result<Option<SessionId>, StoreError> {
        self.inner
            .writer
            .write(move |database| {
                let state: Option<String> = database
                    .connection
                    .query_row("SELECT state FROM account WHERE id = ?1", params![account.as_str()], |row| row.get(0))
                    .optional()
                    .map_err(database.error("looking up an account"))?;
                if state.as_deref() != Some("active") {
                    return Ok(None);
                }
                begin(database, &account, &new).map(Some)
            })
            .await
    }

    /// The sessions of an account, the last used first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn sessions(&self, account: AccountId) -> Result<Vec<SessionRow>, StoreError> {
        self.read(move |database| list(database, &account)).await
    }

    /// Ends a session of this account. False if it has none of this id.
    ///
    /// # Errors
    /// Nothing was changed.
    pub async fn end_session(&self, account: AccountId, session: SessionId) -> Result<bool, StoreError> {
        self.inner.writer.write(move |database| end(database, &account, &session)).await
    }

    /// Ends all sessions of an account but one. Answers how many.
    ///
    /// # Errors
    /// Nothing was changed.
    pub async fn end_other_sessions(&self, account: AccountId, kept: Option<SessionId>) -> Result<usize, StoreError> {
        self.inner.writer.write(move |database| end_others(database, &account, kept.as_ref())).await
    }

    /// The hash of an account's password, as [`crate::password`] wrote it. `None`: it has none.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn password(&self, account: AccountId) -> Result<Option<String>, StoreError> {
        self.read(move |database| {
            database
                .connection
                .query_row("SELECT data FROM credential WHERE account = ?1 AND kind = 'password'", params![account.as_str()], |row| {
                    row.get(0)
                })
                .optional()
                .map_err(database.error("reading a password"))
        })
        .await
    }

    /// Sets or removes an account's password, gives the session it was done in a new secret and ends all others.
    ///
    /// # Errors
    /// Nothing was changed; the session has ended.
    pub async fn set_password(
        &self,
        account: AccountId,
        session: SessionId,
        secret: [u8; 32],
        password: Option<String>,
    ) -> Result<(), StoreError> {
        self.inner.writer.write(move |database| set_password(database, &account, &session, &secret, password.as_deref())).await
    }

    /// Replaces the hash of a password that was made with weaker parameters. Nothing else changes.
    ///
    /// # Errors
    /// The old one stays.
    pub async fn renew_password(&self, account: AccountId, password: String) -> Result<(), StoreError> {
        self.inner
            .writer
            .write(move |database| {
                database
                    .connection
                    .execute(
                        "UPDATE credential SET data = ?2 WHERE account = ?1 AND kind = 'password'",
                        params![account.as_str(), password],
                    )
                    .map(drop)
                    .map_err(database.error("renewing a password"))
            })
            .await
    }

    /// Notes that a session is used, each five minutes at most. Never waits.
    pub fn touch_session(&self, via: &Via) {
        let Via::Session(session) = via else { return };
        let now = now();
        {
            let mut touched = self.inner.touched.lock().unwrap_or_else(PoisonError::into_inner);
            if touched.get(session).is_some_and(|last| now - last < TOUCH) {
                return;
            }
            if touched.len() >= REMEMBERED {
                touched.clear();
            }
            touched.insert(session.clone(), now);
        }
        let session = session.clone();
        // It is queued at once; nobody waits for it, and the next use notes it if this is lost.
        drop(self.inner.writer.write(move |database| {
            database
                .connection
                .execute(
                    "UPDATE session SET used = ?2, idle_until = MIN(?2 + ?3, until) WHERE id = ?1 AND ?2 - used >= ?4",
                    params![session.as_str(), now, IDLE, TOUCH],
                )
                .map(drop)
                .map_err(database.error("noting the use of a session"))
        }));
    }

    /// Deletes sessions that have ended; their sockets close. With `old`, also forgets links and mails of long ago.
    ///
    /// # Errors
    /// They stay for the next time; nobody is let in by them.
    pub async fn sweep(&self, old: bool) -> Result<(), StoreError> {
        let now = now();
        if !old && !self.rights_now().passes.ends.values().any(|until| *until <= now) {
            return Ok(());
        }
        self.inner
            .writer
            .write(move |database| {
                let error = database.error("ending sessions");
                database.connection.execute("DELETE FROM session WHERE MIN(idle_until, until) <= ?1", params![now]).map_err(&error)?;
                database
                    .connection
                    .execute("UPDATE token SET revoked_at = expires WHERE expires <= ?1 AND revoked_at IS NULL", params![now])
                    .map_err(&error)?;
                if old {
                    link::sweep(database)?;
                    outbox::sweep(database)?;
                    notice::sweep(database)?;
                }
                Ok(())
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use dagsorden_shared::access::Verb;

    use super::*;
    use crate::identity::{new_secret, secret_hash};
    use crate::rights::Actor;
    use crate::store::{Act, NewAccount, On};

    async fn store_with(active: bool) -> (tempfile::TempDir, Store, AccountId) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let new = NewAccount {
            id: AccountId::from_random(7),
            name: "Bo".into(),
            organisation: "Havnsted".into(),
            email: "bo@havnsted.dk".into(),
            administrator: false,
            active,
        };
        let account = store.add_account(Act::of_command_line(Verb::ManageAccounts, On::Installation, ""), new, Vec::new()).await.unwrap();
        (folder, store, account)
    }

    fn session(secret: &str) -> NewSession {
        NewSession { secret: secret_hash(secret), made_by: "password", agent: "Firefox på Linux".into() }
    }

    #[tokio::test]
    async fn sessions_are_listed_and_ended_one_by_one_and_only_ones_own() {
        let (_folder, store, account) = store_with(true).await;
        let secrets = [new_secret(), new_secret(), new_secret()];
        let mut ids = Vec::new();
        for secret in &secrets {
            ids.push(store.begin_session(account.clone(), session(secret)).await.unwrap().unwrap());
        }
        assert_eq!(store.sessions(account.clone()).await.unwrap().len(), 3);
        let stranger = AccountId::from_random(8);
        assert!(!store.end_session(stranger, ids[0].clone()).await.unwrap());
        assert!(store.end_session(account.clone(), ids[0].clone()).await.unwrap());
        assert!(!store.end_session(account.clone(), ids[0].clone()).await.unwrap(), "it has ended");
        let rights = store.rights_now();
        assert!(!rights.passes.by_secret.contains_key(&secret_hash(&secrets[0])));
        assert_eq!(store.end_other_sessions(account.clone(), Some(ids[2].clone())).await.unwrap(), 1);
        let left: Vec<_> = store.sessions(account).await.unwrap().into_iter().map(|row| row.id).collect();
        assert_eq!(left, [ids[2].clone()]);
    }

    #[tokio::test]
    async fn a_session_that_is_not_used_ends_after_eight_hours_and_any_after_a_day() {
        let (_folder, store, account) = store_with(true).await;
        let id = store.begin_session(account.clone(), session("s")).await.unwrap().unwrap();
        let actor = Actor { user: crate::gate::UserKey::new(account.as_str()), via: Via::Session(id.clone()) };
        let now = now();
        let alive = |at| store.rights_now().is_alive(&actor, at);
        assert!(alive(now + IDLE - 60_000) && !alive(now + IDLE + 60_000));
        let later = now - IDLE - 1;
        let set = id.clone();
        store
            .inner
            .writer
            .write(move |database| {
                database
                    .connection
                    .execute("UPDATE session SET idle_until = ?2 WHERE id = ?1", params![set.as_str(), later])
                    .map(drop)
                    .map_err(database.error("test"))
            })
            .await
            .unwrap();
        store.sweep(false).await.unwrap();
        assert!(!store.rights_now().passes.ends.contains_key(&Via::Session(id)));
        assert!(store.sessions(account).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_new_password_gives_a_new_secret_and_ends_the_other_sessions() {
        let (_folder, store, account) = store_with(true).await;
        let here = store.begin_session(account.clone(), session("here")).await.unwrap().unwrap();
        store.begin_session(account.clone(), session("elsewhere")).await.unwrap().unwrap();
        store.set_password(account.clone(), here.clone(), secret_hash("renewed"), Some("hash".into())).await.unwrap();
        let rights = store.rights_now();
        let alive: Vec<bool> =
            ["here", "elsewhere", "renewed"].iter().map(|secret| rights.passes.by_secret.contains_key(&secret_hash(secret))).collect();
        assert_eq!(alive, [false, false, true]);
        assert_eq!(store.password(account.clone()).await.unwrap().as_deref(), Some("hash"));
        store.set_password(account.clone(), here, secret_hash("again"), None).await.unwrap();
        assert_eq!(store.password(account).await.unwrap(), None);
    }

    #[tokio::test]
    async fn an_invited_account_has_no_session_by_password() {
        let (_folder, store, account) = store_with(false).await;
        assert_eq!(store.begin_session(account, session("s")).await.unwrap(), None);
    }
}
