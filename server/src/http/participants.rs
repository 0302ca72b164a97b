//! `/api/meetings/{meeting}/participants`: who takes part in a meeting, and who sent apologies.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use dagsorden_shared::access::Verb;
use dagsorden_shared::api::{ChangedParticipant, MembersAdded, NewParticipant, ParticipantRow, Problem};
use dagsorden_shared::id::ParticipantId;
use serde::Deserialize;

use super::access::MeetingAccess;
use super::{AppState, body, meetings};
use crate::error::ApiError;
use crate::store::{Act, Stored};

/// What the path names beside the meeting.
#[derive(Debug, Deserialize)]
pub(crate) struct ParticipantPath {
    participant: String,
}

impl ParticipantPath {
    fn id(&self) -> Result<ParticipantId, ApiError> {
        self.participant.parse().map_err(|_| ApiError::not_found("participant"))
    }
}

/// What may stand in the address of a removal.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Seen {
    version: Option<u32>,
}

fn act(access: &MeetingAccess, what: &str, id: &ParticipantId) -> Act {
    access.act(Verb::Write, format!("{what} participant {id}"))
}

/// The people of a meeting, in their order.
#[utoipa::path(get, path = "/api/meetings/{meeting}/participants", params(("meeting" = String, Path)), responses((status = 200, body = Vec<ParticipantRow>), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(State(state): State<AppState>, access: MeetingAccess) -> Result<Json<Vec<ParticipantRow>>, ApiError> {
    meetings::find(&state, &access).await?;
    Ok(Json(state.store.participants(&access.meeting).await?))
}

/// Adds the members of the forum who are not there by name yet; readers are left out.
#[utoipa::path(post, path = "/api/meetings/{meeting}/participants", params(("meeting" = String, Path)), responses((status = 200, body = MembersAdded), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add_members(State(state): State<AppState>, access: MeetingAccess) -> Result<Json<MembersAdded>, ApiError> {
    let act = access.act(Verb::Write, "members as participants");
    let added = state.commands().add_members(act, &access.meeting, &access.place.forum).await?;
    Ok(Json(MembersAdded { added }))
}

/// One of the people of a meeting.
#[utoipa::path(get, path = "/api/meetings/{meeting}/participants/{participant}", params(("meeting" = String, Path), ("participant" = String, Path)), responses((status = 200, body = ParticipantRow), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn read(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(path): Path<ParticipantPath>,
) -> Result<Json<ParticipantRow>, ApiError> {
    meetings::find(&state, &access).await?;
    Ok(Json(state.commands().participant(&access.meeting, &path.id()?).await?))
}

/// Adds someone. The id is the client's; sent twice it happens once (200).
#[utoipa::path(put, path = "/api/meetings/{meeting}/participants/{participant}", params(("meeting" = String, Path), ("participant" = String, Path)), request_body = NewParticipant, responses((status = 201, body = ParticipantRow), (status = 200, body = ParticipantRow), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 409, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn add(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(path): Path<ParticipantPath>,
    body::Json(new): body::Json<NewParticipant>,
) -> Result<impl IntoResponse, ApiError> {
    let id = path.id()?;
    let stored = state.commands().add_participant(act(&access, "add", &id), &access.meeting, id.clone(), new).await?;
    let status = if stored == Stored::New { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(state.commands().participant(&access.meeting, &id).await?)))
}

/// Changes someone, if the version that was seen is still the newest; else `now` in the problem is what stands there.
#[utoipa::path(patch, path = "/api/meetings/{meeting}/participants/{participant}", params(("meeting" = String, Path), ("participant" = String, Path)), request_body = ChangedParticipant, responses((status = 200, body = ParticipantRow), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 412, description = "Changed meanwhile; the problem's `now` is the newer row.", body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn change(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(path): Path<ParticipantPath>,
    body::Json(changed): body::Json<ChangedParticipant>,
) -> Result<Json<ParticipantRow>, ApiError> {
    let id = path.id()?;
    Ok(Json(state.commands().change_participant(act(&access, "change", &id), &access.meeting, id, changed).await?))
}

/// Removes someone; with `version` only if it is still the newest. Adding them again with the same id takes it back.
#[utoipa::path(delete, path = "/api/meetings/{meeting}/participants/{participant}", params(("meeting" = String, Path), ("participant" = String, Path), ("version" = Option<u32>, Query, description = "the version that was seen")), responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 412, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn remove(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(path): Path<ParticipantPath>,
    Query(Seen { version }): Query<Seen>,
) -> Result<StatusCode, ApiError> {
    let id = path.id()?;
    state.commands().remove_participant(act(&access, "remove", &id), &access.meeting, id, version).await?;
    Ok(StatusCode::NO_CONTENT)
}
