//! Facts of flag-only languages: string literals, comments and names, in the order they stand.

use crate::lang::{Language, Lexicon, Quote};
use crate::text::Span;

use super::model::FileFacts;
use super::unescape::unescape;
use super::value::{Piece, Value};

/// Reads the tokens of a file.
pub(super) fn lexical(language: &'static Language, lexicon: &Lexicon, text: &str) -> FileFacts {
    let (mut facts, ..) = FileFacts::empty(language, text.len());
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|it| !it.is_empty()) {
        let word = word_at(rest, lexicon);
        if let Some(end) = comment_end(rest, at, text, lexicon) {
            facts.comments.push(Span::new(at, at + end));
            at += end;
        } else if let Some(quote) = lexicon.strings.iter().find(|it| rest.starts_with(it.open)) {
            at += string(&mut facts, rest, at, quote);
        } else if word > 0 {
            let source = rest.get(..word).unwrap_or_default();
            let span = Span::new(at, at + word);
            match lexicon.bare_words {
                true => {
                    let piece = Piece::Literal { text: source.to_owned(), span };
                    facts.put(Value::Text(vec![piece]), span);
                }
                false => {
                    let name = source.replace("::", ".").replace("->", ".").replace("?.", ".");
                    facts.put(Value::Name { name, binding: None }, span);
                }
            }
            at += word;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    facts
}

/// The length of a comment that starts here.
fn comment_end(rest: &str, at: usize, text: &str, lexicon: &Lexicon) -> Option<usize> {
    for (open, close) in lexicon.block_comments {
        if let Some(inner) = rest.strip_prefix(open) {
            let end = inner.find(close).map_or(rest.len(), |it| open.len() + it + close.len());
            return Some(end);
        }
    }
    let open = lexicon.line_comments.iter().find(|it| rest.starts_with(**it))?;
    // In shells, and after `$` in PHP and Ruby, a `#` inside of a word is no comment; nor is `//` after a colon.
    let before = text.get(..at).and_then(|it| it.chars().next_back());
    let starts = match *open {
        "#" => before.is_none_or(|it| it.is_whitespace() || matches!(it, ';' | '{' | '(' | ')' | '}' | ',')),
        _ => before != Some(':'),
    };
    starts.then(|| rest.find('\n').unwrap_or(rest.len()))
}

/// Adds a string that starts here; gives its length.
fn string(facts: &mut FileFacts, rest: &str, at: usize, quote: &Quote) -> usize {
    let body = rest.get(quote.open.len()..).unwrap_or_default();
    let mut escaped = false;
    let mut length = body.len();
    let mut closed = 0;
    for (offset, char) in body.char_indices() {
        if escaped {
            escaped = false;
        } else if Some(char) == quote.escape {
            escaped = true;
        } else if body.get(offset..).is_some_and(|it| it.starts_with(quote.close)) {
            length = offset;
            closed = quote.close.len();
            break;
        } else if char == '\n' && !quote.lines {
            length = offset;
            break;
        }
    }
    let source = body.get(..length).unwrap_or_default();
    let start = at + quote.open.len();
    let text = if quote.escape == Some('\\') { unescape(source) } else { source.to_owned() };
    let piece = Piece::Literal { text, span: Span::new(start, start + length) };
    facts.put(Value::Text(vec![piece]), Span::new(at, start + length + closed));
    quote.open.len() + length + closed
}

/// The length of a word: a name with what it is a member of, or what a shell takes as one argument.
fn word_at(rest: &str, lexicon: &Lexicon) -> usize {
    if lexicon.bare_words {
        let end = rest.find(|it: char| it.is_whitespace() || matches!(it, '"' | '\'' | ';' | '|' | ')' | '('));
        return end.unwrap_or(rest.len());
    }
    if !rest.starts_with(|it: char| it.is_alphabetic() || matches!(it, '_' | '$' | '@')) {
        return 0;
    }
    let mut length = 0;
    let mut tail = rest;
    loop {
        let part = tail.find(|it: char| !(it.is_alphanumeric() || matches!(it, '_' | '$' | '@'))).unwrap_or(tail.len());
        length += part;
        tail = tail.get(part..).unwrap_or_default();
        let joint = ["::", "->", "?.", "."].into_iter().find(|it| {
            tail.strip_prefix(it).is_some_and(|after| after.starts_with(|it: char| it.is_alphabetic() || it == '_'))
        });
        match joint {
            Some(joint) if part > 0 => {
                length += joint.len();
                tail = tail.get(joint.len()..).unwrap_or_default();
            }
            _ => return length,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::Value;
    use crate::lang::{Syntax, language_of};

    #[track_caller]
    fn check(name: &str, text: &str, strings: &[&str], comments: &[&str]) {
        let language = language_of(name).unwrap();
        let Syntax::Lexical(lexicon) = language.syntax else { panic!("{name}") };
        let facts = super::lexical(language, lexicon, text);
        let found: Vec<String> = facts
            .values
            .iter()
            .filter(|(_, it)| matches!(it.value, Value::Text(_)))
            .filter_map(|(id, _)| facts.literal_text(id))
            .collect();
        assert_eq!(found, strings);
        assert_eq!(facts.comments.iter().map(|it| it.of(text)).collect::<Vec<_>>(), comments);
    }

    #[test]
    fn strings_and_comments_are_told_apart() {
        check(
            "a.kt",
            "val a = \"x\\\"\" // \"no\"\n/* \"n\" */ val b = \"\"\"y\nz\"\"\"",
            &["x\"", "y\nz"],
            &["// \"no\"", "/* \"n\" */"],
        );
        check("a.go", "var u = `https://x/y` // no", &["https://x/y"], &["// no"]);
        check("a.php", "<?php $a = 'https://x'; # no", &["https://x"], &["# no"]);
        check("a.sh", "curl -d \"a=$b\" https://x/y#z # no", &["curl", "-d", "a=$b", "https://x/y#z"], &["# no"]);
        check("a.rb", "x \"open", &["open"], &[]);
    }
}
