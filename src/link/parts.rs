//! The parts of a project that no import connects, which can be planned side by side.

use std::collections::BTreeSet;
use std::sync::Arc;

use camino::Utf8PathBuf;

use crate::text::FileId;

use super::manifests::nearest_folder;
use super::project::{Project, ProjectFile};

impl Project {
    /// The parts of the project, cut where no import connects it, that hold one of the files asked for; each with all
    /// manifests and all settings.
    #[must_use]
    pub fn parts_with(&self, wanted: &BTreeSet<FileId>) -> Vec<Self> {
        let mut group: Vec<usize> = (0..self.files.len()).collect();
        let mut join = |one: usize, other: usize| {
            let (Some(one), Some(two)) = (group.get(one).copied(), group.get(other).copied()) else { return };
            group.iter_mut().filter(|it| **it == two).for_each(|it| *it = one);
        };
        let frameworks: Vec<&str> = self.knowledge.settings.iter().map(|it| it.module()).collect();
        for (index, data) in self.files.iter().enumerate() {
            let framework = data.facts.imports.iter().any(|(_, it)| frameworks.contains(&it.module.as_str()));
            let modules = self.settings.modules.iter().filter(|_| framework);
            modules.for_each(|other| join(index, other.0 as usize));
        }
        for (index, imports) in self.imports.iter().enumerate() {
            imports.iter().for_each(|other| join(index, other.0 as usize));
        }
        let ids: BTreeSet<usize> = wanted.iter().filter_map(|it| group.get(it.0 as usize)).copied().collect();
        let part = |id: usize| {
            let code: Vec<&ProjectFile> =
                self.files.iter().zip(&group).filter(|(_, it)| **it == id).map(|(file, _)| file).collect();
            let data = self.files.iter().zip(&group).filter(|(file, it)| **it != id && file.facts.language.is_data());
            let packages: BTreeSet<Utf8PathBuf> = code.iter().map(|it| nearest_folder(self, it.path())).collect();
            let read = data.map(|(file, _)| file).filter(|file| self.may_be_read(file, &code, &packages));
            let files: Vec<ProjectFile> = code.iter().copied().chain(read).cloned().collect();
            Self::new(files, Arc::clone(&self.modules), Arc::clone(&self.knowledge))
                .with_manifests(self.manifests.clone(), Arc::clone(&self.mentions))
        };
        ids.into_iter().map(part).collect()
    }

    /// Whether code may read a file of settings, which no import tells: the file is of a package around the code or within
    /// its own, or the code names it.
    fn may_be_read(&self, settings: &ProjectFile, code: &[&ProjectFile], packages: &BTreeSet<Utf8PathBuf>) -> bool {
        let path = settings.path();
        let home = nearest_folder(self, path);
        let name = path.file_name().unwrap_or_default();
        packages.iter().any(|it| path.starts_with(it))
            || code.iter().any(|it| it.path().starts_with(&home) || it.text().contains(name))
    }
}
