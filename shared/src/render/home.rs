//! The front page: coming and earlier meetings, forums, and the way in for a file.
//!
//! Buttons carry `data-action`; what they do is the app's business.

use super::element::{Element, element};
use super::icon::{Icon, icon};
use super::meeting::CONTENT_ID;
use crate::access::Phase;
use crate::api::{ForumRow, MeetingRow};
use crate::catalogue::Catalogue;
use crate::date::{self, Date};

/// The main part of the front page. `today` parts what is coming from what has been.
pub fn home(forums: &[ForumRow], meetings: &[MeetingRow], today: Option<Date>, catalogue: &Catalogue) -> Element {
    let main = element("main").attribute("id", CONTENT_ID).attribute("tabindex", "-1");
    if forums.is_empty() && meetings.is_empty() {
        return main.child(empty(catalogue));
    }
    let texts = &catalogue.home;
    let new = element("a").class("btn go").attribute("href", "/nyt").child(icon(Icon::Plus)).child(element("span").text(texts.new_meeting));
    let head = element("div").class("head").child(element("h1").text(texts.upcoming)).child(new);
    let row = |heading: &'static str, meeting: &MeetingRow| {
        day(heading, name(meeting, catalogue), meeting, state(meeting, catalogue), today, catalogue)
    };
    let left = element("div").child(head).children(lists(meetings, today, texts.none_upcoming, &row, catalogue));
    main.child(element("div").class("home").child(left).child(rail(forums, catalogue)))
}

/// Makes the row of a meeting; its name is a heading of this level.
pub type MakeRow<'a> = &'a dyn Fn(&'static str, &MeetingRow) -> Element;

/// The lists of meetings: what comes, or `none` where nothing does, what has no date, what has been.
pub fn lists(meetings: &[MeetingRow], today: Option<Date>, none: &'static str, row: MakeRow<'_>, catalogue: &Catalogue) -> Vec<Element> {
    let texts = &catalogue.home;
    let Divided { coming, earlier, undated } = divide(meetings, today);
    let first = if coming.is_empty() {
        element("p").class("none").text(none)
    } else {
        element("div").class("days").children(coming.iter().map(|meeting| row("h2", meeting)))
    };
    let list = |title: &'static str, list: &[&MeetingRow]| {
        (!list.is_empty()).then(|| {
            element("section")
                .class("coming")
                .child(element("h2").text(title))
                .child(element("div").class("days").children(list.iter().map(|meeting| row("h3", meeting))))
        })
    };
    std::iter::once(first).chain(list(texts.undated, &undated)).chain(list(texts.earlier, &earlier)).collect()
}

struct Divided<'a> {
    coming: Vec<&'a MeetingRow>,
    earlier: Vec<&'a MeetingRow>,
    undated: Vec<&'a MeetingRow>,
}

/// Next first among the coming, last first among the earlier.
fn divide(meetings: &[MeetingRow], today: Option<Date>) -> Divided<'_> {
    let mut divided = Divided { coming: Vec::new(), earlier: Vec::new(), undated: Vec::new() };
    let day = |meeting: &MeetingRow| meeting.date.as_deref().and_then(Date::parse);
    for meeting in meetings {
        match (day(meeting), today) {
            (None, _) => divided.undated.push(meeting),
            (Some(day), Some(today)) if day < today => divided.earlier.push(meeting),
            _ => divided.coming.push(meeting),
        }
    }
    divided.coming.sort_by_key(|meeting| (day(meeting), meeting.start.clone()));
    divided.earlier.sort_by_key(|meeting| std::cmp::Reverse((day(meeting), meeting.start.clone())));
    divided
}

/// One meeting of the list; `heading` is the level its name has there. The year is named unless it is this one. The link covers the whole row.
pub fn day(
    heading: &'static str,
    name: String,
    meeting: &MeetingRow,
    state: Option<Element>,
    today: Option<Date>,
    catalogue: &Catalogue,
) -> Element {
    let date = meeting.date.as_deref().and_then(Date::parse);
    let figure = date.map(|date| {
        let year = today.is_none_or(|today| today.year() != date.year());
        let year = year.then(|| element("span").class("y").text(format!(" {}", date.year())));
        let month = element("span").text(date.month_name(catalogue)).children(year);
        [element("b").text(date.day().to_string()), month]
    });
    let link = element("a").attribute("href", format!("/m/{}", meeting.id)).text(name);
    element("article")
        .class("day")
        .attribute("data-meeting", meeting.id.to_string())
        .child(element("p").class("d").children(figure.into_iter().flatten()))
        .child(element("div").child(element(heading).class("name").child(link)).child(element("p").text(facts(meeting, date, catalogue))))
        .children(state)
}

