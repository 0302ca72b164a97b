//! The first moments of a page: its document comes beside it, device and relay have their turn once the paper is painted.

use anyhow::{Result, ensure};
use dagsorden_shared::api::Created;
use dagsorden_shared::meeting_json::{ItemJson, MeetingJson};
use dagsorden_tests::browser::{Stage, Window};
use dagsorden_tests::fixture;
use dagsorden_tests::wait::until;
use dagsorden_tests::wire::Wire;
use serde_json::{Value, json};

use super::section;

/// While the session's `hold` is set, the device's database opens only with `__release()`.
const HOLD: &str = r#"
    const opened = Object.getOwnPropertyDescriptor(IDBRequest.prototype, "onsuccess");
    const released = new Promise((release) => { window.__release = release; });
    Object.defineProperty(IDBOpenDBRequest.prototype, "onsuccess", {
        get() { return opened.get.call(this); },
        set(listener) {
            const hold = sessionStorage.getItem("hold") !== null;
            opened.set.call(this, hold ? (event) => released.then(() => listener.call(this, event)) : listener);
        },
    });
"#;

/// Writes at the start of a section as soon as it can be edited; answers what the page says of it then.
const WRITE_AT_ONCE: &str = r#"
    const [section, text] = arguments;
    if (!document.querySelector(`[data-section-id="${section}"][contenteditable=true]`)) return null;
    window.__editorTest.select(section, 0, 0);
    document.execCommand("insertText", false, text);
    return document.querySelector(".saved").dataset.state;
"#;

#[tokio::test]
async fn what_is_written_before_the_device_answers_is_kept_and_merged_into_the_servers_state() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let wire = Wire::to(stage.server.address()).await?;
    let anna = stage.window_by(wire.address(), "Anna", &meeting).await?;
    let place = section(&anna.shown().await?, 1, 0)?;
    anna.run("sessionStorage.setItem('hold', '')", Vec::new()).await?;
    anna.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": HOLD })).await?;
    anna.reload().await?;
    let said = until("the paper to be editable", async || {
        let said = anna.run(WRITE_AT_ONCE, vec![json!(place), json!("Straks: ")]).await?;
        Ok((said != Value::Null).then_some(said))
    })
    .await?;
    ensure!(said == "connecting", "nothing is saved yet: {said}");
    wire.cut();
    anna.run("sessionStorage.clear(); window.__release()", Vec::new()).await?;
    anna.wait_text("Straks: Kredsen").await?;
    anna.wait("that the device keeps it", "return /1 ændring/.test(document.querySelector('.saved').textContent)").await?;
    anna.go("about:blank").await?;

    wire.mend();
    anna.go(&wire.url(&format!("/m/{}", meeting.meeting))).await?;
    anna.wait_text("Straks: Kredsen").await?;
    anna.wait_saved().await?;
    let bo = stage.window("Bo", &meeting).await?;
    bo.wait_text("Straks: Kredsen").await
}

#[tokio::test]
async fn without_its_state_a_page_opens_over_its_socket() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let anna = stage.window("Anna", &meeting).await?;
    anna.command("Network.enable", json!({})).await?;
    anna.command("Network.setBlockedURLs", json!({ "urls": ["*/state"] })).await?;
    anna.reload().await?;
    anna.wait_ready().await?;
    let place = section(&anna.shown().await?, 1, 0)?;
    anna.type_at(&place, 0, "Alligevel: ").await?;
    anna.wait_saved().await?;
    let bo = stage.window("Bo", &meeting).await?;
    bo.wait_text("Alligevel: Kredsen").await
}

/// Items that are not drawn when the paper is first shown stay so until `__later()`, unless somebody needs them.
const LATE: &str = r#"
    const real = window.setTimeout;
    const held = [];
    window.setTimeout = (work, wait, ...rest) => wait === 4 ? held.push(work) : real(work, wait, ...rest);
    window.__later = () => { window.setTimeout = real; held.splice(0).forEach((work) => work()); };
"#;

/// How many items wait, and how many there are.
const WAITING: &str = r#"
    const items = [...document.querySelectorAll("main.paper article.item")];
    return items.filter((item) => item.querySelector("[contenteditable]") === null).length;
"#;

const ITEMS: usize = 60;

fn long() -> MeetingJson {
    let mut meeting = fixture::meeting();
    let item = meeting.items.swap_remove(1);
    let numbered = |number: usize| ItemJson { number: Some(number.to_string()), title: format!("Sag {number}"), ..item.clone() };
    meeting.items = (1..=ITEMS).map(numbered).collect();
    meeting
}

