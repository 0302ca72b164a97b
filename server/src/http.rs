//! The HTTP side: routes, bodies and answers. Knows no SQL and no yrs.
//!
//! Every request passes `guard`; every refusal is `application/problem+json`. The log holds methods, paths and statuses: no query, no body.

mod access;
mod account;
mod admin;
mod attachments;
mod body;
mod compression;
mod documents;
mod download;
mod events;
mod form;
mod forum;
mod forums;
mod guard;
mod health;
mod import;
mod limit;
mod listener;
mod me;
mod meetings;
mod openapi;
mod others;
mod overload;
mod page;
mod participants;
mod people;
mod phase;
mod points;
mod proposals;
mod search;
mod served;
mod sign_in;
mod socket;
mod state;
mod talk;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Path, Request};
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use dagsorden_shared::access::Verb;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;
use tracing::Span;

use crate::assets;
use crate::command::Commands;
use crate::error::ApiError;
use crate::files::Files;
use crate::identity::Identities;
use crate::metrics::ANSWERS;
use crate::room::Registry;
use crate::sign_in::Desk;
use crate::site::Site;
use crate::store::Store;

use access::{Needs, Routes};

pub use events::Tabs;
pub use limit::Limits;
pub use listener::{BoundedListener, Peer};

/// Where people sign in.
const SIGN_IN: &str = "/ind";

/// Requests that are worked on at a time.
const TURNS: usize = 256;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What every handler can reach. Cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState {
    /// Everything that is kept.
    pub store: Store,
    /// Documents that are open.
    pub registry: Registry,
    /// Where files are kept.
    pub files: Files,
    /// Who is asking.
    pub identities: Identities,
    /// Who is connected without a websocket.
    pub tabs: Tabs,
    /// What each network address may still ask for.
    pub limits: Limits,
    /// How often each network address may still try to sign in.
    pub sign_in_limits: Limits,
    /// Where people reach the server.
    pub site: Arc<Site>,
    /// Takes requests to sign in.
    pub desk: Desk,
}

impl AppState {
    /// What people do.
    pub(crate) fn commands(&self) -> Commands {
        Commands { store: self.store.clone(), registry: self.registry.clone(), files: self.files.clone() }
    }
}

/// All routes, each with what it needs.
#[cfg(test)]
fn routes(routes: Routes) -> Routes {
    ways_in(pages(api(routes)))
}