fn name(meeting: &MeetingRow, catalogue: &Catalogue) -> String {
    match (meeting.forum_name.trim(), meeting.title.trim()) {
        ("", "") => catalogue.home.untitled.to_owned(),
        ("", title) => title.to_owned(),
        (forum, _) => forum.to_owned(),
    }
}

/// „Torsdag kl. 9.00–12.00, Havnsted Rådhus. 9 punkter.“
fn facts(meeting: &MeetingRow, date: Option<Date>, catalogue: &Catalogue) -> String {
    let hours = date::span(meeting.start.as_deref(), meeting.end.as_deref(), catalogue);
    let when = match (date.map(|date| date.weekday_name(catalogue)), hours) {
        (Some(weekday), Some(hours)) => Some(format!("{weekday} {hours}")),
        (Some(weekday), None) => Some(weekday.to_owned()),
        (None, hours) => hours,
    };
    let place = meeting.place.clone().filter(|place| !place.trim().is_empty());
    let first = [when, place].into_iter().flatten().collect::<Vec<_>>().join(", ");
    // A title that only repeats the forum's name tells nothing new.
    let title = meeting.title.trim();
    let told = meeting.forum_name.is_empty() || title.to_lowercase().contains(&meeting.forum_name.to_lowercase());
    let title = (!title.is_empty() && !told).then(|| title.to_owned());
    let sentences = [title, Some(date::capitalised(&first)), Some((catalogue.meeting.items)(meeting.items))];
    sentences.into_iter().flatten().filter(|text| !text.is_empty()).map(|text| format!("{text}.")).collect::<Vec<_>>().join(" ")
}

/// Where a meeting stands, and how many are in it. Nothing for a draft in which nobody is.
pub fn state(meeting: &MeetingRow, catalogue: &Catalogue) -> Option<Element> {
    let phase = (catalogue.meeting.phase)(meeting.phase);
    let (ring, text) = match (meeting.present, meeting.phase) {
        (0, Phase::Draft) => return None,
        (0, _) => ("ring full", phase.to_owned()),
        (present, Phase::Draft) => ("ring half", (catalogue.home.present)(present)),
        (present, _) => ("ring full", format!("{phase}, {}", (catalogue.home.present)(present))),
    };
    Some(element("p").class("state").child(element("span").class(ring)).text(text))
}

fn rail(forums: &[ForumRow], catalogue: &Catalogue) -> Element {
    let texts = &catalogue.home;
    let rows = forums.iter().map(|forum| {
        let count = element("span").text((texts.meetings)(forum.meetings));
        let name = element("a").attribute("href", format!("/forum/{}", forum.id)).text(forum.name.clone());
        element("li").attribute("data-forum", forum.id.to_string()).child(element("span").child(name)).child(count)
    });
    let list = if forums.is_empty() { element("p").text(texts.no_forums) } else { element("ul").children(rows) };
    element("aside")
        .class("rail")
        .attribute("aria-label", texts.rail)
        .child(element("section").child(element("h2").text(texts.forums)).child(list).child(button(
            "link",
            "new-forum",
            Some(Icon::Plus),
            texts.new_forum,
        )))
        .child(element("section").child(element("h2").text(texts.import)).child(drop_zone(catalogue)).child(button(
            "link",
            "open-demo",
            None,
            texts.open_demo,
        )))
}

/// Where a file is dropped, chosen, or its text pasted.
pub fn drop_zone(catalogue: &Catalogue) -> Element {
    let texts = &catalogue.home;
    element("div").class("dropzone").child(element("p").class("t").text(texts.drop)).child(element("p").text(texts.drop_help)).child(
        element("div").class("acts-r").child(button("btn", "choose-file", Some(Icon::File), texts.choose_file)).child(button(
            "link",
            "paste-text",
            None,
            texts.paste_text,
        )),
    )
}

