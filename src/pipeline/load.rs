//! Reads a tree: files with needles first, then what they import and what imports them, until nothing is added.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use crate::facts::{self, ManifestKind, manifest_kind, manifest_language};
use crate::knowledge::Knowledge;
use crate::lang::{Grammars, LANGUAGES, Language, ModuleStyle, language_of};
use crate::link::{ManifestFile, Mentions, ModuleIndex, Project, ProjectFile};
use crate::source::{Candidate, NeedleSet, Note, SourceFile, read_bytes, source_file};

use super::importers::Importers;
use super::packages::packages;

/// How far callers of callers are followed through files without needles.
const ROUNDS: usize = 4;
/// How many files may import what a flow imports too for all of them to be read.
const CROWD: usize = 400;

/// The state of loading.
pub(super) struct Loader<'k> {
    knowledge: &'k Arc<Knowledge>,
    grammars: Grammars,
    candidates: BTreeMap<Utf8PathBuf, Candidate>,
    modules: Arc<ModuleIndex>,
    files: Vec<ProjectFile>,
    manifests: Vec<ManifestFile>,
    pub(super) notes: Vec<Note>,
    /// Files that more others import than were read.
    shared: BTreeSet<Utf8PathBuf>,
    /// Whether there is code that may exchange.
    is_hot: bool,
}

impl<'k> Loader<'k> {
    pub(super) fn new(knowledge: &'k Arc<Knowledge>, candidates: BTreeMap<Utf8PathBuf, Candidate>) -> Self {
        let grammars = Grammars::new();
        let packages = packages(&grammars, &candidates);
        let modules = Arc::new(ModuleIndex::new(candidates.keys().cloned()).with_packages(packages));
        Self {
            knowledge,
            grammars,
            candidates,
            modules,
            files: Vec::new(),
            manifests: Vec::new(),
            notes: Vec::new(),
            shared: BTreeSet::new(),
            is_hot: false,
        }
    }

    pub(super) fn seeds(&mut self, seeds: Vec<(Candidate, Vec<u8>)>) {
        let mut sources = Vec::new();
        for (candidate, bytes) in seeds {
            match source_file(&candidate, bytes) {
                Ok(source) => sources.push(source),
                Err(note) => self.notes.push(note),
            }
        }
        let mut chain = self.add(sources);
        // Who imports settings and names is not looked for; who imports what exchanges is.
        chain.retain(|path| self.is_hot(path));
        self.is_hot = !chain.is_empty();
        for _ in 0..ROUNDS {
            if chain.is_empty() {
                break;
            }
            let imported = self.imports_of(&chain);
            let read = self.read(imported.clone());
            self.add(read);
            // What is imported may lose names with the flow, so whoever else imports it counts too.
            let others = self.importers_of(&imported, Some(CROWD));
            self.keep(others.into_iter().map(Ok).collect());
            let importers = self.importers_of(&chain, None);
            chain = self.keep(importers.into_iter().map(Ok).collect());
        }
        if self.is_hot {
            let (members, crowded) = self.crate_files();
            let read = self.read(members);
            self.add(read);
            self.shared.extend(crowded);
        }
    }

    /// The files of the crates that Rust code belongs to: a crate is compiled as a whole, so what none of its files names
    /// is what nothing uses. The second are those of crates with too many files to be read for this.
    fn crate_files(&self) -> (BTreeSet<Utf8PathBuf>, BTreeSet<Utf8PathBuf>) {
        let is_rust = |path: &Utf8Path| path.extension() == Some("rs");
        let own = self.files.iter().map(ProjectFile::path).filter(|it| is_rust(it));
        let folder = |path: &Utf8Path| {
            let mut around = path.ancestors().skip(1);
            around.find(|it| self.candidates.contains_key(&it.join("Cargo.toml"))).map(Utf8Path::to_path_buf)
        };
        let folders: BTreeSet<Utf8PathBuf> = own.filter_map(folder).collect();
        let (mut res, mut crowded) = (BTreeSet::new(), BTreeSet::new());
        for crate_folder in folders {
            let inside = self.candidates.keys().filter(|it| is_rust(it) && it.starts_with(&crate_folder));
            let inside: Vec<&Utf8PathBuf> = inside.collect();
            match inside.len() <= CROWD {
                true => res.extend(inside.into_iter().cloned()),
                false => crowded.extend(inside.into_iter().cloned()),
            }
        }
        (res, crowded)
    }

