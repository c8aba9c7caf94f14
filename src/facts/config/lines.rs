//! Formats that are lines: properties, environment files, INI, Dockerfiles.

use crate::text::Span;

use super::super::document::Document;

/// A line without its end, and where it starts.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        (at, line.trim_end_matches(['\n', '\r']))
    })
}

/// Comments: `#` or `;` at the start of a line, `#` after white space.
pub(super) fn comments(text: &str) -> Vec<Span> {
    let mut res = Vec::new();
    for (start, line) in lines(text) {
        let lead = line.len() - line.trim_start().len();
        let first = line.trim_start().starts_with(['#', ';', '!']) || line.trim_start().starts_with("//");
        let at = if first { Some(lead) } else { line.find(" #").map(|it| it + 1) };
        res.extend(at.map(|it| Span::new(start + it, start + line.len())));
    }
    res
}

/// What stands between, without white space and one pair of quotes; and where.
fn value(line: &str, start: usize, from: usize) -> (String, Span) {
    let raw = line.get(from..).unwrap_or_default();
    let inner = raw.trim();
    let lead = from + raw.len() - raw.trim_start().len();
    let quoted = ['"', '\''].into_iter().find(|it| inner.len() > 1 && inner.starts_with(*it) && inner.ends_with(*it));
    match quoted {
        Some(_) => {
            let text = inner.get(1..inner.len() - 1).unwrap_or_default();
            (text.to_owned(), Span::new(start + lead + 1, start + lead + 1 + text.len()))
        }
        None => (inner.to_owned(), Span::new(start + lead, start + lead + inner.len())),
    }
}

fn key(line: &str, start: usize, end: usize) -> (String, Span) {
    let raw = line.get(..end).unwrap_or_default();
    let name = raw.trim().trim_start_matches("export ").trim_start_matches("- ").trim();
    let at = raw.rfind(name).unwrap_or_default();
    (name.trim_matches(['"', '\'']).to_owned(), Span::new(start + at, start + at + name.len()))
}

type Pair = (String, Span, Document);

pub(super) fn pair(line: &str, start: usize, separator: usize) -> Option<Pair> {
    let (name, at) = key(line, start, separator);
    let (text, span) = value(line, start, separator + 1);
    (!name.is_empty()).then_some((name, at, Document::Text(text, span)))
}

fn record(entries: Vec<Pair>, text: &str) -> Document {
    Document::Record(entries, Span::new(0, text.len()))
}

/// `key = value`, `key: value` or `key value`; a line that ends in a backslash goes on.
pub(super) fn pairs(text: &str) -> Document {
    let mut res: Vec<Pair> = Vec::new();
    let mut goes_on = false;
    for (start, line) in lines(text) {
        let bare = line.trim_start();
        let continues = line.ends_with('\\');
        let content = line.trim_end_matches('\\');
        if goes_on {
            if let Some((_, _, Document::Text(text, span))) = res.last_mut() {
                let (more, at) = value(content, start, 0);
                text.push(' ');
                text.push_str(&more);
                *span = span.cover(at);
            }
        } else if !bare.starts_with(['#', '!', ';']) && !bare.is_empty() {
            let separator = content.find(['=', ':']).or_else(|| content.trim_end().find(char::is_whitespace));
            res.extend(separator.and_then(|it| pair(content, start, it)));
        }
        goes_on = continues;
    }
    record(res, text)
}

/// `key: value`, whatever else there is: YAML that templates have made something else.
pub(super) fn colons(text: &str) -> Document {
    let mut res = Vec::new();
    for (start, line) in lines(text) {
        if !line.trim_start().starts_with(['#', '{']) {
            res.extend(line.find(':').and_then(|it| pair(line, start, it)));
        }
    }
    record(res, text)
}

/// `KEY=value`, and nothing else.
pub(super) fn assignments(text: &str) -> Document {
    let mut res = Vec::new();
    for (start, line) in lines(text) {
        let bare = line.trim_start();
        if !bare.starts_with(['#', '/']) {
            res.extend(line.find('=').and_then(|it| pair(line, start, it)));
        }
    }
    record(res, text)
}

/// Sections of `key = value` and `key: value`.
pub(super) fn sections(text: &str) -> Document {
    let mut sections: Vec<(String, Span, Vec<Pair>)> = Vec::new();
    let mut loose: Vec<Pair> = Vec::new();
    for (start, line) in lines(text) {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = bare.strip_prefix('[').and_then(|it| it.split(']').next()) {
            sections.push((name.trim_matches('[').trim().to_owned(), Span::new(start, start + line.len()), Vec::new()));
            continue;
        }
        let Some(found) = line.find(['=', ':']).and_then(|it| pair(line, start, it)) else { continue };
        match sections.last_mut() {
            Some((_, _, entries)) => entries.push(found),
            None => loose.push(found),
        }
    }
    for (name, at, entries) in sections {
        let span = entries.last().map_or(at, |it| at.cover(it.2.span()));
        loose.push((name, at, Document::Record(entries, span)));
    }
    record(loose, text)
}

/// The `ENV` and `ARG` of a Dockerfile.
pub(super) fn instructions(text: &str) -> Document {
    let mut res = Vec::new();
    let mut goes_on = false;
    for (start, line) in lines(text) {
        let bare = line.trim_start();
        let lead = line.len() - bare.len();
        let keyword = ["ENV ", "ARG ", "env ", "arg "].iter().find(|it| bare.starts_with(**it));
        let Some(skipped) = keyword.map(|it| it.len()).or_else(|| goes_on.then_some(0)) else { continue };
        goes_on = line.ends_with('\\');
        let rest = bare.get(skipped..).unwrap_or_default().trim_end_matches('\\').trim_end();
        let mut from = lead + skipped;
        if !rest.contains('=') {
            res.extend(rest.trim_start().find(' ').and_then(|it| pair(rest, start + from, it)));
            continue;
        }
        for word in rest.split(' ') {
            res.extend(word.find('=').and_then(|it| pair(word, start + from, it)));
            from += word.len() + 1;
        }
    }
    record(res, text)
}
