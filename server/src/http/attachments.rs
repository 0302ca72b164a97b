//! `/api/meetings/{meeting}/items/{item}/attachments` and `/api/attachments/{attachment}`: files of items, as they come and as they are fetched.
//!
//! A file is the body itself with its name in the address, or the field `file` of a form; it is never whole in memory. What is given out is given out as
//! a download that no browser runs.

mod archive;
mod preview;

use axum::Json;
use axum::body::{Body, BodyDataStream};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dagsorden_shared::access::Verb;
use dagsorden_shared::api::Problem;
use dagsorden_shared::attachment::{AttachmentRow, Attachments, ChangedAttachment, NewAttachment, address};
use dagsorden_shared::id::{AttachmentId, ItemId};
use dagsorden_shared::meeting_json::FileJson;
use serde::Deserialize;
use utoipa::IntoParams;

use super::access::{MeetingAccess, PersonAccess, demand};
use super::download::disposition;
use super::{AppState, body};
use crate::command::attachment::Sent;
use crate::error::ApiError;
use crate::intake::random_bits;
use crate::store::Stored;

pub(crate) use archive::{__path_all, all};
pub(crate) use preview::{__path_preview, preview};

/// Kinds that a browser may show in its own window, if that is asked for.
const SHOWN: [&str; 3] = ["application/pdf", "image/png", "image/jpeg"];

/// Each request is judged anew, also for what a browser has already.
const PRIVATE: &str = "private, no-cache";

/// Nothing in a file runs or loads anything.
const SANDBOX: &str = "sandbox; default-src 'none'";

/// Which item the address names.
#[derive(Debug, Deserialize)]
pub(crate) struct ItemPath {
    item: String,
}

/// Which attachment of which item the address names.
#[derive(Debug, Deserialize)]
pub(crate) struct ItemAttachmentPath {
    item: String,
    attachment: String,
}

/// What may stand in the address of a file that is sent.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// Name of the file.
    name: Option<String>,
    /// Title of the attachment; without one, the name of the file.
    title: Option<String>,
}

fn item(id: &str) -> Result<ItemId, ApiError> {
    id.parse().map_err(|_| ApiError::not_found("item"))
}

