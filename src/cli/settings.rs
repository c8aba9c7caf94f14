//! What a run needs from the world besides the tree: configuration, baseline, changed lines.

use std::io::Read;
use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};

use crate::config::{self, CONFIG_NAME, Config};
use crate::select::{Baseline, Changes};
use crate::source::{changed_since, repository_top};

use super::args::{self, Input};
use super::error::RunError;

/// The baseline that is written where neither arguments nor configuration name one.
const BASELINE_NAME: &str = "jwt-sunset-baseline.json";

/// The folder of a run: the one that is checked, else the current one.
pub(super) fn folder_of(input: &Input) -> PathBuf {
    match input.paths.as_slice() {
        [only] if only.is_dir() => only.clone(),
        _ => PathBuf::from("."),
    }
}

/// The configuration: the file that is named, else those in the folder of the run and around it, up to the top of the
/// repository.
pub(super) fn config_of(input: &Input) -> Result<Config, RunError> {
    let mut res = Config::default();
    if input.no_config {
        return Ok(res);
    }
    if let Some(file) = &input.config {
        res.add_outer(Utf8Path::new(""), read_config(file)?);
        return Ok(res);
    }
    let Ok(folder) = folder_of(input).canonicalize() else { return Ok(res) };
    let top = repository_top(&folder);
    let mut around: Vec<&Path> = Vec::new();
    for it in folder.ancestors() {
        around.push(it);
        if top.as_deref() == Some(it) {
            break;
        }
    }
    for outer in around.into_iter().rev() {
        let file = outer.join(CONFIG_NAME);
        if file.is_file() {
            let prefix = folder.strip_prefix(outer).ok().and_then(Utf8Path::from_path).unwrap_or(Utf8Path::new(""));
            res.add_outer(prefix, read_config(&file)?);
        }
    }
    Ok(res)
}

fn read_config(file: &Path) -> Result<config::ConfigFile, RunError> {
    // A path below the current folder is shorter to read.
    let here = std::env::current_dir().unwrap_or_default();
    let name = file.strip_prefix(&here).unwrap_or(file).display().to_string();
    Ok(config::parse(&name, &read(file)?)?)
}

/// A text from disk.
pub(super) fn read(file: &Path) -> Result<String, RunError> {
    std::fs::read_to_string(file).map_err(|error| RunError::File { path: file.to_path_buf(), error })
}

/// Where the baseline is, and whether the arguments name it.
pub(super) fn baseline_path(args: &args::Check, config: &Config) -> Option<(PathBuf, bool)> {
    match &args.baseline {
        _ if args.no_baseline => None,
        Some(file) => Some((file.clone(), true)),
        None => {
            let configured: Option<Utf8PathBuf> = config.baseline();
            configured.map(|it| (folder_of(&args.input).join(it), false))
        }
    }
}

/// Where the baseline is to be written.
pub(super) fn new_baseline_path(args: &args::Check, config: &Config) -> PathBuf {
    baseline_path(args, config).map_or_else(|| folder_of(&args.input).join(BASELINE_NAME), |it| it.0)
}

/// The baseline, if there is one. One that only the configuration names may not be written yet.
pub(super) fn baseline_of(args: &args::Check, config: &Config) -> Result<Option<Baseline>, RunError> {
    match baseline_path(args, config) {
        None => Ok(None),
        Some((file, false)) if !file.exists() => {
            super::run::complain(&format!(
                "{}: does not exist yet, so nothing is known; write it with --write-baseline",
                file.display()
            ));
            Ok(None)
        }
        Some((file, _)) => {
            let text = read(&file)?;
            Baseline::parse(&text).map(Some).map_err(|error| RunError::Baseline { path: file, error })
        }
    }
}

/// The lines that count, where not all do.
pub(super) fn changes_of(args: &args::Check) -> Result<Option<Changes>, RunError> {
    if let Some(revision) = &args.since {
        let changed = changed_since(&folder_of(&args.input), revision)?;
        return Ok(Some(Changes::parse(&changed.diff).with_new_files(changed.new_files)));
    }
    let Some(file) = &args.diff else { return Ok(None) };
    let text = match file.as_os_str() == "-" {
        true => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map_err(RunError::Stdin)?;
            text
        }
        false => read(file)?,
    };
    Ok(Some(Changes::parse(&text)))
}
