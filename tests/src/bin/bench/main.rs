//! `cargo xtask bench`: how long a key takes to the screen, a page to open, a change to the disk and to everybody.
//!
//! Owns the order of the measures and what is said about the machine. Figures are medians over a few runs and stand beside a floor that is
//! measured in the same run; nothing here passes or fails by time. A part that cannot be measured says so and holds up no other. The server's
//! binary is the one that `DAGSORDEN_BIN` names.
#![allow(clippy::print_stdout, reason = "a benchmark talks to its terminal")]

mod agenda;
mod comparison;
mod devtools;
mod figures;
mod keys;
mod native;
mod opening;
mod paste;
mod quill;
mod relay;
mod report;
mod threads;

use anyhow::{Context, Result, bail};
use dagsorden_tests::server::TestServer;

use comparison::Comparison;
use devtools::{Browser, Frames};
use report::Report;

/// With a higher load than this the figures are those of the neighbours too.
const QUIET: f64 = 1.5;

/// What there is to measure, in order; the relay in parts of its own.
const PARTS: [&str; 6] = ["native", "keys", "paste", "open", "threads", "relay"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let parts = [&PARTS[..], &relay::PARTS[..]].concat();
    if let Some(unknown) = wanted.iter().find(|name| !parts.contains(&name.as_str())) {
        bail!("there is nothing called {unknown:?} to measure; there are {}", parts.join(", "));
    }
    let wants = |part: &str| wanted.is_empty() || wanted.iter().any(|name| name == part);
    let mut report = Report::default();
    say_load();
    if wants("native") {
        if cfg!(debug_assertions) {
            println!("this program is not optimised: the next figures are not the server's; ask `cargo xtask bench native` for them");
        }
        report.part("native", "bytes in memory", native::measure());
    }
    if wants("keys") {
        let measured = keys(&mut report).await;
        report.part("keys", "key to paint, milliseconds", measured);
    }
    if wants("paste") {
        let measured = paste(&mut report).await;
        report.part("paste", "Ctrl+V to paint, milliseconds (ours at most 100)", measured);
    }
    if wants("open") {
        let measured = open(&mut report).await;
        report.part("open", "opening the page, milliseconds since the navigation began", measured);
    }
    if wants("threads") {
        let measured = threads(&mut report).await;
        report.part("threads", "a long agenda with nothing said about it, and with 200 threads: how many times as much", measured);
    }
    relay::measure(&mut report, |part| wants("relay") || wants(part)).await;
    say_load();
    report.end()
}

async fn keys(report: &mut Report) -> Result<String> {
    keys::measure(report, &TestServer::start()?, &browser(Frames::Free).await?).await
}

async fn paste(report: &mut Report) -> Result<Comparison> {
    paste::measure(report, &TestServer::start()?, &browser(Frames::Paced).await?).await
}

async fn open(report: &mut Report) -> Result<Comparison> {
    opening::measure(report, &TestServer::start()?, &browser(Frames::Paced).await?).await
}

async fn threads(report: &mut Report) -> Result<Comparison> {
    threads::measure(report, &TestServer::start()?, &browser(Frames::Free).await?).await
}

async fn browser(frames: Frames) -> Result<Browser> {
    let browser = Browser::start(frames).await.context("no browser: `cargo xtask bench` installs one where it can")?;
    println!("browser: {}", browser.version().await?);
    Ok(browser)
}

/// Prints how busy the machine is, where the system tells.
fn say_load() {
    let Ok(text) = std::fs::read_to_string("/proc/loadavg") else { return };
    let Some(load) = text.split(' ').next().and_then(|load| load.parse::<f64>().ok()) else { return };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let note = if load > QUIET { ": the machine is busy, these figures are worse than its own" } else { "" };
    println!("load {load:.1} on {cores} cores{note}");
}
