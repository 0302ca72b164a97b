//! `/api/documents/{document}/state`: what a page fetches beside itself, so that it can be edited before its socket is open.
//!
//! The same bytes as the relay's first answer, under the same right to read. Knows no yrs: the room encodes.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use dagsorden_shared::api::Problem;
use dagsorden_shared::id::DocumentId;

use super::AppState;
use super::access::DocumentAccess;
use super::compression::COMPRESS;
use crate::error::ApiError;

/// The address of a document's state.
pub(super) fn address(document: &DocumentId) -> String {
    format!("/api/documents/{document}/state")
}

/// The committed state of a document, as one update (yrs v1). What is written later comes over the websocket.
#[utoipa::path(
    get,
    path = "/api/documents/{document}/state",
    params(("document" = String, Path)),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 404, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn read(State(state): State<AppState>, access: DocumentAccess) -> Result<Response, ApiError> {
    let update = state.registry.committed_state(&access.document).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((COMPRESS, headers, update).into_response())
}