    /// Whether a file has what no file has that neither exchanges nor asks for a token: texts that only IMS has, or the
    /// needle of a library beside that library's name.
    fn is_hot(&self, path: &Utf8Path) -> bool {
        let Some(file) = self.files.iter().find(|it| it.path() == path) else { return false };
        // The library's name may stand where the file has it from, in a module of the tree that hands it on.
        let has = |text: &str| {
            let imported = || self.imports_of(&BTreeSet::from([path.to_path_buf()]));
            let names = |it: &Candidate| read_bytes(it).is_ok_and(|it| String::from_utf8_lossy(&it).contains(text));
            self.files.iter().any(|it| it.text().contains(text))
                || imported().iter().filter_map(|it| self.candidates.get(it)).any(names)
        };
        let knowledge = self.knowledge;
        let endpoints = knowledge.endpoints.needles.iter().filter(|it| !it.contains('.'));
        let lower = file.text().to_lowercase();
        let language = file.facts.language;
        let own = knowledge.endpoints.own_needles();
        endpoints.map(String::as_str).chain(own).map(str::to_lowercase).any(|it| lower.contains(&it))
            || knowledge.libraries.iter().any(|row| {
                let fits = row.language == "*" || row.language == language.id;
                fits && file.text().contains(row.needle.as_str()) && (language.is_lexical() || has(row.module()))
            })
    }

    /// Makes facts of sources and keeps them. Gives the paths of the code among them.
    pub(super) fn add(&mut self, sources: Vec<SourceFile>) -> BTreeSet<Utf8PathBuf> {
        // A manifest can hold settings too.
        for source in sources.iter().filter(|it| manifest_kind(&it.path).is_some()) {
            self.add_manifest(source.clone());
        }
        let code: Vec<SourceFile> = sources.into_iter().filter(|it| !self.is_loaded(&it.path)).collect();
        let grammars = &self.grammars;
        let made: Vec<Result<ProjectFile, Note>> =
            code.into_par_iter().filter_map(|source| project_file(grammars, source)).collect();
        self.keep(made)
    }

    /// Keeps files whose facts were made. Gives the paths of the code among them.
    fn keep(&mut self, made: Vec<Result<ProjectFile, Note>>) -> BTreeSet<Utf8PathBuf> {
        let mut added = BTreeSet::new();
        for result in made {
            match result {
                Ok(file) => {
                    if file.facts.too_deep {
                        let message = "nested too deeply, the innermost part was not analysed";
                        self.notes.push(Note::new(file.path(), message));
                    }
                    self.notes.extend(trouble(&file));
                    if !file.facts.language.is_data() {
                        added.insert(file.path().to_path_buf());
                    }
                    self.files.push(file);
                }
                Err(note) => self.notes.push(note),
            }
        }
        added
    }

    fn add_manifest(&mut self, source: SourceFile) {
        let Some(kind) = manifest_kind(&source.path) else { return };
        if self.manifests.iter().any(|it| it.path() == source.path) {
            return;
        }
        match facts::manifest(kind, &source.text) {
            Some(manifest) => self.manifests.push(ManifestFile::new(source, manifest)),
            None => self.notes.push(Note::new(source.path, "its syntax is broken, its dependencies are not known")),
        }
    }

    fn is_loaded(&self, path: &Utf8Path) -> bool {
        self.files.iter().any(|it| it.path() == path)
    }

    /// Reads files of the tree that are not loaded yet.
    fn read(&mut self, paths: BTreeSet<Utf8PathBuf>) -> Vec<SourceFile> {
        let mut res = Vec::new();
        for path in paths {
            if self.is_loaded(&path) {
                continue;
            }
            let Some(candidate) = self.candidates.get(&path) else { continue };
            let Ok(bytes) = read_bytes(candidate) else { continue };
            match source_file(candidate, bytes) {
                Ok(source) => res.push(source),
                Err(note) => self.notes.push(note),
            }
        }
        res
    }

