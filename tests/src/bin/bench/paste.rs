//! From Ctrl+V to the paint of 200 paragraphs out of Word, at the end of a section of a long agenda, beside a stock Quill over the same text.
//!
//! The clipboard is the browser's own, with the HTML as Word hands it over. The time runs from the key's time stamp to the first task after the
//! next frame, as for keys.

use anyhow::{Context, Result, ensure};
use dagsorden_tests::server::TestServer;
use serde::Deserialize;
use serde_json::json;

use crate::agenda::{SentAgenda, Size};
use crate::comparison::{Better, Comparison, Row};
use crate::devtools::{Browser, Key, Page};
use crate::keys::{floor, typing};
use crate::opening;
use crate::quill::{self, OneSection};
use crate::report::Report;

const RUNS: usize = 5;
const PARAGRAPHS: usize = 200;
const LAST: &str = "det sidste afsnit";
const OURS: &str = "ours";
const QUILL: &str = "Quill with y-quill";

/// Listens for one paste, and for the frame after it.
const LISTEN: &str = r#"(() => {
    const channel = new MessageChannel();
    window.__paste = {};
    channel.port1.onmessage = (event) => (window.__paste.painted = performance.now() - event.data);
    window.addEventListener("keydown", (event) => {
        if (event.key === "v") {
            window.addEventListener("paste", () => {
                window.__paste.handled = performance.now() - event.timeStamp;
                requestAnimationFrame(() => channel.port2.postMessage(event.timeStamp));
            }, { once: true });
        }
    }, true);
})()"#;

/// Milliseconds of one paste.
#[derive(Deserialize)]
struct Times {
    handled: f64,
    painted: f64,
}

/// Both in turn, again and again. A run that breaks down says why and holds up no other.
pub(crate) async fn measure(report: &mut Report, server: &TestServer, browser: &Browser) -> Result<Comparison> {
    let bundle = report.some("paste", quill::bundle().await);
    let agenda = SentAgenda::invent(Size::Long);
    println!("  {}", agenda.name);
    let mut comparison = Comparison::new([OURS, QUILL]);
    let mut add = |name, pasted: Result<Times>| match pasted {
        Ok(times) => comparison.add(name, rows(&times)),
        Err(error) => report.failed("paste", &error.context(name)),
    };
    for _ in 0..RUNS {
        add(OURS, into_ours(server, browser, &agenda).await);
        if let Some(bundle) = &bundle {
            add(QUILL, into_quill(server, browser, &agenda, bundle).await);
        }
    }
    Ok(comparison)
}

fn rows(times: &Times) -> Vec<Row> {
    let row = |what: &str, time| Row::new(format!("{PARAGRAPHS} Word paragraphs: {what}"), time, Better::Less);
    vec![row("scripts", times.handled), row("painted", times.painted)]
}

async fn into_ours(server: &TestServer, browser: &Browser, agenda: &SentAgenda) -> Result<Times> {
    let page = opening::ready(server, browser, &agenda.import(server).await?).await?;
    typing::click(&page, &typing::place(&page).await?).await?;
    let times = paste(&page).await?;
    page.wait("what was pasted saved", opening::SAVED).await?;
    page.close().await?;
    Ok(times)
}

async fn into_quill(server: &TestServer, browser: &Browser, agenda: &SentAgenda, bundle: &str) -> Result<Times> {
    let ours = opening::ready(server, browser, &agenda.import(server).await?).await?;
    let place = typing::place(&ours).await?;
    ours.close().await?;
    let one = OneSection::store(server, &place.lines).await?;
    let page = floor::quill(server, browser, bundle, &one, &place.line).await?;
    let times = paste(&page).await?;
    page.close().await?;
    Ok(times)
}

/// Brings what Word would into the clipboard.
async fn copy(page: &Page) -> Result<()> {
    let put = format!(
        r#"document.addEventListener("copy", (event) => {{
            event.clipboardData.setData("text/html", {});
            event.preventDefault();
            event.stopImmediatePropagation();
        }}, {{ capture: true, once: true }})"#,
        json!(word())
    );
    page.ask(&put).await?;
    page.press(&Key::copy()).await
}

async fn paste(page: &Page) -> Result<Times> {
    copy(page).await?;
    let lines = "document.activeElement.querySelectorAll('[data-line], p, h2, li').length";
    let before = page.ask(lines).await?.as_u64().unwrap_or_default();
    page.ask(LISTEN).await?;
    page.press(&Key::paste()).await?;
    page.wait("the frame after the paste", "window.__paste.painted !== undefined").await?;
    let after = page.ask(lines).await?.as_u64().unwrap_or_default();
    let last = page.ask(&format!("document.activeElement.textContent.includes({})", json!(LAST))).await?;
    ensure!(last == json!(true), "what was pasted does not stand in the page");
    // The first paragraph joins the line it is pasted into.
    ensure!(after >= before + PARAGRAPHS as u64 - 1, "{} lines were pasted of {PARAGRAPHS}", after.saturating_sub(before));
    serde_json::from_value(page.ask("window.__paste").await?).context("the page has no times")
}

/// A document as Word hands it over: paragraphs with bold words, a heading for every twenty, points of a list in between.
fn word() -> String {
    let mut html = String::from(
        "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\" xmlns:w=\"urn:schemas-microsoft-com:office:word\"><head><meta charset=utf-8>\
         <meta name=Generator content=\"Microsoft Word 15\"><style><!-- p.MsoNormal {margin:0cm; font-size:11.0pt} @list l0:level1 \
         {mso-level-number-format:bullet; mso-level-text:\u{f0b7}} --></style></head><body lang=DA><!--StartFragment-->",
    );
    for number in 1..=PARAGRAPHS {
        let text = "Kredsen drøftede <b>ordningen</b> og en fælles vagt i havnene for <i>kommunerne</i> med henblik på\nbudgettet";
        let end = if number == PARAGRAPHS { LAST } else { "og forslaget" };
        html.push_str(&match number % 20 {
            1 => format!("<h2>Afsnit {number}<o:p></o:p></h2>\n"),
            5..=8 => format!(
                "<p class=MsoListParagraph style='margin-left:36.0pt;text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span \
                 style='font-family:Symbol'><span style='mso-list:Ignore'>\u{b7}<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp; \
                 </span></span></span><![endif]>at {text} {end}<o:p></o:p></p>\n"
            ),
            _ => format!("<p class=MsoNormal><span style='mso-fareast-language:DA'>{number} {text} {end}</span><o:p></o:p></p>\n"),
        });
    }
    html.push_str("<!--EndFragment--></body></html>");
    html
}
