//! SQL of a forum's members: who they are, inviting many at once, and how an account is looked up. Knows no list and no mail text.

use dagsorden_shared::access::{Role, Verb};
use dagsorden_shared::api::Person;
use dagsorden_shared::id::{AccountId, ForumId};
use rusqlite::{OptionalExtension, params};

use super::account::{self, email_key, now};
use super::connection::Database;
use super::link::{self, NewLink, Purpose};
use super::meeting::{read_id, read_word};
use super::setting::{self, hue_at};
use super::{Act, NewMail, On, Store, StoreError, outbox};
use crate::rights::Actor;

/// A member of a forum, invited ones too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The account.
    pub account: AccountId,
    /// Name, organisation and hue.
    pub person: Person,
    /// What they are, such as „direktør“; may be empty.
    pub title: String,
    /// Where mail goes.
    pub email: String,
    /// `invited`, `active` or `disabled`.
    pub state: String,
    /// Their role.
    pub role: Role,
    /// When their invitation ends or ended, in milliseconds since 1970.
    pub invited_until: Option<i64>,
}

/// An account as the sign-in and a list of addresses need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAccount {
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
    /// `da` or `en`, once they chose.
    pub locale: Option<String>,
}

impl KnownAccount {
    /// As others see them, without a colour.
    pub fn person(&self) -> Person {
        Person { name: self.name.clone(), organisation: self.organisation.clone(), hue: 0 }
    }
}

/// Someone who is to become a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The account's id, unless there is one with this address.
    pub id: AccountId,
    /// As others see them.
    pub name: String,
    /// What they are; may be empty.
    pub title: String,
    /// Where mail goes.
    pub email: String,
    /// Municipality or other body; may be empty.
    pub organisation: String,
    /// Their role.
    pub role: Role,
    /// SHA-256 of what stands in the link of the invitation.
    pub secret: [u8; 32],
    /// Subject and body for someone who has to answer: it holds the link.
    pub invitation: (String, String),
    /// Subject and body for someone who has an account already.
    pub added: (String, String),
}

pub(super) fn members(database: &Database<'_>, forum: &ForumId) -> Result<Vec<Member>, StoreError> {
    let error = database.error("listing members");
    let mut select = database
        .connection
        .prepare_cached(
            "SELECT account.id, membership.role, account.name, account.organisation, account.title, COALESCE(account.email, ''),
                 account.state, organisation.position,
                 (SELECT MAX(expires) FROM link WHERE link.account = account.id AND link.purpose = 'invitation' AND link.used_at IS NULL)
             FROM membership JOIN account ON account.id = membership.account
             LEFT JOIN organisation ON organisation.name = account.organisation
             WHERE membership.forum = ?1 AND membership.ended_at IS NULL ORDER BY account.organisation, membership.created, account.name",
        )
        .map_err(&error)?;
    let rows = select
        .query_map(params![forum.as_str()], |row| {
            let position: Option<i64> = row.get(7)?;
            let person = Person { name: row.get(2)?, organisation: row.get(3)?, hue: position.map_or(0, hue_at) };
            Ok((row.get(0)?, row.get(1)?, person, row.get(4)?, row.get(5)?, row.get(6)?, row.get(8)?))
        })
        .map_err(&error)?;
    rows.map(|row| {
        let (account, role, person, title, email, state, invited_until) = row.map_err(&error)?;
        let account = read_id("membership.account", account)?;
        Ok(Member { account, person, title, email, state, role: read_word("membership.role", role)?, invited_until })
    })
    .collect()
}

const KNOWN: &str = "SELECT id, name, organisation, COALESCE(email, ''), state, locale FROM account";

fn known(row: &rusqlite::Row<'_>) -> rusqlite::Result<(String, KnownAccount)> {
    // The id is read outside, where it can be refused.
    let placeholder = AccountId::from_random(0);
    let account = KnownAccount {
        id: placeholder,
        name: row.get(1)?,
        organisation: row.get(2)?,
        email: row.get(3)?,
        state: row.get(4)?,
        locale: row.get(5)?,
    };
    Ok((row.get(0)?, account))
}

fn find(database: &Database<'_>, condition: &str, key: &str) -> Result<Option<KnownAccount>, StoreError> {
    let sql = format!("{KNOWN} WHERE {condition} = ?1");
    let found = database.connection.query_row(&sql, params![key], known).optional().map_err(database.error("looking up an account"))?;
    found.map(|(id, account)| Ok(KnownAccount { id: read_id("account.id", id)?, ..account })).transpose()
}