/// What a new installation shows: three ways to begin.
pub fn empty(catalogue: &Catalogue) -> Element {
    let texts = &catalogue.home;
    let way = |title: &'static str, help: &'static str, actions: Vec<Element>| {
        element("li")
            .child(element("div").child(element("h2").text(title)).child(element("p").text(help)))
            .child(element("div").class("acts-r").children(actions))
    };
    let import = vec![button("btn", "choose-file", None, texts.choose_file), button("btn", "paste-text", None, texts.paste_text)];
    element("div").class("empty").child(element("h1").text(texts.empty_title)).child(element("p").text(texts.empty_lede)).child(
        element("ul")
            .child(way(texts.empty_forum, texts.empty_forum_help, vec![button("btn main", "new-forum", None, texts.create_forum)]))
            .child(way(texts.empty_import, texts.empty_import_help, import))
            .child(way(texts.empty_demo, texts.empty_demo_help, vec![button("btn", "open-demo", None, texts.open_demo)])),
    )
}

fn button(class: &'static str, action: &'static str, sign: Option<Icon>, text: &'static str) -> Element {
    element("button")
        .class(class)
        .attribute("type", "button")
        .attribute("data-action", action)
        .children(sign.map(icon))
        .child(element("span").text(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Language;
    use crate::render::html::to_html;

    fn meeting(id: &str, date: Option<&str>, present: u32) -> MeetingRow {
        MeetingRow {
            id: id.parse().expect("an id"),
            document: "d".parse().expect("an id"),
            forum: "f".parse().expect("an id"),
            forum_name: "Kystkredsen".into(),
            title: "Dagsorden for Kystkredsen".into(),
            date: date.map(Into::into),
            start: Some("09:00".into()),
            end: Some("12:00".into()),
            place: Some("Rådhuset".into()),
            items: 9,
            phase: Phase::Draft,
            present,
        }
    }

    #[test]
    fn meetings_stand_in_the_order_they_are_needed() {
        let rows = [
            meeting("a", Some("2027-01-21"), 0),
            meeting("b", Some("2026-11-05"), 0),
            meeting("c", Some("2027-01-14"), 3),
            meeting("d", None, 0),
            meeting("e", Some("2026-12-03"), 0),
        ];
        let divided = divide(&rows, Date::parse("2027-01-14"));
        let ids = |list: &[&MeetingRow]| list.iter().map(|row| row.id.to_string()).collect::<String>();
        assert_eq!((ids(&divided.coming), ids(&divided.earlier), ids(&divided.undated)), ("ca".into(), "eb".into(), "d".into()));
        let html = to_html(&home(&[], &rows, Date::parse("2027-01-14"), Catalogue::of(Language::Da)));
        assert!(html.contains("<p>Torsdag kl.&nbsp;9.00–12.00, Rådhuset. 9 punkter.</p>"), "{html}");
        assert!(html.contains("3 er her nu"), "{html}");
        assert!(html.contains("<a href=\"/m/c\">Kystkredsen</a>"), "{html}");
        assert!(html.contains("href=\"/nyt\"") && html.contains("data-action=\"open-demo\""), "{html}");
    }

    #[test]
    fn a_new_installation_offers_three_ways_to_begin() {
        let html = to_html(&home(&[], &[], None, Catalogue::of(Language::Da)));
        for action in ["new-forum", "choose-file", "paste-text", "open-demo"] {
            assert!(html.contains(&format!("data-action=\"{action}\"")), "{action}");
        }
        assert_eq!(html.matches("btn main").count(), 1, "one filled button");
    }

    #[test]
    fn a_forum_without_meetings_is_not_an_empty_page() {
        let forum = ForumRow { id: "f".parse().expect("an id"), name: "<Kystkredsen>".into(), meetings: 0 };
        let html = to_html(&home(&[forum], &[], None, Catalogue::of(Language::Da)));
        assert!(html.contains("Der er ingen kommende møder.") && html.contains("&lt;Kystkredsen&gt;"), "{html}");
    }
}
