//! The five scenes of a meeting with three people at once, from the first draft to the public page and a valid PDF: [`from_empty`] all that is done in
//! them, [`samples`] in short with papers that were really sent. Here is what both do: people, power cuts, and what must hold of every page.

mod from_empty;
mod samples;

use anyhow::{Context, Result, ensure};
use dagsorden_shared::id::MeetingId;
use dagsorden_tests::browser::{Look, Stage, Window};
use dagsorden_tests::server::command;
use page_validation::{ValidationOptions, ValidationProfile, validate_pdf_bytes};
use serde_json::{Value, json};

/// What a page complains of while there is no server.
const NO_SERVER: [&str; 2] = ["WebSocket", "ERR_"];

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
    async fn enter(stage: &Stage, (name, organisation): (&str, &str), (forum, role): (&str, &str), look: Look) -> Result<Self> {
        let mail = format!("{}@{}.example", name.split(' ').next().unwrap_or(name).to_lowercase(), organisation.to_lowercase());
        run(stage, &["user", "add", &mail, "--name", name, "--organisation", organisation, "--member", &format!("{forum}={role}")])?;
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

    /// Marks the page that is open, so that it shows whether it is ever loaded anew.
    async fn stay(&self) -> Result<()> {
        self.window.run("window.__stayed = true", Vec::new()).await.map(drop)
    }

    /// The page is the one that was marked.
    async fn assert_stayed(&self) -> Result<()> {
        let stayed = self.window.run("return window.__stayed === true", Vec::new()).await?;
        ensure!(stayed == json!(true), "a page was loaded anew that nobody loaded");
        Ok(())
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

/// No page is wider than its window, and at most so many lines of the text are squeezed to a column of letters.
async fn fits(people: &[&Person], narrow: i64) -> Result<()> {
    const FITS: &str = r#"
        const lines = [...document.querySelectorAll("main.paper [data-section-id] [data-line]:not(td, th)")].filter((line) => line.textContent.length > 12);
        const squeezed = lines.filter((line) => line.getBoundingClientRect().width < 100).length;
        return [document.documentElement.scrollWidth - innerWidth, squeezed];
    "#;
    for person in people {
        let over = person.window.run(FITS, Vec::new()).await?;
        ensure!(
            over[0].as_i64().is_some_and(|over| over <= 0) && over[1].as_i64().is_some_and(|count| count <= narrow),
            "{}: {over}",
            person.window.screenshot("too-wide").await?.display()
        );
    }
    Ok(())
}

/// The paper as everyone may take it along is one that all can read.
fn assert_accessible(pdf: &[u8]) -> Result<()> {
    let rules = ValidationOptions::default().profile(ValidationProfile::PdfUa1);
    let report = validate_pdf_bytes(pdf, &rules)?;
    ensure!(report.is_compliant && report.failures.is_empty(), "{report}");
    Ok(())
}

/// No page complained, but for what the browser itself says while there is no server.
async fn assert_content(people: &[&Person]) -> Result<()> {
    for person in people {
        let complaints = person.window.complaints().await?;
        let own: Vec<_> = complaints.iter().filter(|text| !NO_SERVER.iter().any(|known| text.contains(known))).collect();
        ensure!(own.is_empty(), "a page complained: {own:?}");
    }
    Ok(())
}
