//! Which file an import names, as each language resolves it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use crate::facts::{FileFacts, Imported, Value};
use crate::lang::{Language, ModuleStyle};
use crate::text::FileId;

use super::project::Project;

/// All paths of the tree, loaded or not, so that imports can be resolved before anything is read.
#[derive(Debug, Clone, Default)]
pub struct ModuleIndex {
    /// As text: an import asks for a dozen spellings, and paths are compared part by part.
    paths: HashSet<String>,
    /// The paths of Java classes by file name, since where a source root starts is written nowhere.
    classes: HashMap<String, Vec<Utf8PathBuf>>,
    packages: Packages,
}

/// What manifests say of the names by which the tree's own packages are imported.
#[derive(Debug, Clone, Default)]
pub struct Packages {
    /// Folders of npm packages and crates by name.
    pub folders: BTreeMap<String, Utf8PathBuf>,
    /// Aliases of paths: the folder they hold in, the beginning of a specifier, and what it stands for.
    pub aliases: Vec<(Utf8PathBuf, String, Utf8PathBuf)>,
}

/// What Node and TypeScript try after the specifier itself.
const NODE_ENDINGS: &[&str] = &[
    "",
    ".ts",
    ".tsx",
    ".mts",
    ".cts",
    ".js",
    ".mjs",
    ".cjs",
    ".jsx",
    ".json",
    ".vue",
    "/index.ts",
    "/index.tsx",
    "/index.js",
    "/index.mjs",
    "/index.cjs",
    "/index.jsx",
    "/index.json",
];

impl ModuleIndex {
    /// An index over paths relative to the scanned root.
    #[must_use]
    pub fn new(paths: impl IntoIterator<Item = Utf8PathBuf>) -> Self {
        let mut res = Self::default();
        for path in paths {
            if path.extension() == Some("java") {
                res.classes.entry(path.file_name().unwrap_or_default().to_owned()).or_default().push(path.clone());
            }
            res.paths.insert(path.into_string());
        }
        res.classes.values_mut().for_each(|it| it.sort());
        res
    }

    /// The same index, knowing the tree's own packages by name.
    #[must_use]
    pub fn with_packages(self, packages: Packages) -> Self {
        Self { packages, ..self }
    }

    /// Whether the tree has a file.
    #[must_use]
    pub fn has(&self, path: &Utf8Path) -> bool {
        self.paths.contains(path.as_str())
    }

    /// The file that `module`, imported from the file at `from`, names; none for packages from elsewhere.
    #[must_use]
    pub fn resolve(&self, language: &Language, from: &Utf8Path, module: &str) -> Option<Utf8PathBuf> {
        let folder = from.parent().unwrap_or(Utf8Path::new(""));
        match language.modules {
            ModuleStyle::Node => self.node(folder, module),
            ModuleStyle::Python => self.python(folder, module),
            ModuleStyle::Java => self.java(from, module),
            ModuleStyle::Rust => self.rust(from, module),
            ModuleStyle::Folder | ModuleStyle::Data => None,
        }
    }

    fn node(&self, folder: &Utf8Path, module: &str) -> Option<Utf8PathBuf> {
        if module.starts_with('.') {
            return self.node_file(&joined(folder, module)?);
        }
        self.aliased(folder, module).or_else(|| self.node_package(module))
    }

    fn node_file(&self, target: &Utf8Path) -> Option<Utf8PathBuf> {
        // TypeScript imports `./a.js` where the file is `a.ts`.
        let compiled = ["js", "mjs", "cjs", "jsx"].contains(&target.extension().unwrap_or_default());
        let stem = if compiled { target.with_extension("") } else { target.to_path_buf() };
        let exact = NODE_ENDINGS.iter().map(|ending| format!("{target}{ending}"));
        let sources = NODE_ENDINGS.iter().filter(|_| compiled).map(|ending| format!("{stem}{ending}"));
        exact.chain(sources).map(|it| it.trim_start_matches('/').into()).find(|it: &Utf8PathBuf| self.has(it))
    }

