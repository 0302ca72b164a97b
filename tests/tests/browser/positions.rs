//! Two organisations take positions, at a desk and on a phone; the page of positions shows them side by side, and which are of other words by now.

use anyhow::{Result, ensure};
use dagsorden_shared::api::Created;
use dagsorden_tests::browser::{Look, Stage, Window};
use dagsorden_tests::fixture;
use serde_json::json;

use super::accessibility::check;
use super::phases::lead_to;
use super::section;

/// A window of somebody of an organisation, ready.
pub(super) async fn enter(stage: &Stage, (name, organisation): (&str, &str), look: Look, meeting: &Created) -> Result<Window> {
    let window = Window::open(name, look).await?;
    window.go(&stage.server.url(&format!("/m/{}", meeting.meeting))).await?;
    window.introduce(name, organisation).await?;
    window.wait_ready().await?;
    Ok(window)
}

/// The row of a point in the list below a recommendation, as the items and points are counted on the paper.
fn row(item: usize, point: usize) -> String {
    format!("main.paper article.item:nth-of-type({item}) .pts > li:nth-of-type({point})")
}

async fn take(window: &Window, item: usize, point: usize, stance: &str) -> Result<()> {
    let button = format!("{} .st[data-value={stance}]", row(item, point));
    window.find(&button).await?;
    window.run("document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })", vec![json!(button)]).await?;
    window.click(&button).await?;
    let pressed = format!("return document.querySelector({button:?})?.getAttribute('aria-pressed') === 'true'");
    window.wait(&format!("{stance} as taken"), &pressed).await.map(drop)
}

/// All rows of the page's table as the words that are heard.
const HEARD: &str = r#"
    const words = (cell) => (cell.querySelector(":scope > .vh") ?? cell).textContent.replace(/\s+/g, " ").trim();
    return [...document.querySelectorAll(".pos tr")].map((row) => [...row.cells].map(words).filter(Boolean));
"#;

#[tokio::test]
async fn positions_are_taken_and_shown_side_by_side() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let havn = enter(&stage, ("Eva Holm", "Havnsted"), Look::DESKTOP, &meeting).await?;
    let klit = enter(&stage, ("Tine Dahl", "Klitborg"), Look::PHONE, &meeting).await?;
    lead_to(&stage, &meeting, "sent_out").await?;

    take(&havn, 2, 1, "agree").await?;
    take(&havn, 2, 2, "agree").await?;
    take(&havn, 1, 1, "agree").await?;
    take(&klit, 2, 1, "agree").await?;
    take(&klit, 2, 2, "disagree").await?;
    // What is being written outlives what others do meanwhile, and the focus stays in it.
    let field = format!("{} textarea", row(2, 2));
    klit.click(&field).await?;
    klit.write("Først når ").await?;
    take(&havn, 2, 1, "remark").await?;
    let shown = format!("return document.querySelector({:?})?.textContent.includes('Havnsted')", format!("{} .given.remark", row(2, 1)));
    klit.wait("the other's new position", &shown).await?;
    klit.write("budgettet er kendt.").await?;
    klit.click(&format!("{} [data-point-action=remark]", row(2, 2))).await?;
    for window in [&havn, &klit] {
        let given = format!("{} .given.disagree", row(2, 2));
        let there = format!("return document.querySelector({given:?})?.textContent");
        window.wait("the remark", &format!("{there}.includes('Først når budgettet er kendt.')")).await?;
    }
    check(&havn, "points").await?;

    let page = stage.server.url(&format!("/m/{}/stillinger", meeting.meeting));
    let secretariat = Window::open("Sekretariatet", Look::DESKTOP).await?;
    secretariat.go(&page).await?;
    let heard = secretariat.run(HEARD, Vec::new()).await?;
    let rows = |words: &[&[&str]]| json!(words);
    let expected: &[&[&str]] = &[
        &["Nummer", "Indstilling", "Havnsted", "Klitborg", "Tid"],
        &["2", "Fælles vagtordning"],
        &["1.at ordningen prøves i et år", "Havnsted: enig med bemærkning", "Klitborg: enig"],
        &["2.at den evalueres", "Havnsted: enig", "Klitborg: uenig"],
        &["KLKlitborg: »Først når budgettet er kendt.« Tine Dahl, punkt 2, uenig"],
        &["Kan tages samlet"],
        &["1", "Godkendelse af dagsorden", "Havnsted: enig", "Klitborg: intet svar"],
        &["3", "Orientering fra arbejdsgruppen"],
        &["4", "Eventuelt"],
    ];
    ensure!(heard == rows(expected), "{heard:#}");
    let title = secretariat.run("return [...document.querySelectorAll('h1, .lede')].map((line) => line.textContent)", Vec::new()).await?;
    ensure!(title == json!(["Ét punkt kræver tid", "Alle 2 har svaret."]), "{title}");
    check(&secretariat, "positions").await?;

    // Other words: who answered the old ones is told, and so is the page.
    let place = section(&havn.shown().await?, 1, 1)?;
    havn.type_at(&place, 0, "Forslag: ").await?;
    havn.wait_saved().await?;
    klit.wait(
        "that the words changed",
        &format!("return document.querySelector({:?})?.textContent.includes('ordningen prøves')", format!("{} .rest", row(2, 1))),
    )
    .await?;
    secretariat.go(&page).await?;
    let marked = "return [...document.querySelectorAll('.ptr:nth-child(2) .v')].map((cell) => cell.textContent)";
    let marked = secretariat.run(marked, Vec::new()).await?;
    let expected =
        json!(["B*Havnsted: enig med bemærkning, afgivet, før teksten blev ændret", "E*Klitborg: enig, afgivet, før teksten blev ændret"]);
    ensure!(marked == expected, "{marked}");
    take(&klit, 2, 1, "agree").await?;
    klit.wait("that it is confirmed", &format!("return document.querySelector({:?}) === null", format!("{} .rest", row(2, 1)))).await?;
    for window in [&havn, &klit, &secretariat] {
        ensure!(window.complaints().await?.is_empty(), "{:?}", window.complaints().await?);
    }
    Ok(())
}
