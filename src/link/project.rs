//! The files of a run, their facts, and the indexes over them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};

use crate::facts::{
    BindingId, BindingKind, ClassId, FileFacts, FunctionId, StatementId, Store, Value, ValueId, ValueNode,
};
use crate::knowledge::Knowledge;
use crate::source::SourceFile;
use crate::text::{FileId, LineIndex, Location, Span};

use super::calls::{CallSite, CallSites};
use super::manifests::{ManifestFile, Mentions};
use super::modules::ModuleIndex;
use super::origin::Origin;
use super::settings::Settings;

/// An expression of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Expr {
    /// The file.
    pub file: FileId,
    /// The value in it.
    pub id: ValueId,
}

/// One file with its facts.
#[derive(Debug, Clone)]
pub struct ProjectFile {
    /// Path and text.
    pub source: Arc<SourceFile>,
    /// What is in it.
    pub facts: Arc<FileFacts>,
    /// Its lines.
    pub lines: Arc<LineIndex>,
    definitions: Arc<HashMap<ValueId, Vec<(BindingId, usize)>>>,
    places: Arc<Places>,
}

/// Where values and parameters of a file are, so that nothing has to be searched for.
#[derive(Debug, Default)]
struct Places {
    returned: HashMap<ValueId, Vec<FunctionId>>,
    stored: HashMap<ValueId, Vec<usize>>,
    parameters: HashMap<(FunctionId, usize), Vec<BindingId>>,
}

impl ProjectFile {
    /// A file and its facts, indexed.
    #[must_use]
    pub fn new(source: SourceFile, facts: FileFacts) -> Self {
        let mut definitions: HashMap<ValueId, Vec<(BindingId, usize)>> = HashMap::new();
        for (id, binding) in facts.bindings.iter() {
            for (place, definition) in binding.definitions.iter().enumerate() {
                if let Some(value) = definition.value {
                    definitions.entry(value).or_default().push((id, place));
                }
            }
        }
        let mut places = Places::default();
        for (function, data) in facts.functions.iter() {
            data.returns.iter().for_each(|it| places.returned.entry(*it).or_default().push(function));
        }
        for (place, store) in facts.stores.iter().enumerate() {
            places.stored.entry(store.value).or_default().push(place);
        }
        for (id, binding) in facts.bindings.iter() {
            if let BindingKind::Parameter { function, position } = binding.kind {
                places.parameters.entry((function, position)).or_default().push(id);
            }
        }
        Self {
            places: Arc::new(places),
            lines: Arc::new(LineIndex::new(&source.text).with_cells(source.cells.clone())),
            source: Arc::new(source),
            facts: Arc::new(facts),
            definitions: Arc::new(definitions),
        }
    }

    /// The path relative to the scanned root.
    #[must_use]
    pub fn path(&self) -> &Utf8Path {
        &self.source.path
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// The files of the tree that this one imports.
    #[must_use]
    pub fn imported_files(&self, modules: &ModuleIndex) -> Vec<Utf8PathBuf> {
        super::modules::imported_files(modules, self.path(), &self.facts)
    }

    /// The functions that return a value.
    #[must_use]
    pub fn returned_by(&self, value: ValueId) -> &[FunctionId] {
        self.places.returned.get(&value).map(Vec::as_slice).unwrap_or_default()
    }

    /// The stores of a value.
    pub fn stores_of(&self, value: ValueId) -> impl Iterator<Item = &Store> {
        let places = self.places.stored.get(&value).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|it| self.facts.stores.get(*it))
    }

