//! Where a new import goes in Python: among those of its group, standard library, other distributions, own modules, in
//! the order that the file keeps (PEP 8, and isort's order where the file follows it).

use crate::facts::{Import, Imported, StatementKind, Value};
use crate::link::{Expr, Project};
use crate::text::{FileId, Span};

use super::change::{Change, Declined};
use super::imports::top_imports;

/// Which of the groups of imports a module belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Future,
    Standard,
    Distribution,
    Own,
}

/// An import that is there.
struct Present {
    span: Span,
    group: Group,
    from: bool,
    module: String,
}

/// Brings names into a file: each of its module, or the module itself where there is no name. What is there already stays,
/// though all that used it goes.
pub(super) fn require(
    project: &Project,
    change: &mut Change,
    file: FileId,
    wanted: &[(&str, Option<&str>)],
) -> Result<(), Declined> {
    let facts = project.facts(file);
    let mut missing: Vec<(&str, Vec<&str>)> = Vec::new();
    for (module, name) in wanted {
        let bound = name.unwrap_or(module);
        let package = module.split('.').next().unwrap_or(module);
        let mut same = facts.bindings.iter().filter(|(_, it)| it.name == bound).peekable();
        let taken = same.peek().is_some();
        if let Some((_, binding)) = same.find(|(id, _)| project.binds_module(file, *id, package)) {
            change.kept.extend(binding.reads.first().map(|id| Expr { file, id: *id }));
        } else if taken {
            return Err(Declined::because(format!("the name {bound} is taken")));
        } else {
            match missing.iter_mut().find(|(it, _)| it == module) {
                Some((_, names)) => names.extend(name),
                None => missing.push((module, name.iter().copied().collect())),
            }
        }
    }
    for (module, names) in missing {
        let line = match names.as_slice() {
            [] => format!("import {module}"),
            names => format!("from {module} import {}", names.join(", ")),
        };
        add(project, change, file, &line)?;
    }
    Ok(())
}

/// Adds an import statement, given as one line, unless the file has it.
fn add(project: &Project, change: &mut Change, file: FileId, line: &str) -> Result<(), Declined> {
    let data = project.file(file);
    let newline = if data.text().contains("\r\n") { "\r\n" } else { "\n" };
    let (offset, before, after) = place(project, file, line);
    let text = format!("{}{line}{newline}{}", newline.repeat(before), newline.repeat(after));
    match change.inserts(file, offset, &text) {
        true => Ok(()),
        false => change.insert_lines(file, offset, text),
    }
}

/// The offset of a new import, and how many blank lines go before and after it.
fn place(project: &Project, file: FileId, line: &str) -> (usize, usize, usize) {
    let data = project.file(file);
    let text = data.text();
    let from = line.starts_with("from ");
    let module = line.split_whitespace().nth(1).unwrap_or_default();
    let group = group_of(project, file, module);
    let present = present(project, file);
    let line_start = |span: Span| data.lines.whole_lines(text, span).start;
    let line_end = |span: Span| data.lines.whole_lines(text, span).end;
    let own: Vec<&Present> = present.iter().filter(|it| it.group == group).collect();
    if let Some(last) = own.last() {
        let plain_first = own.is_sorted_by_key(|it| (it.from, it.module.to_lowercase()));
        let by_module = own.is_sorted_by_key(|it| it.module.to_lowercase());
        let module = module.to_lowercase();
        let next = own.iter().find(|it| match (plain_first, by_module) {
            (true, _) => (it.from, it.module.to_lowercase()) > (from, module.clone()),
            (false, true) => it.module.to_lowercase() > module,
            (false, false) => false,
        });
        return (next.map_or_else(|| line_end(last.span), |it| line_start(it.span)), 0, 0);
    }
    if let Some(earlier) = present.iter().rfind(|it| it.group < group) {
        return (line_end(earlier.span), 1, 0);
    }
    if let Some(later) = present.iter().find(|it| it.group > group) {
        return (line_start(later.span), 0, 1);
    }
    (line_start(Span::at(first_code(project, file))), 0, 1)
}

/// The offset of the first statement that is no documentation.
fn first_code(project: &Project, file: FileId) -> usize {
    let facts = project.facts(file);
    let documents = |span: Span| {
        let mut inside = facts.values.iter().filter(|(_, it)| it.span == span).peekable();
        inside.peek().is_some() && inside.all(|(_, it)| matches!(it.value, Value::Text(_)))
    };
    let top = facts.statements.iter().map(|(_, it)| it).filter(|it| it.parent.is_none() && it.function.index() == 0);
    let code = top.filter(|it| !(it.kind == StatementKind::Plain && documents(it.span)));
    code.map(|it| it.span.start).min().unwrap_or(0)
}

fn present(project: &Project, file: FileId) -> Vec<Present> {
    let top = top_imports(project, file);
    let facts = project.facts(file);
    let mut res: Vec<Present> = facts
        .imports
        .iter()
        .filter(|(_, it)| top.contains(&it.span))
        .map(|(_, it)| {
            let module = module_of(it);
            Present { span: it.span, group: group_of(project, file, &module), from: !it.module.is_empty(), module }
        })
        .collect();
    res.sort_by_key(|it| it.span.start);
    res
}

fn module_of(import: &Import) -> String {
    let first = import.items.first().map(|it| &it.imported);
    match (import.module.is_empty(), first) {
        (true, Some(Imported::Module { full, .. })) => full.clone(),
        _ => import.module.clone(),
    }
}

fn group_of(project: &Project, file: FileId, module: &str) -> Group {
    let top = module.split('.').next().unwrap_or_default();
    let data = project.file(file);
    if top == "__future__" {
        Group::Future
    } else if top.is_empty() || project.modules().resolve(data.facts.language, data.path(), module).is_some() {
        Group::Own
    } else if project.knowledge().python_modules.iter().any(|it| it == top) {
        Group::Standard
    } else {
        Group::Distribution
    }
}