/// The routes of the API, which limits and problems are for.
fn api(routes: Routes) -> Routes {
    use Needs::{Document, Forum, Installation, Meeting, Nothing, Person};
    routes
        .get("/api/forums", Person, forums::list)
        .post("/api/forums", Installation(Verb::CreateForum), forums::create)
        .patch("/api/forums/{forum}", Forum(Verb::ManageForum), forums::rename)
        .delete("/api/forums/{forum}", Forum(Verb::ManageForum), forums::delete)
        .get("/api/forums/{forum}/template", Forum(Verb::SeeForum), forums::template)
        .put("/api/forums/{forum}/template", Forum(Verb::ManageForum), forums::set_template)
        .get("/api/meetings", Person, meetings::list)
        .post("/api/meetings", Person, meetings::create)
        .post("/api/meetings/import", Person, import::import)
        .post("/api/meetings/import/preview", Person, import::preview)
        .get("/api/meetings/{meeting}", Meeting(Verb::SeeMeeting), meetings::read)
        .delete("/api/meetings/{meeting}", Meeting(Verb::DeleteMeeting), meetings::delete)
        .post("/api/meetings/{meeting}/restore", Meeting(Verb::DeleteMeeting), meetings::restore)
        .get("/api/meetings/{meeting}/export", Meeting(Verb::Export), meetings::export_file)
        .post("/api/meetings/{meeting}/import", Meeting(Verb::Write), import::into_meeting)
        .post("/api/meetings/{meeting}/import/preview", Meeting(Verb::Write), import::preview_into_meeting)
        .get("/api/meetings/{meeting}/participants", Meeting(Verb::SeeMeeting), participants::list)
        .post("/api/meetings/{meeting}/participants", Meeting(Verb::Write), participants::add_members)
        .get("/api/meetings/{meeting}/participants/{participant}", Meeting(Verb::SeeMeeting), participants::read)
        .put("/api/meetings/{meeting}/participants/{participant}", Meeting(Verb::Write), participants::add)
        .patch("/api/meetings/{meeting}/participants/{participant}", Meeting(Verb::Write), participants::change)
        .delete("/api/meetings/{meeting}/participants/{participant}", Meeting(Verb::Write), participants::remove)
        .get("/api/meetings/{meeting}/talk", Meeting(Verb::SeeMeeting), talk::read)
        .put("/api/meetings/{meeting}/threads/{thread}", Meeting(Verb::Comment), talk::begin)
        .put("/api/meetings/{meeting}/threads/{thread}/comments/{comment}", Meeting(Verb::Comment), talk::reply)
        .put("/api/meetings/{meeting}/threads/{thread}/state", Meeting(Verb::Comment), talk::resolve)
        .put("/api/meetings/{meeting}/threads/{thread}/anchor", Meeting(Verb::Comment), talk::move_anchor)
        .patch("/api/meetings/{meeting}/comments/{comment}", Meeting(Verb::Comment), talk::change)
        .delete("/api/meetings/{meeting}/comments/{comment}", Meeting(Verb::Comment), talk::delete)
        .put("/api/meetings/{meeting}/proposals/{proposal}", Meeting(Verb::Propose), proposals::propose)
        .delete("/api/meetings/{meeting}/proposals/{proposal}", Meeting(Verb::Propose), proposals::withdraw)
        .put("/api/meetings/{meeting}/proposals/{proposal}/support", Meeting(Verb::Comment), proposals::support)
        .post("/api/meetings/{meeting}/proposals/{proposal}/decisions", Meeting(Verb::Write), proposals::decide)
        .post("/api/meetings/{meeting}/proposals/{proposal}/decisions/{decision}/revoke", Meeting(Verb::Write), proposals::revoke)
        .post("/api/meetings/{meeting}/read", Meeting(Verb::SeeMeeting), talk::mark_read)
        .post("/api/meetings/{meeting}/phase", Meeting(Verb::SeeMeeting), phase::change)
        .get("/api/meetings/{meeting}/versions", Meeting(Verb::ReadHistory), phase::versions)
        .get("/api/meetings/{meeting}/versions/{version}", Meeting(Verb::ReadHistory), phase::version)
        .get("/api/meetings/{meeting}/changes", Meeting(Verb::ReadHistory), phase::changes)
        .get("/api/meetings/{meeting}/checks", Meeting(Verb::SeeMeeting), phase::checks)
        .post("/api/meetings/{meeting}/publication", Meeting(Verb::Publish), phase::publish)
        .delete("/api/meetings/{meeting}/publication", Meeting(Verb::Publish), phase::withdraw)
        .get("/api/documents/{document}/authors", Document(Verb::SeeMeeting), documents::authors)
        .get("/api/documents/{document}/state", Document(Verb::SeeMeeting), state::read)
        .post("/api/meetings/{meeting}/points", Meeting(Verb::Position), points::name)
        .put("/api/meetings/{meeting}/positions/{item}/{point}/{organisation}", Meeting(Verb::Position), points::take_position)
        .delete("/api/meetings/{meeting}/positions/{item}/{point}/{organisation}", Meeting(Verb::Position), points::drop_position)
        .put("/api/meetings/{meeting}/items/{item}/points/{point}/outcome", Meeting(Verb::Outcome), points::set_outcome)
        .get("/api/meetings/{meeting}/attachments", Meeting(Verb::SeeMeeting), attachments::list)
        .get("/api/meetings/{meeting}/attachments.zip", Meeting(Verb::Export), attachments::all)
        .post("/api/meetings/{meeting}/items/{item}/attachments", Meeting(Verb::Attach), attachments::post)
        .put("/api/meetings/{meeting}/items/{item}/attachments/{attachment}", Meeting(Verb::Attach), attachments::put)
        .patch("/api/meetings/{meeting}/items/{item}/attachments/{attachment}", Meeting(Verb::Attach), attachments::change)
        .delete("/api/meetings/{meeting}/items/{item}/attachments/{attachment}", Meeting(Verb::Attach), attachments::delete)
        .post("/api/meetings/{meeting}/items/{item}/attachments/{attachment}/restore", Meeting(Verb::Attach), attachments::restore)
        // An id alone does not say which meeting it is of: the handler looks, and answers for both alike.
        .get("/api/attachments/{attachment}", Person, attachments::read)
        .get("/api/attachments/{attachment}/preview", Person, attachments::preview)
        .get("/api/search", Person, search::find)
        .get("/api/forums/{forum}/members", Forum(Verb::SeeForum), people::list)
        .post("/api/forums/{forum}/members", Forum(Verb::ManageMembers), people::invite)
        .post("/api/forums/{forum}/members/preview", Forum(Verb::ManageMembers), people::preview)
        .put("/api/forums/{forum}/members/{account}", Forum(Verb::ManageMembers), people::set_role)
        .delete("/api/forums/{forum}/members/{account}", Forum(Verb::ManageMembers), people::end)
        .get("/api/me", Nothing, me::read)
        .put("/api/me", Person, me::write)
        .post("/api/me/role", Person, me::set_role)
        .post("/api/demo", Installation(Verb::CreateForum), meetings::create_demo)
        .get("/api/openapi.json", Nothing, openapi::document)
}

