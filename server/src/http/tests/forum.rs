//! A forum by HTTP: its pages, its template, and the meetings that begin from it.

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use dagsorden_shared::access::{Phase, Role, Verb};
use dagsorden_shared::api::{Created, ForumRow, MeetingDetail, MeetingRow, TemplateRow};
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, MeetingJson, SectionJson, SectionKind};
use dagsorden_shared::template::{ItemSections, Preset, StandingItem, Template};
use serde_json::json;
use tower::ServiceExt;

use super::super::{AppState, router};
use super::phase::Forum;
use super::{Answer, TestApp, small_meeting};
use crate::config::Config;
use crate::site::Site;
use crate::store::{Act, On};

const FORM: &str = "application/x-www-form-urlencoded";

async fn forum(app: &TestApp) -> ForumRow {
    app.post("/api/forums", &json!({ "name": "Kredsen" })).await.json()
}

fn template() -> Template {
    let item = |title: &str, sections, last| StandingItem { title: title.into(), sections, minutes: Some(5), last };
    Template {
        place: Some("Rådhuset".into()),
        start: Some("09:00".into()),
        end: Some("11:30".into()),
        sections: Preset::MinutesLast.sections(),
        items: vec![
            item("Eventuelt", ItemSections::Text, true),
            item("Godkendelse af referat", ItemSections::Recommendation, false),
            item("Nyt siden sidst", ItemSections::All, false),
        ],
        phrases: vec!["Indstillingen blev godkendt.".into()],
    }
}

async fn set(app: &TestApp, forum: &ForumRow, template: &Template, version: u32) -> Answer {
    let body = serde_json::to_vec(&TemplateRow { version, template: template.clone(), changed_by: String::new() }).unwrap();
    app.ask(Method::PUT, &format!("/api/forums/{}/template", forum.id), "application/json", body).await
}

async fn exported(app: &TestApp, created: &Created) -> MeetingJson {
    app.get(&format!("/api/meetings/{}/export?format=json", created.meeting)).await.json()
}

fn titles(meeting: &MeetingJson) -> Vec<&str> {
    meeting.items.iter().map(|item| item.title.as_str()).collect()
}

async fn page(app: &TestApp, path: &str) -> (StatusCode, String) {
    let answer = app.get(path).await;
    (answer.status, String::from_utf8(answer.bytes).unwrap())
}

async fn post_form(app: &TestApp, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    app.ask(Method::POST, path, FORM, body).await
}

