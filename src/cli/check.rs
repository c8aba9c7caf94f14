//! `check`: the report, the baseline, the exit code.

use std::io::{self, IsTerminal};
use std::path::Path;

use camino::Utf8Path;

use crate::config::FailOn;
use crate::pipeline::{self, Loaded};
use crate::report::{self, COLORED_TEXT, Report};
use crate::rules::RuleInfo;
use crate::select::{Baseline, Entry, SelectSettings};

use super::args;
use super::error::RunError;
use super::run::{REMAINS, complain, load, put, tell};
use super::settings::{baseline_of, baseline_path, changes_of, config_of, new_baseline_path, read};

pub(super) fn check(args: &args::Check) -> Result<u8, RunError> {
    let config = config_of(&args.input)?;
    let changes = changes_of(args)?;
    let loaded = load(&args.input, config)?;
    let levels = |path: &Utf8Path, rule: &RuleInfo| loaded.config.level(path, rule);
    let asked = |path: &Utf8Path| loaded.is_asked(path);
    let settings = SelectSettings {
        levels: &levels,
        ignore_comments: !args.input.no_ignore_comments,
        baseline: None,
        changes: changes.as_ref(),
        asked: &asked,
        folder: &loaded.folder,
    };
    if args.write_baseline {
        tell(&loaded.notes);
        return write_baseline(args, &loaded, &settings).map(|()| 0);
    }
    let baseline = baseline_of(args, &loaded.config)?;
    let settings = SelectSettings { baseline: baseline.as_ref(), ..settings };
    if let Some(place) = &args.explain_why_not {
        return put(&pipeline::explain_why_not(&loaded, &settings, place).map_err(RunError::Usage)?).map(|()| 0);
    }
    tell(&loaded.notes);
    let (report, stale) = pipeline::check(&loaded, &settings);
    show(args, &loaded, &report)?;
    if let Some(baseline) = &baseline {
        settle_stale(args, &loaded, baseline, &stale)?;
    }
    let fail_on = args.fail_on.or_else(|| loaded.config.fail_on()).unwrap_or(FailOn::Warning);
    let most = args.max_findings.or_else(|| loaded.config.max_findings()).unwrap_or_default();
    let fails = fail_on.level().is_some_and(|level| report.failing(level) > most);
    Ok(if fails { REMAINS } else { 0 })
}

/// Writes the report in all formats that are asked for.
fn show(args: &args::Check, loaded: &Loaded, report: &Report) -> Result<(), RunError> {
    let source = |path: &Utf8Path| pipeline::source_text(&loaded.project, path);
    for output in &args.output {
        let Some(reporter) = report::reporter(&output.format) else { continue };
        write(&output.file, &reporter.render(report, &source))?;
    }
    let colored = args.format == "text" && io::stdout().is_terminal();
    let reporter = report::reporter(&args.format).filter(|_| !colored).unwrap_or(COLORED_TEXT);
    put(&reporter.render(report, &source))?;
    if args.statistics {
        let table = report::statistics(report);
        match args.format == "text" {
            true => put(&table)?,
            false => complain(table.trim_end()),
        }
    }
    Ok(())
}

/// Writes down what is found as known. What is known of files that were not looked at stays.
fn write_baseline(args: &args::Check, loaded: &Loaded, settings: &SelectSettings<'_>) -> Result<(), RunError> {
    let file = new_baseline_path(args, &loaded.config);
    let before = match file.exists() {
        true => Baseline::parse(&read(&file)?).unwrap_or_default(),
        false => Baseline::default(),
    };
    let found = pipeline::findings(loaded, settings);
    let mut new = Baseline::of(found.kept.iter(), &loaded.folder);
    let elsewhere = |it: &&Entry| !it.path.strip_prefix(&loaded.folder).is_ok_and(|path| (settings.asked)(path));
    let count = new.entries.len();
    new.entries.extend(before.entries.iter().filter(elsewhere).cloned());
    new.entries.sort();
    write(&file, &new.render())?;
    complain(&format!("{}: {count} findings written down as known", file.display()));
    Ok(())
}

/// Says which entries of the baseline are of no use any more, or removes them.
fn settle_stale(args: &args::Check, loaded: &Loaded, baseline: &Baseline, stale: &[Entry]) -> Result<(), RunError> {
    let Some((file, _)) = baseline_path(args, &loaded.config).filter(|_| !stale.is_empty()) else { return Ok(()) };
    let what = match stale.len() {
        1 => "1 known finding is gone".to_owned(),
        count => format!("{count} known findings are gone"),
    };
    let place = file.display();
    if args.prune {
        write(&file, &baseline.without(stale).render())?;
        complain(&format!("{place}: {what}, removed"));
    } else {
        complain(&format!("{place}: {what}; --prune removes them"));
        for entry in stale.iter().take(LISTED) {
            complain(&format!("  {} [{}]", entry.path, entry.rule));
        }
        if stale.len() > LISTED {
            complain(&format!("  and {} more", stale.len() - LISTED));
        }
    }
    Ok(())
}

/// How many entries are listed.
const LISTED: usize = 10;

fn write(file: &Path, text: &str) -> Result<(), RunError> {
    std::fs::write(file, text).map_err(|error| RunError::Write { path: file.to_path_buf(), error })
}
