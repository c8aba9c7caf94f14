//! The image: whether what the build reads is there, and whether its Rust is new enough. Nothing is built.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use regex::Regex;

use super::{Proof, ends_with, own, own_text, put};

pub(super) const PROOFS: &[Proof] = &[
    ("the image holds what the build reads", copied_files_suffice),
    ("the image's Rust is new enough", rust_is_new_enough),
];

/// What is copied into the stage that builds.
fn copied() -> Result<Vec<String>, String> {
    let text = own_text("Dockerfile")?;
    let lines = text.lines().filter_map(|it| it.strip_prefix("COPY ")).filter(|it| !it.starts_with("--from"));
    let words = lines.map(|it| it.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    Ok(words.flat_map(|mut it| it.drain(..it.len().saturating_sub(1)).collect::<Vec<_>>()).collect())
}

fn copied_files_suffice() -> Result<(), String> {
    let copied = copied()?;
    let ignored = own_text(".dockerignore")?;
    let place = tempfile::tempdir().unwrap();
    for source in &copied {
        if !own(source).exists() {
            return Err(format!("{source} is copied and does not exist"));
        }
        if !ignored.lines().any(|it| it.strip_prefix('!') == Some(source)) {
            return Err(format!("{source} is copied, but .dockerignore leaves it out"));
        }
        match own(source).is_dir() {
            true => crate::steps::copy(&own(source), &place.path().join(source)),
            false => put(&place.path().join(source), &own_text(source)?),
        }
    }
    // The manifest may name what was not copied.
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--offline", "--locked", "--no-deps", "--format-version", "1"]).current_dir(&place);
    ends_with(0, cargo)?;
    included().into_iter().try_for_each(|(file, path)| match copied.iter().any(|it| path.starts_with(it)) {
        true => Ok(()),
        false => Err(format!("{} includes {}, which is not copied", file.display(), path.display())),
    })
}

/// Files that sources include from outside of their folder, and who does.
fn included() -> Vec<(PathBuf, PathBuf)> {
    let literal = Regex::new(r#""((?:\.\./)+[^"\s]+)""#).unwrap();
    let mut res = Vec::new();
    for entry in walkdir::WalkDir::new(own("src")).into_iter().map(Result::unwrap) {
        if entry.path().extension().is_none_or(|it| it != "rs") {
            continue;
        }
        let text = fs::read_to_string(entry.path()).unwrap();
        for found in literal.captures_iter(&text) {
            let path = straight(&entry.path().parent().unwrap().join(&found[1]));
            if let Ok(inside) = path.strip_prefix(own("")).map(Path::to_owned)
                && path.is_file()
            {
                res.push((entry.path().to_owned(), inside));
            }
        }
    }
    res
}

/// A path without steps back.
fn straight(path: &Path) -> PathBuf {
    let mut res = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(res.pop()),
            other => res.push(other),
        }
    }
    res
}

fn rust_is_new_enough() -> Result<(), String> {
    let text = own_text("Dockerfile")?;
    let base = Regex::new(r"(?m)^FROM rust:(\d+)\.(\d+)\b").unwrap();
    let found = base.captures(&text).ok_or("the Dockerfile names no version of Rust")?;
    let version = (found[1].parse::<u32>().unwrap(), found[2].parse::<u32>().unwrap());
    let (major, minor) = env!("CARGO_PKG_RUST_VERSION").split_once('.').ok_or("rust-version is no version")?;
    let minor = minor.split('.').next().unwrap_or_default();
    let least = (major.parse::<u32>().unwrap(), minor.parse::<u32>().unwrap());
    match version >= least {
        true => Ok(()),
        false => Err(format!("the image has Rust {version:?}, {least:?} is needed")),
    }
}
