//! Pages and components: HTML, Vue, Svelte and Astro, whose script blocks are code.

use std::sync::OnceLock;

use regex::Regex;

use super::typescript::{QUERIES, SHARED};
use super::{Language, Layout, Syntax};

pub(super) static COMPONENT: Language = Language {
    name: "script block",
    extensions: &["vue", "svelte", "html", "htm"],
    // What runs in a browser must not hold a secret, whatever it asks for: a person moves it to a server.
    typed: false,
    rewritten: false,
    // TypeScript reads JavaScript too, and either may stand in a script block.
    syntax: Syntax::Grammar {
        queries: QUERIES,
        grammar: || tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        layout: Layout::Scripts,
    },
    ..SHARED
};

/// The text with everything outside of script blocks blanked, byte by byte, so that places stay what they are.
pub(super) fn scripts_of(text: &str) -> String {
    static BLOCK: OnceLock<Option<Regex>> = OnceLock::new();
    let pattern = BLOCK.get_or_init(|| Regex::new(r"(?is)<script\b([^>]*)>(.*?)</script\s*>").ok());
    let mut res = String::with_capacity(text.len());
    let mut done = 0;
    for found in pattern.iter().flat_map(|it| it.captures_iter(text)) {
        let attributes = found.get(1).map_or("", |it| it.as_str()).to_ascii_lowercase();
        // Data blocks and templates are no code; `type="module"` and `lang="ts"` are.
        let is_code = !attributes.contains("json") && !attributes.contains("template");
        let Some(body) = found.get(2).filter(|_| is_code) else { continue };
        blank(&mut res, text.get(done..body.start()).unwrap_or_default());
        res.push_str(body.as_str());
        done = body.end();
    }
    blank(&mut res, text.get(done..).unwrap_or_default());
    res
}

/// Appends as many bytes of white space, line ends kept.
pub(super) fn blank(acc: &mut String, text: &str) {
    acc.extend(text.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_scripts_are_left() {
        let text = "<p>ö</p>\n<script lang=\"ts\">let a = 1;</script>\n<script type=\"application/json\">{}</script>";
        let masked = scripts_of(text);
        assert_eq!(masked.len(), text.len());
        assert_eq!(masked.trim(), "let a = 1;");
        assert_eq!(masked.find("let"), text.find("let"));
    }
}
