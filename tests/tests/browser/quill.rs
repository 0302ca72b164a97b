//! A stock Quill 2 editor with y-quill edits the same section beside our page: both show the same, and nothing of what either wrote is lost.

use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use dagsorden_shared::api::Created;
use dagsorden_tests::browser::{Look, Stage, Window};
use dagsorden_tests::fixture;
use dagsorden_tests::stock::npm_folder;
use dagsorden_tests::wait::until;
use serde_json::{Value, json};
use tokio::process::Command;

use super::{item, section};

/// The page's script, with all that it imports.
async fn bundle() -> Result<String> {
    let arguments = ["quill.js", "--bundle", "--format=iife", "--log-level=error"];
    let esbuild = npm_folder().join("node_modules/.bin/esbuild");
    let done = Command::new(esbuild).args(arguments).current_dir(npm_folder()).stderr(Stdio::inherit()).output().await;
    let done = done.context("cannot start esbuild; run the tests with `cargo xtask test`")?;
    ensure!(done.status.success(), "esbuild ended with {}", done.status);
    String::from_utf8(done.stdout).context("esbuild writes text")
}

/// A window with Quill over a section. The page is one of the server's own, since others may not connect.
async fn quill(stage: &Stage, meeting: &Created, place: (&str, &str)) -> Result<Window> {
    let window = Window::open("Quill", Look::DESKTOP).await?;
    window.go(&stage.server.url("/")).await?;
    let script = format!("{}\nstartQuill(...arguments);", bundle().await?);
    window.run(&script, vec![json!(meeting.document), json!(place.0), json!(place.1)]).await?;
    window.wait("the text in Quill", "return window.quill !== undefined && window.quill.quill.getLength() > 2").await?;
    Ok(window)
}

/// What Quill shows, and what its document holds.
async fn held(quill: &Window) -> Result<(Value, Value)> {
    let said = quill.run("return [window.quill.quill.getContents().ops, window.quill.text.toDelta()]", Vec::new()).await?;
    Ok((said[0].clone(), said[1].clone()))
}

/// The text of a delta, the same for both however they cut it into pieces.
fn text(ops: &Value) -> String {
    ops.as_array().into_iter().flatten().filter_map(|op| op["insert"].as_str()).collect()
}

/// Characters with their attributes.
fn characters(ops: &Value) -> Vec<(char, Value)> {
    let ops = ops.as_array().into_iter().flatten();
    let pieces = ops.map(|op| (op["insert"].as_str().unwrap_or("\u{fffc}"), op["attributes"].as_object().cloned().unwrap_or_default()));
    pieces.flat_map(|(text, attributes)| text.chars().map(|one| (one, json!(attributes))).collect::<Vec<_>>()).collect()
}

/// Waits until the page, Quill and Quill's document have the same text, and the page and Quill's document the same attributes.
async fn same(page: &Window, quill: &Window, section: &str) -> Result<String> {
    let agreed = until("the page and Quill to have the same", async || {
        let ours = page.editor("delta", vec![json!(section)]).await?;
        let (shown, theirs) = held(quill).await?;
        let agree = text(&ours) == text(&shown) && characters(&ours) == characters(&theirs);
        Ok(agree.then(|| text(&ours)))
    })
    .await;
    if let Err(error) = agreed {
        let (shown, theirs) = held(quill).await?;
        let ours = page.editor("delta", vec![json!(section)]).await?;
        return Err(error.context(format!("ours {ours}\nQuill {shown}\nits document {theirs}")));
    }
    agreed
}

#[tokio::test]
async fn quill_and_our_page_write_in_the_same_section() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let page = stage.window("Anna", &meeting).await?;
    let before = page.shown().await?;
    let (item, section) = (item(&before, 1)?, section(&before, 1, 1)?);
    let quill = quill(&stage, &meeting, (item.as_str(), section.as_str())).await?;
    let start = same(&page, &quill, section.as_str()).await?;
    assert_eq!(start, "at ordningen prøves i et år\nat den evalueres\n");

    // Both type at once, in the same line.
    page.put_caret(&section, 0).await?;
    quill.run("window.quill.quill.focus(); window.quill.quill.setSelection(15, 0)", Vec::new()).await?;
    for (mine, theirs) in [("straks ", "fælles "), ("og ", "og "), ("nu ", "frit ")] {
        let (mine, theirs) = tokio::join!(page.write(mine), quill.write(theirs));
        mine?;
        theirs?;
    }
    let written = same(&page, &quill, section.as_str()).await?;
    assert_eq!(written, "straks og nu at ordningen prfælles og frit øves i et år\nat den evalueres\n");

    // Formats, lists and headings from Quill are ours, and the other way round.
    quill.run("const q = window.quill.quill; q.formatText(0, 6, { bold: true, link: 'https://x.test/' }, 'user'); q.formatLine(56, 1, { list: 'ordered', indent: 1 }, 'user')", Vec::new()).await?;
    same(&page, &quill, section.as_str()).await?;
    page.put_caret(&section, 3).await?;
    page.editor("cmd", vec![json!("header-2")]).await?;
    page.strike("Enter").await?;
    same(&page, &quill, section.as_str()).await?;
    let shown = page.wait_shown("the split line", |shown| shown.items[1].sections[1].1.len() == 3).await?;
    assert_eq!(shown.items[1].sections[1].1[0], "str");

    // A table of ours keeps its columns while Quill writes in it and adds a row.
    page.editor("select", vec![json!(section), json!(written.len() - 2)]).await?;
    page.strike("Control+End Enter").await?;
    page.editor("cmd", vec![json!("plain")]).await?;
    page.editor("cmd", vec![json!("table-insert:2x2")]).await?;
    page.write("A1").await?;
    let with_table = same(&page, &quill, section.as_str()).await?;
    let cell = with_table.find("A1").map(|at| with_table[..at].encode_utf16().count()).context("the cell is written in")?;
    let at = json!(cell + 2);
    quill.run("const q = window.quill.quill; q.focus(); q.setSelection(arguments[0], 0); return true", vec![at]).await?;
    quill.write(" med mere").await?;
    same(&page, &quill, section.as_str()).await?;
    quill.run("window.quill.quill.getModule('table').insertRowBelow()", Vec::new()).await?;
    let last = same(&page, &quill, section.as_str()).await?;
    ensure!(last.contains("A1 med mere"), "{last:?}");
    let rows = "return document.querySelectorAll(`[data-section-id='${arguments[0]}'] table tr`).length";
    let rows = page.run(rows, vec![json!(section)]).await?;
    ensure!(rows == json!(3), "the page shows {rows} rows");

    // What each takes back is one's own.
    page.strike("Control+z").await?;
    let undone = same(&page, &quill, section.as_str()).await?;
    ensure!(undone.contains(" med mere"), "{undone:?}");
    let (shown, _) = held(&quill).await?;
    ensure!(!shown.to_string().contains("undefined"), "{shown}");
    let complaints = page.complaints().await?;
    ensure!(complaints.is_empty(), "the page complained: {complaints:?}");
    page.wait_saved().await
}
