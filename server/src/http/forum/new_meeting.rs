//! `/forum/{forum}/nyt`: a new meeting of a forum, with date, times and place filled in; from the standing items, or as a copy of a former one.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use dagsorden_shared::api::{ForumRow, MeetingRow, NewMeeting};
use dagsorden_shared::render::{Element, element};
use dagsorden_shared::template::Template;
use jiff::ToSpan;
use jiff::civil::Date;

use super::view::{Place, name};
use super::{Shown, creatable, framed, meetings, texts};
use crate::error::ApiError;
use crate::http::access::{ForumAccess, PersonAccess};
use crate::http::form::Form;
use crate::http::page::Reader;
use crate::http::served::{View, error, field, form, submit};
use crate::http::{AppState, meetings as api, served};

/// A forum meets this often where nothing else is known.
const USUAL_GAP: i32 = 28;
/// A gap between two meetings that may be the usual one.
const GAPS: std::ops::RangeInclusive<i32> = 7..=120;
/// Former meetings that can be copied, the latest first.
const COPIES: usize = 30;

/// What stands in the form.
#[derive(Debug, Clone, Default)]
struct Draft {
    date: String,
    start: String,
    end: String,
    place: String,
    /// Empty: the standing items; `none`: none; else a meeting.
    from: String,
    with_text: bool,
}

/// What cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unfit {
    Date,
    Times,
}

/// `/forum/{forum}/nyt`
pub(crate) async fn page(
    State(state): State<AppState>,
    access: ForumAccess,
    person: PersonAccess,
    reader: Reader,
) -> Result<Response, ApiError> {
    let rows = meetings(&state, &access.forum).await?;
    let template = state.store.template(&access.forum).await?.template;
    let today = jiff::Zoned::now().date();
    let draft = Draft {
        date: proposed(&rows, today).map(|date| date.to_string()).unwrap_or_default(),
        start: template.start.clone().unwrap_or_default(),
        end: template.end.clone().unwrap_or_default(),
        place: template.place.clone().unwrap_or_default(),
        ..Draft::default()
    };
    show(&state, &access, &person, &reader, &draft, None).await
}

/// The day of the next meeting: as long after the last as that came after the one before it, and to come.
fn proposed(meetings: &[MeetingRow], today: Date) -> Option<Date> {
    let mut days: Vec<Date> = meetings.iter().filter_map(|row| row.date.as_deref()?.parse().ok()).collect();
    days.sort_unstable();
    days.dedup();
    let last = *days.last()?;
    let gap = days.iter().rev().nth(1).and_then(|before| last.since(*before).ok()).map(|span| span.get_days());
    let gap = gap.filter(|gap| GAPS.contains(gap)).unwrap_or(USUAL_GAP);
    let mut day = last;
    while day <= today {
        day = day.checked_add(gap.days()).ok()?;
    }
    if day == last { day.checked_add(gap.days()).ok() } else { Some(day) }
}

async fn show(
    state: &AppState,
    access: &ForumAccess,
    person: &PersonAccess,
    reader: &Reader,
    draft: &Draft,
    unfit: Option<Unfit>,
) -> Result<Response, ApiError> {
    let shown = Shown::of(state, access).await?;
    let rows = meetings(state, &access.forum).await?;
    let template = state.store.template(&access.forum).await?.template;
    let others: Vec<ForumRow> = creatable(state, person).await?.into_iter().filter(|row| row.id != access.forum).collect();
    Ok(served::answer(reader, view(reader, &shown, &Choices { rows: &rows, template: &template, others: &others }, draft, unfit)))
}

/// Makes the meeting and leads to it.
pub(crate) async fn create(
    State(state): State<AppState>,
    access: ForumAccess,
    person: PersonAccess,
    headers: HeaderMap,
    reader: Reader,
    form: Form,
) -> Result<Response, ApiError> {
    let draft = Draft {
        date: form.line("date")?,
        start: form.line("start")?,
        end: form.line("end")?,
        place: form.line("place")?,
        from: form.line("from")?,
        with_text: !form.line("with_text")?.is_empty(),
    };
    let stated = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let unfit = if stated(&draft.date).is_some_and(|date| date.parse::<Date>().is_err()) {
        Some(Unfit::Date)
    } else if stated(&draft.start).zip(stated(&draft.end)).is_some_and(|(start, end)| end <= start) {
        Some(Unfit::Times)
    } else {
        None
    };
    if unfit.is_some() {
        return show(&state, &access, &person, &reader, &draft, unfit).await;
    }
    let copy_of = match draft.from.as_str() {
        "" | "none" => None,
        former => Some(former.parse().map_err(|_| ApiError::not_found("meeting to copy"))?),
    };
    let new = NewMeeting {
        forum: Some(access.forum.clone()),
        date: stated(&draft.date),
        // The form shows what the forum has set: what was emptied there stays empty.
        start: Some(draft.start.clone()),
        end: Some(draft.end.clone()),
        place: Some(draft.place.clone()),
        without_template: draft.from == "none",
        copy_of,
        with_text: draft.with_text,
        ..NewMeeting::default()
    };
    let created = api::begin(&state, &person, &headers, new).await?;
    Ok(Redirect::to(&format!("/m/{}", created.meeting)).into_response())
}

/// What can be chosen from.
struct Choices<'a> {
    rows: &'a [MeetingRow],
    template: &'a Template,
    others: &'a [ForumRow],
}

