//! Manifests: which distributions a package asks for, and where each is written.

mod json;
mod lines;
mod python;
mod toml;
mod xml;

pub use python::requirement_name;

use camino::Utf8Path;

use crate::text::Span;

/// The kind of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManifestKind {
    /// `package.json`.
    Npm,
    /// `requirements*.txt`.
    Requirements,
    /// `pyproject.toml`.
    Pyproject,
    /// `Pipfile`.
    Pipfile,
    /// `setup.cfg`.
    SetupCfg,
    /// `setup.py`.
    SetupPy,
    /// A conda environment.
    Conda,
    /// `pom.xml`.
    Maven,
    /// `build.gradle`, in Groovy or Kotlin.
    Gradle,
    /// A version catalog of Gradle, `gradle/libs.versions.toml`.
    GradleCatalog,
    /// `Cargo.toml`.
    Cargo,
    /// `go.mod`.
    Go,
    /// A .NET project file or `packages.config`.
    NuGet,
    /// `composer.json`.
    Composer,
    /// `Gemfile`.
    Bundler,
    /// A template of environment variables, such as `.env.example`; its entries are variables.
    Environment,
}

/// One distribution that a manifest asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The distribution.
    pub name: String,
    /// The table or list it stands in, such as `dependencies` or `tool.poetry.dependencies`.
    pub section: String,
    /// Where it is written: the pair, list item or line.
    pub span: Span,
}

/// A parsed manifest.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// What it is.
    pub kind: ManifestKind,
    /// The name of the package itself, where the manifest is one of npm.
    pub name: Option<String>,
    /// Whether Node takes the package's files as ES modules, where the manifest is one of npm (its `type`).
    pub es_modules: bool,
    /// What it asks for, in the order it is written.
    pub dependencies: Vec<Dependency>,
}

/// The kind of manifest a path stands for.
#[must_use]
pub fn manifest_kind(path: &Utf8Path) -> Option<ManifestKind> {
    let name = path.file_name()?;
    let of_folder = |folder: &str| path.parent().and_then(Utf8Path::file_name) == Some(folder);
    Some(match name {
        "package.json" => ManifestKind::Npm,
        "pyproject.toml" => ManifestKind::Pyproject,
        "Pipfile" => ManifestKind::Pipfile,
        "setup.cfg" => ManifestKind::SetupCfg,
        "setup.py" => ManifestKind::SetupPy,
        "environment.yml" | "environment.yaml" | "conda.yml" | "conda.yaml" => ManifestKind::Conda,
        "pom.xml" => ManifestKind::Maven,
        "build.gradle" | "build.gradle.kts" => ManifestKind::Gradle,
        "libs.versions.toml" if of_folder("gradle") => ManifestKind::GradleCatalog,
        "Cargo.toml" => ManifestKind::Cargo,
        "go.mod" => ManifestKind::Go,
        "packages.config" => ManifestKind::NuGet,
        "composer.json" => ManifestKind::Composer,
        "Gemfile" => ManifestKind::Bundler,
        ".env.example" | ".env.sample" | ".env.template" | ".env.dist" | "env.example" | "example.env" => {
            ManifestKind::Environment
        }
        _ if name.ends_with(".csproj") => ManifestKind::NuGet,
        _ if name.starts_with("requirements") && (name.ends_with(".txt") || name.ends_with(".in")) => {
            ManifestKind::Requirements
        }
        _ if of_folder("requirements") && name.ends_with(".txt") => ManifestKind::Requirements,
        _ => return None,
    })
}

/// The language whose packages a manifest lists.
#[must_use]
pub fn manifest_language(kind: ManifestKind) -> &'static str {
    match kind {
        ManifestKind::Npm => "javascript",
        ManifestKind::Requirements
        | ManifestKind::Pyproject
        | ManifestKind::Pipfile
        | ManifestKind::SetupCfg
        | ManifestKind::SetupPy
        | ManifestKind::Conda => "python",
        ManifestKind::Maven | ManifestKind::Gradle | ManifestKind::GradleCatalog => "java",
        ManifestKind::Cargo => "rust",
        ManifestKind::Go => "go",
        ManifestKind::NuGet => "csharp",
        ManifestKind::Composer => "php",
        ManifestKind::Bundler => "ruby",
        ManifestKind::Environment => "environment",
    }
}

