//! `/m/{meeting}/fase`: where a meeting stands, where it can go, and the page that asks before it goes there.
//!
//! Made by the server alone: nothing of it is downloaded with the meeting. The form names the hash of what was shown.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use dagsorden_shared::access::{Phase, Verb};
use dagsorden_shared::api::{Check, CheckKind, MeetingDetail, VersionRow};
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::catalogue::steps::Steps;
use dagsorden_shared::date;
use dagsorden_shared::id::MeetingId;
use dagsorden_shared::render::element::{Element, element};
use dagsorden_shared::render::icon::{Icon, icon};
use dagsorden_shared::render::{self, meeting::CONTENT_ID};
use serde::Deserialize;

use super::{Page, Reader, answer, long_words};
use crate::checks::{Step, checks};
use crate::command::phase::{Recipient, recipients, ways};
use crate::error::ApiError;
use crate::http::AppState;
use crate::http::access::{MeetingAccess, demand};
use crate::http::meetings;
use crate::version::Version;

/// More names than this of one organisation are a number.
const NAMES: usize = 2;

/// What may stand in the address of the page.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct PhaseParameters {
    /// Where the meeting is to go.
    til: Option<String>,
    /// The text had changed when it was sent.
    aendret: Option<String>,
}

/// `/m/{meeting}/fase`
pub(crate) async fn phase(
    State(state): State<AppState>,
    access: MeetingAccess,
    Query(parameters): Query<PhaseParameters>,
    reader: Reader,
) -> Response {
    let page = phase_page(&state, &access, &reader, &parameters).await;
    answer(&state, &reader, page)
}

async fn phase_page(state: &AppState, access: &MeetingAccess, reader: &Reader, parameters: &PhaseParameters) -> Result<Page, ApiError> {
    let to = parameters.til.as_deref().and_then(|word| Phase::ALL.into_iter().find(|phase| phase.as_str() == word));
    // A reader who comes back to a step that was made sees where the meeting stands.
    match to.and_then(|to| Some((to, access.place.phase.verb_to(to)?))) {
        Some((to, verb)) => ask(state, access, reader, (to, verb), parameters.aendret.is_some()).await,
        None => overview(state, access, reader).await,
    }
}

