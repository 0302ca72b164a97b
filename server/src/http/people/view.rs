//! What the page of a forum's members looks like.

use axum::http::StatusCode;
use dagsorden_shared::access::{Phase, Place, Role, Standing, Verb, can};
use dagsorden_shared::render::icon::{Icon, icon};
use dagsorden_shared::render::meeting::CONTENT_ID;
use dagsorden_shared::render::{Element, element};

use super::super::forum;
use super::super::page::Reader;
use super::super::served::{View, error, form, hidden, square, submit, texts};
use super::address;
use crate::command::people::Reading;
use crate::roster::Doubt;
use crate::store::Member;

const DAY: i64 = 24 * 60 * 60 * 1000;

/// A list that is being looked through.
pub(super) struct Draft {
    pub(super) lines: String,
    pub(super) role: Role,
    pub(super) readings: Vec<(String, Reading)>,
    pub(super) hash: String,
}

/// What the page shows.
pub(super) struct Shown<'a> {
    pub(super) of: forum::Shown,
    pub(super) members: &'a [Member],
    /// Whether the reader may invite, and change roles.
    pub(super) manages: bool,
    /// Without accounts there are no members.
    pub(super) open: bool,
    /// Whose role is looked at.
    pub(super) person: Option<&'a str>,
    pub(super) draft: Option<Draft>,
    /// What was just done.
    pub(super) done: Option<String>,
    /// What was refused.
    pub(super) problem: Option<String>,
    pub(super) now: i64,
}

/// The page.
pub(super) fn people(reader: &Reader, shown: &Shown<'_>) -> View {
    let t = &texts(reader).people;
    let main = element("main")
        .class("page")
        .attribute("id", CONTENT_ID)
        .attribute("tabindex", "-1")
        .child(forum::head(reader, &shown.of, forum::Place::People))
        .child(directory(reader, shown))
        .child(rail(reader, shown))
        .children(shown.manages.then(|| element("div").child(inviting(reader, shown))));
    let title = format!("{}, {}", t.name, shown.of.forum.name);
    let status = if shown.problem.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    View { status, title, kind: "people", path: address(&shown.of.forum.id, ""), main }
}

fn directory(reader: &Reader, shown: &Shown<'_>) -> Element {
    let t = &texts(reader).people;
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let mut towns: Vec<(&str, u8, Vec<&Member>)> = Vec::new();
    for member in shown.members {
        let organisation = member.person.organisation.as_str();
        match towns.iter_mut().find(|(name, ..)| *name == organisation) {
            Some((.., members)) => members.push(member),
            None => towns.push((organisation, member.person.hue, vec![member])),
        }
    }
    let done = shown.done.clone().map(|done| element("p").class("done").attribute("role", "status").text(done));
    let (title, lede) = if shown.open {
        (t.open_mode.to_owned(), t.open_mode_help.to_owned())
    } else if shown.members.is_empty() {
        (t.nobody.to_owned(), if shown.manages { t.nobody_help.to_owned() } else { String::new() })
    } else {
        let waiting = shown.members.iter().filter(|member| member.state == "invited").count();
        let organisations = towns.iter().filter(|(name, ..)| !name.is_empty()).count();
        ((t.title)(count(shown.members.len()), count(organisations)), (t.waiting_lede)(count(waiting)))
    };
    let list = (!towns.is_empty())
        .then(|| element("ul").class("dir").children(towns.iter().map(|(name, hue, members)| town(reader, shown, name, *hue, members))));
    element("div")
        .children(done)
        .child(element("h1").text(title))
        .children((!lede.is_empty()).then(|| element("p").class("lede").text(lede)))
        .children(list)
}

fn town(reader: &Reader, shown: &Shown<'_>, name: &str, hue: u8, members: &[&Member]) -> Element {
    let t = &texts(reader).people;
    let square = (!name.is_empty()).then(|| square(name, hue));
    let name = if name.is_empty() { t.no_organisation.to_owned() } else { name.to_owned() };
    let head = element("p").class("town").children(square).child(element("span").text(name));
    let people = members.iter().map(|member| person(reader, shown, member));
    let hand = members
        .iter()
        .find(|member| shown.manages && Some(member.account.as_str()) == shown.person)
        .map(|member| hand(reader, shown, member));
    element("li").child(head).child(element("div").class("those").children(people)).children(hand)
}

