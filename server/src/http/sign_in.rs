//! `/ind` and `/ud`: signing in by a link, by the code of its mail or by a password, and signing out.
//!
//! A `GET` changes nothing and uses nothing up. What is drawn is in [`view`].

mod view;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::CookieJar;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dagsorden_shared::catalogue::Language;
use dagsorden_shared::id::AccountId;
use serde::Deserialize;

use super::AppState;
use super::form::Form;
use super::page::Reader;
use super::served::{self, safe_path};
use crate::cli::check_email;
use crate::error::ApiError;
use crate::identity::{Identity, new_secret, secret_hash};
use crate::rights::Via;
use crate::sign_in::{Asked, Entry, code_hash};
use crate::store::{LinkUse, NewSession, Purpose};

use view::Shown;

/// How long a session's cookie is kept: as long as any session lives.
const SESSION_SECONDS: u32 = 24 * 60 * 60;
/// How long a browser is known to have been signed in to an account.
const DEVICE_SECONDS: u32 = 90 * 24 * 60 * 60;
/// Longest address, secret or code that is looked at.
const MAX: usize = 300;

/// What may stand in the address.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asking {
    next: Option<String>,
    ud: Option<String>,
}

/// What a browser that asked for a link keeps: its secret, and where it wanted to go.
struct Request {
    secret: String,
    next: String,
}

impl Request {
    fn of(state: &AppState, headers: &HeaderMap) -> Option<Self> {
        let jar = CookieJar::from_headers(headers);
        let value = jar.get(state.identities.request_cookie())?.value().to_owned();
        let (secret, next) = value.split_once('.')?;
        let next = String::from_utf8(URL_SAFE_NO_PAD.decode(next).ok()?).ok()?;
        Some(Self { secret: secret.to_owned(), next: safe_path(&next).unwrap_or("/").to_owned() })
    }

    fn cookie(&self, state: &AppState) -> HeaderValue {
        let value = format!("{}.{}", self.secret, URL_SAFE_NO_PAD.encode(&self.next));
        secure_cookie(state.identities.request_cookie(), &value, u32::try_from(Purpose::SignIn.life() / 1000).unwrap_or(900))
    }
}

/// A cookie of this host alone, that scripts cannot read.
fn secure_cookie(name: &str, value: &str, seconds: u32) -> HeaderValue {
    HeaderValue::try_from(format!("{name}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax"))
        .unwrap_or(HeaderValue::from_static(""))
}

/// `/ind`, and what mail gateways make of the link: `/ind%23t=…`.
pub(crate) async fn page(State(state): State<AppState>, Query(asking): Query<Asking>, reader: Reader, headers: HeaderMap) -> Response {
    show(&state, &reader, &asking, &headers)
}

/// The page where no route led to it.
pub(crate) fn by_other_address(state: &AppState, headers: &HeaderMap) -> Response {
    show(state, &Reader::without_route(state, headers), &Asking::default(), headers)
}

fn show(state: &AppState, reader: &Reader, asking: &Asking, headers: &HeaderMap) -> Response {
    if matches!(reader.identity.via, Via::Open(_)) {
        return Redirect::to("/").into_response();
    }
    if asking.ud.is_some() {
        return served::answer(reader, view::signed_out(reader));
    }
    let next = asking.next.as_deref().and_then(safe_path).unwrap_or("/");
    served::answer(reader, view::sign_in(reader, &Shown { next, known: Request::of(state, headers).is_some(), ..Shown::default() }))
}

/// Asks for a link. The answer is the same whether the address is known or not.
pub(crate) async fn ask(State(state): State<AppState>, reader: Reader, form: Form) -> Result<Response, ApiError> {
    let (email, next) = (form.line("mail")?, form.line("next")?);
    let next = safe_path(&next).unwrap_or("/").to_owned();
    if check_email(&email).is_err() {
        let problem = Some(served::texts(&reader).sign_in.bad_address.to_owned());
        let shown = Shown { next: &next, mail: &email, problem, ..Shown::default() };
        return Ok(served::answer(&reader, view::sign_in(&reader, &shown)));
    }
    let request = Request { secret: new_secret(), next };
    state.desk.ask(Asked { email: email.clone(), request: request.secret.clone(), language: reader.language });
    let until = jiff::Timestamp::now().as_millisecond() + Purpose::SignIn.life();
    let mut response = served::answer(&reader, view::sent(&reader, &email, until, None));
    response.headers_mut().append(header::SET_COOKIE, request.cookie(&state));
    Ok(response)
}

/// Signs in by a link.
pub(crate) async fn by_link(State(state): State<AppState>, headers: HeaderMap, reader: Reader, form: Form) -> Result<Response, ApiError> {
    let request = Request::of(&state, &headers);
    let (secret, email) = (form.line("t")?, form.line("mail")?);
    if secret.len() > MAX || email.len() > MAX {
        return Ok(served::answer(&reader, view::expired(&reader)));
    }
    let session = new_secret();
    let new = NewSession { secret: secret_hash(&session), made_by: "link", agent: agent(&headers) };
    let asked = request.as_ref().map(|request| secret_hash(&request.secret));
    let used = state.store.use_link(secret_hash(&secret), asked, Some(email).filter(|email| !email.is_empty()), new).await?;
    let texts = &served::texts(&reader).sign_in;
    let again = |problem| view::sign_in(&reader, &Shown { link: Some(&secret), known: false, problem, next: "/", ..Shown::default() });
    Ok(match used {
        LinkUse::Begun { account, .. } => begun(&state, &account, &session, request.map_or("/".to_owned(), |request| request.next)).await?,
        LinkUse::AskAddress => served::answer(&reader, again(None)),
        LinkUse::Wrong => served::answer(&reader, again(Some(texts.wrong_address.to_owned()))),
        LinkUse::Used => served::answer(&reader, view::used(&reader)),
        LinkUse::Expired | LinkUse::Unknown => served::answer(&reader, view::expired(&reader)),
    })
}