/// Pages, the files they need, and the relay.
fn pages(routes: Routes) -> Routes {
    use Needs::{Forum, Installation, Meeting, Nothing, Person};
    routes
        .get("/", Person, page::home)
        .get("/soeg", Person, search::show)
        .get("/konto", Person, account::page)
        .post("/konto/slut", Person, account::end_session)
        .post("/konto/slut-andre", Person, account::end_others)
        .post("/konto/adgangskode", Person, account::set_password)
        .post("/konto/adgangskode/fjern", Person, account::remove_password)
        .post("/konto/mails", Person, account::set_mail)
        .post("/konto/sprog", Person, account::set_language)
        .post("/ud", Person, sign_in::sign_out)
        .get("/nyt", Person, forum::new_anywhere)
        .get("/forum/{forum}", Forum(Verb::SeeForum), forum::page)
        .post("/forum/{forum}/navn", Forum(Verb::ManageForum), forum::rename_form)
        .get("/forum/{forum}/slet", Forum(Verb::ManageForum), forum::ask_delete)
        .post("/forum/{forum}/slet", Forum(Verb::ManageForum), forum::delete_form)
        .get("/forum/{forum}/nyt", Forum(Verb::CreateMeeting), forum::new_meeting::page)
        .post("/forum/{forum}/nyt", Forum(Verb::CreateMeeting), forum::new_meeting::create)
        .get("/forum/{forum}/indstillinger", Forum(Verb::ManageForum), forum::settings::page)
        .post("/forum/{forum}/indstillinger", Forum(Verb::ManageForum), forum::settings::save)
        .get("/forum/{forum}/medlemmer", Forum(Verb::SeeForum), people::page)
        .post("/forum/{forum}/medlemmer/rolle", Forum(Verb::ManageMembers), people::role_form)
        .post("/forum/{forum}/medlemmer/slut", Forum(Verb::ManageMembers), people::end_form)
        .post("/forum/{forum}/medlemmer/igen", Forum(Verb::ManageMembers), people::again_form)
        .post("/forum/{forum}/medlemmer/inviter", Forum(Verb::ManageMembers), people::invite_form)
        .get("/konti", Installation(Verb::ManageAccounts), admin::accounts)
        .post("/konti/spaer", Installation(Verb::ManageAccounts), admin::disable)
        .get("/udbakke", Installation(Verb::ManageAccounts), admin::outbox)
        .get("/m/{meeting}", Meeting(Verb::SeeMeeting), page::meeting)
        .get("/m/{meeting}/fase", Meeting(Verb::SeeMeeting), page::phase::phase)
        .get("/m/{meeting}/versioner", Meeting(Verb::ReadHistory), page::versions::versions)
        .get("/m/{meeting}/stillinger", Meeting(Verb::ReadPositions), page::positions::positions)
        .get("/m/{meeting}/offentlig", Meeting(Verb::Publish), page::publication::publication)
        .get("/offentlig/{forum}", Nothing, page::public::forum)
        .get("/offentlig/{forum}/{meeting}", Nothing, page::public::meeting)
        .get("/offentlig/{forum}/{meeting}/bilag/{sha256}", Nothing, page::public::file)
        .get("/assets/{name}", Nothing, asset)
        .get("/sw.js", Nothing, service_worker)
        // These judge for themselves: a browser cannot read the status of an upgrade or of a stream, so the answer is a close code.
        .get("/sync/{document}", Nothing, socket::sync)
        .get("/sync/{document}/events", Nothing, events::open)
        .post("/sync/{document}/frames/{tab}", Nothing, events::post)
}

