//! Attachments as a program outside sees them: sent, fetched, changed, removed, packed, and only by those who may.

use std::io::{Cursor, Read};

use dagsorden_shared::access::{Phase, Place, Role, Standing, Verb, can};
use dagsorden_shared::attachment::{AttachmentRow, Attachments, ChangedAttachment, NewAttachment};
use dagsorden_shared::meeting_json::{AttachmentJson, AttachmentStatus, FileJson};
use zip::ZipArchive;

use super::access::World;
use super::*;
use crate::backup;

const PDF: &[u8] = b"%PDF-1.7\nindhold";

/// A meeting with one item, to which one attachment was promised.
struct Desk {
    app: TestApp,
    meeting: String,
    item: String,
}

impl Desk {
    async fn new() -> Self {
        Self::of(TestApp::new().await).await
    }

    async fn of(app: TestApp) -> Self {
        let mut json = small_meeting();
        let promised = |number: &str, title: &str| AttachmentJson {
            number: Some(number.into()),
            title: title.into(),
            status: AttachmentStatus::Eftersendes,
            file: None,
        };
        json.items[0].attachments = vec![promised("1.1", "Svar fra Ungerådet")];
        let created: Created = app.post("/api/meetings/import", &json).await.json();
        let meeting = created.meeting.to_string();
        let state: serde_json::Value = app.get(&format!("/api/meetings/{meeting}")).await.json();
        let item = state["items"][0]["id"].as_str().unwrap().to_owned();
        Self { app, meeting, item }
    }

    fn path(&self, id: &str) -> String {
        format!("/api/meetings/{}/items/{}/attachments/{id}", self.meeting, self.item)
    }

    async fn put(&self, id: &str, name: &str, bytes: &[u8]) -> Answer {
        let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let path = format!("{}?name={name}", self.path(id));
        self.app.ask(Method::PUT, &path, "application/octet-stream", bytes.to_vec()).await
    }

    async fn patch(&self, id: &str, changed: &ChangedAttachment) -> Answer {
        self.app.ask(Method::PATCH, &self.path(id), "application/json", serde_json::to_vec(changed).unwrap()).await
    }

    async fn rows(&self) -> Vec<AttachmentRow> {
        self.app.get(&format!("/api/meetings/{}/attachments", self.meeting)).await.json::<Attachments>().rows
    }

    /// Numbers and titles as the page and the exports show them.
    async fn shown(&self) -> Vec<(String, String)> {
        let exported = self.app.get(&format!("/api/meetings/{}/export?format=json", self.meeting)).await.json::<MeetingJson>();
        let named = |attachment: &AttachmentJson| (attachment.number.clone().unwrap_or_default(), attachment.title.clone());
        exported.items[0].attachments.iter().map(named).collect()
    }
}

#[tokio::test]
async fn a_file_that_is_sent_is_fetched_again() {
    let desk = Desk::new().await;
    let sent = desk.put("a1", "Økonomi & \"tal\".pdf", PDF).await;
    assert_eq!((sent.status, &sent.headers[header::LOCATION]), (StatusCode::CREATED, &"/api/attachments/a1".parse().unwrap()));
    let row: AttachmentRow = sent.json();
    assert_eq!((row.title.as_str(), row.status, row.number, row.numbered), ("Økonomi & _tal_.pdf", AttachmentStatus::Vedlagt, None, true));
    let again = desk.put("a1", "Økonomi & \"tal\".pdf", PDF).await;
    assert_eq!((again.status, again.json::<AttachmentRow>().version), (StatusCode::OK, 1), "sent twice it happened once");
    desk.put("a1", "x.pdf", b"%PDF-andet").await.is_problem(StatusCode::CONFLICT, "conflict");
    assert_eq!(desk.shown().await[1], ("1.2".to_owned(), "Økonomi & _tal_.pdf".to_owned()), "the number follows from the place");

    let fetched = desk.app.get("/api/attachments/a1").await;
    assert_eq!((fetched.status, fetched.bytes.as_slice()), (StatusCode::OK, PDF));
    let expect = |name: &str, value: &str| assert_eq!(fetched.headers[name], value, "{name}");
    expect("content-type", "application/pdf");
    expect("content-disposition", "attachment; filename=\"Oekonomi _ _tal_.pdf\"; filename*=UTF-8''%C3%98konomi%20%26%20_tal_.pdf");
    expect("x-content-type-options", "nosniff");
    expect("content-security-policy", "sandbox; default-src 'none'");
    expect("cache-control", "private, no-cache");
    let shown = desk.app.get("/api/attachments/a1?show=1").await;
    assert!(shown.headers["content-disposition"].to_str().unwrap().starts_with("inline;"));
}

