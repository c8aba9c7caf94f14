//! JavaScript: CommonJS, ES modules and JSX.

use super::{BASE, Language, Layout, ModuleStyle, Syntax};

pub(super) static JAVASCRIPT: Language = Language {
    id: "javascript",
    name: "JavaScript",
    extensions: &["js", "mjs", "cjs", "jsx"],
    syntax: Syntax::Grammar {
        queries: &[
            ("calls", include_str!("../../queries/javascript/calls.scm")),
            ("values", include_str!("../../queries/javascript/values.scm")),
            ("bindings", include_str!("../../queries/javascript/bindings.scm")),
            ("functions", include_str!("../../queries/javascript/functions.scm")),
            ("imports", include_str!("../../queries/javascript/imports.scm")),
            ("comments", include_str!("../../queries/javascript/comments.scm")),
            ("classes", include_str!("../../queries/javascript/classes.scm")),
        ],
        grammar: || tree_sitter_javascript::LANGUAGE.into(),
        layout: Layout::Whole,
    },
    modules: ModuleStyle::Node,
    globals: "globalThis.",
    this: Some("this"),
    constructors: &["constructor"],
    require: &["globalThis.require", "globalThis.import", "module.createRequire()", "node:module.createRequire()"],
    rewritten: true,
    ..BASE
};
