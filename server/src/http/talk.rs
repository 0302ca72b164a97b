//! `/api/meetings/{meeting}/talk`, `…/threads` and `…/comments`: what people say beside the text.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use dagsorden_shared::access::Verb;
use dagsorden_shared::api::Problem;
use dagsorden_shared::talk::{ChangedComment, MovedAnchor, NewComment, NewThread, ReadThreads, Talk, ThreadState};
use serde::Deserialize;

use super::access::MeetingAccess;
use super::{AppState, body};
use crate::command::talk::Saying;
use crate::error::ApiError;
use crate::store::Stored;

/// What may stand in the address.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Since {
    since: Option<String>,
}

/// Which thread the address names.
#[derive(Debug, Deserialize)]
pub(crate) struct ThreadPath {
    thread: String,
}

/// Which comment of which thread the address names.
#[derive(Debug, Deserialize)]
pub(crate) struct CommentPath {
    thread: String,
    comment: String,
}

/// Which comment the address names.
#[derive(Debug, Deserialize)]
pub(crate) struct LoneCommentPath {
    comment: String,
}

impl MeetingAccess {
    pub(super) fn saying(&self, verb: Verb, object: &str) -> Saying {
        Saying { act: self.act(verb, object), meeting: self.meeting.clone(), place: self.place.clone() }
    }
}

/// An id of the address. What cannot be one is not there.
pub(super) fn id<T: std::str::FromStr>(text: &str, what: &str) -> Result<T, ApiError> {
    text.parse().map_err(|_| ApiError::not_found(what))
}

pub(super) fn created(stored: Stored) -> StatusCode {
    match stored {
        Stored::New => StatusCode::CREATED,
        Stored::Before => StatusCode::OK,
    }
}

/// What a cursor is good for: one person in one meeting.
fn cursor_place(access: &MeetingAccess) -> String {
    format!("{} {}", access.identity.user.as_str(), access.meeting)
}

/// What was said, or what is new since a cursor of an earlier answer. A cursor that is not good for the asker any more gets everything.
#[utoipa::path(
    get,
    path = "/api/meetings/{meeting}/talk",
    params(("meeting" = String, Path), ("since" = Option<String>, Query, description = "the `cursor` of an earlier answer")),
    responses((status = 200, body = Talk), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn read(
    State(state): State<AppState>,
    access: MeetingAccess,
    Query(Since { since }): Query<Since>,
) -> Result<Json<Talk>, ApiError> {
    let user = access.identity.user.as_str();
    let place = cursor_place(&access);
    let since = since.and_then(|cursor| state.identities.open_number(&cursor, &place)).unwrap_or(0);
    let (mut talk, seq) = state.store.talk(access.meeting.clone(), user.to_owned(), since).await?;
    talk.cursor = state.identities.seal_number(seq, &place);
    Ok(Json(talk))
}

/// Begins a thread with its first comment. The ids are the client's; sent twice it happens once (200).
#[utoipa::path(
    put,
    path = "/api/meetings/{meeting}/threads/{thread}",
    params(("meeting" = String, Path), ("thread" = String, Path)),
    request_body = NewThread,
    responses((status = 201), (status = 200), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 409, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn begin(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<ThreadPath>,
    body::Json(new): body::Json<NewThread>,
) -> Result<StatusCode, ApiError> {
    let saying = access.saying(Verb::Comment, &place.thread);
    Ok(created(state.commands().begin_thread(saying, id(&place.thread, "thread")?, new).await?))
}

/// Adds a comment to a thread.
#[utoipa::path(
    put,
    path = "/api/meetings/{meeting}/threads/{thread}/comments/{comment}",
    params(("meeting" = String, Path), ("thread" = String, Path), ("comment" = String, Path)),
    request_body = NewComment,
    responses((status = 201), (status = 200), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 409, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn reply(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<CommentPath>,
    body::Json(new): body::Json<NewComment>,
) -> Result<StatusCode, ApiError> {
    let saying = access.saying(Verb::Comment, &place.comment);
    Ok(created(state.commands().reply(saying, id(&place.thread, "thread")?, id(&place.comment, "comment")?, new).await?))
}

/// Resolves a thread, or opens it again.
#[utoipa::path(
    put,
    path = "/api/meetings/{meeting}/threads/{thread}/state",
    params(("meeting" = String, Path), ("thread" = String, Path)),
    request_body = ThreadState,
    responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn resolve(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<ThreadPath>,
    body::Json(ThreadState { resolved }): body::Json<ThreadState>,
) -> Result<StatusCode, ApiError> {
    state.commands().resolve(access.saying(Verb::Comment, &place.thread), id(&place.thread, "thread")?, resolved).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says where a thread's words are now.
#[utoipa::path(
    put,
    path = "/api/meetings/{meeting}/threads/{thread}/anchor",
    params(("meeting" = String, Path), ("thread" = String, Path)),
    request_body = MovedAnchor,
    responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 409, body = Problem, content_type = "application/problem+json"), (status = 412, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn move_anchor(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<ThreadPath>,
    body::Json(moved): body::Json<MovedAnchor>,
) -> Result<StatusCode, ApiError> {
    state.commands().move_anchor(access.saying(Verb::Comment, &place.thread), id(&place.thread, "thread")?, moved).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a comment of one's own another text.
#[utoipa::path(
    patch,
    path = "/api/meetings/{meeting}/comments/{comment}",
    params(("meeting" = String, Path), ("comment" = String, Path)),
    request_body = ChangedComment,
    responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 412, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn change(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<LoneCommentPath>,
    body::Json(changed): body::Json<ChangedComment>,
) -> Result<StatusCode, ApiError> {
    state.commands().change_comment(access.saying(Verb::Comment, &place.comment), id(&place.comment, "comment")?, changed).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes a comment of one's own.
#[utoipa::path(
    delete,
    path = "/api/meetings/{meeting}/comments/{comment}",
    params(("meeting" = String, Path), ("comment" = String, Path)),
    responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn delete(
    State(state): State<AppState>,
    access: MeetingAccess,
    Path(place): Path<LoneCommentPath>,
) -> Result<StatusCode, ApiError> {
    state.commands().delete_comment(access.saying(Verb::Comment, &place.comment), id(&place.comment, "comment")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Notes that the asker has read these threads. Others never see what one has read.
#[utoipa::path(
    post,
    path = "/api/meetings/{meeting}/read",
    params(("meeting" = String, Path)),
    request_body = ReadThreads,
    responses((status = 204), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn mark_read(
    State(state): State<AppState>,
    access: MeetingAccess,
    body::Json(ReadThreads { threads, cursor }): body::Json<ReadThreads>,
) -> Result<StatusCode, ApiError> {
    let user = access.identity.user.as_str();
    // A cursor that is not good any more has shown nothing.
    let until = cursor.map(|cursor| state.identities.open_number(&cursor, &cursor_place(&access)).unwrap_or(0));
    state.store.mark_read(user.to_owned(), access.meeting.clone(), threads, until).await?;
    Ok(StatusCode::NO_CONTENT)
}