    /// A path alias of `tsconfig.json`, of the nearest folder that has a fitting one.
    fn aliased(&self, folder: &Utf8Path, module: &str) -> Option<Utf8PathBuf> {
        let mut fitting: Vec<_> = self
            .packages
            .aliases
            .iter()
            .filter(|(root, prefix, _)| {
                folder.starts_with(root) && (module == prefix || (prefix.ends_with('/') && module.starts_with(prefix)))
            })
            .collect();
        fitting.sort_by_key(|(root, prefix, _)| std::cmp::Reverse((root.as_str().len(), prefix.len())));
        fitting.into_iter().find_map(|(_, prefix, target)| {
            self.node_file(&joined(target, module.strip_prefix(prefix.as_str()).unwrap_or_default())?)
        })
    }

    /// A package of the same tree, such as another one of a workspace.
    fn node_package(&self, module: &str) -> Option<Utf8PathBuf> {
        let own = |name: &str| self.packages.folders.get(name);
        let (folder, inner) = match own(module) {
            Some(folder) => (folder, ""),
            None => {
                let (name, inner) = module.char_indices().filter(|(_, it)| *it == '/').find_map(|(at, _)| {
                    let (name, inner) = module.split_at(at);
                    own(name).map(|_| (name, inner))
                })?;
                (own(name)?, inner.trim_start_matches('/'))
            }
        };
        let roots = [folder.clone(), folder.join("src"), folder.join("lib")];
        let inside = |it: &Utf8PathBuf| if inner.is_empty() { it.join("index") } else { it.join(inner) };
        roots.iter().find_map(|it| self.node_file(&inside(it)))
    }

    /// `a.b.C`, or `C` of the same package, which may have a folder for tests too.
    fn java(&self, from: &Utf8Path, module: &str) -> Option<Utf8PathBuf> {
        let name = module.rsplit('.').next()?;
        let all = self.classes.get(&format!("{name}.java"))?;
        let folder = from.parent().unwrap_or(Utf8Path::new(""));
        if !module.contains('.') {
            let own = folder.join(format!("{name}.java"));
            let main = own.as_str().replace("src/test/", "src/main/");
            return [own.clone(), main.into()].into_iter().find(|it| self.has(it));
        }
        let suffix = format!("{}.java", module.replace('.', "/"));
        let shared =
            |path: &Utf8Path| path.components().zip(from.components()).take_while(|(one, other)| one == other).count();
        all.iter().filter(|it| it.ends_with(&suffix)).max_by_key(|it| shared(it)).cloned()
    }

    /// `crate.a.b`, `super.a`, `self.a`, or the name of a crate of the tree with a path in it.
    fn rust(&self, from: &Utf8Path, module: &str) -> Option<Utf8PathBuf> {
        let folder = from.parent().unwrap_or(Utf8Path::new(""));
        let stem = from.file_stem().unwrap_or_default();
        let own = if matches!(stem, "mod" | "lib" | "main") { folder.to_path_buf() } else { folder.join(stem) };
        let mut segments = module.split('.').peekable();
        let mut base = match segments.next()? {
            "crate" => {
                let is_root = |it: &&Utf8Path| ["lib.rs", "main.rs"].iter().any(|name| self.has(&it.join(name)));
                let named = || folder.ancestors().find(|it| it.file_name() == Some("src"));
                folder.ancestors().find(is_root).or_else(named)?.to_path_buf()
            }
            "self" => own,
            "super" => own.parent()?.to_path_buf(),
            name => {
                let crate_folder = self.packages.folders.iter().find(|(it, _)| it.replace('-', "_") == name);
                crate_folder.map(|it| it.1.join("src"))?
            }
        };
        while segments.peek() == Some(&"super") {
            segments.next();
            base = base.parent()?.to_path_buf();
        }
        let inner: Vec<&str> = segments.collect();
        let target = base.join(inner.join("/"));
        let tries = match inner.is_empty() {
            true => vec![base.join("lib.rs"), base.join("main.rs"), base.join("mod.rs"), base.with_extension("rs")],
            false => vec![Utf8PathBuf::from(format!("{target}.rs")), target.join("mod.rs")],
        };
        tries.into_iter().find(|it| self.has(it))
    }

