//! Items of a file come into the meeting that is open: from the empty paper and from the menu, for all who have it open, and out again.

use anyhow::{Context, Result, ensure};
use dagsorden_shared::api::Created;
use dagsorden_shared::meeting_json::MeetingJson;
use dagsorden_tests::browser::{Kind, Look, Stage, Window};
use dagsorden_tests::fixture;
use serde_json::json;

const TEXT: &str =
    "Dagsorden for Kystkredsen\n\nPunkt 1: Kajer og moler\nBaggrund\nDer er to kajer.\n\nPunkt 2: Broer\nBaggrund\nDer er en bro.\n";

/// Drops a text file on the open dialog, as the system would.
const DROP: &str = "const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([arguments[0]], 'kajer.txt', { type: 'text/plain' }));
    const zone = document.querySelector('dialog#bring-in .dropzone');
    for (const name of ['dragover', 'drop'])
        zone.dispatchEvent(new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true }));";

async fn accessible(window: &Window) -> Result<()> {
    let broken = window.accessibility_violations().await?;
    ensure!(broken.is_empty(), "{broken:#?}");
    Ok(())
}

/// A window on a meeting that has nothing to write in yet.
async fn enter(stage: &Stage, kind: Kind, name: &str, meeting: &Created) -> Result<Window> {
    let window = Window::open_in(kind, name, Look::DESKTOP).await?;
    window.go(&stage.server.url(&format!("/m/{}", meeting.meeting))).await?;
    window.listen().await?;
    window.introduce(name, "Havnsted").await?;
    window.wait_saved().await?;
    Ok(window)
}

/// What was read is there to be looked through.
async fn reviewed(window: &Window) -> Result<()> {
    let read = "return document.querySelector('dialog#import[open] [data-action=store], dialog#import[open] [role=alert]') !== null";
    window.wait("what was read", read).await.map(drop)
}

async fn titles(window: &Window, expected: &[&str]) -> Result<()> {
    let same = |shown: &dagsorden_tests::browser::Shown| shown.items.iter().map(|item| item.title.as_str()).eq(expected.iter().copied());
    window.wait_shown(&format!("{expected:?}"), same).await.map(drop)
}

/// Pastes text and stores what was read of it.
async fn paste(window: &Window, text: &str) -> Result<()> {
    window.click("dialog#bring-in [data-action=paste-text]").await?;
    window.find("dialog#paste textarea").await?;
    window.run("document.querySelector('dialog#paste textarea').value = arguments[0]", vec![json!(text)]).await?;
    window.click("dialog#paste button[type=submit]").await?;
    reviewed(window).await
}

async fn an_empty_meeting_is_filled(kind: Kind) -> Result<()> {
    let stage = Stage::set().await?;
    let meeting = stage.import(&MeetingJson { items: Vec::new(), ..fixture::meeting() }).await?;
    let (anna, bo) = (enter(&stage, kind, "Anna", &meeting).await?, enter(&stage, kind, "Bo", &meeting).await?);
    anna.screenshot("bring-in-empty").await?;
    accessible(&anna).await?;
    anna.click(".no-items [data-action=bring-in]").await?;
    anna.find("dialog#bring-in[open]").await?;
    anna.screenshot("bring-in-asks").await?;
    accessible(&anna).await?;
    paste(&anna, TEXT).await?;
    anna.screenshot("bring-in-review").await?;
    accessible(&anna).await?;
    ensure!(stage.server.export(&meeting.meeting).await?.items.is_empty(), "nothing is stored before it was looked through");
    anna.click("dialog#import [data-action=store]").await?;
    for window in [&anna, &bo] {
        titles(window, &["Kajer og moler", "Broer"]).await?;
        window.wait_text("Der er to kajer.").await?;
    }
    let first = anna.shown().await?.items.first().context("an item")?.id.clone();
    let led = format!("return document.activeElement?.dataset.field === 'title:{first}'");
    anna.wait("the caret in the first title", &led).await?;
    let said = "return document.querySelector('#toasts .toast span')?.textContent === '2 punkter hentet ind.'";
    anna.wait("what came in", said).await?;
    anna.screenshot("bring-in-done").await?;
    accessible(&anna).await?;

    // They can be written in like any other, and are taken out again by the one who brought them.
    anna.press("Nye ").await?;
    bo.wait_text("Nye Kajer og moler").await?;
    anna.wait_saved().await?;
    anna.click("#toasts .toast button").await?;
    for window in [&anna, &bo] {
        titles(window, &[]).await?;
    }
    anna.wait_saved().await?;
    ensure!(stage.server.export(&meeting.meeting).await?.items.is_empty(), "they are gone from the paper");
    for window in [anna, bo] {
        ensure!(window.complaints().await?.is_empty(), "{:?}", window.complaints().await?);
    }
    Ok(())
}

#[tokio::test]
async fn an_empty_meeting_is_filled_from_a_text_for_all_and_emptied_again() -> Result<()> {
    an_empty_meeting_is_filled(Kind::Chromium).await
}

#[tokio::test]
async fn an_empty_meeting_is_filled_from_a_text_in_firefox() -> Result<()> {
    an_empty_meeting_is_filled(Kind::Firefox).await
}

async fn open_from_menu(window: &Window) -> Result<()> {
    window.click(".bar-end > .menu ~ .menu > button").await?;
    let script = "const entry = [...document.querySelectorAll('.menu-list:popover-open .entry')].find((entry) => entry.textContent === 'Hent ind …');
        entry?.click(); return entry !== undefined";
    window.wait("the entry of the menu", script).await?;
    window.find("dialog#bring-in[open]").await.map(drop)
}

#[tokio::test]
async fn a_file_that_is_dropped_comes_before_what_closes_the_agenda() -> Result<()> {
    let stage = Stage::set().await?;
    let meeting: Created = stage.import(&MeetingJson { place: None, ..fixture::meeting() }).await?;
    let anna = stage.window("Anna", &meeting).await?;
    let before: Vec<String> = anna.shown().await?.items.into_iter().map(|item| item.title).collect();
    anna.look(Look::PHONE).await?;
    open_from_menu(&anna).await?;
    anna.screenshot("bring-in-asks-phone").await?;
    accessible(&anna).await?;
    let small = "return [...document.querySelectorAll('dialog#bring-in button')].filter((button) => button.getBoundingClientRect().height < 43.5).length";
    ensure!(anna.run(small, Vec::new()).await? == json!(0), "all buttons are large enough for a finger");
    anna.run(DROP, vec![json!(format!("Sted: Havnen\n\n{TEXT}"))]).await?;
    reviewed(&anna).await?;
    anna.screenshot("bring-in-review-phone").await?;
    accessible(&anna).await?;
    // What the meeting lacks is offered, and not wanted here.
    anna.click("dialog#import input[name=also]").await?;
    anna.click("dialog#import [data-action=store]").await?;
    let (last, rest) = before.split_last().context("items")?;
    let expected: Vec<&str> = rest.iter().map(String::as_str).chain(["Kajer og moler", "Broer", last]).collect();
    titles(&anna, &expected).await?;
    ensure!(last == "Eventuelt" && stage.server.export(&meeting.meeting).await?.place.is_none());
    Ok(())
}
