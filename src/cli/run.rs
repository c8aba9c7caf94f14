//! Runs a command: standard output carries the product, standard error everything else.

use std::io::{self, IsTerminal, Read, Write};
use std::process::ExitCode;

use crate::pipeline::{self, Loaded, PipelineError};
use crate::report::{self, COLORED_TEXT, REPORTERS};
use crate::rewrite::{Applicability, ApplyError, PlanSettings};
use crate::source::Note;

use super::args::{self, Command, Format};

/// Why a run ended without a result.
#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
    #[error(transparent)]
    Apply(#[from] ApplyError),
    #[error("standard input: {0}; it must be UTF-8 text")]
    Stdin(io::Error),
    #[error("`-` stands alone and needs --stdin-filename, which tells the language")]
    StdinName,
    #[error("{0}")]
    Usage(String),
    #[error("cannot write the result: {0}")]
    Output(io::Error),
}

/// Something remains to be done.
const REMAINS: u8 = 1;
/// Nothing could be done.
const FAILED: u8 = 2;

pub(super) fn run(command: Command) -> ExitCode {
    let result = match command {
        Command::Check(args) => check(&args),
        Command::Fix(args) => fix(&args),
        Command::Rules => put(&report::rule_list()).map(|()| 0),
        Command::Explain { rule } => {
            report::explain(&rule).map_err(RunError::Usage).and_then(|text| put(&text)).map(|()| 0)
        }
    };
    match result {
        Ok(code) => ExitCode::from(code),
        // Whoever read the output has seen enough.
        Err(RunError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("error: {error}"));
            ExitCode::from(FAILED)
        }
    }
}

fn check(args: &args::Check) -> Result<u8, RunError> {
    let loaded = load(&args.input)?;
    tell(&loaded.notes);
    let report = pipeline::check(&loaded);
    let name = match args.format {
        Format::Text => "text",
        Format::Json => "json",
    };
    let colored = args.format == Format::Text && io::stdout().is_terminal();
    let plain = REPORTERS.iter().copied().find(|it| it.name() == name).unwrap_or(COLORED_TEXT);
    let reporter = if colored { COLORED_TEXT } else { plain };
    put(&reporter.render(&report, &|path| pipeline::source_text(&loaded.project, path)))?;
    Ok(if report.fails() { REMAINS } else { 0 })
}

fn fix(args: &args::Fix) -> Result<u8, RunError> {
    let loaded = load(&args.input)?;
    tell(&loaded.notes);
    let settings = PlanSettings {
        patterns: args.pattern.clone(),
        least: if args.write && !args.include_review { Applicability::Safe } else { Applicability::Review },
    };
    let fixed = pipeline::fix(&loaded, &settings);
    for line in report::fix_notes(&fixed.found, settings.least).iter().chain(&fixed.notes) {
        complain(line);
    }
    if args.write {
        pipeline::write(&loaded, &fixed)?;
        complain(&report::written(&fixed.patches));
    } else {
        put(&report::diff(&fixed.patches))?;
    }
    for line in report::rest_notes(&fixed.rest) {
        complain(&line);
    }
    Ok(if fixed.rest.fails() { REMAINS } else { 0 })
}

fn load(input: &args::Input) -> Result<Loaded, RunError> {
    let stdin = input.paths.iter().any(|it| it.as_os_str() == "-");
    if !stdin {
        return Ok(pipeline::load(&pipeline::Input::Paths { paths: input.paths.clone(), threads: input.threads })?);
    }
    let path = input.stdin_filename.clone().filter(|_| input.paths.len() == 1).ok_or(RunError::StdinName)?;
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).map_err(RunError::Stdin)?;
    Ok(pipeline::load(&pipeline::Input::Text { path, text })?)
}

fn put(text: &str) -> Result<(), RunError> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(RunError::Output)
}

/// Says something on standard error; when even that is closed, there is nobody to tell.
fn complain(text: &str) {
    drop(writeln!(anstream::stderr(), "{text}"));
}

fn tell(notes: &[Note]) {
    for note in notes {
        complain(&format!("{}: {}", note.path, note.message));
    }
}