/// Where people sign in: few tries for each network address.
fn ways_in(routes: Routes) -> Routes {
    use Needs::Nothing;
    routes
        .get("/ind", Nothing, sign_in::page)
        .get("/ind/{token}", Nothing, sign_in::page)
        .post("/ind", Nothing, sign_in::ask)
        .post("/ind/link", Nothing, sign_in::by_link)
        .post("/ind/kode", Nothing, sign_in::by_code)
        .post("/ind/adgangskode", Nothing, sign_in::by_password)
}

/// The whole HTTP side.
pub fn router(state: AppState) -> Router {
    let (api, _) = api(Routes::new(state.clone())).finish();
    let (pages, _) = pages(Routes::new(state.clone())).finish();
    let (ways_in, _) = ways_in(Routes::new(state.clone())).finish();
    let as_page = || axum::middleware::from_fn_with_state(state.clone(), page::instead_of_problem);
    let ways_in = ways_in.layer(axum::middleware::from_fn_with_state(state.sign_in_limits.clone(), limit::limit)).layer(as_page());
    api.layer(axum::middleware::from_fn_with_state(state.limits.clone(), limit::limit))
        .layer(axum::middleware::map_response(as_problem))
        .merge(pages.layer(as_page()))
        .layer(compression::layer())
        .merge(ways_in)
        .fallback(page::not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(axum::middleware::from_fn_with_state(overload::Turns::new(TURNS), overload::take_turns))
        // A monitor must learn that the server lives, also when it has too much to do.
        .route("/healthz", get(health::healthy))
        .route("/readyz", get(health::ready))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&state.site), guard::guard))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(TraceLayer::new_for_http().make_span_with(span).on_request(()).on_response(log_response).on_failure(()))
        .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
        .with_state(state)
}

async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    assets::serve(&name, &headers)
}

async fn service_worker(headers: HeaderMap) -> Response {
    assets::serve_worker(&headers)
}

/// What the framework refuses by itself, an address or a query that cannot be read, is a problem too.
async fn as_problem(response: Response) -> Response {
    let is_text = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if response.status().is_client_error() && is_text {
        return ApiError::new(response.status(), "unreadable", "The address or its parameters cannot be read.")
            .detail("`/api/openapi.json` lists what each address takes.")
            .into_response();
    }
    response
}

async fn method_not_allowed() -> ApiError {
    ApiError::new(axum::http::StatusCode::METHOD_NOT_ALLOWED, "method", "This address does not take that method.")
        .detail("`/api/openapi.json` lists what each address takes.")
}

#[allow(clippy::needless_pass_by_value, reason = "the layer hands over the payload")]
fn panicked(payload: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let message = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
    ApiError::internal(&message.unwrap_or("a handler panicked")).into_response()
}

/// The route, not the address: neither ids of people's documents nor tokens in queries belong in a log that others read.
fn span(request: &Request) -> Span {
    let route = request.extensions().get::<MatchedPath>().map_or("unknown", MatchedPath::as_str);
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), route, id)
}

fn log_response(response: &Response, latency: Duration, _: &Span) {
    let class = match response.status().as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
    metrics::counter!(ANSWERS, "status" => class).increment(1);
    tracing::debug!(status = response.status().as_u16(), milliseconds = latency.as_millis(), "answered");
}

#[cfg(test)]
mod tests;
