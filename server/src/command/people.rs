//! What people do with a forum's members: invite, change a role, end a membership.

use dagsorden_shared::access::{Role, Verb};
use dagsorden_shared::catalogue::Language;
use dagsorden_shared::catalogue::served::{Letter, Served};
use dagsorden_shared::id::{AccountId, ForumId};

use super::Commands;
use crate::error::ApiError;
use crate::identity::{Identity, new_secret, secret_hash};
use crate::intake::random_bits;
use crate::rights::{Actor, account_id};
use crate::roster::{self, Doubt, Entry, Known};
use crate::sign_in::link_address;
use crate::site::Site;
use crate::store::{Invitation, On, email_key};

/// A line of a list, against the forum as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Gets an account and an invitation.
    New(Entry),
    /// Has an account, and becomes a member.
    Known(Entry),
    /// Is a member already.
    Member(String),
    /// The account is disabled.
    Disabled(String),
    /// Cannot be used.
    Doubt(Doubt),
}

impl Commands {
    /// Reads a pasted list against the forum as it is now. Nothing is stored.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn read_list(&self, forum: &ForumId, text: &str) -> Result<Vec<(String, Reading)>, ApiError> {
        let accounts = self.store.accounts().await?;
        let members = self.store.members(forum.clone()).await?;
        let mut known = Known::default();
        for account in &accounts {
            known.add(&account.organisation, Some(&account.email));
        }
        let lines = roster::read(text, &known).into_iter().map(|line| {
            let reading = match line.read {
                Err(doubt) => Reading::Doubt(doubt),
                Ok(entry) => {
                    let key = email_key(&entry.email);
                    let account = accounts.iter().find(|account| email_key(&account.email) == key);
                    match account {
                        Some(account) if members.iter().any(|member| member.account == account.id) => Reading::Member(account.name.clone()),
                        Some(account) if account.state == "disabled" => Reading::Disabled(account.name.clone()),
                        // What the account says of itself counts, not what a list says of it.
                        Some(account) => Reading::Known(Entry {
                            name: account.name.clone(),
                            organisation: account.organisation.clone(),
                            by_address: false,
                            ..entry
                        }),
                        None => Reading::New(entry),
                    }
                }
            };
            (line.text, reading)
        });
        Ok(lines.collect())
    }

    /// Makes the people of a list members, each with a mail. Answers how many.
    ///
    /// # Errors
    /// Not allowed; without accounts nobody can be invited.
    pub async fn invite(
        &self,
        who: &Identity,
        site: &Site,
        forum: &ForumId,
        readings: Vec<Reading>,
        role: Role,
        language: Language,
    ) -> Result<usize, ApiError> {
        // The first account ends the open mode, and the person who invites would be outside.
        if self.store.rights_now().is_open() && who.actor().via != crate::rights::Via::CommandLine {
            return Err(ApiError::conflict("open_mode", "Without accounts nobody can be invited.")
                .detail("Nothing was changed. Make the first account with `dagsorden user add EMAIL --name NAME --admin`."));
        }
        let name = self.forum_name(forum).await?;
        let entries = readings.into_iter().filter_map(|reading| match reading {
            Reading::New(entry) | Reading::Known(entry) => Some(entry),
            _ => None,
        });
        let people = entries.map(|entry| invitation(entry, site, &name, &who.person.name, role, language)).collect();
        Ok(self.store.invite(who.actor(), who.person.clone(), forum.clone(), people).await?)
    }

    /// Sends a member's invitation again; the link before it is good no more. False if they have answered it.
    ///
    /// # Errors
    /// Not allowed; not a member.
    pub async fn invite_again(
        &self,
        who: &Identity,
        site: &Site,
        forum: &ForumId,
        account: AccountId,
        language: Language,
    ) -> Result<bool, ApiError> {
        let members = self.store.members(forum.clone()).await?;
        let member = members.into_iter().find(|member| member.account == account).ok_or_else(|| ApiError::not_found("member"))?;
        let name = self.forum_name(forum).await?;
        let secret = new_secret();
        let link = link_address(site, &secret);
        let letter = Letter { name: &member.person.name, forum: &name, from: &who.person.name, role: member.role, link: &link };
        let mail = &Served::of(language).mail;
        let text = ((mail.invitation_subject)(&name), (mail.invitation)(&letter));
        let act = who.act(Verb::ManageMembers, On::Forum(forum.clone()), format!("invite {account} again"));
        Ok(self.store.invite_again(act, forum.clone(), account, secret_hash(&secret), text).await?)
    }

    /// Gives a member another role, or ends the membership. Open pages hear of it within a second.
    ///
    /// # Errors
    /// Not allowed; not a member; one's own role cannot be raised; the last secretariat stays.
    pub async fn set_role(&self, who: &Identity, forum: &ForumId, account: AccountId, role: Option<Role>) -> Result<(), ApiError> {
        let members = self.store.members(forum.clone()).await?;
        let member = members.iter().find(|member| member.account == account).ok_or_else(|| ApiError::not_found("member"))?;
        if account_id(&who.user) == Some(account.clone()) && role.is_some_and(|role| role > member.role) {
            return Err(ApiError::conflict("not_upwards", "Nobody can give themselves a higher role."));
        }
        let others = members.iter().filter(|other| other.account != account && other.role == Role::Secretariat && other.state == "active");
        if member.role == Role::Secretariat && role != Some(Role::Secretariat) && others.count() == 0 {
            return Err(ApiError::conflict("last_secretariat", "A forum needs at least one person in its secretariat."));
        }
        let word = role.map_or("end", Role::as_str);
        let act = who.act(Verb::ManageMembers, On::Forum(forum.clone()), format!("role {account} {word}"));
        Ok(self.store.set_role(act, forum.clone(), account, role).await?)
    }

    pub(crate) async fn forum_name(&self, forum: &ForumId) -> Result<String, ApiError> {
        let rows = self.store.forums().await?;
        rows.into_iter().find(|row| row.id == *forum).map(|row| row.name).ok_or_else(|| ApiError::not_found("forum"))
    }
}

/// What someone is sent who becomes a member.
pub fn invitation(entry: Entry, site: &Site, forum: &str, from: &str, role: Role, language: Language) -> Invitation {
    let mail = &Served::of(language).mail;
    let secret = new_secret();
    let (link, plain) = (link_address(site, &secret), site.url("/ind"));
    let letter = Letter { name: &entry.name, forum, from, role, link: &link };
    let added = Letter { link: &plain, ..letter };
    Invitation {
        id: AccountId::from_random(random_bits()),
        secret: secret_hash(&secret),
        invitation: ((mail.invitation_subject)(forum), (mail.invitation)(&letter)),
        added: ((mail.added_subject)(forum), (mail.added)(&added)),
        name: entry.name,
        title: entry.title,
        email: entry.email,
        organisation: entry.organisation,
        role,
    }
}

/// Who invites from the command line.
pub fn command_line() -> Identity {
    let Actor { user, via } = Actor::command_line();
    let person = dagsorden_shared::api::Person { name: "Dagsorden".to_owned(), ..dagsorden_shared::api::Person::default() };
    Identity { user, person, named: true, via }
}
