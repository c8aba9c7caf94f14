//! Java, from 8 to records and text blocks.

use super::{BASE, Language, Layout, ModuleStyle, Syntax};

pub(super) static JAVA: Language = Language {
    id: "java",
    name: "Java",
    extensions: &["java"],
    syntax: Syntax::Grammar {
        queries: &[
            ("calls", include_str!("../../queries/java/calls.scm")),
            ("values", include_str!("../../queries/java/values.scm")),
            ("bindings", include_str!("../../queries/java/bindings.scm")),
            ("functions", include_str!("../../queries/java/functions.scm")),
            ("imports", include_str!("../../queries/java/imports.scm")),
            ("comments", include_str!("../../queries/java/comments.scm")),
        ],
        grammar: || tree_sitter_java::LANGUAGE.into(),
        layout: Layout::Whole,
    },
    modules: ModuleStyle::Java,
    globals: "java.lang.",
    this: Some("this"),
    constructors: &["<init>"],
    rewritten: true,
    exports_everything: true,
    ..BASE
};
