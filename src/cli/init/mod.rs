//! `init`: the files that a project starts with. What is there already is left as it is.

use std::fs;
use std::path::Path;

use super::args;
use super::error::RunError;
use super::run::{complain, put};

/// A file that may be written.
struct Template {
    /// The name by which it is asked for; none for what is always written.
    name: Option<&'static str>,
    /// Where it goes.
    path: &'static str,
    text: &'static str,
    /// What in a folder shows that it is wanted.
    sign: &'static str,
}

/// All of them.
const TEMPLATES: &[Template] = &[
    Template { name: None, path: "jwt-sunset.toml", text: include_str!("jwt-sunset.toml"), sign: "" },
    Template {
        name: Some("github"),
        path: ".github/workflows/jwt-sunset.yml",
        text: include_str!("github-workflow.yml"),
        sign: ".github",
    },
    Template {
        name: Some("gitlab"),
        path: ".gitlab-ci.yml",
        text: include_str!("gitlab-ci.yml"),
        sign: ".gitlab-ci.yml",
    },
    Template {
        name: Some("pre-commit"),
        path: ".pre-commit-config.yaml",
        text: include_str!("pre-commit-config.yaml"),
        sign: ".pre-commit-config.yaml",
    },
];

/// What stands in the templates for the repository that the program comes from, and for its version.
const REPOSITORY: &str = "OWNER/jwt-sunset";
const VERSION: &str = "v0.1.0";

/// What can be asked for.
pub(super) fn names() -> Vec<&'static str> {
    TEMPLATES.iter().filter_map(|it| it.name).collect()
}

pub(super) fn init(args: &args::Init) -> Result<(), RunError> {
    let asked = |it: &Template| args.targets.iter().any(|name| Some(name.as_str()) == it.name);
    let wanted = |it: &&Template| match it.name {
        None => true,
        Some(_) if args.targets.is_empty() => args.folder.join(it.sign).exists(),
        Some(_) => asked(it),
    };
    let mut placeholder = false;
    for template in TEMPLATES.iter().filter(wanted) {
        let text = template.text.replace(VERSION, concat!("v", env!("CARGO_PKG_VERSION")));
        placeholder |= args.repository.is_none() && text.contains(REPOSITORY);
        let text = args.repository.as_ref().map_or_else(|| text.clone(), |it| text.replace(REPOSITORY, it));
        write(&args.folder, template.path, &text)?;
    }
    if placeholder {
        complain(&format!("put the repository that jwt-sunset is installed from in place of {REPOSITORY}"));
    }
    complain("next: `jwt-sunset check` shows what there is, `jwt-sunset check --write-baseline` accepts it for now");
    Ok(())
}

/// Writes a new file; shows what belongs into one that is there.
fn write(folder: &Path, path: &str, text: &str) -> Result<(), RunError> {
    let file = folder.join(path);
    if file.exists() {
        complain(&format!("{}: is there already and stays as it is; this belongs into it:", file.display()));
        return put(text);
    }
    let cannot = |error| RunError::Write { path: file.clone(), error };
    file.parent().map_or(Ok(()), fs::create_dir_all).map_err(cannot)?;
    fs::write(&file, text).map_err(cannot)?;
    complain(&format!("{}: written", file.display()));
    Ok(())
}