/// Signs in by the code of the mail, in the browser that asked for it.
pub(crate) async fn by_code(State(state): State<AppState>, headers: HeaderMap, reader: Reader, form: Form) -> Result<Response, ApiError> {
    let (code, email) = (form.line("kode")?, form.line("mail")?);
    let Some(request) = Request::of(&state, &headers) else { return Ok(served::answer(&reader, view::expired(&reader))) };
    let session = new_secret();
    let new = NewSession { secret: secret_hash(&session), made_by: "code", agent: agent(&headers) };
    let code = code_hash(&request.secret, code.get(..MAX).unwrap_or(&code));
    Ok(match state.store.use_code(secret_hash(&request.secret), code, new).await? {
        LinkUse::Begun { account, .. } => begun(&state, &account, &session, request.next).await?,
        LinkUse::Used => served::answer(&reader, view::used(&reader)),
        LinkUse::Wrong | LinkUse::AskAddress => {
            let until = jiff::Timestamp::now().as_millisecond() + Purpose::SignIn.life();
            let problem = served::texts(&reader).sign_in.wrong_code.to_owned();
            served::answer(&reader, view::sent(&reader, &email, until, Some(problem)))
        }
        LinkUse::Expired | LinkUse::Unknown => served::answer(&reader, view::expired(&reader)),
    })
}

/// Signs in by a password.
pub(crate) async fn by_password(
    State(state): State<AppState>,
    headers: HeaderMap,
    reader: Reader,
    form: Form,
) -> Result<Response, ApiError> {
    let (email, next) = (form.line("mail")?, form.line("next")?);
    let next = safe_path(&next).unwrap_or("/").to_owned();
    let password: String = form.text("adgangskode")?.chars().take(*crate::password::LENGTH.end() + 1).collect();
    let session = new_secret();
    let new = NewSession { secret: secret_hash(&session), made_by: "password", agent: agent(&headers) };
    let known = is_known_device(&state, &headers, &email);
    let texts = &served::texts(&reader).sign_in;
    let problem = match state.desk.enter(&state.store, &email, password, known, new).await? {
        Entry::Begun(account, _) => return begun(&state, &account, &session, next).await,
        Entry::Wrong => texts.wrong_password.to_owned(),
        Entry::Wait(wait) => (texts.wait)(u32::try_from(wait.as_secs() + 1).unwrap_or(60)),
    };
    let shown = Shown { next: &next, mail: &email, password_problem: Some(problem), ..Shown::default() };
    Ok(served::answer(&reader, view::sign_in(&reader, &shown)))
}

/// Ends the session.
pub(crate) async fn sign_out(State(state): State<AppState>, identity: Identity) -> Result<Response, ApiError> {
    if let (Via::Session(session), Some(account)) = (&identity.via, crate::rights::account_id(&identity.user)) {
        state.store.end_session(account, session.clone()).await?;
    }
    let gone = secure_cookie(state.identities.session_cookie(), "", 0);
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, HeaderValue::from_static("/ind?ud")), (header::SET_COOKIE, gone)]).into_response())
}

/// Leads a browser that was let in to where it wanted to go, with its new session.
async fn begun(state: &AppState, account: &AccountId, session: &str, next: String) -> Result<Response, ApiError> {
    let known = state.store.account(account.clone()).await?;
    let mut response = Redirect::to(&next).into_response();
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, session_cookie(state, session));
    headers.append(header::SET_COOKIE, secure_cookie(state.identities.request_cookie(), "", 0));
    if let Some(known) = known {
        let device = state.identities.device_mark(&known.email);
        headers.append(header::SET_COOKIE, secure_cookie(state.identities.device_cookie(), &device, DEVICE_SECONDS));
        if let Some(language) = known.locale.as_deref().and_then(Language::parse) {
            headers.extend(super::page::language_cookie(language).map(|cookie| (header::SET_COOKIE, cookie)));
        }
    }
    Ok(response)
}

/// The cookie of a session.
pub(super) fn session_cookie(state: &AppState, secret: &str) -> HeaderValue {
    secure_cookie(state.identities.session_cookie(), secret, SESSION_SECONDS)
}

fn is_known_device(state: &AppState, headers: &HeaderMap, email: &str) -> bool {
    let jar = CookieJar::from_headers(headers);
    jar.get(state.identities.device_cookie()).is_some_and(|cookie| cookie.value() == state.identities.device_mark(email))
}

/// The browser in a few words, for the list of sessions: no version, nothing that follows a person.
fn agent(headers: &HeaderMap) -> String {
    let text = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = |known: &[(&str, &'static str)]| known.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| *name);
    let browser = first(&[
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("Linux", "Linux"),
    ]);
    let parts: Vec<&str> = [browser, system].into_iter().flatten().collect();
    if parts.is_empty() { "Browser".to_owned() } else { parts.join(", ") }
}
