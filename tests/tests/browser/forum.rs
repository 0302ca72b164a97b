//! A forum in the browser: what it sets, a new meeting in two clicks, and people of a meeting that one window changes and another shows.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use dagsorden_shared::api::{Created, ForumRow};
use dagsorden_tests::browser::{Look, Stage, Window};
use dagsorden_tests::fixture;
use serde_json::json;

use super::accessibility::check;

/// All pages show it within this time.
const SOON: Duration = Duration::from_secs(1);

async fn is_at(window: &Window, path: &str) -> Result<()> {
    let there = format!("return document.readyState === 'complete' && location.pathname.startsWith({path:?})");
    window.wait(&format!("the page {path}"), &there).await.map(drop)
}

async fn fill(window: &Window, selector: &str, text: &str) -> Result<()> {
    window.run(&format!("document.querySelector({selector:?}).value = arguments[0]"), vec![json!(text)]).await.map(drop)
}

async fn participants(window: &Window, text: &str) -> Result<()> {
    let shown = format!("return document.querySelector('.meet dl')?.textContent.replaceAll('\\u00a0', ' ').includes({text:?})");
    window.wait(&format!("{text:?} on the paper"), &shown).await.map(drop)
}

#[tokio::test]
async fn a_forum_sets_how_its_meetings_begin_and_a_new_one_takes_two_clicks() -> Result<()> {
    let stage = Stage::set().await?;
    let old = stage.import(&fixture::meeting()).await?;
    let forums: Vec<ForumRow> = stage.server.http().get(stage.server.url("/api/forums")).send().await?.json().await?;
    let forum = format!("/forum/{}", forums[0].id);

    // The whole row of the front page leads to the meeting; the forum's name to its page.
    let anna = Window::open("Anna", Look::DESKTOP).await?;
    anna.go(&stage.server.url("/")).await?;
    anna.run("const { left, bottom } = document.querySelector('.day').getBoundingClientRect(); document.elementFromPoint(left + 8, bottom - 4).click()", Vec::new()).await?;
    is_at(&anna, &format!("/m/{}", old.meeting)).await?;
    anna.go(&stage.server.url("/")).await?;
    anna.click(".rail a[href^='/forum/']").await?;
    is_at(&anna, &forum).await?;
    check(&anna, "forum").await?;

    anna.click("a[href$='/indstillinger']").await?;
    is_at(&anna, &format!("{forum}/indstillinger")).await?;
    anna.find("form.settings").await?;
    check(&anna, "forum-settings").await?;
    fill(&anna, "[name=place]", "Havnsted Rådhus").await?;
    fill(&anna, "[name=start]", "09:00").await?;
    fill(&anna, "[name=i0_title]", "Velkomst").await?;
    anna.click("input[value=decision_first]").await?;
    anna.click("form.settings button[type=submit]").await?;
    anna.wait("that it is saved", "return document.querySelector('.done') !== null").await?;

    anna.go(&stage.server.url(&forum)).await?;
    anna.click("a[href$='/nyt']").await?;
    is_at(&anna, &format!("{forum}/nyt")).await?;
    anna.find("form.settings").await?;
    check(&anna, "forum-new").await?;
    anna.click("form.settings button[type=submit]").await?;
    is_at(&anna, "/m/").await?;
    anna.introduce("Anna Holm", "Havnsted").await?;
    anna.wait_ready().await?;
    let shown = anna.shown().await?;
    let titles: Vec<&str> = shown.items.iter().map(|item| item.title.as_str()).collect();
    ensure!(titles == ["Velkomst", "Næste møde", "Eventuelt"], "{titles:?}");
    participants(&anna, "Havnsted Rådhus").await?;
    // A new item on the page has the forum's sections in the forum's order.
    anna.click("[data-action=new-item]").await?;
    let heads = r#"
        const heads = [...(document.activeElement?.closest("article.item")?.querySelectorAll(".sections h3") ?? [])];
        return heads.map((head) => head.textContent.trim()).join(" ") === "Beslutning Baggrund Indstilling";
    "#;
    anna.wait("the forum's sections", heads).await?;
    ensure!(anna.complaints().await?.is_empty(), "{:?}", anna.complaints().await?);

    // From the front page it takes two clicks as well.
    anna.go(&stage.server.url("/")).await?;
    anna.click("a[href='/nyt']").await?;
    is_at(&anna, &format!("{forum}/nyt")).await?;
    anna.click("form.settings button[type=submit]").await?;
    is_at(&anna, "/m/").await?;

    // Who saves over something newer sees both.
    let bo = Window::open("Bo", Look::DESKTOP).await?;
    for window in [&anna, &bo] {
        window.go(&stage.server.url(&format!("{forum}/indstillinger"))).await?;
        window.find("form.settings").await?;
    }
    fill(&bo, "[name=place]", "Salen").await?;
    bo.click("form.settings button[type=submit]").await?;
    bo.wait("that it is saved", "return document.querySelector('.done') !== null").await?;
    fill(&anna, "[name=place]", "Loftet").await?;
    anna.click("form.settings button[type=submit]").await?;
    anna.wait("both", "return document.querySelector('.newer')?.textContent.includes('Salen') && document.querySelector('[name=place]').value === 'Loftet'").await?;
    check(&anna, "forum-settings-stale").await?;
    anna.go(&stage.server.url(&format!("{forum}/slet"))).await?;
    check(&anna, "forum-delete").await
}

