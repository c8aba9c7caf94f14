//! Rust.

use super::{BASE, Language, Layout, ModuleStyle, Syntax};

pub(super) static RUST: Language = Language {
    id: "rust",
    name: "Rust",
    extensions: &["rs"],
    syntax: Syntax::Grammar {
        queries: &[
            ("calls", include_str!("../../queries/rust/calls.scm")),
            ("values", include_str!("../../queries/rust/values.scm")),
            ("bindings", include_str!("../../queries/rust/bindings.scm")),
            ("functions", include_str!("../../queries/rust/functions.scm")),
            ("imports", include_str!("../../queries/rust/imports.scm")),
            ("comments", include_str!("../../queries/rust/comments.scm")),
        ],
        grammar: || tree_sitter_rust::LANGUAGE.into(),
        layout: Layout::Whole,
    },
    modules: ModuleStyle::Rust,
    this: Some("self"),
    own_class: Some("Self"),
    rewritten: true,
    exports_everything: true,
    ..BASE
};
