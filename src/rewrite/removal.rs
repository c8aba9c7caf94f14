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

/// The bytes that go with a member of a class or type: its lines, with the separator behind it.
pub(super) fn member_span(file: &ProjectFile, own: Span) -> Span {
    let text = file.text();
    let separated = text.get(own.end..).is_some_and(|it| it.starts_with([';', ',']));
    let span = Span::new(own.start, own.end + usize::from(separated));
    let lines = file.lines.whole_lines(text, span);
    let before = Span::new(lines.start, span.start).of(text);
    let after = Span::new(span.end, lines.end).of(text);
    let alone = after.trim().is_empty() || is_comment(&file.facts, text, span.end, lines.end);
    if before.trim().is_empty() && alone {
        let documented = Span::new(0, lines.start).of(text).trim_end().ends_with("*/");
        let start = if documented { comment_start(file, lines.start) } else { lines.start };
        return Span::new(start, lines.end);
    }
    let space = after.len() - after.trim_start_matches([' ', '\t']).len();
    Span::new(span.start, span.end + space)
}

/// The bytes that go with an item of a list in brackets: the item, its comma, and its line if it has one of its own.
pub(super) fn item_span(file: &ProjectFile, item: Span) -> Span {
    item_span_in(file.text(), item)
}

/// Whether the rest of a line is a comment, which belongs to the item before it.
fn is_line_comment(rest: &str) -> bool {
    rest.trim_start().starts_with("//") || rest.trim_start().starts_with('#')
}

/// The comment behind an item on its line, with the space before it.
pub(super) fn comment_behind(text: &str, item: Span) -> Option<Span> {
    let rest = text.get(item.end..)?.lines().next()?;
    let comma = rest.len() - rest.strip_prefix(',').unwrap_or(rest).len();
    let behind = rest.get(comma..).filter(|it| is_line_comment(it))?;
    Some(Span::new(item.end + comma, item.end + comma + behind.trim_end().len()))
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
            && rest.get(..length).is_some_and(|it| it.trim().is_empty() || is_line_comment(it))
        {
            let start = before.rfind('\n').map_or(0, |it| it + 1);
            return Span::new(start, end + length);
        }
        end += rest.len() - rest.trim_start_matches([' ', '\t']).len();
        return Span::new(item.start, end);
    }
    // The last item: the comma before it goes. The only one: the brackets close up.
    let head = before.trim_end();
    let line = after.find('\n').and_then(|it| after.get(..it)).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |it| it + 1);
    let own_line = before.get(start..).is_some_and(|it| it.trim().is_empty());
    // A comment behind it on its own line is about it.
    let end = if own_line && is_line_comment(line) { item.end + line.len() } else { item.end };
    match head.chars().last() {
        Some(',') => Span::new(head.len() - 1, end),
        Some('{' | '[' | '(') if after.trim_start().starts_with(['}', ']', ')']) => {
            Span::new(head.len(), item.end + gap)
        }
        // A comment stands before it: its own line goes.
        _ if own_line && (line.trim().is_empty() || end > item.end) && after.contains('\n') => {
            Span::new(start, item.end + line.len() + 1)
        }
        _ => item,
    }
}

/// Tidies what deletions leave over: blank lines that doubled, and commas before a bracket that had none.
///
/// Of the blank lines above and below, as many stay as stood on the larger side, none at the start or end of a block.
pub(super) fn close_gaps(text: &str, edits: &mut Edits) {
    let runs = deleted_runs(edits);
    let inserted: Vec<usize> = edits.iter().filter(|it| it.stays).map(|it| it.span.start).collect();
    let mut over = Vec::new();
    for run in &runs {
        over.extend(dangling_comma(text, &runs, *run));
        let between = inserted.iter().any(|it| run.start <= *it && *it <= run.end);
        if !between {
            over.extend(spare_blank_lines(text, &runs, *run));
        }
    }
    for span in over {
        // Blank lines that another edit claims are that edit's business.
        drop(edits.delete(span));
    }
}

/// The deletions, with those that touch as one.
fn deleted_runs(edits: &Edits) -> Vec<Span> {
    let mut res: Vec<Span> = Vec::new();
    for edit in edits.iter().filter(|it| it.text.is_empty() && !it.span.is_empty()) {
        match res.last_mut() {
            Some(last) if last.end == edit.span.start => last.end = edit.span.end,
            _ => res.push(edit.span),
        }
    }
    res
}