#[tokio::test]
async fn people_of_a_meeting_are_changed_in_one_window_and_seen_in_the_other() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting: Created = stage.import(&fixture::meeting()).await?;
    let (anna, bo) = (stage.window("Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    anna.click("[data-action=participants]").await?;
    anna.wait(
        "who is there",
        "return document.querySelectorAll('#participants[open] .attend li, #participants[open] .attend .soft').length > 0",
    )
    .await?;
    anna.find("#participants [name=name]").await?.send_keys("Karen Solbakke").await?;
    anna.find("#participants [name=organisation]").await?.send_keys("Lindhøj").await?;
    let begun = Instant::now();
    anna.click("#participants [type=submit]").await?;
    participants(&bo, "Karen Solbakke, Lindhøj").await?;
    ensure!(begun.elapsed() < SOON, "it took {:?}", begun.elapsed());
    check(&anna, "dialog-participants").await?;

    // One click makes it an apology.
    let row = "[...document.querySelectorAll('#participants li')].find((row) => row.textContent.includes('Karen Solbakke'))";
    anna.wait("her row", &format!("return Boolean({row})")).await?;
    anna.run(&format!("{row}.querySelector('[data-action^=afbud]').click()"), Vec::new()).await?;
    let apology = "[...document.querySelectorAll('.meet dt')].find((term) => term.textContent === 'Afbud')?.nextElementSibling.textContent";
    bo.wait("her apology", &format!("return Boolean({apology}?.includes('Karen Solbakke'))")).await?;
    let pressed = format!("return {row}.querySelector('[data-action^=afbud]').ariaPressed === 'true'");
    anna.wait("the button pressed", &pressed).await?;

    // Removed, and brought back.
    let gone = "return !document.querySelector('.meet dl')?.textContent.includes('Solbakke')";
    anna.run(&format!("{row}.querySelector('[data-action^=remove]').click()"), Vec::new()).await?;
    bo.wait("her gone", gone).await?;
    anna.wait("the way back", "return document.activeElement?.dataset.action === 'undo'").await?;
    anna.strike("Enter").await?;
    participants(&bo, "Solbakke").await?;

    // What the other window does is shown in the open dialog, too.
    bo.click("[data-action=participants]").await?;
    bo.wait("her row", &format!("return Boolean({row})")).await?;
    bo.run(&format!("{row}.querySelector('[data-action^=edit]').click()"), Vec::new()).await?;
    fill(&bo, "#participants [name=role]", "direktør").await?;
    bo.click("#participants [type=submit]").await?;
    anna.wait("her title", &format!("return Boolean({row}?.textContent.includes('direktør'))")).await?;
    anna.strike("Escape").await?;
    anna.wait("the dialog closed", "return document.querySelector('#participants') === null").await?;
    for window in [&anna, &bo] {
        ensure!(window.complaints().await?.is_empty(), "{:?}", window.complaints().await?);
    }
    Ok(())
}
