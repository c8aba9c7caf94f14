//! The command line of jwt-sunset.

use std::process::ExitCode;

fn main() -> ExitCode {
    jwt_sunset::cli::main()
}