/// The blank lines around a run of deleted lines that go with it.
fn spare_blank_lines(text: &str, runs: &[Span], run: Span) -> Vec<Span> {
    let full = Span::new(0, run.start).of(text);
    let starts_line = full.is_empty() || full.ends_with('\n');
    let ends_line = Span::new(0, run.end).of(text).ends_with('\n') || run.end == text.len();
    if !starts_line || !ends_line {
        return Vec::new();
    }
    let below = text.get(run.end..).unwrap_or_default();
    let blank_below = blank_lines(below.split_inclusive('\n'));
    let blank_above = blank_lines(full.split_inclusive('\n').rev());
    let opens = full.trim_end().is_empty() || full.trim_end().ends_with(['{', ':', '(', '[']);
    let at_end = below.trim().is_empty();
    if at_end || below.trim_start().starts_with(['}', ']', ')']) {
        let mut res = vec![Span::new(full.len() - blank_above.1, run.start)];
        // What went right above leaves its own blank lines to the end of the block too.
        let mut start = full.len() - blank_above.1;
        while let Some(earlier) = runs.iter().find(|it| it.end == start && it.start < start) {
            let above = Span::new(0, earlier.start).of(text);
            let blank = blank_lines(above.split_inclusive('\n').rev());
            start = above.len() - blank.1;
            res.push(Span::new(start, above.len()));
        }
        if at_end {
            res.push(Span::new(run.end, text.len()));
        }
        return res;
    }
    let spare = if opens { blank_below.0 } else { blank_below.0.min(blank_above.0) };
    let length: usize = below.split_inclusive('\n').take(spare).map(str::len).sum();
    vec![Span::new(run.end, run.end + length)]
}

/// The comma before deleted last items, where the list had none at its end before.
fn dangling_comma(text: &str, runs: &[Span], run: Span) -> Option<Span> {
    let below = text.get(run.end..).unwrap_or_default();
    let closer = run.end + (below.len() - below.trim_start().len());
    let closes = below.trim_start().starts_with(['}', ']', ')']);
    let had_comma = Span::new(0, closer).of(text).trim_end().ends_with(',');
    let mut head = Span::new(0, run.start).of(text).trim_end();
    // Items before it that go too, with nothing but white space between, are no part of the list any more.
    while let Some(earlier) =
        runs.iter().find(|it| it.start < head.len() && head.len() <= it.end && it.end <= run.start)
    {
        head = Span::new(0, earlier.start).of(text).trim_end();
    }
    // A list without brackets ends with its line: `import a, b`.
    let line_ends = below.is_empty() || below.starts_with(['\n', '\r']);
    let between = Span::new(head.len(), run.end).of(text);
    let last_of_line = line_ends && !between.contains('\n') && !run.of(text).trim_end().ends_with(',');
    let dangles = (closes && !had_comma) || last_of_line;
    (dangles && head.ends_with(',')).then(|| Span::new(head.len() - 1, run.start))
}

/// How many blank lines come first, and how long they are.
fn blank_lines<'t>(lines: impl Iterator<Item = &'t str>) -> (usize, usize) {
    lines.take_while(|it| it.trim().is_empty()).fold((0, 0), |(count, length), it| (count + 1, length + it.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_gaps(text: &str, deleted: &[&str], expected: &str) {
        let mut edits = Edits::new();
        for part in deleted {
            let start = text.find(part).unwrap();
            edits.delete(Span::new(start, start + part.len())).unwrap();
        }
        close_gaps(text, &mut edits);
        assert_eq!(edits.apply(text), expected);
    }

    #[test]
    fn gaps_close_and_commas_go() {
        check_gaps("def f():\n    a\n    b\n\n    c\n", &["    a\n", "    b\n"], "def f():\n    c\n");
        check_gaps("x\n\na\n\ny\n", &["a\n"], "x\n\ny\n");
        check_gaps("{\n  x\n\n  a\n\n  b\n}\n", &["  a\n", "  b\n"], "{\n  x\n}\n");
        check_gaps("f(x, a, b)", &["a, ", ", b"], "f(x)");
        check_gaps("f(x, a,\n  b)", &["a,", "b"], "f(x)");
        check_gaps("{\n  x: 1,\n  a: 2,\n  b: 3\n}", &["  a: 2,\n", ",\n  b: 3"], "{\n  x: 1\n}");
    }

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
        check("{\n  a: 1, // one\n  b: 2\n}", "a: 1", "{\n  b: 2\n}");
        check("{\n  a: 1, // one\n  b: 2\n}", "b: 2", "{\n  a: 1, // one\n}");
        check("{\n  a: 1,\n  b: 2 // two\n}", "b: 2", "{\n  a: 1\n}");
        check("{\n  a: 1, // one\n  b: 2 // two\n}", "b: 2", "{\n  a: 1, // one\n}");
        check("f(a)", "a", "f()");
        check("{\n  a: 1\n}", "a: 1", "{}");
    }
}
