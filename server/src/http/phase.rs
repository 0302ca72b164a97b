//! `/api/meetings/{meeting}/phase`, `versions`, `changes`, `checks`, `publication`.

use axum::Json;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use dagsorden_shared::access::{Phase, Verb};
use dagsorden_shared::api::{Changes, Check, PhaseChange, PhaseChanged, Problem, Publication, VersionDetail, VersionRow};
use dagsorden_shared::id::MeetingId;
use serde::Deserialize;

use super::access::{MeetingAccess, wants_page};
use super::{AppState, body};
use crate::changes::changes as differences;
use crate::checks::{Decided, Step, checks as look};
use crate::error::ApiError;
use crate::store::StoredVersion;
use crate::version::Version;

/// Leads a meeting into another phase. The same request again is answered as the first. Programs get JSON; a form of a page is led on.
#[utoipa::path(
    post,
    path = "/api/meetings/{meeting}/phase",
    params(("meeting" = String, Path)),
    request_body = PhaseChange,
    responses((status = 200, body = PhaseChanged), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 409, description = "Something else stands there than `seen_hash`; the problem's `hash` is its hash.", body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn change(State(state): State<AppState>, access: MeetingAccess, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let bytes = body::read(&parts.headers, body, body::SMALL).await?;
    let is_form = body::media_type(&parts.headers) == "application/x-www-form-urlencoded";
    let change: PhaseChange = if is_form { body::form(&bytes)? } else { body::json(&bytes)? };
    let to = change.to;
    let changed = state.commands().change_phase(&access.identity, &state.site, &access.meeting, &access.place, change).await;
    if !(is_form && wants_page(&parts.headers)) {
        return Ok(Json(changed?).into_response());
    }
    let page = match changed {
        Ok(_) => format!("/m/{}", access.meeting),
        // The page is shown again, with what stands there now.
        Err(error) if error.code() == "stale" => format!("/m/{}/fase?til={}&aendret=1", access.meeting, to.as_str()),
        Err(error) => return Ok(super::page::refusal(&state, &parts.headers, error)),
    };
    Ok(Redirect::to(&page).into_response())
}

/// The stored versions, the newest first.
#[utoipa::path(
    get,
    path = "/api/meetings/{meeting}/versions",
    params(("meeting" = String, Path)),
    responses((status = 200, body = Vec<VersionRow>), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn versions(State(state): State<AppState>, access: MeetingAccess) -> Result<Json<Vec<VersionRow>>, ApiError> {
    Ok(Json(state.store.versions(&access.meeting).await?))
}

/// A stored version with its text.
#[utoipa::path(
    get,
    path = "/api/meetings/{meeting}/versions/{version}",
    params(("meeting" = String, Path), ("version" = u32, Path)),
    responses((status = 200, body = VersionDetail), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn version(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(names): Path<(String, String)>,
) -> Result<Json<VersionDetail>, ApiError> {
    let number = names.1.parse().map_err(|_| ApiError::not_found("version"))?;
    let (stored, version) = stored(&state, &access.meeting, number).await?;
    let items = version.items.iter().map(|item| item.id.clone()).collect();
    Ok(Json(VersionDetail { row: stored.row, items, meeting: version.to_json() }))
}

/// A stored version and its tree.
pub(crate) async fn stored(state: &AppState, meeting: &MeetingId, number: u32) -> Result<(StoredVersion, Version), ApiError> {
    let stored = state.store.version(meeting, number).await?.ok_or_else(|| ApiError::not_found("version"))?;
    let version = Version::read(&stored.text).map_err(|error| ApiError::damaged(&error))?;
    Ok((stored, version))
}

/// What may stand in the address of changes.
#[derive(Debug, Deserialize)]
pub(crate) struct Since {
    since: Option<u32>,
}

/// What is different now from a version: from the last that was sent out, if none is named.
#[utoipa::path(
    get,
    path = "/api/meetings/{meeting}/changes",
    params(("meeting" = String, Path), ("since" = Option<u32>, Query, description = "The number of a version.")),
    responses((status = 200, body = Changes), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn changes(
    State(state): State<AppState>,
    access: MeetingAccess,
    Query(Since { since }): Query<Since>,
) -> Result<Json<Changes>, ApiError> {
    changes_since(&state, &access, since).await.map(Json)
}

/// The same for a page.
pub(crate) async fn changes_since(state: &AppState, access: &MeetingAccess, since: Option<u32>) -> Result<Changes, ApiError> {
    let since = match since {
        Some(since) => since,
        None => {
            let versions = state.store.versions(&access.meeting).await?;
            let sent = versions.iter().find(|row| row.phase == Phase::SentOut).or(versions.first());
            sent.ok_or_else(|| ApiError::not_found("version"))?.number
        }
    };
    let (_, old) = stored(state, &access.meeting, since).await?;
    let (new, _) = state.commands().version_now(&access.meeting, &access.place.document).await?;
    Ok(differences(since, &old, &new))
}

/// What may stand in the address of checks.
#[derive(Debug, Deserialize)]
pub(crate) struct To {
    to: Option<String>,
}

/// What to look at before the next step. Nothing is corrected.
#[utoipa::path(
    get,
    path = "/api/meetings/{meeting}/checks",
    params(("meeting" = String, Path), ("to" = String, Query, description = "A phase, or `published`.")),
    responses((status = 200, body = Vec<Check>), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn checks(
    State(state): State<AppState>,
    access: MeetingAccess,
    Query(To { to }): Query<To>,
) -> Result<Json<Vec<Check>>, ApiError> {
    let step = to.as_deref().and_then(Step::parse).ok_or_else(|| {
        ApiError::invalid("There is no such step.").detail("`to` is draft, sent_out, in_session, in_review, approved or published.")
    })?;
    let (version, _) = state.commands().version_now(&access.meeting, &access.place.document).await?;
    let decided = match step {
        Step::To(_) => state.commands().decided(&access.meeting, &access.place.document).await?,
        // The public reads the text alone.
        Step::Publication => Decided::new(),
    };
    Ok(Json(look(&version, step, &decided)))
}

/// What a form says of a publication.
#[derive(Debug, Default, Deserialize)]
struct PublicationForm {
    #[serde(default)]
    withdraw: bool,
}

/// Makes the newest approved version public. Programs get JSON; a form of a page is led on, and may take the publication back by `withdraw=true`.
#[utoipa::path(
    post,
    path = "/api/meetings/{meeting}/publication",
    params(("meeting" = String, Path)),
    responses((status = 200, body = Publication), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 409, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn publish(State(state): State<AppState>, access: MeetingAccess, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let bytes = body::read(&parts.headers, body, body::SMALL).await?;
    let is_form = body::media_type(&parts.headers) == "application/x-www-form-urlencoded";
    let form: PublicationForm = if is_form { body::form(&bytes)? } else { PublicationForm::default() };
    let act = access.act(Verb::Publish, "");
    if form.withdraw {
        state.commands().withdraw(act, &access.meeting).await?;
        return Ok(Redirect::to(&format!("/m/{}/offentlig", access.meeting)).into_response());
    }
    let published = state.commands().publish(act, &access.meeting, &access.place.forum).await;
    if !(is_form && wants_page(&parts.headers)) {
        return Ok(Json(published?).into_response());
    }
    Ok(match published {
        Ok(publication) => Redirect::to(&publication.address).into_response(),
        Err(error) => super::page::refusal(&state, &parts.headers, error),
    })
}

/// Takes what is public of a meeting back: its page is gone with the next request.
#[utoipa::path(
    delete,
    path = "/api/meetings/{meeting}/publication",
    params(("meeting" = String, Path)),
    responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn withdraw(State(state): State<AppState>, access: MeetingAccess) -> Result<StatusCode, ApiError> {
    state.commands().withdraw(access.act(Verb::Publish, ""), &access.meeting).await?;
    Ok(StatusCode::NO_CONTENT)
}
