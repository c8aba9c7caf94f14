//! The run on one page: walk, seeds, facts, frontier, flows, rules, selection, migrations.

mod load;

use std::path::PathBuf;
use std::sync::Arc;

use camino::Utf8PathBuf;

use crate::flow;
use crate::knowledge::{Knowledge, KnowledgeError};
use crate::link::Project;
use crate::report::Report;
use crate::rules;
use crate::select;
use crate::source::Note;

/// What to analyse.
#[derive(Debug, Clone)]
pub enum Input {
    /// Files and folders.
    Paths(Vec<PathBuf>),
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
    let analysis = flow::analyze(&loaded.project);
    let found = rules::check(&loaded.project, &analysis);
    let selection = select::select(&loaded.project, found);
    Report {
        findings: selection.kept.into_iter().map(|finding| (finding, None)).collect(),
        notes: loaded.notes.clone(),
        files: loaded.files,
        silenced: selection.silenced,
    }
}

/// The text of a loaded file.
#[must_use]
pub fn source_text(project: &Project, path: &camino::Utf8Path) -> Option<String> {
    let file = project.file_at(path).map(|id| project.file(id).text().to_owned());
    file.or_else(|| project.manifests().iter().find(|it| it.path() == path).map(|it| it.source.text.clone()))
}
