//! What exactly goes when something goes: whole lines with their comments, list items with their commas.

use crate::facts::{FileFacts, StatementId};
use crate::link::ProjectFile;
use crate::text::{Edits, Span};

/// The bytes that go with a statement: its lines, and the comments that belong to it.
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
    // The last item: the comma before it goes. The only one: the brackets close up.
    let head = before.trim_end();
    match head.chars().last() {
        Some(',') => Span::new(head.len() - 1, item.end),
        Some('{' | '[' | '(') if after.trim_start().starts_with(['}', ']', ')']) => {
            Span::new(head.len(), item.end + gap)
        }
        _ => item,
    }
}

/// Deletes the blank lines that the deletion of whole lines leaves over: as many stay as stood on the larger side, none
/// at the start or end of a block.
pub(super) fn close_gaps(text: &str, edits: &mut Edits) {
    let mut over = Vec::new();
    let mut reached = 0;
    for (place, edit) in edits.iter().enumerate() {
        let inserted = edits.iter().nth(place + 1).is_some_and(|it| it.span.start == edit.span.end && it.stays)
            || (place > 0
                && edits.iter().nth(place - 1).is_some_and(|it| it.stays && it.span.start == edit.span.start));
        let above = Span::new(reached.min(edit.span.start), edit.span.start).of(text);
        reached = edit.span.end;
        let full = Span::new(0, edit.span.start).of(text);
        let whole_lines = (full.is_empty() || full.ends_with('\n'))
            && edit.text.is_empty()
            && (Span::new(0, edit.span.end).of(text).ends_with('\n') || edit.span.end == text.len());
        if !whole_lines || inserted {
            continue;
        }
        let below = text.get(edit.span.end..).unwrap_or_default();
        let blank_below = blank_lines(below.split_inclusive('\n'));
        let gap_above = blank_lines(full.split_inclusive('\n').rev());
        let opens = full.trim_end().is_empty() || full.trim_end().ends_with(['{', ':', '(', '[']);
        let closes = below.trim_start().starts_with(['}', ']', ')']) && !below.trim_start().is_empty();
        if below.trim().is_empty() || closes {
            let start = full.len() - gap_above.1.min(above.len());
            over.push(Span::new(start, edit.span.start));
            if below.trim().is_empty() {
                over.push(Span::new(edit.span.end, text.len()));
            }
        } else if opens {
            over.push(Span::new(edit.span.end, edit.span.end + blank_below.1));
        } else {
            let spare = blank_below.0.min(gap_above.0);
            let length: usize = below.split_inclusive('\n').take(spare).map(str::len).sum();
            over.push(Span::new(edit.span.end, edit.span.end + length));
        }
    }
    over.extend(dangling_commas(text, edits));
    for span in over {
        // Blank lines that another edit claims are that edit's business.
        drop(edits.delete(span));
    }
}

/// The commas before deleted last items, where the list had no comma at its end before.
fn dangling_commas(text: &str, edits: &Edits) -> Vec<Span> {
    let mut res = Vec::new();
    for edit in edits.iter().filter(|it| it.text.is_empty() && !it.span.is_empty()) {
        let below = text.get(edit.span.end..).unwrap_or_default();
        let closer = edit.span.end + (below.len() - below.trim_start().len());
        let closes = below.trim_start().starts_with(['}', ']', ')']);
        let had_comma = Span::new(0, closer).of(text).trim_end().ends_with(',');
        let head = Span::new(0, edit.span.start).of(text).trim_end();
        if closes && !had_comma && head.ends_with(',') {
            res.push(Span::new(head.len() - 1, edit.span.start));
        }
    }
    res
}

/// How many blank lines come first, and how long they are.
fn blank_lines<'t>(lines: impl Iterator<Item = &'t str>) -> (usize, usize) {
    lines.take_while(|it| it.trim().is_empty()).fold((0, 0), |(count, length), it| (count + 1, length + it.len()))
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
        check("{\n  a: 1\n}", "a: 1", "{}");
    }
}
