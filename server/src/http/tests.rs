//! The API as a program outside sees it, without a socket.

mod access;
mod apart;
mod attachments;
mod example;
mod forum;
mod import;
mod notices;
mod participants;
mod phase;
mod points;
mod proposals;
mod search;
mod sign_in;
mod support;
mod talk;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use dagsorden_shared::api::{Author, Created, ForumRow, ImportPreview, MeetingDetail, MeetingRow, Person, Problem};
use dagsorden_shared::id::ClientId;
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, MeetingJson, SectionJson, SectionKind};
use futures_util::stream;
use serde::de::DeserializeOwned;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::Server;
use crate::config::Config;
use crate::demo;
use crate::gate::UserKey;
use crate::identity::Identity;
use crate::store::Batch;

struct TestApp {
    server: Server,
    folder: TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Answer {
    fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    #[track_caller]
    fn is_problem(&self, status: StatusCode, code: &str) -> Problem {
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{}", String::from_utf8_lossy(&self.bytes));
        let problem: Problem = self.json();
        assert_eq!((self.status, problem.status, problem.code.as_str()), (status, status.as_u16(), code), "{problem:?}");
        problem
    }
}

impl TestApp {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config { data: folder.path().to_owned(), ..Config::default() };
        Self { server: Server::open(&config).await.unwrap(), folder }
    }

    fn router(&self) -> Router {
        super::router(self.server.state().clone())
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer { status: parts.status, headers: parts.headers, bytes: to_bytes(body, 8 << 20).await.unwrap().into() }
    }

    async fn ask(&self, method: Method, path: &str, kind: &str, body: impl Into<Body>) -> Answer {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1:8080");
        self.send(request.header(header::CONTENT_TYPE, kind).body(body.into()).unwrap()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, "", Body::empty()).await
    }

    async fn post(&self, path: &str, json: &impl serde::Serialize) -> Answer {
        self.ask(Method::POST, path, "application/json", serde_json::to_vec(json).unwrap()).await
    }

    async fn meetings(&self) -> Vec<MeetingRow> {
        self.get("/api/meetings").await.json()
    }
}

fn small_meeting() -> MeetingJson {
    let blocks = vec![BlockJson::paragraph("Der er to forslag.")];
    let section = SectionJson { heading: Some("Baggrund".into()), kind: SectionKind::Background, blocks, ..SectionJson::default() };
    let item = ItemJson { number: Some("1".into()), title: "Valg af vært".into(), sections: vec![section], ..ItemJson::default() };
    MeetingJson {
        forum: "Kredsen".into(),
        title: "Møde i Kredsen".into(),
        date: Some("2031-05-06".into()),
        items: vec![item],
        ..MeetingJson::default()
    }
}

#[tokio::test]
async fn what_was_imported_is_exported_again() {
    let app = TestApp::new().await;
    for meeting in [small_meeting(), demo::meeting()] {
        let created = app.post("/api/meetings/import", &meeting).await;
        assert_eq!(created.status, StatusCode::CREATED);
        let created: Created = created.json();
        let detail: MeetingDetail = app.get(&format!("/api/meetings/{}", created.meeting)).await.json();
        assert_eq!(detail.documents, [created.document]);
        assert_eq!(detail.participants, meeting.participants);
        let exported = app.get(&format!("/api/meetings/{}/export?format=json", created.meeting)).await;
        assert_eq!(exported.json::<MeetingJson>(), meeting);
        assert!(exported.headers[header::CONTENT_DISPOSITION].to_str().unwrap().starts_with("attachment; filename=\""));
    }
}

