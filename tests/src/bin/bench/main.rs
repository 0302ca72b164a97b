//! `cargo xtask bench`: how long a key takes to the screen, a page to open, a change to the disk and to everybody.
//!
//! Owns the order of the measures and what is said about the machine. Figures are medians over a few runs and stand beside a floor that is
//! measured in the same run; nothing here passes or fails by time. The server's binary is the one that `DAGSORDEN_BIN` names.
#![allow(clippy::print_stdout, reason = "a benchmark talks to its terminal")]

mod agenda;
mod devtools;
mod figures;
mod keys;
mod native;
mod opening;
mod relay;

use anyhow::{Result, bail};
use dagsorden_tests::server::TestServer;

/// With a higher load than this the figures are those of the neighbours too.
const QUIET: f64 = 1.5;

/// What there is to measure, in order; the relay in parts of its own.
const PARTS: [&str; 4] = ["keys", "open", "relay", NATIVE];
/// Measured only when it is named alone: it needs this program optimised, the others do not.
const NATIVE: &str = "native";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let parts = [&PARTS[..], &relay::PARTS[..]].concat();
    if let Some(unknown) = wanted.iter().find(|name| !parts.contains(&name.as_str())) {
        bail!("there is nothing called {unknown:?} to measure; there are {}", parts.join(", "));
    }
    let wants = |part: &str| wanted.is_empty() || wanted.iter().any(|name| name == part);
    say_load();
    if wanted == [NATIVE] {
        if cfg!(debug_assertions) {
            println!("this program is not optimised: these figures are not the server's; ask `cargo xtask bench native` for them");
        }
        println!("\nbytes in memory\n{}", native::measure()?);
        say_load();
        return Ok(());
    }
    if wanted.iter().any(|name| name == NATIVE) {
        bail!("{NATIVE:?} is measured alone: `cargo xtask bench {NATIVE}`");
    }
    if wants("keys") || wants("open") {
        let server = TestServer::start()?;
        let agenda = agenda::read(agenda::Size::Everyday)?;
        println!("agenda: {}", agenda.name);
        let browser = devtools::Browser::start().await?;
        println!("browser: {}", browser.version().await?);
        if wants("keys") {
            println!("\nkey to paint, milliseconds\n{}", keys::measure(&server, &browser).await?);
        }
        if wants("open") {
            println!(
                "\nopening the page, milliseconds since the navigation began\n{}",
                opening::measure(&server, &browser, &agenda).await?
            );
        }
    }
    relay::measure(|part| wants("relay") || wants(part)).await?;
    say_load();
    Ok(())
}

/// Prints how busy the machine is, where the system tells.
fn say_load() {
    let Ok(text) = std::fs::read_to_string("/proc/loadavg") else { return };
    let Some(load) = text.split(' ').next().and_then(|load| load.parse::<f64>().ok()) else { return };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let note = if load > QUIET { ": the machine is busy, these figures are worse than its own" } else { "" };
    println!("load {load:.1} on {cores} cores{note}");
}