    fn python(&self, folder: &Utf8Path, module: &str) -> Option<Utf8PathBuf> {
        let dots = module.chars().take_while(|it| *it == '.').count();
        let inner = module.get(dots..).unwrap_or_default().replace('.', "/");
        if dots > 0 {
            let mut base = folder.to_path_buf();
            for _ in 1..dots {
                base = base.parent()?.to_path_buf();
            }
            return self.python_in(&base, &inner);
        }
        // An absolute import starts at some folder on the path: the script's own, or one around it. A folder that is itself
        // a package is on the path only for scripts that are run inside of it.
        let around: Vec<&Utf8Path> = std::iter::successors(Some(folder), |it| it.parent()).collect();
        let is_package = |it: &&&Utf8Path| self.has(&it.join("__init__.py"));
        let roots = around.iter().filter(|it| !is_package(it)).chain(around.iter().filter(is_package));
        roots.flat_map(|it| [it.to_path_buf(), it.join("src")]).find_map(|base| self.python_in(&base, &inner))
    }

    fn python_in(&self, base: &Utf8Path, inner: &str) -> Option<Utf8PathBuf> {
        let target = if inner.is_empty() { base.to_path_buf() } else { base.join(inner) };
        [target.with_extension("py"), target.join("__init__.py")].into_iter().find(|it| {
            self.has(it) && !(inner.is_empty() && it.extension() == Some("py") && it.file_stem() != Some("__init__"))
        })
    }
}

