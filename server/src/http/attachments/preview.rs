//! `/api/attachments/{attachment}/preview`: what a file looks like, with the right that the file asks for and as harmless as it.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dagsorden_shared::api::Problem;

use super::super::AppState;
use super::super::access::PersonAccess;
use super::{PRIVATE, SANDBOX, give, seen};
use crate::error::ApiError;

/// What an attachment looks like: a picture is shown itself, of a PDF its first page. 204 where there is nothing to show: another kind, or a page that
/// cannot be drawn.
#[utoipa::path(
    get,
    path = "/api/attachments/{attachment}/preview",
    params(("attachment" = String, Path)),
    responses((status = 200, content((Vec<u8> = "image/png"))), (status = 204, description = "There is nothing to show"), (status = 304, description = "It has not changed"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 503, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn preview(
    State(state): State<AppState>,
    access: PersonAccess,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let file = seen(&state, &access, &id).await?;
    if file.media_type.starts_with("image/") {
        return give(&state, &file, &headers, true, PRIVATE).await;
    }
    if file.media_type != "application/pdf" {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let Some(page) = state.files.preview(&file.sha256, file.size).await? else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    let tag = HeaderValue::try_from(format!("\"{}.1\"", file.sha256)).map_err(|error| ApiError::internal(&error))?;
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == tag);
    let about = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, HeaderValue::from_static(PRIVATE)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("inline")),
        (header::CONTENT_TYPE, HeaderValue::from_static("image/png")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX)),
    ];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    Ok((about, page).into_response())
}
