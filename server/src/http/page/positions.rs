//! `/m/{meeting}/stillinger`: what the organisations think of all points, side by side, for those who lead the meeting. Made by the server alone.

use axum::extract::State;
use axum::response::Response;
use dagsorden_shared::access::{Phase, Place, Standing, Verb, can};
use dagsorden_shared::catalogue::positions::Positions;
use dagsorden_shared::id::MeetingId;
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::render::icon::{Icon, small_icon};
use dagsorden_shared::render::{self, item};
use dagsorden_shared::talk::{Position, Stance};

use super::phase::content;
use super::{Page, Reader, answer};
use crate::error::ApiError;
use crate::http::AppState;
use crate::http::access::MeetingAccess;
use crate::http::served::square;
use crate::positions::{ItemPositions, Organisation, Overview, PointPositions};

/// More columns than this are narrow ones.
const MANY: usize = 14;

/// `/m/{meeting}/stillinger`
pub(crate) async fn positions(State(state): State<AppState>, access: MeetingAccess, reader: Reader) -> Response {
    let page = positions_page(&state, &access, &reader).await;
    answer(&state, &reader, page)
}

async fn positions_page(state: &AppState, access: &MeetingAccess, reader: &Reader) -> Result<Page, ApiError> {
    let snapshot = state.registry.meeting(&access.place.document).await?;
    let (given, _) = state.store.points(access.meeting.clone()).await?;
    let overview = Overview::of(&snapshot, &given, asked(access));
    let (catalogue, texts) = (reader.catalogue(), Positions::of(reader.language));
    let title = if given.is_empty() { texts.nothing_yet.to_owned() } else { (texts.need_time)(count(overview.apart.len())) };
    let silent: Vec<&str> = overview.silent.iter().map(|organisation| organisation.name.as_str()).collect();
    let all = overview.organisations.len();
    let lede = if all == 0 { texts.nobody_asked.to_owned() } else { (texts.answered)(all - silent.len(), all, &silent) };
    let minutes: u32 = snapshot.items.iter().filter_map(|item| item.minutes).sum();
    let name = render::meeting::short_name(&snapshot.header, catalogue);
    let main = content().class("page positions").child(
        element("div")
            .child(element("h1").text(title.clone()))
            .child(element("p").class("lede").text(lede))
            .children((all > 0).then(|| legend(minutes, texts)))
            .children((all > 0).then(|| table(&overview, &access.meeting, texts))),
    );
    Ok(Page {
        status: axum::http::StatusCode::OK,
        title: format!("{}: {title}", texts.title),
        attributes: vec![("data-page", "step".to_owned())],
        content: vec![render::page::step_bar(&name, format!("/m/{}", access.meeting), catalogue), main],
        boot: None,
    })
}

/// The organisations of those members who may state a position before the meeting.
fn asked(access: &MeetingAccess) -> Vec<Organisation> {
    let members = access.rights.members(&access.place.forum).filter(|(_, account, roles)| {
        let standing = Standing { active: account.active, roles: *roles, administrator: false };
        can(&standing, &Place::OPEN, Verb::Position, Phase::SentOut).is_yes()
    });
    members.map(|(_, account, _)| Organisation { name: account.person.organisation.clone(), hue: account.person.hue }).collect()
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The class of a stance, by which it has its colour.
fn class(stance: Stance) -> &'static str {
    match stance {
        Stance::Agree => "e",
        Stance::Remark => "b",
        Stance::Discuss => "d",
        Stance::Disagree => "u",
    }
}

fn legend(minutes: u32, texts: &Positions) -> Element {
    let sign = |class: &'static str, sign: &'static str, words: &'static str| {
        element("span").child(element("i").class(class).attribute("aria-hidden", "true").text(sign)).child(element("span").text(words))
    };
    let stances = Stance::ALL.map(|stance| sign(class(stance), (texts.sign)(stance), (texts.stance)(stance)));
    element("p")
        .class("codes")
        .children(stances)
        .child(sign("w", "–", texts.no_answer))
        .child(sign("w", "*", texts.outdated_short))
        .children((minutes > 0).then(|| element("span").class("end").text((texts.planned)(minutes))))
}

