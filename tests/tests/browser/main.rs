//! Real browsers on the real wasm and the real server. Run by `cargo xtask test`, which builds both.

mod accessibility;
mod alternatives;
mod attachments;
mod attendance;
mod authors;
mod bring_in;
mod editor;
mod forum;
mod in_session;
mod item_documents;
mod main_job;
mod margin;
mod marks;
mod mended;
mod mentions;
mod network;
mod offline;
mod opening;
mod parts;
mod phases;
mod positions;
mod proposals;
mod quill;
mod scenes;
mod talk;
mod together;
mod writing;

use anyhow::{Context, Result, ensure};
use dagsorden_shared::api::Created;
use dagsorden_shared::id::{ItemId, SectionId};
use dagsorden_tests::browser::{Shown, Stage, Window};
use dagsorden_tests::wait::until;

/// The item at a place of the paper.
fn item(shown: &Shown, place: usize) -> Result<ItemId> {
    Ok(shown.items.get(place).context("too few items")?.id.parse()?)
}

/// A section of an item by their places.
fn section(shown: &Shown, item: usize, place: usize) -> Result<SectionId> {
    let item = shown.items.get(item).context("too few items")?;
    Ok(item.sections.get(place).context("too few sections")?.0.parse()?)
}

/// All windows, and a third one that is opened now, come to show the same paper, and nobody complained.
async fn assert_all_show_the_same(stage: &Stage, meeting: &Created, windows: &[&Window]) -> Result<Shown> {
    for window in windows {
        window.wait_saved().await?;
    }
    let third = stage.window("Tredje", meeting).await?;
    let all: Vec<&Window> = windows.iter().copied().chain([&third]).collect();
    let mut last = Vec::new();
    let agreed = until("all windows to show the same", async || {
        let mut papers = Vec::new();
        for window in &all {
            papers.push(window.shown().await?);
        }
        Ok(papers.windows(2).all(|pair| pair[0] == pair[1]).then(|| papers.swap_remove(0)))
    })
    .await;
    if agreed.is_err() {
        for window in &all {
            last.push(window.shown().await?);
        }
    }
    let shown = agreed.with_context(|| format!("they show {last:#?}"))?;
    for window in all {
        let complaints = window.complaints().await?;
        // A socket that cannot connect is reported by the browser itself; that is what these tests are about.
        let own: Vec<_> = complaints.iter().filter(|text| !text.contains("WebSocket")).collect();
        ensure!(own.is_empty(), "a page complained: {own:?}");
    }
    Ok(shown)
}
