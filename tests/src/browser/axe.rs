//! axe-core: what a machine can tell about accessibility.

use std::fs;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::window::Window;
use crate::stock::npm_folder;

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Violation {
    /// The rule.
    pub id: String,
    /// What it asks for.
    pub help: String,
    /// The elements that break it, and why.
    pub nodes: Vec<String>,
}

const RUN: &str = r#"
    const done = arguments[arguments.length - 1];
    const options = { resultTypes: ["violations"] };
    axe.run(document, options).then(
        (result) => done({ violations: result.violations.map(({ id, help, nodes }) => ({
            id, help, nodes: nodes.map((node) => `${node.html.slice(0, 160)} — ${(node.failureSummary || "").replaceAll("\n", " ")}`),
        })) }),
        (error) => done({ error: String(error) }));
"#;

pub(super) async fn violations(window: &Window) -> Result<Vec<Violation>> {
    let script = npm_folder().join("node_modules/axe-core/axe.min.js");
    let script = fs::read_to_string(&script).context("axe-core is missing; run the tests with `cargo xtask test`")?;
    // The driver runs scripts in a function of their own; this one has to be seen by the next.
    window.run(&format!("{script}\nwindow.axe = axe;"), Vec::new()).await?;
    let answer = window.run_async(RUN).await?;
    if let Some(error) = answer.get("error") {
        anyhow::bail!("axe-core failed: {error}");
    }
    serde_json::from_value(answer["violations"].clone()).context("axe-core answered something else")
}
