//! Python 3.

use super::{BASE, Language, Layout, ModuleStyle, Syntax};

/// The queries of the grammar.
pub(super) const QUERIES: &[(&str, &str)] = &[
    ("calls", include_str!("../../queries/python/calls.scm")),
    ("values", include_str!("../../queries/python/values.scm")),
    ("bindings", include_str!("../../queries/python/bindings.scm")),
    ("functions", include_str!("../../queries/python/functions.scm")),
    ("imports", include_str!("../../queries/python/imports.scm")),
    ("comments", include_str!("../../queries/python/comments.scm")),
];

/// What a notebook's cells share with a module.
pub(super) const SHARED: Language = Language {
    id: "python",
    modules: ModuleStyle::Python,
    globals: "builtins.",
    constructors: &["__init__"],
    own_class: Some("cls"),
    exports_everything: true,
    ..BASE
};

pub(super) static PYTHON: Language = Language {
    name: "Python",
    extensions: &["py", "pyw"],
    syntax: Syntax::Grammar {
        queries: QUERIES,
        grammar: || tree_sitter_python::LANGUAGE.into(),
        layout: Layout::Whole,
    },
    rewritten: true,
    ..SHARED
};
