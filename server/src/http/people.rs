//! `/forum/{forum}/medlemmer` and `/api/forums/{forum}/members`: who is in a forum, with which role, and inviting more.

mod view;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use dagsorden_shared::access::{Role, Verb};
use dagsorden_shared::api::Problem;
use dagsorden_shared::id::{AccountId, ForumId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::access::ForumAccess;
use super::form::Form;
use super::page::Reader;
use super::{AppState, body, forum, served};
use crate::command::people::Reading;
use crate::error::ApiError;
use crate::store::Member;

use view::{Draft, Shown};

/// A member of a forum.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct MemberRow {
    /// The account.
    #[schema(value_type = String)]
    account: AccountId,
    /// As others see them.
    name: String,
    /// Municipality or other body; may be empty.
    organisation: String,
    /// Hue of the organisation, 1 to 24; 0 if there is none.
    hue: u8,
    /// What they are; may be empty.
    title: String,
    /// Their role.
    role: Role,
    /// `invited`, `active` or `disabled`.
    state: String,
    /// Where mail goes; only for those who may invite.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

/// What the path of one member names beside the forum.
#[derive(Debug, Deserialize)]
pub(crate) struct MemberPath {
    account: String,
}

/// Body of `PUT …/members/{account}`.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct NewRole {
    role: Role,
}

/// Body of `POST …/members`: people, one a line, and their role.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct NewMembers {
    /// Such as `Bo Lind, konsulent (Havnsted), bo@havnsted.example`.
    lines: String,
    role: Role,
    /// `hash` of what was read before, to be sure that nothing has changed since.
    #[serde(default)]
    seen_hash: Option<String>,
}

/// How a list is read.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ReadMembers {
    lines: Vec<ReadLine>,
    /// Send it as `seen_hash`.
    hash: String,
}

/// One line of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ReadLine {
    /// As it was sent.
    line: String,
    /// `new`, `known`, `member`, `disabled` or `problem`.
    result: &'static str,
    /// Why it cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// How many were invited.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Invited {
    invited: usize,
}

/// The members of a forum by organisation.
#[utoipa::path(get, path = "/api/forums/{forum}/members", params(("forum" = String, Path)), responses((status = 200, body = Vec<MemberRow>), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn list(State(state): State<AppState>, access: ForumAccess) -> Result<Json<Vec<MemberRow>>, ApiError> {
    let manages = may_manage(&state, &access);
    let rows = state.store.members(access.forum.clone()).await?.into_iter().map(|member| {
        let Member { account, person, title, email, state, role, .. } = member;
        let email = manages.then_some(email);
        MemberRow { account, name: person.name, organisation: person.organisation, hue: person.hue, title, role, state, email }
    });
    Ok(Json(rows.collect()))
}

