//! `/api/forums`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use dagsorden_shared::api::{ForumRow, NewForum, Problem};
use dagsorden_shared::id::ForumId;

use super::{AppState, body};
use crate::error::ApiError;
use crate::intake::{check_forum_name, random_bits};

/// All forums by name.
#[utoipa::path(get, path = "/api/forums", responses((status = 200, body = Vec<ForumRow>)))]
pub(crate) async fn list(State(state): State<AppState>) -> Result<Json<Vec<ForumRow>>, ApiError> {
    Ok(Json(state.store.forums().await?))
}

/// Makes a forum, or answers the one that has this name already.
#[utoipa::path(
    post,
    path = "/api/forums",
    request_body = NewForum,
    responses((status = 201, body = ForumRow), (status = 422, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn create(State(state): State<AppState>, body::Json(forum): body::Json<NewForum>) -> Result<impl IntoResponse, ApiError> {
    let name = check_forum_name(&forum.name)?;
    let id = state.store.create_forum(ForumId::from_random(random_bits()), name).await?;
    let row = state.store.forums().await?.into_iter().find(|row| row.id == id).ok_or_else(|| ApiError::not_found("forum"))?;
    Ok((StatusCode::CREATED, Json(row)))
}