/// Asks before a step: what was found, what happens, who hears of it.
async fn ask(state: &AppState, access: &MeetingAccess, reader: &Reader, (to, verb): (Phase, Verb), stale: bool) -> Result<Page, ApiError> {
    demand(access.rights.judge_meeting(&access.identity.actor(), &access.meeting, verb), || ApiError::not_found("meeting"))?;
    let detail = meetings::find(state, access).await?;
    let (now, text) = state.commands().version_now(&access.meeting, &access.place.document).await?;
    let next = state.store.newest_version(&access.meeting).await?.map_or(1, |row| row.number + 1);
    let (catalogue, texts) = (reader.catalogue(), Steps::of(reader.language));
    let recipients = if verb == Verb::SendOut { recipients(&access.rights, &access.place.forum) } else { Vec::new() };
    let people = u32::try_from(recipients.len()).unwrap_or(u32::MAX);
    let title = if people > 0 { (texts.send_out_to)(people) } else { (texts.title)(verb, to).to_owned() };
    let decided = state.commands().decided(&access.meeting, &access.place.document).await?;
    let found = checks(&now, Step::To(to), &decided);
    let mut effects: Vec<(Icon, String)> = Vec::new();
    effects.extend((people > 0).then(|| (Icon::People, (texts.letters)(people))));
    effects.extend((texts.effects)(verb, next).into_iter().map(|text| (Icon::Check, text)));
    let mut main: Vec<Element> = vec![element("h1").text(title.clone()), element("p").class("lede").text(place(&now, &detail, catalogue))];
    main.extend(stale.then(|| element("p").class("told").attribute("role", "alert").text(texts.stale)));
    main.extend((to != Phase::Draft).then(|| findings(&found, &access.meeting, texts)));
    if verb == Verb::SendOut {
        main.push(part(texts.recipients, (people > 0).then(|| (texts.people)(people)), recipient_list(&recipients, texts)));
        main.extend((people > 0).then(|| letter(texts)));
    }
    let form = element("form")
        .class("act")
        .attribute("id", FORM)
        .attribute("method", "post")
        .attribute("action", format!("/api/meetings/{}/phase", access.meeting))
        .child(element("h2").text(texts.when))
        .child(effect_list(effects))
        .child(hidden("to", to.as_str().to_owned()))
        // Where all may go on writing, the text is another with every key: there the step is not about one text.
        .children(matches!(verb, Verb::SendOut | Verb::Approve).then(|| hidden("seen_hash", text.hash.clone())));
    let form = if verb == Verb::Approve {
        form.child(
            element("dl")
                .class("print-of")
                .child(element("dt").text(texts.fingerprint))
                .child(element("dd").class("hash").text(spaced(&text.hash)))
                .child(element("dd").text(texts.fingerprint_help)),
        )
    } else {
        form
    };
    let form = form
        .child(element("button").class("btn main").attribute("type", "submit").text((texts.button)(verb)))
        .child(element("a").class("btn").attribute("href", format!("/m/{}", access.meeting)).text(texts.wait));
    let rail = element("aside").class("rail").attribute("aria-label", texts.when).child(form);
    let content = content().class("page").child(element("div").children(main)).child(rail);
    let content = if verb == Verb::Approve {
        content.child(
            element("section")
                .class("paper whole")
                .attribute("aria-label", texts.to_be_approved)
                .child(element("p").class("pre").text(texts.to_be_approved))
                .children(paper(&now, &detail.forum_name, catalogue)),
        )
    } else {
        content
    };
    Ok(page(title, &now, &access.meeting, content, catalogue))
}