fn attachment(id: &str) -> Result<AttachmentId, ApiError> {
    id.parse().map_err(|_| ApiError::not_found("attachment"))
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The attachments of a meeting, and the largest file that is taken.
#[utoipa::path(
    get,
    path = "/api/meetings/{meeting}/attachments",
    params(("meeting" = String, Path)),
    responses((status = 200, body = Attachments), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(State(state): State<AppState>, access: MeetingAccess) -> Result<Json<Attachments>, ApiError> {
    Ok(Json(Attachments { limit: state.files.limit(), rows: state.store.attachments(&access.meeting).await? }))
}

/// Stores an attachment under an id of the client: a file as the body, or as JSON a place without one. Where there is a place without a file, the file is put
/// there. Sent twice it happens once (200).
#[utoipa::path(
    put,
    path = "/api/meetings/{meeting}/items/{item}/attachments/{attachment}",
    params(("meeting" = String, Path), ("item" = String, Path), ("attachment" = String, Path), Parameters),
    request_body(content((Vec<u8> = "application/octet-stream"), (Vec<u8> = "multipart/form-data"), (NewAttachment = "application/json"))),
    responses((status = 201, body = AttachmentRow), (status = 200, body = AttachmentRow), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 409, body = Problem, content_type = "application/problem+json"), (status = 413, body = Problem, content_type = "application/problem+json"), (status = 415, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"), (status = 507, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn put(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<ItemAttachmentPath>,
    Query(parameters): Query<Parameters>,
    request: Request,
) -> Result<Response, ApiError> {
    receive(&state, &access, item(&place.item)?, attachment(&place.attachment)?, parameters, request).await
}

/// The same under an id that the server makes.
#[utoipa::path(
    post,
    path = "/api/meetings/{meeting}/items/{item}/attachments",
    params(("meeting" = String, Path), ("item" = String, Path), Parameters),
    request_body(content((Vec<u8> = "application/octet-stream"), (Vec<u8> = "multipart/form-data"), (NewAttachment = "application/json"))),
    responses((status = 201, body = AttachmentRow), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 413, body = Problem, content_type = "application/problem+json"), (status = 415, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"), (status = 507, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn post(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<ItemPath>,
    Query(parameters): Query<Parameters>,
    request: Request,
) -> Result<Response, ApiError> {
    let id = AttachmentId::from_random(random_bits());
    receive(&state, &access, item(&place.item)?, id, parameters, request).await
}

async fn receive(
    state: &AppState,
    access: &MeetingAccess,
    item: ItemId,
    id: AttachmentId,
    parameters: Parameters,
    mut request: Request,
) -> Result<Response, ApiError> {
    let saying = access.saying(Verb::Attach, id.as_str());
    let commands = state.commands();
    let Parameters { name, title } = parameters;
    let announced = announced(request.headers());
    let (stored, row) = match body::media_type(request.headers()).as_str() {
        "application/json" => {
            let body::Json(new) = body::Json::<NewAttachment>::from_request(request, state).await?;
            commands.hold_place(saying, item, id, new).await?
        }
        "multipart/form-data" => {
            // The file is bounded while it arrives.
            DefaultBodyLimit::disable().apply(&mut request);
            let mut form = Multipart::from_request(request, state).await.map_err(|error| broken(&error))?;
            loop {
                let field = form.next_field().await.map_err(|error| broken(&error))?;
                let field = field.ok_or_else(|| ApiError::invalid("The form has no field `file`."))?;
                if field.name() == Some("file") {
                    let name = field.file_name().map(str::to_owned).or(name).unwrap_or_default();
                    break commands.attach_file(saying, item, id, Sent { name, title, announced: None, body: field }).await?;
                }
            }
        }
        _ => {
            let stream: BodyDataStream = request.into_body().into_data_stream();
            let name = name.unwrap_or_default();
            commands.attach_file(saying, item, id, Sent { name, title, announced, body: stream }).await?
        }
    };
    let status = match stored {
        Stored::New => StatusCode::CREATED,
        Stored::Before => StatusCode::OK,
    };
    let place = HeaderValue::try_from(address(&row.id)).map_err(|error| ApiError::internal(&error))?;
    Ok((status, [(header::LOCATION, place)], Json(row)).into_response())
}

fn broken(error: &dyn std::fmt::Display) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, "bad_form", "The form cannot be read.")
        .detail(format!("{error}. Send one file in the field `file`."))
}

