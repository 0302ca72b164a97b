//! `cargo xtask bench`: the measures that the product is held against.
//!
//! Prints the sizes of what a browser downloads, then starts the measuring program of the tests against the release build. The measures
//! themselves stand there: they need the harness, which needs no build of its own.

use anyhow::{Context, Result};

use crate::command::{cargo, program, run, step, target};
use crate::machine;
use crate::web;

/// All measures, or only those that `rest` names.
pub(crate) fn bench(rest: &[String]) -> Result<()> {
    if rest == ["native"] {
        // No server and no browser: the code itself, as a release has it.
        return run(cargo().args(["run", "--quiet", "--release", "--package", "dagsorden-tests", "--bin", "bench", "native"]));
    }
    machine::ensure_test_tools()?;
    web::build_release()?;
    // The dev profile and the same selection of packages as `cargo xtask test`: built already where the tests ran. Its optimised form
    // was measured to load the relay no harder.
    step("bench (profile dev)", || run(cargo().args(["build", "--quiet", "--workspace", "--bin", "bench"])))?;
    let built = |profile: &str, name: &str| target().join(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let mut bench = program(built("debug", "bench"));
    run(bench.args(rest).env("DAGSORDEN_BIN", built("release", "dagsorden"))).context("the measures were not taken")
}