/// Gives a member another role.
#[utoipa::path(put, path = "/api/forums/{forum}/members/{account}", params(("forum" = String, Path), ("account" = String, Path)), request_body = NewRole, responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 409, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn set_role(
    State(state): State<AppState>,
    access: ForumAccess,
    Path(path): Path<MemberPath>,
    body::Json(new): body::Json<NewRole>,
) -> Result<StatusCode, ApiError> {
    change(&state, &access, &path.account, Some(new.role)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a membership.
#[utoipa::path(delete, path = "/api/forums/{forum}/members/{account}", params(("forum" = String, Path), ("account" = String, Path)), responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 409, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn end(State(state): State<AppState>, access: ForumAccess, Path(path): Path<MemberPath>) -> Result<StatusCode, ApiError> {
    change(&state, &access, &path.account, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reads a list of people, and stores nothing.
#[utoipa::path(post, path = "/api/forums/{forum}/members/preview", params(("forum" = String, Path)), request_body = NewMembers, responses((status = 200, body = ReadMembers), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn preview(
    State(state): State<AppState>,
    access: ForumAccess,
    body::Json(new): body::Json<NewMembers>,
) -> Result<Json<ReadMembers>, ApiError> {
    let readings = state.commands().read_list(&access.forum, &new.lines).await?;
    let hash = hash(&readings, new.role);
    let lines = readings.into_iter().map(|(line, reading)| {
        let (result, problem) = match reading {
            Reading::New(_) => ("new", None),
            Reading::Known(_) => ("known", None),
            Reading::Member(_) => ("member", None),
            Reading::Disabled(_) => ("disabled", None),
            Reading::Doubt(doubt) => ("problem", Some(doubt.to_string())),
        };
        ReadLine { line, result, problem }
    });
    Ok(Json(ReadMembers { lines: lines.collect(), hash }))
}

/// Invites the people of a list; those who have an account get a mail. Lines that cannot be used are left out: `preview` names them.
#[utoipa::path(post, path = "/api/forums/{forum}/members", params(("forum" = String, Path)), request_body = NewMembers, responses((status = 201, body = Invited), (status = 403, body = Problem, content_type = "application/problem+json"), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 409, body = Problem, content_type = "application/problem+json")))]
pub(crate) async fn invite(
    State(state): State<AppState>,
    access: ForumAccess,
    body::Json(new): body::Json<NewMembers>,
) -> Result<impl IntoResponse, ApiError> {
    let readings = state.commands().read_list(&access.forum, &new.lines).await?;
    if new.seen_hash.is_some_and(|seen| seen != hash(&readings, new.role)) {
        return Err(ApiError::conflict("conflict", "The list is read another way than when it was looked at."));
    }
    let readings = readings.into_iter().map(|(_, reading)| reading).collect();
    let language = dagsorden_shared::catalogue::Language::default();
    let invited = state.commands().invite(&access.identity, &state.site, &access.forum, readings, new.role, language).await?;
    Ok((StatusCode::CREATED, Json(Invited { invited })))
}

fn may_manage(state: &AppState, access: &ForumAccess) -> bool {
    state.store.rights_now().judge_forum(&access.identity.actor(), &access.forum, Verb::ManageMembers).is_yes()
}

async fn change(state: &AppState, access: &ForumAccess, account: &str, role: Option<Role>) -> Result<(), ApiError> {
    let account: AccountId = account.parse().map_err(|_| ApiError::not_found("member"))?;
    state.commands().set_role(&access.identity, &access.forum, account, role).await
}

/// What was shown, so that what is confirmed is the same.
fn hash(readings: &[(String, Reading)], role: Role) -> String {
    let digest = Sha256::digest(format!("{readings:?} {}", role.as_str()));
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// What may stand in the address of the page.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asking {
    person: Option<String>,
    gjort: Option<String>,
    antal: Option<u32>,
}

/// `/forum/{forum}/medlemmer`
pub(crate) async fn page(
    State(state): State<AppState>,
    access: ForumAccess,
    Query(asking): Query<Asking>,
    reader: Reader,
) -> Result<Response, ApiError> {
    show(&state, &access, &reader, &asking, None, None).await
}

async fn show(
    state: &AppState,
    access: &ForumAccess,
    reader: &Reader,
    asking: &Asking,
    draft: Option<Draft>,
    problem: Option<String>,
) -> Result<Response, ApiError> {
    let of = forum::Shown::of(state, access).await?;
    let members = state.store.members(access.forum.clone()).await?;
    let rights = state.store.rights_now();
    let t = &served::texts(reader).people;
    let done = match asking.gjort.as_deref() {
        Some("rolle") => Some(t.changed.to_owned()),
        Some("slut") => Some(t.membership_ended.to_owned()),
        Some("igen") => Some(t.sent_again.to_owned()),
        Some("svaret") => Some(t.answered.to_owned()),
        Some("inviteret") => Some((t.sent)(asking.antal.unwrap_or_default())),
        _ => None,
    };
    let shown = Shown {
        of,
        members: &members,
        manages: may_manage(state, access) && !rights.is_open(),
        open: rights.is_open(),
        person: asking.person.as_deref(),
        draft,
        done,
        problem,
        now: jiff::Timestamp::now().as_millisecond(),
    };
    Ok(served::answer(reader, view::people(reader, &shown)))
}

fn address(forum: &ForumId, rest: &str) -> String {
    format!("/forum/{forum}/medlemmer{rest}")
}

fn back(forum: &ForumId, rest: &str) -> Response {
    Redirect::to(&address(forum, rest)).into_response()
}

/// The page again, with what a command refused.
async fn refused(state: &AppState, access: &ForumAccess, reader: &Reader, account: &str, error: ApiError) -> Result<Response, ApiError> {
    let t = &served::texts(reader).people;
    let problem = match error.code() {
        "last_secretariat" => t.last_secretariat,
        "not_upwards" => t.not_upwards,
        _ => return Err(error),
    };
    let asking = Asking { person: Some(account.to_owned()), ..Asking::default() };
    show(state, access, reader, &asking, None, Some(problem.to_owned())).await
}

/// Changes a role by the page's form.
pub(crate) async fn role_form(
    State(state): State<AppState>,
    access: ForumAccess,
    reader: Reader,
    form: Form,
) -> Result<Response, ApiError> {
    let account = form.line("account")?;
    let role = Role::parse(&form.line("role")?).ok_or_else(|| ApiError::invalid("There is no such role."))?;
    match change(&state, &access, &account, Some(role)).await {
        Ok(()) => Ok(back(&access.forum, &format!("?person={account}&gjort=rolle"))),
        Err(error) => refused(&state, &access, &reader, &account, error).await,
    }
}

/// Ends a membership by the page's form.
pub(crate) async fn end_form(State(state): State<AppState>, access: ForumAccess, reader: Reader, form: Form) -> Result<Response, ApiError> {
    let account = form.line("account")?;
    match change(&state, &access, &account, None).await {
        Ok(()) => Ok(back(&access.forum, "?gjort=slut")),
        Err(error) => refused(&state, &access, &reader, &account, error).await,
    }
}

/// Sends an invitation again.
pub(crate) async fn again_form(
    State(state): State<AppState>,
    access: ForumAccess,
    reader: Reader,
    form: Form,
) -> Result<Response, ApiError> {
    let account: AccountId = form.line("account")?.parse().map_err(|_| ApiError::not_found("member"))?;
    let language = reader.language;
    let sent = state.commands().invite_again(&access.identity, &state.site, &access.forum, account, language).await?;
    Ok(back(&access.forum, if sent { "?gjort=igen" } else { "?gjort=svaret" }))
}

/// Shows how a list is read, and once that was seen sends the invitations.
pub(crate) async fn invite_form(
    State(state): State<AppState>,
    access: ForumAccess,
    reader: Reader,
    form: Form,
) -> Result<Response, ApiError> {
    let lines = form.text("lines")?.to_owned();
    let role = Role::parse(&form.line("role")?).unwrap_or(Role::Commenter);
    let seen = form.line("seen")?;
    let readings = state.commands().read_list(&access.forum, &lines).await?;
    let now = hash(&readings, role);
    let changed = !seen.is_empty() && seen != now && form.line("edit")?.is_empty();
    if seen == now && form.line("edit")?.is_empty() {
        let readings = readings.into_iter().map(|(_, reading)| reading).collect();
        let invited = state.commands().invite(&access.identity, &state.site, &access.forum, readings, role, reader.language).await?;
        return Ok(back(&access.forum, &format!("?gjort=inviteret&antal={invited}")));
    }
    let problem = changed.then(|| served::texts(&reader).people.list_changed.to_owned());
    let draft = Draft { lines, role, readings, hash: now };
    show(&state, &access, &reader, &Asking::default(), Some(draft), problem).await
}
