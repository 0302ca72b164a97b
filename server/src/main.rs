//! The binary: hands the command line to [`dagsorden::cli`] and turns its answer into one line and an exit code.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    match dagsorden::cli::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed stderr leaves nothing to say; the exit code still tells.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