    fn imports_of(&self, paths: &BTreeSet<Utf8PathBuf>) -> BTreeSet<Utf8PathBuf> {
        let importing = self.files.iter().filter(|it| paths.contains(it.path()));
        importing.flat_map(|file| file.imported_files(&self.modules)).collect()
    }

    /// The files that import one of `paths`: those that may by their text, and of them those whose imports lead there.
    ///
    /// With a limit, a file that more others may import is not asked about; it is noted as shared.
    fn importers_of(&mut self, paths: &BTreeSet<Utf8PathBuf>, limit: Option<usize>) -> Vec<ProjectFile> {
        let search = Importers::of(paths);
        let others: Vec<&Candidate> =
            self.candidates.values().filter(|it| is_code(&it.path) && !self.is_loaded(&it.path)).collect();
        let hits: Vec<(&Candidate, Vec<u8>, BTreeSet<&Utf8Path>)> = others
            .into_par_iter()
            .filter_map(|candidate| {
                let bytes = read_bytes(candidate).ok()?;
                let imported = search.in_file(&candidate.path, &bytes);
                (!imported.is_empty()).then_some((candidate, bytes, imported))
            })
            .collect();
        let mut counts: BTreeMap<&Utf8Path, usize> = BTreeMap::new();
        for path in hits.iter().flat_map(|it| &it.2) {
            *counts.entry(path).or_default() += 1;
        }
        let crowded = |path: &Utf8Path| limit.is_some_and(|limit| counts.get(path).is_some_and(|it| *it > limit));
        let wanted = |path: &Utf8PathBuf| paths.contains(path) && !crowded(path);
        let grammars = &self.grammars;
        let modules = &self.modules;
        let found: Vec<ProjectFile> = hits
            .par_iter()
            .filter(|(_, _, imported)| imported.iter().any(|it| !crowded(it)))
            .filter_map(|(candidate, bytes, _)| {
                let source = source_file(candidate, bytes.clone()).ok()?;
                let file = project_file(grammars, source)?.ok()?;
                file.imported_files(modules).iter().any(wanted).then_some(file)
            })
            .collect();
        let shared: Vec<Utf8PathBuf> = paths.iter().filter(|it| crowded(it)).cloned().collect();
        self.shared.extend(shared);
        found
    }

    /// Links what was read, with the manifests around the flows and what the rest of the tree says of their libraries.
    pub(super) fn finish(mut self) -> (Project, Vec<Note>) {
        let project = Project::new(self.files.clone(), Arc::clone(&self.modules), Arc::clone(self.knowledge));
        let mut mentions = Mentions::default();
        self.shared.iter().for_each(|it| mentions.share(it));
        if self.is_hot {
            self.manifests_around(&project);
            self.mentions_in_the_rest(&project, &mut mentions);
        }
        self.manifests.sort_by(|one, other| one.path().cmp(other.path()));
        self.notes.sort();
        self.notes.dedup();
        let project = project.with_manifests(self.manifests, Arc::new(mentions));
        (project, self.notes)
    }

    fn manifests_around(&mut self, project: &Project) {
        let folders: BTreeSet<&Utf8Path> =
            project.files().flat_map(|(_, file)| file.path().ancestors().skip(1)).collect();
        let wanted: BTreeSet<Utf8PathBuf> = self
            .candidates
            .keys()
            .filter(|path| manifest_kind(path).is_some())
            .filter(|path| path.parent().is_some_and(|it| folders.contains(governed(it))))
            .cloned()
            .collect();
        for source in self.read(wanted) {
            self.add_manifest(source);
        }
        self.builds_elsewhere(project);
    }

    /// Builds of the JVM that list the SDK that some code uses: other builds of the tree may get it through them.
    fn builds_elsewhere(&mut self, project: &Project) {
        let used = |needle: &str| {
            let mut code = project.files().filter(|(_, it)| it.facts.language.id == "java");
            code.any(|(_, it)| it.text().contains(needle))
        };
        let rows = self.knowledge.libraries.iter().filter(|it| it.sdk.is_some() && it.language == "java");
        let artifacts: BTreeSet<&str> =
            rows.filter(|it| used(&it.needle)).filter_map(|it| it.package.split(':').nth(1)).collect();
        if artifacts.is_empty() {
            return;
        }
        let is_build = |path: &&Utf8PathBuf| {
            manifest_kind(path).is_some_and(|it| matches!(it, ManifestKind::Maven | ManifestKind::Gradle))
        };
        let builds: BTreeSet<Utf8PathBuf> = self.candidates.keys().filter(is_build).cloned().collect();
        for source in self.read(builds) {
            if artifacts.iter().any(|it| source.text.contains(it)) {
                self.add_manifest(source);
            }
        }
    }

