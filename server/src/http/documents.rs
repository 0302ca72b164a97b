//! `/api/documents`: who wrote in a document. The text itself is written over the websocket.

use axum::Json;
use axum::extract::State;
use dagsorden_shared::api::{Author, Problem};

use super::AppState;
use super::access::DocumentAccess;
use crate::error::ApiError;
use crate::gate::UserKey;
use crate::identity::Identity;

/// Whose the client ids in a document's history are. A person who never said their name is a guest; text that the meeting was made with is
/// nobody's.
#[utoipa::path(
    get,
    path = "/api/documents/{document}/authors",
    params(("document" = String, Path)),
    responses((status = 200, body = Vec<Author>), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn authors(State(state): State<AppState>, access: DocumentAccess) -> Result<Json<Vec<Author>>, ApiError> {
    let DocumentAccess { document, meeting } = access;
    if meeting.place.deleted {
        return Err(ApiError::not_found("document"));
    }
    let rows = state.store.authors(&document).await?.into_iter();
    Ok(Json(
        rows.map(|(client, user, person)| Author {
            client,
            person: person.unwrap_or_else(|| Identity::unnamed(UserKey::new(user)).person),
        })
        .collect(),
    ))
}
