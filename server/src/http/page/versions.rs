//! `/m/{meeting}/versioner`: what changed since a version, by words. Made by the server alone.

use axum::extract::{Query, State};
use axum::response::Response;
use dagsorden_shared::api::{ChangedText, Changes, ItemChange, SectionChange};
use dagsorden_shared::catalogue::Catalogue;
use dagsorden_shared::catalogue::steps::Steps;
use dagsorden_shared::meeting_json::SectionKind;
use dagsorden_shared::render::element::{Element, Node, element};
use dagsorden_shared::render::item;
use serde::Deserialize;

use super::phase::{content, page, place};
use super::{Page, Reader, answer};
use crate::error::ApiError;
use crate::http::AppState;
use crate::http::access::MeetingAccess;
use crate::http::{meetings, phase::changes_since};

/// What may stand in the address of the page.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct VersionParameters {
    /// The version that is held against what stands now.
    siden: Option<u32>,
}

/// `/m/{meeting}/versioner`
pub(crate) async fn versions(
    State(state): State<AppState>,
    access: MeetingAccess,
    Query(parameters): Query<VersionParameters>,
    reader: Reader,
) -> Response {
    let page = versions_page(&state, &access, &reader, parameters.siden).await;
    answer(&state, &reader, page)
}

async fn versions_page(state: &AppState, access: &MeetingAccess, reader: &Reader, since: Option<u32>) -> Result<Page, ApiError> {
    let detail = meetings::find(state, access).await?;
    let changes = changes_since(state, access, since).await?;
    let (now, _) = state.commands().version_now(&access.meeting, &access.place.document).await?;
    let (catalogue, texts) = (reader.catalogue(), Steps::of(reader.language));
    let title = (texts.changes_since)(changes.since);
    let head =
        element("header").child(element("h1").text(title.clone())).child(element("p").class("lede").text(place(&now, &detail, catalogue)));
    let list = changed(&changes, access, (catalogue, texts));
    let content = content().class("page wide").child(element("div").class("since").child(head).children(list));
    Ok(page(title, &now, &access.meeting, content, catalogue))
}

fn changed(changes: &Changes, access: &MeetingAccess, (catalogue, texts): (&Catalogue, &Steps)) -> Vec<Element> {
    let note = |text: String| element("p").class("same").text(text);
    let mut shown = Vec::new();
    shown.extend(changes.header.then(|| note(texts.header_changed.to_owned())));
    shown.extend(changes.order.then(|| note(texts.order_changed.to_owned())));
    shown.extend(changes.items.iter().map(|item| changed_item(item, access, (catalogue, texts))));
    if shown.is_empty() {
        shown.push(note((texts.no_changes)(&changes.since.to_string())));
    }
    shown
}

fn changed_item(change: &ItemChange, access: &MeetingAccess, (catalogue, texts): (&Catalogue, &Steps)) -> Element {
    let address = format!("/m/{}#{}", access.meeting, item::anchor(&change.item));
    let link = element("a").attribute("href", address).text((texts.go_to_item)(&change.number));
    let state = element("span").class("pen").text((texts.became)(change.became));
    let meta = element("p").class("item-meta").child(state).child(element("span").child(link));
    let meta = meta.children(change.facts.then(|| element("span").text(texts.facts_changed)));
    let head = element("header")
        .class("item-head")
        .child(element("span").class("num").text(change.number.clone()))
        .child(element("h2").children(words(&change.title)))
        .child(meta);
    element("article")
        .class("item")
        .child(head)
        .children(change.sections.iter().map(|section| changed_section(section, (catalogue, texts))))
}

fn changed_section(change: &SectionChange, (catalogue, texts): (&Catalogue, &Steps)) -> Element {
    let heading =
        SectionKind::parse(&change.heading).map_or_else(|| change.heading.clone(), |kind| catalogue.section_kind(kind).to_owned());
    let side = element("div").class("side").child(element("h3").text(heading));
    let text = if change.text.is_empty() {
        element("p").class("quiet").text(texts.form_changed)
    } else {
        element("p").class("chg").children(words(&change.text))
    };
    element("section").class("sec").child(side).child(element("div").class("text").child(text))
}

/// What differs, as in print: struck out and underlined.
fn words(text: &[ChangedText]) -> Vec<Node> {
    let run = |text: &ChangedText| match text {
        ChangedText::Same(text) => Node::from(text.clone()),
        ChangedText::Removed(text) => element("del").text(text.clone()).into(),
        ChangedText::Added(text) => element("ins").text(text.clone()).into(),
    };
    text.iter().map(run).collect()
}
