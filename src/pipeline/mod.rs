//! The run on one page: walk, seeds, facts, frontier, flows, rules, selection, migrations.

mod importers;
mod load;
mod packages;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use camino::Utf8PathBuf;
use rayon::prelude::*;

use crate::flow;
use crate::knowledge::{Knowledge, KnowledgeError};
use crate::lang::Grammars;
use crate::link::Project;
use crate::report::Report;
use crate::rewrite::{self, Applicability, ApplyError, FilePatch, Plan, PlanSettings};
use crate::rules::{self, Finding};
use crate::select;
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
}

/// Reads the input and links what can matter.
///
/// # Errors
/// When nothing could be read.
pub fn load(input: &Input) -> Result<Loaded, PipelineError> {
    let knowledge = Arc::new(Knowledge::embedded()?);
    load::load(input, &knowledge)
}

/// Analyses a loaded tree: what remains, and what can be done about it.
#[must_use]
pub fn check(loaded: &Loaded) -> Report {
    let settings = PlanSettings { patterns: Vec::new(), least: Applicability::Review };
    fix(loaded, &settings).found
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
}

/// Plans the migration of a loaded tree. Parts that no import connects are planned side by side.
#[must_use]
pub fn fix(loaded: &Loaded, settings: &PlanSettings) -> Fixed {
    let project = &loaded.project;
    let analysis = flow::analyze(project);
    let selection = select::select(project, rules::check(project, &analysis));
    let silenced: BTreeSet<(Utf8PathBuf, usize)> = selection
        .silenced
        .iter()
        .filter_map(|it| analysis.flows.get(it.flow?).map(|flow| rewrite::anchor_place(project, flow)))
        .collect();
    let grammars = Grammars::new();
    let rewritten = |it: &&flow::Flow<'_>| project.facts(it.anchor.file).language.rewritten;
    let concerned: BTreeSet<FileId> = analysis.flows.iter().filter(rewritten).map(|it| it.anchor.file).collect();
    let parts = project.parts_with(&concerned);
    let plans: Vec<Plan> = parts.par_iter().map(|part| rewrite::plan(&grammars, part, &silenced, settings)).collect();
    // What is not rewritten needs no plan to say so.
    let others = analysis.flows.iter().filter(|it| !rewritten(it));
    let refused = others.map(|it| (rewrite::anchor_place(project, it), rewrite::not_rewritten(project, it)));
    let mut outcomes: BTreeMap<_, _> = refused.collect();
    outcomes.extend(plans.iter().flat_map(|it| it.outcomes.clone()));
    let place = |it: &Finding| analysis.flows.get(it.flow?).map(|flow| rewrite::anchor_place(project, flow));
    let outcome = |it: &Finding| place(it).and_then(|place| outcomes.get(&place).cloned());
    let found = Report {
        findings: selection.kept.into_iter().map(|it| (outcome(&it), it)).map(|it| (it.1, it.0)).collect(),
        notes: loaded.notes.clone(),
        files: loaded.files,
        silenced: selection.silenced.len(),
    };
    let finished = rewrite::finish(&grammars, project, plans, settings);
    let rest = rest(loaded, &finished.after);
    Fixed { found, patches: finished.patches, rest, notes: finished.notes }
}

/// What remains in the tree as it will be.
fn rest(loaded: &Loaded, after: &Project) -> Report {
    let analysis = flow::analyze(after);
    let selection = select::select(after, rules::check(after, &analysis));
    Report {
        findings: selection.kept.into_iter().map(|finding| (finding, None)).collect(),
        notes: loaded.notes.clone(),
        files: loaded.files,
        silenced: selection.silenced.len(),
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
pub fn source_text(project: &Project, path: &camino::Utf8Path) -> Option<String> {
    let file = project.file_at(path).map(|id| project.file(id).text().to_owned());
    file.or_else(|| project.manifests().iter().find(|it| it.path() == path).map(|it| it.source.text.clone()))
}
