//! `/forum/{forum}`: a forum's meetings, its name and its end. Its settings and a new meeting are below it. Painted by the server, forms without script.

pub(crate) mod new_meeting;
pub(crate) mod settings;
mod view;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use dagsorden_shared::access::Verb;
use dagsorden_shared::api::{ForumRow, MeetingRow};
use dagsorden_shared::catalogue::forum::ForumPages;
use dagsorden_shared::id::ForumId;
use dagsorden_shared::render::Element;
use serde::Deserialize;

use super::access::{ForumAccess, PersonAccess};
use super::form::Form;
use super::page::Reader;
use super::{AppState, forums, served};
use crate::error::ApiError;
use crate::store::MeetingFilter;

pub(crate) use view::{Place, head};

/// What may stand in the address of the page.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asking {
    gjort: Option<String>,
}

/// What the pages of a forum show of it, and what the reader may do there.
pub(crate) struct Shown {
    /// The forum.
    pub(crate) forum: ForumRow,
    /// Whether they may change its settings.
    pub(crate) manages: bool,
    /// Whether they may begin a meeting.
    pub(crate) creates: bool,
}

impl Shown {
    /// The forum of an address.
    pub(crate) async fn of(state: &AppState, access: &ForumAccess) -> Result<Self, ApiError> {
        let forums = state.store.forums().await?;
        let forum = forums.into_iter().find(|row| row.id == access.forum).ok_or_else(|| ApiError::not_found("forum"))?;
        let (rights, actor) = (state.store.rights_now(), access.identity.actor());
        let may = |verb| rights.judge_forum(&actor, &access.forum, verb).is_yes();
        Ok(Self { forum, manages: may(Verb::ManageForum), creates: may(Verb::CreateMeeting) })
    }

    /// An address below the forum's.
    fn at(&self, rest: &str) -> String {
        address(&self.forum.id, rest)
    }
}

fn address(forum: &ForumId, rest: &str) -> String {
    format!("/forum/{forum}{rest}")
}

/// The texts of these pages.
fn texts(reader: &Reader) -> &'static ForumPages {
    ForumPages::of(reader.language)
}

/// The forum's meetings that are not deleted, the latest first, with how many people are in them now.
async fn meetings(state: &AppState, forum: &ForumId) -> Result<Vec<MeetingRow>, ApiError> {
    let mut rows = state.store.meetings(MeetingFilter { forum: Some(forum.clone()), ..MeetingFilter::default() }).await?;
    for row in &mut rows {
        row.present = state.registry.present(&row.document);
    }
    Ok(rows)
}

/// `/forum/{forum}`
pub(crate) async fn page(
    State(state): State<AppState>,
    access: ForumAccess,
    Query(asking): Query<Asking>,
    reader: Reader,
) -> Result<Response, ApiError> {
    let done = asking.gjort.filter(|done| done == "navn").map(|_| texts(&reader).renamed);
    show(&state, &access, &reader, done, None).await
}

async fn show(
    state: &AppState,
    access: &ForumAccess,
    reader: &Reader,
    done: Option<&'static str>,
    problem: Option<(String, &'static str)>,
) -> Result<Response, ApiError> {
    let shown = Shown::of(state, access).await?;
    let rows = meetings(state, &access.forum).await?;
    let published = state.store.published(&access.forum, None).await?.into_iter().map(|version| version.meeting).collect();
    Ok(served::answer(reader, view::forum(reader, &shown, &view::Meetings { rows, published }, done, problem)))
}

/// Gives the forum another name by the page's form.
pub(crate) async fn rename_form(
    State(state): State<AppState>,
    access: ForumAccess,
    reader: Reader,
    form: Form,
) -> Result<Response, ApiError> {
    let name = form.line("name")?;
    let problem = match state.commands().rename_forum(access.act(Verb::ManageForum, ""), &access.forum, &name).await {
        Ok(()) => return Ok(Redirect::to(&address(&access.forum, "?gjort=navn")).into_response()),
        Err(error) if error.code() == "conflict" => texts(&reader).name_taken,
        Err(error) if error.code() == "invalid" => texts(&reader).name_unfit,
        Err(error) => return Err(error),
    };
    show(&state, &access, &reader, None, Some((name, problem))).await
}

/// Asks before a forum is deleted.
pub(crate) async fn ask_delete(State(state): State<AppState>, access: ForumAccess, reader: Reader) -> Result<Response, ApiError> {
    confirm(&state, &access, &reader).await
}

async fn confirm(state: &AppState, access: &ForumAccess, reader: &Reader) -> Result<Response, ApiError> {
    let shown = Shown::of(state, access).await?;
    let all = |deleted| state.store.meetings(MeetingFilter { forum: Some(access.forum.clone()), deleted });
    let is_empty = all(false).await?.is_empty() && all(true).await?.is_empty();
    let members = state.store.members(access.forum.clone()).await?.len();
    Ok(served::answer(reader, view::delete(reader, &shown, is_empty, members)))
}

/// Deletes an empty forum by the page's form.
pub(crate) async fn delete_form(State(state): State<AppState>, access: ForumAccess, reader: Reader) -> Result<Response, ApiError> {
    match state.commands().delete_forum(access.act(Verb::ManageForum, "delete"), &access.forum).await {
        Ok(()) => Ok(Redirect::to("/").into_response()),
        // A meeting was made meanwhile: the page says so.
        Err(error) if error.code() == "has_meetings" => confirm(&state, &access, &reader).await,
        Err(error) => Err(error),
    }
}

/// `/nyt`: the new meeting of the forum that meets next or met last.
pub(crate) async fn new_anywhere(State(state): State<AppState>, access: PersonAccess) -> Result<Response, ApiError> {
    let forums = creatable(&state, &access).await?;
    let newest = super::meetings::rows(&state, &access).await?;
    let newest = newest.iter().map(|row| &row.forum).find(|id| forums.iter().any(|forum| forum.id == **id));
    let forum = newest.or_else(|| forums.first().map(|forum| &forum.id));
    Ok(Redirect::to(&forum.map_or_else(|| "/".to_owned(), |forum| address(forum, "/nyt"))).into_response())
}

/// The forums in which the asker may begin a meeting.
pub(crate) async fn creatable(state: &AppState, access: &PersonAccess) -> Result<Vec<ForumRow>, ApiError> {
    let mut rows = forums::rows(state, access).await?;
    let actor = access.identity.actor();
    rows.retain(|row| access.rights.judge_forum(&actor, &row.id, Verb::CreateMeeting).is_yes());
    Ok(rows)
}

/// The frame of a forum's page: letterhead and the ways between its pages, then `parts`.
fn framed(reader: &Reader, shown: &Shown, here: Place, class: &'static str, parts: Vec<Element>) -> Element {
    view::main(class).child(head(reader, shown, here)).children(parts)
}