fn invite(database: &Database<'_>, forum: &ForumId, new: &Invitation) -> Result<bool, StoreError> {
    let error = database.error("storing an invitation");
    let account = match find(database, "email_key", &email_key(&new.email))? {
        Some(account) if account.state == "disabled" => return Ok(false),
        Some(account) => account,
        None => {
            if !new.organisation.is_empty() {
                setting::hue_of(database, &new.organisation)?;
            }
            database
                .connection
                .execute(
                    "INSERT INTO account (id, name, email, email_key, organisation, title, state, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'invited', ?7)",
                    params![new.id.as_str(), new.name, new.email.trim(), email_key(&new.email), new.organisation, new.title, now()],
                )
                .map_err(&error)?;
            KnownAccount {
                id: new.id.clone(),
                name: new.name.clone(),
                organisation: new.organisation.clone(),
                email: new.email.trim().to_owned(),
                state: "invited".to_owned(),
                locale: None,
            }
        }
    };
    let is_member: bool = database
        .connection
        .query_row(
            "SELECT EXISTS (SELECT 1 FROM membership WHERE forum = ?1 AND account = ?2 AND ended_at IS NULL)",
            params![forum.as_str(), account.id.as_str()],
            |row| row.get(0),
        )
        .map_err(&error)?;
    if is_member {
        return Ok(false);
    }
    account::set_role(database, forum, &account.id, Some(new.role))?;
    write(database, &account, new.secret, &new.invitation, &new.added)?;
    Ok(true)
}

/// Queues the mail that fits: with a link for a person who has not answered yet.
fn write(
    database: &Database<'_>,
    account: &KnownAccount,
    secret: [u8; 32],
    invitation: &(String, String),
    added: &(String, String),
) -> Result<(), StoreError> {
    let is_invited = account.state == "invited";
    let (subject, body) = if is_invited { invitation } else { added };
    if is_invited {
        link::add(database, &NewLink { secret, purpose: Purpose::Invitation, account: account.id.clone(), request: None, code: None })?;
    }
    outbox::add(
        database,
        &NewMail {
            account: Some(account.id.clone()),
            kind: if is_invited { "invitation" } else { "member" },
            recipient: account.email.clone(),
            subject: subject.clone(),
            body: body.clone(),
            about: None,
        },
    )
}

impl Store {
    /// The members of a forum by organisation, invited ones too.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn members(&self, forum: ForumId) -> Result<Vec<Member>, StoreError> {
        self.read(move |database| members(database, &forum)).await
    }

    /// The account with this address, whatever its state.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn known_account(&self, email: String) -> Result<Option<KnownAccount>, StoreError> {
        self.read(move |database| find(database, "email_key", &email_key(&email))).await
    }

    /// The account of this id, whatever its state.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn account(&self, account: AccountId) -> Result<Option<KnownAccount>, StoreError> {
        self.read(move |database| find(database, "id", account.as_str())).await
    }

    /// Makes people members of a forum, each with a mail, all in one transaction. Answers how many; who is a member already is left out.
    ///
    /// # Errors
    /// Not allowed. Nobody was invited.
    pub async fn invite(&self, actor: Actor, person: Person, forum: ForumId, people: Vec<Invitation>) -> Result<usize, StoreError> {
        let cache = std::sync::Arc::clone(&self.inner.cache);
        let invited = self
            .inner
            .writer
            .write(move |database| {
                let mut invited = 0;
                for new in &people {
                    let act = Act {
                        actor: actor.clone(),
                        person: person.clone(),
                        verb: Verb::ManageMembers,
                        on: On::Forum(forum.clone()),
                        object: format!("invite {} {}", new.id, new.role.as_str()),
                    };
                    invited += usize::from(act.perform(database, &cache, |database| invite(database, &forum, new))?);
                }
                Ok(invited)
            })
            .await?;
        self.mail_was_queued();
        Ok(invited)
    }

    /// Sends a member's invitation again; the link before it is good no more. False if they have answered it.
    ///
    /// # Errors
    /// Not allowed; not a member. Nothing was stored.
    pub async fn invite_again(
        &self,
        act: Act,
        forum: ForumId,
        account: AccountId,
        secret: [u8; 32],
        invitation: (String, String),
    ) -> Result<bool, StoreError> {
        let sent = self
            .act(act, move |database| {
                let is_member = members(database, &forum)?.into_iter().any(|member| member.account == account);
                let known = find(database, "id", account.as_str())?.filter(|_| is_member).ok_or(StoreError::NotThere)?;
                if known.state != "invited" {
                    return Ok(false);
                }
                write(database, &known, secret, &invitation, &invitation)?;
                Ok(true)
            })
            .await?;
        self.mail_was_queued();
        Ok(sent)
    }

    /// Keeps the language someone chose for pages and mails.
    ///
    /// # Errors
    /// Nothing was stored.
    pub async fn set_locale(&self, account: AccountId, locale: &'static str) -> Result<(), StoreError> {
        self.inner
            .writer
            .write(move |database| {
                database
                    .connection
                    .execute("UPDATE account SET locale = ?2 WHERE id = ?1", params![account.as_str(), locale])
                    .map(drop)
                    .map_err(database.error("storing a language"))
            })
            .await
    }
}
