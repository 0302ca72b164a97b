//! `/api/forums`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use dagsorden_shared::access::Verb;
use dagsorden_shared::api::{ForumRow, NewForum, Problem, TemplateRow};

use super::access::{ForumAccess, PersonAccess};
use super::{AppState, body};
use crate::error::ApiError;
use crate::identity::Identity;

/// The forums one may see, by name.
#[utoipa::path(get, path = "/api/forums", responses((status = 200, body = Vec<ForumRow>)))]
pub(crate) async fn list(State(state): State<AppState>, access: PersonAccess) -> Result<Json<Vec<ForumRow>>, ApiError> {
    Ok(Json(rows(&state, &access).await?))
}

/// The forums in the asker's scope.
pub(crate) async fn rows(state: &AppState, access: &PersonAccess) -> Result<Vec<ForumRow>, ApiError> {
    let scope = access.rights.scope(&access.identity.actor());
    let mut rows = state.store.forums().await?;
    rows.retain(|row| scope.contains(&row.id));
    Ok(rows)
}

/// Makes a forum, or answers the one that has this name already.
#[utoipa::path(
    post,
    path = "/api/forums",
    request_body = NewForum,
    responses((status = 201, body = ForumRow), (status = 422, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn create(
    State(state): State<AppState>,
    identity: Identity,
    body::Json(forum): body::Json<NewForum>,
) -> Result<impl IntoResponse, ApiError> {
    let id = state.commands().create_forum(&identity, &forum.name).await?;
    let row = state.store.forums().await?.into_iter().find(|row| row.id == id).ok_or_else(|| ApiError::not_found("forum"))?;
    Ok((StatusCode::CREATED, Json(row)))
}

/// Gives a forum another name. Open pages show it at once.
#[utoipa::path(
    patch,
    path = "/api/forums/{forum}",
    params(("forum" = String, Path)),
    request_body = NewForum,
    responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 409, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn rename(
    State(state): State<AppState>,
    access: ForumAccess,
    body::Json(forum): body::Json<NewForum>,
) -> Result<StatusCode, ApiError> {
    state.commands().rename_forum(access.act(Verb::ManageForum, ""), &access.forum, &forum.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a forum that never had a meeting, with its memberships and its template.
#[utoipa::path(
    delete,
    path = "/api/forums/{forum}",
    params(("forum" = String, Path)),
    responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 409, description = "`has_meetings`", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn delete(State(state): State<AppState>, access: ForumAccess) -> Result<StatusCode, ApiError> {
    state.commands().delete_forum(access.act(Verb::ManageForum, "delete"), &access.forum).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a forum has set for its meetings; version 0 while it has not set anything.
#[utoipa::path(
    get,
    path = "/api/forums/{forum}/template",
    params(("forum" = String, Path)),
    responses((status = 200, body = TemplateRow), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn template(State(state): State<AppState>, access: ForumAccess) -> Result<Json<TemplateRow>, ApiError> {
    Ok(Json(state.store.template(&access.forum).await?))
}

/// Sets a forum's template as a whole, if `version` is still the newest; else `now` in the problem is what stands there.
#[utoipa::path(
    put,
    path = "/api/forums/{forum}/template",
    params(("forum" = String, Path)),
    request_body = TemplateRow,
    responses((status = 200, body = TemplateRow), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 412, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn set_template(
    State(state): State<AppState>,
    access: ForumAccess,
    body::Json(row): body::Json<TemplateRow>,
) -> Result<Json<TemplateRow>, ApiError> {
    let act = access.act(Verb::ManageForum, "");
    Ok(Json(state.commands().set_template(act, &access.forum, row.version, row.template).await?))
}
