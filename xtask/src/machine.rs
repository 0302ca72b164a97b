//! What the machine must have: the wasm target, browsers with their drivers, Node.js, strace.
//!
//! Installs what is missing where that is possible without asking (Debian or Ubuntu as root), else names the command. Firefox' driver is in no
//! Debian: cargo builds it once, into the user's cache, where a `cargo clean` does not reach it.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::command::{cargo, exists, output, program, run, step};

/// The driver of Firefox on crates.io.
const GECKODRIVER: &str = "geckodriver";
const GECKODRIVER_VERSION: &str = "0.37.1";

/// A program that tests start, and the Debian package that brings it.
struct Tool {
    program: &'static str,
    package: &'static str,
}

const TEST_TOOLS: [Tool; 6] = [
    Tool { program: "chromium", package: "chromium" },
    Tool { program: "chromedriver", package: "chromium-driver" },
    Tool { program: "firefox-esr", package: "firefox-esr" },
    Tool { program: "node", package: "nodejs" },
    Tool { program: "npm", package: "npm" },
    Tool { program: "strace", package: "strace" },
];

/// Where the toolchain came without its wasm target, rustup does not add it by itself.
pub(crate) fn ensure_wasm_target() -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let folder = output(program("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    if std::path::Path::new(folder.trim()).is_dir() {
        return Ok(());
    }
    step("rustup target add", || {
        run(program("rustup").args(["target", "add", TARGET])).context("install the target with `rustup target add wasm32-unknown-unknown`")
    })
}

/// The programs that the tests start beside our own.
pub(crate) fn ensure_test_tools() -> Result<()> {
    let missing: Vec<&str> = TEST_TOOLS.iter().filter(|tool| !exists(tool.program)).map(|tool| tool.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let command = format!("apt-get install --yes --no-install-recommends {}", missing.join(" "));
    if !exists("apt-get") {
        bail!("the tests need {}; install what your system calls them (on Debian or Ubuntu: `sudo {command}`)", missing.join(", "));
    }
    if output(program("id").arg("-u"))?.trim() != "0" {
        bail!("the tests need {}; run `sudo apt-get update && sudo {command}`", missing.join(", "));
    }
    step(&command, || {
        let apt = || {
            let mut apt = program("apt-get");
            apt.env("DEBIAN_FRONTEND", "noninteractive");
            apt
        };
        run(apt().args(["update", "--quiet"]))?;
        run(apt().args(["install", "--quiet", "--yes", "--no-install-recommends"]).args(&missing))
    })
}

/// The driver of Firefox: one that stands in the path, or the one built here.
pub(crate) fn ensure_geckodriver() -> Result<PathBuf> {
    if exists(GECKODRIVER) {
        return Ok(GECKODRIVER.into());
    }
    let folder = cache()?.join(format!("{GECKODRIVER}-{GECKODRIVER_VERSION}"));
    let driver = folder.join("bin").join(GECKODRIVER);
    if !driver.is_file() {
        step("geckodriver, once on this machine", || {
            let mut install = cargo();
            install.args(["install", "--quiet", "--locked", "--version", GECKODRIVER_VERSION, GECKODRIVER, "--root"]).arg(&folder);
            // A folder of build products of its own: that of the workspace may be cached, and this is wanted once.
            run(install.env("CARGO_TARGET_DIR", folder.join("build")))
        })?;
        // If it stays it only takes space.
        drop(std::fs::remove_dir_all(folder.join("build")));
    }
    Ok(driver)
}

/// Where things are kept that outlive `target`.
fn cache() -> Result<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
    Ok(cache.context("neither XDG_CACHE_HOME nor HOME names a folder to keep geckodriver in")?.join("dagsorden"))
}
