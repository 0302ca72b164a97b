//! Rights at the door: every route names what it needs where it is declared, and is judged before its handler runs.
//!
//! [`Routes`] is the only way to add a route, so one without a need does not compile. "Not there" and "not yours" get the same answer from the
//! same look-ups in memory. What a handler changes is judged once more in the store, inside its transaction. Knows no SQL.

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{MethodFilter, on};
use dagsorden_shared::access::{Ruling, Verb};
use dagsorden_shared::id::{DocumentId, ForumId, MeetingId};

use super::AppState;
use crate::error::ApiError;
use crate::identity::Identity;
use crate::rights::{MeetingPlace, Rights, Via};
use crate::store::{Act, On};

/// What a request must bring to reach a handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing: public pages, signing in, and handlers that judge for themselves.
    Nothing,
    /// An account, or open mode.
    Person,
    /// A right in the forum that the path names as `{forum}`.
    Forum(Verb),
    /// A right in the meeting that the path names as `{meeting}`.
    Meeting(Verb),
    /// A right in the meeting of the document that the path names as `{document}`.
    Document(Verb),
    /// A right over the installation.
    Installation(Verb),
}

/// A declared route: what tests drive every cell of the table against.
#[derive(Debug, Clone)]
#[cfg_attr(not(test), allow(dead_code, reason = "the server needs the doors alone"))]
pub(crate) struct Route {
    /// Its method.
    pub(crate) method: Method,
    /// Its path, with parameters in braces.
    pub(crate) path: &'static str,
    /// What it needs.
    pub(crate) needs: Needs,
}

/// Collects routes.
pub(crate) struct Routes {
    state: AppState,
    router: Router<AppState>,
    declared: Vec<Route>,
    /// In tests every handler is replaced by one that does nothing, so that only the door is tried.
    probe: bool,
}

impl Routes {
    pub(crate) fn new(state: AppState) -> Self {
        Self { state, router: Router::new(), declared: Vec::new(), probe: false }
    }

    /// The same doors with nothing behind them.
    #[cfg(test)]
    pub(crate) fn probing(state: AppState) -> Self {
        Self { probe: true, ..Self::new(state) }
    }

    /// Adds a route that answers `GET` (and `HEAD`).
    pub(crate) fn get<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, needs: Needs, handler: H) -> Self {
        self.on(Method::GET, path, needs, handler)
    }

    /// Adds a route that answers `POST`.
    pub(crate) fn post<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, needs: Needs, handler: H) -> Self {
        self.on(Method::POST, path, needs, handler)
    }

    /// Adds a route that answers `PUT`.
    pub(crate) fn put<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, needs: Needs, handler: H) -> Self {
        self.on(Method::PUT, path, needs, handler)
    }

    /// Adds a route that answers `PATCH`.
    pub(crate) fn patch<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, needs: Needs, handler: H) -> Self {
        self.on(Method::PATCH, path, needs, handler)
    }

    /// Adds a route that answers `DELETE`.
    pub(crate) fn delete<H: Handler<T, AppState>, T: 'static>(self, path: &'static str, needs: Needs, handler: H) -> Self {
        self.on(Method::DELETE, path, needs, handler)
    }

    fn on<H: Handler<T, AppState>, T: 'static>(mut self, method: Method, path: &'static str, needs: Needs, handler: H) -> Self {
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
        let door = from_fn_with_state((self.state.clone(), needs), judge);
        let methods = if self.probe { on(filter, async || axum::http::StatusCode::NO_CONTENT) } else { on(filter, handler) };
        self.declared.push(Route { method, path, needs });
        self.router = self.router.route(path, methods.layer(door));
        self
    }

    /// The router, and what was declared.
    pub(crate) fn finish(self) -> (Router<AppState>, Vec<Route>) {
        (self.router, self.declared)
    }
}

/// Who asks, by the rights as they are now, and the place they may enter.
#[derive(Clone)]
struct Door {
    identity: Identity,
    rights: Arc<Rights>,
    forum: Option<ForumId>,
    meeting: Option<(MeetingId, MeetingPlace)>,
    document: Option<DocumentId>,
}

async fn judge(State((state, needs)): State<(AppState, Needs)>, path: RawPathParams, mut request: Request, next: Next) -> Response {
    let is_page = request.method() == Method::GET && !is_program(&request);
    match admit(&state, needs, &path, request.headers()) {
        Ok(door) => {
            if !request.method().is_safe() {
                state.store.touch_session(&door.identity.via);
            }
            request.extensions_mut().insert(door);
            next.run(request).await
        }
        Err(error) if is_page && error.status() == axum::http::StatusCode::UNAUTHORIZED => {
            let back = request.uri().path_and_query().map(axum::http::uri::PathAndQuery::as_str).unwrap_or("/");
            Redirect::to(&format!("{}?next={}", super::SIGN_IN, escaped(back))).into_response()
        }
        Err(error) if is_page => super::page::refusal(&state, request.headers(), error),
        Err(error) => error.into_response(),
    }
}

/// Programs get problems, people pages.
fn is_program(request: &Request) -> bool {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    route.starts_with("/api/") || route.starts_with("/sync/")
}

