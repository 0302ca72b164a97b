//! What one writes, in both browsers, by real input: the browser's own events, its own selection, its own clipboard and input method.
//!
//! One page is brought from scenario to scenario by the test contract; all that went wrong is told at the end. After every scenario the page
//! must show the lines that the document holds.

mod cases;
mod cells;
mod clipboard;
mod composition;
mod concurrent;
mod fields;
mod foreign;
mod format;
mod held;
mod lines;
mod locked;
mod mouse;
mod scrolling;
mod sheet;
mod tables;
mod touch;

use anyhow::{Result, ensure};
use dagsorden_tests::browser::{Kind, Look, Stage, Window};
use dagsorden_tests::fixture;
use serde_json::json;
use sheet::Sheet;

async fn all(kind: Kind) -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let mut sheet = Sheet::open(&stage, kind, &meeting).await?;
    let mut wrong = Vec::new();
    for (chapter, cases) in [("lines", lines::CASES), ("format", format::CASES), ("tables", tables::CASES)] {
        wrong.extend(cases::run(&sheet, chapter, cases).await);
    }
    wrong.extend(format::others(&sheet).await);
    wrong.extend(tables::others(&sheet).await);
    wrong.extend(cells::all(&sheet).await);
    wrong.extend(mouse::all(&sheet).await);
    wrong.extend(clipboard::all(&sheet).await);
    wrong.extend(composition::all(&sheet).await);
    wrong.extend(held::all(&sheet).await);
    wrong.extend(touch::all(&sheet).await);
    wrong.extend(concurrent::all(&sheet).await);
    wrong.extend(foreign::all(&sheet).await);
    wrong.extend(fields::all(&sheet).await);
    wrong.extend(scrolling::all(&sheet).await);
    wrong.extend(sheet.after_reload().await);
    wrong.extend(locked::all(&sheet, &meeting).await);
    let complaints = sheet.window().complaints().await?;
    ensure!(wrong.is_empty() && complaints.is_empty(), "{} in {kind:?}:\n{}\ncomplaints: {complaints:?}", wrong.len(), wrong.join("\n"));
    Ok(())
}

#[tokio::test]
async fn the_scenarios_hold_in_chromium() -> Result<()> {
    all(Kind::Chromium).await
}

#[tokio::test]
async fn the_scenarios_hold_in_firefox() -> Result<()> {
    all(Kind::Firefox).await
}

/// Whoever closes the dialog unanswered writes as a guest; the contract closes it by itself.
#[tokio::test]
async fn one_writes_without_having_said_who_one_is() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let window = Window::open("Gæst", Look::DESKTOP).await?;
    window.go(&stage.server.url(&format!("/m/{}", meeting.meeting))).await?;
    window.wait("the contract", "return window.__editorTest !== undefined").await?;
    let sections = window.editor("sections", Vec::new()).await?;
    window.editor("select", vec![sections[0].clone(), json!(0)]).await?;
    window.write("Gæst: ").await?;
    window.wait_text("Gæst: at dagsordenen").await?;
    window.wait_saved().await
}
