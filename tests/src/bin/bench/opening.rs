//! From a navigation to a page that can be read, and to one that can be written in.
//!
//! Readable is the browser's first contentful paint, which is the server's HTML; writable is the moment the paper's texts are editable
//! elements in the page. First visits have empty caches, later ones what the first one left.

use anyhow::{Context, Result};
use dagsorden_shared::api::Created;
use dagsorden_tests::server::TestServer;
use serde::Deserialize;
use serde_json::json;

use crate::agenda::SentAgenda;
use crate::devtools::{Browser, Page};
use crate::figures::{Table, median};

const RUNS: usize = 5;

/// Notes when the paper becomes editable, from before the page's first script.
const WATCH: &str = r#"
    const look = () => {
        if (window.__writable === undefined && document.querySelector("main.paper [data-section-id][contenteditable]")) {
            window.__writable = performance.now();
            observer.disconnect();
        }
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true });
"#;

const READ: &str = r#"(() => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    return window.__writable !== undefined && paint !== undefined && { readable: paint.startTime, writable: window.__writable };
})()"#;

const SAVED: &str = "document.querySelector('.saved')?.dataset.state === 'saved'";

#[derive(Deserialize)]
struct Opened {
    readable: f64,
    writable: f64,
}

/// First and later visits; the table holds medians.
pub(crate) async fn measure(server: &TestServer, browser: &Browser, agenda: &SentAgenda) -> Result<Table> {
    let meeting = agenda.import(server).await?;
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let page = known_page(server, browser).await?;
        page.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await?;
        first.push(open(server, &page, &meeting).await?);
        // The service worker and the device's store have to be through with the first visit.
        page.wait("the page saved", SAVED).await?;
        page.ask("navigator.serviceWorker?.ready.then(() => true)").await?;
        page.go("about:blank").await?;
        later.push(open(server, &page, &meeting).await?);
        page.close().await?;
    }
    let mut table = Table::new(&["first visit", "later visit"], 0);
    let middle = |visits: &[Opened], read: fn(&Opened) -> f64| median(&visits.iter().map(read).collect::<Vec<_>>());
    table.row("readable", vec![middle(&first, |opened| opened.readable), middle(&later, |opened| opened.readable)]);
    table.row("writable", vec![middle(&first, |opened| opened.writable), middle(&later, |opened| opened.writable)]);
    Ok(table)
}

async fn open(server: &TestServer, page: &Page, meeting: &Created) -> Result<Opened> {
    page.go(&server.url(&format!("/m/{}", meeting.meeting))).await?;
    serde_json::from_value(page.wait("the paper writable", READ).await?).context("the page tells no times")
}

/// A window on a meeting, by somebody who has said who they are, ready to write.
pub(crate) async fn ready(server: &TestServer, browser: &Browser, meeting: &Created) -> Result<Page> {
    let page = known_page(server, browser).await?;
    page.go(&server.url(&format!("/m/{}", meeting.meeting))).await?;
    page.wait("the paper writable", "document.querySelector('main.paper [data-section-id][contenteditable]') !== null").await?;
    page.wait("the page saved", SAVED).await?;
    Ok(page)
}

/// An empty window with the cookie of somebody.
async fn known_page(server: &TestServer, browser: &Browser) -> Result<Page> {
    let me = json!({ "name": "Anna Berg", "organisation": "Havnsted" });
    let answer = server.http().put(server.url("/api/me")).json(&me).send().await?.error_for_status()?;
    let cookie = answer.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok()).context("the server gives no cookie")?;
    let page = browser.page().await?;
    page.set_cookie(&server.url("/"), cookie.split(';').next().unwrap_or_default()).await?;
    Ok(page)
}