fn view(reader: &Reader, shown: &Shown, choices: &Choices<'_>, draft: &Draft, unfit: Option<Unfit>) -> View {
    let t = &texts(reader).begin;
    let line = |kind: &'static str, name: &'static str, value: &str| {
        element("input")
            .attribute("type", kind)
            .attribute("name", name)
            .attribute("value", value.to_owned())
            .attribute("autocomplete", "off")
    };
    let help = (!choices.rows.is_empty() && unfit.is_none() && !draft.date.is_empty()).then(|| element("small").text(t.date_help));
    let times = element("div")
        .class("fields")
        .child(field(texts(reader).set.start, line("time", "start", &draft.start)))
        .child(field(texts(reader).set.end, line("time", "end", &draft.end)));
    let problem = unfit.map(|unfit| if unfit == Unfit::Date { t.unfit_date } else { t.unfit_times }.to_owned());
    let when = vec![
        field(t.date, line("date", "date", &draft.date)).children(help),
        times,
        field(texts(reader).set.place, line("text", "place", &draft.place).attribute("maxlength", "300")),
    ];
    let form = form(shown.at("/nyt"))
        .class("settings")
        .child(part(t.when, when.into_iter().chain(error(problem)).collect()))
        .child(part(t.content, content(reader, choices, draft)))
        .child(
            element("div")
                .class("acts-r save")
                .child(submit("btn main", t.create))
                .child(element("a").class("btn").attribute("href", shown.at("")).text(t.cancel)),
        );
    let content =
        element("div").child(element("h1").text(texts(reader).new_meeting)).child(element("p").class("lede").text(t.lede)).child(form);
    let main = framed(reader, shown, Place::NewMeeting, "page", vec![content, rail(reader, choices)]);
    let status = if unfit.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let title = format!("{}, {}", texts(reader).new_meeting, shown.forum.name);
    View { status, title, kind: "forum-new", path: shown.at("/nyt"), main }
}

fn part(title: &'static str, content: Vec<Element>) -> Element {
    served::part(element("section").class("part"), title, content)
}

fn content(reader: &Reader, choices: &Choices<'_>, draft: &Draft) -> Vec<Element> {
    let t = &texts(reader).begin;
    let option = |value: String, text: String| {
        let option = element("option").attribute("value", value.clone()).text(text);
        if value == draft.from { option.flag("selected") } else { option }
    };
    let has_items = !choices.template.items.is_empty();
    let standing = has_items.then(|| option(String::new(), t.standing.to_owned()));
    let copies = choices.rows.iter().take(COPIES).map(|row| option(row.id.to_string(), (t.copy)(&name(row, reader))));
    let from = element("select")
        .attribute("name", "from")
        .children(standing)
        .child(option("none".to_owned(), t.empty.to_owned()))
        .children(copies);
    let with_text = element("input").attribute("type", "checkbox").attribute("name", "with_text").attribute("value", "1");
    let with_text = if draft.with_text { with_text.flag("checked") } else { with_text };
    let copy = (!choices.rows.is_empty()).then(|| {
        element("div")
            .child(element("label").class("check").child(with_text).child(element("span").text(t.with_text)))
            .child(element("p").class("soft").text(t.copy_help))
    });
    std::iter::once(field(t.from, from)).chain(copy).collect()
}

fn rail(reader: &Reader, choices: &Choices<'_>) -> Element {
    let t = &texts(reader).begin;
    let items = choices.template.standing_items();
    let list = if items.is_empty() {
        element("p").class("soft").text(t.no_items)
    } else {
        element("ul").children(items.into_iter().map(|item| element("li").child(element("span").text(item.title))))
    };
    let others = (!choices.others.is_empty()).then(|| {
        let link = |row: &ForumRow| {
            let link = element("a").attribute("href", super::address(&row.id, "/nyt")).text(row.name.clone());
            element("li").child(element("span").child(link))
        };
        element("section").child(element("h2").text(t.other_forums)).child(element("ul").children(choices.others.iter().map(link)))
    });
    element("aside")
        .class("rail")
        .attribute("aria-label", t.items)
        .child(element("section").child(element("h2").text(t.items)).child(list))
        .children(others)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(date: Option<&str>) -> MeetingRow {
        MeetingRow {
            id: "m".parse().unwrap(),
            document: "d".parse().unwrap(),
            forum: "f".parse().unwrap(),
            forum_name: String::new(),
            title: String::new(),
            date: date.map(str::to_owned),
            start: None,
            end: None,
            place: None,
            items: 0,
            phase: dagsorden_shared::access::Phase::Draft,
            present: 0,
        }
    }

    #[test]
    fn the_proposed_day_follows_the_last_two_meetings_and_is_to_come() {
        let today: Date = "2031-05-06".parse().unwrap();
        let proposed = |days: &[&str]| {
            let rows: Vec<_> = days.iter().map(|day| row(Some(day))).chain([row(None)]).collect();
            proposed(&rows, today).map(|day| day.to_string())
        };
        assert_eq!(proposed(&[]), None);
        assert_eq!(proposed(&["2031-05-20"]).as_deref(), Some("2031-06-17"), "four weeks later");
        assert_eq!(proposed(&["2031-05-20", "2031-06-24"]).as_deref(), Some("2031-07-29"), "as long as last time");
        assert_eq!(proposed(&["2031-05-20", "2031-05-20"]).as_deref(), Some("2031-06-17"));
        assert_eq!(proposed(&["2031-03-04", "2031-04-08"]).as_deref(), Some("2031-05-13"));
        assert_eq!(proposed(&["2030-05-07"]).as_deref(), Some("2031-06-03"), "a day of the same week that is to come");
        assert_eq!(proposed(&["9999-12-30"]), None, "the calendar ends");
    }
}
