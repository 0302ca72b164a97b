//! Chromium and its driver as processes: started on a free port with an empty profile, ended with the test.

use std::process::Stdio;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::{ChromiumLikeCapabilities, DesiredCapabilities, WebDriver};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::wait::in_time;

/// What a window looks like to the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// CSS pixels.
    pub width: u32,
    /// CSS pixels.
    pub height: u32,
    /// Whether the person prefers dark.
    pub dark: bool,
}

impl Look {
    /// A desktop window, light.
    pub const DESKTOP: Self = Self { width: 1440, height: 900, dark: false };
    /// A phone, light.
    pub const PHONE: Self = Self { width: 390, height: 844, dark: false };

    /// The same in dark.
    #[must_use]
    pub const fn dark(self) -> Self {
        Self { dark: true, ..self }
    }
}

/// Switches of headless Chromium; the last ones keep it from calling its maker, which fails slowly where there is no network.
const SWITCHES: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    "--lang=da",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=OptimizationHints,MediaRouter",
];

/// A running browser. Killed when dropped.
pub(super) struct Chromium {
    driver: WebDriver,
    browser: Option<Pid>,
    // Held for their life.
    _chromedriver: Child,
    _profile: TempDir,
}

impl Chromium {
    pub(super) async fn start() -> Result<Self> {
        let profile = tempfile::tempdir().context("cannot make a profile")?;
        let (chromedriver, port) = start_driver().await?;
        let mut wanted = DesiredCapabilities::chrome();
        for switch in SWITCHES {
            wanted.add_arg(switch)?;
        }
        wanted.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
        let driver = in_time("a browser", WebDriver::new(format!("http://127.0.0.1:{port}"), wanted)).await?.context("no browser")?;
        let capabilities = serde_json::to_value(driver.handle().capabilities())?;
        let browser = capabilities["goog:processID"].as_i64().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        Ok(Self { driver, browser, _chromedriver: chromedriver, _profile: profile })
    }

    pub(super) fn driver(&self) -> &WebDriver {
        &self.driver
    }

    pub(super) async fn command(&self, method: &str, parameters: serde_json::Value) -> Result<serde_json::Value> {
        self.driver.cdp().send_raw(method, parameters).await.with_context(|| format!("the browser refuses {method}"))
    }

    pub(super) async fn look(&self, look: Look) -> Result<()> {
        let Look { width, height, dark } = look;
        let phone = width < 600;
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone });
        self.command("Emulation.setDeviceMetricsOverride", metrics).await?;
        self.command("Emulation.setTouchEmulationEnabled", json!({ "enabled": phone })).await?;
        let features = [
            json!({ "name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" } }),
            json!({ "name": "prefers-reduced-motion", "value": "reduce" }),
        ];
        self.command("Emulation.setEmulatedMedia", json!({ "features": features })).await.map(drop)
    }
}

/// Starts the driver on a port it picks. Between picking and binding another program may take the port; then it ends, and is started again.
async fn start_driver() -> Result<(Child, u16)> {
    for _ in 0..3 {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("cannot start chromedriver; run the tests with `cargo xtask test`")?;
        let mut lines = BufReader::new(driver.stdout.take().context("chromedriver has no output")?).lines();
        let port = in_time("chromedriver", async {
            while let Some(line) = lines.next_line().await? {
                if let Some(port) = line.strip_prefix("ChromeDriver was started successfully on port ") {
                    return anyhow::Ok(Some(port.trim_end_matches('.').parse().context("chromedriver names no port")?));
                }
            }
            Ok(None)
        })
        .await??;
        if let Some(port) = port {
            // Nothing may fill the pipe.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok((driver, port));
        }
    }
    bail!("chromedriver ends as soon as it is started")
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Its own ending would ask the driver, and wait; here everything is thrown away.
        let _ = self.driver.clone().leak();
        if let Some(browser) = self.browser {
            let _ = kill_process(browser, Signal::KILL);
        }
    }
}
