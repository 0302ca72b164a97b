//! `cargo xtask test`: everything, with one server build and one wasm for all tests.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};

use crate::command::{cargo, program, root, run, step, target};
use crate::machine;
use crate::web::{Variant, build};

/// How long the byte-flip run takes.
const HOSTILE_SECONDS: &str = "DAGSORDEN_HOSTILE_SECONDS";

/// Runs all tests, or with `rest` those that cargo picks by it.
pub(crate) fn test(rest: &[String]) -> Result<ExitCode> {
    machine::ensure_test_tools()?;
    let geckodriver = machine::ensure_geckodriver()?;
    let web = build(Variant::Test)?;
    step("npm packages of the tests", || install_npm_packages("tests/npm", &[]))?;

    // One selection of packages in all commands: cargo unifies features over it, so nothing is built twice.
    let selection = ["--workspace", "--all-targets"];
    step("build tests", || run(cargo().args(["build", "--quiet"]).args(selection).env("DAGSORDEN_WEB", &web)))?;

    let mut tests = cargo();
    tests.args(["test", "--workspace", "--no-fail-fast"]).args(rest);
    // A failing test says what it waited for; where in the runtime it did so helps nobody.
    tests.env("RUST_LIB_BACKTRACE", "0");
    if std::env::var_os(HOSTILE_SECONDS).is_none() {
        tests.env(HOSTILE_SECONDS, "60");
    }
    tests.env("DAGSORDEN_WEB", &web).env("DAGSORDEN_BIN", target().join("debug/dagsorden")).env("DAGSORDEN_GECKODRIVER", geckodriver);
    let counts = run_counted(&mut tests)?;
    println!("{} passed, {} failed", counts.passed, counts.failed);
    Ok(counts.exit_code())
}

/// Runs a `cargo test`, prints what it prints, and counts.
pub(crate) fn run_counted(tests: &mut Command) -> Result<Counts> {
    let mut child = tests.stdout(Stdio::piped()).spawn().context("cannot start cargo test")?;
    let mut counts = Counts::default();
    let printed = child.stdout.take().context("cargo test has no output")?;
    for line in BufReader::new(printed).lines() {
        let line = line.context("cannot read what cargo test prints")?;
        counts.add(&line);
        writeln!(std::io::stdout(), "{line}")?;
    }
    counts.succeeded = child.wait().context("cargo test was lost")?.success();
    Ok(counts)
}

/// Sums of the lines with which the test binaries close.
#[derive(Default)]
pub(crate) struct Counts {
    passed: u32,
    failed: u32,
    succeeded: bool,
}

impl Counts {
    /// Whether tests ran, and all of them passed.
    pub(crate) fn is_good(&self) -> bool {
        self.succeeded && self.failed == 0 && self.passed > 0
    }

    fn exit_code(&self) -> ExitCode {
        if self.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn add(&mut self, line: &str) {
        let Some(result) = line.strip_prefix("test result: ") else { return };
        let number_before =
            |word: &str| result.split([';', '.']).find_map(|part| part.trim().strip_suffix(word)?.trim().parse::<u32>().ok()).unwrap_or(0);
        self.passed += number_before(" passed");
        self.failed += number_before(" failed");
    }
}

/// `npm ci` in `folder` where its lock file has changed since the last time. Of the packages' own scripts only those of `compiled` run.
pub(crate) fn install_npm_packages(folder: &str, compiled: &[&str]) -> Result<()> {
    let folder = root().join(folder);
    let lock =
        fs::read_to_string(folder.join("package-lock.json")).with_context(|| format!("cannot read the lock in {}", folder.display()))?;
    let stamp = folder.join("node_modules/.installed-lock");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    run(program("npm").args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder))?;
    if !compiled.is_empty() {
        run(program("npm").arg("rebuild").args(compiled).current_dir(&folder))?;
    }
    fs::write(&stamp, lock).with_context(|| format!("cannot write {}", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_the_sum_over_all_test_binaries() {
        let mut counts = Counts::default();
        counts.add("running 3 tests");
        counts.add("test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.10s");
        counts.add("test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s");
        assert_eq!((counts.passed, counts.failed), (16, 2));
    }
}
