//! What the pages of a forum look like.

use axum::http::StatusCode;
use dagsorden_shared::access::Phase;
use dagsorden_shared::api::MeetingRow;
use dagsorden_shared::date::{self, Date};
use dagsorden_shared::id::MeetingId;
use dagsorden_shared::render::home;
use dagsorden_shared::render::icon::{Icon, icon};
use dagsorden_shared::render::meeting::CONTENT_ID;
use dagsorden_shared::render::{Element, element};

use super::super::page::Reader;
use super::super::served::{View, error, field, form, input, notice, paper, submit};
use super::{Shown, texts};

/// One of a forum's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Its meetings.
    Meetings,
    /// A new meeting.
    NewMeeting,
    /// Its people.
    People,
    /// What it sets.
    Settings,
}

/// What is shown of the meetings.
pub(super) struct Meetings {
    pub(super) rows: Vec<MeetingRow>,
    /// Those of which a version is public.
    pub(super) published: Vec<MeetingId>,
}

/// The main part of a page on the ground.
pub(super) fn main(class: &'static str) -> Element {
    element("main").class(class).attribute("id", CONTENT_ID).attribute("tabindex", "-1")
}

/// The letterhead of a forum's pages, with the ways between them.
pub(crate) fn head(reader: &Reader, shown: &Shown, here: Place) -> Element {
    let t = texts(reader);
    let letter = element("div").class("letter").child(element("p").class("forum").text(shown.forum.name.clone()));
    let places = [
        (true, Place::Meetings, "", t.meetings),
        (true, Place::People, "/medlemmer", t.people),
        (shown.manages, Place::Settings, "/indstillinger", t.settings),
    ];
    let words = places.into_iter().filter(|(offered, ..)| *offered).map(|(_, place, rest, name)| {
        let link = element("a").attribute("href", shown.at(rest)).text(name);
        if place == here { link.attribute("aria-current", "page") } else { link }
    });
    let words = element("nav").class("words").attribute("aria-label", shown.forum.name.clone()).children(words);
    element("header").child(letter).child(words)
}

/// `/forum/{forum}`. `problem` is a name that could not be taken, and why.
pub(super) fn forum(
    reader: &Reader,
    shown: &Shown,
    meetings: &Meetings,
    done: Option<&'static str>,
    problem: Option<(String, &'static str)>,
) -> View {
    let t = texts(reader);
    let catalogue = reader.catalogue();
    let today = Date::parse(&jiff::Zoned::now().date().to_string());
    let new = shown.creates.then(|| {
        element("a").class("btn go").attribute("href", shown.at("/nyt")).child(icon(Icon::Plus)).child(element("span").text(t.new_meeting))
    });
    let title = element("div").class("head").child(element("h1").text(t.coming)).children(new);
    let none = if meetings.rows.is_empty() { t.no_meetings } else { t.none_coming };
    // Minutes of years ago that were brought in are no draft of anything.
    let has_been = |meeting: &MeetingRow| meeting.date.as_deref().and_then(Date::parse).zip(today).is_some_and(|(day, today)| day < today);
    let row = |heading: &'static str, meeting: &MeetingRow| {
        let state = if meetings.published.contains(&meeting.id) {
            let phase = (catalogue.meeting.phase)(meeting.phase);
            Some(element("p").class("state").child(element("span").class("ring full")).text(format!("{phase}, {}", t.published)))
        } else if meeting.present == 0 && meeting.phase == Phase::Draft && !has_been(meeting) {
            Some(element("p").class("state").child(element("span").class("ring")).text((catalogue.meeting.phase)(Phase::Draft)))
        } else {
            home::state(meeting, catalogue)
        };
        home::day(heading, name(meeting, reader), meeting, state, today, catalogue)
    };
    let list = element("div").children(notice(done)).child(title).children(home::lists(&meetings.rows, today, none, &row, catalogue));
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let parts = vec![list.class("of-forum"), rail(reader, shown, problem)];
    let main = super::framed(reader, shown, Place::Meetings, "page", parts);
    View { status, title: shown.forum.name.clone(), kind: "forum", path: shown.at(""), main }
}

/// What a meeting is called among those of its forum: its title, else its day.
pub(super) fn name(meeting: &MeetingRow, reader: &Reader) -> String {
    let catalogue = reader.catalogue();
    let title = meeting.title.trim();
    if title.is_empty() {
        let day = meeting.date.as_deref().map(|day| date::long(day, catalogue));
        (catalogue.meeting.short)(day.as_deref())
    } else {
        title.to_owned()
    }
}

fn rail(reader: &Reader, shown: &Shown, problem: Option<(String, &'static str)>) -> Element {
    let t = texts(reader);
    let (name, problem) = problem.map_or_else(|| (shown.forum.name.clone(), None), |(name, problem)| (name, Some(problem)));
    let rename = shown.manages.then(|| {
        let name = input("text", "name", "off").attribute("maxlength", "200").attribute("value", name);
        let name = if problem.is_some() { name.attribute("aria-invalid", "true") } else { name };
        form(shown.at("/navn"))
            .class("stack")
            .child(field(t.name, name))
            .children(error(problem.map(str::to_owned)))
            .child(element("div").class("acts-r").child(submit("btn", t.rename)))
    });
    let public = element("a").class("link").attribute("href", format!("/offentlig/{}", shown.forum.id)).text(t.public_page);
    let delete = (shown.manages && shown.forum.meetings == 0)
        .then(|| element("a").class("link bad").attribute("href", shown.at("/slet")).text(t.delete));
    element("aside").class("rail").attribute("aria-label", t.about).child(
        element("section")
            .child(element("h2").text(t.about))
            .children(rename)
            .child(element("div").class("acts-r").child(public).children(delete)),
    )
}

/// The page that asks before a forum is deleted.
pub(super) fn delete(reader: &Reader, shown: &Shown, is_empty: bool, members: usize) -> View {
    let t = texts(reader);
    let members = u32::try_from(members).unwrap_or(u32::MAX);
    let lede = if is_empty { (t.delete_lede)(members) } else { t.has_meetings.to_owned() };
    let back = element("a").class("btn").attribute("href", shown.at("")).text(t.keep);
    let delete = is_empty.then(|| form(shown.at("/slet")).child(submit("btn main", t.delete_now)));
    let title = (t.delete_title)(&shown.forum.name);
    let main = paper(shown.forum.name.clone(), "", title.clone(), Some(lede))
        .child(element("div").class("acts-r big").children(delete).child(back));
    View {
        status: if is_empty { StatusCode::OK } else { StatusCode::CONFLICT },
        title,
        kind: "forum-delete",
        path: shown.at("/slet"),
        main,
    }
}
