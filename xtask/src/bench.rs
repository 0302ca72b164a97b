//! `cargo xtask bench`: the measures that the product is held against.
//!
//! Prints the sizes of what a browser downloads, then starts the measuring program of the tests against the release build. The measures
//! themselves stand there: they need the harness, which needs no build of its own.

use anyhow::{Context, Result};

use crate::command::{cargo, program, run, step, target};
use crate::machine;
use crate::test::install_npm_packages;
use crate::web;

/// All measures, or only those that `rest` names.
pub(crate) fn bench(rest: &[String]) -> Result<()> {
    if rest == ["native"] {
        // No server and no browser: the code itself, as a release has it.
        return run(cargo().args(["run", "--quiet", "--release", "--package", "dagsorden-tests", "--bin", "bench", "native"]));
    }
    machine::ensure_test_tools()?;
    let sizes = web::build_release()?;
    // Quill, and what bundles it. Without it the parts that need it say so.
    if let Err(error) = step("npm packages of the tests", || install_npm_packages("tests/npm", &[])) {
        println!("Quill could not be installed: {error:#}");
    }
    // Optimised, so that a crowd of clients costs less than the relay it loads.
    step("bench (profile release)", || {
        run(cargo().args(["build", "--quiet", "--release", "--package", "dagsorden-tests", "--bin", "bench"]))
    })?;
    // The relay is measured without its peers where the registry cannot be reached, and says so.
    if let Err(error) = step("npm packages of the peers", || install_npm_packages("tests/npm/peers", &["sqlite3"])) {
        println!("the peers could not be installed: {error:#}");
    }
    let built = |name: &str| target().join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let mut bench = program(built("bench"));
    run(bench.args(rest).env("DAGSORDEN_BIN", built("dagsorden"))).context("not everything was measured")?;
    sizes.check()
}
