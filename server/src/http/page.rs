//! The pages: whole HTML documents that can be read before the app has arrived, and without it.
//!
//! What stands on the paper is rendered in `shared`, with the same code that the app uses. A page carries the rows it was made from, so that the
//! app starts without asking again, and a policy that lets nothing in but the server's own files.

mod long_words;
pub(crate) mod phase;
pub(crate) mod positions;
pub(crate) mod public;
pub(crate) mod publication;
mod reader;
pub(crate) mod versions;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use dagsorden_shared::access::Verb;
use dagsorden_shared::api::{Boot, BootPage, SearchAnswer};
use dagsorden_shared::catalogue::served::Served;
use dagsorden_shared::catalogue::{Catalogue, Language};
use dagsorden_shared::date::{self, Date};
use dagsorden_shared::render::{self, Element, element};

use super::access::{MeetingAccess, PersonAccess, wants_page};
use super::{AppState, compression, forums, meetings, sign_in, state};
use crate::assets::{Built, NOT_BUILT};
use crate::error::ApiError;
use crate::identity::Identity;
use crate::intake::random_bits;
use crate::rights::Via;
use crate::store::DeletedMeeting;

pub(crate) use reader::{Reader, language_cookie};

/// A page before it is a document.
struct Page {
    status: StatusCode,
    title: String,
    attributes: Vec<(&'static str, String)>,
    content: Vec<Element>,
    boot: Option<BootPage>,
}

/// `/`
pub(crate) async fn home(State(state): State<AppState>, access: PersonAccess, reader: Reader) -> Response {
    let page = home_page(&state, &access, &reader).await;
    answer(&state, &reader, page)
}

async fn home_page(state: &AppState, access: &PersonAccess, reader: &Reader) -> Result<Page, ApiError> {
    let (forums, meetings) = (forums::rows(state, access).await?, meetings::rows(state, access).await?);
    let deleted = deleted_meetings(state, access, reader).await?;
    let catalogue = reader.catalogue();
    let today = Date::parse(&jiff::Zoned::now().date().to_string());
    Ok(Page {
        status: StatusCode::OK,
        title: String::new(),
        attributes: vec![("data-page", "home".to_owned())],
        content: vec![
            render::page::home_bar(catalogue),
            with_open_line(access, reader, render::home(&forums, &meetings, today, catalogue).children(deleted)),
        ],
        boot: Some(BootPage::Home {}),
    })
}

/// The deleted meetings that the reader may bring back, which is all that can be done to them. `None` if there are none.
async fn deleted_meetings(state: &AppState, access: &PersonAccess, reader: &Reader) -> Result<Option<Element>, ApiError> {
    let mut deleted = state.store.deleted_meetings().await?;
    let actor = access.identity.actor();
    deleted.retain(|meeting| access.rights.judge_meeting(&actor, &meeting.row.id, Verb::DeleteMeeting).is_yes());
    if deleted.is_empty() {
        return Ok(None);
    }
    let catalogue = reader.catalogue();
    let row = |meeting: &DeletedMeeting| {
        let date = meeting.row.date.as_deref().map_or_else(|| catalogue.home.undated.to_owned(), |day| date::long(day, catalogue));
        let name = format!("{}, {date}", meeting.row.forum_name);
        let when = jiff::Timestamp::from_millisecond(meeting.at).ok().map(|at| at.to_zoned(jiff::tz::TimeZone::system()));
        let when = when.and_then(|at| {
            let time = (catalogue.dates.time)(u8::try_from(at.hour()).ok()?, u8::try_from(at.minute()).ok()?);
            Some(format!("{} {}", date::long(&at.date().to_string(), catalogue), (catalogue.dates.at)(&time)))
        });
        let note = (catalogue.deleted.note)(meeting.by.as_deref(), when.as_deref());
        let words = element("div").child(element("p").text(name.clone())).child(element("p").class("quiet").text(note));
        let button = element("button").class("btn").attribute("type", "submit").text(catalogue.deleted.bring_back);
        let form = element("form")
            .attribute("method", "post")
            .attribute("action", format!("/api/meetings/{}/restore", meeting.row.id))
            .child(button.child(element("span").class("vh").text(format!(": {name}"))));
        element("li").attribute("data-deleted", meeting.row.id.to_string()).child(words).child(form)
    };
    let count = u32::try_from(deleted.len()).unwrap_or(u32::MAX);
    let list = element("ul").class("deleted").children(deleted.iter().map(row));
    let title = (Served::of(reader.language).deleted_meetings)(count);
    Ok(Some(element("details").class("deleted-meetings").child(element("summary").text(title)).child(list)))
}

/// In open mode one quiet line says so, and what to do about it.
fn with_open_line(access: &PersonAccess, reader: &Reader, main: Element) -> Element {
    if !access.rights.is_open() {
        return main;
    }
    let texts = &Served::of(reader.language).open;
    let line = element("p").text(format!("{} {} ", texts.line, texts.first)).child(element("code").text(texts.command));
    main.child(element("footer").class("open-mode").child(line))
}

/// `/m/{meeting}`
pub(crate) async fn meeting(State(state): State<AppState>, access: MeetingAccess, reader: Reader) -> Response {
    keep_person(&state, &reader.identity).await;
    let page = match meeting_page(&state, &access, &reader).await {
        Err(error) if error.status() == StatusCode::NOT_FOUND => deleted_page(&state, &access, &reader).await.ok_or(error),
        page => page,
    };
    answer(&state, &reader, page)
}

/// A cookie may say a name that the store does not know yet. The page does not depend on it.
async fn keep_person(state: &AppState, identity: &Identity) {
    if identity.named
        && matches!(identity.via, Via::Open(_))
        && let Err(error) = state.store.keep_person(identity.user.as_str().to_owned(), identity.person.clone()).await
    {
        tracing::warn!(%error, "who wrote could not be kept");
    }
}

async fn meeting_page(state: &AppState, access: &MeetingAccess, reader: &Reader) -> Result<Page, ApiError> {
    let mut detail = meetings::find(state, access).await?;
    let snapshot = meetings::snapshot(state, access).await?;
    detail.attachments = snapshot.numbered(&detail.attachments);
    let catalogue = reader.catalogue();
    let name = render::meeting::short_name(&snapshot.header, catalogue);
    let document = access.place.document.to_string();
    let paper = render::meeting(&snapshot, &detail, Catalogue::of(Language::OF_PAPERS));
    Ok(Page {
        status: StatusCode::OK,
        title: format!("{name}, {}", detail.forum_name),
        attributes: vec![("data-page", "meeting".to_owned()), ("data-meeting", detail.id.to_string()), ("data-document", document)],
        content: vec![
            render::page::meeting_bar(&name, &snapshot.header, &detail, catalogue),
            render::page::desk(render::outline(&snapshot, catalogue), paper),
        ],
        boot: Some(BootPage::Meeting { detail: Box::new(detail) }),
    })
}

/// What stands at the address of a deleted meeting: the way back. `None` if there never was one.
async fn deleted_page(state: &AppState, access: &MeetingAccess, reader: &Reader) -> Option<Page> {
    let stored = meetings::find_stored(state, access).await.ok().filter(|stored| stored.deleted)?;
    let catalogue = reader.catalogue();
    let texts = &catalogue.states;
    let restore = element("form")
        .attribute("method", "post")
        .attribute("action", format!("/api/meetings/{}/restore", stored.detail.id))
        .child(element("button").class("btn main").attribute("type", "submit").text(texts.restore));
    let home = element("a").class("btn").attribute("href", "/").text(catalogue.common.to_home);
    let message = element("div")
        .class("empty")
        .child(element("h1").text(texts.gone_title))
        .child(element("p").text(texts.gone_help))
        .child(element("div").class("acts-r").child(restore).child(home));
    Some(Page {
        status: StatusCode::GONE,
        title: texts.gone_title.to_owned(),
        attributes: vec![("data-page", "error".to_owned())],
        content: vec![render::page::home_bar(catalogue), element("main").attribute("id", render::meeting::CONTENT_ID).child(message)],
        boot: None,
    })
}

/// The page of a search. An empty query finds nothing and says how to search.
pub(crate) fn search(state: &AppState, reader: &Reader, query: &str, found: Result<SearchAnswer, ApiError>) -> Response {
    let catalogue = reader.catalogue();
    let page = found.map(|found| {
        let found = (!query.trim().is_empty()).then_some(&found);
        Page {
            status: StatusCode::OK,
            title: if query.trim().is_empty() { catalogue.search.title.to_owned() } else { (catalogue.search.title_of)(query.trim()) },
            attributes: vec![("data-page", "search".to_owned())],
            content: vec![render::page::home_bar(catalogue), render::search::search(query, found, catalogue)],
            boot: None,
        }
    });
    answer(state, reader, page)
}

/// Whatever has no route. Programs get a problem, people a page.
pub(crate) async fn not_found(State(state): State<AppState>, request: Request) -> Response {
    let missing = ApiError::not_found("address");
    // What mail gateways make of `/ind#t=…`.
    if request.method() == Method::GET && request.uri().path().starts_with("/ind%23") {
        return sign_in::by_other_address(&state, request.headers());
    }
    if request.uri().path().starts_with("/api/") {
        return missing.into_response();
    }
    refusal(&state, request.headers(), missing)
}

/// Makes a page of a refusal, for a browser that sent a form or followed a link.
pub(crate) async fn instead_of_problem(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let headers = request.headers().clone();
    let response = next.run(request).await;
    let Some(error) = response.extensions().get::<ApiError>().cloned() else { return response };
    let retry_after = response.headers().get(header::RETRY_AFTER).cloned();
    let mut response = refusal(&state, &headers, error);
    response.headers_mut().extend(retry_after.map(|after| (header::RETRY_AFTER, after)));
    response
}

/// What a page says that cannot be shown. Programs get the problem itself.
pub(crate) fn refusal(state: &AppState, headers: &HeaderMap, error: ApiError) -> Response {
    if !wants_page(headers) {
        return error.into_response();
    }
    let reader = Reader::without_route(state, headers);
    answer(state, &reader, Err(error))
}

fn error_page(error: &ApiError, catalogue: &Catalogue) -> Page {
    let texts = &catalogue.states;
    let (title, help) = match error.status() {
        StatusCode::NOT_FOUND => (texts.missing_title, texts.missing_help),
        _ => (catalogue.problems.by_code)(error.code()).unwrap_or(catalogue.problems.unknown),
    };
    Page {
        status: error.status(),
        title: title.to_owned(),
        attributes: vec![("data-page", "error".to_owned())],
        content: vec![render::page::home_bar(catalogue), render::page::message(title, help, catalogue)],
        boot: None,
    }
}

fn answer(state: &AppState, reader: &Reader, page: Result<Page, ApiError>) -> Response {
    match Built::get() {
        Some(built) => answer_with(built, state, reader, page),
        None => (StatusCode::SERVICE_UNAVAILABLE, format!("{NOT_BUILT}\n")).into_response(),
    }
}

fn answer_with(built: &Built, state: &AppState, reader: &Reader, page: Result<Page, ApiError>) -> Response {
    let page = page.unwrap_or_else(|error| error_page(&error, reader.catalogue()));
    // A browser keeps its user key from the first page on: client ids are bound to it, also before its person has a name.
    let is_new = reader.identity.is_guest() && matches!(reader.identity.via, Via::Open(_));
    let identity = if is_new { Identity::newcomer(random_bits()) } else { reader.identity.clone() };
    let status = page.status;
    let mut response = (status, compression::COMPRESS, document(page, built, reader, &identity)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy(reader.socket(state).as_deref()));
    if is_new {
        headers.append(header::SET_COOKIE, state.identities.set_cookie(&identity));
    }
    reader.keep_language(headers);
    response
}

/// Nothing but the server's own files; no inline script, no inline style. The socket is named for browsers in which `'self'` leaves it out.
fn policy(socket: Option<&str>) -> HeaderValue {
    let socket = socket.map(|socket| format!(" {socket}")).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
         connect-src 'self'{socket}; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

fn document(page: Page, built: &Built, reader: &Reader, identity: &Identity) -> String {
    let preloads = page.boot.as_ref().map(|page| preloads(built, reader.language, page)).unwrap_or_default();
    let boot = page.boot.map(|page| Boot {
        me: identity.me(),
        user: identity.alias(),
        open: matches!(identity.via, Via::Open(_)),
        role: identity.role(),
        page,
    });
    let boot = boot.map(|boot| serde_json::to_string(&boot).expect("rows have string keys only"));
    // A page that only says something needs no app.
    let scripts = if boot.is_some() { std::slice::from_ref(&built.boot) } else { &[] };
    let mut attributes = page.attributes;
    if boot.is_some() {
        // The app fetches them when the page is at rest.
        attributes.push(("data-parts", Vec::from_iter(built.all_parts()).join(" ")));
    }
    render::page::document(render::page::Page {
        language: reader.language,
        title: &page.title,
        styles: std::slice::from_ref(&built.style),
        font: built.font.as_deref(),
        icon: Some("data:,"),
        scripts,
        preloads,
        attributes,
        content: page.content,
        boot: boot.as_deref(),
    })
}

/// Script and wasm are asked for at once, with what the page starts with: its words, its part of the app, or its document. Else they would wait until
/// the script has arrived.
fn preloads(built: &Built, language: Language, page: &BootPage) -> Vec<Element> {
    let link = |kind: &'static str, address: &str| element("link").attribute("rel", kind).attribute("href", address.to_owned());
    let fetch = |address: &str| link("preload", address).attribute("as", "fetch").attribute("crossorigin", "anonymous");
    let wasm = |address: &String| fetch(address).attribute("type", "application/wasm");
    let mut links = vec![link("modulepreload", &built.script), wasm(&built.wasm)];
    links.extend(built.part(language.code()).iter().map(wasm));
    match page {
        BootPage::Home {} => links.extend(built.part("home").iter().map(wasm)),
        BootPage::Meeting { detail } => links.extend(detail.documents.iter().map(|document| fetch(&state::address(document)))),
    }
    links
}

#[cfg(test)]
mod tests {
    use dagsorden_shared::api::Person;
    use dagsorden_shared::id::MeetingId;

    use super::*;
    use crate::config::Config;
    use crate::intake::prepare;
    use crate::rights::Actor;
    use crate::store::{Act, On};
    use crate::{Server, demo};

    async fn html(response: Response) -> String {
        String::from_utf8(axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap().into()).unwrap()
    }

    #[tokio::test]
    async fn a_meeting_can_be_read_without_the_app_and_lets_nothing_foreign_in() {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::open(&Config { data: folder.path().to_owned(), ..Config::default() }).await.unwrap();
        let state = server.state();
        let meeting = prepare(demo::meeting(), None).unwrap();
        let (id, document) = (meeting.meeting.clone(), meeting.document.clone());
        state.store.create_meeting(Actor::command_line(), Person::default(), meeting).await.unwrap();
        let manifest = br#"{"app.js":"app-1.js","app.wasm":"app-1_bg.wasm","style.css":"style-2.css","f":"f-3.woff2","parts":{"home":["part-home-4.wasm"],"tools":["part-tools-5.wasm"]}}"#;
        let built = Built::from_manifest(manifest).unwrap();
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("127.0.0.1:8080"))]);
        let reader_of = |cookie: &'static str| {
            let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(cookie))]);
            Reader::new(Identity::guest(), None, &headers)
        };
        assert_eq!((reader_of("lang=en").language, reader_of("lang=xx").language), (Language::En, Language::Da));
        let reader = |lang: &str| Reader::new(Identity::guest(), Some(lang), &headers);

        let rights = || state.store.rights_now();
        let meeting_access = |id: &MeetingId| MeetingAccess {
            identity: Identity::guest(),
            meeting: id.clone(),
            place: rights().meetings.meetings[id].clone(),
            rights: rights(),
        };
        let page = meeting_page(state, &meeting_access(&id), &reader("da")).await;
        let response = answer_with(&built, state, &reader("da"), page);
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(
            policy.contains("script-src 'self' 'wasm-unsafe-eval';") && policy.contains("connect-src 'self' ws://127.0.0.1:8080;"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        assert!(
            response.headers()[header::SET_COOKIE].to_str().unwrap().starts_with("dagsorden_person_"),
            "a browser is known from its first page on"
        );
        let html_text = html(response).await;
        for part in [
            "<html lang=\"da\">",
            &format!("data-meeting=\"{id}\""),
            "Fælles akutpladser for unge mellem 15 og 23 år</",
            "<table",
            "href=\"/assets/style-2.css\"",
            "rel=\"modulepreload\" href=\"/assets/app-1.js\"",
            "data-parts=\"/assets/part-home-4.wasm /assets/part-tools-5.wasm\"",
            "<script type=\"application/json\" id=\"boot\">{\"me\":{\"name\":\"\"",
            &format!("rel=\"preload\" href=\"/api/documents/{document}/state\""),
            "<noscript>",
        ] {
            assert!(html_text.contains(part), "{part} is missing in {html_text}");
        }

        let english = home_page(state, &PersonAccess { identity: Identity::guest(), rights: rights() }, &reader("en")).await;
        let english = answer_with(&built, state, &reader("en"), english);
        assert!(
            english.headers().get_all(header::SET_COOKIE).iter().any(|cookie| cookie.as_bytes().starts_with(b"lang=en;")),
            "remembered"
        );
        let english = html(english).await;
        assert!(english.contains("rel=\"preload\" href=\"/assets/part-home-4.wasm\""), "the front page starts with it");
        assert!(!html_text.contains("rel=\"preload\" href=\"/assets/part-home-4.wasm\""), "a meeting does not");
        assert!(english.contains("<html lang=\"en\">") && english.contains(&format!("href=\"/m/{id}\"")), "{english}");

        assert!(deleted_page(state, &meeting_access(&id), &reader("da")).await.is_none(), "it is there");
        state.store.delete_meeting(Act::of_command_line(Verb::DeleteMeeting, On::Meeting(id.clone()), ""), &id).await.unwrap();
        let gone = deleted_page(state, &meeting_access(&id), &reader("da")).await.ok_or_else(|| ApiError::not_found("meeting"));
        let gone = answer_with(&built, state, &reader("da"), gone);
        assert_eq!(gone.status(), StatusCode::GONE);
        let gone = html(gone).await;
        assert!(gone.contains(&format!("action=\"/api/meetings/{id}/restore\"")), "the way back: {gone}");
        let home = home_page(state, &PersonAccess { identity: Identity::guest(), rights: rights() }, &reader("da")).await;
        let home = html(answer_with(&built, state, &reader("da"), home)).await;
        assert!(home.contains("<summary>Slettede møder (1)</summary>") && home.contains(" af cli</p>"), "who and when: {home}");
        assert!(home.contains(&format!("action=\"/api/meetings/{id}/restore\"")), "and there, too: {home}");
        assert!(!home.contains(&format!("href=\"/m/{id}\"")), "nothing else is offered: {home}");

        let missing = Err(ApiError::not_found("meeting"));
        let missing = answer_with(&built, state, &reader("da"), missing);
        assert_eq!(missing.status(), StatusCode::NOT_FOUND);
        let missing = html(missing).await;
        assert!(missing.contains("Her er intet møde") && !missing.contains("<script"), "{missing}");
    }
}
