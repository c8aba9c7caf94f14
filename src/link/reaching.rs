//! Which definitions of a name a use of it can see: in straight code the last one before it hides those further up.

use crate::facts::{BindingId, BindingKind, Definition, DefinitionKind, StatementId, StatementKind};
use crate::text::Span;

use super::project::{Expr, Project};

/// Whether the value that a definition gives a name can still be there where the name is read.
#[must_use]
pub fn reaches(project: &Project, read: Expr, binding: BindingId, definition: &Definition) -> bool {
    let facts = project.facts(read.file);
    let data = &facts.bindings[binding];
    let node = project.node(read);
    // Another function runs whenever it is called, so it may see any of them.
    if data.definitions.len() < 2 || data.kind != BindingKind::Variable || node.function != data.function {
        return true;
    }
    let around: Vec<StatementId> = std::iter::successors(node.statement, |it| facts.statements[*it].parent).collect();
    let hides = |it: &&Definition| {
        let Some(statement) = it.statement.map(|id| &facts.statements[id]) else { return false };
        let always = statement.parent.is_none_or(|it| around.contains(&it)) && statement.block.contains(node.span);
        it.span.end <= node.span.start
            && it.kind != DefinitionKind::Element
            && is_whole(project, read, it)
            && matches!(statement.kind, StatementKind::Plain | StatementKind::Export)
            && statement.function == node.function
            && always
    };
    let Some(last) = data.definitions.iter().filter(hides).max_by_key(|it| it.span.start) else { return true };
    if definition.span.start < last.span.start {
        return false;
    }
    // What comes after the read is seen only in the next round of a loop.
    let later = definition.span.start >= node.span.end;
    let in_loop = around.iter().any(|it| {
        let statement = &facts.statements[*it];
        statement.kind == StatementKind::Compound && statement.span.contains(definition.span)
    });
    !later || in_loop
}

/// Whether a definition gives a name its value anew, rather than builds on what was there as `x += y` does.
fn is_whole(project: &Project, read: Expr, definition: &Definition) -> bool {
    let data = project.file(read.file);
    let Some(value) = definition.value.map(|id| data.facts.values[id].span) else { return false };
    let between = Span::new(definition.name_span.end.min(value.start), value.start).of(data.text()).trim_end();
    let head = between.strip_suffix('=').unwrap_or_default();
    !head.ends_with(['+', '-', '*', '/', '|', '&', '%', '^', '<', '>', '?', '.'])
}
