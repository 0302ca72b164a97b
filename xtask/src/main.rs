//! `cargo xtask`: builds, serves, tests, lints and measures Dagsorden with nothing but a Rust toolchain at hand.
//!
//! Owns the way from sources to a running program and the order of the checks. What a check asserts lives in the crates.
#![allow(clippy::print_stdout, reason = "a task runner talks to its terminal")]

mod bench;
mod command;
mod compress;
mod endure;
mod lint;
mod machine;
mod names;
mod order;
mod serve;
mod sizes;
mod split;
mod test;
mod types;
mod unused;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Build, serve, test, lint and measure Dagsorden")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build the one file to deploy, target/release/dagsorden, and print its sizes
    Build,
    /// Build what a browser downloads, print its sizes and hold them against the budgets
    Sizes,
    /// Build what is out of date and start the server; what is not known here goes on to `dagsorden serve`
    Serve {
        /// Serve a build that carries the editor's test contract, `window.__editorTest`
        #[arg(long)]
        test_hooks: bool,
        /// Arguments of `dagsorden serve`, such as --listen and --data
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Run every test: native ones, and browser tests of the real wasm
    Test {
        /// Arguments of `cargo test`, such as the name of a test
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Run the long forms of the tests of endurance, each with its figures at the end; about an hour for all
    Endure {
        /// Which: kill, soak, flood, torn or gate; all where none is named
        rest: Vec<String>,
    },
    /// Check format, lints, documentation and the arrows between crates
    Lint,
    /// Print the measures that the product is held against
    Bench {
        /// What to measure: native, keys, open, relay, or a part of it (acknowledged, fan-out, latency, join, memory, kill); all where none is named
        rest: Vec<String>,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Build => web::build_release().and_then(|sizes| sizes.check()).map(|()| ExitCode::SUCCESS),
        Task::Sizes => web::sizes().and_then(|sizes| sizes.check()).map(|()| ExitCode::SUCCESS),
        Task::Serve { test_hooks, rest } => serve::serve(test_hooks, &rest),
        Task::Test { rest } => test::test(&rest),
        Task::Endure { rest } => endure::endure(&rest),
        Task::Lint => lint::lint().map(|()| ExitCode::SUCCESS),
        Task::Bench { rest } => bench::bench(&rest).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::FAILURE
    })
}
