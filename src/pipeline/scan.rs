//! The walk: which files there are, which of them may matter, and what the configuration says of them.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::{Component, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};

use crate::config::{self, CONFIG_NAME, Config};
use crate::facts::manifest_kind;
use crate::knowledge::Knowledge;
use crate::lang::{ConfigFormat, Syntax, language_of};
use crate::select::SILENCE_NEEDLE;
use crate::source::{Candidate, Needles, Note, Roots, SourceFile, is_utf16, read_bytes, repository_top, walk};

use super::load::Loader;
use super::{Input, Loaded, PipelineError};

/// A file that was found, with its bytes where it holds a needle.
type Found = (Candidate, Option<Vec<u8>>);

/// Loads an input.
pub(super) fn load(input: &Input, config: Config) -> Result<Loaded, PipelineError> {
    let knowledge = Arc::new(Knowledge::embedded()?.with(&config.custom())?);
    match input {
        Input::Paths { paths, threads } => {
            let threads = threads.or_else(|| std::thread::available_parallelism().ok());
            from_paths(paths, threads.map_or(1, NonZeroUsize::get), &knowledge, config)
        }
        Input::Text { path, text } => from_text(path, text, &knowledge, config),
    }
}

fn from_text(path: &Utf8Path, text: &str, knowledge: &Arc<Knowledge>, config: Config) -> Result<Loaded, PipelineError> {
    let name = path.file_name().unwrap_or_default();
    if language_of(name).is_none() && manifest_kind(path).is_none() {
        return Err(PipelineError::UnknownLanguage(path.to_path_buf()));
    }
    let mut loader = Loader::new(knowledge, BTreeMap::new());
    match SourceFile::of_language(path.to_path_buf(), None, text.to_owned()) {
        Ok(source) => drop(loader.add(vec![source])),
        Err(note) => loader.notes.push(note),
    }
    let (project, notes) = loader.finish();
    Ok(Loaded {
        project,
        notes,
        files: 1,
        base: PathBuf::new(),
        walked: BTreeSet::new(),
        config,
        asked: None,
        folder: Utf8PathBuf::new(),
    })
}

/// The walk of some roots.
struct Scan<'s> {
    needles: Needles,
    threads: usize,
    config: &'s Config,
}

