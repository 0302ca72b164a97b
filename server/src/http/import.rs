//! `POST /api/meetings/import` and `…/preview`: a file as people have it, or Meeting JSON, becomes a meeting; or its items come into one that is there
//! (`POST /api/meetings/{meeting}/import`).
//!
//! The body is the file itself (any media type), Meeting JSON (`application/json`) or a form with the field `file`. What a file means is
//! read in [`crate::import`], by a process of its own where the file may harm its reader ([`crate::worker`]).

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use dagsorden_shared::access::Verb;
use dagsorden_shared::api::{Added, Created, ImportPreview, Problem};
use dagsorden_shared::meeting_json::MeetingJson;
use serde::Deserialize;
use utoipa::IntoParams;

use super::access::MeetingAccess;
use super::{AppState, body, meetings};
use crate::error::ApiError;
use crate::identity::Identity;
use crate::import::Imported;
use crate::intake::forum_named;
use crate::worker;

/// What may stand in the address.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// Name of the file.
    name: Option<String>,
    /// Name of the forum it goes to.
    forum: Option<String>,
}

/// A file that was sent.
struct Upload {
    bytes: Bytes,
    name: Option<String>,
    forum: Option<String>,
}

/// Stores a meeting from Meeting JSON, or from a file of at most 5 MiB: as the body, or as the field `file` of a form.
#[utoipa::path(
    post,
    path = "/api/meetings/import",
    params(Parameters),
    request_body(content((MeetingJson = "application/json"), (String = "text/plain"), (Vec<u8> = "multipart/form-data"))),
    responses((status = 201, body = Created), (status = 413, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"), (status = 429, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn import(
    State(state): State<AppState>,
    identity: Identity,
    Query(parameters): Query<Parameters>,
    request: Request,
) -> Result<Response, ApiError> {
    let upload = receive(parameters, request).await?;
    let forum = upload.forum.as_deref().map(forum_named).transpose()?;
    let Imported { meeting, .. } = read(upload).await?;
    meetings::store(&state, &identity, meeting, forum).await
}

/// Reads what an import would store, and stores nothing.
#[utoipa::path(
    post,
    path = "/api/meetings/import/preview",
    params(Parameters),
    request_body(content((MeetingJson = "application/json"), (String = "text/plain"), (Vec<u8> = "multipart/form-data"))),
    responses((status = 200, body = ImportPreview), (status = 413, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"), (status = 429, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn preview(Query(parameters): Query<Parameters>, request: Request) -> Result<Json<ImportPreview>, ApiError> {
    let Imported { meeting, findings, left_out } = read(receive(parameters, request).await?).await?;
    Ok(Json(ImportPreview { meeting, findings, left_out }))
}

/// What may stand in the address of a meeting.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Named {
    /// Name of the file.
    name: Option<String>,
}

/// Puts the items of a file, of Meeting JSON or of a form into a meeting, before what closes its agenda; title, date, time, place and people are taken
/// where the meeting has none. What is not taken is listed.
#[utoipa::path(
    post,
    path = "/api/meetings/{meeting}/import",
    params(("meeting" = String, Path), Named),
    request_body(content((MeetingJson = "application/json"), (String = "text/plain"), (Vec<u8> = "multipart/form-data"))),
    responses((status = 201, body = Added), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 409, body = Problem, content_type = "application/problem+json"), (status = 413, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"), (status = 429, body = Problem, content_type = "application/problem+json"), (status = 507, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn into_meeting(
    State(state): State<AppState>,
    access: MeetingAccess,
    Query(Named { name }): Query<Named>,
    request: Request,
) -> Result<(StatusCode, Json<Added>), ApiError> {
    let imported = read(receive(Parameters { name, forum: None }, request).await?).await?;
    Ok((StatusCode::CREATED, Json(state.commands().add_items(access.saying(Verb::Write, "import"), imported).await?)))
}

/// Reads what of a file would come into a meeting, and stores nothing.
#[utoipa::path(
    post,
    path = "/api/meetings/{meeting}/import/preview",
    params(("meeting" = String, Path), Named),
    request_body(content((MeetingJson = "application/json"), (String = "text/plain"), (Vec<u8> = "multipart/form-data"))),
    responses((status = 200, body = ImportPreview), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 413, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"), (status = 429, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn preview_into_meeting(
    State(state): State<AppState>,
    access: MeetingAccess,
    Query(Named { name }): Query<Named>,
    request: Request,
) -> Result<Json<ImportPreview>, ApiError> {
    let imported = read(receive(Parameters { name, forum: None }, request).await?).await?;
    let Imported { meeting, findings, left_out } = state.commands().preview_items(&access.saying(Verb::Write, "import"), imported).await?;
    Ok(Json(ImportPreview { meeting, findings, left_out }))
}

async fn read(upload: Upload) -> Result<Imported, ApiError> {
    worker::import(upload.bytes, upload.name).await.map_err(ApiError::from)
}

async fn receive(parameters: Parameters, request: Request) -> Result<Upload, ApiError> {
    let (parts, received) = request.into_parts();
    let bytes = body::read(&parts.headers, received, body::IMPORT).await?;
    let Parameters { name, forum } = parameters;
    let forum = forum.filter(|forum| !forum.trim().is_empty());
    match body::media_type(&parts.headers).as_str() {
        "multipart/form-data" => receive_form(&parts.headers, bytes, Parameters { name, forum }).await,
        // The media type decides, whatever the file is called.
        "application/json" => Ok(Upload { bytes, name: Some("body.json".to_owned()), forum }),
        _ => Ok(Upload { bytes, name, forum }),
    }
}

async fn receive_form(headers: &HeaderMap, bytes: Bytes, parameters: Parameters) -> Result<Upload, ApiError> {
    let broken = |error: &dyn std::fmt::Display| {
        ApiError::new(StatusCode::BAD_REQUEST, "bad_form", "The form cannot be read.")
            .detail(format!("{error}. Send one file in the field `file`."))
    };
    let mut request = Request::new(Body::from(bytes));
    // The bytes were bounded when they were received.
    DefaultBodyLimit::disable().apply(&mut request);
    if let Some(value) = headers.get(header::CONTENT_TYPE) {
        request.headers_mut().insert(header::CONTENT_TYPE, value.clone());
    }
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| broken(&error))?;
    let mut upload: Option<Upload> = None;
    let mut forum = parameters.forum;
    while let Some(field) = form.next_field().await.map_err(|error| broken(&error))? {
        match field.name() {
            Some("file") => {
                let name = field.file_name().map(str::to_owned).or_else(|| parameters.name.clone());
                upload = Some(Upload { bytes: field.bytes().await.map_err(|error| broken(&error))?, name, forum: None });
            }
            Some("forum") => forum = Some(field.text().await.map_err(|error| broken(&error))?).filter(|forum| !forum.trim().is_empty()),
            _ => {}
        }
    }
    let upload = upload.ok_or_else(|| ApiError::invalid("The form has no field `file`."))?;
    Ok(Upload { forum, ..upload })
}
