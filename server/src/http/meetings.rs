//! `/api/meetings`: list, create, read, delete, restore, export; and the demo.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use dagsorden_shared::agenda::{Agenda, MeetingSnapshot};
use dagsorden_shared::api::{Created, MeetingDetail, MeetingRow, NewMeeting, Problem};
use dagsorden_shared::id::MeetingId;
use dagsorden_shared::meeting_json::MeetingJson;
use dagsorden_shared::protocol::close_code;
use serde::Deserialize;

use super::{AppState, body};
use crate::error::ApiError;
use crate::intake::{forum_named, prepare};
use crate::store::{ForumChoice, MeetingFilter, StoredMeeting};
use crate::{demo, export};

/// All meetings that are not deleted.
#[utoipa::path(get, path = "/api/meetings", responses((status = 200, body = Vec<MeetingRow>)))]
pub(crate) async fn list(State(state): State<AppState>) -> Result<Json<Vec<MeetingRow>>, ApiError> {
    Ok(Json(rows(&state).await?))
}

/// All meetings with how many people are in them now.
pub(crate) async fn rows(state: &AppState) -> Result<Vec<MeetingRow>, ApiError> {
    let mut rows = state.store.meetings(MeetingFilter::default()).await?;
    for row in &mut rows {
        row.present = state.registry.present(&row.document);
    }
    Ok(rows)
}

/// Makes a meeting without items.
#[utoipa::path(
    post,
    path = "/api/meetings",
    request_body = NewMeeting,
    responses((status = 201, body = Created), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"), (status = 429, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn create(State(state): State<AppState>, body::Json(new): body::Json<NewMeeting>) -> Result<Response, ApiError> {
    let NewMeeting { forum, forum_name, title, date, start, end, place } = new;
    let mut meeting = MeetingJson { title, date, start, end, place, ..MeetingJson::default() };
    let forum = match (forum, forum_name) {
        (Some(id), _) => {
            let row = state.store.forums().await?.into_iter().find(|row| row.id == id);
            meeting.forum = row.ok_or_else(|| ApiError::not_found("forum"))?.name;
            ForumChoice::Existing(id)
        }
        (None, Some(name)) => forum_named(&name)?,
        (None, None) => return Err(ApiError::invalid("A forum is needed.").detail("Give `forum`, the id of one, or `forum_name`.")),
    };
    store(&state, meeting, Some(forum)).await
}

/// Makes an invented forum with an invented agenda.
#[utoipa::path(post, path = "/api/demo", responses((status = 201, body = Created)))]
pub(crate) async fn create_demo(State(state): State<AppState>) -> Result<Response, ApiError> {
    store(&state, demo::meeting(), None).await
}

/// Checks, seeds and stores a meeting, and answers what was made.
pub(crate) async fn store(state: &AppState, meeting: MeetingJson, forum: Option<ForumChoice>) -> Result<Response, ApiError> {
    // Seeding a long meeting takes a while: not on the threads that carry everybody's keystrokes.
    let prepared = tokio::task::spawn_blocking(move || prepare(meeting, forum)).await.map_err(|error| ApiError::internal(&error))?;
    let meeting = prepared?;
    let created = Created { meeting: meeting.meeting.clone(), document: meeting.document.clone() };
    state.store.create_meeting(meeting).await?;
    let page = HeaderValue::try_from(format!("/m/{}", created.meeting)).map_err(|error| ApiError::internal(&error))?;
    Ok((StatusCode::CREATED, [(header::LOCATION, page)], Json(created)).into_response())
}

/// A meeting: its documents, participants and attachments.
#[utoipa::path(
    get,
    path = "/api/meetings/{meeting}",
    params(("meeting" = String, Path)),
    responses((status = 200, body = MeetingDetail), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn read(State(state): State<AppState>, Path(id): Path<String>) -> Result<Json<MeetingDetail>, ApiError> {
    Ok(Json(find(&state, &id).await?))
}

/// The rows of a meeting that is there.
pub(crate) async fn find(state: &AppState, id: &str) -> Result<MeetingDetail, ApiError> {
    let stored = find_stored(state, id).await?;
    if stored.deleted { Err(ApiError::not_found("meeting")) } else { Ok(stored.detail) }
}

pub(crate) async fn find_stored(state: &AppState, id: &str) -> Result<StoredMeeting, ApiError> {
    let missing = || ApiError::not_found("meeting");
    let id: MeetingId = id.parse().map_err(|_| missing())?;
    state.store.meeting_detail(&id).await?.ok_or_else(missing)
}

/// The committed state of a meeting's document, from its room: whoever looks at a meeting will mostly open it next.
pub(crate) async fn snapshot(state: &AppState, rows: &MeetingDetail) -> Result<MeetingSnapshot, ApiError> {
    let document = rows.documents.first().ok_or_else(|| ApiError::not_found("document"))?;
    Ok(state.registry.read(document, Agenda::snapshot).await?)
}

/// Deletes a meeting for everybody; open pages are told. It can be restored.
#[utoipa::path(
    delete,
    path = "/api/meetings/{meeting}",
    params(("meeting" = String, Path)),
    responses((status = 204), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn delete(State(state): State<AppState>, Path(id): Path<String>) -> Result<StatusCode, ApiError> {
    let rows = find(&state, &id).await?;
    let document = state.store.delete_meeting(&rows.id).await?;
    state.registry.close_document(&document, close_code::GONE).await;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a deletion back. A meeting that is there stays as it is. Programs get its rows; a form of a page is led to the meeting.
#[utoipa::path(
    post,
    path = "/api/meetings/{meeting}/restore",
    params(("meeting" = String, Path)),
    responses((status = 200, body = MeetingDetail), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn restore(State(state): State<AppState>, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    let stored = find_stored(&state, &id).await?;
    if stored.deleted {
        state.store.restore_meeting(&stored.detail.id).await?;
    }
    let is_page = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"));
    Ok(if is_page { Redirect::to(&format!("/m/{}", stored.detail.id)).into_response() } else { Json(stored.detail).into_response() })
}

/// What may stand in the address of an export.
#[derive(Debug, Deserialize)]
pub(crate) struct ExportParameters {
    format: Option<String>,
}

/// The committed meeting as a file.
#[utoipa::path(
    get,
    path = "/api/meetings/{meeting}/export",
    params(("meeting" = String, Path), ("format" = String, Query, description = "`json`")),
    responses((status = 200, body = MeetingJson), (status = 400, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn export_file(
    State(state): State<AppState>,
    Path(id): Path<String>,
    Query(parameters): Query<ExportParameters>,
) -> Result<Response, ApiError> {
    if parameters.format.as_deref() != Some("json") {
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "format", "Meetings are exported as `json` only.").detail("Use `?format=json`."));
    }
    let rows = find(&state, &id).await?;
    let snapshot = snapshot(&state, &rows).await?;
    let name = format!("attachment; filename=\"{}\"", export::file_name(&snapshot, &rows));
    let name = HeaderValue::try_from(name).map_err(|error| ApiError::internal(&error))?;
    let kind = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], export::json(&snapshot, &rows)).into_response())
}