async fn waiting(window: &Window) -> Result<usize> {
    Ok(serde_json::from_value(window.run(WAITING, Vec::new()).await?)?)
}

/// A window on a page whose far items wait.
async fn late(stage: &Stage, meeting: &Created) -> Result<Window> {
    let window = stage.window("Anna", meeting).await?;
    window.command("Page.addScriptToEvaluateOnNewDocument", json!({ "source": LATE })).await?;
    window.reload().await?;
    window.wait_editable().await?;
    window.wait_saved().await?;
    let waits = waiting(&window).await?;
    ensure!(waits > ITEMS / 2 && waits < ITEMS, "of {ITEMS} items {waits} wait");
    Ok(window)
}

#[tokio::test]
async fn the_rest_of_a_long_paper_is_drawn_when_there_is_time() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&long()).await?;
    let anna = late(&stage, &meeting).await?;
    let words = "return document.querySelector('main.paper').textContent.split('Kredsen drøftede i efteråret').length - 1";
    ensure!(anna.run(words, Vec::new()).await? == json!(ITEMS), "all can be read");
    anna.run("window.__later()", Vec::new()).await?;
    until("all items to be drawn", async || Ok((waiting(&anna).await? == 0).then_some(()))).await?;
    ensure!(anna.run(words, Vec::new()).await? == json!(ITEMS), "and none twice");
    let bo = stage.window("Bo", &meeting).await?;
    until("all items to be drawn", async || Ok((waiting(&bo).await? == 0).then_some(()))).await?;
    ensure!(anna.shown().await? == bo.shown().await?, "both show the same");
    let complaints = anna.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}

#[tokio::test]
async fn one_writes_at_once_in_the_last_item_of_a_long_paper() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&long()).await?;
    let anna = late(&stage, &meeting).await?;
    anna.click("main.paper article.item:last-of-type .sec p").await?;
    anna.strike("Home").await?;
    anna.write("Til sidst: ").await?;
    anna.wait_text("Til sidst: Kredsen").await?;
    ensure!(waiting(&anna).await? > 0, "nobody needed the others");
    anna.wait_saved().await
}

#[tokio::test]
async fn what_others_write_in_an_item_that_is_not_drawn_yet_stands_there_once() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&long()).await?;
    let anna = late(&stage, &meeting).await?;
    let bo = stage.window("Bo", &meeting).await?;
    let last = section(&bo.shown().await?, ITEMS - 1, 0)?;
    bo.type_at(&last, 0, "Bo skrev. ").await?;
    bo.wait_saved().await?;
    let shown = anna.wait_shown("his words", |shown| shown.text().contains("Bo skrev. Kredsen")).await?;
    ensure!(shown.text().matches("Bo skrev. ").count() == 1, "{:?}", shown.items[ITEMS - 1]);
    ensure!(waiting(&anna).await? > 0, "only what changed was drawn");
    anna.run("window.__later()", Vec::new()).await?;
    for window in [&anna, &bo] {
        until("all items to be drawn", async || Ok((waiting(window).await? == 0).then_some(()))).await?;
    }
    ensure!(anna.shown().await? == bo.shown().await?, "both show the same");
    Ok(())
}

#[tokio::test]
async fn the_outline_finding_and_printing_reach_what_is_not_drawn_yet() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&long()).await?;
    let anna = late(&stage, &meeting).await?;
    let before = waiting(&anna).await?;
    anna.click(&format!("nav.outline .toc li:nth-child({}) a", ITEMS - 5)).await?;
    let there = format!("return document.querySelector('article.item:nth-child({}) [contenteditable]') !== null", ITEMS - 5);
    anna.wait("the item drawn", &there).await?;
    ensure!((1..before).contains(&waiting(&anna).await?), "only that one");
    anna.strike("Control+h").await?;
    anna.find(".find input[name=wanted]").await?;
    anna.write("vagtordning").await?;
    let all = format!("return document.querySelector('.find').textContent.includes(' af {ITEMS}')");
    anna.wait("that all items were looked through", &all).await?;
    ensure!(waiting(&anna).await? == 0, "finding needs all");

    anna.reload().await?;
    anna.wait_editable().await?;
    ensure!(waiting(&anna).await? > ITEMS / 2, "they wait again");
    anna.run("window.dispatchEvent(new Event('beforeprint'))", Vec::new()).await?;
    ensure!(waiting(&anna).await? == 0, "so does printing");
    Ok(())
}
