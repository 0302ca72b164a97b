//! From a key to the paint of its letter: alone, and while somebody else writes, beside a bare contenteditable of the same text.
//!
//! Keys are given to the browser, which delivers them like those of a keyboard. The time runs from the event's own time stamp, taken where the
//! browser received the key, to the first task after the next frame: that frame has by then run its scripts, style, layout and paint. (The
//! browser's own event timing counts in steps of 8 ms, which is half of what is measured.) At the end the text must be in the page, so a frame
//! that came too early cannot go unseen.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use dagsorden_shared::agenda::Field;
use dagsorden_shared::api::Created;
use dagsorden_shared::presence::{At, Presence, PresenceSelection};
use dagsorden_shared::protocol::ClientMessage;
use dagsorden_shared::protocol::awareness::AwarenessState;
use dagsorden_shared::richtext::delta::utf16_len;
use dagsorden_tests::fixture;
use dagsorden_tests::server::TestServer;
use dagsorden_tests::sync_client::{Heard, SyncClient};
use serde::Deserialize;
use serde_json::json;
use tokio::time::{MissedTickBehavior, interval};

use crate::agenda::SentAgenda;
use crate::devtools::{Browser, Key, Page};
use crate::figures::{Table, median, percentile};
use crate::opening;

const RUNS: usize = 3;
const KEYS: usize = 200;
/// Faster than people write, slow enough that a key does not wait for the one before, and in no step with the other person: else the two
/// would meet at each second key in one run and never in the next.
const PACE: Duration = Duration::from_millis(53);
/// The other person writes 10 keys a second.
const OTHER_PACE: Duration = Duration::from_millis(100);
const TARGET: f64 = 16.0;
const WORDS: &str = "kredsen skriver videre paa den samme linje ";

/// Where the other person writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    Nobody,
    AnotherSection,
    TheSameLine,
}

const CASES: [(Beside, &str); 3] = [
    (Beside::Nobody, "agenda, alone"),
    (Beside::AnotherSection, "agenda, a second writer in another section"),
    (Beside::TheSameLine, "agenda, a second writer in the same line"),
];

/// The place to type: the end of the longest line of the longest section.
const FIND_PLACE: &str = r#"(() => {
    const longest = (all) => all.reduce((one, other) => (other.textContent.length > one.textContent.length ? other : one));
    const sections = [...document.querySelectorAll("main.paper [data-section-id][contenteditable]")];
    const section = longest(sections);
    const line = longest([...section.querySelectorAll("[data-line]:not(td)")]);
    line.scrollIntoView({ block: "center" });
    const range = document.createRange();
    range.selectNodeContents(line);
    const box = [...range.getClientRects()].at(-1);
    return {
        field: section.dataset.field,
        other: sections.find((other) => other !== section).dataset.field,
        line: line.textContent,
        lines: [...document.querySelectorAll("main.paper [data-line]")].map((line) => line.textContent),
        x: box.right - 1,
        y: (box.top + box.bottom) / 2,
    };
})()"#;

#[derive(Deserialize)]
struct Place {
    field: String,
    other: String,
    line: String,
    lines: Vec<String>,
    x: f64,
    y: f64,
}

/// Listens for keys from here on. The last listener of an input tells when all scripts that follow the key at once are done.
const LISTEN: &str = r#"(() => {
    const times = { handled: [], painted: [] };
    const channel = new MessageChannel();
    let pressed = 0;
    channel.port1.onmessage = (event) => times.painted.push(performance.now() - event.data);
    window.addEventListener("keydown", (event) => {
        pressed = event.timeStamp;
        requestAnimationFrame(() => channel.port2.postMessage(event.timeStamp));
    }, true);
    window.addEventListener("input", () => times.handled.push(performance.now() - pressed));
    window.__times = times;
})()"#;

#[derive(Deserialize)]
struct Times {
    handled: Vec<f64>,
    painted: Vec<f64>,
}

/// Figures of one run, in the order of the columns.
fn figures(times: &Times) -> [f64; 4] {
    let Times { handled, painted } = times;
    [percentile(handled, 50.0), percentile(painted, 50.0), percentile(painted, 95.0), percentile(painted, 100.0)]
}

/// All cases in turn, again and again; the table holds the medians of the runs.
pub(crate) async fn measure(server: &TestServer, browser: &Browser, agenda: &SentAgenda) -> Result<String> {
    let mut floor = Vec::new();
    let mut runs = CASES.map(|_| Vec::new());
    for _ in 0..RUNS {
        for ((beside, name), runs) in CASES.iter().zip(&mut runs) {
            let meeting = agenda.import(server).await?;
            let page = opening::ready(server, browser, &meeting).await?;
            let place: Place = serde_json::from_value(page.ask(FIND_PLACE).await?).context("the page has no place to type")?;
            if *beside == Beside::Nobody {
                floor.push(figures(&bare(browser, &place).await?));
            }
            runs.push(figures(&type_beside(server, &meeting, &page, &place, *beside).await.with_context(|| (*name).to_owned())?));
            page.close().await?;
        }
    }
    let mut table = Table::new(&["scripts p50", "paint p50", "paint p95", "slowest"], 2);
    let medians = |runs: &[[f64; 4]]| (0..4).map(|at| median(&runs.iter().map(|run| run[at]).collect::<Vec<_>>())).collect::<Vec<_>>();
    table.row("bare contenteditable", medians(&floor));
    let mut worst = 0.0_f64;
    for ((_, name), runs) in CASES.iter().zip(&runs) {
        let medians = medians(runs);
        worst = worst.max(medians[2]);
        table.row(*name, medians);
    }
    let verdict = if worst <= TARGET { "kept" } else { "missed" };
    Ok(format!("{table}\n  medians of {RUNS} runs of {KEYS} keys; at most {TARGET} ms at p95: {verdict} ({worst:.1} ms)"))
}