    /// The bindings of a parameter: its name, or the names taken out of it.
    #[must_use]
    pub fn parameter_bindings(&self, function: FunctionId, position: usize) -> &[BindingId] {
        self.places.parameters.get(&(function, position)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The bindings that a value is given to, each with the place among their definitions.
    #[must_use]
    pub fn bound_by(&self, value: ValueId) -> &[(BindingId, usize)] {
        self.definitions.get(&value).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Classes by class.
type ClassMap = HashMap<(FileId, ClassId), Vec<(FileId, ClassId)>>;

/// All files that were loaded, linked.
///
/// Files are shared, so that an overlay with some of them changed costs only the changed ones.
#[derive(Debug, Clone)]
pub struct Project {
    pub(super) files: Vec<ProjectFile>,
    by_path: HashMap<Utf8PathBuf, FileId>,
    pub(super) modules: Arc<ModuleIndex>,
    pub(super) knowledge: Arc<Knowledge>,
    pub(super) calls: CallSites,
    pub(super) manifests: Vec<ManifestFile>,
    pub(super) package_folders: Arc<HashSet<String>>,
    pub(super) mentions: Arc<Mentions>,
    identifiers: Arc<HashMap<String, Vec<Expr>>>,
    resolved: Arc<Mutex<HashMap<Expr, Arc<[Origin]>>>>,
    bases: Arc<ClassMap>,
    subclasses: Arc<ClassMap>,
    pub(super) settings: Arc<Settings>,
    pub(super) imports: Arc<Vec<Vec<FileId>>>,
    around: Arc<Mutex<HashMap<FileId, Arc<BTreeSet<FileId>>>>>,
}

impl Project {
    /// Links files. They are numbered in the order of their paths.
    #[must_use]
    pub fn new(mut files: Vec<ProjectFile>, modules: Arc<ModuleIndex>, knowledge: Arc<Knowledge>) -> Self {
        files.sort_by(|one, other| one.path().cmp(other.path()));
        let by_path = files
            .iter()
            .enumerate()
            .map(|(index, file)| (file.path().to_path_buf(), FileId(u32::try_from(index).unwrap_or(u32::MAX))))
            .collect();
        let mut project = Self {
            files,
            by_path,
            modules,
            knowledge,
            calls: CallSites::default(),
            manifests: Vec::new(),
            package_folders: Arc::default(),
            mentions: Arc::default(),
            identifiers: Arc::default(),
            resolved: Arc::default(),
            bases: Arc::default(),
            subclasses: Arc::default(),
            settings: Arc::default(),
            imports: Arc::default(),
            around: Arc::default(),
        };
        project.imports = Arc::new(project.index_imports());
        project.settings = Arc::new(Settings::collect(&project));
        project.bases = Arc::new(project.index_bases());
        project.subclasses = Arc::new(project.index_subclasses());
        project.resolved = Arc::default();
        project.identifiers = Arc::new(project.index_identifiers());
        let calls = CallSites::collect(&project);
        // Who is called may depend on what callers pass; what was resolved without knowing it is resolved anew.
        project.calls = calls.clone();
        project.resolved = Arc::default();
        project.calls = calls.complete(&project);
        project.resolved = Arc::default();
        project
    }

    /// The surroundings of a file, worked out once.
    pub(super) fn around_once(&self, file: FileId, work: impl FnOnce() -> BTreeSet<FileId>) -> Arc<BTreeSet<FileId>> {
        let known = self.around.lock().unwrap_or_else(PoisonError::into_inner).get(&file).cloned();
        known.unwrap_or_else(|| {
            let found = Arc::new(work());
            self.around.lock().unwrap_or_else(PoisonError::into_inner).insert(file, Arc::clone(&found));
            found
        })
    }

    fn index_imports(&self) -> Vec<Vec<FileId>> {
        let imported = |file: &ProjectFile| {
            let paths = file.imported_files(&self.modules);
            paths.into_iter().filter_map(|path| self.file_at(&path)).collect()
        };
        self.files.iter().map(imported).collect()
    }

    /// The files of the project that a file imports.
    #[must_use]
    pub fn imports(&self, file: FileId) -> &[FileId] {
        self.imports.get(file.0 as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// What each class extends or implements, worked out while nothing is known to be inherited.
    fn index_bases(&self) -> ClassMap {
        let mut res = ClassMap::new();
        for (file, data) in self.files() {
            for (class, data) in data.facts.classes.iter() {
                let origins = data.bases.iter().flat_map(|id| self.resolve(Expr { file, id: *id }));
                let bases = origins.filter_map(|it| match it {
                    Origin::Class(at, base) if (at, base) != (file, class) => Some((at, base)),
                    _ => None,
                });
                res.insert((file, class), bases.collect());
            }
        }
        res
    }

    fn index_subclasses(&self) -> ClassMap {
        let mut res = ClassMap::new();
        for (file, data) in self.files() {
            for (class, _) in data.facts.classes.iter() {
                for base in self.base_classes(file, class) {
                    res.entry(*base).or_default().push((file, class));
                }
            }
        }
        res
    }

    /// The classes that a class extends or implements.
    #[must_use]
    pub fn base_classes(&self, file: FileId, class: ClassId) -> &[(FileId, ClassId)] {
        self.bases.get(&(file, class)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The classes that extend or implement a class.
    #[must_use]
    pub fn subclasses(&self, file: FileId, class: ClassId) -> &[(FileId, ClassId)] {
        self.subclasses.get(&(file, class)).map(Vec::as_slice).unwrap_or_default()
    }

    fn index_identifiers(&self) -> HashMap<String, Vec<Expr>> {
        let mut res: HashMap<String, Vec<Expr>> = HashMap::new();
        for expr in self.files().flat_map(|(file, _)| self.exprs(file)) {
            let facts = self.facts(expr.file);
            let name = match self.value(expr) {
                Value::Name { name, .. } | Value::Member { name, .. } => Some(name.clone()),
                Value::Index { key, .. } => facts.literal_text(*key),
                // `object.get("key")`
                Value::Call { callee, arguments, .. } => match &facts.values[*callee].value {
                    Value::Member { name, .. } if name == "get" => {
                        arguments.first().and_then(|it| facts.literal_text(it.value))
                    }
                    _ => None,
                },
                _ => None,
            };
            if let Some(name) = name {
                res.entry(name).or_default().push(expr);
            }
        }
        res
    }

    /// The names, members and elements with a literal key that are spelled like `identifier`, `get` included, in the
    /// order of files and places.
    #[must_use]
    pub fn spelled(&self, identifier: &str) -> &[Expr] {
        self.identifiers.get(identifier).map(Vec::as_slice).unwrap_or_default()
    }

    /// The answer to a question about an expression, worked out once.
    pub(super) fn resolve_once(&self, expr: Expr, work: impl FnOnce() -> Vec<Origin>) -> Arc<[Origin]> {
        let known = self.resolved.lock().unwrap_or_else(PoisonError::into_inner).get(&expr).cloned();
        known.unwrap_or_else(|| {
            let found: Arc<[Origin]> = work().into();
            self.resolved.lock().unwrap_or_else(PoisonError::into_inner).insert(expr, Arc::clone(&found));
            found
        })
    }

    /// The same project with some files replaced, and relinked.
    #[must_use]
    pub fn overlay(&self, changed: Vec<ProjectFile>) -> Self {
        let mut files = self.files.clone();
        for new in changed {
            match files.iter_mut().find(|file| file.path() == new.path()) {
                Some(old) => *old = new,
                None => files.push(new),
            }
        }
        let overlaid = Self::new(files, Arc::clone(&self.modules), Arc::clone(&self.knowledge));
        overlaid.with_manifests(self.manifests.clone(), Arc::clone(&self.mentions))
    }

    /// The same project with its manifests, and what is known of files that were not loaded.
    #[must_use]
    pub fn with_manifests(self, manifests: Vec<ManifestFile>, mentions: Arc<Mentions>) -> Self {
        let package_folders = Arc::new(super::manifests::package_folders(&manifests));
        Self { manifests, package_folders, mentions, ..self }
    }

    /// The manifests.
    #[must_use]
    pub fn manifests(&self) -> &[ManifestFile] {
        &self.manifests
    }

    /// What files that were not loaded mention.
    #[must_use]
    pub fn mentions(&self) -> &Mentions {
        &self.mentions
    }

    /// What is known about libraries.
    #[must_use]
    pub fn knowledge(&self) -> &Knowledge {
        &self.knowledge
    }

    /// The files with their ids, in the order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &ProjectFile)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(u32::try_from(index).unwrap_or(u32::MAX)), file))
    }

    /// A file.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "a `FileId` is made only by the project it indexes")]
    pub fn file(&self, id: FileId) -> &ProjectFile {
        &self.files[id.0 as usize]
    }

    /// The file at a path, if it was loaded.
    #[must_use]
    pub fn file_at(&self, path: &Utf8Path) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// The facts of a file.
    #[must_use]
    pub fn facts(&self, file: FileId) -> &FileFacts {
        &self.file(file).facts
    }

    /// The node of an expression.
    #[must_use]
    pub fn node(&self, expr: Expr) -> &ValueNode {
        &self.facts(expr.file).values[expr.id]
    }

    /// What an expression is.
    #[must_use]
    pub fn value(&self, expr: Expr) -> &Value {
        &self.node(expr).value
    }

    /// The source text of an expression.
    #[must_use]
    pub fn source(&self, expr: Expr) -> &str {
        self.node(expr).span.of(self.file(expr.file).text())
    }

    /// Where an expression stands.
    #[must_use]
    pub fn location(&self, expr: Expr) -> Location {
        Location { file: expr.file, span: self.node(expr).span }
    }

    /// The expression around one.
    #[must_use]
    pub fn parent(&self, expr: Expr) -> Option<Expr> {
        self.node(expr).parent.map(|id| Expr { file: expr.file, id })
    }

    /// The expression with any brackets and waits around it.
    #[must_use]
    pub fn outermost(&self, expr: Expr) -> Expr {
        let mut outer = expr;
        while let Some(parent) = self.parent(outer) {
            match self.value(parent) {
                Value::Group(_) | Value::Await(_) => outer = parent,
                _ => break,
            }
        }
        outer
    }

    /// The expression without brackets and waits.
    #[must_use]
    pub fn bare(&self, expr: Expr) -> Expr {
        match self.value(expr) {
            Value::Group(inner) | Value::Await(inner) => self.bare(Expr { file: expr.file, id: *inner }),
            _ => expr,
        }
    }

    /// The statement an expression is in.
    #[must_use]
    pub fn statement(&self, expr: Expr) -> Option<StatementId> {
        self.node(expr).statement
    }

    /// The function an expression is in.
    #[must_use]
    pub fn function(&self, expr: Expr) -> FunctionId {
        self.node(expr).function
    }

    /// The binding that a name expression means.
    #[must_use]
    pub fn binding(&self, expr: Expr) -> Option<BindingId> {
        match self.value(expr) {
            Value::Name { binding, .. } => *binding,
            Value::Group(inner) => self.binding(Expr { file: expr.file, id: *inner }),
            _ => None,
        }
    }

    /// All expressions of a file.
    pub fn exprs(&self, file: FileId) -> impl Iterator<Item = Expr> {
        (0..self.facts(file).values.len()).map(move |index| Expr { file, id: crate::facts::Id::new(index) })
    }

    /// The stores of a file.
    #[must_use]
    pub fn stores(&self, file: FileId) -> &[Store] {
        &self.facts(file).stores
    }

    /// The calls that reach a function.
    #[must_use]
    pub fn call_sites(&self, file: FileId, function: FunctionId) -> &[CallSite] {
        self.calls.of(file, function)
    }

    /// How files import each other.
    #[must_use]
    pub fn modules(&self) -> &ModuleIndex {
        &self.modules
    }

    /// Whether a place is inside something the parser could not read.
    #[must_use]
    pub fn is_broken(&self, file: FileId, span: Span) -> bool {
        self.facts(file).errors.iter().any(|error| error.overlaps(span) || span.contains(*error))
    }
}
