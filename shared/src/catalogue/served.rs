//! Texts of the pages that the server alone paints, and of the mails: signing in, one's account, people.
//!
//! They stand apart from [`super::Catalogue`], since everything that one names is in the browser's download; these are not.

#![allow(missing_docs, reason = "each field is named after what it says; the Danish text in served/da.rs is the description")]

mod da;
mod en;

use super::Language;
use super::text::{Count, With};
use crate::access::Role;

/// All texts of these pages in one language.
#[derive(Debug)]
pub struct Served {
    pub sign_in: SignIn,
    pub account: Account,
    pub people: People,
    pub accounts: Accounts,
    pub outbox: Outbox,
    pub open: Open,
    /// Heading of the deleted meetings on the front page.
    pub deleted_meetings: Count,
    pub mail: Mail,
}

impl Served {
    /// The texts of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Da => &da::SERVED,
            Language::En => &en::SERVED,
        }
    }
}

/// Signing in and out.
#[derive(Debug)]
pub struct SignIn {
    pub of: &'static str,
    pub title: &'static str,
    pub lede: &'static str,
    pub by_mail: &'static str,
    pub mail: &'static str,
    pub send: &'static str,
    pub by_password: &'static str,
    pub password_help: &'static str,
    pub password: &'static str,
    pub submit: &'static str,
    pub no_access: &'static str,
    /// Name of the person who is signed in already.
    pub signed_in_as: With,
    pub go_on: &'static str,
    pub sent_title: &'static str,
    /// Time of the day.
    pub sent_lede: With,
    pub to: &'static str,
    pub subject: &'static str,
    pub by_code: &'static str,
    pub code_help: &'static str,
    pub code: &'static str,
    pub other_address: &'static str,
    pub not_come: &'static str,
    pub not_come_help: &'static str,
    pub not_come_unknown: &'static str,
    pub link_lede: &'static str,
    pub link_address: &'static str,
    pub link_address_help: &'static str,
    pub not_me: &'static str,
    pub used_title: &'static str,
    pub used_lede: &'static str,
    pub expired_title: &'static str,
    pub expired_lede: &'static str,
    pub again: &'static str,
    pub bad_address: &'static str,
    pub wrong_address: &'static str,
    pub wrong_code: &'static str,
    pub wrong_password: &'static str,
    /// Seconds.
    pub wait: Count,
    pub signed_out_title: &'static str,
    pub signed_out_lede: &'static str,
}

/// One's own account.
#[derive(Debug)]
pub struct Account {
    pub title: &'static str,
    /// Municipality, address.
    pub lede: fn(&str, &str) -> String,
    pub sessions: &'static str,
    pub sessions_help: &'static str,
    pub this_one: &'static str,
    /// When it began, when it was last used.
    pub session_times: fn(&str, &str) -> String,
    pub by: fn(&str) -> &'static str,
    pub end: &'static str,
    pub end_of: With,
    pub end_others: &'static str,
    pub password: &'static str,
    pub password_none: &'static str,
    pub password_set: &'static str,
    pub password_new: &'static str,
    pub password_help: &'static str,
    pub password_save: &'static str,
    pub password_remove: &'static str,
    pub password_ends: &'static str,
    pub too_short: &'static str,
    pub too_long: &'static str,
    pub too_common: &'static str,
    pub saved: &'static str,
    pub ended: &'static str,
    pub mail: &'static str,
    pub mail_help: &'static str,
    pub mail_mention: &'static str,
    pub mail_reply: &'static str,
    pub mail_proposal: &'static str,
    pub mail_decision: &'static str,
    pub mail_save: &'static str,
    pub language: &'static str,
    pub language_help: &'static str,
    pub forums: &'static str,
    pub no_forums: &'static str,
    pub sign_out: &'static str,
    pub sign_out_help: &'static str,
    pub administration: &'static str,
}

/// The members of a forum.
#[derive(Debug)]
pub struct People {
    pub name: &'static str,
    /// Persons, organisations.
    pub title: fn(u32, u32) -> String,
    /// Those who have not answered.
    pub waiting_lede: Count,
    pub nobody: &'static str,
    pub nobody_help: &'static str,
    pub no_organisation: &'static str,
    pub role: fn(Role) -> &'static str,
    pub role_help: fn(Role) -> &'static str,
    pub roles: &'static str,
    pub rail: &'static str,
    pub invited: &'static str,
    pub disabled: &'static str,
    pub waiting: &'static str,
    /// Days until the invitation ends.
    pub ends_in: Count,
    pub ended: &'static str,
    pub send_again: &'static str,
    pub send_again_to: With,
    pub in_words: fn(&str, Role) -> String,
    pub writes: &'static str,
    pub comments: &'static str,
    pub reads: &'static str,
    pub role_label: &'static str,
    pub change_role: &'static str,
    pub at_once: &'static str,
    pub end_membership: &'static str,
    pub last_secretariat: &'static str,
    pub not_upwards: &'static str,
    pub changed: &'static str,
    pub membership_ended: &'static str,
    pub sent_again: &'static str,
    pub answered: &'static str,
    pub invite: &'static str,
    pub invite_help: &'static str,
    pub lines: &'static str,
    pub lines_example: &'static str,
    pub role_for_all: &'static str,
    pub read_list: &'static str,
    pub list_read: &'static str,
    pub nothing_sent: &'static str,
    pub send_invitations: Count,
    pub change_list: &'static str,
    pub sent: Count,
    pub list_changed: &'static str,
    pub is_new: &'static str,
    pub has_account: &'static str,
    pub is_member: With,
    pub no_address: &'static str,
    pub bad_address: &'static str,
    pub twice: With,
    pub shared_mailbox: With,
    /// The domain's organisation, the one in the line.
    pub other_domain: fn(&str, &str) -> String,
    pub private_address: With,
    pub account_disabled: With,
    pub organisation_by_address: &'static str,
    pub open_mode: &'static str,
    pub open_mode_help: &'static str,
}