/// `folder` and a relative specifier, with `.` and `..` worked out; none when it leaves the tree.
fn joined(folder: &Utf8Path, module: &str) -> Option<Utf8PathBuf> {
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.as_str().split('/').chain(module.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/").into())
}

/// How many imports away a file still belongs to another one's surroundings.
const ROUNDS: usize = 3;

impl Project {
    /// A file, the files it imports, those that import it, and what they import.
    #[must_use]
    pub fn files_around(&self, file: FileId) -> Arc<BTreeSet<FileId>> {
        self.around_once(file, || self.surroundings(file))
    }

    fn surroundings(&self, file: FileId) -> BTreeSet<FileId> {
        let imported = |it: FileId| self.imports(it).to_vec();
        let importers = self.files().map(|it| it.0).filter(|it| self.imports(*it).contains(&file));
        let mut res: BTreeSet<FileId> = importers.chain([file]).collect();
        for _ in 0..ROUNDS {
            let more: Vec<FileId> = res.iter().flat_map(|it| imported(*it)).collect();
            res.extend(more);
        }
        res
    }
}

/// The files of the tree that a file imports.
pub(super) fn imported_files(modules: &ModuleIndex, from: &Utf8Path, facts: &FileFacts) -> Vec<Utf8PathBuf> {
    let mut specifiers = specifiers(facts);
    let language = facts.language;
    if matches!(language.modules, ModuleStyle::Java | ModuleStyle::Rust) {
        specifiers = dotted(facts, specifiers);
    }
    specifiers.iter().filter_map(|it| modules.resolve(language, from, it)).filter(|it| it != from).collect()
}

/// The modules and members of modules that a file imports, as it writes them.
fn specifiers(facts: &FileFacts) -> Vec<String> {
    let mut res = modules_named(facts);
    for (_, import) in facts.imports.iter() {
        for item in &import.items {
            match &item.imported {
                Imported::Module { full, .. } => res.push(full.clone()),
                Imported::Name(name) if import.module.ends_with('.') => {
                    res.push(format!("{}{name}", import.module));
                }
                Imported::Name(name) => res.push(format!("{}.{name}", import.module)),
                Imported::Default | Imported::Namespace => {}
            }
        }
    }
    res
}

/// The modules that a file names in its imports, exports and calls of `require`.
pub(super) fn modules_named(facts: &FileFacts) -> Vec<String> {
    let imports = facts.imports.iter().map(|(_, it)| it.module.clone()).filter(|it| !it.is_empty());
    let mut res: Vec<String> = imports.collect();
    res.extend(facts.exports.iter().filter_map(|it| it.from.as_ref().map(|from| from.0.clone())));
    for (_, node) in facts.values.iter() {
        // `require('./x')`, by its shape: names are not resolved before all files are known.
        let Value::Call { callee, arguments, .. } = &node.value else { continue };
        let Value::Name { name, .. } = &facts.values[*callee].value else { continue };
        if facts.language.require.iter().any(|it| it.rsplit('.').next() == Some(name.as_str())) {
            res.extend(arguments.first().and_then(|it| facts.literal_text(it.value)));
        }
    }
    res
}

/// Paths and their beginnings, any of which may be the file; and the names that no import brings.
fn dotted(facts: &FileFacts, paths: Vec<String>) -> Vec<String> {
    let wildcards = facts.imports.iter().flat_map(|(_, it)| &it.wildcards);
    let mut res: BTreeSet<String> = BTreeSet::new();
    for path in paths.iter().chain(wildcards) {
        res.extend(path.match_indices('.').filter_map(|(at, _)| path.get(..at).map(str::to_owned)));
        res.insert(path.clone());
    }
    for (_, node) in facts.values.iter() {
        if let Value::Name { name, binding: None } = &node.value {
            let of_package = facts.language.modules == ModuleStyle::Java && name.starts_with(char::is_uppercase);
            if of_package {
                let brought = facts.imports.iter().flat_map(|(_, it)| &it.wildcards);
                res.extend(brought.map(|it| format!("{it}.{name}")));
            }
            if of_package || facts.language.modules == ModuleStyle::Rust {
                res.insert(name.clone());
            }
        }
    }
    res.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::language_of;

    #[track_caller]
    fn check(paths: &[&str], from: &str, module: &str, expected: Option<&str>) {
        let index = ModuleIndex::new(paths.iter().map(Utf8PathBuf::from));
        let language = language_of(from).unwrap();
        assert_eq!(index.resolve(language, Utf8Path::new(from), module).as_deref(), expected.map(Utf8Path::new));
    }

    #[test]
    fn node_specifiers() {
        let paths = ["src/auth/index.js", "src/config.json", "src/a.mjs"];
        check(&paths, "src/a.mjs", "./auth", Some("src/auth/index.js"));
        check(&paths, "src/auth/index.js", "../config", Some("src/config.json"));
        check(&paths, "src/auth/index.js", "..", None);
        check(&paths, "src/a.mjs", "axios", None);
        check(&paths, "src/a.mjs", "../../etc", None);
    }

    #[test]
    fn python_modules() {
        let paths = ["pkg/__init__.py", "pkg/auth.py", "pkg/sub/token.py", "run.py"];
        check(&paths, "pkg/sub/token.py", "..auth", Some("pkg/auth.py"));
        check(&paths, "pkg/auth.py", ".", Some("pkg/__init__.py"));
        check(&paths, "run.py", "pkg.auth", Some("pkg/auth.py"));
        check(&paths, "pkg/sub/token.py", "pkg", Some("pkg/__init__.py"));
        check(&paths, "run.py", "requests", None);
        let same = ["api/__init__.py", "api/api.py", "api/config.py"];
        check(&same, "api/config.py", "api", Some("api/__init__.py"));
        check(&same, "api/config.py", "config", Some("api/config.py"));
    }
}
