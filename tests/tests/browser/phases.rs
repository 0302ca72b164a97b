//! The life of a meeting in the browser: pages follow the forum's name and the phase, a step is asked about, minutes are published and taken down.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use dagsorden_shared::api::{Created, ForumRow, MeetingState};
use dagsorden_shared::meeting_json::MeetingJson;
use dagsorden_tests::browser::{Look, Stage, Window};
use dagsorden_tests::fixture;
use serde_json::{Value, json};

use super::accessibility::check;
use super::section;

/// All pages show it within this time.
const SOON: Duration = Duration::from_secs(1);

const PHASE: &str = "return document.querySelector('.phase [aria-current=step]')?.textContent";
const LOCKED: &str = r#"
    const hosts = [...document.querySelectorAll("main.paper [role=textbox]")];
    return hosts.length > 4 && hosts.every((host) => host.getAttribute("aria-readonly") === "true" && !host.isContentEditable);
"#;
const WRITABLE: &str = r#"
    const hosts = [...document.querySelectorAll("main.paper [role=textbox]")];
    return hosts.length > 4 && hosts.every((host) => host.isContentEditable) && document.querySelector(".addrow").checkVisibility();
"#;

async fn post(stage: &Stage, path: &str, body: Value) -> Result<Value> {
    let answer = stage.server.http().post(stage.server.url(path)).json(&body).send().await?;
    Ok(answer.error_for_status()?.json().await?)
}

async fn state(stage: &Stage, meeting: &Created) -> Result<MeetingState> {
    let answer = stage.server.http().get(stage.server.url(&format!("/api/meetings/{}", meeting.meeting))).send().await?;
    Ok(answer.error_for_status()?.json().await?)
}

pub(super) async fn lead_to(stage: &Stage, meeting: &Created, to: &str) -> Result<()> {
    let seen = state(stage, meeting).await?.hash;
    post(stage, &format!("/api/meetings/{}/phase", meeting.meeting), json!({ "to": to, "seen_hash": seen })).await.map(drop)
}

async fn wait_phase(window: &Window, phase: &str) -> Result<()> {
    window.wait(&format!("the phase {phase}"), &PHASE.replace("textContent", &format!("textContent === {phase:?}"))).await.map(drop)
}

/// A meeting whose paper names no forum, so that it shows the name that its forum has.
fn nameless() -> MeetingJson {
    MeetingJson { forum: String::new(), ..fixture::meeting() }
}

