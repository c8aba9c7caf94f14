//! Python 3.

use super::{Language, ModuleStyle};

pub(super) static PYTHON: Language = Language {
    id: "python",
    name: "Python",
    extensions: &["py", "pyw"],
    queries: &[
        ("calls", include_str!("../../queries/python/calls.scm")),
        ("values", include_str!("../../queries/python/values.scm")),
        ("bindings", include_str!("../../queries/python/bindings.scm")),
        ("functions", include_str!("../../queries/python/functions.scm")),
        ("imports", include_str!("../../queries/python/imports.scm")),
        ("comments", include_str!("../../queries/python/comments.scm")),
    ],
    modules: ModuleStyle::Python,
    globals: "builtins.",
    this: None,
    exports_everything: true,
    require: &[],
    grammar: || tree_sitter_python::LANGUAGE.into(),
};
