//! `/offentlig/…`: what everyone may read. Only stored, approved versions reach these pages, never what people write now.
//!
//! No script, no cookie. Mail addresses, telephone numbers and CPR numbers are hidden; a closed item keeps its number and nothing else.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dagsorden_shared::api::VersionRow;
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::catalogue::steps::Steps;
use dagsorden_shared::date;
use dagsorden_shared::id::{ForumId, MeetingId};
use dagsorden_shared::meeting_json::{FileJson, Kind};
use dagsorden_shared::render::element::{Element, Node, element};
use dagsorden_shared::render::{self, item, meeting::CONTENT_ID};

use super::phase::spaced;
use super::{Page, Reader, document, long_words, policy};
use crate::assets::{Built, NOT_BUILT};
use crate::error::ApiError;
use crate::findings::{self, Personal};
use crate::http::{AppState, attachments};
use crate::store::PublishedVersion;
use crate::version::Version;

/// `/offentlig/{forum}`
pub(crate) async fn forum(State(state): State<AppState>, Path(forum): Path<String>, reader: Reader) -> Response {
    let reader = reader.into_guest();
    answer(&reader, forum_page(&state, &forum, &reader).await)
}

/// `/offentlig/{forum}/{meeting}`
pub(crate) async fn meeting(State(state): State<AppState>, Path(names): Path<(String, String)>, reader: Reader) -> Response {
    let reader = reader.into_guest();
    answer(&reader, meeting_page(&state, &names, &reader).await)
}

/// `/offentlig/{forum}/{meeting}/bilag/{sha256}`: a file of the version that is public, and of no other.
pub(crate) async fn file(State(state): State<AppState>, Path(names): Path<(String, String, String)>, headers: HeaderMap) -> Response {
    let given = match public_file(&state, &names).await {
        Ok(file) => attachments::give(&state, &file, &headers, false, "no-cache").await,
        Err(error) => Err(error),
    };
    given.unwrap_or_else(|error| super::refusal(&state, &headers, error))
}

async fn public_file(state: &AppState, (forum, meeting, sha256): &(String, String, String)) -> Result<FileJson, ApiError> {
    let missing = || ApiError::not_found("file");
    let forum: ForumId = forum.parse().map_err(|_| missing())?;
    let meeting: MeetingId = meeting.parse().map_err(|_| missing())?;
    let published = state.store.published(&forum, Some(&meeting)).await?.into_iter().next().ok_or_else(missing)?;
    let items = read(&published)?.items.into_iter().map(|item| item.item).filter(|item| !item.closed);
    let mut files = items.flat_map(|item| item.attachments).filter_map(|attachment| attachment.file);
    files.find(|file| file.sha256 == *sha256).ok_or_else(missing)
}

