//! `/api/meetings`: list, create, read, delete, restore, export; and the demo.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use dagsorden_shared::access::{Phase, Verb};
use dagsorden_shared::agenda::MeetingSnapshot;
use dagsorden_shared::api::{Created, ItemRow, MeetingDetail, MeetingRow, MeetingState, NewMeeting, Problem};
use dagsorden_shared::attachment;
use dagsorden_shared::catalogue::steps::Steps;
use dagsorden_shared::catalogue::{Catalogue, Language};
use dagsorden_shared::date;
use dagsorden_shared::id::{ForumId, MeetingId};
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, MarkJson, MeetingJson, SectionJson, SectionKind};
use dagsorden_shared::richtext::delta::utf16_len;
use serde::Deserialize;

use super::access::{MeetingAccess, PersonAccess, demand, wants_page};
use super::{AppState, body, download, forums, guard};
use crate::command::template::Start;
use crate::error::ApiError;
use crate::identity::Identity;
use crate::intake::forum_named;
use crate::rights::MeetingPlace;
use crate::store::{ForumChoice, MeetingFilter, StoredMeeting};
use crate::version::ItemText;

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

/// Makes a meeting: with the standing items of its forum, with the items of a former meeting, or without any.
#[utoipa::path(
    post,
    path = "/api/meetings",
    request_body = NewMeeting,
    responses((status = 201, body = Created), (status = 404, body = Problem, content_type = "application/problem+json"), (status = 422, body = Problem, content_type = "application/problem+json"), (status = 429, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn create(
    State(state): State<AppState>,
    access: PersonAccess,
    headers: HeaderMap,
    body::Json(new): body::Json<NewMeeting>,
) -> Result<Response, ApiError> {
    let created = begin(&state, &access, &headers, new).await?;
    answer(created)
}

/// Makes a meeting of what was asked for, and answers what was made.
pub(crate) async fn begin(state: &AppState, access: &PersonAccess, headers: &HeaderMap, new: NewMeeting) -> Result<Created, ApiError> {
    let NewMeeting { forum, forum_name, title, date, start, end, place, without_template, copy_of, with_text } = new;
    let mut meeting = MeetingJson { title, date, start, end, place, ..MeetingJson::default() };
    let known = forums::rows(state, access).await?;
    let (forum, known) = match (forum, forum_name) {
        (Some(id), _) => {
            known.iter().find(|row| row.id == id).ok_or_else(|| ApiError::not_found("forum"))?;
            (ForumChoice::Existing(id.clone()), Some(id))
        }
        (None, Some(name)) => {
            let choice = forum_named(&name)?;
            let known = known.into_iter().find(|row| matches!(&choice, ForumChoice::Named { name, .. } if *name == row.name));
            (choice, known.map(|row| row.id))
        }
        (None, None) => return Err(ApiError::invalid("A forum is needed.").detail("Give `forum`, the id of one, or `forum_name`.")),
    };
    let copy_of = copy_of.map(|former| to_copy(access, former, known.as_ref())).transpose()?;
    if let Some(forum) = known {
        meeting.items.extend(approval_of_minutes(state, &forum, headers).await?);
        state.commands().begin_meeting(&mut meeting, &forum, Start { copy_of, with_text, without_template }).await?;
    }
    state.commands().create_meeting(&access.identity, meeting, Some(forum)).await
}

/// A former meeting of the forum that the asker may see.
fn to_copy(access: &PersonAccess, meeting: MeetingId, forum: Option<&ForumId>) -> Result<(MeetingId, MeetingPlace), ApiError> {
    let missing = || ApiError::not_found("meeting to copy");
    demand(access.rights.judge_meeting(&access.identity.actor(), &meeting, Verb::SeeMeeting), missing)?;
    let place = access.rights.meetings.meetings.get(&meeting).filter(|place| Some(&place.forum) == forum).cloned();
    place.map(|place| (meeting, place)).ok_or_else(missing)
}

/// The first item of a forum's next meeting: the minutes of the last one, if they are written, with a link to them.
async fn approval_of_minutes(state: &AppState, forum: &ForumId, headers: &HeaderMap) -> Result<Option<ItemJson>, ApiError> {
    let Some((meeting, date)) = state.store.minutes_to_approve(forum).await? else { return Ok(None) };
    // In the language of the papers.
    let texts = Steps::of(Language::Da);
    let date = date.map(|date| date::long(&date, Catalogue::of(Language::Da)));
    let [before, what, behind] = (texts.approve_text)(date.as_deref());
    let start = utf16_len(&before);
    // A paper outlives the address it was written under: the public one, if there is one.
    let path = format!("/m/{meeting}");
    let link = Some(match (state.site.public_host(), guard::host(headers, &axum::http::Uri::default())) {
        (None, Some(host)) => format!("http://{host}{path}"),
        _ => state.site.url(&path),
    });
    let mark = MarkJson { start, end: start + utf16_len(&what), link, ..MarkJson::default() };
    let block = BlockJson::Paragraph { text: format!("{before}{what}{behind}"), marks: vec![mark], level: 0 };
    let section = |kind, blocks| SectionJson {
        heading: Some(Catalogue::of(Language::Da).section_kind(kind).to_owned()),
        kind,
        blocks,
        ..SectionJson::default()
    };
    let sections = vec![section(SectionKind::Recommendation, vec![block]), section(SectionKind::Decision, Vec::new())];
    Ok(Some(ItemJson { title: texts.approve_item.to_owned(), sections, ..ItemJson::default() }))
}

/// Makes an invented forum with an invented agenda; in open mode with what is said of it and an approved meeting before it.
#[utoipa::path(post, path = "/api/demo", responses((status = 201, body = Created)))]
pub(crate) async fn create_demo(State(state): State<AppState>, identity: Identity) -> Result<Response, ApiError> {
    answer(state.commands().create_demo(&identity, &state.site).await?)
}

/// Stores a meeting, and answers what was made.
pub(crate) async fn store(
    state: &AppState,
    who: &Identity,
    meeting: MeetingJson,
    forum: Option<ForumChoice>,
) -> Result<Response, ApiError> {
    answer(state.commands().create_meeting(who, meeting, forum).await?)
}

fn answer(created: Created) -> Result<Response, ApiError> {
    let page = HeaderValue::try_from(format!("/m/{}", created.meeting)).map_err(|error| ApiError::internal(&error))?;
    Ok((StatusCode::CREATED, [(header::LOCATION, page)], Json(created)).into_response())
}

/// A meeting: its documents, participants, attachments and items, its newest version and the hash of what stands now.
#[utoipa::path(
    get,
    path = "/api/meetings/{meeting}",
    params(("meeting" = String, Path)),
    responses((status = 200, body = MeetingState), (status = 404, body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn read(State(state): State<AppState>, access: MeetingAccess) -> Result<Json<MeetingState>, ApiError> {
    let mut detail = find(&state, &access).await?;
    let newest = state.store.newest_version(&access.meeting).await?;
    let (now, text) = state.commands().version_now(&access.meeting, &access.place.document).await?;
    attachment::number(&mut detail.attachments, now.items.iter().map(|item| (&item.id, item.item.number.as_deref().unwrap_or_default())));
    // What was approved does not change any more, whatever its forum is called later.
    let approved = newest.as_ref().filter(|_| detail.phase == Phase::Approved).map(|row| row.hash.clone());
    let item = |item: ItemText| ItemRow { id: item.id, number: item.item.number.unwrap_or_default(), title: item.item.title };
    let version = newest.map(|row| row.number);
    Ok(Json(MeetingState { detail, version, hash: approved.unwrap_or(text.hash), items: now.items.into_iter().map(item).collect() }))
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

/// The committed state of a meeting's document, from its room: a reader of a meeting's rows will mostly open it next.
pub(crate) async fn snapshot(state: &AppState, access: &MeetingAccess) -> Result<MeetingSnapshot, ApiError> {
    Ok(state.registry.meeting(&access.place.document).await?)
}

/// Deletes a meeting for everybody; open pages get an event. It can be restored.
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
        (status = 422, body = Problem, content_type = "application/problem+json", description = "The meeting has no date, and `ics` was asked for; or it cannot be set as PDF")
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
    let newest = state.store.newest_version(&rows.id).await?;
    download::answer(format, &snapshot, &rows, newest, parameters.lang.as_deref(), &headers).await
}
