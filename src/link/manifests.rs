//! Packages: which manifest governs a file, and who uses which distribution.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::facts::{BindingId, Manifest, ManifestKind, Value, manifest_language};
use crate::lang::ModuleStyle;
use crate::source::SourceFile;
use crate::text::{FileId, LineIndex};

use super::modules::modules_named;
use super::origin::Origin;
use super::project::{Expr, Project};

/// A manifest of the tree.
#[derive(Debug, Clone)]
pub struct ManifestFile {
    /// Path and text.
    pub source: Arc<SourceFile>,
    /// What it asks for.
    pub manifest: Manifest,
    /// Its lines.
    pub lines: Arc<LineIndex>,
}

impl ManifestFile {
    /// A manifest with its lines.
    #[must_use]
    pub fn new(source: SourceFile, manifest: Manifest) -> Self {
        Self { lines: Arc::new(LineIndex::new(&source.text)), source: Arc::new(source), manifest }
    }

    /// The path relative to the scanned root.
    #[must_use]
    pub fn path(&self) -> &Utf8Path {
        &self.source.path
    }

    /// The folder it governs.
    #[must_use]
    pub fn folder(&self) -> &Utf8Path {
        let folder = self.path().parent().unwrap_or(Utf8Path::new(""));
        match folder.file_name() {
            // `requirements/base.txt` governs what is beside its folder, as a version catalog does.
            Some("requirements" | "gradle") => folder.parent().unwrap_or(Utf8Path::new("")),
            _ => folder,
        }
    }
}

/// What is known of the files that were not loaded: which modules they mention, and whose names they use.
#[derive(Debug, Clone, Default)]
pub struct Mentions {
    by_module: BTreeMap<String, Vec<Utf8PathBuf>>,
    shared: BTreeSet<Utf8PathBuf>,
}

impl Mentions {
    /// Notes that a file mentions a module.
    pub fn add(&mut self, module: &str, path: &Utf8Path) {
        self.by_module.entry(module.to_owned()).or_default().push(path.to_path_buf());
    }

    /// Notes that a file is imported by others that were not loaded.
    pub fn share(&mut self, path: &Utf8Path) {
        self.shared.insert(path.to_path_buf());
    }

    /// Whether a file is imported by others that were not loaded, so that it must keep what it exports.
    #[must_use]
    pub fn is_shared(&self, path: &Utf8Path) -> bool {
        self.shared.contains(path)
    }

    /// Whether a file below a folder mentions a module.
    #[must_use]
    pub fn below(&self, folder: &Utf8Path, module: &str) -> bool {
        self.by_module.get(module).is_some_and(|paths| paths.iter().any(|path| path.starts_with(folder)))
    }
}

/// The folder of the package that a path belongs to: the nearest one around it with a manifest, else the scanned root.
#[must_use]
pub fn nearest_folder(project: &Project, path: &Utf8Path) -> Utf8PathBuf {
    let found = path.ancestors().skip(1).find(|it| project.package_folders.contains(it.as_str()));
    found.unwrap_or(Utf8Path::new("")).to_path_buf()
}

/// The folders that a manifest makes a package.
pub(super) fn package_folders(manifests: &[ManifestFile]) -> HashSet<String> {
    let packages = manifests.iter().filter(|it| it.manifest.kind != ManifestKind::Environment);
    packages.map(|it| it.folder().to_string()).collect()
}

impl Project {
    /// The manifests of a language that govern a file: those in the nearest folder around it that has any.
    #[must_use]
    pub fn manifests_of(&self, path: &Utf8Path, language: &str) -> Vec<&ManifestFile> {
        let fitting: Vec<&ManifestFile> = self
            .manifests()
            .iter()
            .filter(|it| manifest_language(it.manifest.kind) == language && path.starts_with(it.folder()))
            .collect();
        let nearest = fitting.iter().map(|it| it.folder().as_str().len()).max();
        fitting.into_iter().filter(|it| Some(it.folder().as_str().len()) == nearest).collect()
    }

    /// The packages from elsewhere that a file of Node imports, without what comes with Node.
    #[must_use]
    pub fn packages_of(&self, file: FileId) -> BTreeSet<String> {
        let data = self.file(file);
        let own = |it: &String| {
            it.starts_with(['.', '/', '#'])
                || it.starts_with("node:")
                || self.modules().resolve(data.facts.language, data.path(), it).is_some()
        };
        let names = modules_named(&data.facts).into_iter().filter(|it| !own(it)).map(|it| {
            let parts = if it.starts_with('@') { 2 } else { 1 };
            it.split('/').take(parts).collect::<Vec<_>>().join("/")
        });
        names.filter(|it| !self.knowledge().node_modules.contains(it)).collect()
    }