fn table(overview: &Overview, meeting: &MeetingId, texts: &Positions) -> Element {
    let organisations = &overview.organisations;
    let columns = organisations.iter().map(|_| element("col").class("c-k"));
    let widths = element("colgroup").child(element("col").class("c-n")).child(element("col")).children(columns);
    let widths = widths.child(element("col").class("c-t"));
    let head = |words: &'static str| heading("col").child(element("span").class("vh").text(words));
    let heads = organisations.iter().map(|organisation| {
        let name = element("span").class("vh").text(organisation.name.clone());
        heading("col").attribute("title", organisation.name.clone()).child(square(&organisation.name, organisation.hue)).child(name)
    });
    let row = element("tr").attribute("role", "row").child(head(texts.number)).child(head(texts.point)).children(heads);
    let row = row.child(head(texts.time));
    let body = || element("tbody").attribute("role", "rowgroup");
    let apart = overview.apart.iter().map(|item| body().children(apart(item, organisations, meeting, texts)));
    let together = (!overview.together.is_empty()).then(|| {
        let across = (organisations.len() + 3).to_string();
        let title = heading("colgroup").attribute("colspan", across).text(texts.together);
        let rows = overview.together.iter().map(|item| flat(item, organisations, meeting, texts));
        body().child(element("tr").attribute("role", "row").class("grp").child(title)).children(rows)
    });
    let class = if organisations.len() > MANY { "pos many" } else { "pos" };
    let table = element("table")
        .class(class)
        .attribute("role", "table")
        .attribute("aria-label", texts.table)
        .child(widths)
        .child(element("thead").attribute("role", "rowgroup").child(row))
        .children(apart)
        .children(together);
    let around = element("div").class("pos-all");
    if organisations.len() <= MANY {
        return around.child(table);
    }
    // Many organisations on a small window are scrolled, by keys as well.
    around.attribute("role", "region").attribute("aria-label", texts.table).attribute("tabindex", "0").child(table)
}

// On a phone the rows are no table any more to look at: the roles keep it one for those who hear it.

fn heading(scope: &'static str) -> Element {
    let role = if scope == "row" { "rowheader" } else { "columnheader" };
    element("th").attribute("role", role).attribute("scope", scope)
}

fn cell(class: impl Into<std::borrow::Cow<'static, str>>) -> Element {
    element("td").attribute("role", "cell").class(class)
}

fn row(class: &'static str) -> Element {
    element("tr").attribute("role", "row").class(class)
}

fn title(item: &ItemPositions, meeting: &MeetingId, texts: &Positions) -> Element {
    if item.closed {
        return element("span").child(small_icon(Icon::Lock)).child(element("span").text(format!(" {}", texts.closed)));
    }
    let words = if item.title.is_empty() { texts.untitled.to_owned() } else { item.title.clone() };
    element("a").attribute("href", format!("/m/{meeting}#{}", item::anchor(&item.id))).text(words)
}

fn time(item: &ItemPositions, texts: &Positions) -> Element {
    cell("time").children(item.minutes.map(|minutes| element("b").text((texts.minutes)(minutes))))
}

/// An item that needs time: a row for itself, one for each point, and what was said of them.
fn apart(item: &ItemPositions, organisations: &[Organisation], meeting: &MeetingId, texts: &Positions) -> Vec<Element> {
    let number = heading("row").class("n-c").child(element("span").class("num").text(item.number.clone()));
    let words = cell("t").attribute("colspan", (organisations.len() + 1).to_string()).child(title(item, meeting, texts));
    let mut rows = vec![row("it").child(number).child(words).child(time(item, texts))];
    let several = item.points.len() > 1;
    for point in &item.points {
        let place = if point.gone { texts.gone.to_owned() } else { format!("{}.", point.number) };
        let place = (several || point.gone).then(|| element("b").text(place));
        let words = heading("row").class(if point.gone { "pt gone" } else { "pt" }).children(place).text(point.text.clone());
        let answers =
            point.answers.iter().zip(organisations).map(|(answer, organisation)| given(point, answer.as_ref(), organisation, texts));
        rows.push(row("ptr").child(cell("n-c")).child(words).children(answers).child(cell("time")));
    }
    let said = item.points.iter().flat_map(|point| {
        let place = (several && !point.gone).then_some(point.number);
        point.answers.iter().flatten().filter_map(move |position| said(point, position, place, texts))
    });
    let said: Vec<Element> = said.collect();
    if !said.is_empty() {
        let across = (organisations.len() + 2).to_string();
        rows.push(row("why").child(cell("n-c")).child(cell("").attribute("colspan", across).child(element("ul").children(said))));
    }
    rows
}

