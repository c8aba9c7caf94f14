//! What exactly goes when something goes: whole lines with their comments, list items with their commas.

use crate::facts::{FileFacts, StatementId};
use crate::link::ProjectFile;
use crate::text::Span;

/// The bytes that go with a statement: its lines, the comments that belong to it, and a blank line that would double.
pub(super) fn statement_span(file: &ProjectFile, id: StatementId, gone: &dyn Fn(Span) -> bool) -> Span {
    let text = file.text();
    let own = file.facts.statements[id].span;
    let mut span = with_semicolon(text, own);
    let lines = file.lines.whole_lines(text, span);
    let before = Span::new(lines.start, span.start).of(text);
    let after = Span::new(span.end, lines.end).of(text);
    let trailing_comment = is_comment(&file.facts, text, span.end, lines.end);
    if !before.trim().is_empty() || !(after.trim().is_empty() || trailing_comment) {
        // Something else stands on the line: only the statement itself goes, with the space after it.
        let space = after.len() - after.trim_start_matches([' ', '\t']).len();
        span.end += space;
        return span;
    }
    let mut res = lines;
    if comments_belong(file, id, res, gone) {
        res.start = comment_start(file, res.start);
    }
    let above = Span::new(0, res.start).of(text);
    let below = text.get(res.end..).unwrap_or_default();
    let blank_above = above.is_empty()
        || above.ends_with("\n\n")
        || above.ends_with("\n\r\n")
        || above.trim_end_matches([' ', '\t', '\r', '\n']).ends_with(['{', ':']);
    let blank_below = below.strip_prefix("\r\n").or_else(|| below.strip_prefix('\n'));
    if let Some(rest) = blank_below
        && blank_above
    {
        res.end = text.len() - rest.len();
    }
    res
}

/// The span with a semicolon that directly follows it.
fn with_semicolon(text: &str, span: Span) -> Span {
    match text.get(span.end..).is_some_and(|it| it.starts_with(';')) {
        true => Span::new(span.start, span.end + 1),
        false => span,
    }
}

fn is_comment(facts: &FileFacts, text: &str, start: usize, end: usize) -> bool {
    let rest = Span::new(start, end).of(text);
    let offset = start + (rest.len() - rest.trim_start().len());
    facts.comments.iter().any(|it| it.start == offset && it.end >= offset + rest.trim().len())
}

/// Whether the comments right above a statement speak of it alone: what follows it is a gap, the end of its block, or
/// goes too.
fn comments_belong(file: &ProjectFile, id: StatementId, lines: Span, gone: &dyn Fn(Span) -> bool) -> bool {
    let statement = &file.facts.statements[id];
    let next = file
        .facts
        .statements
        .iter()
        .map(|(_, it)| it)
        .filter(|it| {
            it.block == statement.block && it.parent == statement.parent && it.span.start >= statement.span.end
        })
        .min_by_key(|it| it.span.start);
    let below = file.text().get(lines.end..).unwrap_or_default();
    let gap = below.trim_start_matches([' ', '\t']).starts_with(['\n', '\r']);
    gap || next.is_none_or(|it| gone(it.span))
}

/// The start of the comment lines right above an offset that starts a line.
fn comment_start(file: &ProjectFile, line_start: usize) -> usize {
    let text = file.text();
    let mut start = line_start;
    loop {
        let above = Span::new(0, start).of(text).trim_end_matches(['\n', '\r']);
        let gap = Span::new(above.len(), start).of(text).matches('\n').count();
        let found = file.facts.comments.iter().find(|it| it.end == above.trim_end().len() && gap <= 1 && start > 0);
        let Some(comment) = found else { return start };
        let first = file.lines.whole_lines(text, Span::at(comment.start)).start;
        // A comment after code belongs to that code; one at the very top belongs to the file.
        if !Span::new(first, comment.start).of(text).trim().is_empty() || first == 0 {
            return start;
        }
        start = first;
    }
}

/// The bytes that go with an item of a list in brackets: the item, its comma, and its line if it has one of its own.
pub(super) fn item_span(file: &ProjectFile, item: Span) -> Span {
    item_span_in(file.text(), item)
}

/// As [`item_span`], in plain text.
pub(super) fn item_span_in(text: &str, item: Span) -> Span {
    let after = text.get(item.end..).unwrap_or_default();
    let gap = after.len() - after.trim_start().len();
    let before = Span::new(0, item.start).of(text);
    if after.trim_start().starts_with(',') {
        let mut end = item.end + gap + 1;
        let rest = text.get(end..).unwrap_or_default();
        let line_end = rest.find('\n').map(|it| it + 1);
        let own_line = before.rsplit('\n').next().is_some_and(|it| it.trim().is_empty());
        if let Some(length) = line_end
            && own_line
            && rest.get(..length).is_some_and(|it| it.trim().is_empty())
        {
            let start = before.rfind('\n').map_or(0, |it| it + 1);
            return Span::new(start, end + length);
        }
        end += rest.len() - rest.trim_start_matches([' ', '\t']).len();
        return Span::new(item.start, end);
    }
    // The last item: the comma before it goes.
    let head = before.trim_end();
    match head.ends_with(',') {
        true => Span::new(head.len() - 1, item.end),
        false => item,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, item: &str, expected: &str) {
        let start = text.find(item).unwrap();
        let span = item_span_in(text, Span::new(start, start + item.len()));
        let mut res = text.to_owned();
        res.replace_range(span.range(), "");
        assert_eq!(res, expected);
    }

    #[test]
    fn items_go_with_their_commas() {
        check("f(a, b, c)", "b", "f(a, c)");
        check("f(a, b)", "b", "f(a)");
        check("{\n  a: 1,\n  b: 2,\n}", "b: 2", "{\n  a: 1,\n}");
        check("{\n  a: 1,\n  b: 2\n}", "b: 2", "{\n  a: 1\n}");
        check("{\n  a: 1,\n  b: 2\n}", "a: 1", "{\n  b: 2\n}");
        check("f(a)", "a", "f()");
    }
}