#[tokio::test]
async fn open_pages_follow_the_name_of_the_forum_and_the_phase() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&nameless()).await?;
    let (anna, bo) = (stage.window("Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    let forums: Vec<ForumRow> = stage.server.http().get(stage.server.url("/api/forums")).send().await?.json().await?;
    let begun = Instant::now();
    let renamed = stage.server.http().patch(stage.server.url(&format!("/api/forums/{}", forums[0].id)));
    ensure!(renamed.json(&json!({ "name": "Fjordkredsen" })).send().await?.status().is_success());
    for window in [&anna, &bo] {
        window.wait("the new name", "return document.querySelector('.letter .forum').textContent === 'Fjordkredsen'").await?;
    }
    ensure!(begun.elapsed() < SOON, "it took {:?}", begun.elapsed());

    // Somebody writes on while the meeting is sent out; nobody reloads.
    let place = section(&anna.shown().await?, 1, 0)?;
    anna.type_at(&place, 0, "Før: ").await?;
    anna.wait_saved().await?;
    let begun = Instant::now();
    for to in ["sent_out", "in_session", "in_review"] {
        lead_to(&stage, &meeting, to).await?;
    }
    for window in [&anna, &bo] {
        wait_phase(window, "Til godkendelse").await?;
    }
    ensure!(begun.elapsed() < 4 * SOON, "it took {:?}", begun.elapsed());
    bo.type_at(&place, 0, "Nu: ").await?;
    anna.wait_text("Nu: Før: Kredsen").await?;
    lead_to(&stage, &meeting, "approved").await?;
    for window in [&anna, &bo] {
        wait_phase(window, "Godkendt").await?;
        window.wait("every field may only be read", LOCKED).await?;
    }
    check(&anna, "meeting-approved").await?;
    bo.write("x").await?;
    lead_to(&stage, &meeting, "in_review").await?;
    for window in [&anna, &bo] {
        window.wait("every field may be written in", WRITABLE).await?;
        ensure!(window.complaints().await?.is_empty(), "{:?}", window.complaints().await?);
    }
    bo.type_at(&place, 0, "Så: ").await?;
    anna.wait_text("Så: Nu: Før: Kredsen").await.map(drop)
}

/// Follows what a page offers, and waits until another address is there.
async fn follow(window: &Window, selector: &str, path: &str) -> Result<()> {
    // A form may lead back to the address it stands at: only another document has been answered.
    window.run("window.isTheFormer = true", Vec::new()).await?;
    window.click(selector).await?;
    let there =
        format!("return !window.isTheFormer && document.readyState === 'complete' && location.pathname + location.search === {path:?}");
    window.wait(&format!("the page {path}"), &there).await.map(drop)
}

#[tokio::test]
async fn a_meeting_is_sent_out_approved_and_published_by_its_pages() -> Result<()> {
    let stage = Stage::set().await?;
    let mut paper = nameless();
    paper.items[0].sections[0].blocks.push(dagsorden_shared::meeting_json::BlockJson::paragraph("Ring til 12 34 56 78 om 010190-1234."));
    paper.items[0].sections[0].blocks.push(dagsorden_shared::meeting_json::BlockJson::paragraph("Om arbejdsmiljørepræsentantuddannelsen."));
    let meeting = stage.import(&paper).await?;
    let home = format!("/m/{}", meeting.meeting);
    let (anna, bo) = (stage.window("Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    follow(&anna, ".bar .btn.go", &format!("{home}/fase?til=sent_out")).await?;
    let found = anna.run("return document.querySelector('.rev').textContent", Vec::new()).await?;
    ensure!(found.as_str().is_some_and(|found| found.contains("CPR-nummer") && !found.contains("0101")), "{found}");
    check(&anna, "sendout").await?;
    follow(&anna, ".act button[type=submit]", &home).await?;
    wait_phase(&bo, "Udsendt").await?;

    // What the secretariat edits now is marked against what was sent out.
    let place = section(&bo.shown().await?, 1, 0)?;
    bo.type_at(&place, 0, "Nyt: ").await?;
    bo.wait_saved().await?;
    anna.go(&stage.server.url(&format!("{home}/versioner?siden=1"))).await?;
    anna.wait("the new word", "return document.querySelector('ins')?.textContent.startsWith('Nyt')").await?;
    check(&anna, "changes").await?;
    anna.go(&stage.server.url(&format!("{home}/fase"))).await?;
    check(&anna, "phase").await?;

    for to in ["in_session", "in_review"] {
        lead_to(&stage, &meeting, to).await?;
    }
    anna.go(&stage.server.url(&format!("{home}/fase?til=approved"))).await?;
    anna.find(".act button[type=submit]").await?;
    // While the chair reads, somebody edits: nothing is approved, and the new text is shown.
    bo.type_at(&place, 0, "Sent: ").await?;
    bo.wait_saved().await?;
    follow(&anna, ".act button[type=submit]", &format!("{home}/fase?til=approved&aendret=1")).await?;
    anna.wait("the new text", "return document.querySelector('.whole').textContent.includes('Sent: Nyt: Kredsen')").await?;
    check(&anna, "approve").await?;
    let shown = state(&stage, &meeting).await?.hash;
    follow(&anna, ".act button[type=submit]", &home).await?;
    wait_phase(&bo, "Godkendt").await?;
    let approved = state(&stage, &meeting).await?;
    ensure!(approved.hash == shown, "what was shown is what was approved");

    let public = format!("/offentlig/{}/{}", approved.detail.forum, meeting.meeting);
    let anyone = Window::open("Enhver", Look::DESKTOP).await?;
    anyone.go(&stage.server.url(&public)).await?;
    anyone.wait("nothing is there", "return document.body.dataset.page === 'error'").await?;
    anna.go(&stage.server.url(&format!("{home}/offentlig"))).await?;
    check(&anna, "publish").await?;
    follow(&anna, ".pub-side button.main", &public).await?;
    anyone.go(&stage.server.url(&public)).await?;
    anyone.wait("the public page", "return document.body.dataset.page === 'public'").await?;
    let text = anyone.run("return document.body.textContent", Vec::new()).await?;
    let text = text.as_str().unwrap_or_default();
    ensure!(text.contains("Sent: Nyt: Kredsen") && text.contains(&shown[..4]), "{text}");
    ensure!(!text.contains("12 34 56") && !text.contains("010190"), "{text}");
    // A very long word may be divided, and is whole for those who copy it or look for it.
    const DIVIDED: &str = r"
        const place = document.querySelector('.hy');
        getSelection().selectAllChildren(place.closest('p'));
        const copied = getSelection().toString();
        getSelection().removeAllRanges();
        return [getComputedStyle(place, '::after').content, copied, find('arbejdsmiljørepræsentantuddannelsen')];
    ";
    let divided = anyone.run(DIVIDED, Vec::new()).await?;
    ensure!(divided == json!(["\"\u{ad}\"", "Om arbejdsmiljørepræsentantuddannelsen.", true]), "{divided}");
    let scripts = anyone.run("return document.querySelectorAll('script').length + document.cookie.length", Vec::new()).await?;
    ensure!(scripts == json!(0), "no script and no cookie");
    check(&anyone, "public").await?;
    anyone.go(&stage.server.url(&format!("/offentlig/{}", approved.detail.forum))).await?;
    check(&anyone, "public-forum").await?;
    anna.go(&stage.server.url(&format!("{home}/offentlig"))).await?;
    check(&anna, "published").await?;
    follow(&anna, ".pub-side button[type=submit]", &format!("{home}/offentlig")).await?;
    let begun = Instant::now();
    anyone.go(&stage.server.url(&public)).await?;
    anyone.wait("nothing is there", "return document.body.dataset.page === 'error'").await?;
    ensure!(begun.elapsed() < 2 * SOON, "it took {:?}", begun.elapsed());
    Ok(())
}
