//! The five scenes of a meeting with three people at once: from an empty data folder to the public page and a valid PDF. The server is killed in
//! each of them, and nothing that was shown as saved is missing afterwards.

use anyhow::{Context, Result, ensure};
use dagsorden_shared::api::MeetingState;
use dagsorden_shared::id::MeetingId;
use dagsorden_tests::browser::{Look, Stage, Window};
use dagsorden_tests::server::command;
use page_validation::{ValidationOptions, ValidationProfile, validate_pdf_bytes};
use serde_json::{Value, json};
use thirtyfour::Key;

use super::section;

const FORUM: &str = "Kystkredsen";
const TITLE: &str = "Fælles vagtordning";

/// Someone who is signed in.
struct Person {
    window: Window,
}

/// Runs a command on the server's data folder, and answers what it printed.
fn run(stage: &Stage, arguments: &[&str]) -> Result<String> {
    let output = command(&stage.server.data(), arguments)?;
    ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

impl Person {
    /// Makes an account with a role in the forum, and signs it in by a link in a window of its own.
    async fn enter(stage: &Stage, name: &str, organisation: &str, role: &str, look: Look) -> Result<Self> {
        let mail = format!("{}@{}.example", name.split(' ').next().unwrap_or(name).to_lowercase(), organisation.to_lowercase());
        run(stage, &["user", "add", &mail, "--name", name, "--organisation", organisation, "--member", &format!("{FORUM}={role}")])?;
        let link = run(stage, &["user", "link", &mail])?;
        let (_, secret) = link.split_once("/ind#").context("a link")?;
        let window = Window::open(name, look).await?;
        window.go(&stage.server.url(&format!("/ind#{secret}"))).await?;
        window.find("#link input[type=email]").await?.send_keys(&mail).await?;
        window.click("#link button[type=submit]").await?;
        window.wait("the front page", "return location.pathname === '/' && document.readyState === 'complete'").await?;
        Ok(Self { window })
    }

    /// Asks the API as this person's page does.
    async fn api(&self, method: &str, path: &str, body: Value) -> Result<Value> {
        let script = format!(
            "const done = arguments[arguments.length - 1];
            const body = {body};
            fetch({path:?}, {{ method: {method:?}, headers: {{ 'content-type': 'application/json' }}, body: body === null ? undefined : JSON.stringify(body) }})
                .then(async (answer) => done([answer.status, await answer.text()]), (error) => done([0, String(error)]));"
        );
        let answer = self.window.run_async(&script).await?;
        let text = answer[1].as_str().unwrap_or_default();
        ensure!(answer[0].as_u64().is_some_and(|status| status / 100 == 2), "{method} {path}: {answer}");
        Ok(serde_json::from_str(text).unwrap_or(Value::Null))
    }

    /// A file as this person's browser gets it.
    async fn file(&self, path: &str) -> Result<Vec<u8>> {
        let script = format!(
            "const done = arguments[arguments.length - 1];
            fetch({path:?}).then(async (answer) => done([answer.status, [...new Uint8Array(await answer.arrayBuffer())]]), (error) => done([0, String(error)]));"
        );
        let answer = self.window.run_async(&script).await?;
        ensure!(answer[0] == json!(200), "{path}: {}", answer[0]);
        Ok(serde_json::from_value(answer[1].clone())?)
    }

    async fn open(&self, stage: &Stage, meeting: &MeetingId) -> Result<()> {
        self.window.go(&stage.server.url(&format!("/m/{}", meeting))).await?;
        self.window.wait_saved().await
    }

    async fn at(&self, path: &str) -> Result<()> {
        let there = format!("return document.readyState === 'complete' && location.pathname.startsWith({path:?})");
        self.window.wait(&format!("the page {path}"), &there).await.map(drop)
    }

    async fn phase(&self, phase: &str) -> Result<()> {
        let shown = format!("return document.querySelector('.phase [aria-current=step]')?.textContent === {phase:?}");
        self.window.wait(&format!("the phase {phase}"), &shown).await.map(drop)
    }

    /// Takes the next step on the page that asks about it.
    async fn step(&self, stage: &Stage, meeting: &MeetingId, to: &str) -> Result<()> {
        self.window.go(&stage.server.url(&format!("/m/{}/fase?til={to}", meeting))).await?;
        self.window.click(".act button[type=submit]").await?;
        let back = format!("return location.pathname === '/m/{}' && document.readyState === 'complete'", meeting);
        self.window.wait("the meeting's page", &back).await?;
        self.window.wait_saved().await
    }

    async fn sees(&self, what: &str, selector: &str, text: &str) -> Result<()> {
        let script = format!("return [...document.querySelectorAll({selector:?})].some((one) => one.textContent.includes({text:?}))");
        self.window.wait(what, &script).await.map(drop)
    }
}

/// Ends the server as a power cut would and starts it again; the pages find it by themselves.
async fn power_cut(stage: &mut Stage, people: &[&Person]) -> Result<()> {
    stage.server.kill9()?;
    stage.server.restart()?;
    for person in people {
        person.window.wait_saved().await?;
    }
    Ok(())
}

/// No page is wider than its window, and no line of a text is squeezed to a column of letters.
async fn fits(people: &[&Person]) -> Result<()> {
    const FITS: &str = r#"
        const lines = [...document.querySelectorAll("main.paper [data-section-id] [data-line]")].filter((line) => line.textContent);
        const narrow = lines.filter((line) => line.getBoundingClientRect().width < 100).length;
        return [document.documentElement.scrollWidth - innerWidth, narrow];
    "#;
    for person in people {
        let over = person.window.run(FITS, Vec::new()).await?;
        ensure!(
            over[0].as_i64().is_some_and(|over| over <= 0) && over[1] == json!(0),
            "{}: {over}",
            person.window.screenshot("too-wide").await?.display()
        );
    }
    Ok(())
}

#[tokio::test]
async fn an_agenda_goes_from_an_empty_folder_to_the_public_page() -> Result<()> {
    let mut stage = Stage::set().await?;

    // Who one is.
    let asta = Person::enter(&stage, "Asta Lindeskov", "Engholm", "secretariat", Look::DESKTOP).await?;
    let karen = Person::enter(&stage, "Karen Steensgaard", "Engholm", "chair", Look::DESKTOP).await?;
    let malthe = Person::enter(&stage, "Malthe Bruhn", "Fjordlund", "commenter", Look::PHONE).await?;

    // Build: the forum's standing items are there, and two write one more between them.
    asta.window.click(".rail a[href^='/forum/']").await?;
    asta.at("/forum/").await?;
    asta.window.click("a[href$='/nyt']").await?;
    asta.at("/forum/").await?;
    asta.window.run("document.querySelector('[name=date]').value = '2027-02-09'", Vec::new()).await?;
    asta.window.click("form.settings button[type=submit]").await?;
    asta.at("/m/").await?;
    asta.window.wait_saved().await?;
    let meetings = asta.api("GET", "/api/meetings", Value::Null).await?;
    let meeting: MeetingId = meetings[0]["id"].as_str().context("a meeting")?.parse()?;
    asta.window.click("[data-action=new-item]").await?;
    asta.window.wait("the caret in a new title", "return document.activeElement?.closest('article.item h2') !== null").await?;
    asta.window.write(TITLE).await?;
    asta.window.wait_text(TITLE).await?;
    asta.window.wait_saved().await?;
    karen.open(&stage, &meeting).await?;
    let shown = karen.window.shown().await?;
    let place = shown.items.iter().position(|item| item.title == TITLE).context("the new item")?;
    let (background, recommendation) = (section(&shown, place, 0)?, section(&shown, place, 1)?);
    power_cut(&mut stage, &[&asta, &karen]).await?;
    karen.window.type_at(&recommendation, 0, "- at ordningen prøves i et år").await?;
    asta.window.type_at(&background, 0, "Kredsen drøftede i efteråret en fælles vagtordning.").await?;
    karen.window.press(Key::Enter + "at den evalueres").await?;
    for person in [&asta, &karen] {
        person.window.wait_text("at ordningen prøves i et år").await?;
        person.window.wait_text("at den evalueres").await?;
        person.window.wait_text("en fælles vagtordning.").await?;
        person.window.wait_saved().await?;
    }
    power_cut(&mut stage, &[&asta, &karen]).await?;

    // Prepare: sent out; a director comments on the phone and takes a position, the secretariat answers.
    asta.step(&stage, &meeting, "sent_out").await?;
    karen.phase("Udsendt").await?;
    malthe.open(&stage, &meeting).await?;
    malthe.window.editor("select", vec![json!(background), json!(8), json!(16)]).await?;
    malthe.window.click(".btn.offer").await?;
    malthe.window.find("#new-comment").await?.send_keys("Hvornår i efteråret?").await?;
    malthe.window.click(".writing [data-action=send]").await?;
    asta.sees("the comment", "#talk .thread", "Hvornår i efteråret?").await?;
    asta.window.click("#talk .thread .fold").await?;
    asta.window.find("#talk .reply textarea").await?.send_keys("I oktober.").await?;
    asta.window.click("#talk [data-action=reply]").await?;
    malthe.sees("the answer", "#talk .thread", "I oktober.").await?;
    malthe.window.run("document.getElementById('talk').hidePopover()", Vec::new()).await?;
    malthe.window.click("[data-point] [data-point-action=stance][data-value=agree]").await?;
    karen.sees("the position", "[data-point] .given", "Fjordlund").await?;
    power_cut(&mut stage, &[&asta, &karen, &malthe]).await?;
    karen.sees("the position", "[data-point] .given", "Fjordlund").await?;

    fits(&[&asta, &karen, &malthe]).await?;

    // Meet: each point has its outcome, the decision is drafted from them, and all see it.
    asta.step(&stage, &meeting, "in_session").await?;
    malthe.phase("I gang").await?;
    for point in [1, 2] {
        asta.window.click(&format!("[data-point]:nth-child({point}) [data-point-action=outcome][data-value=approved]")).await?;
        karen.sees("the outcome", &format!("[data-point]:nth-child({point}) [aria-pressed=true]"), "").await?;
    }
    asta.window.click("[data-point-action=decide]").await?;
    for person in [&karen, &malthe] {
        person.window.wait_text("Godkendt.").await?;
    }
    asta.window.wait_saved().await?;
    power_cut(&mut stage, &[&asta, &karen, &malthe]).await?;

    fits(&[&asta, &karen, &malthe]).await?;

    // Approve: the chair approves what is on the screen.
    asta.step(&stage, &meeting, "in_review").await?;
    karen.step(&stage, &meeting, "approved").await?;
    for person in [&asta, &malthe] {
        person.phase("Godkendt").await?;
    }
    fits(&[&asta, &karen, &malthe]).await?;
    power_cut(&mut stage, &[&asta, &karen, &malthe]).await?;
    let state: MeetingState = serde_json::from_value(karen.api("GET", &format!("/api/meetings/{}", meeting), Value::Null).await?)?;
    run(&stage, &["verify"])?;

    // Publish and take along.
    asta.window.go(&stage.server.url(&format!("/m/{}/offentlig", meeting))).await?;
    asta.window.click(".pub-side button.main").await?;
    let public = format!("/offentlig/{}/{}", state.detail.forum, meeting);
    asta.window.wait("the public page", &format!("return location.pathname === {public:?}")).await?;
    stage.server.kill9()?;
    stage.server.restart()?;
    let anyone = Window::open("Enhver", Look::PHONE).await?;
    anyone.go(&stage.server.url(&public)).await?;
    let text = anyone.run("return document.body.textContent", Vec::new()).await?;
    let text = text.as_str().unwrap_or_default();
    ensure!(text.contains("Godkendt.") && text.contains(&state.hash[..4]), "{text}");
    ensure!(!text.contains("Hvornår i efteråret?"), "what was said stays inside: {text}");
    let pdf = malthe.file(&format!("/api/meetings/{}/export?format=pdf", meeting)).await?;
    let rules = ValidationOptions::default().profile(ValidationProfile::PdfUa1);
    let report = validate_pdf_bytes(&pdf, &rules)?;
    ensure!(report.is_compliant && report.failures.is_empty(), "{report}");
    for person in [&asta, &karen, &malthe] {
        let complaints = person.window.complaints().await?;
        let own: Vec<_> = complaints.iter().filter(|text| !text.contains("WebSocket") && !text.contains("ERR_")).collect();
        ensure!(own.is_empty(), "a page complained: {own:?}");
    }
    Ok(())
}