/// The same text in an element that the browser alone takes care of.
async fn bare(browser: &Browser, place: &Place) -> Result<Times> {
    let page = browser.page().await?;
    let fill = format!(
        r#"((lines, wanted) => {{
            const host = document.body.appendChild(document.createElement("div"));
            host.contentEditable = "true";
            host.style.cssText = "width: 700px; white-space: pre-wrap";
            for (const text of lines) {{ host.appendChild(document.createElement("p")).textContent = text; }}
            const line = host.children[lines.indexOf(wanted)];
            host.focus();
            getSelection().collapse(line.firstChild, wanted.length);
            line.scrollIntoView({{ block: "center" }});
        }})({}, {})"#,
        json!(place.lines),
        json!(place.line)
    );
    page.ask(&fill).await?;
    let times = press_keys(&page).await?;
    page.close().await?;
    Ok(times)
}

async fn type_beside(server: &TestServer, meeting: &Created, page: &Page, place: &Place, beside: Beside) -> Result<Times> {
    page.click(place.x, place.y).await?;
    page.press(&Key::end()).await?;
    let field: Field = place.field.parse()?;
    let Some(other) = (match beside {
        Beside::Nobody => None,
        Beside::AnotherSection => Some(place.other.parse()?),
        Beside::TheSameLine => Some(field.clone()),
    }) else {
        return press_keys(page).await;
    };
    let mut second = SecondWriter::connect(server, meeting, other, &place.line).await?;
    // They are there, with their caret, before the first key.
    second.write().await?;
    page.wait("the second writer's caret", "document.querySelector('.peer-carets > *') !== null").await?;
    tokio::select! {
        times = press_keys(page) => times,
        ended = second.write_on() => bail!("the second writer stopped: {ended:?}"),
    }
}

/// Types and reads the times, once all keys are in the page.
async fn press_keys(page: &Page) -> Result<Times> {
    page.ask(LISTEN).await?;
    let mut ticks = interval(PACE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let typed: String = WORDS.chars().cycle().take(KEYS).collect();
    for character in typed.chars() {
        ticks.tick().await;
        page.press(&Key::of(character)).await?;
    }
    page.wait("the last frame", &format!("window.__times.painted.length === {KEYS}")).await?;
    let text = format!("document.activeElement.textContent.replaceAll('\\u00a0', ' ').includes({})", json!(typed));
    ensure!(page.ask(&text).await? == json!(true), "what was typed does not stand in the page");
    serde_json::from_value(page.ask("window.__times").await?).context("the page has no times")
}

/// Somebody else in the document: text and caret, as their page would send both.
struct SecondWriter {
    client: SyncClient,
    field: Field,
    offset: u32,
    clock: u32,
}

impl SecondWriter {
    /// Connects, ready to write at the start of `line` where the field holds it, else of the field.
    async fn connect(server: &TestServer, meeting: &Created, field: Field, line: &str) -> Result<Self> {
        let client = SyncClient::connect(server.address(), &meeting.document, fixture::client(2)).await?;
        let body = client.agenda().body(&field).with_context(|| format!("there is no {field}"))?;
        let before: Vec<String> = body.text().split('\n').map(str::to_owned).take_while(|text| text != line).collect();
        let found = before.len() < body.lines().len();
        let offset = if found { before.iter().map(|text| utf16_len(text) + 1).sum() } else { 0 };
        Ok(Self { client, field, offset, clock: 0 })
    }

    async fn write(&mut self) -> Result<()> {
        self.client.type_at(&self.field, self.offset, "b").await?;
        self.offset += 1;
        self.clock += 1;
        let stick = self.client.agenda().sticky(&self.field, self.offset, true).context("the field is gone")?;
        let field = self.field.to_string();
        let presence = Presence {
            at: At { item: Some(self.field.item().clone()), field: Some(field.clone()) },
            selection: Some(PresenceSelection { field, anchor: stick.clone(), head: stick }),
            ..Presence::default()
        };
        let json = presence.to_json();
        let state = AwarenessState { client: fixture::client(2), clock: self.clock, json: Some(&json) };
        self.client.send(&ClientMessage::Awareness(vec![state])).await
    }

    /// Writes on until the connection ends; hears the others meanwhile.
    async fn write_on(&mut self) -> Result<Option<u16>> {
        let mut ticks = interval(OTHER_PACE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => self.write().await?,
                heard = self.client.hear() => match heard? {
                    Heard::Closed(code) => return Ok(code),
                    Heard::Refused(code, number) => bail!("message {number} was refused with {code:?}"),
                    _ => {}
                },
            }
        }
    }
}