fn location(answer: &Answer) -> &str {
    answer.headers.get(header::LOCATION).and_then(|to| to.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn a_new_meeting_begins_with_what_the_forum_has_set() {
    let app = TestApp::new().await;
    let forum = forum(&app).await;
    let unset: TemplateRow = app.get(&format!("/api/forums/{}/template", forum.id)).await.json();
    assert_eq!((unset.version, unset.template), (0, Template::default()));
    let stored: TemplateRow = set(&app, &forum, &template(), 0).await.json();
    assert_eq!((stored.version, &stored.template), (1, &template()));

    let created: Created = app.post("/api/meetings", &json!({ "forum": forum.id, "date": "2031-05-06" })).await.json();
    let meeting = exported(&app, &created).await;
    assert_eq!(titles(&meeting), ["Godkendelse af referat", "Nyt siden sidst", "Eventuelt"]);
    let times = (meeting.place.as_deref(), meeting.start.as_deref(), meeting.end.as_deref());
    assert_eq!(times, (Some("Rådhuset"), Some("09:00"), Some("11:30")));
    let sections = |item: &ItemJson| item.sections.iter().map(|section| (section.kind, section.heading.clone())).collect::<Vec<_>>();
    let headed = |kind, heading: &str| (kind, Some(heading.to_owned()));
    assert_eq!(
        sections(&meeting.items[1]),
        [(SectionKind::Case, None), headed(SectionKind::Recommendation, "Indstilling"), headed(SectionKind::Decision, "Referat")]
    );
    assert_eq!(sections(&meeting.items[2]), [(SectionKind::Case, None)]);
    assert!(meeting.items.iter().all(|item| item.minutes == Some(5)));
    let detail: MeetingDetail = app.get(&format!("/api/meetings/{}", created.meeting)).await.json();
    assert_eq!(detail.layout, Preset::MinutesLast.sections(), "what the page makes sections from");

    let own = json!({ "forum": forum.id, "place": "Salen", "start": "13:00" });
    let own = exported(&app, &app.post("/api/meetings", &own).await.json()).await;
    assert_eq!((own.place.as_deref(), own.start.as_deref(), own.end), (Some("Salen"), Some("13:00"), None));
    let bare = json!({ "forum": forum.id, "without_template": true });
    let bare = exported(&app, &app.post("/api/meetings", &bare).await.json()).await;
    assert_eq!((bare.items.len(), bare.place), (0, None));
}

#[tokio::test]
async fn whoever_saves_over_something_newer_sees_both() {
    let app = TestApp::new().await;
    let forum = forum(&app).await;
    let at = format!("/forum/{}/indstillinger", forum.id);
    set(&app, &forum, &template(), 0).await;
    let stale = set(&app, &forum, &Template::default(), 0).await;
    stale.is_problem(StatusCode::PRECONDITION_FAILED, "stale");
    let now: TemplateRow = serde_json::from_value(stale.json::<serde_json::Value>()["now"].clone()).unwrap();
    assert_eq!((now.version, now.template), (1, template()));

    let (status, html) = page(&app, &at).await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("value=\"Nyt siden sidst\"") && html.contains("name=\"version\" value=\"1\""), "{html}");
    assert!(!html.contains("<script type=\"application/json\""), "{html}");

    let fields =
        [("version", "0"), ("place", "Salen"), ("phrases", "Drøftet.\r\n\r\nUdsat."), ("i0_sections", "all"), ("i0_title", "Mit punkt")];
    let both = post_form(&app, &at, &fields).await;
    assert_eq!(both.status, StatusCode::PRECONDITION_FAILED);
    let html = String::from_utf8(both.bytes).unwrap();
    for text in ["Mit punkt", "Salen", "Nyt siden sidst", "Rådhuset", "name=\"version\" value=\"1\""] {
        assert!(html.contains(text), "{text} is missing in {html}");
    }
    // Sent off from that page it counts.
    let mut again = fields;
    again[0] = ("version", "1");
    let saved = post_form(&app, &at, &again).await;
    assert_eq!((saved.status, location(&saved)), (StatusCode::SEE_OTHER, format!("{at}?gjort=gemt").as_str()));
    let row: TemplateRow = app.get(&format!("/api/forums/{}/template", forum.id)).await.json();
    assert_eq!((row.version, row.template.place.as_deref()), (2, Some("Salen")));
    assert_eq!(row.template.phrases, ["Drøftet.", "Udsat."]);
    assert_eq!(row.template.items.iter().map(|item| item.title.as_str()).collect::<Vec<_>>(), ["Mit punkt"]);
}

#[tokio::test]
async fn the_form_orders_rows_by_their_numbers_takes_a_layout_and_says_what_is_odd() {
    let app = TestApp::new().await;
    let forum = forum(&app).await;
    let at = format!("/forum/{}/indstillinger", forum.id);
    let (_, proposed) = page(&app, &at).await;
    assert!(proposed.contains("Forslag: intet er gemt endnu.") && proposed.contains("value=\"Eventuelt\""), "{proposed}");
    let rows = [
        ("version", "0"),
        ("layout", "decision_last"),
        ("layout_before", "decision_last"),
        ("s0_kind", "background"),
        ("s0_use", "1"),
        ("s0_order", "2"),
        ("s0_heading", "Kort om sagen"),
        ("s1_kind", "decision"),
        ("s1_use", "1"),
        ("s1_order", "1"),
        ("s1_heading", "Beslutning"),
        ("s2_kind", "resume"),
        ("s2_order", "3"),
        ("i0_sections", "text"),
        ("i0_title", "B"),
        ("i0_order", "9"),
        ("i1_sections", "decision"),
        ("i1_title", "A"),
        ("i1_order", "1"),
        ("i1_minutes", "15"),
        ("i1_last", "1"),
        ("i2_sections", "all"),
        ("i2_title", " "),
    ];
    assert_eq!(post_form(&app, &at, &rows).await.status, StatusCode::SEE_OTHER);
    let stored = || async { app.get(&format!("/api/forums/{}/template", forum.id)).await.json::<TemplateRow>().template };
    let template = stored().await;
    let sections: Vec<_> = template.sections.iter().map(|section| section.heading.as_deref().unwrap_or_default()).collect();
    assert_eq!(sections, ["Beslutning", "Kort om sagen"]);
    let items: Vec<_> = template.items.iter().map(|item| (item.title.as_str(), item.minutes, item.last)).collect();
    assert_eq!(items, [("A", Some(15), true), ("B", None, false)]);

    // Another layout takes the place of the rows.
    let mut chosen = rows;
    (chosen[0], chosen[1], chosen[2]) = (("version", "1"), ("layout", "running_text"), ("layout_before", ""));
    assert_eq!(post_form(&app, &at, &chosen).await.status, StatusCode::SEE_OTHER);
    assert_eq!(stored().await.sections, Preset::RunningText.sections());

    for (field, text) in [("start", "Sluttidspunktet"), ("i0_minutes", "1 til 1440 minutter")] {
        let value = if field == "start" { "12:00" } else { "mange" };
        let odd = [("version", "2"), ("end", "09:00"), ("i0_sections", "all"), ("i0_title", "Punkt"), (field, value)];
        let odd = if field == "start" { &odd[..] } else { &[odd[0], odd[2], odd[3], odd[4]] };
        let refused = post_form(&app, &at, odd).await;
        let html = String::from_utf8_lossy(&refused.bytes).into_owned();
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{html}");
        assert!(html.contains(text) && html.contains("value=\"Punkt\""), "{html}");
    }
    assert_eq!(stored().await.sections, Preset::RunningText.sections(), "nothing of it was stored");
}

#[tokio::test]
async fn a_meeting_is_begun_from_the_page_with_what_is_filled_in() {
    let app = TestApp::new().await;
    let forum = forum(&app).await;
    set(&app, &forum, &template(), 0).await;
    let at = format!("/forum/{}/nyt", forum.id);
    assert_eq!(location(&app.get("/nyt").await), at);
    let (_, html) = page(&app, &at).await;
    for part in ["value=\"09:00\"", "value=\"Rådhuset\"", "Nyt siden sidst", "Opret mødet"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    let fields = [("date", "2031-05-06"), ("start", "10:00"), ("end", ""), ("place", ""), ("from", "")];
    let made = post_form(&app, &at, &fields).await;
    assert!(made.status == StatusCode::SEE_OTHER && location(&made).starts_with("/m/"), "{}", made.status);
    let row: MeetingRow = app.meetings().await.remove(0);
    assert_eq!(
        (row.date.as_deref(), row.start.as_deref(), row.end, row.place, row.items),
        (Some("2031-05-06"), Some("10:00"), None, None, 3)
    );
    let odd = post_form(&app, &at, &[("date", "2031-02-30"), ("from", "")]).await;
    assert!(odd.status == StatusCode::UNPROCESSABLE_ENTITY && String::from_utf8_lossy(&odd.bytes).contains("Datoen findes ikke"));
    let (_, html) = page(&app, &at).await;
    assert!(html.contains("value=\"2031-06-03\""), "four weeks after the only one: {html}");
    let empty = post_form(&app, &at, &[("from", "none")]).await;
    assert_eq!(empty.status, StatusCode::SEE_OTHER);
    assert_eq!(app.meetings().await.iter().map(|row| row.items).min(), Some(0));

    let (_, html) = page(&app, &format!("/forum/{}", forum.id)).await;
    assert!(
        html.contains(&format!("href=\"/m/{}\"", row.id)) && html.contains("Udkast") && html.contains(&format!("href=\"{at}\"")),
        "{html}"
    );
    let old = MeetingJson { date: Some("2022-03-01".into()), ..small_meeting() };
    let old: Created = app.post("/api/meetings/import", &old).await.json();
    let (_, html) = page(&app, &format!("/forum/{}", forum.id)).await;
    let row = html.split("<article").find(|row| row.contains(old.meeting.as_str())).unwrap();
    assert!(!row.contains("Udkast"), "minutes of years ago are no draft: {row}");
    let (_, home) = page(&app, &format!("/forum/{}/medlemmer", forum.id)).await;
    assert!(home.contains(&format!("href=\"/forum/{}\"", forum.id)), "{home}");
}

/// A meeting with text, a decision and an attachment.
fn former() -> MeetingJson {
    let section = |kind, text: &str| SectionJson {
        kind,
        heading: Some(format!("H{text}")),
        blocks: vec![BlockJson::paragraph(text)],
        ..SectionJson::default()
    };
    let item = ItemJson {
        title: "Akutpladser".into(),
        presenter: Some("Bo".into()),
        sections: vec![section(SectionKind::Background, "Sagen"), section(SectionKind::Decision, "Godkendt")],
        attachments: vec![dagsorden_shared::meeting_json::AttachmentJson { title: "Notat.pdf".into(), ..Default::default() }],
        ..ItemJson::default()
    };
    let closed = ItemJson { title: "Personsag".into(), closed: true, ..ItemJson::default() };
    MeetingJson { items: vec![item, closed], ..small_meeting() }
}

#[tokio::test]
async fn a_copy_has_titles_and_headings_and_never_the_decisions() {
    let app = TestApp::new().await;
    let created: Created = app.post("/api/meetings/import", &former()).await.json();
    let forum = app.get("/api/forums").await.json::<Vec<ForumRow>>().remove(0);
    set(&app, &forum, &template(), 0).await;
    for (with_text, expected) in [(false, 0), (true, 1)] {
        let body = json!({ "forum": forum.id, "copy_of": created.meeting, "with_text": with_text });
        let copy = exported(&app, &app.post("/api/meetings", &body).await.json()).await;
        assert_eq!(titles(&copy), ["Akutpladser"], "neither what is closed nor the standing items");
        let item = &copy.items[0];
        assert_eq!(item.sections.iter().map(|section| section.heading.as_deref()).collect::<Vec<_>>(), [Some("HSagen"), Some("HGodkendt")]);
        assert_eq!((item.sections[0].blocks.len(), item.sections[1].blocks.len()), (expected, 0));
        assert_eq!((item.attachments.len(), item.presenter.as_deref(), copy.place.as_deref()), (0, Some("Bo"), Some("Rådhuset")));
    }
    let elsewhere = json!({ "forum_name": "Andre", "copy_of": created.meeting });
    app.post("/api/meetings", &elsewhere).await.is_problem(StatusCode::NOT_FOUND, "not_found");
    let form = format!("/forum/{}/nyt", forum.id);
    let made = post_form(&app, &form, &[("from", created.meeting.as_str()), ("with_text", "1")]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_minutes_to_approve_stand_first_once_and_lead_to_the_public_address() {
    let forum = Forum::with(small_meeting()).await;
    forum.lead_to(Phase::Approved).await;
    let id = forum.forum.parse().unwrap();
    let act = Act::of_command_line(Verb::ManageForum, On::Forum(forum.forum.parse().unwrap()), "");
    forum.app.server.state().store.set_template(act, id, 0, template()).await.unwrap();
    let token = &forum.tokens[&Role::Secretariat];
    let ask = async |state: &AppState, method: Method, path: &str, body: String| {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "127.0.0.1:8080");
        let request = request.header(header::CONTENT_TYPE, "application/json").header(header::AUTHORIZATION, format!("Bearer {token}"));
        let response = router(state.clone()).oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        to_bytes(response.into_body(), 1 << 20).await.unwrap()
    };
    let make = async |state: &AppState| {
        let body = json!({ "forum": forum.forum }).to_string();
        let created: Created = serde_json::from_slice(&ask(state, Method::POST, "/api/meetings", body).await).unwrap();
        let path = format!("/api/meetings/{}/export?format=json", created.meeting);
        serde_json::from_slice::<MeetingJson>(&ask(state, Method::GET, &path, String::new()).await).unwrap()
    };
    let link = |meeting: &MeetingJson| match &meeting.items[0].sections[0].blocks[0] {
        BlockJson::Paragraph { marks, .. } => marks[0].link.clone().unwrap(),
        other => panic!("{other:?}"),
    };
    let state = forum.app.server.state();
    let local = make(state).await;
    assert_eq!(titles(&local), ["Godkendelse af referat", "Nyt siden sidst", "Eventuelt"]);
    assert_eq!(link(&local), format!("http://127.0.0.1:8080/m/{}", forum.meeting));
    // The same behind a public address.
    let config = Config { public_url: Some("https://dagsorden.example.dk".into()), ..Config::default() };
    let public = AppState { site: Site::new(&config).unwrap().into(), ..state.clone() };
    assert_eq!(link(&make(&public).await), format!("https://dagsorden.example.dk/m/{}", forum.meeting));
}

#[tokio::test]
async fn a_forum_is_renamed_by_its_page_and_deleted_when_it_is_empty() {
    let app = TestApp::new().await;
    let kreds = forum(&app).await;
    app.post("/api/forums", &json!({ "name": "Andre" })).await;
    let at = format!("/forum/{}", kreds.id);
    let taken = post_form(&app, &format!("{at}/navn"), &[("name", "Andre")]).await;
    let html = String::from_utf8_lossy(&taken.bytes).into_owned();
    assert!(
        taken.status == StatusCode::UNPROCESSABLE_ENTITY && html.contains("hedder det allerede") && html.contains("value=\"Andre\""),
        "{html}"
    );
    let renamed = post_form(&app, &format!("{at}/navn"), &[("name", " Fjordkredsen ")]).await;
    assert_eq!(location(&renamed), format!("{at}?gjort=navn"));
    assert!(page(&app, &at).await.1.contains("<p class=\"forum\">Fjordkredsen</p>"));

    let created: Created = app.post("/api/meetings", &json!({ "forum": kreds.id })).await.json();
    assert!(!page(&app, &at).await.1.contains(&format!("{at}/slet")));
    assert_eq!(page(&app, &format!("{at}/slet")).await.0, StatusCode::CONFLICT);
    let api = format!("/api/forums/{}", kreds.id);
    for deleted in [false, true] {
        app.ask(Method::DELETE, &api, "", "").await.is_problem(StatusCode::CONFLICT, "has_meetings");
        assert_eq!(post_form(&app, &format!("{at}/slet"), &[]).await.status, StatusCode::CONFLICT);
        if !deleted {
            app.ask(Method::DELETE, &format!("/api/meetings/{}", created.meeting), "", "").await;
        }
    }
    let empty = app.get("/api/forums").await.json::<Vec<ForumRow>>().into_iter().find(|row| row.name == "Andre").unwrap();
    set(&app, &empty, &template(), 0).await;
    let at = format!("/forum/{}/slet", empty.id);
    assert!(page(&app, &at).await.1.contains("Slet Andre?"));
    assert_eq!(location(&post_form(&app, &at, &[]).await), "/");
    assert_eq!(app.get("/api/forums").await.json::<Vec<ForumRow>>().len(), 1);
    app.ask(Method::DELETE, &format!("/api/forums/{}", empty.id), "", "").await.is_problem(StatusCode::NOT_FOUND, "not_found");
    assert_eq!(page(&app, &format!("/forum/{}", empty.id)).await.0, StatusCode::NOT_FOUND);
}
