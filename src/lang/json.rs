//! JSON documents, so that configuration and code are one thing to evaluate.

use super::{BASE, Language, Layout, Syntax};

/// JSON, with the comments that some tools allow.
pub static JSON: Language = Language {
    id: "json",
    name: "JSON",
    extensions: &["json", "jsonc", "json5"],
    syntax: Syntax::Grammar {
        queries: &[
            ("comments", include_str!("../../queries/json/comments.scm")),
            ("values", include_str!("../../queries/json/values.scm")),
        ],
        grammar: || tree_sitter_json::LANGUAGE.into(),
        layout: Layout::Whole,
    },
    ..BASE
};
