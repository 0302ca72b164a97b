//! What our page is held against: an element that the browser alone takes care of, and a stock Quill with y-quill over the same text.

use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use dagsorden_shared::api::Created;
use dagsorden_shared::id::{ItemId, SectionId};
use dagsorden_shared::meeting_json::{BlockJson, ItemJson, MeetingJson, SectionJson, SectionKind};
use dagsorden_tests::server::TestServer;
use dagsorden_tests::stock::npm_folder;
use dagsorden_tests::sync_client::SyncClient;
use serde_json::json;
use tokio::process::Command;

use super::typing::Place;
use crate::devtools::{Browser, Page};

/// The characters that are near the window in an agenda whose far items are skipped.
pub(super) const NEAR: usize = 4_000;

/// A window with these lines in a bare contenteditable and the caret at the end of the wanted one. With `most` only so many characters stand there.
pub(super) async fn bare(browser: &Browser, place: &Place, most: usize) -> Result<Page> {
    let page = browser.page().await?;
    let fill = format!(
        r#"((lines, wanted, most) => {{
            let length = 0;
            lines = lines.filter((line) => line === wanted || (length += line.length) <= most);
            const host = document.body.appendChild(document.createElement("div"));
            host.contentEditable = "true";
            host.style.cssText = "width: 700px; white-space: pre-wrap";
            for (const text of lines) {{ host.appendChild(document.createElement("p")).textContent = text; }}
            const line = host.children[lines.indexOf(wanted)];
            host.focus();
            getSelection().collapse(line.firstChild, wanted.length);
            line.scrollIntoView({{ block: "center" }});
        }})({}, {}, {most})"#,
        json!(place.lines),
        json!(place.line)
    );
    page.ask(&fill).await?;
    Ok(page)
}

/// A meeting whose one section holds all these lines: what one Quill can hold.
pub(super) struct OneSection {
    pub(super) meeting: Created,
    pub(super) item: ItemId,
    pub(super) section: SectionId,
}

/// Stores it.
pub(super) async fn one_section(server: &TestServer, lines: &[String]) -> Result<OneSection> {
    let blocks = lines.iter().filter(|line| !line.is_empty()).map(|line| BlockJson::paragraph(line.clone())).collect();
    let section = SectionJson { heading: Some("Sagen".into()), kind: SectionKind::Case, blocks, ..SectionJson::default() };
    let item = ItemJson { number: Some("1".into()), title: "Sagen".into(), sections: vec![section], ..ItemJson::default() };
    let json = MeetingJson { forum: "Kystkredsen".into(), title: "Møde".into(), items: vec![item], ..MeetingJson::default() };
    let meeting = server.import(&json).await?;
    let reader = SyncClient::connect(server.address(), &meeting.document, dagsorden_tests::fixture::client(99)).await?;
    let snapshot = reader.agenda().snapshot();
    let item = snapshot.items.first().context("the meeting has no item")?;
    let section = item.sections.first().context("the item has no section")?;
    Ok(OneSection { meeting, item: item.id.clone(), section: section.id.clone() })
}

/// The stock page's script, with all that it imports.
pub(super) async fn quill_bundle() -> Result<String> {
    let arguments = ["quill.js", "--bundle", "--minify", "--format=iife", "--log-level=error"];
    let esbuild = npm_folder().join("node_modules/.bin/esbuild");
    let done = Command::new(esbuild).args(arguments).current_dir(npm_folder()).stderr(Stdio::inherit()).output().await;
    let done = done.context("cannot start esbuild: run `cargo xtask test` once, which installs it")?;
    ensure!(done.status.success(), "esbuild ended with {}", done.status);
    String::from_utf8(done.stdout).context("esbuild writes text")
}

/// A window with Quill over that section and the caret at the end of the wanted line.
pub(super) async fn quill(server: &TestServer, browser: &Browser, bundle: &str, one: &OneSection, line: &str) -> Result<Page> {
    let page = browser.page().await?;
    // A page of the server's own, since others may not connect.
    page.go(&server.url("/")).await?;
    page.wait("the page", "document.readyState === 'complete'").await?;
    let OneSection { meeting, item, section } = one;
    let start = format!("startQuill({}, {}, {})", json!(meeting.document), json!(item), json!(section));
    page.ask(&format!("(() => {{ document.body.textContent = ''; document.body.style.width = '700px'; {bundle}\n; {start} }})()")).await?;
    page.wait("the text in Quill", "window.quill !== undefined && window.quill.quill.getLength() > 2").await?;
    let put = format!(
        r#"((wanted) => {{
            const quill = window.quill.quill;
            const text = quill.getText();
            quill.focus();
            quill.setSelection(text.indexOf(wanted) + wanted.length, 0, "user");
            getSelection().focusNode.parentElement.scrollIntoView({{ block: "center" }});
        }})({})"#,
        json!(line)
    );
    page.ask(&put).await?;
    Ok(page)
}
