//! `dagsorden user`, `token` and `access`: accounts from the command line. A user of the data folder has everything, so nothing is asked.

use clap::Subcommand;
use dagsorden_shared::access::{self, Role, Verb};
use dagsorden_shared::catalogue::Language;
use dagsorden_shared::id::{AccountId, TokenId};

use super::{print, with_store};
use crate::command::people::{command_line, invitation};
use crate::config::Config;
use crate::data_folder::DataFolder;
use crate::error::CliError;
use crate::identity::{new_secret, secret_hash, token_text};
use crate::intake::{forum_named, random_bits};
use crate::roster::Entry;
use crate::sign_in::link_address;
use crate::site::Site;
use crate::store::{Act, ForumChoice, NewAccount, NewLink, NewToken, On, Purpose, Store, StoreError};

/// How long a token is good: a year.
const TOKEN_LIFE: i64 = 365 * 24 * 60 * 60 * 1000;

const MAX_NAME: usize = 80;

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Makes an account, or brings the one with this address up to date, and prints `user ID`
    Add {
        /// Where mail goes, and what they type to sign in
        email: String,
        /// As others see them
        #[arg(long)]
        name: String,
        /// Municipality or other body
        #[arg(long, default_value = "")]
        organisation: String,
        /// Administers the installation
        #[arg(long)]
        admin: bool,
        /// A role in a forum, which is made if it is missing: reader, commenter, editor, secretariat or chair
        #[arg(long = "member", value_name = "FORUM=ROLE")]
        members: Vec<String>,
    },
    /// Invites someone to a forum by mail, and prints `invited EMAIL`; a person with an account becomes a member and gets a mail
    Invite {
        /// Where the invitation goes
        email: String,
        /// As others see them
        #[arg(long)]
        name: String,
        /// Municipality or other body
        #[arg(long, default_value = "")]
        organisation: String,
        /// The forum and the role: reader, commenter, editor, secretariat or chair
        #[arg(long = "member", value_name = "FORUM=ROLE")]
        member: String,
    },
    /// Prints a link to sign in with, good once within a quarter of an hour; the page asks for the address
    Link {
        /// Its address
        email: String,
    },
    /// Prints all accounts, a line each
    List,
    /// Takes an account's rights away; its sessions and tokens end at once
    Disable {
        /// Its address
        email: String,
    },
    /// Gives a disabled account its rights back
    Enable {
        /// Its address
        email: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Makes a token for programs, good for a year, and prints it alone
    Create {
        /// The address of the account that the program acts as
        #[arg(long)]
        user: String,
        /// What it is for
        #[arg(long, default_value = "")]
        label: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum AccessCommand {
    /// Prints who may do what, as docs/ACCESS.md has it
    Print,
}

pub(super) fn user(config: &Config, command: UserCommand) -> Result<(), CliError> {
    match command {
        UserCommand::Add { email, name, organisation, admin, members } => add(config, &email, &name, &organisation, admin, &members),
        UserCommand::Invite { email, name, organisation, member } => invite(config, &email, &name, &organisation, &member),
        UserCommand::Link { email } => link(config, &email),
        UserCommand::List => {
            let mut text = String::new();
            for row in with_existing(config, async |store| store.accounts().await)? {
                let roles: Vec<String> = row.memberships.iter().map(|(forum, role)| format!("{forum}={}", role.as_str())).collect();
                let admin = if row.administrator { " admin" } else { "" };
                text += &format!("{} {} {:?} {:?}{admin} {}\n", row.email, row.state, row.name, row.organisation, roles.join(", "));
            }
            print(&text)
        }
        UserCommand::Disable { email } => set_disabled(config, &email, true),
        UserCommand::Enable { email } => set_disabled(config, &email, false),
    }
}

fn link(config: &Config, email: &str) -> Result<(), CliError> {
    let site = site(config)?;
    let account = account(config, email)?;
    let secret = new_secret();
    let new = NewLink { secret: secret_hash(&secret), purpose: Purpose::SignIn, account: account.clone(), request: None, code: None };
    let act = Act::of_command_line(Verb::ManageAccounts, On::Installation, format!("link for {account}"));
    with_store(config, async move |store| store.add_link(act, new).await)?;
    print(&format!("{}\n", link_address(&site, &secret)))
}

fn site(config: &Config) -> Result<Site, CliError> {
    Site::new(config).map_err(|problem| CliError::Input(format!("public_url: {problem}")))
}

fn invite(config: &Config, email: &str, name: &str, organisation: &str, member: &str) -> Result<(), CliError> {
    let site = site(config)?;
    let email = email.trim().to_owned();
    check_email(&email).map_err(|problem| CliError::Input(format!("{email}: {problem}")))?;
    check_texts(name, organisation)?;
    let (forum, role) = role_in_forum(member)?;
    let [name, organisation] = [name, organisation].map(|text| text.trim().to_owned());
    let entry = Entry { name, title: String::new(), organisation, by_address: false, email: email.clone() };
    let invited = with_existing(config, async move |store| {
        let rows = store.forums().await?;
        let found = match &forum {
            ForumChoice::Existing(id) => rows.iter().find(|row| row.id == *id),
            ForumChoice::Named { name, .. } => rows.iter().find(|row| row.name == *name),
        };
        let Some(forum) = found else { return Ok(None) };
        let who = command_line();
        let invitation = invitation(entry, &site, &forum.name, &who.person.name, role, Language::default());
        store.invite(who.actor(), who.person.clone(), forum.id.clone(), vec![invitation]).await.map(Some)
    })?;
    match invited {
        Some(1) => print(&format!("invited {email}\n")),
        Some(_) => Err(CliError::Input(format!("{email}: is a member already, or the account is disabled"))),
        None => Err(CliError::Input(format!("--member {member:?}: there is no such forum; `user add … --member` makes one"))),
    }
}

fn check_texts(name: &str, organisation: &str) -> Result<(), CliError> {
    let input = |what: &str, problem: &str| CliError::Input(format!("{what}: {problem}"));
    for (what, text) in [("--name", name), ("--organisation", organisation)] {
        if text.chars().count() > MAX_NAME || text.chars().any(char::is_control) {
            return Err(input(what, "give at most 80 characters on one line"));
        }
    }
    if name.trim().is_empty() { Err(input("--name", "give a name")) } else { Ok(()) }
}

fn add(config: &Config, email: &str, name: &str, organisation: &str, admin: bool, members: &[String]) -> Result<(), CliError> {
    let email = email.trim().to_owned();
    check_email(&email).map_err(|problem| CliError::Input(format!("{email}: {problem}")))?;
    check_texts(name, organisation)?;
    let roles: Vec<(ForumChoice, Role)> = members.iter().map(|member| role_in_forum(member)).collect::<Result<_, _>>()?;
    let new = NewAccount {
        id: AccountId::from_random(random_bits()),
        name: name.trim().to_owned(),
        organisation: organisation.trim().to_owned(),
        email,
        administrator: admin,
        active: true,
    };
    DataFolder::create(&config.data).map_err(|error| CliError::Input(error.to_string()))?;
    let act = Act::of_command_line(Verb::ManageAccounts, On::Installation, new.id.as_str());
    let id = with_store(config, async move |store| store.add_account(act, new, roles).await)?;
    print(&format!("user {id}\n"))
}

/// What is wrong with an address, if anything.
pub(crate) fn check_email(email: &str) -> Result<(), &'static str> {
    let (local, domain) = email.split_once('@').ok_or("this is no address; it has a @")?;
    let fits = |character: char| !character.is_control() && !character.is_whitespace() && !matches!(character, '<' | '>' | ',' | ';' | '"');
    let whole = !local.is_empty() && domain.contains('.') && !domain.contains('@') && !domain.starts_with('.') && !domain.ends_with('.');
    if whole && email.chars().count() <= 254 && email.chars().all(fits) {
        Ok(())
    } else {
        Err("this is no address that mail can be sent to")
    }
}

fn role_in_forum(member: &str) -> Result<(ForumChoice, Role), CliError> {
    let help = "write FORUM=ROLE with one of reader, commenter, editor, secretariat, chair";
    let (forum, role) = member.rsplit_once('=').ok_or_else(|| CliError::Input(format!("--member {member:?}: {help}")))?;
    let role = Role::parse(role.trim()).ok_or_else(|| CliError::Input(format!("--member {member:?}: {help}")))?;
    let forum = forum_named(forum).map_err(|error| CliError::Input(format!("--member {member:?}: {error}")))?;
    Ok((forum, role))
}

fn set_disabled(config: &Config, email: &str, disabled: bool) -> Result<(), CliError> {
    let account = account(config, email)?;
    let act =
        Act::of_command_line(Verb::ManageAccounts, On::Installation, format!("{} {account}", if disabled { "disable" } else { "enable" }));
    with_store(config, async move |store| store.set_disabled(act, account, disabled).await)
}

fn account(config: &Config, email: &str) -> Result<AccountId, CliError> {
    let found = with_existing(config, async |store| store.account_by_email(email).await)?;
    found.ok_or_else(|| CliError::Input(format!("{email}: no account has this address; `dagsorden user list` prints all")))
}

pub(super) fn token(config: &Config, command: TokenCommand) -> Result<(), CliError> {
    let TokenCommand::Create { user, label } = command;
    let account = account(config, &user)?;
    let (id, secret) = (TokenId::from_random(random_bits()), new_secret());
    let text = token_text(&id, &secret);
    let expires = jiff::Timestamp::now().as_millisecond() + TOKEN_LIFE;
    let act = Act::of_command_line(Verb::ManageAccounts, On::Installation, format!("token {id} for {account}"));
    let new = NewToken { id, secret: secret_hash(&secret), account, label, expires };
    with_store(config, async move |store| store.add_token(act, new).await)?;
    print(&format!("{text}\n"))
}

pub(super) fn access(command: &AccessCommand) -> Result<(), CliError> {
    let AccessCommand::Print = command;
    print(&access::document())
}

/// As [`with_store`], in a folder that must be there.
fn with_existing<T>(config: &Config, work: impl AsyncFnOnce(&Store) -> Result<T, StoreError>) -> Result<T, CliError> {
    if !config.data.is_dir() {
        let data = config.data.display();
        return Err(CliError::Input(format!("data folder {data}: there is no such folder; name the one that `serve` uses with --data")));
    }
    with_store(config, work)
}
