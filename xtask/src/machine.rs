//! What the machine must have: the wasm target, a browser with its driver, Node.js, strace.
//!
//! Installs what is missing where that is possible without asking (Debian or Ubuntu as root), else names the command.

use anyhow::{Context, Result, bail};

use crate::command::{exists, output, program, run, step};

/// A program that tests start, and the Debian package that brings it.
struct Tool {
    program: &'static str,
    package: &'static str,
}

const TEST_TOOLS: [Tool; 5] = [
    Tool { program: "chromium", package: "chromium" },
    Tool { program: "chromedriver", package: "chromium-driver" },
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
