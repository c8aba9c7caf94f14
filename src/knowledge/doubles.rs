//! Where tests are, and what stands in for a server in them.

use camino::Utf8Path;
use serde::Deserialize;

use super::KnowledgeError;
use super::pattern::Pattern;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DoublesFile {
    #[serde(rename = "source")]
    _source: String,
    folders: Vec<String>,
    files: String,
    words: Vec<String>,
    module_mocks: Vec<String>,
    module_tables: Vec<String>,
}

/// How test doubles are recognized.
#[derive(Debug)]
pub struct Doubles {
    /// Folders that hold tests.
    pub folders: Vec<String>,
    /// The names of test files.
    pub files: Pattern,
    /// Words of libraries that answer in place of a server.
    pub words: Vec<String>,
    /// Calls that put something in the place of the module that they name first.
    pub module_mocks: Vec<String>,
    /// Calls that load a module and are given, behind its name, a record of what stands in for the modules it loads.
    pub module_tables: Vec<String>,
}

impl Doubles {
    pub(super) fn compile(file: DoublesFile) -> Result<Self, KnowledgeError> {
        Ok(Self {
            folders: file.folders,
            files: Pattern::new("doubles.toml", &file.files)?,
            words: file.words,
            module_mocks: file.module_mocks,
            module_tables: file.module_tables,
        })
    }

    /// Whether a path is that of a test.
    #[must_use]
    pub fn is_test(&self, path: &Utf8Path) -> bool {
        let folder = path.parent().is_some_and(|it| {
            it.components().any(|part| self.folders.iter().any(|name| name.eq_ignore_ascii_case(part.as_str())))
        });
        folder || path.file_name().is_some_and(|it| self.files.is_match(it))
    }
}
