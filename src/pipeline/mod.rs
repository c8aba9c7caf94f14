//! The run on one page: walk, seeds, facts, frontier, flows, rules, selection, migrations.

mod importers;
mod load;
mod packages;
mod scan;
mod why;

pub use why::explain_why_not;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::PathBuf;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use crate::config::{Config, ConfigError};
use crate::flow;
use crate::knowledge::KnowledgeError;
use crate::lang::Grammars;
use crate::link::Project;
use crate::report::{LeftOut, Report};
use crate::rewrite::{self, Applicability, ApplyError, FilePatch, Outcome, Plan, PlanSettings};
use crate::rules::{self, Finding};
use crate::select::{self, Entry, SelectSettings, Selection};
use crate::source::Note;
use crate::text::FileId;

/// What to analyse.
#[derive(Debug, Clone)]
pub enum Input {
    /// Files and folders.
    Paths {
        /// Where they are.
        paths: Vec<PathBuf>,
        /// How many threads search them; as many as there are cores where it is left out. The result is the same.
        threads: Option<NonZeroUsize>,
    },
    /// Text from standard input, under the name it would have as a file.
    Text {
        /// The name, which tells the language.
        path: Utf8PathBuf,
        /// The text.
        text: String,
    },
}

/// The run could not be done at all.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The embedded tables are broken.
    #[error(transparent)]
    Knowledge(#[from] KnowledgeError),
    /// Needles could not be compiled.
    #[error("cannot compile the search for needles: {0}")]
    Needles(#[from] aho_corasick::BuildError),
    /// None of the given paths exists.
    #[error("{}", .0.iter().map(|it| format!("{}: {}", it.path, it.message)).collect::<Vec<_>>().join("\n"))]
    NoInput(Vec<Note>),
    /// The name given for standard input tells no language.
    #[error("{0}: its name tells no language that is analysed; name it like the file it comes from, such as auth.js")]
    UnknownLanguage(Utf8PathBuf),
    /// A configuration file says what it must not.
    #[error(transparent)]
    ConfigSyntax(#[from] ConfigError),
    /// A configuration file cannot be read.
    #[error("{path}: cannot be read: {error}")]
    Config {
        /// The file.
        path: Utf8PathBuf,
        /// What the file system says.
        error: std::io::Error,
    },
}

/// A tree that was read and linked.
#[derive(Debug)]
pub struct Loaded {
    /// The files that can matter.
    pub project: Project,
    /// Trouble with single files.
    pub notes: Vec<Note>,
    /// How many files there are.
    pub files: usize,
    /// The folder that paths are relative to.
    pub base: PathBuf,
    /// The files that the walk found.
    pub walked: BTreeSet<Utf8PathBuf>,
    /// The configuration, with that of folders below.
    pub config: Config,
    /// The files that were asked for, where only files were.
    pub asked: Option<BTreeSet<Utf8PathBuf>>,
    /// The folder that paths are relative to, seen from the top of its repository.
    pub folder: Utf8PathBuf,
}

impl Loaded {
    /// Whether a file was asked for: where only files were given, whether it is one of them.
    #[must_use]
    pub fn is_asked(&self, path: &Utf8Path) -> bool {
        self.asked.as_ref().is_none_or(|it| it.contains(path))
    }
}

/// Reads the input and links what can matter.
///
/// # Errors
/// When nothing could be read, or a configuration file below says what it must not.
pub fn load(input: &Input, config: Config) -> Result<Loaded, PipelineError> {
    scan::load(input, config)
}

/// Analyses a loaded tree: what remains, and what can be done about it.
#[must_use]
pub fn check(loaded: &Loaded, select: &SelectSettings<'_>) -> (Report, Vec<Entry>) {
    let patterns = |path: &Utf8Path, language: &str| loaded.config.patterns(&[], path, language);
    let settings = PlanSettings { patterns: &patterns, least: Applicability::Review };
    let fixed = fix(loaded, select, &settings);
    (fixed.found, fixed.stale)
}

/// What there is to find, without looking for migrations.
#[must_use]
pub fn findings(loaded: &Loaded, select: &SelectSettings<'_>) -> Selection {
    let analysis = flow::analyze(&loaded.project);
    select::select(&loaded.project, rules::check(&loaded.project, &analysis), select)
}

/// The findings by what becomes of them, in words.
fn findings_by_state(selection: &Selection) -> [(&'static str, &[Finding]); 5] {
    [
        ("reported", &selection.kept),
        ("silenced by a comment", &selection.silenced),
        ("known by the baseline", &selection.baselined),
        ("not in changed lines", &selection.unchanged),
        ("its rule is off", &selection.off),
    ]
}

/// A migration of a whole tree, and what remains after it.
#[derive(Debug)]
pub struct Fixed {
    /// The flows that were found, each with what is offered for it.
    pub found: Report,
    /// The files that change.
    pub patches: Vec<FilePatch>,
    /// What is left when they have changed.
    pub rest: Report,
    /// What a person has to do besides.
    pub notes: Vec<String>,
    /// The entries of the baseline that no finding answers to.
    pub stale: Vec<Entry>,
}

/// Plans the migration of what is selected of a loaded tree. Parts that no import connects are planned side by side.
#[must_use]
pub fn fix(loaded: &Loaded, select: &SelectSettings<'_>, settings: &PlanSettings<'_>) -> Fixed {
    let project = &loaded.project;
    let analysis = flow::analyze(project);
    let selection = select::select(project, rules::check(project, &analysis), select);
    let kept: BTreeSet<usize> = selection.kept.iter().filter_map(|it| it.flow).collect();
    let (reported, others): (Vec<_>, Vec<_>) = analysis.flows.iter().enumerate().partition(|it| kept.contains(&it.0));
    let left_alone: BTreeSet<_> = others.iter().map(|it| rewrite::anchor_place(project, it.1)).collect();
    let grammars = Grammars::new();
    let rewritten = |it: &flow::Flow<'_>| project.facts(it.anchor.file).language.rewritten;
    let concerned: BTreeSet<FileId> = reported.iter().filter(|it| rewritten(it.1)).map(|it| it.1.anchor.file).collect();
    let parts = project.parts_with(&concerned);
    let plans: Vec<Plan> = parts.par_iter().map(|part| rewrite::plan(&grammars, part, &left_alone, settings)).collect();
    // What is not rewritten needs no plan to say so.
    let refused = reported.iter().filter(|it| !rewritten(it.1));
    let refused = refused.map(|it| (rewrite::anchor_place(project, it.1), rewrite::not_rewritten(project, it.1)));
    let mut outcomes: BTreeMap<_, _> = refused.collect();
    outcomes.extend(plans.iter().flat_map(|it| it.outcomes.clone()));
    let place = |it: &Finding| analysis.flows.get(it.flow?).map(|flow| rewrite::anchor_place(project, flow));
    let outcome = |it: &Finding| place(it).and_then(|place| outcomes.get(&place).cloned());
    let touched: BTreeMap<_, _> = plans.iter().flat_map(|it| it.touched.clone()).collect();
    let touched = |flow: &flow::Flow<'_>| touched.get(&rewrite::anchor_place(project, flow)).cloned();
    let migrated: Vec<_> = reported.iter().filter_map(|(index, it)| Some((*index, touched(it)?))).collect();
    let finished = rewrite::finish(&grammars, project, plans, settings);
    let found =
        Report { fixes: rewrite::fixes(&migrated, &finished.patches), ..report(loaded, select, &selection, outcome) };
    let rest = rest(loaded, &finished.after, select);
    Fixed { found, patches: finished.patches, rest, notes: finished.notes, stale: selection.stale }
}

/// What remains in the tree as it will be.
fn rest(loaded: &Loaded, after: &Project, select: &SelectSettings<'_>) -> Report {
    let analysis = flow::analyze(after);
    let selection = select::select(after, rules::check(after, &analysis), select);
    report(loaded, select, &selection, |_| None)
}

fn report(
    loaded: &Loaded,
    select: &SelectSettings<'_>,
    selection: &Selection,
    outcome: impl Fn(&Finding) -> Option<Outcome>,
) -> Report {
    Report {
        findings: selection.kept.iter().map(|it| (it.clone(), outcome(it))).collect(),
        fixes: Vec::new(),
        notes: loaded.notes.clone(),
        files: loaded.files,
        left_out: LeftOut {
            silenced: selection.silenced.len(),
            baselined: selection.baselined.len(),
            unchanged: selection.unchanged.len(),
            off: selection.off.len(),
        },
        folder: select.folder.to_path_buf(),
    }
}

/// Writes the files that a migration changes.
///
/// # Errors
/// When a file changed since it was read or cannot be written; then nothing is written.
pub fn write(loaded: &Loaded, fixed: &Fixed) -> Result<(), ApplyError> {
    let on_disk = |patch: &FilePatch| {
        let file = loaded.project.file_at(&patch.path).and_then(|id| loaded.project.file(id).source.on_disk.clone());
        let manifest = || loaded.project.manifests().iter().find(|it| it.path() == patch.path);
        file.or_else(|| manifest().and_then(|it| it.source.on_disk.clone()))
    };
    rewrite::apply(&fixed.patches, &on_disk)
}

/// The text of a loaded file.
#[must_use]
pub fn source_text(project: &Project, path: &Utf8Path) -> Option<String> {
    let file = project.file_at(path).map(|id| project.file(id).text().to_owned());
    file.or_else(|| project.manifests().iter().find(|it| it.path() == path).map(|it| it.source.text.clone()))
}
