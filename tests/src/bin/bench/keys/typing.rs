//! Typing in a window, and the times it takes.
//!
//! Keys are given to the browser, which delivers them like those of a keyboard. The time runs from the event's own time stamp, taken where the
//! browser received the key, to the first task after the next frame: that frame has by then run its scripts, style, layout and paint. (The
//! browser's own event timing counts in steps of 8 ms, which is half of what is measured.) At the end the text must be in the page, so a frame
//! that came too early cannot go unseen.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use tokio::time::{MissedTickBehavior, interval};

use crate::devtools::{Key, Page};
use crate::figures::percentile;

pub(super) const KEYS: usize = 200;
/// Faster than people write, slow enough that a key does not wait for the one before, and in no step with the other person: else the two
/// would meet at each second key in one run and never in the next.
const PACE: Duration = Duration::from_millis(53);
const WORDS: &str = "kredsen skriver videre paa den samme linje ";

/// Where the person is going to type, and what else is in the page.
#[derive(Deserialize)]
pub(crate) struct Place {
    /// The field typed in.
    pub(super) field: String,
    /// Sections nobody types in, the nearest first.
    pub(super) others: Vec<String>,
    /// The line typed in.
    pub(crate) line: String,
    /// All lines of the page.
    pub(crate) lines: Vec<String>,
    x: f64,
    y: f64,
}

/// The place to type in the agenda: the end of the longest line of the longest section. False until the line stands still over two frames: a
/// face that arrives, or an item that was skipped so far, still moves it, and what was not drawn yet takes no click.
const FIND_PLACE: &str = r#"(async () => {
    const longest = (all) => all.reduce((one, other) => (other.textContent.length > one.textContent.length ? other : one));
    const sections = [...document.querySelectorAll("main.paper [data-section-id][contenteditable]")];
    const section = longest(sections);
    const line = longest([...section.querySelectorAll("[data-line]:not(td, th)")]);
    line.scrollIntoView({ block: "center" });
    const range = document.createRange();
    range.selectNodeContents(line);
    const end = () => [...range.getClientRects()].at(-1);
    const stood = end();
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const box = end();
    if (document.fonts.status !== "loaded" || stood.right !== box.right || stood.top !== box.top) {
        return false;
    }
    const at = sections.indexOf(section);
    const near = sections.map((other, index) => [Math.abs(index - at), other]).sort((one, other) => one[0] - other[0]);
    return {
        field: section.dataset.field,
        others: near.slice(1).map(([, other]) => other.dataset.field),
        line: line.textContent,
        lines: [...document.querySelectorAll("main.paper [data-line]")].map((line) => line.textContent),
        x: box.right - 1,
        y: (box.top + box.bottom) / 2,
    };
})()"#;

/// Finds the place.
pub(crate) async fn place(page: &Page) -> Result<Place> {
    serde_json::from_value(page.wait("a line that stands still", FIND_PLACE).await?).context("the page has no place to type")
}

/// Puts the caret there, as a person does.
pub(crate) async fn click(page: &Page, place: &Place) -> Result<()> {
    page.click(place.x, place.y).await?;
    page.press(&Key::end()).await?;
    let focused = focused(page).await?;
    ensure!(focused.name == place.field, "the click on {} led to {}", place.field, focused.name);
    Ok(())
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

/// Milliseconds of each key.
#[derive(Deserialize)]
pub(super) struct Times {
    handled: Vec<f64>,
    painted: Vec<f64>,
}

/// What the columns of a table are called.
pub(super) const COLUMNS: [&str; 4] = ["scripts p50", "paint p50", "paint p95", "slowest"];

/// Figures of one run, in the order of the columns.
pub(super) fn figures(times: &Times) -> [f64; 4] {
    let Times { handled, painted } = times;
    [percentile(handled, 50.0), percentile(painted, 50.0), percentile(painted, 95.0), percentile(painted, 100.0)]
}

/// Types and reads the times, once all keys are in the page. `whole`: what was typed must stand there in one piece.
pub(super) async fn press_keys(page: &Page, whole: bool) -> Result<Times> {
    page.ask(LISTEN).await?;
    let mut ticks = interval(PACE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let typed: String = WORDS.chars().cycle().take(KEYS).collect();
    for character in typed.chars() {
        ticks.tick().await;
        page.press(&Key::of(character)).await?;
    }
    page.wait("the last frame", &format!("window.__times.painted.length === {KEYS}")).await?;
    if !whole {
        return read_times(page).await;
    }
    let focused = focused(page).await?;
    ensure!(focused.text.contains(&typed), "what was typed does not stand in one piece in the page: {}", focused.instead_of(&typed));
    read_times(page).await
}

/// Where the keys go, and what stands there; some spaces are kept in a line by characters of their own.
const FOCUSED: &str = r#"(() => {
    const { tagName, dataset, textContent } = document.activeElement;
    return { name: dataset.field ?? tagName, text: textContent.replaceAll("\u00a0", " "), saved: document.querySelector(".saved")?.dataset.state ?? "" };
})()"#;

#[derive(Deserialize)]
struct Focused {
    name: String,
    text: String,
    saved: String,
}

impl Focused {
    /// How much of what was typed stands there, and what follows it.
    fn instead_of(&self, typed: &str) -> String {
        let begins = (0..=typed.len()).rev().find_map(|end| Some((end, self.text.find(typed.get(..end)?)?)));
        let (letters, at) = begins.unwrap_or_default();
        let follows: String = self.text.get(at + letters..).unwrap_or_default().chars().take(KEYS).collect();
        format!("the focus is in {}, which has {letters} of the letters and then {follows:?}; the page is {:?}", self.name, self.saved)
    }
}

async fn focused(page: &Page) -> Result<Focused> {
    serde_json::from_value(page.ask(FOCUSED).await?).context("the page has no focus")
}

async fn read_times(page: &Page) -> Result<Times> {
    serde_json::from_value(page.ask("window.__times").await?).context("the page has no times")
}
