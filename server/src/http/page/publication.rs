//! `/m/{meeting}/offentlig`: the page as everyone would see it, what was found in it, and the button. Made by the server alone.

use axum::extract::State;
use axum::response::Response;
use dagsorden_shared::access::Phase;
use dagsorden_shared::catalogue::steps::Steps;
use dagsorden_shared::render::element::element;
use dagsorden_shared::render::icon::Icon;

use super::phase::{content, effect_list, findings, hidden, moment, page};
use super::{Page, Reader, answer, public};
use crate::checks::{Decided, Step, checks};
use crate::error::ApiError;
use crate::http::AppState;
use crate::http::access::MeetingAccess;
use crate::http::{meetings, phase::stored};

/// `/m/{meeting}/offentlig`
pub(crate) async fn publication(State(state): State<AppState>, access: MeetingAccess, reader: Reader) -> Response {
    let page = publication_page(&state, &access, &reader).await;
    answer(&state, &reader, page)
}

async fn publication_page(state: &AppState, access: &MeetingAccess, reader: &Reader) -> Result<Page, ApiError> {
    meetings::find(state, access).await?;
    let (catalogue, texts) = (reader.catalogue(), Steps::of(reader.language));
    let versions = state.store.versions(&access.meeting).await?;
    let Some(approved) = versions.iter().find(|row| row.phase == Phase::Approved) else {
        let (now, _) = state.commands().version_now(&access.meeting, &access.place.document).await?;
        let way = element("a").class("btn").attribute("href", format!("/m/{}/fase", access.meeting)).text(texts.phases);
        let message = element("div")
            .class("empty")
            .child(element("h1").text(texts.not_approved_title))
            .child(element("p").text(texts.not_approved_help))
            .child(element("div").class("acts-r").child(way));
        return Ok(page(texts.not_approved_title.to_owned(), &now, &access.meeting, content().child(message), catalogue));
    };
    let (row, version) = stored(state, &access.meeting, approved.number).await.map(|(stored, version)| (stored.row, version))?;
    let address = format!("/offentlig/{}/{}", access.place.forum, access.meeting);
    let form = element("form").attribute("method", "post").attribute("action", format!("/api/meetings/{}/publication", access.meeting));
    let button = |class: &'static str, text: &'static str| element("button").class(class).attribute("type", "submit").text(text);
    let wait = element("a").class("btn").attribute("href", format!("/m/{}", access.meeting)).text(texts.wait);
    let (title, side) = if row.published {
        let since = published_since(state, access).await?.map(|at| moment(&at, catalogue)).unwrap_or_default();
        let link = element("a").class("link").attribute("href", address.clone()).text(address.clone());
        let side = element("div")
            .class("pub-side")
            .child(element("h1").text(texts.published_title))
            .child(element("p").class("lede").text((texts.published_lede)(&since)))
            .child(element("p").child(link))
            .child(
                form.child(hidden("withdraw", "true".to_owned()))
                    .child(element("div").class("acts-r").child(button("btn", texts.withdraw)).child(wait)),
            )
            .child(element("p").class("quiet").text(texts.withdraw_help));
        (texts.published_title, side)
    } else {
        let [readable, gaps, back] = texts.publish_effects;
        let effects = [(Icon::People, readable), (Icon::Lock, gaps), (Icon::Undo, back)].map(|(symbol, text)| (symbol, text.to_owned()));
        let side = element("div")
            .class("pub-side")
            .child(element("h1").text(texts.publish_title))
            .child(element("p").class("lede").text(texts.publish_lede))
            .child(element("h2").text(texts.publish_when))
            .child(effect_list(effects))
            .child(findings(&checks(&version, Step::Publication, &Decided::new()), &access.meeting, texts))
            .child(form.child(element("div").class("acts-r").child(button("btn main", texts.publish)).child(wait)));
        (texts.publish_title, side)
    };
    let head = element("p").class("pre").child(element("span").text(address)).child(element("span").text(texts.as_public));
    let paper = element("section")
        .class("paper")
        .attribute("aria-label", texts.as_public)
        .child(head)
        .children(public::paper(&version, None, catalogue, texts));
    let content = content().class("pub-desk").child(side).child(paper);
    Ok(page(title.to_owned(), &version, &access.meeting, content, catalogue))
}

async fn published_since(state: &AppState, access: &MeetingAccess) -> Result<Option<String>, ApiError> {
    let published = state.store.published(&access.place.forum, Some(&access.meeting)).await?.into_iter().next();
    Ok(published.and_then(|published| jiff::Timestamp::from_millisecond(published.at).ok()).map(|at| at.to_string()))
}
