//! English.

use super::{Account, Accounts, Announcement, Letter, Mail, Open, Outbox, People, Served, SignIn};
use crate::access::Role;

fn count(number: u32, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Reader => "reader",
        Role::Commenter => "commenter",
        Role::Editor => "editor",
        Role::Secretariat => "secretariat",
        Role::Chair => "chair",
    }
}

fn role_help(role: Role) -> &'static str {
    match role {
        Role::Reader => "reads everything open",
        Role::Commenter => "comments, proposes, answers for their municipality",
        Role::Editor => "also writes in drafts and in the meeting",
        Role::Secretariat => "always writes, sends out, invites, publishes",
        Role::Chair => "as an editor, and approves the minutes",
    }
}

fn in_words(name: &str, role: Role) -> String {
    let name = name.split_whitespace().next().unwrap_or(name);
    match role {
        Role::Reader => format!("{name} can read agendas, minutes and what the others say, but neither comment nor write."),
        Role::Commenter => format!(
            "{name} can comment, propose changes and answer for their municipality until the minutes are approved, but not write in the text itself."
        ),
        Role::Editor => format!(
            "{name} can write in drafts and in the meeting and answers for their municipality. Once the agenda is sent out, {name} can comment and propose changes. {name} cannot send out, change the phase or invite."
        ),
        Role::Secretariat => format!(
            "{name} can write until the minutes are approved, send out, change the phase, publish, invite and change the forum's settings, but not approve the minutes."
        ),
        Role::Chair => format!(
            "{name} can write in drafts and in the meeting, comment and propose changes once the agenda is sent out, and is the only one who can approve the minutes."
        ),
    }
}

fn invitation(letter: &Letter<'_>) -> String {
    let Letter { name, forum, from, role: as_role, link } = letter;
    format!(
        "Dear {name}\n\n{from} has invited you to {forum} as {}.\n\nThis is where you prepare your meetings: the agenda is written, commented on and turned into minutes in one place.\n\nAccept the invitation here:\n{link}\n\nThe link is good for seven days and can be used once. You will be asked for the address this mail was sent to.\n\nKind regards\n{from}\n",
        role(*as_role)
    )
}

fn added(letter: &Letter<'_>) -> String {
    let Letter { name, forum, from, role: as_role, link } = letter;
    format!(
        "Dear {name}\n\n{from} has made you a member of {forum} as {}. Sign in as usual:\n{link}\n\nKind regards\n{from}\n",
        role(*as_role)
    )
}

fn sent_out(announcement: &Announcement<'_>) -> String {
    let Announcement { name, forum, from, meeting, day, words, link } = announcement;
    let day = day.map(|day| format!(" on {day}")).unwrap_or_default();
    let words = words.map(|words| format!("{words}\n\n")).unwrap_or_default();
    format!(
        "Dear {name}\n\n{from} has sent out the agenda for {meeting}{day} in {forum}.\n\n{words}Read it, comment on it and take positions before the meeting here:\n{link}\n\nKind regards\n{from}\n"
    )
}