/// A page without script, cookie and store.
fn answer(reader: &Reader, page: Result<Page, ApiError>) -> Response {
    let Some(built) = Built::get() else { return (StatusCode::SERVICE_UNAVAILABLE, format!("{NOT_BUILT}\n")).into_response() };
    let page = page.unwrap_or_else(|error| super::error_page(&error, reader.catalogue()));
    let status = page.status;
    let mut response = (status, document(page, built, reader, &reader.identity)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    // What was taken back is gone with the next request, also where a proxy keeps copies.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy(None));
    response
}

async fn forum_page(state: &AppState, forum: &str, reader: &Reader) -> Result<Page, ApiError> {
    let missing = || ApiError::not_found("forum");
    let id: ForumId = forum.parse().map_err(|_| missing())?;
    let published = state.store.published(&id, None).await?;
    // A forum that has published nothing is as one that is not there.
    let Some(newest) = published.first() else { return Err(missing()) };
    let (catalogue, texts) = (reader.catalogue(), Steps::of(reader.language));
    let name = read(newest)?.header.forum;
    let rows = published.iter().map(|published| {
        let version = read(published)?;
        let (snapshot, _) = shown(&version);
        let address = format!("/offentlig/{id}/{}", published.meeting);
        Ok(element("li")
            .child(element("a").attribute("href", address).text(render::meeting::heading(&snapshot.header, catalogue)))
            .child(element("small").text((texts.published_on)(&day(published.at, catalogue)))))
    });
    let rows = rows.collect::<Result<Vec<_>, ApiError>>()?;
    let content = element("main")
        .class("pub-page")
        .attribute("id", CONTENT_ID)
        .attribute("tabindex", "-1")
        .child(letter(&name))
        .child(element("div").class("meet").child(element("h1").text(texts.public_list)))
        .child(element("ol").class("pub-list").children(rows));
    Ok(public_page(format!("{}, {name}", texts.public_list), vec![content]))
}

async fn meeting_page(state: &AppState, (forum, meeting): &(String, String), reader: &Reader) -> Result<Page, ApiError> {
    let missing = || ApiError::not_found("meeting");
    let forum: ForumId = forum.parse().map_err(|_| missing())?;
    let meeting: MeetingId = meeting.parse().map_err(|_| missing())?;
    let published = state.store.published(&forum, Some(&meeting)).await?.into_iter().next().ok_or_else(missing)?;
    let version = read(&published)?;
    let (catalogue, texts) = (reader.catalogue(), Steps::of(reader.language));
    let bar = element("header").class("pub-bar").child(element("span").text((texts.published_on)(&day(published.at, catalogue))));
    let all = element("a").attribute("href", format!("/offentlig/{forum}")).text(texts.public_list);
    let content = element("main")
        .class("pub-page")
        .attribute("id", CONTENT_ID)
        .attribute("tabindex", "-1")
        .children(paper(&version, Some(&format!("/offentlig/{forum}/{meeting}")), catalogue, texts))
        .child(colophon(&published.version.row, &version, (catalogue, texts)));
    let (snapshot, _) = shown(&version);
    let title = format!("{}, {}", render::meeting::short_name(&snapshot.header, catalogue), version.header.forum);
    Ok(public_page(title, vec![bar, content, element("footer").class("pub-bar no-print").child(all)]))
}

fn public_page(title: String, content: Vec<Element>) -> Page {
    Page { status: StatusCode::OK, title, attributes: vec![("data-page", "public".to_owned())], content, boot: None }
}

fn read(published: &PublishedVersion) -> Result<Version, ApiError> {
    Version::read(&published.version.text).map_err(|error| ApiError::damaged(&error))
}

fn day(at: i64, catalogue: &Catalogue) -> String {
    let at = jiff::Timestamp::from_millisecond(at).unwrap_or_default().to_zoned(jiff::tz::TimeZone::system());
    date::long(&at.date().to_string(), catalogue)
}

fn letter(forum: &str) -> Element {
    element("div").class("letter").child(element("p").class("forum").text(forum.to_owned()))
}

/// The tree of a version. What was approved are minutes, whatever the paper was called before the meeting.
fn shown(version: &Version) -> (dagsorden_shared::agenda::MeetingSnapshot, Vec<dagsorden_shared::api::ItemAttachment>) {
    let (mut snapshot, attachments) = version.to_snapshot();
    if snapshot.header.title.trim().is_empty() && snapshot.header.kind == Kind::Agenda {
        snapshot.header.kind = Kind::Minutes;
    }
    (snapshot, attachments)
}

/// What the public reads of a version: header, contents, items, with gaps where items are closed. Its files are below `address`, once it is public.
pub(super) fn paper(version: &Version, address: Option<&str>, catalogue: &Catalogue, texts: &Steps) -> Vec<Element> {
    let (mut snapshot, mut attachments) = shown(version);
    for row in &mut attachments {
        row.href = row.attachment.file.as_ref().zip(address).map(|(file, address)| format!("{address}/bilag/{}", file.sha256));
    }
    for item in &mut snapshot.items {
        item.sections.retain(|section| !section.body.is_blank());
    }
    let entry = |item: &dagsorden_shared::agenda::ItemSnapshot| {
        let number = element("span").text(item.number.clone());
        if item.closed {
            element("li").class("gap").child(number).child(element("span").text(gap_title(item, catalogue)))
        } else {
            let link = element("a").attribute("href", format!("#{}", item::anchor(&item.id))).text(item.title.text());
            element("li").child(number).child(link)
        }
    };
    let contents = element("nav")
        .class("pub-toc")
        .attribute("aria-labelledby", "indhold-titel")
        .child(element("h2").attribute("id", "indhold-titel").text(texts.contents))
        .child(element("ol").children(snapshot.items.iter().map(entry)));
    let befores = std::iter::once("").chain(snapshot.items.iter().map(|item| item.number.as_str()));
    let items = snapshot.items.iter().zip(befores).map(|(item, before)| {
        if item.closed {
            return gap(item, catalogue, texts);
        }
        let mut article = plain(item::item(item, &attachments, catalogue));
        article.children.splice(0..0, item::gap(before, &item.number, catalogue).map(Into::into));
        article
    });
    let mut paper = vec![letter(&version.header.forum), render::meeting::header(&snapshot.header, &version.header.participants, catalogue)];
    paper.push(contents);
    paper.extend(items);
    let masked = paper.into_iter().map(|element| masked(element, texts)).collect();
    // Last: what is personal is found in whole words.
    long_words::divided(masked, catalogue.language)
}

fn gap_title(item: &dagsorden_shared::agenda::ItemSnapshot, catalogue: &Catalogue) -> String {
    item.public_heading.clone().unwrap_or_else(|| catalogue.meeting.closed_item.to_owned())
}

fn gap(item: &dagsorden_shared::agenda::ItemSnapshot, catalogue: &Catalogue, texts: &Steps) -> Element {
    let words = element("div").child(element("h2").text(gap_title(item, catalogue))).child(element("p").text(texts.public_gap));
    element("article")
        .class("shut")
        .attribute("id", item::anchor(&item.id))
        .child(element("span").class("num").text(item.number.clone()))
        .child(words)
}

/// Without what only the editor needs.
fn plain(mut element: Element) -> Element {
    element.attributes.retain(|(name, _)| {
        !matches!(*name, "data-field" | "data-section-id" | "data-placeholder" | "data-item" | "data-section" | "data-line")
    });
    let child = |node| match node {
        Node::Element(inner) => Node::Element(plain(inner)),
        text => text,
    };
    element.children = element.children.into_iter().map(child).collect();
    element
}

/// With what is personal hidden. A link to a mail address or a telephone is none.
fn masked(mut shown: Element, texts: &Steps) -> Element {
    let is_address = shown.get("href").is_some_and(|href| href.starts_with("mailto:") || href.starts_with("tel:"));
    if is_address {
        shown.tag = "span";
        shown.attributes.clear();
    }
    let mut children = Vec::with_capacity(shown.children.len());
    for node in shown.children {
        match node {
            Node::Element(inner) => children.push(Node::Element(masked(inner, texts))),
            Node::Text(text) => {
                let mut done = 0;
                for (range, kind) in findings::find(&text) {
                    let words = match kind {
                        Personal::Cpr => texts.masked_number,
                        Personal::Email => texts.masked_email,
                        Personal::Phone => texts.masked_phone,
                    };
                    children.push(text[done..range.start].to_owned().into());
                    children.push(element("span").class("mask").text(words).into());
                    done = range.end;
                }
                children.push(text[done..].to_owned().into());
            }
        }
    }
    shown.children = children;
    shown
}

/// By which version, and how it can be checked.
fn colophon(row: &VersionRow, version: &Version, (catalogue, texts): (&Catalogue, &Steps)) -> Element {
    let at = row.at.parse::<jiff::Timestamp>().map_or_else(|_| row.at.clone(), |at| day(at.as_millisecond(), catalogue));
    let pair = |label: &'static str, value: Element| [element("dt").text(label), value];
    let case = version.header.case_id.clone().filter(|case| !case.is_empty());
    element("dl")
        .class("colophon")
        .children(pair(texts.approved_by, element("dd").text((texts.approved_on)(&at, row.number))))
        .children(pair(texts.fingerprint, element("dd").class("hash").text(spaced(&row.hash))))
        .children(case.map(|case| pair(catalogue.meeting.case_id, element("dd").text(case))).into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use dagsorden_shared::catalogue::Language;
    use dagsorden_shared::meeting_json::{AttachmentJson, BlockJson, ItemJson, MeetingJson, SectionJson, SectionKind};
    use dagsorden_shared::render::html::to_html;

    use super::*;
    use crate::version::ItemText;

    fn item(id: &str, number: &str, closed: bool, text: &str) -> ItemText {
        let sections = vec![
            SectionJson { kind: SectionKind::Decision, blocks: vec![BlockJson::paragraph(text)], ..SectionJson::default() },
            SectionJson { kind: SectionKind::Background, ..SectionJson::default() },
        ];
        let attachments = vec![AttachmentJson { title: format!("Bilag til {number}.pdf"), ..AttachmentJson::default() }];
        let title = format!("Titel {number}");
        ItemText {
            id: id.parse().unwrap(),
            public_heading: None,
            sections: vec!["a".parse().unwrap(), "b".parse().unwrap()],
            item: ItemJson { number: Some(number.into()), title, closed, sections, attachments, ..ItemJson::default() },
        }
    }

    #[test]
    fn the_public_reads_no_closed_item_and_nothing_personal() {
        let text = "Skriv til eva@aaby.dk eller ring 12 34 56 78 om 010190-1234.";
        let header = MeetingJson { forum: "Kredsen".into(), date: Some("2031-05-06".into()), ..MeetingJson::default() };
        let version = Version {
            header,
            items: vec![item("i1", "1", false, text), item("i2", "2", true, "Hemmeligt"), item("i5", "5", false, "Slut")],
        };
        let paper = paper(&version, Some("/offentlig/f/m"), Catalogue::of(Language::Da), Steps::of(Language::Da));
        let html: String = paper.iter().map(to_html).collect();
        for gone in ["eva@", "12 34", "0101", "Hemmeligt", "Titel 2", "Bilag til 2", "data-field", "Baggrund"] {
            assert!(!html.contains(gone), "{gone}: {html}");
        }
        for kept in
            ["mailadresse skjult", "telefonnummer skjult", "nummer skjult", "Titel 1", "Bilag til 1", "Referat af møde", "Lukket punkt"]
        {
            assert!(html.contains(kept), "{kept}: {html}");
        }
        assert!(html.contains("<span class=\"num\">2</span>"), "the number of the gap is kept: {html}");
        assert!(html.contains("<p class=\"gap\">Punkt 3–4 er ikke med.</p>"), "the page says which numbers the paper leaves out: {html}");
    }
}