#[tokio::test]
async fn a_meeting_is_exported_in_every_format() {
    let app = TestApp::new().await;
    let meeting = MeetingJson { forum: "Børnekredsen".into(), ..small_meeting() };
    let created: Created = app.post("/api/meetings/import", &meeting).await.json();
    let address = format!("/api/meetings/{}/export", created.meeting);
    for (format, kind, start) in [
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "PK\u{3}\u{4}"),
        ("pdf", "application/pdf", "%PDF-1.7"),
        ("html", "text/html; charset=utf-8", "<!doctype html>\n<html lang=\"da\">"),
        ("md", "text/markdown; charset=utf-8", "**UDKAST**\n\n# Møde i Kredsen\n"),
        ("txt", "text/plain; charset=utf-8", "Møde i Kredsen\n\nDagsorden\n\nForum: Børnekredsen\n"),
        ("ics", "text/calendar; charset=utf-8", "BEGIN:VCALENDAR\r\n"),
    ] {
        let file = app.get(&format!("{address}?format={format}")).await;
        assert_eq!((file.status, file.headers[header::CONTENT_TYPE].to_str().unwrap()), (StatusCode::OK, kind));
        assert!(file.bytes.starts_with(start.as_bytes()), "{format}: {}", String::from_utf8_lossy(&file.bytes));
        let name = format!(
            "attachment; filename=\"Boernekredsen dagsorden 2031-05-06.{format}\"; \
             filename*=UTF-8''B%C3%B8rnekredsen%20dagsorden%202031-05-06.{format}"
        );
        assert_eq!(file.headers[header::CONTENT_DISPOSITION].to_str().unwrap(), name);
    }
    let english = app.get(&format!("{address}?format=html&lang=en")).await;
    assert!(english.bytes.starts_with(b"<!doctype html>\n<html lang=\"en\">"));
    let problem = app.get(&format!("{address}?format=clay")).await;
    let detail = problem.json::<Problem>().detail.unwrap();
    assert!(["json", "pdf", "docx", "html", "md", "txt", "ics"].iter().all(|format| detail.contains(&format!("`{format}`"))), "{detail}");
    let undated: Created = app.post("/api/meetings/import", &MeetingJson { date: None, ..meeting }).await.json();
    let refused = app.get(&format!("/api/meetings/{}/export?format=ics", undated.meeting)).await;
    refused.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "no_date");
}

#[tokio::test]
async fn a_file_is_imported_as_text_and_as_a_form() {
    let app = TestApp::new().await;
    let text = "Dagsorden for Kredsen\n\nPunkt 1: Valg af vært\nBaggrund\nDer er to forslag.\n\nPunkt 2: Eventuelt\n-\n";
    let created = app.ask(Method::POST, "/api/meetings/import?name=m%C3%B8de.txt&forum=Kredsen", "text/plain", text).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&created.bytes));
    let form = format!(
        "--x\r\nContent-Disposition: form-data; name=\"forum\"\r\n\r\nAndre\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; \
         filename=\"a.txt\"\r\n\r\n{text}\r\n--x--\r\n"
    );
    let created = app.ask(Method::POST, "/api/meetings/import", "multipart/form-data; boundary=x", form).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&created.bytes));
    let nameless = MeetingJson { forum: String::new(), ..small_meeting() };
    assert_eq!(app.post("/api/meetings/import", &nameless).await.status, StatusCode::CREATED);
    let rows = app.meetings().await;
    let mut forums: Vec<_> = rows.iter().map(|row| (row.forum_name.as_str(), row.items)).collect();
    forums.sort_unstable();
    assert_eq!(forums, [("Andre", 2), ("Kredsen", 2), ("Uden forum", 1)]);
}

#[tokio::test]
async fn a_preview_stores_nothing() {
    let app = TestApp::new().await;
    let preview: ImportPreview = app.post("/api/meetings/import/preview", &small_meeting()).await.json();
    assert_eq!(preview.meeting, small_meeting());
    assert!(app.meetings().await.is_empty());
    assert!(app.get("/api/forums").await.json::<Vec<ForumRow>>().is_empty());
}

#[tokio::test]
async fn a_meeting_is_made_in_a_forum_that_is_there_or_a_new_one() {
    let app = TestApp::new().await;
    let forum: ForumRow = app.post("/api/forums", &serde_json::json!({ "name": " Kredsen " })).await.json();
    assert_eq!(forum.name, "Kredsen");
    for body in [
        serde_json::json!({ "forum": forum.id, "title": "", "date": "2031-05-06", "start": "09:00" }),
        serde_json::json!({ "forum_name": "Kredsen" }),
        serde_json::json!({ "forum_name": "Andre", "title": "Første møde" }),
    ] {
        assert_eq!(app.post("/api/meetings", &body).await.status, StatusCode::CREATED, "{body}");
    }
    let forums: Vec<ForumRow> = app.get("/api/forums").await.json();
    assert_eq!(forums.iter().map(|forum| (forum.name.as_str(), forum.meetings)).collect::<Vec<_>>(), [("Andre", 1), ("Kredsen", 2)]);
    app.post("/api/meetings", &serde_json::json!({ "forum": "nobody" })).await.is_problem(StatusCode::NOT_FOUND, "not_found");
    app.post("/api/meetings", &serde_json::json!({ "forum_name": "x", "date": "6. maj" }))
        .await
        .is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    app.post("/api/meetings", &serde_json::json!({})).await.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    assert_eq!(app.meetings().await.len(), 3, "what was refused is not stored");
}

