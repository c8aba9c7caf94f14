//! TypeScript and TSX. They share JavaScript's queries and add those for types.

use super::{BASE, Language, Layout, ModuleStyle, Syntax};

/// The queries of the grammar without JSX.
pub(super) const QUERIES: &[(&str, &str)] = &[
    ("calls", include_str!("../../queries/javascript/calls.scm")),
    ("values", include_str!("../../queries/javascript/values.scm")),
    ("bindings", include_str!("../../queries/javascript/bindings.scm")),
    ("functions", include_str!("../../queries/javascript/functions.scm")),
    ("imports", include_str!("../../queries/javascript/imports.scm")),
    ("comments", include_str!("../../queries/javascript/comments.scm")),
    ("types", include_str!("../../queries/typescript/types.scm")),
    // Last, since TSX leaves it out.
    ("assertions", include_str!("../../queries/typescript/assertions.scm")),
];

/// The queries of the grammar with JSX.
const TSX_QUERIES: &[(&str, &str)] = match QUERIES.split_last() {
    Some((_, shared)) => shared,
    None => QUERIES,
};

/// What TypeScript shares with JavaScript.
pub(super) const SHARED: Language = Language {
    id: "javascript",
    modules: ModuleStyle::Node,
    globals: "globalThis.",
    this: Some("this"),
    constructors: &["constructor"],
    require: &["globalThis.require", "globalThis.import", "module.createRequire()", "node:module.createRequire()"],
    typed: true,
    rewritten: true,
    ..BASE
};

pub(super) static TYPESCRIPT: Language = Language {
    name: "TypeScript",
    extensions: &["ts", "mts", "cts"],
    syntax: Syntax::Grammar {
        queries: QUERIES,
        grammar: || tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        layout: Layout::Whole,
    },
    ..SHARED
};

pub(super) static TSX: Language = Language {
    name: "TSX",
    extensions: &["tsx"],
    syntax: Syntax::Grammar {
        queries: TSX_QUERIES,
        grammar: || tree_sitter_typescript::LANGUAGE_TSX.into(),
        layout: Layout::Whole,
    },
    ..SHARED
};
