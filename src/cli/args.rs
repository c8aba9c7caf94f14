//! Arguments, parsed to plain values without looking at the world.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use camino::Utf8PathBuf;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::config::FailOn;
use crate::report::REPORTERS;
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
    Check(Box<Check>),
    /// Print the migration as a unified diff, or write it
    Fix(Fix),
    /// List the rules
    Rules,
    /// Explain a rule: why it matters, before and after, how to silence it
    Explain {
        /// The rule's id, as `jwt-sunset rules` lists it
        rule: String,
    },
    /// Write a configuration, a CI job and a pre-commit hook to start from
    Init(Init),
    /// Print the JSON schema of jwt-sunset.toml, for editors
    Schema,
    /// Print what a shell needs to complete arguments
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
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
    /// The configuration, in place of the jwt-sunset.toml files in and around the folder; its paths are seen from there
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Read no jwt-sunset.toml
    #[arg(long, conflicts_with = "config")]
    pub(super) no_config: bool,
    /// Find what comments silence, too
    #[arg(long)]
    pub(super) no_ignore_comments: bool,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) input: Input,
    /// The format of the report on standard output
    #[arg(long, value_name = "FORMAT", value_parser = formats(), default_value = "text")]
    pub(super) format: String,
    /// Write the report to a file, too; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = output)]
    pub(super) output: Vec<Output>,
    /// The file of known findings, which are not reported
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Report known findings, too
    #[arg(long, conflicts_with = "baseline")]
    pub(super) no_baseline: bool,
    /// Write down all findings as known, and exit with 0
    #[arg(long, conflicts_with_all = ["no_baseline", "prune", "since", "diff"])]
    pub(super) write_baseline: bool,
    /// Remove from the baseline what is no longer found
    #[arg(long, conflicts_with_all = ["no_baseline", "since", "diff"])]
    pub(super) prune: bool,
    /// Report only what has a part in lines that changed since this revision, staged or not
    #[arg(long, value_name = "REVISION", conflicts_with = "diff")]
    pub(super) since: Option<String>,
    /// Report only what has a part in lines that this unified diff changes; `-` reads it from standard input
    #[arg(long, value_name = "FILE")]
    pub(super) diff: Option<PathBuf>,
    /// The least level that makes the check fail [default: warning]
    #[arg(long, value_name = "LEVEL", value_parser = fail_on())]
    pub(super) fail_on: Option<FailOn>,
    /// How many findings of that level there may be [default: 0]
    #[arg(long, value_name = "COUNT")]
    pub(super) max_findings: Option<usize>,
    /// Count the findings of each rule, too
    #[arg(long)]
    pub(super) statistics: bool,
    /// Say what speaks for and against a finding at this place, and report nothing else
    #[arg(long, value_name = "FILE[:LINE]", conflicts_with_all = ["write_baseline", "prune", "output"])]
    pub(super) explain_why_not: Option<String>,
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

#[derive(Debug, Args)]
pub(super) struct Init {
    /// The folder that is checked
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub(super) folder: PathBuf,
    /// What to write besides the configuration; as the folder tells where it is left out
    #[arg(long = "for", value_name = "WHAT", value_parser = PossibleValuesParser::new(super::init::names()))]
    pub(super) targets: Vec<String>,
    /// The address of the repository that jwt-sunset is installed from
    #[arg(long, value_name = "OWNER/NAME")]
    pub(super) repository: Option<String>,
}

/// A report that goes to a file.
#[derive(Debug, Clone)]
pub(super) struct Output {
    /// The name of the format.
    pub(super) format: String,
    pub(super) file: PathBuf,
}

fn output(text: &str) -> Result<Output, String> {
    let names = || REPORTERS.iter().map(|it| it.name()).collect::<Vec<_>>().join(", ");
    let (format, file) = text.split_once('=').ok_or("write it as FORMAT=FILE, such as sarif=report.sarif")?;
    match REPORTERS.iter().any(|it| it.name() == format) {
        true if !file.is_empty() => Ok(Output { format: format.to_owned(), file: file.into() }),
        true => Err("name a file behind the `=`".to_owned()),
        false => Err(format!("there is no format `{format}`; there are {}", names())),
    }
}

/// The formats of a report.
fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(REPORTERS.iter().map(|it| PossibleValue::new(it.name()).help(it.about())))
}

fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    let names = FailOn::ALL.iter().map(|it| it.0);
    // Any name that the parser takes is one of the list.
    PossibleValuesParser::new(names)
        .map(|name| FailOn::ALL.iter().find(|it| it.0 == name).map_or(FailOn::Warning, |it| it.1))
}

/// The patterns that can be asked for.
fn patterns() -> PossibleValuesParser {
    let names = pattern_names().into_iter().map(|(name, about)| PossibleValue::new(name).help(about));
    PossibleValuesParser::new(names)
}

pub(super) fn parse() -> Command {
    Arguments::parse().command
}