#[tokio::test]
async fn a_deleted_meeting_is_gone_until_it_is_restored() {
    let app = TestApp::new().await;
    let created: Created = app.post("/api/demo", &()).await.json();
    let address = format!("/api/meetings/{}", created.meeting);
    assert_eq!(app.ask(Method::DELETE, &address, "", "").await.status, StatusCode::NO_CONTENT);
    app.get(&address).await.is_problem(StatusCode::NOT_FOUND, "not_found");
    app.get(&format!("{address}/export?format=json")).await.is_problem(StatusCode::NOT_FOUND, "not_found");
    app.ask(Method::DELETE, &address, "", "").await.is_problem(StatusCode::NOT_FOUND, "not_found");
    let is_listed = async || app.meetings().await.iter().any(|row| row.id == created.meeting);
    assert!(!is_listed().await);
    for _ in 0..2 {
        let restored = app.ask(Method::POST, &format!("{address}/restore"), "", "").await;
        assert_eq!(restored.json::<MeetingDetail>().id, created.meeting, "restoring twice does no harm");
    }
    assert!(is_listed().await);
}

#[tokio::test]
async fn bad_input_is_a_problem_that_says_where() {
    let app = TestApp::new().await;
    let json = "application/json";
    for (path, kind, body, status, code) in [
        ("/api/forums", json, "{", StatusCode::BAD_REQUEST, "not_json"),
        ("/api/forums", json, "{\"name\":7}", StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        ("/api/forums", json, "{\"name\":\"  \"}", StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        ("/api/forums", "text/plain", "{\"name\":\"x\"}", StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type"),
        ("/api/meetings/import", json, "", StatusCode::UNPROCESSABLE_ENTITY, "empty"),
        ("/api/meetings/import", json, "{\"title\":\"x\",\"items\":[{\"ti", StatusCode::UNPROCESSABLE_ENTITY, "bad_json"),
        ("/api/meetings/import", "text/plain", "Kære alle, vi ses.", StatusCode::UNPROCESSABLE_ENTITY, "not_an_agenda"),
        ("/api/meetings/import", "multipart/form-data; boundary=x", "--x--\r\n", StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
        ("/api/meetings/import", "multipart/form-data", "", StatusCode::BAD_REQUEST, "bad_form"),
        ("/api/meetings/import/preview", "application/octet-stream", "%PDF-1.7", StatusCode::UNPROCESSABLE_ENTITY, "format_not_read"),
    ] {
        let problem = app.ask(Method::POST, path, kind, body).await.is_problem(status, code);
        assert!(problem.title.ends_with('.'), "{problem:?}");
    }
    let cut = app.ask(Method::POST, "/api/meetings/import", json, "{\n\"title\":\n").await;
    let detail = cut.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_json").detail.unwrap();
    assert!(detail.contains("line 3"), "{detail}");
    app.ask(Method::POST, "/api/meetings/import", "", vec![0xff, 0xfe_u8 + 1, b'a'])
        .await
        .is_problem(StatusCode::UNPROCESSABLE_ENTITY, "not_utf8");
    assert!(app.meetings().await.is_empty());
}

#[tokio::test]
async fn fifty_megabytes_are_refused_with_and_without_an_announced_length() {
    let app = TestApp::new().await;
    for path in ["/api/meetings/import", "/api/forums", "/api/me"] {
        let method = if path == "/api/me" { Method::PUT } else { Method::POST };
        let chunks = stream::iter((0..50).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1 << 20])));
        app.ask(method.clone(), path, "application/json", Body::from_stream(chunks))
            .await
            .is_problem(StatusCode::PAYLOAD_TOO_LARGE, "too_large");
        let announced = Request::builder().method(method).uri(path).header(header::CONTENT_LENGTH, 50 << 20);
        let body = Body::from_stream(stream::iter([Err::<Vec<u8>, _>(std::io::Error::other("the client stopped sending"))]));
        app.send(announced.body(body).unwrap()).await.is_problem(StatusCode::BAD_REQUEST, "body_cut");
    }
}

#[tokio::test]
async fn other_sites_change_nothing() {
    let app = TestApp::new().await;
    for (name, value) in [("origin", "https://example.org"), ("sec-fetch-site", "cross-site"), ("host", "example.org")] {
        let mut request =
            Request::builder().method(Method::POST).uri("/api/demo").header("host", "127.0.0.1:8080").body(Body::empty()).unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
        let code = if name == "host" { "foreign_host" } else { "foreign_origin" };
        app.send(request).await.is_problem(StatusCode::FORBIDDEN, code);
    }
    assert!(app.meetings().await.is_empty());
}

#[tokio::test]
async fn a_person_is_kept_in_a_signed_cookie() {
    let app = TestApp::new().await;
    let put = |name: &str, organisation: &str, cookie: &str| {
        let body = serde_json::to_vec(&serde_json::json!({ "name": name, "organisation": organisation, "hue": 17 })).unwrap();
        let request = Request::builder().method(Method::PUT).uri("/api/me").header(header::CONTENT_TYPE, "application/json");
        app.send(request.header("sec-fetch-site", "same-origin").header(header::COOKIE, cookie).body(Body::from(body)).unwrap())
    };
    let me = |cookie: &str| {
        app.send(
            Request::builder()
                .uri("/api/me")
                .header("sec-fetch-site", "same-origin")
                .header(header::COOKIE, cookie)
                .body(Body::empty())
                .unwrap(),
        )
    };
    assert_eq!(app.get("/api/me").await.json::<Person>(), Person::default());
    let answer = put(" Bodil Ørum ", "Lyngby Å", "").await;
    let set = answer.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(set.contains("; HttpOnly; SameSite=Lax") && set.contains("; Path=/;"), "{set}");
    let cookie = set.split(';').next().unwrap().to_owned();
    let bodil = Person { name: "Bodil Ørum".into(), organisation: "Lyngby Å".into(), hue: 1 };
    assert_eq!(me(&cookie).await.json::<Person>(), bodil, "the colour is the server's to give");
    assert_eq!(put("Aksel", "Sønderby", "").await.json::<Person>().hue, 2);
    assert_eq!(put("Carl", "Lyngby Å", "").await.json::<Person>().hue, 1);
    for forged in [cookie.replace('=', "=A"), format!("{cookie}x"), format!("{}=e30.AAAA", cookie.split('=').next().unwrap())] {
        assert_eq!(me(&forged).await.json::<Person>(), Person::default(), "{forged}");
    }
    for (name, organisation) in [("", "x"), ("B\u{7}", ""), (&"n".repeat(81) as &str, "")] {
        put(name, organisation, "").await.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    }
}

#[tokio::test]
async fn a_document_says_who_wrote_and_never_their_key() {
    let app = TestApp::new().await;
    let created: Created = app.post("/api/meetings/import", &small_meeting()).await.json();
    let path = format!("/api/documents/{}/authors", created.document);
    let authors = async || app.get(&path).await.json::<Vec<Author>>();
    assert_eq!(authors().await, [], "nobody wrote what the meeting was made with");

    let person = |name: &str, organisation: &str, hue| Person { name: name.into(), organisation: organisation.into(), hue };
    let put = async |person: &Person, cookie: &str| {
        let request = Request::builder().method(Method::PUT).uri("/api/me").header(header::CONTENT_TYPE, "application/json");
        let body = Body::from(serde_json::to_vec(person).unwrap());
        let answer = app.send(request.header("sec-fetch-site", "same-origin").header(header::COOKIE, cookie).body(body).unwrap()).await;
        answer.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
    };
    let cookie = put(&person("Bodil", "Lyngby Å", 0), "").await;
    let identity = app.server.state().identities.read(cookie.split_once('=').unwrap().1).unwrap();
    let [named, unnamed] = [7, 8].map(|client| ClientId::new(client).unwrap());
    let clients = vec![(named, identity.user.as_str().to_owned()), (unnamed, "somebody".to_owned())];
    let store = &app.server.state().store;
    store.commit(Batch { clients, ..Batch::of_server(created.document.clone(), 2, vec![1, 1]) }).await.unwrap();

    let guest = Identity::unnamed(UserKey::new("somebody")).person;
    let bodil = |person: Person| [Author { client: named, person }, Author { client: unnamed, person: guest.clone() }];
    assert_eq!(authors().await, bodil(person("Bodil", "Lyngby Å", 1)));
    put(&person("Bodil Ørum", "", 0), &cookie).await;
    let known = authors().await;
    assert_eq!((known[0].person.name.as_str(), known[0].person.organisation.as_str()), ("Bodil Ørum", ""), "as they last said it");
    // An old cookie tells nothing new of a person who is known, but of one who is not.
    store.keep_person(identity.user.as_str().to_owned(), person("Bodil", "Lyngby Å", 1)).await.unwrap();
    assert_eq!(authors().await, known);
    store.keep_person("somebody".into(), person("Carl", "Havn", 2)).await.unwrap();
    assert_eq!(authors().await[1].person, person("Carl", "Havn", 2));
    let bytes = String::from_utf8(app.get(&path).await.bytes).unwrap();
    assert!(!bytes.contains("somebody") && !bytes.contains(identity.user.as_str()), "{bytes}");

    app.ask(Method::DELETE, &format!("/api/meetings/{}", created.meeting), "", "").await;
    for path in [path.as_str(), "/api/documents/nothing/authors", "/api/documents/%2e/authors"] {
        app.get(path).await.is_problem(StatusCode::NOT_FOUND, "not_found");
    }
}

#[tokio::test]
async fn a_document_gives_its_committed_state_compressed() {
    let app = TestApp::new().await;
    let created: Created = app.post("/api/meetings/import", &small_meeting()).await.json();
    let path = format!("/api/documents/{}/state", created.document);
    let committed = app.server.state().registry.committed_state(&created.document).await.unwrap();
    let plain = app.get(&path).await;
    assert_eq!((plain.status, &plain.bytes), (StatusCode::OK, &committed));
    assert_eq!(plain.headers[header::CACHE_CONTROL], "no-store");
    let request = Request::get(&path).header(header::HOST, "127.0.0.1:8080").header(header::ACCEPT_ENCODING, "br");
    let short = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(short.headers.get(header::CONTENT_ENCODING).is_some(), committed.len() > 1024);

    app.ask(Method::DELETE, &format!("/api/meetings/{}", created.meeting), "", "").await;
    for path in [path.as_str(), "/api/documents/nothing/state"] {
        app.get(path).await.is_problem(StatusCode::NOT_FOUND, "not_found");
    }
}

#[tokio::test]
async fn what_is_not_there_says_so_in_the_form_that_was_asked_for() {
    let app = TestApp::new().await;
    for path in ["/api/nothing", "/api/meetings/nobody", "/api/meetings/%2e%2e", "/nothing"] {
        app.get(path).await.is_problem(StatusCode::NOT_FOUND, "not_found");
    }
    app.ask(Method::PATCH, "/api/forums", "", "").await.is_problem(StatusCode::METHOD_NOT_ALLOWED, "method");
    app.get("/api/meetings/nobody/export").await.is_problem(StatusCode::NOT_FOUND, "not_found");
    app.get("/api/meetings/%ff").await.is_problem(StatusCode::BAD_REQUEST, "unreadable");
    app.ask(Method::POST, "/api/meetings/import?name=a&name=b", "text/plain", "x").await.is_problem(StatusCode::BAD_REQUEST, "unreadable");
    let created: Created = app.post("/api/demo", &()).await.json();
    let export = format!("/api/meetings/{}/export", created.meeting);
    for format in ["", "?format=exe"] {
        app.get(&format!("{export}{format}")).await.is_problem(StatusCode::BAD_REQUEST, "format");
    }
    assert_eq!(app.get("/assets/nothing.js").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_answer_is_kept_from_being_misread() {
    let app = TestApp::new().await;
    for path in ["/", "/m/nobody", "/api/forums", "/api/nothing", "/assets/nothing.js", "/healthz", "/sw.js"] {
        let headers = app.get(path).await.headers;
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer", "{path}");
        assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'"), "{path}");
    }
}

#[tokio::test]
async fn health_is_told() {
    let app = TestApp::new().await;
    assert_eq!(app.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(app.get("/readyz").await.status, StatusCode::OK);
    app.server.state().store.close().await;
    assert_eq!(app.get("/healthz").await.status, StatusCode::OK);
    app.get("/readyz").await.is_problem(StatusCode::SERVICE_UNAVAILABLE, "not_ready");
}