/// Reads a manifest; none when its syntax is broken.
#[must_use]
pub fn manifest(kind: ManifestKind, text: &str) -> Option<Manifest> {
    let dependencies = match kind {
        ManifestKind::Npm => json::json(text, json::NPM_SECTIONS)?,
        ManifestKind::Composer => json::json(text, json::COMPOSER_SECTIONS)?,
        ManifestKind::Requirements => python::requirements(text),
        ManifestKind::Pyproject => python::pyproject(text)?,
        ManifestKind::Pipfile => python::pipfile(text)?,
        ManifestKind::SetupCfg => python::setup_cfg(text),
        ManifestKind::SetupPy => python::setup_py(text),
        ManifestKind::Conda => python::conda(text),
        ManifestKind::Maven => xml::maven(text)?,
        ManifestKind::NuGet => xml::nuget(text)?,
        ManifestKind::Gradle => lines::gradle(text),
        ManifestKind::GradleCatalog => toml::gradle_catalog(text)?,
        ManifestKind::Go => lines::go(text),
        ManifestKind::Bundler => lines::bundler(text),
        ManifestKind::Cargo => toml::cargo(text)?,
        ManifestKind::Environment => lines::variables(text),
    };
    let (name, es_modules) = match kind {
        ManifestKind::Npm => {
            let document = serde_json::from_str::<serde_json::Value>(text.trim_start_matches('\u{FEFF}')).ok()?;
            let field = |key: &str| document.get(key).and_then(serde_json::Value::as_str);
            (field("name").map(str::to_owned), field("type") == Some("module"))
        }
        _ => (None, false),
    };
    Some(Manifest { kind, name, es_modules, dependencies })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: ManifestKind, text: &str, expected: &[(&str, &str, &str)]) {
        let found = manifest(kind, text).unwrap().dependencies;
        let found: Vec<_> = found.iter().map(|it| (it.name.as_str(), it.section.as_str(), it.span.of(text))).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn npm_tables() {
        check(
            ManifestKind::Npm,
            r#"{ "name": "x", "scripts": {"a": "b"}, "dependencies": { "axios": "^1", "@a/b": "2" } }"#,
            &[("axios", "dependencies", r#""axios": "^1""#), ("@a/b", "dependencies", r#""@a/b": "2""#)],
        );
        assert!(manifest(ManifestKind::Npm, "{ trailing, }").is_none());
    }

    #[test]
    fn requirement_lines() {
        check(
            ManifestKind::Requirements,
            "# tools\nPyJWT[crypto]==2.8\n-r other.txt\nrequests\n",
            &[("PyJWT", "", "PyJWT[crypto]==2.8"), ("requests", "", "requests")],
        );
    }

    #[test]
    fn pyproject_tables() {
        check(
            ManifestKind::Pyproject,
            "[project]\ndependencies = [\"PyJWT>=2\", 'requests']\n[tool.poetry.dependencies]\nhttpx = \"^0.27\"\n",
            &[
                ("PyJWT", "project.dependencies", "\"PyJWT>=2\""),
                ("requests", "project.dependencies", "'requests'"),
                ("httpx", "tool.poetry.dependencies", "httpx = \"^0.27\""),
            ],
        );
    }

    #[test]
    fn lines_and_elements_of_other_package_managers() {
        check(
            ManifestKind::Gradle,
            "  implementation 'a.b:c:1' // x\n  testImplementation(\"d:e:2\")\n",
            &[("a.b:c", "", "implementation 'a.b:c:1'"), ("d:e", "", "testImplementation(\"d:e:2\")")],
        );
        check(
            ManifestKind::Go,
            "module x\nrequire (\n\ta/b v1 // indirect\n)\nrequire c/d v2\n",
            &[("a/b", "", "a/b v1"), ("c/d", "", "require c/d v2")],
        );
        check(ManifestKind::Bundler, "gem 'jwt', '~> 2' # x\n# gem 'no'\n", &[("jwt", "", "gem 'jwt', '~> 2'")]);
        check(
            ManifestKind::Maven,
            "<project><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId></dependency></dependencies></project>",
            &[("a:b", "", "<dependency><groupId>a</groupId><artifactId>b</artifactId></dependency>")],
        );
        check(
            ManifestKind::NuGet,
            "<P><PackageReference Include=\"A\"/></P>",
            &[("A", "", "<PackageReference Include=\"A\"/>")],
        );
        check(
            ManifestKind::Conda,
            "dependencies:\n  - a=1\n  - pip:\n    - b==2\n",
            &[("a", "", "- a=1"), ("b", "pip", "- b==2")],
        );
        check(ManifestKind::SetupPy, "x = [\n  'a>=1', \"b\"]\n", &[("a", "x", "'a>=1'"), ("b", "x", "\"b\"")]);
        check(
            ManifestKind::SetupCfg,
            "[options]\ninstall_requires =\n  a>=1\nother = b\n",
            &[("a", "install_requires", "a>=1")],
        );
        check(
            ManifestKind::GradleCatalog,
            "[libraries]\na = { module = 'g:a', version.ref = 'v' }\nb = { group = 'g', name = 'b' }\nc = 'g:c:1'\n",
            &[
                ("g:a", "libraries", "a = { module = 'g:a', version.ref = 'v' }"),
                ("g:b", "libraries", "b = { group = 'g', name = 'b' }"),
                ("g:c", "libraries", "c = 'g:c:1'"),
            ],
        );
        check(ManifestKind::Cargo, "[dependencies]\na = '1'\n", &[("a", "dependencies", "a = '1'")]);
        check(ManifestKind::Composer, "{\"require\": {\"a/b\": \"1\"}}", &[("a/b", "require", "\"a/b\": \"1\"")]);
        check(ManifestKind::Pipfile, "[packages]\na = '*'\n", &[("a", "packages", "a = '*'")]);
    }
}
