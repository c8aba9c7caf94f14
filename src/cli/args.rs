//! Arguments, parsed to plain values without looking at the world.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use camino::Utf8PathBuf;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::rewrite::pattern_names;

/// Finds code that swaps an Adobe service-account JWT for an access token, and moves it to OAuth Server-to-Server.
#[derive(Debug, Parser)]
#[command(name = "jwt-sunset", version, about, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 nothing remains, 1 something remains, 2 could not run.")]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Report what remains of the JWT flow
    Check(Check),
    /// Print the migration as a unified diff, or write it
    Fix(Fix),
    /// List the rules
    Rules,
    /// Explain a rule: why it matters, before and after, how to silence it
    Explain {
        /// The rule's id, as `jwt-sunset rules` lists it
        rule: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct Input {
    /// Files and folders; `-` reads one file from standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    /// The name of the file that standard input holds, which tells its language
    #[arg(long, value_name = "NAME")]
    pub(super) stdin_filename: Option<Utf8PathBuf>,
    /// How many threads search the files; as many as there are cores where it is left out
    #[arg(short = 'j', long, value_name = "COUNT")]
    pub(super) threads: Option<NonZeroUsize>,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) input: Input,
    /// The format of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Fix {
    #[command(flatten)]
    pub(super) input: Input,
    /// Apply the migrations that are proved, in place of printing the diff
    #[arg(long)]
    pub(super) write: bool,
    /// With --write, apply also those that want a look, such as at a scope
    #[arg(long, requires = "write")]
    pub(super) include_review: bool,
    /// What to move to; may be given once for each language, and is its OAuth library where it is left out
    #[arg(long, value_name = "PATTERN", value_parser = patterns())]
    pub(super) pattern: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Code with labelled spans
    Text,
    /// One versioned JSON document
    Json,
}

/// The patterns that can be asked for.
fn patterns() -> PossibleValuesParser {
    let names = pattern_names().into_iter().map(|(name, about)| PossibleValue::new(name).help(about));
    PossibleValuesParser::new(names)
}

pub(super) fn parse() -> Command {
    Arguments::parse().command
}