#[tokio::test]
async fn a_part_of_a_file_and_what_is_known_already_are_answered_so() {
    let desk = Desk::new().await;
    desk.put("a1", "x.pdf", PDF).await;
    let ask = async |name: &str, value: &str| {
        let request = Request::builder().uri("/api/attachments/a1").header(header::HOST, "127.0.0.1:8080").header(name, value);
        desk.app.send(request.body(Body::empty()).unwrap()).await
    };
    let part = ask("range", "bytes=1-3").await;
    assert_eq!((part.status, part.bytes.as_slice()), (StatusCode::PARTIAL_CONTENT, &b"PDF"[..]));
    assert_eq!(
        (&part.headers["content-range"], &part.headers["content-length"]),
        (&"bytes 1-3/16".parse().unwrap(), &"3".parse().unwrap())
    );
    assert_eq!(ask("range", "bytes=-7").await.bytes, b"indhold");
    let outside = ask("range", "bytes=99-").await;
    assert_eq!((outside.status, &outside.headers["content-range"]), (StatusCode::RANGE_NOT_SATISFIABLE, &"bytes */16".parse().unwrap()));
    assert_eq!(ask("range", "bytes=0-1,3-4").await.status, StatusCode::OK, "several parts: all of it");
    let tag = desk.app.get("/api/attachments/a1").await.headers["etag"].to_str().unwrap().to_owned();
    let known = ask("if-none-match", &tag).await;
    assert_eq!((known.status, known.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
}

#[tokio::test]
async fn what_was_promised_is_filled_and_no_longer_missing() {
    let desk = Desk::new().await;
    let checks = async || {
        let checks = desk.app.get(&format!("/api/meetings/{}/checks?to=sent_out", desk.meeting)).await;
        String::from_utf8(checks.bytes).unwrap().contains("promised_attachment")
    };
    assert!(checks().await);
    let promised = desk.rows().await.remove(0);
    let filled = desk.put(promised.id.as_str(), "svar.pdf", PDF).await;
    assert_eq!(filled.status, StatusCode::OK);
    let row: AttachmentRow = filled.json();
    assert_eq!((row.title.as_str(), row.status, row.number.as_deref()), ("Svar fra Ungerådet", AttachmentStatus::Vedlagt, Some("1.1")));
    assert_eq!(row.file.unwrap().name, "svar.pdf");
    assert!(!checks().await);
    // A place can be held anew.
    let place = NewAttachment { title: "Kort".into(), number: None, status: AttachmentStatus::Eftersendes };
    let held = desk.app.ask(Method::PUT, &desk.path("p1"), "application/json", serde_json::to_vec(&place).unwrap()).await;
    assert_eq!(held.status, StatusCode::CREATED);
    assert!(checks().await);
    desk.app.get("/api/attachments/p1").await.is_problem(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn what_is_not_taken_is_refused_in_words_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { data: folder.path().to_owned(), max_file: 1, ..Config::default() };
    let desk = Desk::of(TestApp { server: Server::open(&config).await.unwrap(), folder }).await;
    let large = [b"%PDF-".as_slice(), &vec![0; 1 << 20]].concat();
    let problem = desk.put("a1", "x.pdf", &large).await.is_problem(StatusCode::PAYLOAD_TOO_LARGE, "file_too_large");
    assert_eq!(problem.detail.unwrap(), "Nothing was stored: the file is larger than 1 MiB.");
    desk.put("a1", "x.pdf", b"<html>").await.is_problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "file_kind");
    desk.put("a1", "x.pdf", b"").await.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "file_empty");
    let nowhere = format!("/api/meetings/{}/items/nobody/attachments/a1?name=x.pdf", desk.meeting);
    desk.app.ask(Method::PUT, &nowhere, "application/pdf", PDF.to_vec()).await.is_problem(StatusCode::NOT_FOUND, "not_found");
    assert_eq!(desk.rows().await.len(), 1);
    let limit = desk.app.get(&format!("/api/meetings/{}/attachments", desk.meeting)).await.json::<Attachments>().limit;
    assert_eq!(limit, 1 << 20);
}

#[tokio::test]
async fn a_form_with_a_file_is_taken_under_an_id_of_the_server() {
    let desk = Desk::new().await;
    let path = format!("/api/meetings/{}/items/{}/attachments", desk.meeting, desk.item);
    let form = [
        b"--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../Notat.pdf\"\r\nContent-Type: text/html\r\n\r\n".as_slice(),
        PDF,
        b"\r\n--X--\r\n",
    ]
    .concat();
    let sent = desk.app.ask(Method::POST, &path, "multipart/form-data; boundary=X", form).await;
    let row: AttachmentRow = sent.json();
    assert_eq!((sent.status, row.file.unwrap().name.as_str()), (StatusCode::CREATED, "Notat.pdf"));
    assert_eq!(desk.app.get(&format!("/api/attachments/{}", row.id)).await.bytes, PDF);
    desk.app
        .ask(Method::POST, &path, "multipart/form-data; boundary=X", "--X--\r\n")
        .await
        .is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
}

#[tokio::test]
async fn attachments_are_renamed_renumbered_and_moved() {
    let desk = Desk::new().await;
    for id in ["a", "b"] {
        desk.put(id, &format!("{id}.pdf"), PDF).await;
    }
    let changed =
        ChangedAttachment { version: Some(1), title: Some(" Notat ".into()), number: Some("7".into()), ..ChangedAttachment::default() };
    let row: AttachmentRow = desk.patch("a", &changed).await.json();
    assert_eq!((row.title.as_str(), row.number.as_deref(), row.numbered, row.version), ("Notat", Some("7"), false, 2));
    desk.patch("a", &changed).await.is_problem(StatusCode::PRECONDITION_FAILED, "stale");
    let first = ChangedAttachment { place: Some(0), ..ChangedAttachment::default() };
    assert_eq!(desk.patch("b", &first).await.status, StatusCode::OK);
    let shown: Vec<String> = desk.shown().await.into_iter().map(|(number, title)| format!("{number} {title}")).collect();
    assert_eq!(shown, ["1.2 b.pdf", "1.1 Svar fra Ungerådet", "7 Notat"]);
    let own = ChangedAttachment { number: Some(String::new()), ..ChangedAttachment::default() };
    assert!(desk.patch("a", &own).await.json::<AttachmentRow>().numbered, "an empty number follows from the place again");
    let empty = ChangedAttachment { title: Some("  ".into()), ..ChangedAttachment::default() };
    desk.patch("a", &empty).await.is_problem(StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    desk.patch("nobody", &own).await.is_problem(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn what_was_removed_comes_back() {
    let desk = Desk::new().await;
    desk.put("a", "a.pdf", PDF).await;
    assert_eq!(desk.app.ask(Method::DELETE, &desk.path("a"), "", Body::empty()).await.status, StatusCode::NO_CONTENT);
    desk.app.get("/api/attachments/a").await.is_problem(StatusCode::NOT_FOUND, "not_found");
    assert_eq!(desk.rows().await.len(), 1);
    desk.put("a", "a.pdf", PDF).await.is_problem(StatusCode::CONFLICT, "conflict");
    let state = desk.app.server.state();
    assert_eq!(state.files.sweep_older(&state.store, std::time::Duration::ZERO).await.unwrap(), 0, "it can be brought back");
    let back = desk.app.ask(Method::POST, &format!("{}/restore", desk.path("a")), "", Body::empty()).await;
    assert_eq!((back.status, back.json::<AttachmentRow>().title.as_str()), (StatusCode::OK, "a.pdf"));
    assert_eq!(desk.app.get("/api/attachments/a").await.bytes, PDF);
    desk.app
        .ask(Method::POST, &format!("{}/restore", desk.path("a")), "", Body::empty())
        .await
        .is_problem(StatusCode::NOT_FOUND, "not_found");
}

#[tokio::test]
async fn the_archive_holds_every_file_and_says_what_is_missing() {
    let desk = Desk::new().await;
    for (id, name) in [("a", "Notat.pdf"), ("b", "notat.pdf")] {
        desk.put(id, name, &[PDF, id.as_bytes()].concat()).await;
    }
    let packed = desk.app.get(&format!("/api/meetings/{}/attachments.zip", desk.meeting)).await;
    assert_eq!((packed.status, &packed.headers["content-type"]), (StatusCode::OK, &"application/zip".parse().unwrap()));
    let mut archive = ZipArchive::new(Cursor::new(packed.bytes)).unwrap();
    let mut texts = Vec::new();
    for index in 0..archive.len() {
        let mut member = archive.by_index(index).unwrap();
        let mut text = String::new();
        member.read_to_string(&mut text).unwrap();
        texts.push((member.name().unwrap().into_owned(), text));
    }
    let folder = "01 Valg af vært";
    let expected = [
        (format!("{folder}/Bilag 1.2 - Notat.pdf"), "%PDF-1.7\nindholda".to_owned()),
        (format!("{folder}/Bilag 1.3 - notat.pdf"), "%PDF-1.7\nindholdb".to_owned()),
        ("mangler.txt".to_owned(), format!("\u{feff}{folder}: Bilag 1.1 - Svar fra Ungerådet\r\n")),
    ];
    assert_eq!(texts, expected);
    let rows: serde_json::Value = desk.app.get(&format!("/api/meetings/{}", desk.meeting)).await.json();
    assert_eq!(rows["attachments"][1]["href"], "/api/attachments/a");
}

#[tokio::test]
async fn a_backup_has_the_files_and_a_missing_one_is_named() {
    let desk = Desk::new().await;
    desk.put("a", "a.pdf", PDF).await;
    let data = desk.app.folder.path();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("backup");
    assert!(backup::backup(data, &file).unwrap().files.is_empty());
    assert!(backup::verify(data, None).unwrap().files.is_empty());
    let restored = place.path().join("data");
    assert!(backup::restore(&restored, &file, true).unwrap().report.files.is_empty());
    let sha256 = desk.rows().await[1].file.clone().unwrap().sha256;
    let on_disk = |data: &std::path::Path| data.join("files").join(&sha256[..2]).join(&sha256[2..]);
    assert_eq!(std::fs::read(on_disk(&restored)).unwrap(), PDF);
    assert!(backup::verify(&restored, None).unwrap().files.is_empty());
    std::fs::write(on_disk(&restored), "andet").unwrap();
    assert!(backup::verify(&restored, None).unwrap().files[0].contains("not as it was stored"));
    std::fs::remove_file(on_disk(&restored)).unwrap();
    assert!(backup::verify(&restored, None).unwrap().files[0].contains("is missing"));
    let second = place.path().join("second");
    assert!(backup::backup(&restored, &second).unwrap().files[0].contains("is missing"), "the backup says so as well");
    assert!(backup::restore(&place.path().join("other"), &second, true).is_err(), "nothing is restored that is not whole");
    drop(desk.app.get("/api/attachments/a").await);
}

#[tokio::test]
async fn the_public_gets_the_files_of_the_published_version_and_no_others() {
    let desk = Desk::new().await;
    desk.put("a", "a.pdf", PDF).await;
    let lead = async |to: &str| {
        let state: serde_json::Value = desk.app.get(&format!("/api/meetings/{}", desk.meeting)).await.json();
        let body = serde_json::json!({ "to": to, "seen_hash": state["hash"] });
        let answer = desk.app.post(&format!("/api/meetings/{}/phase", desk.meeting), &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{to}: {}", String::from_utf8_lossy(&answer.bytes));
        state["forum"].as_str().unwrap().to_owned()
    };
    let mut forum = String::new();
    for to in ["sent_out", "in_session", "in_review", "approved"] {
        forum = lead(to).await;
    }
    let sha256 = desk.rows().await[1].file.clone().unwrap().sha256;
    let public = format!("/offentlig/{forum}/{}/bilag/{sha256}", desk.meeting);
    assert_eq!(desk.app.get(&public).await.status, StatusCode::NOT_FOUND, "approved is not published");
    let publication = format!("/api/meetings/{}/publication", desk.meeting);
    assert!(desk.app.post(&publication, &serde_json::json!({})).await.status.is_success());
    let fetched = desk.app.get(&public).await;
    assert_eq!((fetched.status, fetched.bytes.as_slice()), (StatusCode::OK, PDF));
    assert_eq!(fetched.headers["content-security-policy"], "sandbox; default-src 'none'");
    let other = format!("/offentlig/{forum}/{}/bilag/{}", desk.meeting, "0".repeat(64));
    assert_eq!(desk.app.get(&other).await.status, StatusCode::NOT_FOUND);
    // A correction does not reach what was published.
    lead("in_review").await;
    desk.put("b", "b.pdf", b"%PDF-andet").await;
    assert_eq!(desk.app.ask(Method::DELETE, &desk.path("a"), "", Body::empty()).await.status, StatusCode::NO_CONTENT);
    assert_eq!(desk.app.get(&public).await.status, StatusCode::OK);
    let new = desk.rows().await[1].file.clone().unwrap().sha256;
    assert_eq!(desk.app.get(&public.replace(&sha256, &new)).await.status, StatusCode::NOT_FOUND);
    assert!(desk.app.ask(Method::DELETE, &publication, "", Body::empty()).await.status.is_success());
    assert_eq!(desk.app.get(&public).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_import_brings_no_file_whatever_it_says() {
    let app = TestApp::new().await;
    let mut json = small_meeting();
    let file = Some(FileJson { name: "a.pdf".into(), media_type: "application/pdf".into(), size: 1, sha256: "0".repeat(64) });
    json.items[0].attachments = vec![AttachmentJson { title: "a.pdf".into(), file, ..AttachmentJson::default() }];
    let created: Created = app.post("/api/meetings/import", &json).await.json();
    let rows = app.get(&format!("/api/meetings/{}/attachments", created.meeting)).await.json::<Attachments>().rows;
    assert_eq!(rows[0].file, None);
}

#[tokio::test]
async fn only_those_may_who_may_and_others_hear_nothing() {
    let world = World::new().await;
    let ask = async |who: &str, method: Method, path: &str, bytes: &[u8]| {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1:8080");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", world.tokens[who]));
        world.app.send(request.header(header::CONTENT_TYPE, "application/pdf").body(Body::from(bytes.to_vec())).unwrap()).await
    };
    for phase in Phase::ALL {
        let (meeting, _) = &world.meetings[&phase];
        let state: serde_json::Value = ask("reader", Method::GET, &format!("/api/meetings/{meeting}"), b"").await.json();
        let item = state["items"][0]["id"].as_str().unwrap().to_owned();
        for role in Role::ALL {
            let id = format!("{}-{}", phase.as_str(), role.as_str());
            let path = format!("/api/meetings/{meeting}/items/{item}/attachments/{id}?name=x.pdf");
            let sent = ask(role.as_str(), Method::PUT, &path, PDF).await;
            let may = can(&Standing::of(role), &Place::OPEN, Verb::Attach, phase).is_yes();
            assert_eq!(sent.status, if may { StatusCode::CREATED } else { StatusCode::FORBIDDEN }, "{id}");
            if may {
                assert_eq!(sent.json::<AttachmentRow>().by, format!("{}, Havnsted", role.as_str()));
                assert_eq!(ask("reader", Method::GET, &format!("/api/attachments/{id}"), b"").await.bytes, PDF, "{id}");
            }
        }
    }
    let (there, nowhere) = ("/api/attachments/draft-chair", "/api/attachments/nothing");
    for who in ["elsewhere", "administrator"] {
        let (found, missing) = (ask(who, Method::GET, there, b"").await, ask(who, Method::GET, nowhere, b"").await);
        assert_eq!((found.status, &found.bytes), (StatusCode::NOT_FOUND, &missing.bytes), "{who}");
    }
    // An id is of its item and meeting alone.
    let (other, _) = &world.meetings[&Phase::InSession];
    let state: serde_json::Value = ask("chair", Method::GET, &format!("/api/meetings/{other}"), b"").await.json();
    let item = state["items"][0]["id"].as_str().unwrap().to_owned();
    let crossed = format!("/api/meetings/{other}/items/{item}/attachments/draft-chair");
    ask("chair", Method::DELETE, &crossed, b"").await.is_problem(StatusCode::NOT_FOUND, "not_found");
    ask("chair", Method::PUT, &format!("{crossed}?name=x.pdf"), PDF).await.is_problem(StatusCode::CONFLICT, "conflict");
}
