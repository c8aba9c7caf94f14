//! The sources keep the order of the layers (design §2) and the budgets (style §9).

#![cfg(test)]

mod budgets;
mod layers;
mod source;

use std::path::Path;
use std::sync::LazyLock;

use source::Source;

static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| source::sources(root()));

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a check of single files over all of `src`.
fn check(check: impl Fn(&Source) -> Vec<String>) {
    assert!(!SOURCES.is_empty(), "no source was read");
    nothing_in(&SOURCES.iter().flat_map(check).collect::<Vec<_>>());
}

fn nothing_in(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} found:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn modules_are_listed_in_reading_order() {
    nothing_in(&layers::module_list(SOURCES.iter().find(|it| it.path == "src/lib.rs").unwrap()));
}

#[test]
fn layers_mention_earlier_layers_only() {
    check(layers::layer_order);
}

#[test]
fn restricted_paths_stay_in_their_places() {
    check(layers::restrictions);
}

#[test]
fn library_names_stay_in_knowledge() {
    let tables = source::files(root(), "src/knowledge/data", "toml");
    let names: Vec<String> = tables.iter().flat_map(|(_, table)| layers::package_names(table)).collect();
    assert!(!names.is_empty(), "no table names a package");
    check(|it| layers::library_names(it, &names));
}

#[test]
fn files_begin_by_saying_what_they_are_for() {
    check(budgets::header);
}

#[test]
fn files_are_short() {
    check(budgets::file_length);
}

#[test]
fn functions_are_short() {
    check(budgets::function_lengths);
}

#[test]
fn names_say_what_is_inside() {
    check(budgets::empty_names);
}

#[test]
fn nothing_is_left_unfinished() {
    check(budgets::leftovers);
}

#[test]
fn lints_are_silenced_with_a_reason() {
    check(budgets::reasons);
}

#[test]
fn comments_are_neither_few_nor_many() {
    nothing_in(&budgets::comment_ratio(&SOURCES));
}

#[test]
fn every_query_is_included() {
    let queries = source::files(root(), "queries", "scm");
    assert!(!queries.is_empty(), "no query was read");
    nothing_in(&queries.iter().flat_map(|(path, text)| budgets::query(path, text, &SOURCES)).collect::<Vec<_>>());
}
