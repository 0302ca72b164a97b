//! `cargo xtask serve`: what is out of date is built, then the server runs in the foreground.

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::command::program;
use crate::web::{Server, Variant, build, build_server};

/// Builds and runs; the answer is the exit code of the server.
///
/// The build with test hooks is the dev one, which the browser tests use too, so it never lands in the file to deploy.
pub(crate) fn serve(test_hooks: bool, rest: &[String]) -> Result<ExitCode> {
    let web = build(if test_hooks { Variant::Test } else { Variant::Web })?;
    let server = build_server(&web, if test_hooks { Server::Dev } else { Server::Serve })?;
    // Ctrl-C reaches the server itself, as both are in the foreground of the terminal; it drains and decides on the exit code.
    let mut command = program(&server);
    if let Ok(folder) = std::env::current_dir() {
        command.current_dir(folder);
    }
    command.arg("serve").args(rest);
    let code = run(command).with_context(|| format!("cannot start {}", server.display()))?;
    Ok(ExitCode::from(code))
}

/// Takes the place of this process, so signals sent to it reach the server.
#[cfg(unix)]
fn run(mut command: std::process::Command) -> Result<u8> {
    use std::os::unix::process::CommandExt;
    Err(command.exec().into())
}

#[cfg(not(unix))]
fn run(mut command: std::process::Command) -> Result<u8> {
    let status = command.status()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
