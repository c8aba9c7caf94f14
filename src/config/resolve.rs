//! What the configuration says of a file: the files around it, innermost first.

use camino::{Utf8Path, Utf8PathBuf};
use globset::{GlobSet, GlobSetBuilder};

use crate::knowledge::{Custom, OwnCredential, OwnEndpoint, TokenHelper, Wrapper};
use crate::rules::RuleInfo;
use crate::select::RuleLevel;
use crate::source::Note;

use super::file::{ConfigFile, FailOn};
use super::read::glob;

/// A file with the folder that its globs and settings are about, and how paths are seen from there.
#[derive(Debug, Clone)]
struct Layer {
    /// Paths of the run begin with this when they are below the folder; empty for a folder at or around that of the run.
    below: Utf8PathBuf,
    /// What comes before a path of the run to see it from the folder.
    prefix: Utf8PathBuf,
    file: ConfigFile,
    exclude: GlobSet,
    overrides: Vec<GlobSet>,
}

/// The configuration of a run.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Outermost first.
    layers: Vec<Layer>,
    /// How many of them stand at the folder of the run or around it.
    outer: usize,
}

impl Config {
    /// Adds a file at the folder of the run or around it, inner ones after outer ones; `prefix` is the way from its folder
    /// to that of the run.
    pub fn add_outer(&mut self, prefix: &Utf8Path, file: ConfigFile) {
        if file.root == Some(true) {
            self.layers.clear();
        }
        self.layers.push(Layer::new(Utf8Path::new(""), prefix, file));
        self.outer = self.layers.len();
    }

    /// Adds a file of a folder below that of the run; outer ones come before inner ones. Gives what it says in vain.
    pub fn add_inner(&mut self, folder: &Utf8Path, file: ConfigFile) -> Option<Note> {
        let top_only = [
            ("fail-on", file.fail_on.is_some()),
            ("max-findings", file.max_findings.is_some()),
            ("baseline", file.baseline.is_some()),
            ("hosts", file.hosts.is_some()),
            ("endpoint", file.endpoint.is_some()),
            ("wrapper", file.wrapper.is_some()),
            ("token-helper", file.token_helper.is_some()),
            ("credential", file.credential.is_some()),
        ];
        let vain: Vec<&str> = top_only.into_iter().filter(|it| it.1).map(|it| it.0).collect();
        self.layers.push(Layer::new(folder, Utf8Path::new(""), file));
        let message = format!("{} counts only in the top file, not here", vain.join(", "));
        (!vain.is_empty()).then(|| Note::new(folder.join(super::CONFIG_NAME), message))
    }

    /// The files that concern a path, innermost first.
    fn layers_of<'c>(&'c self, path: &'c Utf8Path) -> impl Iterator<Item = &'c Layer> {
        let own = self.layers.iter().rev().filter(|it| path.starts_with(&it.below));
        let mut ended = false;
        own.take_while(move |it| !std::mem::replace(&mut ended, it.file.root == Some(true)))
    }

    /// The level of a rule in a file, where it is said.
    #[must_use]
    pub fn level(&self, path: &Utf8Path, rule: &RuleInfo) -> Option<RuleLevel> {
        self.layers_of(path).find_map(|layer| layer.level(path, rule.id))
    }

    /// Whether a file or folder is left out.
    #[must_use]
    pub fn excludes(&self, path: &Utf8Path) -> bool {
        self.layers_of(path).any(|layer| layer.exclude.is_match(layer.seen(path)))
    }

    /// Whether any file below the folder of the run says what is left out.
    #[must_use]
    pub fn has_inner(&self) -> bool {
        self.layers.len() > self.outer
    }

    /// The patterns that `fix` moves a file's code to: those of the command line, else that of the files.
    #[must_use]
    pub fn patterns(&self, asked: &[String], path: &Utf8Path, language: &str) -> Vec<String> {
        if !asked.is_empty() {
            return asked.to_vec();
        }
        let own = |layer: &Layer| {
            let row = layer.file.pattern.iter().flatten().find(|it| it.0.get_ref() == language);
            row.map(|it| it.1.get_ref().clone())
        };
        self.layers_of(path).find_map(own).into_iter().collect()
    }

    /// The innermost of the top files that says something.
    fn top<T>(&self, of: impl Fn(&Layer) -> Option<T>) -> Option<T> {
        self.layers.iter().take(self.outer).rev().find_map(of)
    }

    /// What fails the check.
    #[must_use]
    pub fn fail_on(&self) -> Option<FailOn> {
        self.top(|it| it.file.fail_on)
    }

    /// How many findings may be.
    #[must_use]
    pub fn max_findings(&self) -> Option<usize> {
        self.top(|it| it.file.max_findings)
    }

    /// The baseline, seen from the folder of the run.
    #[must_use]
    pub fn baseline(&self) -> Option<Utf8PathBuf> {
        self.top(|it| {
            let up: Utf8PathBuf = it.prefix.components().map(|_| "..").collect();
            Some(up.join(it.file.baseline.as_ref()?))
        })
    }