impl Scan<'_> {
    /// All files, in no order, and what could not be read.
    fn run(&self, roots: &Roots) -> (Vec<Found>, Vec<Note>) {
        let found: Mutex<Vec<Found>> = Mutex::new(Vec::new());
        let noted: Mutex<Vec<Note>> = Mutex::new(Vec::new());
        let note = |it: Note| noted.lock().unwrap_or_else(PoisonError::into_inner).push(it);
        let visit = |candidate: Candidate| {
            if let Some(it) = self.visit(candidate, &note) {
                found.lock().unwrap_or_else(PoisonError::into_inner).push(it);
            }
        };
        walk(roots, self.threads, &|path| self.config.excludes(path), &visit, &note);
        let inner = |it: Mutex<_>| it.into_inner().unwrap_or_else(PoisonError::into_inner);
        (inner(found), noted.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    fn visit(&self, candidate: Candidate, note: &dyn Fn(Note)) -> Option<Found> {
        let name = candidate.path.file_name().unwrap_or_default();
        if language_of(name).is_none() && manifest_kind(&candidate.path).is_none() {
            return None;
        }
        if name == CONFIG_NAME {
            // It says what is to be found, which is no finding.
            return Some((candidate, None));
        }
        let seed = match read_bytes(&candidate) {
            Ok(bytes) => {
                // No needle is found in UTF-16; reading it says why.
                let wanted = self.needles.any_in(&bytes) || is_key(&candidate.path, &bytes) || is_utf16(&bytes);
                (wanted && !is_generated(&bytes)).then_some(bytes)
            }
            Err(error) => {
                let message = error.to_string().split(" (os error").next().unwrap_or_default().to_lowercase();
                note(Note::new(candidate.path.clone(), format!("cannot be read, left out: {message}")));
                None
            }
        };
        Some((candidate, seed))
    }
}

fn from_paths(
    paths: &[PathBuf],
    threads: usize,
    knowledge: &Arc<Knowledge>,
    mut config: Config,
) -> Result<Loaded, PipelineError> {
    let (roots, mut notes) = Roots::new(paths);
    if roots.is_empty() {
        return Err(PipelineError::NoInput(notes));
    }
    let needles = Needles::new(needle_texts(knowledge), &knowledge.endpoints.hints)?;
    let scan = Scan { needles, threads, config: &config };
    let (mut found, noted) = scan.run(&roots);
    notes.extend(noted);
    let count = found.iter().filter(|it| it.0.path.file_name() != Some(CONFIG_NAME)).count();
    let asked: Option<BTreeSet<Utf8PathBuf>> =
        roots.are_files().then(|| found.iter().map(|it| it.0.path.clone()).collect());
    // Files alone tell only a part of a flow. What is around them is read when there is any reason to.
    let around = roots.around().filter(|_| found.iter().any(|it| it.1.is_some()));
    if let Some(around) = around {
        // A file may be given that an ignore file leaves out.
        let given = |path: &Utf8PathBuf| asked.as_ref().is_some_and(|it| it.contains(path));
        let beside = scan.run(&around).0;
        found.extend(beside.into_iter().filter(|it| !given(&it.0.path)));
    }
    if roots.are_files() {
        found.extend(configs_around(&roots, &found));
    }
    notes.extend(add_inner(&mut config, &found)?);
    if config.has_inner() {
        found.retain(|it| !is_excluded(&config, &it.0.path));
    }
    let walked = found.iter().map(|it| it.0.path.clone()).collect();
    let mut seeds: Vec<(Candidate, Vec<u8>)> = Vec::new();
    let mut candidates = BTreeMap::new();
    // Without a seed nothing is imported, so nothing needs to be known of the others.
    if found.iter().any(|it| it.1.is_some()) {
        for (candidate, seed) in found.into_iter().filter(|it| it.0.path.file_name() != Some(CONFIG_NAME)) {
            candidates.insert(candidate.path.clone(), candidate.clone());
            seeds.extend(seed.map(|bytes| (candidate, bytes)));
        }
    }
    let mut loader = Loader::new(knowledge, candidates);
    loader.notes = notes;
    loader.seeds(seeds);
    let (project, notes) = loader.finish();
    let (base, folder) = (roots.base().to_path_buf(), from_top(&roots));
    Ok(Loaded { project, notes, files: count, base, walked, config, asked, folder })
}

/// The configuration files in the folders of files that were given, which no walk has found.
fn configs_around(roots: &Roots, found: &[Found]) -> Vec<Found> {
    let folders: BTreeSet<&Utf8Path> = found.iter().flat_map(|it| it.0.path.ancestors().skip(1)).collect();
    let known = |path: &Utf8Path| found.iter().any(|it| it.0.path == path);
    let files = folders.into_iter().map(|it| it.join(CONFIG_NAME)).filter(|it| !known(it));
    let files = files.map(|path| Candidate { on_disk: roots.base().join(&path), path });
    files.filter(|it| it.on_disk.is_file()).map(|it| (it, None)).collect()
}

/// Reads the configuration files of folders below that of the run, outer ones first. Gives what they say in vain.
fn add_inner(config: &mut Config, found: &[Found]) -> Result<Vec<Note>, PipelineError> {
    let files = found.iter().map(|it| &it.0).filter(|it| it.path.file_name() == Some(CONFIG_NAME));
    let mut files: Vec<&Candidate> = files.filter(|it| it.path.parent().is_some_and(|it| it != "")).collect();
    files.sort_by_key(|it| (it.path.components().count(), &it.path));
    let mut notes = Vec::new();
    for file in files {
        let cannot = |error| PipelineError::Config { path: file.path.clone(), error };
        let text = String::from_utf8_lossy(&read_bytes(file).map_err(cannot)?).into_owned();
        let folder = file.path.parent().unwrap_or(Utf8Path::new(""));
        notes.extend(config.add_inner(folder, config::parse(file.path.as_str(), &text)?));
    }
    Ok(notes)
}

/// Whether a file, or a folder around it, is left out.
fn is_excluded(config: &Config, path: &Utf8Path) -> bool {
    path.ancestors().filter(|it| *it != "").any(|it| config.excludes(it))
}

/// The folder of the run as it is seen from the top of its repository; outside of one, from the current folder.
fn from_top(roots: &Roots) -> Utf8PathBuf {
    let inner = || {
        let top = repository_top(roots.base())?;
        let folder = roots.base().canonicalize().ok()?;
        Utf8PathBuf::from_path_buf(folder.strip_prefix(top).ok()?.to_path_buf()).ok()
    };
    let given = || {
        let plain: PathBuf = roots.base().components().filter(|it| *it != Component::CurDir).collect();
        let below = plain.components().all(|it| matches!(it, Component::Normal(_)));
        Utf8PathBuf::from_path_buf(plain).ok().filter(|_| below)
    };
    let folder = inner().or_else(given).unwrap_or_default();
    folder.as_str().replace(std::path::MAIN_SEPARATOR, "/").into()
}

/// Every text without which a file can hold no part of a flow.
fn needle_texts(knowledge: &Knowledge) -> Vec<String> {
    let libraries = knowledge.libraries.iter().map(|it| it.needle.clone());
    let credentials = knowledge.credentials.needles.iter().cloned();
    let own = knowledge.endpoints.own_needles().map(str::to_owned);
    let helpers = knowledge.token_helpers.iter().map(|it| it.name().to_owned());
    let silences = std::iter::once(SILENCE_NEEDLE.to_owned());
    let embedded = knowledge.endpoints.needles.iter().cloned().chain(libraries).chain(credentials);
    embedded.chain(own).chain(helpers).chain(silences).collect()
}

/// Whether a file says at its top that a tool wrote it.
fn is_generated(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(bytes.get(..HEAD.min(bytes.len())).unwrap_or_default());
    let comments =
        head.lines().take(10).map(str::trim_start).filter(|it| it.starts_with(['/', '*', '#', ';', '<', '-']));
    comments
        .into_iter()
        .any(|it| it.contains("@generated") || (it.contains("generated by") && it.contains("DO NOT EDIT")))
}

/// How much of a file is its top.
const HEAD: usize = 600;

/// Whether a file is a private key in PEM.
fn is_key(path: &Utf8Path, bytes: &[u8]) -> bool {
    let language = language_of(path.file_name().unwrap_or_default());
    matches!(language.map(|it| &it.syntax), Some(Syntax::Config(ConfigFormat::Key)))
        && bytes.windows(KEY_MARK.len()).any(|it| it == KEY_MARK)
}

/// What every private key in PEM says of itself.
const KEY_MARK: &[u8] = b"PRIVATE KEY-----";

#[cfg(test)]
mod tests {
    use super::*;

    /// Beyond 64 texts the first search is no vector search any more, and a scan takes three times as long.
    #[test]
    fn the_first_search_is_narrow() {
        let knowledge = Knowledge::embedded().unwrap();
        let needles = Needles::new(needle_texts(&knowledge), &knowledge.endpoints.hints).unwrap();
        assert!(needles.width() <= 64, "{} texts; give new needles a hint in endpoints.toml", needles.width());
    }
}
