//! The names in a stream of tokens, those in macros and format strings included.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::text::Span;

/// A name where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rewrite) struct Mention {
    /// The name.
    pub(in crate::rewrite) name: String,
    /// Its bytes; for a name in a string, those of the string.
    pub(in crate::rewrite) at: Span,
    /// Whether a single `.` stands before it.
    pub(in crate::rewrite) member: bool,
    /// Whether `::` stands before it.
    pub(in crate::rewrite) pathed: bool,
    /// Whether it is called, or a macro's name.
    pub(in crate::rewrite) called: bool,
    /// Whether what follows assigns to it.
    pub(in crate::rewrite) assigned: bool,
    /// Whether it stands in a string: in the gap of a format, or as a path.
    pub(in crate::rewrite) quoted: bool,
}

/// Whether a file names a crate, in a path, a `use` or an attribute.
pub(in crate::rewrite) fn names_crate(text: &str, name: &str) -> bool {
    let Ok(tokens) = text.parse::<TokenStream>() else { return text.contains(name) };
    mentions_of(tokens).iter().any(|it| it.name == name && !it.member && !it.pathed)
}

/// All names of a stream, in order.
pub(in crate::rewrite) fn mentions_of(tokens: TokenStream) -> Vec<Mention> {
    let mut res = Vec::new();
    gather(tokens, &mut res);
    res
}

/// The words of a text that is not known to be Rust: each may be a name.
pub(super) fn words_of(text: &str) -> Vec<Mention> {
    let part = |it: char| it.is_alphanumeric() || it == '_';
    let mut res = Vec::new();
    let mut start = 0;
    for word in text.split_inclusive(|it| !part(it)) {
        let name = word.trim_end_matches(|it| !part(it));
        if !name.is_empty() {
            // Taken for every kind of mention, so that nothing goes which it may mean.
            for member in [false, true] {
                res.push(Mention {
                    name: name.to_owned(),
                    at: Span::new(start, start + name.len()),
                    member,
                    pathed: !member,
                    called: !member,
                    assigned: false,
                    quoted: false,
                });
            }
        }
        start += word.len();
    }
    res
}

fn gather(tokens: TokenStream, res: &mut Vec<Mention>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    for (place, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Group(group) => gather(group.stream(), res),
            TokenTree::Ident(ident) => {
                let range = ident.span().byte_range();
                let before = |back: usize| place.checked_sub(back).and_then(|it| punct(trees.get(it)));
                let after = |on: usize| trees.get(place + on);
                let open = matches!(after(1), Some(TokenTree::Group(it)) if it.delimiter() == Delimiter::Parenthesis);
                let turbofish =
                    punct(after(1)) == Some(':') && punct(after(2)) == Some(':') && punct(after(3)) == Some('<');
                let equals = punct(after(1)) == Some('=') && !matches!(punct(after(2)), Some('=' | '>'));
                res.push(Mention {
                    name: ident.to_string().trim_start_matches("r#").to_owned(),
                    at: Span::new(range.start, range.end),
                    member: before(1) == Some('.') && before(2) != Some('.'),
                    pathed: before(1) == Some(':') && before(2) == Some(':'),
                    called: open || turbofish || punct(after(1)) == Some('!'),
                    assigned: equals,
                    quoted: false,
                });
            }
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                let range = literal.span().byte_range();
                let at = Span::new(range.start, range.end);
                let names = quoted_names(&text).into_iter();
                res.extend(names.map(|name| Mention {
                    name,
                    at,
                    member: false,
                    pathed: false,
                    called: false,
                    assigned: false,
                    quoted: true,
                }));
            }
            TokenTree::Punct(_) => {}
        }
    }
}

fn punct(tree: Option<&TokenTree>) -> Option<char> {
    match tree {
        Some(TokenTree::Punct(it)) => Some(it.as_char()),
        _ => None,
    }
}

/// The names in the gaps of a format, and the parts of a path that attributes name in a string.
fn quoted_names(literal: &str) -> Vec<String> {
    if !literal.ends_with(['"', '#']) {
        return Vec::new();
    }
    let starts_name = |it: char| it.is_alphabetic() || it == '_';
    let is_name = |it: &str| it.starts_with(starts_name) && it.chars().all(|it| it.is_alphanumeric() || it == '_');
    let mut res = Vec::new();
    for (place, _) in literal.match_indices('{') {
        let rest = literal.get(place + 1..).unwrap_or_default();
        let name: String = rest.chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
        let follows = rest.get(name.len()..).and_then(|it| it.chars().next());
        if is_name(&name) && matches!(follows, Some('}' | ':')) {
            res.push(name);
        }
        // `{:>width$}`
        let gap = rest.split('}').next().unwrap_or_default();
        let widths = gap.split('$').rev().skip(1);
        res.extend(
            widths
                .map(|it| {
                    it.rsplit(|it: char| !(it.is_alphanumeric() || it == '_')).next().unwrap_or_default().to_owned()
                })
                .filter(|it| is_name(it)),
        );
    }
    let inner = literal.trim_start_matches(['r', '#']).trim_matches(['"', '#']);
    let parts: Vec<&str> = inner.split("::").collect();
    if parts.iter().all(|it| is_name(it)) {
        res.extend(parts.into_iter().map(str::to_owned));
    }
    res
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn names(text: &str) -> Vec<String> {
        mentions_of(text.parse().unwrap()).into_iter().map(|it| it.name).collect()
    }

    #[test]
    fn names_are_found_in_code_macros_and_formats() {
        assert_eq!(names("a.b(c)"), ["a", "b", "c"]);
        assert_eq!(names("println!(\"{x} {y:>w$} {{z}}\", k)"), ["println", "x", "y", "w", "z", "k"]);
        assert_eq!(names("#[serde(default = \"zero::one\")] a: u8"), ["serde", "default", "zero", "one", "a", "u8"]);
        assert_eq!(names("\"client id\" 'c' b\"x y\""), Vec::<String>::new());
    }

    #[test]
    fn what_stands_around_a_name_is_told() {
        let all = mentions_of("self.a = b::c(); self.d == 1..e; f::<g>()".parse().unwrap());
        let of = |name: &str| all.iter().find(|it| it.name == name).unwrap().clone();
        assert!(of("a").member && of("a").assigned && !of("d").assigned && of("d").member);
        assert!(of("c").pathed && of("c").called && !of("e").member && of("f").called);
    }
}
