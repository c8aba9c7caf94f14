//! Manifests in JSON: npm and Composer.

use crate::text::Span;

use super::Dependency;

/// The tables of `package.json` that ask for packages.
pub(super) const NPM_SECTIONS: &[&str] =
    &["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

/// The tables of `composer.json` that ask for packages.
pub(super) const COMPOSER_SECTIONS: &[&str] = &["require", "require-dev"];

/// Reads a manifest by its layout alone, so that spans are exact: a scan of keys at the second level.
pub(super) fn json(text: &str, sections: &[&str]) -> Option<Vec<Dependency>> {
    serde_json::from_str::<serde_json::Value>(text.trim_start_matches('\u{FEFF}')).ok()?;
    let mut res = Vec::new();
    let mut depth = 0_usize;
    let mut section: Option<String> = None;
    let mut last_key: Option<(String, usize)> = None;
    let mut rest = text.char_indices().peekable();
    while let Some((offset, char)) = rest.next() {
        match char {
            '"' => {
                let mut escaped = false;
                let end = rest.by_ref().find(|(_, it)| {
                    let closes = *it == '"' && !escaped;
                    escaped = *it == '\\' && !escaped;
                    closes
                });
                let end = end.map_or(text.len(), |(end, _)| end);
                let content = Span::new(offset + 1, end).of(text).to_owned();
                let is_key = text.get(end + 1..).is_some_and(|it| it.trim_start().starts_with(':'));
                if is_key {
                    last_key = Some((content, offset));
                } else if depth == 2
                    && let (Some(section), Some((name, start))) = (&section, last_key.take())
                {
                    let span = Span::new(start, end + 1);
                    res.push(Dependency { name, section: section.clone(), span });
                }
            }
            '{' | '[' => {
                depth += 1;
                if depth == 2 {
                    let key = last_key.take().map(|it| it.0);
                    section = key.filter(|it| char == '{' && sections.contains(&it.as_str()));
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if depth < 2 {
                    section = None;
                }
            }
            _ => {}
        }
    }
    Some(res)
}