/// All accounts, for the administrator.
#[derive(Debug)]
pub struct Accounts {
    pub title: Count,
    pub lede: &'static str,
    pub state: fn(&str) -> &'static str,
    pub administrator: &'static str,
    pub disable: &'static str,
    pub disable_of: With,
    pub enable: &'static str,
    pub enable_of: With,
    pub not_oneself: &'static str,
    pub none: &'static str,
    /// When someone was last seen.
    pub seen: With,
    pub outbox: &'static str,
}

/// Mail that has not left.
#[derive(Debug)]
pub struct Outbox {
    pub title: &'static str,
    pub lede: &'static str,
    pub none: &'static str,
    pub to: &'static str,
    pub state: fn(&str) -> &'static str,
    pub emptied: &'static str,
}

/// The open mode, without any account.
#[derive(Debug)]
pub struct Open {
    pub line: &'static str,
    pub first: &'static str,
    pub command: &'static str,
}

/// Mails.
#[derive(Debug)]
pub struct Mail {
    pub sign_in_subject: &'static str,
    /// Link, code.
    pub sign_in: fn(&str, &str) -> String,
    /// The forum's name.
    pub invitation_subject: With,
    pub invitation: fn(&Letter<'_>) -> String,
    /// The forum's name.
    pub added_subject: With,
    pub added: fn(&Letter<'_>) -> String,
    /// The forum's name.
    pub sent_out_subject: With,
    pub sent_out: fn(&Announcement<'_>) -> String,
}

/// What members read when an agenda is sent out.
#[derive(Debug, Clone, Copy)]
pub struct Announcement<'a> {
    /// Whom it is for.
    pub name: &'a str,
    /// The forum's name.
    pub forum: &'a str,
    /// Who sent the agenda out.
    pub from: &'a str,
    /// Title of the meeting.
    pub meeting: &'a str,
    /// The day, written out, where the meeting has one.
    pub day: Option<&'a str>,
    /// What the sender adds.
    pub words: Option<&'a str>,
    /// Address of the meeting.
    pub link: &'a str,
}

/// What an invitation says. All of it comes from rows, none from what a requester typed into the page.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// Whom it is for.
    pub name: &'a str,
    /// The forum's name.
    pub forum: &'a str,
    /// Who invites.
    pub from: &'a str,
    /// The role.
    pub role: Role,
    /// Where it leads.
    pub link: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_holds_its_link_and_who_wrote() {
        for language in Language::ALL {
            let mail = &Served::of(language).mail;
            let letter = Letter { name: "Bo Lind", forum: "Kredsen", from: "Maren Thygesen", role: Role::Editor, link: "http://x/ind#t=1" };
            for text in [(mail.invitation)(&letter), (mail.added)(&letter)] {
                assert!(["Bo Lind", "Kredsen", "Maren Thygesen", "http://x/ind#t=1"].iter().all(|part| text.contains(part)), "{text}");
            }
            let announcement = Announcement {
                name: "Bo Lind",
                forum: "Kredsen",
                from: "Maren Thygesen",
                meeting: "Forårsmøde",
                day: Some("2. maj"),
                words: Some("Bemærk punkt 3."),
                link: "http://x/m/1",
            };
            let text = (mail.sent_out)(&announcement);
            let parts = ["Bo Lind", "Kredsen", "Maren Thygesen", "Forårsmøde", "2. maj", "Bemærk punkt 3.", "http://x/m/1"];
            assert!(parts.iter().all(|part| text.contains(part)), "{text}");
            let text = (mail.sign_in)("http://x/ind#t=2", "1234 5678");
            assert!(text.contains("http://x/ind#t=2") && text.contains("1234 5678"), "{text}");
        }
    }

    #[test]
    fn every_role_has_a_word_of_its_own() {
        for language in Language::ALL {
            let people = &Served::of(language).people;
            let mut words = Role::ALL.map(people.role).to_vec();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), Role::ALL.len());
            assert_ne!((people.title)(1, 1), (people.title)(2, 2));
        }
    }
}