fn person(reader: &Reader, shown: &Shown<'_>, member: &Member) -> Element {
    let t = &texts(reader).people;
    let name = member.person.name.clone();
    let name = if shown.manages {
        let is_here = Some(member.account.as_str()) == shown.person;
        let link = element("a").attribute("href", address(&shown.of.forum.id, &format!("?person={}#person", member.account))).text(name);
        if is_here { link.attribute("aria-current", "true") } else { link }
    } else {
        element("b").text(name)
    };
    let role = (t.role)(member.role);
    let what = if member.title.is_empty() { role.to_owned() } else { format!("{}, {role}", member.title) };
    let state = match member.state.as_str() {
        "invited" => Some(t.invited),
        "disabled" => Some(t.disabled),
        _ => None,
    };
    element("div")
        .class("pers")
        .child(name)
        .child(element("span").text(what))
        .children(state.map(|state| element("span").class("warn").text(state)))
}

/// One member in hand: what they may, in words and by phase, and what can be changed.
fn hand(reader: &Reader, shown: &Shown<'_>, member: &Member) -> Element {
    let t = &texts(reader).people;
    let catalogue = reader.catalogue();
    let standing = Standing::of(member.role);
    let may = |verb, phase| can(&standing, &Place::OPEN, verb, phase).is_yes();
    let phases = Phase::ALL.into_iter().map(|phase| {
        let (class, word) = if may(Verb::Write, phase) {
            ("w", t.writes)
        } else if may(Verb::Comment, phase) {
            ("c", t.comments)
        } else {
            ("r", t.reads)
        };
        element("div").child(element("dt").text((catalogue.meeting.phase)(phase))).child(element("dd").class(class).text(word))
    });
    let about: Vec<&str> = [member.title.as_str(), member.person.organisation.as_str(), member.email.as_str()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    let account = || hidden("account", member.account.to_string());
    let change = form(address(&shown.of.forum.id, "/rolle"))
        .class("acts-r")
        .child(account())
        .child(element("label").class("field").child(element("span").text(t.role_label)).child(role_choice(reader, member.role)))
        .child(submit("btn", t.change_role))
        .child(element("span").class("quiet").text(t.at_once));
    let end = form(address(&shown.of.forum.id, "/slut")).class("acts-r").child(account()).child(submit("link bad", t.end_membership));
    element("section")
        .class("hand")
        .attribute("id", "person")
        .attribute("aria-labelledby", "in-hand")
        .child(element("h2").attribute("id", "in-hand").text(member.person.name.clone()))
        .child(element("p").text(about.join(", ")))
        .children(error(shown.problem.clone()))
        .child(element("p").class("text").text((t.in_words)(&member.person.name, member.role)))
        .child(element("dl").class("may").children(phases))
        .child(change)
        .child(end)
}

fn role_choice(reader: &Reader, chosen: Role) -> Element {
    let t = &texts(reader).people;
    element("select").attribute("name", "role").children(Role::ALL.into_iter().map(|role| {
        let option = element("option").attribute("value", role.as_str()).text((t.role)(role));
        if role == chosen { option.flag("selected") } else { option }
    }))
}

fn rail(reader: &Reader, shown: &Shown<'_>) -> Element {
    let t = &texts(reader).people;
    let waiting: Vec<Element> = shown
        .members
        .iter()
        .filter(|member| shown.manages && member.state == "invited")
        .map(|member| waiting(reader, shown, member))
        .collect();
    let waiting = (!waiting.is_empty())
        .then(|| element("section").child(element("h2").text(t.waiting)).child(element("ul").class("rows").children(waiting)));
    let roles = element("dl").children(Role::ALL.into_iter().map(|role| {
        let name: String = (t.role)(role)
            .chars()
            .enumerate()
            .flat_map(|(index, character)| if index == 0 { character.to_uppercase().collect::<Vec<_>>() } else { vec![character] })
            .collect();
        element("div").child(element("dt").text(name)).child(element("dd").text((t.role_help)(role)))
    }));
    element("aside")
        .class("rail")
        .attribute("aria-label", t.rail)
        .children(waiting)
        .child(element("section").child(element("h2").text(t.roles)).child(roles))
}

fn waiting(reader: &Reader, shown: &Shown<'_>, member: &Member) -> Element {
    let t = &texts(reader).people;
    let left = member.invited_until.map_or(-1, |until| until - shown.now);
    let (class, ends) = match u32::try_from(left / DAY) {
        Ok(days) if left > 0 => ("", (t.ends_in)(days)),
        _ => ("warn", t.ended.to_owned()),
    };
    let place = if member.person.organisation.is_empty() { ends } else { format!("{}, {ends}", member.person.organisation) };
    let again = form(address(&shown.of.forum.id, "/igen"))
        .child(hidden("account", member.account.to_string()))
        .child(submit("link", t.send_again).attribute("aria-label", (t.send_again_to)(&member.person.name)));
    element("li").child(element("span").text(member.person.name.clone())).child(again).child(element("small").class(class).text(place))
}

fn inviting(reader: &Reader, shown: &Shown<'_>) -> Element {
    let t = &texts(reader).people;
    let header = element("header").child(element("h2").text(t.invite)).child(element("p").text(t.invite_help));
    let draft = shown.draft.as_ref();
    let lines = element("textarea")
        .class("input paste")
        .attribute("name", "lines")
        .attribute("id", "lines")
        .attribute("spellcheck", "false")
        .attribute("placeholder", t.lines_example)
        .flag("required")
        .text(draft.map(|draft| draft.lines.clone()).unwrap_or_default());
    let list = element("div")
        .child(element("label").class("vh").attribute("for", "lines").text(t.lines))
        .child(lines)
        .children(error(shown.problem.clone().filter(|_| draft.is_some())))
        .children(draft.map(|draft| review(reader, draft)));
    let role = element("label")
        .class("field")
        .child(element("span").text(t.role_for_all))
        .child(role_choice(reader, draft.map_or(Role::Commenter, |draft| draft.role)));
    let ready = draft
        .map_or(0, |draft| draft.readings.iter().filter(|(_, reading)| matches!(reading, Reading::New(_) | Reading::Known(_))).count());
    let buttons = element("div").class("acts-r");
    let buttons = match draft {
        Some(draft) if ready > 0 => buttons
            .child(hidden("seen", draft.hash.clone()))
            .child(submit("btn main", (t.send_invitations)(u32::try_from(ready).unwrap_or(u32::MAX))))
            .child(submit("btn", t.read_list).attribute("name", "edit").attribute("value", "1"))
            .child(element("span").class("quiet").text(t.nothing_sent)),
        _ => buttons.child(submit("btn go", t.read_list)),
    };
    form(address(&shown.of.forum.id, "/inviter#inviter"))
        .class("part")
        .attribute("id", "inviter")
        .child(header)
        .child(list.child(element("div").class("fields").child(role)).child(buttons))
}

/// How the list was read: what is sure in one line, what is doubtful by its words.
fn review(reader: &Reader, draft: &Draft) -> Element {
    let t = &texts(reader).people;
    let rows = draft.readings.iter().map(|(line, reading)| {
        let quoted = || element("span").class("t").text(format!("»{line}«"));
        let named = |name: &str, rest: &str| {
            let rest = if rest.is_empty() { String::new() } else { format!(", {rest}") };
            element("span").class("t").child(element("b").text(name.to_owned())).text(rest)
        };
        let sign = |kind: Icon, class: &'static str| element("span").class(class).child(icon(kind));
        let (sign, what, why) = match reading {
            Reading::New(entry) => {
                let by = if entry.by_address { format!(" {}", t.organisation_by_address) } else { String::new() };
                (sign(Icon::Check, "ok"), named(&entry.name, &entry.organisation), format!("{}{by}", t.is_new))
            }
            Reading::Known(entry) => (sign(Icon::Check, "ok"), named(&entry.name, &entry.organisation), t.has_account.to_owned()),
            Reading::Member(name) => (sign(Icon::Check, "no"), element("span").class("t quiet").text((t.is_member)(name)), String::new()),
            Reading::Disabled(name) => (sign(Icon::Alert, "w"), quoted(), (t.account_disabled)(name)),
            Reading::Doubt(doubt) => {
                let why = match doubt {
                    Doubt::NoAddress => t.no_address.to_owned(),
                    Doubt::BadAddress => t.bad_address.to_owned(),
                    Doubt::Twice(name) => (t.twice)(name),
                    Doubt::Shared(address) => (t.shared_mailbox)(address),
                    Doubt::OtherDomain(of, said) => (t.other_domain)(of, said),
                    Doubt::Private(name) => (t.private_address)(name),
                };
                (sign(Icon::Alert, "w"), quoted(), why)
            }
        };
        element("li").child(sign).child(what).children((!why.is_empty()).then(|| element("small").text(why)))
    });
    element("ol").class("rev").attribute("aria-label", t.list_read).children(rows)
}
