//! Where a new import goes.

use std::collections::HashSet;

use crate::facts::{StatementId, StatementKind, Value};
use crate::link::{Expr, Project, ProjectFile};
use crate::text::{FileId, Span};

/// The imports at the top of a file, `require` declarations included, in order.
pub(super) fn top_imports(project: &Project, file: FileId) -> Vec<Span> {
    let data = project.file(file);
    let facts = &data.facts;
    let definitions = facts.bindings.iter().flat_map(|(_, it)| &it.definitions);
    let requiring = definitions.filter(|it| it.value.is_some_and(|value| requires(project, Expr { file, id: value })));
    let requiring: HashSet<StatementId> = requiring.filter_map(|it| it.statement).collect();
    let mut res: Vec<Span> = facts
        .statements
        .iter()
        .filter(|(_, it)| it.parent.is_none() && it.function.index() == 0)
        .filter(|(id, it)| match it.kind {
            StatementKind::Import(_) => true,
            StatementKind::Plain => requiring.contains(id),
            _ => false,
        })
        .map(|(_, it)| it.span)
        .collect();
    res.sort();
    // Imports further down, after other code, do not say where imports stand in this file.
    let gap = |one: Span, other: Span| {
        facts
            .statements
            .iter()
            .filter(|(_, it)| it.parent.is_none() && it.span.start >= one.end && it.span.end <= other.start)
            .count()
    };
    let together = res.windows(2).take_while(|pair| matches!(pair, [one, other] if gap(*one, *other) < 2)).count();
    res.truncate(together + 1);
    res
}

fn requires(project: &Project, value: Expr) -> bool {
    let bare = project.bare(value);
    match project.value(bare) {
        Value::Call { callee, .. } => {
            let require = project.facts(bare.file).language.require;
            project.callee_paths(bare).iter().any(|it| require.contains(&it.as_str()))
                || requires(project, Expr { file: bare.file, id: *callee })
        }
        Value::Member { object, .. } => requires(project, Expr { file: bare.file, id: *object }),
        _ => false,
    }
}

/// The last of the imports that follow one without a blank line between.
fn block_end(imports: &[Span], data: &ProjectFile, from: Span) -> Span {
    let mut last = from;
    for next in imports.iter().filter(|it| it.start >= from.end) {
        let between = Span::new(last.end, next.start).of(data.text());
        if between.matches('\n').count() > 1 {
            break;
        }
        last = *next;
    }
    last
}

/// The offset where the first import of a file starts, or where one could.
fn first_import(file: &ProjectFile) -> usize {
    let imports = file.facts.imports.iter().map(|(_, it)| it.span.start).min();
    imports.or_else(|| file.facts.statements.iter().map(|(_, it)| it.span.start).min()).unwrap_or(0)
}

/// Where an import of `module` goes among imports: before the first of its group that sorts after it, else behind the
/// last of the group that `beside`, an import that is there, belongs to. Gives the offset of a line start.
pub(super) fn place(project: &Project, file: FileId, beside: Option<Span>) -> usize {
    let data = project.file(file);
    let imports = top_imports(project, file);
    let chosen = beside.filter(|it| imports.contains(it)).or_else(|| imports.last().copied());
    match chosen.map(|it| block_end(&imports, data, it)) {
        Some(span) => data.lines.whole_lines(data.text(), span).end,
        None => data.lines.whole_lines(data.text(), Span::at(first_import(data))).start,
    }
}