/// Where a meeting stands, its versions, and the steps that the reader may make.
async fn overview(state: &AppState, access: &MeetingAccess, reader: &Reader) -> Result<Page, ApiError> {
    let detail = meetings::find(state, access).await?;
    let (now, _) = state.commands().version_now(&access.meeting, &access.place.document).await?;
    let versions = state.store.versions(&access.meeting).await?;
    let (catalogue, texts) = (reader.catalogue(), Steps::of(reader.language));
    let meeting = &access.meeting;
    let step = |(to, verb): (Phase, Verb)| (format!("/m/{meeting}/fase?til={}", to.as_str()), (texts.title)(verb, to));
    let actor = access.identity.actor();
    let may = |verb| access.rights.judge_meeting(&actor, meeting, verb).is_yes();
    let mut steps: Vec<(String, &'static str)> = ways(access.place.phase).filter(|(_, verb)| may(*verb)).map(step).collect();
    if may(Verb::Publish) && versions.iter().any(|row| row.phase == Phase::Approved) {
        let published = versions.iter().any(|row| row.published);
        steps.push((format!("/m/{meeting}/offentlig"), if published { texts.published_title } else { texts.publish_title }));
    }
    let links = steps.into_iter().map(|(address, title)| {
        element("li")
            .child(icon(Icon::Right))
            .child(element("span").class("t").child(element("a").class("link").attribute("href", address).text(title)))
    });
    let links: Vec<Element> = links.collect();
    let steps = if links.is_empty() { element("p").class("quiet").text(texts.no_step) } else { element("ol").class("rev").children(links) };
    let main = element("div")
        .child(element("h1").text(texts.phases))
        .child(element("p").class("lede").text((texts.phases_lede)((catalogue.meeting.phase)(detail.phase))))
        .child(part(texts.next_steps, None, steps))
        .child(part(texts.versions, None, version_list(&versions, meeting, (catalogue, texts))));
    Ok(page(texts.phases.to_owned(), &now, meeting, content().class("page wide").child(main), catalogue))
}

fn version_list(versions: &[VersionRow], meeting: &MeetingId, (catalogue, texts): (&Catalogue, &Steps)) -> Element {
    if versions.is_empty() {
        return element("p").class("quiet").text(texts.no_versions);
    }
    let rows = versions.iter().map(|row| {
        let name = (texts.version)(row.number, (catalogue.meeting.phase)(row.phase));
        let mut notes = vec![(texts.version_by)(&moment(&row.at, catalogue), &row.by.name)];
        notes.extend(row.corrects.map(texts.corrects));
        notes.extend(row.published.then(|| texts.is_public.to_owned()));
        let changes = format!("/m/{meeting}/versioner?siden={}", row.number);
        element("li")
            .child(icon(Icon::Check))
            .child(element("span").class("t").text(name))
            .child(element("span").class("acts-in").child(element("a").class("link").attribute("href", changes).text(texts.show_changes)))
            .child(element("small").text(format!("{}.", notes.join(". "))))
            .child(element("small").class("hash").text(spaced(&row.hash)))
    });
    element("ol").class("rev").children(rows)
}

/// Day and time of the server's zone.
pub(super) fn moment(at: &str, catalogue: &Catalogue) -> String {
    let Ok(at) = at.parse::<jiff::Timestamp>() else { return at.to_owned() };
    let at = at.to_zoned(jiff::tz::TimeZone::system());
    let time = (catalogue.dates.time)(u8::try_from(at.hour()).unwrap_or(0), u8::try_from(at.minute()).unwrap_or(0));
    format!("{} {}", date::long(&at.date().to_string(), catalogue), (catalogue.dates.at)(&time))
}

/// Forum and day of a meeting, as the line below a title says them.
pub(super) fn place(version: &Version, detail: &MeetingDetail, catalogue: &Catalogue) -> String {
    let day = version.header.date.as_deref().map(|day| date::full(day, catalogue));
    let parts = std::iter::once(detail.forum_name.clone()).chain(day).chain(version.header.place.clone().filter(|place| !place.is_empty()));
    format!("{}.", parts.collect::<Vec<_>>().join(", "))
}

/// What was found, each with the way there. Numbers and addresses are not shown again.
pub(super) fn findings(found: &[Check], meeting: &MeetingId, texts: &Steps) -> Element {
    if found.is_empty() {
        return part(texts.checks, None, element("p").class("quiet").text(texts.nothing_found));
    }
    let rows = found.iter().map(|check| {
        let (symbol, class) = match check.kind {
            CheckKind::Cpr => (Icon::Alert, "i b"),
            CheckKind::PromisedAttachment => (Icon::Clock, "i w"),
            _ => (Icon::Alert, "i w"),
        };
        let about = check.about.as_deref();
        let number = check.number.as_deref().unwrap_or_default();
        let way = check.item.as_ref().map(|item| {
            let address = format!("/m/{meeting}#{}", render::item::anchor(item));
            let link = element("a").class("link").attribute("href", address).text((texts.go_to_item)(number));
            element("span").class("acts-in").child(link)
        });
        let place = check.item.as_ref().map(|_| {
            let inside = about.filter(|_| matches!(check.kind, CheckKind::Cpr | CheckKind::Email | CheckKind::Phone));
            let inside = inside.map(|heading| format!(", {heading}")).unwrap_or_default();
            element("small").text(format!("{}{inside}.", (texts.in_item)(number)))
        });
        element("li")
            .child(icon(symbol).class(class))
            .child(element("span").class("t").text((texts.check)(check.kind, about)))
            .children(way)
            .children(place)
    });
    let count = (texts.found)(u32::try_from(found.len()).unwrap_or(u32::MAX));
    part(texts.checks, Some(count), element("ol").class("rev").children(rows))
}

/// Recipients by organisation.
fn recipient_list(recipients: &[Recipient], texts: &Steps) -> Element {
    if recipients.is_empty() {
        return element("p").class("quiet").text(texts.no_recipients);
    }
    let mut organisations: Vec<(&str, u8, Vec<&str>)> = Vec::new();
    for recipient in recipients {
        let person = &recipient.person;
        match organisations.last_mut().filter(|(name, ..)| *name == person.organisation) {
            Some((_, _, names)) => names.push(&person.name),
            None => organisations.push((&person.organisation, person.hue, vec![&person.name])),
        }
    }
    let rows = organisations.into_iter().map(|(organisation, hue, names)| {
        let more = names.len().saturating_sub(NAMES);
        let shown = names[..names.len().min(NAMES)].join(", ");
        let names = if more > 0 { format!("{shown} +{more}") } else { shown };
        let letters: String = organisation.chars().filter(|letter| letter.is_alphabetic()).take(2).collect::<String>().to_uppercase();
        element("li")
            .child(element("span").class(format!("org hue-{hue}")).attribute("aria-hidden", "true").text(letters))
            .child(element("span").text(organisation.to_owned()))
            .child(element("span").text(names))
    });
    element("ul").class("rcpt").children(rows)
}

const FORM: &str = "trin";

fn letter(texts: &Steps) -> Element {
    let words =
        element("textarea").attribute("name", "words").attribute("rows", "4").attribute("maxlength", "4000").attribute("form", FORM);
    let field = element("label").class("field").child(element("span").text(texts.letter_words)).child(words);
    part(texts.letter, Some(texts.letter_help.to_owned()), field)
}

/// A part of a page: what it is in the margin, what it holds to the right.
pub(super) fn part(title: &'static str, note: Option<String>, content: Element) -> Element {
    let header = element("header").child(element("h2").text(title)).children(note.map(|note| element("p").text(note)));
    element("section").class("part").child(header).child(element("div").child(content))
}

/// What happens, a line each.
pub(super) fn effect_list(effects: impl IntoIterator<Item = (Icon, String)>) -> Element {
    let row = |(symbol, text): (Icon, String)| element("li").child(icon(symbol)).child(element("span").text(text));
    element("ul").class("eff").children(effects.into_iter().map(row))
}

/// A field that nobody sees.
pub(super) fn hidden(name: &'static str, value: String) -> Element {
    element("input").attribute("type", "hidden").attribute("name", name).attribute("value", value)
}

/// The main part of a page that the server alone makes.
pub(super) fn content() -> Element {
    element("main").attribute("id", CONTENT_ID).attribute("tabindex", "-1")
}

/// A page about a meeting: the bar leads back to it.
pub(super) fn page(title: String, version: &Version, meeting: &MeetingId, content: Element, catalogue: &Catalogue) -> Page {
    let (snapshot, _) = version.to_snapshot();
    let name = render::meeting::short_name(&snapshot.header, catalogue);
    let back = format!("/m/{meeting}");
    let attributes = vec![("data-page", "step".to_owned())];
    Page { status: StatusCode::OK, title, attributes, content: vec![render::page::step_bar(&name, back, catalogue), content], boot: None }
}

/// Letterhead, header and items of a version.
pub(super) fn paper(version: &Version, forum_name: &str, catalogue: &Catalogue) -> Vec<Element> {
    let (snapshot, attachments) = version.to_snapshot();
    let items = snapshot.items.iter().map(|item| render::item::item(item, &attachments, catalogue));
    let mut paper = vec![
        render::meeting::letter(&snapshot.header, forum_name, catalogue),
        render::meeting::header(&snapshot.header, &version.header.participants, catalogue),
    ];
    paper.push(element("div").class("items").children(items));
    long_words::divided(paper, catalogue.language)
}

/// A hash in groups of four, as people compare it.
pub(super) fn spaced(hash: &str) -> String {
    let mut text = String::from("SHA-256");
    for (index, figure) in hash.chars().enumerate() {
        if index % 4 == 0 {
            text.push(' ');
        }
        text.push(figure);
    }
    text
}
