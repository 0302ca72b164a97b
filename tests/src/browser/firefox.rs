//! Firefox and its driver as processes: started on a free port with an empty profile, ended with the test.

use std::process::Stdio;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use thirtyfour::{Capabilities, WebDriver};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use super::raw::Raw;
use crate::wait::in_time;

/// Where `cargo xtask test` has put the driver, which Debian does not bring.
const DRIVER: &str = "DAGSORDEN_GECKODRIVER";

/// A running browser. Killed when dropped.
pub(super) struct Firefox {
    driver: WebDriver,
    browser: Option<Pid>,
    // Held for its life.
    _geckodriver: Child,
}

impl Firefox {
    pub(super) async fn start() -> Result<Self> {
        let (geckodriver, port) = start_driver().await?;
        let mut wanted = Capabilities::new();
        wanted.set("browserName", "firefox")?;
        let preferences = json!({ "intl.accept_languages": "da", "ui.prefersReducedMotion": 1 });
        wanted.set("moz:firefoxOptions", json!({ "binary": binary()?, "args": ["-headless"], "prefs": preferences }))?;
        let driver = in_time("a browser", WebDriver::new(format!("http://127.0.0.1:{port}"), wanted)).await?.context("no browser")?;
        let capabilities = serde_json::to_value(driver.handle().capabilities())?;
        let browser = capabilities["moz:processID"].as_i64().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        Ok(Self { driver, browser, _geckodriver: geckodriver })
    }

    pub(super) fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Runs a script in the browser itself instead of the page: what a person's system does, such as its input method.
    pub(super) async fn run_in_browser(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.enter("chrome").await?;
        let answer = self.driver.execute(script, arguments).await;
        self.enter("content").await?;
        Ok(answer.context("a script in the browser failed")?.json().clone())
    }

    async fn enter(&self, context: &str) -> Result<()> {
        self.driver.handle().cmd(Raw::post("moz/context", json!({ "context": context }))).await?;
        Ok(())
    }
}

/// The driver wants a whole path.
fn binary() -> Result<String> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).map(|folder| folder.join("firefox-esr")).find(|path| path.is_file());
    Ok(found.context("firefox-esr is missing; run the tests with `cargo xtask test`")?.display().to_string())
}

/// Starts the driver on a port it picks.
async fn start_driver() -> Result<(Child, u16)> {
    let program = std::env::var_os(DRIVER).unwrap_or_else(|| "geckodriver".into());
    let mut driver = Command::new(program)
        .args(["--port", "0", "--allow-system-access"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("cannot start geckodriver; run the tests with `cargo xtask test`")?;
    let mut lines = BufReader::new(driver.stdout.take().context("geckodriver has no output")?).lines();
    let port = in_time("geckodriver", async {
        while let Some(line) = lines.next_line().await? {
            if let Some((_, port)) = line.split_once("Listening on 127.0.0.1:") {
                return port.trim().parse().context("geckodriver names no port");
            }
        }
        bail!("geckodriver ends as soon as it is started")
    })
    .await??;
    // Nothing may fill the pipe.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok((driver, port))
}

impl Drop for Firefox {
    fn drop(&mut self) {
        // Its own ending would ask the driver, and wait; here everything is thrown away.
        let _ = self.driver.clone().leak();
        if let Some(browser) = self.browser {
            let _ = kill_process(browser, Signal::KILL);
        }
    }
}