/// What an organisation thinks of a point: a sign to see, words to hear.
fn given(point: &PointPositions, answer: Option<&Position>, organisation: &Organisation, texts: &Positions) -> Element {
    let short: String = organisation.name.chars().filter(|letter| letter.is_alphabetic()).take(2).flat_map(char::to_uppercase).collect();
    let Some(position) = answer else { return sign("w", "–".to_owned(), format!("{}: {}", organisation.name, texts.no_answer), short) };
    let outdated = point.is_outdated(position);
    let mark = if outdated { format!("{}*", (texts.sign)(position.stance)) } else { (texts.sign)(position.stance).to_owned() };
    let mut words = format!("{}: {}", organisation.name, (texts.stance)(position.stance));
    if outdated {
        words = format!("{words}, {}", texts.outdated_short);
    }
    sign(class(position.stance), mark, words, short)
}

fn sign(class: &'static str, mark: String, words: String, short: String) -> Element {
    cell(format!("v {class}"))
        .attribute("data-k", short)
        .child(element("span").attribute("aria-hidden", "true").text(mark))
        .child(element("span").class("vh").text(words))
}

/// An organisation's words on a point, and whether they are of other words than those that stand. Nothing for a mere "agree".
fn said(point: &PointPositions, position: &Position, place: Option<u32>, texts: &Positions) -> Option<Element> {
    let outdated = point.is_outdated(position).then(|| element("small").class("old").text((texts.outdated)(&position.wording)));
    if position.remark.is_empty() && outdated.is_none() {
        return None;
    }
    let remark = (!position.remark.is_empty()).then(|| element("span").class("q").text(format!("»{}« ", position.remark)));
    let by = element("small").text(format!("{}, {} ", (texts.said_by)(&position.given_by, place), (texts.stance)(position.stance)));
    let words = element("p").children(remark).child(by).children(outdated);
    let name = element("span").class("vh").text(format!("{}: ", position.organisation));
    Some(element("li").child(square(&position.organisation, position.hue)).child(element("div").child(name).child(words)))
}

/// An item on which nobody does more than agree: one row.
fn flat(item: &ItemPositions, organisations: &[Organisation], meeting: &MeetingId, texts: &Positions) -> Element {
    let number = heading("row").class("num").text(item.number.clone());
    let words = cell("t").child(title(item, meeting, texts));
    let of = item.points.len();
    if of == 0 {
        let words = words.attribute("colspan", (organisations.len() + 1).to_string());
        return row("flat").child(number).child(words).child(time(item, texts));
    }
    let answers = organisations.iter().enumerate().map(|(column, organisation)| {
        let agreed: Vec<(&PointPositions, &Position)> =
            item.points.iter().filter_map(|point| Some((point, point.answers.get(column)?.as_ref()?))).collect();
        let outdated = agreed.iter().find(|(point, position)| point.is_outdated(position));
        match (agreed.len(), outdated) {
            (0, _) => sign("w", "–".to_owned(), format!("{}: {}", organisation.name, texts.no_answer), String::new()),
            (_, Some((point, position))) => given(point, Some(position), organisation, texts),
            (all, None) if all == of => given(agreed[0].0, Some(agreed[0].1), organisation, texts),
            (some, None) => sign("w", format!("{some}/{of}"), format!("{}: {}", organisation.name, (texts.some)(some, of)), String::new()),
        }
    });
    row("flat").child(number).child(words).children(answers).child(time(item, texts))
}