    fn mentions_in_the_rest(&self, project: &Project, mentions: &mut Mentions) {
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for manifest in &self.manifests {
            let language = manifest_language(manifest.manifest.kind);
            for dependency in &manifest.manifest.dependencies {
                for module in project.modules_of(language, &dependency.name) {
                    for text in mention_texts(language, &module) {
                        texts.insert(text, module.clone());
                    }
                }
            }
        }
        let Ok(needles) = NeedleSet::new(texts.keys().cloned()) else { return };
        let others: Vec<&Candidate> =
            self.candidates.values().filter(|it| is_code(&it.path) && !self.is_loaded(&it.path)).collect();
        let found: Vec<(&Utf8Path, Vec<String>)> = others
            .into_par_iter()
            .filter_map(|candidate| {
                let bytes = read_bytes(candidate).ok()?;
                let modules =
                    needles.found_in(&bytes).into_iter().filter_map(|text| texts.get(text).cloned()).collect();
                Some((candidate.path.as_path(), modules))
            })
            .collect();
        for (path, modules) in found {
            for module in modules {
                mentions.add(&module, path);
            }
        }
    }
}

/// The folder that manifests in a folder govern.
fn governed(folder: &Utf8Path) -> &Utf8Path {
    match (folder.file_name(), folder.parent()) {
        (Some("requirements" | "gradle"), Some(parent)) => parent,
        _ => folder,
    }
}

/// What cannot be read of a file whose facts were made.
fn trouble(file: &ProjectFile) -> Vec<Note> {
    let mut res = Vec::new();
    if !file.source.is_utf8 {
        let message = "not UTF-8; analysed with what is none replaced, and not rewritten";
        res.push(Note::new(file.path(), message));
    }
    if let Some(error) = file.facts.errors.first() {
        let line = file.lines.line_column(file.text(), error.start).line;
        let message = format!("its syntax is broken at line {line}; what stands there may be missed");
        res.push(Note::new(file.path(), message));
    }
    res
}

fn is_code(path: &Utf8Path) -> bool {
    language_of(path.file_name().unwrap_or_default()).is_some_and(|it| !it.is_data())
}

/// How code in a language names a module when it imports it.
fn mention_texts(language: &str, module: &str) -> Vec<String> {
    match LANGUAGES.iter().find(|it| it.id == language).map(|it| it.modules) {
        Some(ModuleStyle::Python) => vec![format!("import {module}"), format!("from {module}")],
        Some(ModuleStyle::Java) => vec![format!("import {module}"), format!("import static {module}")],
        Some(ModuleStyle::Rust) => vec![format!("{}::", module.replace('-', "_"))],
        Some(ModuleStyle::Node) => vec![format!("'{module}"), format!("\"{module}"), format!("`{module}")],
        Some(ModuleStyle::Folder | ModuleStyle::Data) | None => vec![module.to_owned()],
    }
}

/// The facts of a source; none when no grammar reads it.
fn project_file(grammars: &Grammars, source: SourceFile) -> Option<Result<ProjectFile, Note>> {
    let language: &'static Language = language_of(source.path.file_name()?)?;
    let path = source.path.clone();
    // A defect in a grammar or in our reading of it costs one file, not the run.
    let made = catch_unwind(AssertUnwindSafe(|| {
        let facts = facts::read(grammars, language, source.parsed()).map_err(|error| error.to_string())?;
        Ok::<_, String>(ProjectFile::new(source, facts))
    }));
    Some(match made {
        Ok(Ok(file)) => Ok(file),
        Ok(Err(message)) => Err(Note::new(path, format!("not analysed: {message}"))),
        Err(_) => Err(Note::new(path, "not analysed: the analysis failed on it; please report this file's shape")),
    })
}
