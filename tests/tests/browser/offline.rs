//! A window without connection: editing goes on, survives a reload, and is sent.

use anyhow::{Result, ensure};
use dagsorden_tests::browser::Stage;
use dagsorden_tests::fixture;
use dagsorden_tests::wait::until;
use dagsorden_tests::wire::Wire;
use serde_json::json;

use super::{assert_all_show_the_same, section};

/// Whether page, wasm, script and style are kept, and the worker would answer with them.
pub(super) const KEPT: &str = r#"
    const done = arguments[arguments.length - 1];
    const kept = async () => {
        const assets = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.includes("/assets/"));
        const all = [location.pathname, ...assets].map((address) => caches.match(address));
        return navigator.serviceWorker.controller !== null && assets.length > 3 && (await Promise.all(all)).every(Boolean);
    };
    kept().then(done, () => done(false));
"#;

#[tokio::test]
async fn a_window_is_offline_edits_reloads_and_returns() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let wire = Wire::to(stage.server.address()).await?;
    let away = stage.window_by(wire.address(), "Anna", &meeting).await?;
    let here = stage.window("Bo", &meeting).await?;
    let before = away.shown().await?;
    let (hers, his) = (section(&before, 1, 0)?, section(&before, 1, 1)?);
    away.type_at(&hers, 0, "Gemt: ").await?;
    away.wait_saved().await?;
    // The page can come from the device only once its worker has kept it, with all that it loads.
    until("the page to be kept on the device", async || Ok((away.run_async(KEPT).await? == true).then_some(()))).await?;

    wire.cut();
    away.wait_offline().await?;
    away.type_at(&hers, 6, "uden net, ").await?;
    away.wait_text("Gemt: uden net, ").await?;
    away.wait("how many changes wait", "return /\\d/.test(document.querySelector('.saved').textContent)").await?;
    here.type_at(&his, 0, "imens: ").await?;
    here.wait_saved().await?;
    ensure!(!here.shown().await?.text().contains("uden net"), "nothing goes through a cut wire");

    away.reload().await?;
    away.wait_text("Gemt: uden net, ").await?;
    away.wait_offline().await?;
    away.type_at(&hers, 16, "og efter genindlæsning, ").await?;
    // A new section beside it comes in the same update as the letters.
    let sections = away.shown().await?.items[1].sections.len();
    let add = "document.querySelector(`[data-section-id='${arguments[0]}']`).closest('[data-item]').querySelector('[data-command=section-add]').click()";
    away.run(add, vec![json!(hers.as_str())]).await?;
    away.wait_shown("a new section", |shown| shown.items[1].sections.len() == sections + 1).await?;
    ensure!(!here.shown().await?.text().contains("uden net"), "nothing goes through a cut wire");

    wire.mend();
    let shown = assert_all_show_the_same(&stage, &meeting, &[&away, &here]).await?;
    let [first, second] = [0, 1].map(|place| shown.items[1].sections[place].1[0].as_str());
    ensure!(first.starts_with("Gemt: uden net, og efter genindlæsning, Kredsen"), "{first}");
    ensure!(second.starts_with("imens: "), "{second}");
    Ok(())
}
