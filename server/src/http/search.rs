//! `/api/search` and the page `/soeg`: what is found in all that one may read.

use axum::Json;
use axum::extract::{Query, State};
use axum::response::Response;
use dagsorden_shared::access::Verb;
use dagsorden_shared::api::{Problem, SearchAnswer, SearchHit, SearchPiece};
use dagsorden_shared::id::ItemId;
use serde::Deserialize;

use super::access::PersonAccess;
use super::page::Reader;
use super::{AppState, page};
use crate::error::ApiError;
use crate::search::{Query as Wanted, score, snippet};
use crate::store::Match;

/// Hits that are shown.
const SHOWN: usize = 40;

/// What may stand in the address.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    q: String,
}

/// What is found in titles, texts, decisions and comments that the asker may read, the best first.
#[utoipa::path(
    get,
    path = "/api/search",
    params(("q" = String, Query, description = "words; the last one may be a beginning")),
    responses((status = 200, body = SearchAnswer), (status = 401, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn find(
    State(state): State<AppState>,
    access: PersonAccess,
    Query(Asked { q }): Query<Asked>,
) -> Result<Json<SearchAnswer>, ApiError> {
    Ok(Json(answer(&state, &access, &q).await?))
}

/// `/soeg`
pub(crate) async fn show(
    State(state): State<AppState>,
    access: PersonAccess,
    Query(Asked { q }): Query<Asked>,
    reader: Reader,
) -> Response {
    let found = answer(&state, &access, &q).await;
    page::search(&state, &reader, &q, found)
}

async fn answer(state: &AppState, access: &PersonAccess, q: &str) -> Result<SearchAnswer, ApiError> {
    let wanted = Wanted::parse(q);
    let Some(fts) = wanted.to_fts() else { return Ok(SearchAnswer::default()) };
    let actor = access.identity.actor();
    let mut found = state.store.search(access.rights.scope(&actor), fts).await?;
    // Rights once more, by the same rule as everywhere, on each hit.
    found.retain(|hit| access.rights.judge_meeting(&actor, &hit.meeting, Verb::SeeMeeting).is_yes());
    let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let mut scored: Vec<(f64, Match)> = found.into_iter().map(|hit| (score(&wanted, hit.row.kind, &hit.row.body), hit)).collect();
    // Stable: among equals the newest stays first.
    scored.sort_by(|one, other| other.0.total_cmp(&one.0));
    let hits = scored.into_iter().take(SHOWN).filter_map(|(_, hit)| shown(&wanted, hit)).collect();
    Ok(SearchAnswer { total, hits })
}

fn shown(wanted: &Wanted, hit: Match) -> Option<SearchHit> {
    let item: ItemId = hit.row.item.parse().ok()?;
    let pieces = snippet(wanted, &hit.row.body).into_iter().map(|piece| SearchPiece { text: piece.text, hit: piece.hit }).collect();
    Some(SearchHit {
        meeting: hit.meeting,
        forum_name: hit.forum_name,
        date: hit.date,
        item,
        number: hit.row.number,
        kind: hit.row.kind.as_str().to_owned(),
        heading: hit.row.heading,
        pieces,
    })
}