pub(super) static SERVED: Served = Served {
    sign_in: SignIn {
        of: "Agendas and minutes",
        title: "Sign in",
        lede: "You get a link in your inbox. There is no password to remember.",
        by_mail: "By mail",
        mail: "Your work address",
        send: "Send link",
        by_password: "By password",
        password_help: "If you have set a password, you can use it instead.",
        password: "Password",
        submit: "Sign in",
        no_access: "No access? Ask your forum's secretariat.",
        signed_in_as: |name| format!("You are signed in as {name}."),
        go_on: "Continue",
        sent_title: "Look in your inbox",
        sent_lede: |time| format!("The link is good until {time} and can be used once. Open it on the device you want to work on."),
        to: "To",
        subject: "Subject",
        by_code: "By code",
        code_help: "If the link cannot be opened, type the code from the mail here. It works in this browser only.",
        code: "Code of eight digits",
        other_address: "Change the address",
        not_come: "Has it not come?",
        not_come_help: "Look in your junk mail. Some organisations hold mail from outside back for a few minutes.",
        not_come_unknown: "If we do not know the address, we send nothing. We write the same here in both cases, so that nobody can try the addresses of others.",
        link_lede: "The link is used only when you press here.",
        link_address: "The address the link was sent to",
        link_address_help: "The link was opened in another browser than the one that asked for it.",
        not_me: "This is not my link",
        used_title: "The link has been used",
        used_lede: "Each link can be used once. Ask for a new one, and it will be in your inbox shortly.",
        expired_title: "The link no longer works",
        expired_lede: "A link to sign in is good for a quarter of an hour, an invitation for seven days. Your place is still waiting for you.",
        again: "Ask for a new link",
        bad_address: "This does not look like a mail address. Type one address, such as name@municipality.dk.",
        wrong_address: "The link was sent to another address. Nothing is used up; try again.",
        wrong_code: "The code does not fit. It stands in the newest mail and works only in the browser that asked for it.",
        wrong_password: "Address or password does not fit. You can always get a link instead.",
        wait: |seconds| format!("Wait {} and try again. A link by mail works at once.", count(seconds, "second", "seconds")),
        signed_out_title: "You are signed out",
        signed_out_lede: "The pages that this browser had kept are deleted. Words that did not reach the server are still on the device and are shown to you alone.",
    },
    account: Account {
        title: "Your account",
        lede: |organisation, email| if organisation.is_empty() { email.to_owned() } else { format!("{organisation}, {email}") },
        sessions: "Where you are signed in",
        sessions_help: "If you do not know a place, end it.",
        this_one: "this browser",
        session_times: |began, used| format!("Since {began}, last used {used}"),
        by: |how| match how {
            "password" => "by password",
            "code" => "by a code from a mail",
            _ => "by a link from a mail",
        },
        end: "End",
        end_of: |agent| format!("End {agent}"),
        end_others: "Sign out everywhere else",
        password: "Password",
        password_none: "You have none. You can always sign in by a link from your mail.",
        password_set: "You have a password.",
        password_new: "New password",
        password_help: "12 to 128 characters. Several words in a row are easy to remember and hard to guess.",
        password_save: "Save the password",
        password_remove: "Remove it",
        password_ends: "You will be signed out everywhere else.",
        too_short: "The password is too short: it needs at least 12 characters.",
        too_long: "The password is too long: at most 128 characters.",
        too_common: "Others guess that password easily. Choose another one, several words for example.",
        saved: "Saved.",
        ended: "Ended. Pages open there are closed.",
        mail: "Mail",
        mail_help: "Tick what you want mail about. Agendas and minutes that are sent out always come.",
        mail_mention: "When I am mentioned in a discussion",
        mail_reply: "When there is an answer in a discussion I take part in",
        mail_proposal: "When there are proposals I can decide on",
        mail_decision: "When proposals I made or support are decided",
        mail_save: "Save this",
        language: "Language",
        language_help: "For pages and mails.",
        forums: "Your forums",
        no_forums: "You are not a member of any forum yet.",
        sign_out: "Sign out",
        sign_out_help: "Pages open in this browser are closed.",
        administration: "All accounts",
    },
    people: People {
        name: "People",
        title: |people, organisations| {
            let people = count(people, "person", "people");
            match organisations {
                0 => people,
                many => format!("{people} from {}", count(many, "municipality", "municipalities")),
            }
        },
        waiting_lede: |n| match n {
            0 => "Everyone has answered their invitation.".to_owned(),
            1 => "One has not answered the invitation.".to_owned(),
            n => format!("{n} have not answered their invitation."),
        },
        nobody: "No members yet",
        nobody_help: "Paste a list of names and addresses below, and they get an invitation.",
        no_organisation: "Without municipality",
        role,
        role_help,
        roles: "Roles in words",
        rail: "Roles and invitations",
        invited: "invited",
        disabled: "disabled",
        waiting: "Waiting for an answer",
        ends_in: |days| match days {
            0 => "ends today".to_owned(),
            1 => "ends tomorrow".to_owned(),
            days => format!("ends in {days} days"),
        },
        ended: "has ended",
        send_again: "Send again",
        send_again_to: |name| format!("Send again: the invitation to {name}"),
        in_words,
        writes: "writes",
        comments: "comments",
        reads: "reads",
        role_label: "Role",
        change_role: "Change role",
        at_once: "Takes effect at once, in open pages too.",
        end_membership: "Remove from the forum",
        last_secretariat: "A forum needs at least one person in its secretariat. Make someone else secretariat first.",
        not_upwards: "Nobody can give themselves a higher role. Ask another person in the secretariat.",
        changed: "The role is changed.",
        membership_ended: "The membership has ended. Open pages are closed.",
        sent_again: "The invitation is sent again. The link before it no longer works.",
        answered: "The invitation has been answered.",
        invite: "Invite",
        invite_help: "Paste a list from a mail, or write one line for each person.",
        lines: "People, one a line",
        lines_example: "Bo Ravnkilde, consultant (Mosbæk), bo.ravnkilde@mosbaek.example",
        role_for_all: "Role for all",
        read_list: "Read the list",
        list_read: "This is how the list was read",
        nothing_sent: "Nothing is sent yet.",
        send_invitations: |n| format!("Send {}", count(n, "invitation", "invitations")),
        change_list: "Change the list",
        sent: |n| format!("{} invited.", count(n, "person is", "people are")),
        list_changed: "Something has happened since the list was read. Look through it again; nothing is sent.",
        is_new: "Gets an invitation that is good for seven days.",
        has_account: "Has an account already and gets a mail.",
        is_member: |name| format!("{name} is a member already"),
        no_address: "There is no mail address in the line.",
        bad_address: "Mail cannot be sent to this address.",
        twice: |name| format!("{name} stands there twice; the first counts."),
        shared_mailbox: |address| format!("{address} looks like a shared mailbox. Use the person's own."),
        other_domain: |of, said| format!("The address belongs to {of}, but the line says {said}."),
        private_address: |name| format!("We cannot see which municipality {name} writes for. Write the municipality in parentheses."),
        account_disabled: |name| format!("The account of {name} is disabled. The administrator can enable it."),
        organisation_by_address: "The municipality was read from the address.",
        open_mode: "Without accounts there are no members",
        open_mode_help: "The server is in open mode: everyone on this machine can do everything. Make the first administrator, then people can be invited.",
    },
    accounts: Accounts {
        title: |n| count(n, "account", "accounts"),
        lede: "A disabled account can do nothing: its sessions, links and tokens end at once.",
        state: |state| match state {
            "invited" => "invited",
            "disabled" => "disabled",
            _ => "active",
        },
        administrator: "administrator",
        disable: "Disable",
        disable_of: |name| format!("Disable {name}"),
        enable: "Enable",
        enable_of: |name| format!("Enable the account of {name}"),
        not_oneself: "Nobody can disable their own account.",
        none: "No accounts yet",
        seen: |when| format!("last seen {when}"),
        outbox: "Outbox",
    },
    outbox: Outbox {
        title: "Outbox",
        lede: "No mail server is set up, so mails are read here. The page exists on this machine only.",
        none: "No mails yet.",
        to: "To",
        state: |state| match state {
            "sent" => "sent",
            "failed" => "given up",
            _ => "waiting",
        },
        emptied: "The text is deleted.",
    },
    deleted_meetings: |n| format!("Deleted meetings ({n})"),
    open: Open {
        line: "Open mode: everyone on this machine can do everything.",
        first: "Make the first administrator when there are more of you:",
        command: "dagsorden user add MAIL --name NAME --admin",
    },
    mail: Mail {
        sign_in_subject: "Your link to Dagsorden",
        sign_in: |link, code| {
            format!(
                "Sign in here:\n{link}\n\nThe link is good for a quarter of an hour and can be used once.\n\nIf it cannot be opened, type this code on the page where you asked for the link:\n{code}\n\nIf you have not asked for it, you can ignore this mail.\n"
            )
        },
        invitation_subject: |forum| format!("Invitation to {forum}"),
        invitation,
        added_subject: |forum| format!("You are now a member of {forum}"),
        added,
        sent_out_subject: |forum| format!("Agenda from {forum}"),
        sent_out,
    },
};
