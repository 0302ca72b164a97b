//! From a navigation to a page that can be read, and to one that can be written in, beside a stock Quill with y-quill over the same text.
//!
//! Readable is the browser's first contentful paint: ours is the server's HTML, Quill's the first text that it has been sent. Editable is the
//! moment the texts are editable elements in the page. First visits have empty caches, later ones what the first one left.

mod stock_page;

use anyhow::{Context, Result};
use dagsorden_shared::api::Created;
use dagsorden_tests::server::TestServer;
use serde::Deserialize;
use serde_json::json;

use crate::agenda::{SentAgenda, Size};
use crate::comparison::{Better, Comparison, Row};
use crate::devtools::{Browser, Page};
use crate::quill::{self, OneSection};
use crate::report::Report;
use stock_page::StockPage;

const RUNS: usize = 5;
const OURS: &str = "ours";
const QUILL: &str = "Quill with y-quill";
const SIZES: [(&str, Size); 3] = [("small", Size::Small), ("long", Size::Long), ("60 items", Size::Sixty)];

/// Notes when a text becomes editable, from before the page's first script.
const WATCH: &str = r#"
    const look = () => {
        const found = document.querySelector(EDITABLE);
        if (window.__editable === undefined && found !== null && found.textContent.length > 1) {
            window.__editable = performance.now();
            observer.disconnect();
        }
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true });
"#;

const READ: &str = r#"(() => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    return window.__editable !== undefined && paint !== undefined && { readable: paint.startTime, editable: window.__editable };
})()"#;

const OUR_TEXT: &str = "main.paper [data-section-id][contenteditable]";
/// True once the server has all that was written.
pub(crate) const SAVED: &str = "document.querySelector('.saved')?.dataset.state === 'saved'";

#[derive(Deserialize)]
struct Opened {
    readable: f64,
    editable: f64,
}

/// A page to open.
struct Subject {
    size: &'static str,
    name: &'static str,
    address: String,
    /// What one writes in.
    text: &'static str,
    /// True once a later visit has all that a first one leaves behind.
    settled: String,
    // Held for its life.
    _site: Option<StockPage>,
}

/// First and later visits of all sizes in turn, again and again; the table holds medians. A visit that breaks down says why and holds up no other.
pub(crate) async fn measure(report: &mut Report, server: &TestServer, browser: &Browser) -> Result<Comparison> {
    let script = report.some("open", quill::bundle().await);
    let mut comparison = Comparison::new([OURS, QUILL]);
    let mut subjects = Vec::new();
    for (name, size) in SIZES {
        let agenda = SentAgenda::invent(size);
        println!("  {name}: {}", agenda.name);
        let meeting = agenda.import(server).await?;
        subjects.push(ours(name, server, &meeting));
        if let Some(script) = &script {
            let one = OneSection::store(server, &lines(server, browser, &meeting).await?).await?;
            let site = StockPage::serve(server.address(), script, &one).await?;
            let settled = "window.quill !== undefined".to_owned();
            subjects.push(Subject { size: name, name: QUILL, address: site.url(), text: ".ql-editor", settled, _site: Some(site) });
        }
    }
    for _ in 0..RUNS {
        for subject in &subjects {
            match visit_twice(server, browser, subject).await {
                Ok(visits) => comparison.add(subject.name, rows(subject.size, &visits)),
                Err(error) => report.failed("open", &error.context(format!("{}, {}", subject.size, subject.name))),
            }
        }
    }
    Ok(comparison)
}

/// A first and a later visit of a meeting.
pub(crate) async fn visits(server: &TestServer, browser: &Browser, meeting: &Created) -> Result<Vec<Row>> {
    Ok(rows("opening", &visit_twice(server, browser, &ours("opening", server, meeting)).await?))
}

fn ours(size: &'static str, server: &TestServer, meeting: &Created) -> Subject {
    Subject {
        size,
        name: OURS,
        address: server.url(&format!("/m/{}", meeting.meeting)),
        text: OUR_TEXT,
        // The service worker and the device's store have to be through with the first visit.
        settled: format!("{SAVED} && (navigator.serviceWorker?.ready.then(() => true) ?? true)"),
        _site: None,
    }
}

fn rows(size: &str, visits: &[Opened; 2]) -> Vec<Row> {
    let visits = ["first visit", "later visit"].into_iter().zip(visits);
    let row = |visit: &str, what: &str, time| Row::new(format!("{size}, {visit}: {what}"), time, Better::Less);
    visits.flat_map(|(visit, opened)| [row(visit, "readable", opened.readable), row(visit, "editable", opened.editable)]).collect()
}

async fn visit_twice(server: &TestServer, browser: &Browser, subject: &Subject) -> Result<[Opened; 2]> {
    let page = known_page(server, browser).await?;
    let watch = format!("{{ const EDITABLE = {}; {WATCH} }}", json!(subject.text));
    page.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": watch })).await?;
    let first = open(&page, subject).await?;
    page.wait("the page at rest", &subject.settled).await?;
    page.go("about:blank").await?;
    let later = open(&page, subject).await?;
    page.close().await?;
    Ok([first, later])
}

async fn open(page: &Page, subject: &Subject) -> Result<Opened> {
    page.go(&subject.address).await?;
    serde_json::from_value(page.wait("a text to write in", READ).await?).context("the page tells no times")
}

/// What stands in the page, for Quill to have the same.
async fn lines(server: &TestServer, browser: &Browser, meeting: &Created) -> Result<Vec<String>> {
    let page = ready(server, browser, meeting).await?;
    let lines = page.ask("[...document.querySelectorAll('main.paper [data-line]')].map((line) => line.textContent)").await?;
    page.close().await?;
    serde_json::from_value(lines).context("the page has no lines")
}

/// A window on a meeting, of a person who has said who they are, ready to write.
pub(crate) async fn ready(server: &TestServer, browser: &Browser, meeting: &Created) -> Result<Page> {
    let page = known_page(server, browser).await?;
    page.go(&server.url(&format!("/m/{}", meeting.meeting))).await?;
    page.wait("the paper editable", &format!("document.querySelector('{OUR_TEXT}') !== null")).await?;
    page.wait("the page saved", SAVED).await?;
    Ok(page)
}

/// An empty window with the cookie of a person.
async fn known_page(server: &TestServer, browser: &Browser) -> Result<Page> {
    let me = json!({ "name": "Anna Berg", "organisation": "Havnsted" });
    let answer = server.http().put(server.url("/api/me")).json(&me).send().await?.error_for_status()?;
    let cookie = answer.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok()).context("the server gives no cookie")?;
    let page = browser.page().await?;
    page.set_cookie(&server.url("/"), cookie.split(';').next().unwrap_or_default()).await?;
    Ok(page)
}
