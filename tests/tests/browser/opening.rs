//! The first moments of a page: its document comes beside it, device and relay have their turn once the paper is painted.

use anyhow::{Result, ensure};
use dagsorden_tests::browser::Stage;
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