/// Changes title, number, status or place of an attachment.
#[utoipa::path(
    patch,
    path = "/api/meetings/{meeting}/items/{item}/attachments/{attachment}",
    params(("meeting" = String, Path), ("item" = String, Path), ("attachment" = String, Path)),
    request_body = ChangedAttachment,
    responses((status = 200, body = AttachmentRow), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 412, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn change(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<ItemAttachmentPath>,
    body::Json(changed): body::Json<ChangedAttachment>,
) -> Result<Json<AttachmentRow>, ApiError> {
    let saying = access.saying(Verb::Attach, &place.attachment);
    Ok(Json(state.commands().change_attachment(saying, item(&place.item)?, attachment(&place.attachment)?, changed).await?))
}

/// Removes an attachment. It can be brought back for 30 days.
#[utoipa::path(
    delete,
    path = "/api/meetings/{meeting}/items/{item}/attachments/{attachment}",
    params(("meeting" = String, Path), ("item" = String, Path), ("attachment" = String, Path)),
    responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn delete(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<ItemAttachmentPath>,
) -> Result<StatusCode, ApiError> {
    let saying = access.saying(Verb::Attach, &place.attachment);
    state.commands().set_attachment_deleted(saying, item(&place.item)?, attachment(&place.attachment)?, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Brings an attachment back that was removed.
#[utoipa::path(
    post,
    path = "/api/meetings/{meeting}/items/{item}/attachments/{attachment}/restore",
    params(("meeting" = String, Path), ("item" = String, Path), ("attachment" = String, Path)),
    responses((status = 200, body = AttachmentRow), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn restore(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<ItemAttachmentPath>,
) -> Result<Json<AttachmentRow>, ApiError> {
    let saying = access.saying(Verb::Attach, &place.attachment);
    Ok(Json(state.commands().set_attachment_deleted(saying, item(&place.item)?, attachment(&place.attachment)?, false).await?))
}

/// How a file is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// `1`: shown in the browser's own window, where it is a PDF or a picture.
    show: Option<String>,
}

/// The file of an attachment, or a range of it, for all who may see its meeting.
#[utoipa::path(
    get,
    path = "/api/attachments/{attachment}",
    params(("attachment" = String, Path), Wanted),
    responses((status = 200, content((Vec<u8> = "application/octet-stream"))), (status = 206, description = "The range that was asked for"), (status = 304, description = "It has not changed"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 416, description = "There is no such range"))
)]
pub(crate) async fn read(
    State(state): State<AppState>,
    access: PersonAccess,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let file = seen(&state, &access, &id).await?;
    give(&state, &file, &headers, wanted.show.is_some(), PRIVATE).await
}

/// The file of an attachment whose meeting this person may see.
async fn seen(state: &AppState, access: &PersonAccess, id: &str) -> Result<FileJson, ApiError> {
    let missing = || ApiError::not_found("attachment");
    let found = state.store.attachment(&attachment(id)?).await?.ok_or_else(missing)?;
    demand(access.rights.judge_meeting(&access.identity.actor(), &found.meeting, Verb::SeeMeeting), missing)?;
    found.row.file.ok_or_else(missing)
}

/// A file as an answer. The client was judged before, also where it names what it has already.
pub(super) async fn give(
    state: &AppState,
    file: &FileJson,
    headers: &HeaderMap,
    show: bool,
    cache: &'static str,
) -> Result<Response, ApiError> {
    let show = show && SHOWN.contains(&file.media_type.as_str());
    let value = |text: String| HeaderValue::try_from(text).map_err(|error| ApiError::internal(&error));
    let tag = value(format!("\"{}\"", file.sha256))?;
    let name = disposition(&file.name);
    let name = if show { name.replacen("attachment", "inline", 1) } else { name };
    let mut about = HeaderMap::new();
    about.insert(header::ETAG, tag.clone());
    about.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    about.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    about.insert(header::CONTENT_DISPOSITION, value(name)?);
    about.insert(header::CONTENT_TYPE, value(file.media_type.clone())?);
    // A browser's own reader of PDF refuses to work in a sandbox, and it is not part of our origin.
    let policy = if show && file.media_type == "application/pdf" { "default-src 'none'; frame-ancestors 'none'" } else { SANDBOX };
    about.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == tag) {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    let asked = headers.get(header::RANGE).filter(|_| headers.get(header::IF_RANGE).is_none_or(|known| *known == tag));
    let (status, range) = match range(asked, file.size) {
        Range::All => (StatusCode::OK, None),
        Range::Part(range) => (StatusCode::PARTIAL_CONTENT, Some(range)),
        Range::Outside => {
            about.insert(header::CONTENT_RANGE, value(format!("bytes */{}", file.size))?);
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, about).into_response());
        }
    };
    let length = range.as_ref().map_or(file.size, |range| range.end - range.start);
    if let Some(range) = &range {
        about.insert(header::CONTENT_RANGE, value(format!("bytes {}-{}/{}", range.start, range.end.saturating_sub(1), file.size))?);
    }
    about.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    let bytes = state.files.read(&file.sha256, range).await?;
    Ok((status, about, Body::from_stream(bytes)).into_response())
}

enum Range {
    All,
    Part(std::ops::Range<u64>),
    Outside,
}

/// The range that was asked for. What cannot be read, or names several, asks for all.
fn range(asked: Option<&HeaderValue>, size: u64) -> Range {
    let Some(ranges) = asked.and_then(|asked| http_range_header::parse_range_header(asked.to_str().ok()?).ok()) else { return Range::All };
    match ranges.validate(size).as_deref() {
        Ok([range]) => Range::Part(*range.start()..range.end().saturating_add(1)),
        Ok(_) => Range::All,
        Err(_) => Range::Outside,
    }
}