/// A path as it may stand in a query.
fn escaped(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn admit(state: &AppState, needs: Needs, path: &RawPathParams, headers: &HeaderMap) -> Result<Door, ApiError> {
    let rights = state.store.rights_now();
    let identity = state.identity(headers, None);
    let parameter = |name: &str| path.iter().find(|(key, _)| *key == name).map(|(_, value)| value);
    let mut door = Door { identity, rights, forum: None, meeting: None, document: None };
    if needs != Needs::Nothing && door.identity.via == Via::Nothing {
        return Err(ApiError::sign_in());
    }
    let actor = door.identity.actor();
    match needs {
        Needs::Nothing | Needs::Person => {}
        Needs::Forum(verb) => {
            let missing = || ApiError::not_found("forum");
            let forum: ForumId = parameter("forum").and_then(|id| id.parse().ok()).ok_or_else(missing)?;
            demand(door.rights.judge_forum(&actor, &forum, verb), missing)?;
            door.forum = Some(forum);
        }
        Needs::Meeting(verb) => {
            let missing = || ApiError::not_found("meeting");
            let meeting: MeetingId = parameter("meeting").and_then(|id| id.parse().ok()).ok_or_else(missing)?;
            demand(door.rights.judge_meeting(&actor, &meeting, verb), missing)?;
            let place = door.rights.meetings.meetings.get(&meeting).cloned().ok_or_else(missing)?;
            door.meeting = Some((meeting, place));
        }
        Needs::Document(verb) => {
            let missing = || ApiError::not_found("document");
            let document: DocumentId = parameter("document").and_then(|id| id.parse().ok()).ok_or_else(missing)?;
            demand(door.rights.judge_document(&actor, &document, verb), missing)?;
            let meeting = door.rights.meetings.documents.get(&document).cloned().ok_or_else(missing)?;
            let place = door.rights.meetings.meetings.get(&meeting).cloned().ok_or_else(missing)?;
            door.meeting = Some((meeting, place));
            door.document = Some(document);
        }
        Needs::Installation(verb) => demand(door.rights.judge_installation(&actor, verb), || ApiError::not_found("address"))?,
    }
    Ok(door)
}

/// Passes on a ruling as an answer. What is not there is `missing`.
pub(crate) fn demand(ruling: Ruling, missing: impl FnOnce() -> ApiError) -> Result<(), ApiError> {
    match ruling {
        Ruling::Yes => Ok(()),
        Ruling::No(why) => Err(ApiError::forbidden(why)),
        Ruling::NotThere => Err(missing()),
    }
}

impl AppState {
    /// Who sent a request. `token` is the one of the address, if the route takes one.
    pub(crate) fn identity(&self, headers: &HeaderMap, token: Option<&str>) -> Identity {
        self.identities.of(headers, token, &self.store.rights_now(), jiff::Timestamp::now().as_millisecond())
    }
}

fn door(parts: &Parts) -> Result<&Door, ApiError> {
    parts.extensions.get().ok_or_else(|| ApiError::internal(&"a route without a door"))
}

impl<S: Send + Sync> FromRequestParts<S> for Identity {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        door(parts).map(|door| door.identity.clone())
    }
}

/// A person who may enter: for lists, which show only what is in their scope.
#[derive(Debug, Clone)]
pub(crate) struct PersonAccess {
    /// Who asks.
    pub(crate) identity: Identity,
    /// The rights by which they were judged.
    pub(crate) rights: Arc<Rights>,
}

impl<S: Send + Sync> FromRequestParts<S> for PersonAccess {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Door { identity, rights, .. } = door(parts)?.clone();
        Ok(Self { identity, rights })
    }
}

/// A forum in which the asker has the right that the route names.
#[derive(Debug, Clone)]
pub(crate) struct ForumAccess {
    /// Who asks.
    pub(crate) identity: Identity,
    /// The forum.
    pub(crate) forum: ForumId,
}

impl ForumAccess {
    /// What they do in the forum, to be judged and noted by the store.
    pub(crate) fn act(&self, verb: Verb, object: impl Into<String>) -> Act {
        self.identity.act(verb, On::Forum(self.forum.clone()), object)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ForumAccess {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Door { identity, forum, .. } = door(parts)?.clone();
        let forum = forum.ok_or_else(|| ApiError::internal(&"a route without a forum"))?;
        Ok(Self { identity, forum })
    }
}

/// A meeting in which the asker has the right that the route names.
#[derive(Debug, Clone)]
pub(crate) struct MeetingAccess {
    /// Who asks.
    pub(crate) identity: Identity,
    /// The meeting.
    pub(crate) meeting: MeetingId,
    /// Where it belongs and stands.
    pub(crate) place: MeetingPlace,
    /// The rights by which they were judged.
    pub(crate) rights: Arc<Rights>,
}

impl MeetingAccess {
    /// What they do in the meeting, to be judged and noted by the store.
    pub(crate) fn act(&self, verb: Verb, object: impl Into<String>) -> Act {
        self.identity.act(verb, On::Meeting(self.meeting.clone()), object)
    }

    /// What they may do here: the page shows no control that would be refused.
    pub(crate) fn allowed(&self) -> Vec<Verb> {
        let actor = self.identity.actor();
        Verb::ALL.into_iter().filter(|verb| self.rights.judge_meeting(&actor, &self.meeting, *verb).is_yes()).collect()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MeetingAccess {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Door { identity, rights, meeting, .. } = door(parts)?.clone();
        let (meeting, place) = meeting.ok_or_else(|| ApiError::internal(&"a route without a meeting"))?;
        Ok(Self { identity, meeting, place, rights })
    }
}

/// A document in whose meeting the asker has the right that the route names.
#[derive(Debug, Clone)]
pub(crate) struct DocumentAccess {
    /// The document.
    pub(crate) document: DocumentId,
    /// Its meeting.
    pub(crate) meeting: MeetingAccess,
}

impl<S: Send + Sync> FromRequestParts<S> for DocumentAccess {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let document = door(parts)?.document.clone().ok_or_else(|| ApiError::internal(&"a route without a document"))?;
        Ok(Self { document, meeting: MeetingAccess::from_request_parts(parts, state).await? })
    }
}

/// Whether a request is one of a page, which gets pages as answers.
pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}
