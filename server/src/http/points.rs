//! `/api/meetings/{meeting}/points`, `…/positions` and `…/outcome`: what organisations think of a recommendation's points, and what came of them.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use dagsorden_shared::access::Verb;
use dagsorden_shared::agenda::points;
use dagsorden_shared::api::Problem;
use dagsorden_shared::id::{ItemId, PointId};
use dagsorden_shared::talk::{NewOutcome, NewPosition, PointRow};
use serde::Deserialize;

use super::access::MeetingAccess;
use super::{AppState, body};
use crate::error::ApiError;

/// Which point the address names.
#[derive(Debug, Deserialize)]
pub(crate) struct PointPath {
    item: String,
    point: String,
}

/// Whose position on which point the address names.
#[derive(Debug, Deserialize)]
pub(crate) struct PositionPath {
    item: String,
    point: String,
    organisation: String,
}

fn ids(item: &str, point: &str) -> Result<(ItemId, PointId), ApiError> {
    let missing = || ApiError::not_found("point");
    Ok((item.parse().map_err(|_| missing())?, point.parse().map_err(|_| missing())?))
}

/// The points of all recommendations, each with an id. Points that had none get one.
#[utoipa::path(
    post,
    path = "/api/meetings/{meeting}/points",
    params(("meeting" = String, Path)),
    responses((status = 200, body = Vec<PointRow>), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn name(State(state): State<AppState>, access: MeetingAccess) -> Result<Json<Vec<PointRow>>, ApiError> {
    state.commands().name_points(&access.saying(Verb::Position, "points")).await?;
    let mut rows = Vec::new();
    for item in &state.registry.meeting(&access.place.document).await?.items {
        let named = points(item).into_iter().filter_map(|point| Some((point.id?, point.section, point.text)));
        rows.extend(named.map(|(point, section, text)| PointRow { item: item.id.clone(), section, point, text }));
    }
    Ok(Json(rows))
}

/// States what an organisation thinks of a point: one's own, or as the secretariat another's.
#[utoipa::path(
    put,
    path = "/api/meetings/{meeting}/positions/{item}/{point}/{organisation}",
    params(("meeting" = String, Path), ("item" = String, Path), ("point" = String, Path), ("organisation" = String, Path)),
    request_body = NewPosition,
    responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn take_position(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<PositionPath>,
    body::Json(new): body::Json<NewPosition>,
) -> Result<StatusCode, ApiError> {
    let saying = access.saying(Verb::Position, &place.point);
    state.commands().take_position(saying, ids(&place.item, &place.point)?, &place.organisation, new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a position back.
#[utoipa::path(
    delete,
    path = "/api/meetings/{meeting}/positions/{item}/{point}/{organisation}",
    params(("meeting" = String, Path), ("item" = String, Path), ("point" = String, Path), ("organisation" = String, Path)),
    responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn drop_position(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<PositionPath>,
) -> Result<StatusCode, ApiError> {
    let saying = access.saying(Verb::Position, &place.point);
    state.commands().drop_position(saying, ids(&place.item, &place.point)?, &place.organisation).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets what came of a point; `null` takes it back.
#[utoipa::path(
    put,
    path = "/api/meetings/{meeting}/items/{item}/points/{point}/outcome",
    params(("meeting" = String, Path), ("item" = String, Path), ("point" = String, Path)),
    request_body = NewOutcome,
    responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn set_outcome(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<PointPath>,
    body::Json(new): body::Json<NewOutcome>,
) -> Result<StatusCode, ApiError> {
    let saying = access.saying(Verb::Outcome, &place.point);
    state.commands().set_outcome(saying, ids(&place.item, &place.point)?, new.outcome).await?;
    Ok(StatusCode::NO_CONTENT)
}
