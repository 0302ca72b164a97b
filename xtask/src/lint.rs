//! `cargo xtask lint`: format, clippy, documentation, and the arrows between crates.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::command::{cargo, output, root, run, step};
use crate::machine;

const WASM: &str = "wasm32-unknown-unknown";

/// A crate, and what must not be reached from it, however far down.
struct Boundary {
    package: &'static str,
    target: Option<&'static str>,
    forbidden: &'static [&'static str],
    why: &'static str,
}

const BOUNDARIES: [Boundary; 6] = [
    Boundary {
        package: "dagsorden-app",
        target: Some(WASM),
        forbidden: &["dagsorden"],
        why: "the app knows the server by its protocol only",
    },
    Boundary {
        package: "dagsorden",
        target: None,
        forbidden: &["dagsorden-app", "dagsorden-editor", "leptos", "web-sys"],
        why: "the server knows the app by its protocol only",
    },
    Boundary {
        package: "dagsorden-shared",
        target: None,
        forbidden: &[
            "web-sys",
            "js-sys",
            "leptos",
            "tokio",
            "axum",
            "rusqlite",
            "getrandom",
            "dagsorden",
            "dagsorden-app",
            "dagsorden-editor",
        ],
        why: "shared is pure: no I/O, clock, random source, browser or async",
    },
    Boundary {
        package: "dagsorden-pdf",
        target: None,
        forbidden: &["tokio", "axum", "rusqlite", "dagsorden", "dagsorden-app", "dagsorden-editor"],
        why: "the PDF is made from Meeting JSON alone",
    },
    Boundary {
        package: "dagsorden-editor",
        target: None,
        forbidden: &["web-sys", "js-sys", "leptos", "tokio", "axum", "rusqlite", "getrandom", "dagsorden", "dagsorden-app"],
        why: "the editor core is pure: no DOM, no signals, no socket",
    },
    Boundary {
        package: "dagsorden-app",
        target: Some(WASM),
        // Leptos brings tokio's channels along, so tokio itself cannot stand here.
        forbidden: &["axum", "hyper", "mio", "rusqlite"],
        why: "a browser has no such thing",
    },
];

/// All checks; the first that fails ends the run.
pub(crate) fn lint() -> Result<()> {
    machine::ensure_wasm_target()?;
    step("format", || run(cargo().args(["fmt", "--all", "--check"])))?;
    step("parts of the app begin in one place", check_parts)?;
    step("arrows between crates", || BOUNDARIES.iter().try_for_each(check))?;
    step("shared builds for wasm32", || run(cargo().args(["check", "--quiet", "--package", "dagsorden-shared", "--target", WASM])))?;
    step("clippy, native", || {
        run(cargo().args(["clippy", "--quiet", "--workspace", "--exclude", "dagsorden-app", "--all-targets", "--", "-D", "warnings"]))
    })?;
    for features in ["", "test-hooks"] {
        step(&format!("clippy, wasm32, features [{features}]"), || {
            let mut command = cargo();
            command.args(["clippy", "--quiet", "--package", "dagsorden-app", "--lib", "--target", WASM, "--features", features]);
            run(command.args(["--", "-D", "warnings"]))
        })?;
    }
    step("documentation", || {
        run(cargo()
            .args(["doc", "--quiet", "--no-deps", "--workspace", "--exclude", "dagsorden-app", "--document-private-items"])
            .env("RUSTDOCFLAGS", "-D warnings"))?;
        run(cargo()
            .args(["doc", "--quiet", "--no-deps", "--package", "dagsorden-app", "--lib", "--document-private-items", "--target", WASM])
            .env("RUSTDOCFLAGS", "-D warnings"))
    })
}

/// What begins a part elsewhere would escape the one place that says what parts there are, and what is done when one cannot be loaded.
fn check_parts() -> Result<()> {
    let sources = root().join("app/src");
    let mut folders = vec![sources.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path != sources.join("parts.rs") && fs::read_to_string(&path).is_ok_and(|text| text.contains("wasm_split")) {
                bail!("{} names wasm_split: parts begin in app/src/parts.rs alone", path.display());
            }
        }
    }
    Ok(())
}

fn check(boundary: &Boundary) -> Result<()> {
    let mut command = cargo();
    command.args(["tree", "--package", boundary.package, "--edges", "normal", "--prefix", "none", "--format", "{p}"]);
    if let Some(target) = boundary.target {
        command.args(["--target", target]);
    }
    let tree = output(&mut command)?;
    let reached = |name: &str| tree.lines().skip(1).any(|line| line.split(' ').next() == Some(name));
    match boundary.forbidden.iter().find(|name| reached(name)) {
        Some(name) => bail!("{} must not reach {name}: {}", boundary.package, boundary.why),
        None => Ok(()),
    }
}
