//! The main job: an agenda comes in, is written together, and is there afterwards.

use anyhow::{Context, Result, ensure};
use dagsorden_tests::browser::{Look, Stage, Window};
use dagsorden_tests::fixture;
use serde_json::json;
use thirtyfour::Key;

use super::{assert_all_show_the_same, item};

const PASTED: &str = include_str!("../../fixtures/import/pdf_export.txt");
const READY: &str = "return document.querySelector('.menu > button') !== null";

/// Pastes text on the front page and sends it off.
async fn paste(window: &Window, text: &str) -> Result<()> {
    window.click("[data-action=paste-text]").await?;
    window.find("dialog#paste textarea").await?;
    // As the clipboard would: typing a whole agenda key by key proves nothing more.
    let set = "document.querySelector('dialog#paste textarea').value = arguments[0]";
    window.run(set, vec![text.into()]).await?;
    window.click("dialog#paste button[type=submit]").await?;
    window
        .wait(
            "what was read",
            "return document.querySelector('dialog#import[open] [data-action=store], dialog#import[open] [role=alert]') !== null",
        )
        .await
        .map(drop)
}

#[tokio::test]
async fn a_pasted_agenda_becomes_a_meeting_that_shows_all_its_items() -> Result<()> {
    let stage = Stage::set().await?;
    let window = Window::open("Anna", Look::DESKTOP).await?;
    window.go(&stage.server.url("/")).await?;
    window.wait("the page with the app in it", READY).await?;
    paste(&window, PASTED).await?;
    window.screenshot("import-review").await?;
    let broken = window.accessibility_violations().await?;
    ensure!(broken.is_empty(), "{broken:#?}");
    ensure!(stage.server.meetings().await?.is_empty(), "nothing is stored before it was looked through");
    window.click("dialog#import [data-action=store]").await?;
    window.wait("the meeting's page", "return location.pathname.startsWith('/m/')").await?;
    window.introduce("Anna", "Havnsted").await?;
    window.wait_ready().await?;
    let rows = stage.server.meetings().await?;
    let stored = stage.server.export(&rows.first().context("a meeting is stored")?.id).await?;
    let shown = window.shown().await?;
    let titles: Vec<_> = stored.items.iter().map(|item| item.title.as_str()).collect();
    assert_eq!(shown.items.iter().map(|item| item.title.as_str()).collect::<Vec<_>>(), titles);
    ensure!(titles.len() > 2, "the fixture has items");
    for (item, written) in shown.items.iter().zip(&stored.items) {
        assert_eq!(item.sections.len(), written.sections.len(), "all sections of {:?} are shown", written.title);
    }
    Ok(())
}

/// Where the focus is in the export menu: its words, where it leads, and whether it downloads.
const FOCUSED_EXPORT: &str = "const entry = document.activeElement; \
    return [entry.textContent, entry.getAttribute('href'), entry.hasAttribute('download'), entry.closest('.menu-list') !== null]";

#[tokio::test]
async fn a_meeting_is_taken_along_from_the_bar_by_keyboard() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let window = stage.window("Anna", &meeting).await?;
    window.run("document.querySelector('header.bar .menu > .named').focus()", Vec::new()).await?;
    window.press(Key::Enter + "").await?;
    window.wait("the focus in the menu", "return document.activeElement.matches('.menu-list:popover-open .entry')").await?;
    window.press(Key::Down + "").await?;
    let address = format!("/api/meetings/{}/export?format=docx", meeting.meeting);
    assert_eq!(window.run(FOCUSED_EXPORT, Vec::new()).await?, json!(["Word", address, true, true]));
    window.press(Key::Up + "").await?;
    window.press(Key::Up + "").await?;
    assert_eq!(window.run(FOCUSED_EXPORT, Vec::new()).await?, json!(["Udskriv", null, false, true]));
    window.press(Key::Escape + "").await?;
    window.wait("the focus back on the button", "return document.activeElement.matches('header.bar .named')").await.map(drop)
}

#[tokio::test]
async fn a_file_dropped_on_the_page_is_read_looked_through_and_stored() -> Result<()> {
    let stage = Stage::set().await?;
    let window = Window::open("Anna", Look::DESKTOP).await?;
    window.go(&stage.server.url("/")).await?;
    window.wait("the page with the app in it", READY).await?;
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/import/word_minutes.txt");
    // As the system tells the browser of a drag from another program.
    for step in ["dragEnter", "dragOver", "drop"] {
        let data = json!({ "items": [], "files": [file], "dragOperationsMask": 1 });
        window.command("Input.dispatchDragEvent", json!({ "type": step, "x": 700, "y": 600, "data": data })).await?;
    }
    window.click("dialog#import[open] [data-action=store]").await?;
    window.wait("the meeting's page", "return location.pathname.startsWith('/m/')").await?;
    let rows = stage.server.meetings().await?;
    let stored = stage.server.export(&rows.first().context("a meeting is stored")?.id).await?;
    ensure!(stored.items.len() > 2, "the fixture has items");
    window.introduce("Anna", "Havnsted").await?;
    window.wait_ready().await?;
    let shown = window.shown().await?;
    assert_eq!(shown.items.len(), stored.items.len());
    Ok(())
}

#[tokio::test]
async fn a_text_that_is_no_agenda_is_answered_in_words_and_nothing_is_stored() -> Result<()> {
    let stage = Stage::set().await?;
    let window = Window::open("Anna", Look::DESKTOP).await?;
    window.go(&stage.server.url("/")).await?;
    window.wait("the page with the app in it", READY).await?;
    paste(&window, "Kære alle.\n\nVi ses på tirsdag.").await?;
    window.wait("why", "return document.querySelector('dialog#import [role=alert]') !== null").await?;
    ensure!(stage.server.meetings().await?.is_empty(), "nothing is stored");
    Ok(())
}

#[tokio::test]
async fn items_are_added_and_removed_by_two_people_at_once_and_a_removal_can_be_undone() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&fixture::meeting()).await?;
    let (anna, bo) = (stage.window("Anna", &meeting).await?, stage.window("Bo", &meeting).await?);
    let removed = item(&bo.shown().await?, 2)?;
    let remove = async || {
        bo.click(&format!("article[data-item=\"{removed}\"] .menu > button")).await?;
        bo.wait("the item's menu", "return document.querySelector('.menu-list:popover-open .entry') !== null").await?;
        bo.run("[...document.querySelectorAll('.menu-list:popover-open .entry')].at(-1).click()", Vec::new()).await
    };
    let add = async || {
        anna.click(".end [data-action=new-item], main.paper [data-action=new-item]").await?;
        anna.wait("the caret in the new title", "return document.activeElement?.closest('article.item:nth-last-of-type(2) h2') !== null")
            .await?;
        anna.press("Nyt fra havnen").await
    };
    let (added, gone) = tokio::join!(add(), remove());
    added?;
    gone?;
    for window in [&anna, &bo] {
        window
            .wait_shown("the new item and no removed one", |shown| {
                shown.text().contains("Nyt fra havnen") && !shown.order().contains(&removed.as_str())
            })
            .await?;
    }
    // What undo gives back is what was removed, not what the other added.
    bo.press(Key::Escape + "").await?;
    bo.click("main.paper article.item h2 [contenteditable]").await?;
    bo.press(Key::Control + "z").await?;
    anna.wait_shown("the removed item again", |shown| shown.order().contains(&removed.as_str())).await?;
    let shown = assert_all_show_the_same(&stage, &meeting, &[&anna, &bo]).await?;
    ensure!(shown.text().contains("Nyt fra havnen") && shown.items.len() == 5, "{:?}", shown.order());
    Ok(())
}
