//! Code that a page loads when it is first needed: it comes, what happens meanwhile is kept, and without it the page lives on.

use anyhow::{Result, ensure};
use dagsorden_tests::browser::{Kind, Stage, Window};
use dagsorden_tests::fixture;
use dagsorden_tests::wait::until;
use dagsorden_tests::wire::Wire;
use serde_json::json;

use super::section;

/// From now on requests for the files of parts wait for `__release(true)`, or fail with `__release(false)`.
const HOLD: &str = r#"
    const real = window.fetch;
    let decide;
    const decided = new Promise((done) => { decide = done; });
    window.__release = (whether) => decide(whether);
    window.fetch = async (...request) => {
        if (String(request[0]?.url ?? request[0]).includes("/part-") && !(await decided)) throw new TypeError("refused");
        return real(...request);
    };
    window.__mend = () => { window.fetch = real; };
"#;

/// Pastes what another program copied.
const PASTE: &str = r#"
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/html", "<b>fed</b>");
    clipboardData.setData("text/plain", "mager");
    const event = new Event("paste", { bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(Object.defineProperty(event, "clipboardData", { value: clipboardData }));
"#;

const BOLD: &str = "return [...document.querySelectorAll('main.paper [data-section-id] strong, main.paper [data-section-id] b')]\
    .some((bold) => bold.textContent === 'fed')";
const HELP: &str = "return document.querySelector('dialog#keyboard[open]') !== null";
const SAID: &str = "return document.querySelector('#toasts .toast')?.textContent.includes('kunne ikke hentes')";

/// A window on a page that has loaded no part yet and gets none before it is decided.
async fn held(stage: &Stage, kind: Kind, meeting: &dagsorden_shared::api::Created) -> Result<Window> {
    let window = stage.window_in(kind, "Anna", meeting).await?;
    window.reload().await?;
    window.wait_ready().await?;
    window.run(HOLD, Vec::new()).await?;
    Ok(window)
}

#[tokio::test]
async fn what_is_pasted_while_its_part_is_loaded_stands_where_it_was_asked_for() -> Result<()> {
    pasted_meanwhile(Kind::Chromium).await
}

#[tokio::test]
async fn what_is_pasted_while_its_part_is_loaded_stands_there_in_firefox() -> Result<()> {
    pasted_meanwhile(Kind::Firefox).await
}

async fn pasted_meanwhile(kind: Kind) -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let anna = held(&stage, kind, &meeting).await?;
    let bo = stage.window("Bo", &meeting).await?;
    let place = section(&anna.shown().await?, 1, 0)?;
    anna.put_caret(&place, 7).await?;
    anna.run(PASTE, Vec::new()).await?;
    anna.write("x").await?;
    bo.type_at(&place, 0, "Først: ").await?;
    anna.wait_text("Først: Kredsenx drøftede").await?;
    anna.run("window.__release(true)", Vec::new()).await?;
    anna.wait_text("Først: Kredsenfedx drøftede").await?;
    anna.wait("that it is bold", BOLD).await?;
    bo.wait_text("Først: Kredsenfedx drøftede").await?;
    // From now on it is pasted at once.
    anna.run(PASTE, Vec::new()).await?;
    anna.wait_text("fedfed").await?;
    let complaints = anna.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}

#[tokio::test]
async fn what_is_asked_of_the_toolbar_and_typed_for_it_while_it_is_loaded_is_done() -> Result<()> {
    asked_meanwhile(Kind::Chromium).await
}

#[tokio::test]
async fn what_is_asked_of_the_toolbar_while_it_is_loaded_is_done_in_firefox() -> Result<()> {
    asked_meanwhile(Kind::Firefox).await
}

async fn asked_meanwhile(kind: Kind) -> Result<()> {
    const LINKED: &str = "return document.querySelector('main.paper [data-section-id] a')?.getAttribute('href') === 'https://x.test/'";
    const ITALIC: &str = "return document.querySelector('main.paper [data-section-id] em')?.textContent === 'Kredsen'";
    const IN_TEXT: &str = "return document.activeElement.dataset.sectionId !== undefined && !document.querySelector('.stand-in')";
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    for (asked, done) in [("Control+k", LINKED), ("Alt+F10", ITALIC)] {
        let anna = held(&stage, kind, &meeting).await?;
        let place = section(&anna.shown().await?, 1, 0)?;
        anna.editor("select", vec![json!(place), json!(0), json!(7)]).await?;
        anna.strike(asked).await?;
        anna.wait("that the text has no keys", "return document.activeElement.matches('.stand-in')").await?;
        let top = anna.run("return scrollY", Vec::new()).await?;
        if done == LINKED {
            anna.write("x.test/").await?;
            anna.strike("Enter").await?;
        } else {
            anna.strike("Home ArrowRight Enter").await?;
        }
        anna.wait_text("Kredsen drøftede").await?;
        anna.run("window.__release(true)", Vec::new()).await?;
        anna.wait("that it is done", done).await?;
        anna.wait("the caret in the text", IN_TEXT).await?;
        ensure!(anna.run("return scrollY", Vec::new()).await? == top, "the page jumped");
        let complaints = anna.complaints().await?;
        ensure!(complaints.is_empty(), "{complaints:?}");
    }
    // A writer who gives up writes on, and a toolbar that does not come takes no keys.
    let anna = held(&stage, kind, &meeting).await?;
    let place = section(&anna.shown().await?, 1, 0)?;
    anna.put_caret(&place, 7).await?;
    anna.strike("Control+k").await?;
    anna.write("http").await?;
    anna.strike("Escape").await?;
    anna.write("sen").await?;
    anna.wait_text("Kredsensen drøftede").await?;
    anna.strike("Control+k").await?;
    anna.run("window.__release(false)", Vec::new()).await?;
    anna.wait("that the toolbar cannot be had", SAID).await?;
    anna.wait("the caret in the text", IN_TEXT).await?;
    anna.write("!").await?;
    anna.wait_text("Kredsensen! drøftede").await?;
    anna.run("window.__mend()", Vec::new()).await?;
    anna.strike("Control+k").await?;
    anna.wait("the address is asked for", "return document.activeElement.matches('[role=toolbar] input')").await.map(drop)
}

#[tokio::test]
async fn without_its_part_a_page_says_so_lives_on_and_tries_again() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let anna = held(&stage, Kind::Chromium, &meeting).await?;
    let place = section(&anna.shown().await?, 1, 0)?;
    anna.put_caret(&place, 7).await?;
    anna.run("window.__release(false)", Vec::new()).await?;
    anna.strike("F1").await?;
    anna.wait("that the help cannot be had", SAID).await?;
    anna.run("document.querySelector('#toasts').replaceChildren()", Vec::new()).await?;
    // What was pasted is not lost, only its formats are.
    anna.run(PASTE, Vec::new()).await?;
    anna.wait_text("Kredsenmager drøftede").await?;
    anna.wait("that the formats cannot be had", SAID).await?;
    anna.write(" og mere").await?;
    anna.wait_text("Kredsenmager og mere drøftede").await?;
    anna.wait_saved().await?;

    anna.run("window.__mend()", Vec::new()).await?;
    anna.strike("F1").await?;
    anna.wait("the help", HELP).await?;
    anna.strike("Escape").await?;
    anna.put_caret(&place, 0).await?;
    anna.run(PASTE, Vec::new()).await?;
    anna.wait("that it is bold", BOLD).await.map(drop)
}

#[tokio::test]
async fn parts_that_were_never_used_are_there_without_a_connection() -> Result<()> {
    const KEPT: &str = r#"
        const done = arguments[arguments.length - 1];
        const parts = document.body.dataset.parts.split(" ");
        const all = [location.pathname, ...parts].map((address) => caches.match(address));
        Promise.all(all).then((kept) => done(parts.length > 2 && kept.every(Boolean)), () => done(false));
    "#;
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let wire = Wire::to(stage.server.address()).await?;
    let anna = stage.window_by(wire.address(), "Anna", &meeting).await?;
    until("page and parts to be kept on the device", async || Ok((anna.run_async(KEPT).await? == true).then_some(()))).await?;
    wire.cut();
    anna.reload().await?;
    anna.wait_offline().await?;
    anna.wait("the paper", "return document.querySelector('main.paper [data-section-id][contenteditable]') !== null").await?;
    let place = section(&anna.shown().await?, 1, 0)?;
    anna.editor("select", vec![json!(place), json!(7)]).await?;
    anna.run(PASTE, Vec::new()).await?;
    anna.wait("that it is bold", BOLD).await?;
    anna.strike("F1").await?;
    anna.wait("the help", HELP).await.map(drop)
}
