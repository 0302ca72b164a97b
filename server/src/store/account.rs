//! SQL of accounts, memberships and tokens. What they allow is read by [`super::rights`].

use dagsorden_shared::access::Role;
use dagsorden_shared::id::{AccountId, ForumId, TokenId};
use rusqlite::{OptionalExtension, params};

use super::connection::Database;
use super::meeting::read_id;
use super::{Act, ForumChoice, Store, StoreError, meeting, setting};
use crate::intake::random_bits;

/// An account that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Its id, unless there is an account with this address.
    pub id: AccountId,
    /// As others see them.
    pub name: String,
    /// Municipality or other body; may be empty.
    pub organisation: String,
    /// Where mail goes, and what they type to sign in.
    pub email: String,
    /// Whether it administers the installation.
    pub administrator: bool,
    /// Whether it may come in at once. An invited account becomes active at its first sign-in.
    pub active: bool,
}

/// An account as the administrator's list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Its id.
    pub id: AccountId,
    /// As others see them.
    pub name: String,
    /// Municipality or other body; may be empty.
    pub organisation: String,
    /// Where mail goes.
    pub email: String,
    /// `invited`, `active` or `disabled`.
    pub state: String,
    /// Whether it administers the installation.
    pub administrator: bool,
    /// When they were last seen, in milliseconds since 1970.
    pub seen: Option<i64>,
    /// Names of forums, and the roles there.
    pub memberships: Vec<(String, Role)>,
}

impl Store {
    /// Makes an account, or brings the one with this address up to date, and gives it these roles. Forums that are missing are made.
    ///
    /// # Errors
    /// Not allowed. Nothing was stored.
    pub async fn add_account(&self, act: Act, new: NewAccount, roles: Vec<(ForumChoice, Role)>) -> Result<AccountId, StoreError> {
        self.act(act, move |database| {
            let account = add(database, &new)?;
            for (forum, role) in roles {
                let forum = meeting::choose_forum(database, &forum)?;
                set_role(database, &forum, &account, Some(role))?;
            }
            Ok(account)
        })
        .await
    }

    /// Gives an account a role in the forum that `act` is on, or ends its membership.
    ///
    /// # Errors
    /// Not allowed. Nothing was stored.
    pub async fn set_role(&self, act: Act, forum: ForumId, account: AccountId, role: Option<Role>) -> Result<(), StoreError> {
        self.act(act, move |database| set_role(database, &forum, &account, role)).await
    }

    /// Takes an account's rights away, with its sessions and tokens, or gives them back.
    ///
    /// # Errors
    /// Not allowed; no such account. Nothing was stored.
    pub async fn set_disabled(&self, act: Act, account: AccountId, disabled: bool) -> Result<(), StoreError> {
        self.act(act, move |database| set_disabled(database, &account, disabled)).await
    }

    /// The account with this address.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn account_by_email(&self, email: &str) -> Result<Option<AccountId>, StoreError> {
        let email = email.to_owned();
        self.read(move |database| by_email(database, &email)).await
    }

    /// All accounts by name.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        self.read(list).await
    }

    /// Makes a token for programs.
    ///
    /// # Errors
    /// Not allowed. Nothing was stored.
    pub async fn add_token(&self, act: Act, new: NewToken) -> Result<(), StoreError> {
        self.act(act, move |database| add_token(database, &new)).await
    }
}

/// What addresses are compared by: trimmed and in small letters.
pub fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

pub(super) fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// Makes an account, or brings the one with this address up to date. Answers its id.
pub(super) fn add(database: &Database<'_>, new: &NewAccount) -> Result<AccountId, StoreError> {
    let error = database.error("storing an account");
    if !new.organisation.is_empty() {
        setting::hue_of(database, &new.organisation)?;
    }
    let state = if new.active { "active" } else { "invited" };
    let id: String = database
        .connection
        .query_row(
            "INSERT INTO account (id, name, email, email_key, organisation, state, administrator, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (email_key) DO UPDATE SET name = excluded.name, organisation = excluded.organisation,
                 administrator = MAX(administrator, excluded.administrator),
                 state = CASE WHEN excluded.state = 'active' THEN 'active' ELSE state END
             RETURNING id",
            params![
                new.id.as_str(),
                new.name,
                new.email.trim(),
                email_key(&new.email),
                new.organisation,
                state,
                new.administrator,
                now()
            ],
            |row| row.get(0),
        )
        .map_err(&error)?;
    read_id("account.id", id)
}

