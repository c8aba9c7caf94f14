//! JSON documents, so that configuration and code are one thing to evaluate.

use super::{Language, ModuleStyle};

pub(super) static JSON: Language = Language {
    id: "json",
    name: "JSON",
    extensions: &["json"],
    queries: &[("values", include_str!("../../queries/json/values.scm"))],
    modules: ModuleStyle::Data,
    globals: "",
    this: None,
    exports_everything: false,
    require: &[],
    grammar: || tree_sitter_json::LANGUAGE.into(),
};
