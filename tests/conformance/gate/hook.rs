//! pre-commit runs the hooks on real commits. Only what would build the tool once more is replaced by the program that
//! is there.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{FLOW, HARMLESS, LINE, Proof, ends_with, holds, own_text, put, tool};

pub(super) const PROOFS: &[Proof] = &[
    ("pre-commit passes a harmless file", harmless_file_passes),
    ("pre-commit refuses an exchange", exchange_is_refused),
    ("pre-commit names a single file by its whole path", single_file_is_named),
    ("pre-commit leaves the rest of the tree alone", rest_is_left_alone),
    ("pre-commit checks the whole tree", whole_tree_is_checked),
];

fn harmless_file_passes() -> Result<(), String> {
    let client = Client::with("jwt-sunset")?;
    holds(&client.commit(0, &[("src/hello.py", HARMLESS), ("logo.svg", "<svg/>\n")])?, "Passed")
}

fn exchange_is_refused() -> Result<(), String> {
    let client = Client::with("jwt-sunset")?;
    let said = client.commit(1, &[("src/auth.py", FLOW), ("src/hello.py", HARMLESS)])?;
    holds(&said, &format!("src/auth.py:{LINE}"))?;
    holds(&said, "exit code: 1")?;
    match client.git(&["log", "--oneline"]).output().unwrap().stdout.iter().filter(|it| **it == b'\n').count() {
        1 => Ok(()),
        count => Err(format!("{count} commits where only the first one was to pass")),
    }
}

fn single_file_is_named() -> Result<(), String> {
    let client = Client::with("jwt-sunset")?;
    holds(&client.commit(1, &[("src/auth.py", FLOW)])?, &format!("src/auth.py:{LINE}"))
}

fn rest_is_left_alone() -> Result<(), String> {
    let client = Client::with("jwt-sunset")?;
    client.commit_unchecked(&[("src/auth.py", FLOW)])?;
    holds(&client.commit(0, &[("src/hello.py", HARMLESS)])?, "Passed")
}

fn whole_tree_is_checked() -> Result<(), String> {
    let client = Client::with("jwt-sunset-all")?;
    client.commit_unchecked(&[("src/auth.py", FLOW)])?;
    let said = client.commit(1, &[("src/hello.py", HARMLESS)])?;
    holds(&said, &format!("src/auth.py:{LINE}"))
}

/// A repository that uses one of the hooks.
struct Client {
    place: tempfile::TempDir,
    program: PathBuf,
}

impl Client {
    fn with(hook: &str) -> Result<Self, String> {
        let res = Self { place: tempfile::tempdir().unwrap(), program: tool("pre-commit")?.get_program().into() };
        let hooks = res.folder("hooks");
        put(&hooks.join(".pre-commit-hooks.yaml"), &installed_hooks()?);
        ends_with(0, res.git_in(&hooks, &["init", "--quiet"]))?;
        ends_with(0, res.git_in(&hooks, &["add", "."]))?;
        ends_with(0, res.git_in(&hooks, &["commit", "--quiet", "--message", "Hooks"]))?;
        let revision = ends_with(0, res.git_in(&hooks, &["rev-parse", "HEAD"]))?;
        let config = format!(
            "repos:\n  - repo: {}\n    rev: {}\n    hooks:\n      - id: {hook}\n",
            hooks.display(),
            revision.trim()
        );
        put(&res.folder("client").join(".pre-commit-config.yaml"), &config);
        ends_with(0, res.git(&["init", "--quiet"]))?;
        res.commit_unchecked(&[])?;
        let mut install = Command::new(&res.program);
        install.arg("install").current_dir(res.folder("client"));
        ends_with(0, res.with_environment(install))?;
        Ok(res)
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    fn with_environment(&self, mut command: Command) -> Command {
        for name in ["GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"] {
            command.env(name, "Somebody");
        }
        for name in ["GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"] {
            command.env(name, "somebody@example.com");
        }
        // Nothing that is set up for whoever runs the tests shall count, or be changed.
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("PRE_COMMIT_HOME", self.folder("cache")).env("HOME", self.place.path());
        for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "SKIP"] {
            command.env_remove(name);
        }
        command
    }

    fn git_in(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut res = Command::new("git");
        res.args(arguments).current_dir(folder);
        self.with_environment(res)
    }

    fn git(&self, arguments: &[&str]) -> Command {
        self.git_in(&self.folder("client"), arguments)
    }

    fn stage(&self, files: &[(&str, &str)]) -> Result<(), String> {
        for (path, text) in files {
            put(&self.folder("client").join(path), text);
        }
        ends_with(0, self.git(&["add", "."])).map(drop)
    }

    /// Commits some files, which must end with a status.
    fn commit(&self, status: i32, files: &[(&str, &str)]) -> Result<String, String> {
        self.stage(files)?;
        ends_with(status, self.git(&["commit", "--message", "A change"]))
    }

    fn commit_unchecked(&self, files: &[(&str, &str)]) -> Result<(), String> {
        self.stage(files)?;
        ends_with(0, self.git(&["commit", "--quiet", "--no-verify", "--message", "Before"])).map(drop)
    }
}

/// The hooks as they are, but of the program that is built already.
fn installed_hooks() -> Result<String, String> {
    let text = own_text(".pre-commit-hooks.yaml")?;
    let (language, entry) = ("language: rust\n", "entry: jwt-sunset check");
    let hooks = text.matches("- id: ").count();
    if [language, entry].into_iter().any(|it| text.matches(it).count() != hooks) {
        return Err(format!("{hooks} hooks, but not each has {language:?} and {entry:?}"));
    }
    let program = format!("entry: {} check", env!("CARGO_BIN_EXE_jwt-sunset"));
    Ok(text.replace(language, "language: unsupported\n").replace(entry, &program))
}
