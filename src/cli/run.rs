//! Runs a command: standard output carries the product, standard error everything else.

use std::io::{self, Read, Write};
use std::process::ExitCode;

use camino::Utf8Path;
use clap::CommandFactory;

use crate::config::{Config, config_schema};
use crate::pipeline::{self, Loaded};
use crate::report;
use crate::rewrite::{Applicability, PlanSettings};
use crate::rules::RuleInfo;
use crate::select::SelectSettings;
use crate::source::Note;

use super::args::{self, Arguments, Command};
use super::error::RunError;
use super::settings::config_of;
use super::{check, init};

/// Something remains to be done.
pub(super) const REMAINS: u8 = 1;
/// Nothing could be done.
const FAILED: u8 = 2;

pub(super) fn run(command: Command) -> ExitCode {
    let result = match command {
        Command::Check(args) => check::check(&args),
        Command::Fix(args) => fix(&args),
        Command::Rules => put(&report::rule_list()).map(|()| 0),
        Command::Explain { rule } => {
            report::explain(&rule).map_err(RunError::Usage).and_then(|text| put(&text)).map(|()| 0)
        }
        Command::Init(args) => init::init(&args).map(|()| 0),
        Command::Schema => put(&config_schema()).map(|()| 0),
        Command::Completions { shell } => put(&completions(shell)).map(|()| 0),
        Command::Man => manual().and_then(|text| put(&text)).map(|()| 0),
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

fn fix(args: &args::Fix) -> Result<u8, RunError> {
    let loaded = load(&args.input, config_of(&args.input)?)?;
    tell(&loaded.notes);
    let levels = |path: &Utf8Path, rule: &RuleInfo| loaded.config.level(path, rule);
    let asked = |path: &Utf8Path| loaded.is_asked(path);
    let select = SelectSettings {
        levels: &levels,
        ignore_comments: !args.input.no_ignore_comments,
        asked: &asked,
        folder: &loaded.folder,
        ..SelectSettings::default()
    };
    let patterns = |path: &Utf8Path, language: &str| loaded.config.patterns(&args.pattern, path, language);
    let settings = PlanSettings {
        patterns: &patterns,
        least: if args.write && !args.include_review { Applicability::Safe } else { Applicability::Review },
    };
    let fixed = pipeline::fix(&loaded, &select, &settings);
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

pub(super) fn load(input: &args::Input, config: Config) -> Result<Loaded, RunError> {
    let stdin = input.paths.iter().any(|it| it.as_os_str() == "-");
    if !stdin {
        let input = pipeline::Input::Paths { paths: input.paths.clone(), threads: input.threads };
        return Ok(pipeline::load(&input, config)?);
    }
    let path = input.stdin_filename.clone().filter(|_| input.paths.len() == 1).ok_or(RunError::StdinName)?;
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).map_err(RunError::Stdin)?;
    Ok(pipeline::load(&pipeline::Input::Text { path, text }, config)?)
}

fn completions(shell: clap_complete::Shell) -> String {
    let mut bytes = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "jwt-sunset", &mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The manual page: the program, then each command.
fn manual() -> Result<String, RunError> {
    let mut bytes = Vec::new();
    let mut program = Arguments::command();
    program.build();
    let render = |command: &clap::Command, bytes: &mut Vec<u8>| {
        clap_mangen::Man::new(command.clone()).render(bytes).map_err(RunError::Output)
    };
    render(&program, &mut bytes)?;
    for command in program.get_subcommands().filter(|it| it.get_name() != "help") {
        render(command, &mut bytes)?;
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

pub(super) fn put(text: &str) -> Result<(), RunError> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(RunError::Output)
}

/// Says something on standard error; when even that is closed, there is nobody to tell.
pub(super) fn complain(text: &str) {
    drop(writeln!(anstream::stderr(), "{text}"));
}

pub(super) fn tell(notes: &[Note]) {
    for note in notes {
        complain(&format!("{}: {}", note.path, note.message));
    }
}