    /// What the company knows of its code.
    #[must_use]
    pub fn custom(&self) -> Custom {
        let files = || self.layers.iter().take(self.outer).rev().map(|it| &it.file);
        let endpoints = files().flat_map(|it| it.endpoint.iter().flatten()).map(|it| OwnEndpoint {
            exchange: it.exchange.get_ref().trim_matches('/').to_owned(),
            token: it.token.as_ref().map(|it| it.trim_matches('/').to_owned()),
        });
        let wrappers = files().flat_map(|it| it.wrapper.iter().flatten()).map(|it| Wrapper {
            language: it.language.get_ref().clone(),
            call: it.call.get_ref().clone(),
            package: it.package.clone(),
            instead: it.instead.clone(),
        });
        let token_helpers = files()
            .flat_map(|it| it.token_helper.iter().flatten())
            .map(|it| TokenHelper { language: it.language.get_ref().clone(), call: it.call.get_ref().clone() });
        let credentials = files()
            .flat_map(|it| it.credential.iter().flatten())
            .map(|it| OwnCredential { client_id: it.client_id.clone(), scopes: it.scopes.get_ref().clone() });
        Custom {
            hosts: files().flat_map(|it| it.hosts.iter().flatten()).cloned().collect(),
            endpoints: endpoints.collect(),
            wrappers: wrappers.collect(),
            token_helpers: token_helpers.collect(),
            credentials: credentials.collect(),
        }
    }
}

impl Layer {
    fn new(below: &Utf8Path, prefix: &Utf8Path, file: ConfigFile) -> Self {
        // Globs were checked when the file was read; one that is none would fit nothing.
        let set = |texts: &[toml::Spanned<String>]| {
            let mut builder = GlobSetBuilder::new();
            for glob in texts.iter().filter_map(|it| glob(it.get_ref()).ok()).flatten() {
                builder.add(glob);
            }
            builder.build().unwrap_or_default()
        };
        Self {
            below: below.to_path_buf(),
            prefix: prefix.to_path_buf(),
            exclude: set(file.exclude.as_deref().unwrap_or_default()),
            overrides: file.overrides.iter().flatten().map(|it| set(&it.paths)).collect(),
            file,
        }
    }

    /// A path as it is seen from the folder of the file.
    fn seen(&self, path: &Utf8Path) -> Utf8PathBuf {
        self.prefix.join(path.strip_prefix(&self.below).unwrap_or(path))
    }

    fn level(&self, path: &Utf8Path, rule: &str) -> Option<RuleLevel> {
        let seen = self.seen(path);
        let overrides = self.file.overrides.as_deref().unwrap_or_default();
        let own = overrides.iter().zip(&self.overrides).rev();
        let mut own = own.filter(|it| it.1.is_match(&seen)).map(|it| &it.0.rules).chain(&self.file.rules);
        own.find_map(|rules| rules.iter().find(|it| it.0.get_ref() == rule)).map(|it| it.1.level())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse;
    use crate::rules::{Level, rule};

    fn config(files: &[(&str, &str)]) -> Config {
        let mut res = Config::default();
        for (folder, text) in files {
            let file = parse("jwt-sunset.toml", text).unwrap();
            match folder.strip_prefix("outside:") {
                Some(prefix) => res.add_outer(prefix.into(), file),
                None => assert!(res.add_inner((*folder).into(), file).is_none()),
            }
        }
        res
    }

    #[test]
    fn the_innermost_file_counts_and_its_overrides_first() {
        let outer = "exclude = [\"gen\", \"/docs/*.md\"]\n[rules]\njwt-mention = \"off\"\n[[override]]\npaths = [\"part/old/**\"]\nrules = { jwt-exchange = \"note\" }\n";
        let inner = "[rules]\njwt-mention = \"warning\"\n";
        let config = config(&[("outside:", outer), ("part", inner)]);
        let level = |path: &str, id: &str| config.level(path.into(), rule(id).unwrap());
        assert_eq!(level("a.md", "jwt-mention"), Some(RuleLevel::Off));
        assert_eq!(level("part/a.md", "jwt-mention"), Some(RuleLevel::Level(Level::Warning)));
        assert_eq!(level("part/old/a.py", "jwt-exchange"), Some(RuleLevel::Level(Level::Note)));
        assert_eq!(level("other/a.py", "jwt-exchange"), None);
        assert!(config.excludes("x/gen/a.py".into()) && config.excludes("docs/a.md".into()));
        assert!(!config.excludes("docs/x/a.md".into()) && !config.excludes("x/docs/a.md".into()));
    }

    #[test]
    fn a_file_around_the_run_sees_longer_paths() {
        let outer = "baseline = \"known.json\"\nexclude = [\"/part/gen\"]\n";
        let config = config(&[("outside:part", outer)]);
        assert!(config.excludes("gen/a.py".into()) && !config.excludes("x/gen".into()));
        assert_eq!(config.baseline().unwrap(), "../known.json");
    }

    #[test]
    fn a_root_ends_the_search() {
        let inner = "root = true\n";
        let config = config(&[("outside:", "[rules]\njwt-mention = \"off\"\n"), ("part", inner)]);
        let level = |path: &str| config.level(path.into(), rule("jwt-mention").unwrap());
        assert_eq!((level("a.md"), level("part/a.md")), (Some(RuleLevel::Off), None));
    }

    #[test]
    fn settings_of_the_run_count_only_at_the_top() {
        let mut config = config(&[("outside:", "fail-on = \"note\"\nmax-findings = 3\n")]);
        let note = config.add_inner("part".into(), parse("x", "fail-on = \"never\"\nhosts = [\"a\"]\n").unwrap());
        assert_eq!(note.unwrap().message, "fail-on, hosts counts only in the top file, not here");
        assert_eq!((config.fail_on(), config.max_findings()), (Some(FailOn::Note), Some(3)));
        assert!(config.custom().hosts.is_empty());
    }
}