    /// Whether code below a folder reads an environment variable: names it as a member, a key or in text.
    #[must_use]
    pub fn reads_variable(&self, folder: &Utf8Path, variable: &str) -> bool {
        let key = crate::facts::Projection::Key(variable.to_owned());
        self.files().filter(|(_, data)| data.path().starts_with(folder)).any(|(_, data)| {
            let facts = &data.facts;
            facts.values.iter().any(|(id, it)| match &it.value {
                Value::Member { name, .. } => name == variable,
                Value::Text(_) => facts.literal_text(id).is_some_and(|it| it == variable),
                _ => false,
            }) || facts.bindings.iter().any(|(_, it)| it.definitions.iter().any(|it| it.path.contains(&key)))
        })
    }

    /// The modules a distribution is imported by.
    #[must_use]
    pub fn modules_of(&self, language: &str, distribution: &str) -> Vec<String> {
        match self.knowledge().package(language, distribution) {
            Some(row) => row.imports.clone(),
            // The name of an environment variable is the text that reads it.
            None if language == "rust" => vec![distribution.replace('-', "_")],
            None if language == "python" => vec![distribution.to_lowercase().replace('-', "_")],
            // A distribution of types serves the module it declares; a scope is spelled with two underscores.
            None => match distribution.strip_prefix("@types/") {
                Some(typed) => vec![match typed.split_once("__") {
                    Some((scope, name)) => format!("@{scope}/{name}"),
                    None => typed.to_owned(),
                }],
                None => vec![distribution.to_owned()],
            },
        }
    }

    /// The places in loaded files below a folder where a module is used: reads of names it is bound to.
    #[must_use]
    pub fn uses_of_module(&self, folder: &Utf8Path, module: &str) -> Vec<Expr> {
        let mut res = Vec::new();
        for (file, data) in self.files() {
            if !data.path().starts_with(folder) {
                continue;
            }
            // In Rust a path may begin with a crate that no statement imports.
            let named = |name: &str| name == module && data.facts.language.modules == ModuleStyle::Rust;
            let unbound = data
                .facts
                .values
                .iter()
                .filter(|(_, it)| matches!(&it.value, Value::Name { name, binding: None } if named(name)));
            res.extend(unbound.map(|(id, _)| Expr { file, id }));
            for (id, binding) in data.facts.bindings.iter() {
                if self.binds_module(file, id, module) {
                    res.extend(binding.reads.iter().map(|id| Expr { file, id: *id }));
                }
            }
        }
        res
    }

    /// Whether a binding is a module, or something imported from it.
    #[must_use]
    pub fn binds_module(&self, file: FileId, id: BindingId, module: &str) -> bool {
        let facts = self.facts(file);
        let binding = &facts.bindings[id];
        let within = |path: &str| {
            let path = path.strip_prefix("node:").unwrap_or(path);
            path == module || path.strip_prefix(module).is_some_and(|rest| rest.starts_with(['.', '/']))
        };
        if let crate::facts::BindingKind::Import { import, item } = binding.kind {
            let statement = &facts.imports[import];
            let own = statement.items.get(item).map(|it| &it.imported);
            return match own {
                Some(crate::facts::Imported::Module { full, .. }) => within(full),
                _ => within(&statement.module),
            };
        }
        // `const x = require('module')`, `const { y } = require('module')`.
        binding.definitions.iter().filter_map(|it| it.value).any(|id| {
            let value = Expr { file, id };
            matches!(self.value(self.bare(value)), Value::Call { .. } | Value::Member { .. })
                && self.is_required(value, &within)
        })
    }

    fn is_required(&self, value: Expr, within: &dyn Fn(&str) -> bool) -> bool {
        let bare = self.bare(value);
        if let Value::Member { object, .. } = self.value(bare) {
            return self.is_required(Expr { file: bare.file, id: *object }, within);
        }
        let requires =
            self.callee_paths(bare).iter().any(|it| self.facts(bare.file).language.require.contains(&it.as_str()));
        requires && self.resolve(bare).iter().any(|it| matches!(it, Origin::External(path) if within(path)))
    }
}
