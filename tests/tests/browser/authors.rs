//! Who wrote this: one asks, and sees the words of each in the colour of their organisation.

use anyhow::{Result, ensure};
use dagsorden_tests::browser::{Kind, Look, Stage, Window};
use dagsorden_tests::fixture;
use serde_json::json;

use super::section;

/// What is tinted, by the names of the tints, and what the legend lists.
const SEEN: &str = "return { tints: [...CSS.highlights].filter(([name]) => name.startsWith('author-')).map(([name, ranges]) => \
    [name, [...ranges].map((range) => range.toString())]), legend: [...document.querySelectorAll('.authors li')].map((line) => line.textContent) }";

/// Opens the bar's menu and picks the entry.
pub(super) async fn ask(window: &Window) -> Result<()> {
    window.click(".bar-end .menu:nth-last-child(2) > button").await?;
    let pick = "const entry = [...document.querySelectorAll('.menu-list:popover-open .entry')].find((entry) => /har skrevet/.test(entry.textContent)); \
        entry?.click(); return !!entry";
    window.wait("the entry of the menu", pick).await?;
    Ok(())
}

#[tokio::test]
async fn one_asks_who_wrote_and_sees_both() -> Result<()> {
    sees_both(Kind::Chromium).await
}

#[tokio::test]
async fn one_asks_who_wrote_in_firefox_and_sees_both() -> Result<()> {
    sees_both(Kind::Firefox).await
}

async fn sees_both(kind: Kind) -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let anna = stage.window_in(kind, "Anna", &meeting).await?;
    let bo = Window::open("Bo", Look::DESKTOP).await?;
    bo.go(&format!("http://{}/m/{}", stage.server.address(), meeting.meeting)).await?;
    bo.introduce("Bo", "Lindhøj").await?;
    bo.wait_ready().await?;
    ask(&anna).await?;
    anna.wait("that nobody has written", "return document.querySelectorAll('.authors li').length === 1").await?;
    let empty = anna.run(SEEN, Vec::new()).await?;
    ensure!(empty["tints"] == json!([]) && empty["legend"] == json!(["Ingen har skrevet endnu"]), "{empty}");
    anna.press("\u{e00c}").await?;
    anna.wait("that Escape closes the legend", "return !document.querySelector('.authors')").await?;

    let place = section(&anna.shown().await?, 1, 0)?;
    anna.type_at(&place, 0, "Annas ord. ").await?;
    bo.wait_text("Annas ord. ").await?;
    bo.type_at(&place, 6, "og Bos ").await?;
    anna.wait_text("Annas og Bos ord. ").await?;
    bo.wait_saved().await?;
    drop(bo);
    ask(&anna).await?;
    anna.wait("both in the legend", "return document.querySelectorAll('.authors li').length === 3").await?;
    let both = anna.run(SEEN, Vec::new()).await?;
    let tints = json!([["author-1", ["Annas ", "ord. "]], ["author-2", ["og Bos "]]]);
    ensure!(both["tints"] == tints, "{both}");
    ensure!(both["legend"] == json!(["Havnsted", "Lindhøj", "Uden farve: fra oprettelsen"]), "{both}");

    // What is written meanwhile is tinted too.
    anna.type_at(&place, 0, "Nu: ").await?;
    anna.wait("the new words", "return [...CSS.highlights.get('author-1') ?? []].some((range) => range.toString() === 'Nu: Annas ')")
        .await?;
    ask(&anna).await?;
    let gone = "return !document.querySelector('.authors') && ![...CSS.highlights.keys()].some((name) => name.startsWith('author-'))";
    anna.wait("that all is gone", gone).await?;
    let complaints = anna.complaints().await?;
    ensure!(complaints.is_empty(), "{complaints:?}");
    Ok(())
}
