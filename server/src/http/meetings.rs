//! `/api/meetings`: list, create, read, delete, restore, export; and the demo.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use dagsorden_shared::access::Verb;
use dagsorden_shared::agenda::{Agenda, MeetingSnapshot};
use dagsorden_shared::api::{Created, MeetingDetail, MeetingRow, NewMeeting, Problem};
use dagsorden_shared::meeting_json::MeetingJson;
use serde::Deserialize;

use super::access::{MeetingAccess, PersonAccess, wants_page};
use super::{AppState, body, download, forums};
use crate::demo;
use crate::error::ApiError;
use crate::identity::Identity;
use crate::intake::forum_named;
use crate::store::{ForumChoice, MeetingFilter, StoredMeeting};

/// The meetings one may see that are not deleted.
#[utoipa::path(get, path = "/api/meetings", responses((status = 200, body = Vec<MeetingRow>)))]
pub(crate) async fn list(State(state): State<AppState>, access: PersonAccess) -> Result<Json<Vec<MeetingRow>>, ApiError> {
    Ok(Json(rows(&state, &access).await?))
}

/// The meetings in the asker's scope, with how many people are in them now.
pub(crate) async fn rows(state: &AppState, access: &PersonAccess) -> Result<Vec<MeetingRow>, ApiError> {
    let scope = access.rights.scope(&access.identity.actor());
    let mut rows = state.store.meetings(MeetingFilter::default()).await?;
    rows.retain(|row| scope.contains(&row.forum));
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
pub(crate) async fn create(
    State(state): State<AppState>,
    access: PersonAccess,
    body::Json(new): body::Json<NewMeeting>,
) -> Result<Response, ApiError> {
    let NewMeeting { forum, forum_name, title, date, start, end, place } = new;
    let mut meeting = MeetingJson { title, date, start, end, place, ..MeetingJson::default() };
    let forum = match (forum, forum_name) {
        (Some(id), _) => {
            let row = forums::rows(&state, &access).await?.into_iter().find(|row| row.id == id);
            meeting.forum = row.ok_or_else(|| ApiError::not_found("forum"))?.name;
            ForumChoice::Existing(id)
        }
        (None, Some(name)) => forum_named(&name)?,
        (None, None) => return Err(ApiError::invalid("A forum is needed.").detail("Give `forum`, the id of one, or `forum_name`.")),
    };
    store(&state, &access.identity, meeting, Some(forum)).await
}

/// Makes an invented forum with an invented agenda.
#[utoipa::path(post, path = "/api/demo", responses((status = 201, body = Created)))]
pub(crate) async fn create_demo(State(state): State<AppState>, identity: Identity) -> Result<Response, ApiError> {
    store(&state, &identity, demo::meeting(), None).await
}

/// Stores a meeting, and answers what was made.
pub(crate) async fn store(
    state: &AppState,
    who: &Identity,
    meeting: MeetingJson,
    forum: Option<ForumChoice>,
) -> Result<Response, ApiError> {
    let created = state.commands().create_meeting(who, meeting, forum).await?;
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
pub(crate) async fn read(State(state): State<AppState>, access: MeetingAccess) -> Result<Json<MeetingDetail>, ApiError> {
    Ok(Json(find(&state, &access).await?))
}

/// The rows of a meeting that is not deleted.
pub(crate) async fn find(state: &AppState, access: &MeetingAccess) -> Result<MeetingDetail, ApiError> {
    let stored = find_stored(state, access).await?;
    if stored.deleted {
        return Err(ApiError::not_found("meeting"));
    }
    let may = access.allowed().into_iter().map(|verb| verb.as_str().to_owned()).collect();
    Ok(MeetingDetail { may, ..stored.detail })
}

/// The rows of a meeting, deleted or not.
pub(crate) async fn find_stored(state: &AppState, access: &MeetingAccess) -> Result<StoredMeeting, ApiError> {
    state.store.meeting_detail(&access.meeting).await?.ok_or_else(|| ApiError::not_found("meeting"))
}

/// The committed state of a meeting's document, from its room: whoever looks at a meeting will mostly open it next.
pub(crate) async fn snapshot(state: &AppState, access: &MeetingAccess) -> Result<MeetingSnapshot, ApiError> {
    Ok(state.registry.read(&access.place.document, Agenda::snapshot).await?)
}

/// Deletes a meeting for everybody; open pages are told. It can be restored.
#[utoipa::path(
    delete,
    path = "/api/meetings/{meeting}",
    params(("meeting" = String, Path)),
    responses((status = 204), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn delete(State(state): State<AppState>, access: MeetingAccess) -> Result<StatusCode, ApiError> {
    state.commands().delete_meeting(access.act(Verb::DeleteMeeting, ""), &access.meeting).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a deletion back. A meeting that is there stays as it is. Programs get its rows; a form of a page is led to the meeting.
#[utoipa::path(
    post,
    path = "/api/meetings/{meeting}/restore",
    params(("meeting" = String, Path)),
    responses((status = 200, body = MeetingDetail), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn restore(State(state): State<AppState>, access: MeetingAccess, headers: HeaderMap) -> Result<Response, ApiError> {
    let stored = find_stored(&state, &access).await?;
    if stored.deleted {
        state.commands().restore_meeting(access.act(Verb::DeleteMeeting, ""), &access.meeting).await?;
    }
    Ok(if wants_page(&headers) {
        Redirect::to(&format!("/m/{}", stored.detail.id)).into_response()
    } else {
        Json(stored.detail).into_response()
    })
}

/// What may stand in the address of an export.
#[derive(Debug, Deserialize)]
pub(crate) struct ExportParameters {
    format: Option<String>,
    lang: Option<String>,
}

/// The committed meeting as a file. The paper's own words are Danish unless `lang=en` is asked for, whatever the reader's page is in.
#[utoipa::path(
    get,
    path = "/api/meetings/{meeting}/export",
    params(
        ("meeting" = String, Path),
        ("format" = String, Query, description = "`json`, `pdf`, `docx`, `html`, `md`, `txt` or `ics`"),
        ("lang" = Option<String>, Query, description = "`da` (the default) or `en`: language of labels such as the time's")
    ),
    responses(
        (
            status = 200,
            content(
                (MeetingJson = "application/json"),
                (Vec<u8> = "application/pdf"),
                (Vec<u8> = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
                (String = "text/html"),
                (String = "text/markdown"),
                (String = "text/plain"),
                (String = "text/calendar")
            )
        ),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "The meeting has no date, and `ics` was asked for")
    )
)]
pub(crate) async fn export_file(
    State(state): State<AppState>,
    access: MeetingAccess,
    Query(parameters): Query<ExportParameters>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let format = download::format(parameters.format.as_deref())?;
    let rows = find(&state, &access).await?;
    let snapshot = snapshot(&state, &access).await?;
    download::answer(format, &snapshot, &rows, parameters.lang.as_deref(), &headers).await
}
