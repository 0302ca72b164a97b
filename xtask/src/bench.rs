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
    machine::ensure_test_tools()?;
    web::build_release()?;
    // Optimised as well: what makes the load shares the machine with what bears it.
    step("bench (profile release)", || {
        run(cargo().args(["build", "--quiet", "--release", "--package", "dagsorden-tests", "--bin", "bench"]))
    })?;
    let built = |name: &str| target().join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    run(program(built("bench")).args(rest).env("DAGSORDEN_BIN", built("dagsorden"))).context("the measures were not taken")
}
