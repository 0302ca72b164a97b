//! The five scenes in short, with papers that were really sent: taken in by the text import, sent out, talked of, decided, approved and published.
//!
//! The samples are not part of this repository: where they are not beside it, the test says so and proves nothing.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use dagsorden_shared::api::MeetingState;
use dagsorden_shared::id::{MeetingId, SectionId};
use dagsorden_tests::browser::{Look, Shown, Stage, Window};
use serde_json::{Value, json};

use super::{Person, assert_accessible, assert_content, fits, power_cut, run};

/// The first words of the first section that begins with a whole word, as a place to comment on.
fn place_of(shown: &Shown) -> Result<(SectionId, usize)> {
    let mut sections = shown.items.iter().flat_map(|item| &item.sections);
    let found = sections.find_map(|(id, lines)| {
        let end = lines.first()?.find(' ').filter(|end| *end > 2 && lines[0].is_char_boundary(*end))?;
        Some((id, lines[0][..end].encode_utf16().count()))
    });
    let (id, length) = found.context("a section with words")?;
    Ok((id.parse()?, length))
}

/// Drops the file on the front page, as the system tells the browser of a drag from another program, and stores what was read.
async fn take_in(asta: &Person, file: &Path) -> Result<MeetingId> {
    asta.window.wait("the page with the app in it", "return document.querySelector('.menu > button') !== null").await?;
    for step in ["dragEnter", "dragOver", "drop"] {
        let data = json!({ "items": [], "files": [file], "dragOperationsMask": 1 });
        asta.window.command("Input.dispatchDragEvent", json!({ "type": step, "x": 700, "y": 600, "data": data })).await?;
    }
    asta.window.click("dialog#import[open] [data-action=store]").await?;
    asta.at("/m/").await?;
    asta.window.wait_ready().await?;
    let meetings = asta.api("GET", "/api/meetings", Value::Null).await?;
    Ok(meetings[0]["id"].as_str().context("a meeting")?.parse()?)
}

async fn play(file: &Path) -> Result<()> {
    let bytes = std::fs::read(file)?;
    let read = dagsorden::import::read(&bytes, None)?.meeting;
    let mut stage = Stage::set().await?;
    let forum = read.forum.as_str();
    let asta = Person::enter(&stage, ("Asta Lindeskov", "Engholm"), (forum, "secretariat"), Look::DESKTOP).await?;
    let karen = Person::enter(&stage, ("Karen Steensgaard", "Engholm"), (forum, "chair"), Look::DESKTOP).await?;
    let malthe = Person::enter(&stage, ("Malthe Bruhn", "Fjordlund"), (forum, "commenter"), Look::PHONE).await?;

    let meeting = take_in(&asta, file).await?;
    let shown = asta.window.shown().await?;
    let titles = |all: &mut dyn Iterator<Item = &str>| all.map(str::trim).collect::<Vec<_>>().join("\n");
    ensure!(
        titles(&mut shown.items.iter().map(|item| item.title.as_str())) == titles(&mut read.items.iter().map(|item| item.title.as_str())),
        "every item that was read is shown"
    );
    karen.open(&stage, &meeting).await?;
    karen.stay().await?;
    power_cut(&mut stage, &[&asta, &karen]).await?;

    asta.step(&stage, &meeting, "sent_out").await?;
    karen.phase("Udsendt").await?;
    malthe.open(&stage, &meeting).await?;
    malthe.window.wait_ready().await?;
    malthe.stay().await?;
    let (place, length) = place_of(&shown)?;
    malthe.window.editor("select", vec![json!(place), json!(0), json!(length)]).await?;
    malthe.window.click(".btn.offer").await?;
    malthe.window.find("#new-comment").await?.send_keys("Er det rigtigt?").await?;
    malthe.window.click(".writing [data-action=send]").await?;
    asta.sees("the comment", "#talk .thread", "Er det rigtigt?").await?;
    malthe.window.run("document.getElementById('talk').hidePopover()", Vec::new()).await?;
    let stance = "[data-point] [data-point-action=stance][data-value=agree]";
    press(&malthe.window, stance).await?;
    karen.sees("the position", "[data-point] .given", "Fjordlund").await?;
    power_cut(&mut stage, &[&asta, &karen, &malthe]).await?;
    // A list many levels deep has little room on a phone.
    fits(&[&asta, &karen, &malthe], 1).await?;

    asta.step(&stage, &meeting, "in_session").await?;
    asta.window.wait_ready().await?;
    malthe.phase("I gang").await?;
    press(&asta.window, "[data-point] [data-point-action=outcome][data-value=postponed]").await?;
    karen.sees("the outcome", "[data-point] [aria-pressed=true], [data-point] .verd", "Udsat").await?;
    press(&asta.window, "[data-point-action=decide]").await?;
    // Where a decision stands already nothing is drafted over it.
    let drafted = "return document.querySelector('.toast') !== null || document.querySelector('main.paper').textContent.includes('Udsat.')";
    asta.window.wait("a draft, or why there is none", drafted).await?;
    asta.window.type_at(&place, 0, "Udsat. ").await?;
    karen.window.wait_text("Udsat. ").await?;
    asta.window.wait_saved().await?;

    asta.step(&stage, &meeting, "in_review").await?;
    karen.assert_stayed().await?;
    karen.step(&stage, &meeting, "approved").await?;
    for person in [&asta, &malthe] {
        person.phase("Godkendt").await?;
    }
    malthe.assert_stayed().await?;
    power_cut(&mut stage, &[&asta, &karen, &malthe]).await?;
    run(&stage, &["verify"])?;
    let state = karen.api("GET", &format!("/api/meetings/{meeting}"), Value::Null).await?;
    let state: MeetingState = serde_json::from_value(state)?;

    asta.window.go(&stage.server.url(&format!("/m/{meeting}/offentlig"))).await?;
    press(&asta.window, ".pub-side button.main").await?;
    let public = format!("/offentlig/{}/{meeting}", state.detail.forum);
    asta.at(&public).await?;
    let anyone = Window::open("Enhver", Look::PHONE).await?;
    anyone.go(&stage.server.url(&public)).await?;
    let text = anyone.run("return document.querySelector('main').textContent.replaceAll('\\u00a0', ' ')", Vec::new()).await?;
    let text = text.as_str().unwrap_or_default();
    ensure!(text.contains("Udsat.") && text.contains(&state.hash[..4]) && !text.contains("Er det rigtigt?"), "the public page");
    for item in &shown.items {
        ensure!(text.contains(item.title.trim()), "{:?} is public", item.title);
    }
    assert_accessible(&malthe.file(&format!("/api/meetings/{meeting}/export?format=pdf")).await?)?;
    assert_content(&[&asta, &karen, &malthe]).await
}

/// Clicks on the first of them, which may be far down on a long paper.
async fn press(window: &Window, css: &str) -> Result<()> {
    window.find(css).await?;
    window.run("document.querySelector(arguments[0]).scrollIntoView({ block: 'center' })", vec![json!(css)]).await?;
    window.click(css).await
}

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/samples")
}

#[tokio::test]
async fn papers_that_were_really_sent_go_through_the_five_scenes() -> Result<()> {
    let folder = samples();
    if !folder.is_dir() {
        eprintln!("no sample documents at {}: nothing was checked", folder.display());
        return Ok(());
    }
    for name in ["001.txt", "004.txt"] {
        let file = folder.join(name).canonicalize()?;
        play(&file).await.with_context(|| name.to_owned())?;
    }
    Ok(())
}
