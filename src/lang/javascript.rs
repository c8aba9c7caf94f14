//! JavaScript: CommonJS, ES modules and JSX.

use super::{Language, ModuleStyle};

pub(super) static JAVASCRIPT: Language = Language {
    id: "javascript",
    name: "JavaScript",
    extensions: &["js", "mjs", "cjs", "jsx"],
    queries: &[
        ("calls", include_str!("../../queries/javascript/calls.scm")),
        ("values", include_str!("../../queries/javascript/values.scm")),
        ("bindings", include_str!("../../queries/javascript/bindings.scm")),
        ("functions", include_str!("../../queries/javascript/functions.scm")),
        ("imports", include_str!("../../queries/javascript/imports.scm")),
        ("comments", include_str!("../../queries/javascript/comments.scm")),
    ],
    modules: ModuleStyle::Node,
    globals: "globalThis.",
    this: Some("this"),
    exports_everything: false,
    require: &["globalThis.require"],
    grammar: || tree_sitter_javascript::LANGUAGE.into(),
};