/// Gives an account a role in a forum. The membership it had ends, and is kept.
pub(super) fn set_role(database: &Database<'_>, forum: &ForumId, account: &AccountId, role: Option<Role>) -> Result<(), StoreError> {
    let error = database.error("storing a membership");
    let connection = database.connection;
    let current: Option<String> = connection
        .query_row(
            "SELECT role FROM membership WHERE forum = ?1 AND account = ?2 AND ended_at IS NULL",
            params![forum.as_str(), account.as_str()],
            |row| row.get(0),
        )
        .optional()
        .map_err(&error)?;
    if current.as_deref() == role.map(Role::as_str) {
        return Ok(());
    }
    connection
        .execute(
            "UPDATE membership SET ended_at = ?3 WHERE forum = ?1 AND account = ?2 AND ended_at IS NULL",
            params![forum.as_str(), account.as_str(), now()],
        )
        .map_err(&error)?;
    if let Some(role) = role {
        let id = dagsorden_shared::id::base36(random_bits());
        connection
            .execute(
                "INSERT INTO membership (id, forum, account, role, created) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![id, forum.as_str(), account.as_str(), role.as_str(), now()],
            )
            .map_err(&error)?;
    }
    Ok(())
}

/// The account with this address.
pub(super) fn by_email(database: &Database<'_>, email: &str) -> Result<Option<AccountId>, StoreError> {
    let found: Option<String> = database
        .connection
        .query_row("SELECT id FROM account WHERE email_key = ?1", params![email_key(email)], |row| row.get(0))
        .optional()
        .map_err(database.error("looking up an account"))?;
    found.map(|id| read_id("account.id", id)).transpose()
}

/// Takes an account's rights away, or gives them back. Its sessions, links and tokens end with it.
pub(super) fn set_disabled(database: &Database<'_>, account: &AccountId, disabled: bool) -> Result<(), StoreError> {
    let error = database.error("disabling an account");
    let state = if disabled { "disabled" } else { "active" };
    let changed =
        database.connection.execute("UPDATE account SET state = ?2 WHERE id = ?1", params![account.as_str(), state]).map_err(&error)?;
    if changed == 0 {
        return Err(StoreError::Missing { what: "account", id: account.to_string() });
    }
    if disabled {
        for statement in [
            "DELETE FROM session WHERE account = ?1",
            "DELETE FROM link WHERE account = ?1",
            "UPDATE token SET revoked_at = created WHERE account = ?1 AND revoked_at IS NULL",
        ] {
            database.connection.execute(statement, params![account.as_str()]).map_err(&error)?;
        }
    }
    Ok(())
}

/// All accounts by name.
pub(super) fn list(database: &Database<'_>) -> Result<Vec<AccountRow>, StoreError> {
    let error = database.error("listing accounts");
    let mut select = database
        .connection
        .prepare_cached("SELECT id, name, organisation, COALESCE(email, ''), state, administrator, seen FROM account ORDER BY name, id")
        .map_err(&error)?;
    let rows = select
        .query_map([], |row| {
            let id: String = row.get(0)?;
            let account = (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?);
            Ok((id, account))
        })
        .map_err(&error)?;
    rows.map(|row| {
        let (id, (name, organisation, email, state, administrator, seen)) = row.map_err(&error)?;
        let id: AccountId = read_id("account.id", id)?;
        let memberships = memberships(database, &id)?;
        Ok(AccountRow { id, name, organisation, email, state, administrator, seen, memberships })
    })
    .collect()
}

fn memberships(database: &Database<'_>, account: &AccountId) -> Result<Vec<(String, Role)>, StoreError> {
    let error = database.error("listing memberships");
    let mut select = database
        .connection
        .prepare_cached(
            "SELECT forum.name, membership.role FROM membership JOIN forum ON forum.id = membership.forum
             WHERE membership.account = ?1 AND membership.ended_at IS NULL ORDER BY forum.name",
        )
        .map_err(&error)?;
    let rows = select.query_map(params![account.as_str()], |row| Ok((row.get(0)?, row.get(1)?))).map_err(&error)?;
    rows.map(|row| {
        let (forum, role) = row.map_err(&error)?;
        Ok((forum, super::meeting::read_word("membership.role", role)?))
    })
    .collect()
}

/// A token that is to be made; `secret` is the SHA-256 of what the program will send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Its id.
    pub id: TokenId,
    /// SHA-256 of the secret.
    pub secret: [u8; 32],
    /// Whose it is.
    pub account: AccountId,
    /// What it is for.
    pub label: String,
    /// When it ends, in milliseconds since 1970.
    pub expires: i64,
}

pub(super) fn add_token(database: &Database<'_>, new: &NewToken) -> Result<(), StoreError> {
    database
        .connection
        .execute(
            "INSERT INTO token (id, secret, account, label, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![new.id.as_str(), new.secret, new.account.as_str(), new.label, now(), new.expires],
        )
        .map(drop)
        .map_err(database.error("storing a token"))
}
