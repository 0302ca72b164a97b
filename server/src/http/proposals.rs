//! `/api/meetings/{meeting}/proposals/{proposal}`: changed wording, proposed, decided and taken back.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use dagsorden_shared::access::Verb;
use dagsorden_shared::api::Problem;
use dagsorden_shared::proposal::{NewDecision, NewProposal, NewSupport};
use serde::Deserialize;

use super::access::MeetingAccess;
use super::talk::{created, id};
use super::{AppState, body};
use crate::error::ApiError;

/// Which proposal the address names.
#[derive(Debug, Deserialize)]
pub(crate) struct ProposalPath {
    proposal: String,
}

/// Which decision the address names.
#[derive(Debug, Deserialize)]
pub(crate) struct DecisionPath {
    proposal: String,
    decision: String,
}

/// Proposes another wording of a title or section. The id is the client's; sent twice it happens once (200). `base` is the text as it was when the
/// writing began: if it has changed since, the parts are found in the text as it is now.
#[utoipa::path(
    put,
    path = "/api/meetings/{meeting}/proposals/{proposal}",
    params(("meeting" = String, Path), ("proposal" = String, Path)),
    request_body = NewProposal,
    responses((status = 201), (status = 200), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 409, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn propose(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<ProposalPath>,
    body::Json(new): body::Json<NewProposal>,
) -> Result<StatusCode, ApiError> {
    let saying = access.saying(Verb::Propose, &place.proposal);
    Ok(created(state.commands().propose(saying, id(&place.proposal, "proposal")?, new).await?))
}

/// Takes and refuses parts of a proposal; those that are taken are written into the text. Where the words of a part have changed the answer is 409 with
/// `conflicts`: the words that stand there, and the hash to send as `seen` once a person has decided.
#[utoipa::path(
    post,
    path = "/api/meetings/{meeting}/proposals/{proposal}/decisions",
    params(("meeting" = String, Path), ("proposal" = String, Path)),
    request_body = NewDecision,
    responses((status = 201), (status = 200), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 409, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn decide(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<ProposalPath>,
    body::Json(decision): body::Json<NewDecision>,
) -> Result<StatusCode, ApiError> {
    let saying = access.saying(Verb::Write, &place.proposal);
    Ok(created(state.commands().decide(saying, id(&place.proposal, "proposal")?, decision).await?))
}

/// Takes a decision back, with what it wrote.
#[utoipa::path(
    post,
    path = "/api/meetings/{meeting}/proposals/{proposal}/decisions/{decision}/revoke",
    params(("meeting" = String, Path), ("proposal" = String, Path), ("decision" = String, Path)),
    responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 409, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn revoke(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<DecisionPath>,
) -> Result<StatusCode, ApiError> {
    let saying = access.saying(Verb::Write, &place.decision);
    state.commands().revoke(saying, id(&place.proposal, "proposal")?, id(&place.decision, "decision")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a proposal of one's own back. Parts that were taken stay in the text.
#[utoipa::path(
    delete,
    path = "/api/meetings/{meeting}/proposals/{proposal}",
    params(("meeting" = String, Path), ("proposal" = String, Path)),
    responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn withdraw(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<ProposalPath>,
) -> Result<StatusCode, ApiError> {
    state.commands().withdraw_proposal(access.saying(Verb::Propose, &place.proposal), id(&place.proposal, "proposal")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says what the asker's organisation thinks of a proposal: one row for each organisation, written over the version that was seen.
#[utoipa::path(
    put,
    path = "/api/meetings/{meeting}/proposals/{proposal}/support",
    params(("meeting" = String, Path), ("proposal" = String, Path)),
    request_body = NewSupport,
    responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 409, body = Problem, content_type = "application/problem+json"), (status = 412, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn support(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<ProposalPath>,
    body::Json(new): body::Json<NewSupport>,
) -> Result<StatusCode, ApiError> {
    state.commands().support_proposal(access.saying(Verb::Comment, &place.proposal), id(&place.proposal, "proposal")?, new).await?;
    Ok(StatusCode::NO_CONTENT)
}
