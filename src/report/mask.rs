//! Secrets are never shown: what looks like one is covered, character by character, so that places stay right.

use std::sync::OnceLock;

use regex::{Captures, Regex};

/// Covers secrets in source text before it is shown.
#[derive(Debug)]
pub(super) struct Mask {
    /// Each pattern covers its group `secret`; compiled when there is something to cover.
    patterns: OnceLock<Vec<Regex>>,
}

/// Private keys (also when cut into string literals), signed tokens, client secrets of Adobe, and literals that are
/// given to something named like a secret.
const PATTERNS: &[&str] = &[
    r"(?P<secret>eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)",
    r"(?P<secret>p8e-[\w-]{6,})",
    r"(?P<secret>[A-Za-z0-9+/]{48,}={0,2})",
    r#"(?i)(?:append|set|add_field)\(\s*['"](?:client_secret|jwt_token)['"]\s*,\s*['"`](?P<secret>[^'"`\n${}<>]{4,})['"`]"#,
    r#"(?i)(?:secret|private_?key|passphrase|password|access_?token|jwt_token)['"]?\]?\s*(?::|=>?)\s*[bfru]?['"`](?P<secret>[^'"`\n${}<>]{4,})['"`]"#,
];

impl Mask {
    pub(super) fn new() -> Self {
        Self { patterns: OnceLock::new() }
    }

    /// The patterns; one that does not compile is left out, which the test rules out.
    fn patterns(&self) -> &[Regex] {
        self.patterns.get_or_init(|| PATTERNS.iter().filter_map(|it| Regex::new(it).ok()).collect())
    }

    /// The text with every secret covered; its length in bytes and lines stays the same.
    pub(super) fn cover(&self, text: &str) -> String {
        self.patterns().iter().fold(text.to_owned(), |text, pattern| pattern.replace_all(&text, covered).into_owned())
    }
}

fn covered(found: &Captures<'_>) -> String {
    let whole = found.get(0).map(|it| it.as_str()).unwrap_or_default();
    let secret = found.name("secret").map(|it| it.as_str()).unwrap_or_default();
    whole.replacen(secret, &"*".repeat(secret.len()), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_covered_and_places_stay() {
        let mask = Mask::new();
        assert_eq!(mask.patterns().len(), PATTERNS.len());
        let text = "clientSecret: 'abcdefgh', client_secret=\"p8e-0123456789\", secret: process.env.SECRET";
        let covered = mask.cover(text);
        assert_eq!(covered.len(), text.len());
        assert_eq!(covered, "clientSecret: '********', client_secret=\"**************\", secret: process.env.SECRET");
        let key = "A1".repeat(32);
        assert_eq!(mask.cover(&format!("\"{key}\\n\"")), format!("\"{}\\n\"", "*".repeat(64)));
        assert_eq!(
            mask.cover("client_secret: secret, \"jwt_token\": jwt"),
            "client_secret: secret, \"jwt_token\": jwt"
        );
        assert_eq!(mask.cover("form.append('client_secret', 'abcd')"), "form.append('client_secret', '****')");
        assert_eq!(mask.cover("`${ims}/ims/exchange/jwt`"), "`${ims}/ims/exchange/jwt`");
    }
}
