//! Which file an import names, as each language resolves it.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};

use crate::facts::{FileFacts, Imported, Value};
use crate::lang::{Language, ModuleStyle};

/// All paths of the tree, loaded or not, so that imports can be resolved before anything is read.
#[derive(Debug, Clone, Default)]
pub struct ModuleIndex {
    paths: BTreeSet<Utf8PathBuf>,
}

/// What Node tries after the specifier itself.
const NODE_ENDINGS: &[&str] =
    &["", ".js", ".mjs", ".cjs", ".jsx", ".json", "/index.js", "/index.mjs", "/index.cjs", "/index.jsx", "/index.json"];

impl ModuleIndex {
    /// An index over paths relative to the scanned root.
    #[must_use]
    pub fn new(paths: impl IntoIterator<Item = Utf8PathBuf>) -> Self {
        Self { paths: paths.into_iter().collect() }
    }

    /// All paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &Utf8Path> {
        self.paths.iter().map(Utf8PathBuf::as_path)
    }

    /// Whether the tree has a file.
    #[must_use]
    pub fn has(&self, path: &Utf8Path) -> bool {
        self.paths.contains(path)
    }

    /// The file that `module`, imported from the file at `from`, names; none for packages from elsewhere.
    #[must_use]
    pub fn resolve(&self, language: &Language, from: &Utf8Path, module: &str) -> Option<Utf8PathBuf> {
        let folder = from.parent().unwrap_or(Utf8Path::new(""));
        match language.modules {
            ModuleStyle::Node => self.node(folder, module),
            ModuleStyle::Python => self.python(folder, module),
            ModuleStyle::Data => None,
        }
    }

    fn node(&self, folder: &Utf8Path, module: &str) -> Option<Utf8PathBuf> {
        if !module.starts_with('.') {
            return None;
        }
        let target = joined(folder, module)?;
        let tries = NODE_ENDINGS.iter().map(|ending| Utf8PathBuf::from(format!("{target}{ending}")));
        tries.map(|it| it.as_str().trim_start_matches('/').into()).find(|it: &Utf8PathBuf| self.has(it))
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
        // An absolute import starts at some folder on the path: the script's own, or one around it.
        let around = std::iter::successors(Some(folder), |it| it.parent());
        around.flat_map(|it| [it.to_path_buf(), it.join("src")]).find_map(|base| self.python_in(&base, &inner))
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
    let mut parts: Vec<&str> = folder.as_str().split('/').filter(|it| !it.is_empty()).collect();
    for part in module.split('/') {
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

/// The files of the tree that a file imports.
pub(super) fn imported_files(modules: &ModuleIndex, from: &Utf8Path, facts: &FileFacts) -> Vec<Utf8PathBuf> {
    let mut specifiers: Vec<String> = Vec::new();
    for (_, import) in facts.imports.iter() {
        if !import.module.is_empty() {
            specifiers.push(import.module.clone());
        }
        for item in &import.items {
            match &item.imported {
                Imported::Module { full, .. } => specifiers.push(full.clone()),
                Imported::Name(name) if import.module.ends_with('.') => {
                    specifiers.push(format!("{}{name}", import.module));
                }
                Imported::Name(name) => specifiers.push(format!("{}.{name}", import.module)),
                Imported::Default | Imported::Namespace => {}
            }
        }
    }
    specifiers.extend(facts.exports.iter().filter_map(|it| it.from.as_ref().map(|from| from.0.clone())));
    for (_, node) in facts.values.iter() {
        // `require('./x')`, by its shape: names are not resolved before all files are known.
        let Value::Call { callee, arguments, .. } = &node.value else { continue };
        let Value::Name { name, .. } = &facts.values[*callee].value else { continue };
        if facts.language.require.iter().any(|it| it.ends_with(name.as_str())) {
            specifiers.extend(arguments.first().and_then(|it| facts.literal_text(it.value)));
        }
    }
    let language = facts.language;
    specifiers.iter().filter_map(|it| modules.resolve(language, from, it)).collect()
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
    }
}
