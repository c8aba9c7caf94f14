//! The command line: arguments to plain values, one run, an exit code.

mod args;
mod check;
mod error;
mod init;
mod run;
mod settings;

use std::process::ExitCode;

/// Parses the arguments of the process and runs.
#[must_use]
pub fn main() -> ExitCode {
    run::run(args::parse())
}
