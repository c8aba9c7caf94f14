//! The reply, when the library hands over its parsed body: accessors go, statements that only parsed it go.

use crate::facts::{Binding, BindingKind, Definition, StatementKind, Value};
use crate::flow::BodyUse;
use crate::link::{Expr, Project, member_key};
use crate::text::{Location, Span};

use super::change::{Change, Declined, at};
use super::removal::statement_span;
use super::site::Site;

/// Adapts every use of the reply to a request that yields the body itself; uses that `covered` names are taken care of.
pub(super) fn adapt(site: &Site<'_>, change: &mut Change, covered: &dyn Fn(Expr) -> bool) -> Result<(), Declined> {
    let reply = &site.flow.reply;
    if let Some(other) = reply.others.iter().find(|it| !covered(**it)) {
        let file = site.project.file(other.file);
        let place = file.lines.line_column(file.text(), site.project.node(*other).span.start);
        return Err(Declined::because(format!(
            "the response is used for more than its body ({}:{})",
            file.path(),
            place.line
        )));
    }
    if reply.bodies.is_empty() {
        return Err(Declined::because("where the reply is read was not found"));
    }
    for check in &reply.checks {
        drop_statement(site.project, change, *check)?;
    }
    for body in &reply.bodies {
        adapt_body(site, change, body)?;
    }
    Ok(())
}

fn drop_statement(project: &Project, change: &mut Change, expr: Expr) -> Result<(), Declined> {
    let Some(statement) = project.statement(expr) else { return Ok(()) };
    let file = project.file(expr.file);
    let span = statement_span(file, statement, &|it| change.deletes(at(expr.file, it)));
    change.delete(at(expr.file, span))
}

fn adapt_body(site: &Site<'_>, change: &mut Change, body: &BodyUse) -> Result<(), Declined> {
    let project = site.project;
    if change.removes(project, body.expr) {
        return Ok(());
    }
    if body.destructured > 0 {
        return unwrap_pattern(project, change, body);
    }
    if body.expr == body.response || drop_callback(project, change, body)? || merge_declarations(site, change, body)? {
        return Ok(());
    }
    let inner = project.node(project.outermost(body.response)).span;
    let mut inner = if project.node(body.expr).span.contains(inner) { inner } else { project.node(body.response).span };
    let outer = project.node(body.expr).span;
    // Brackets around a wait are needed only while something follows them.
    if let Value::Group(content) = project.value(project.outermost(body.response))
        && project.parent(body.expr).is_none_or(|it| member_key(project, it).is_none())
    {
        inner = project.node(Expr { file: body.expr.file, id: *content }).span;
    }
    change.delete(at(body.expr.file, Span::new(outer.start, inner.start)))?;
    change.delete(at(body.expr.file, Span::new(inner.end, outer.end)))
}

/// `.then(response => response.json())` goes as a whole.
fn drop_callback(project: &Project, change: &mut Change, body: &BodyUse) -> Result<bool, Declined> {
    let Some(binding) = project.binding(body.response) else { return Ok(false) };
    let facts = project.facts(body.expr.file);
    let BindingKind::Parameter { function, position: 0 } = facts.bindings[binding].kind else { return Ok(false) };
    let data = &facts.functions[function];
    let whole = data.returns.as_slice() == [body.expr.id];
    let file = body.expr.file;
    let left = facts.statements.iter().filter(|(_, it)| it.function == function && !change.deletes(at(file, it.span)));
    let statements = left.count();
    let reads = facts.bindings[binding].reads.iter().filter(|id| !change.removes(project, Expr { file, id: **id }));
    let once = reads.count() == 1;
    let Some(call) = project.callback_of(body.expr.file, function, "then") else { return Ok(false) };
    let Value::Call { callee, arguments, .. } = project.value(call) else { return Ok(false) };
    if !whole || !once || statements > 1 || arguments.len() > 1 {
        return Ok(false);
    }
    let Value::Member { object, .. } = project.value(Expr { file: call.file, id: *callee }) else { return Ok(false) };
    let start = project.node(Expr { file: call.file, id: *object }).span.end;
    change.delete(at(call.file, Span::new(start, project.node(call).span.end)))?;
    Ok(true)
}

/// `const response = await …; const data = await response.json();` becomes one declaration, where the first stands.
fn merge_declarations(site: &Site<'_>, change: &mut Change, body: &BodyUse) -> Result<bool, Declined> {
    let project = site.project;
    let file = body.expr.file;
    let facts = project.facts(file);
    let Some(response) = project.binding(body.response) else { return Ok(false) };
    let [first] = facts.bindings[response].definitions.as_slice() else { return Ok(false) };
    let Some(second) = definition_of(project, body.expr) else { return Ok(false) };
    let live = facts.bindings[response].reads.iter().filter(|id| !change.removes(project, Expr { file, id: **id }));
    let (Some(one), Some(two)) = (first.statement, second.statement) else { return Ok(false) };
    let (upper, lower) = (&facts.statements[one], &facts.statements[two]);
    let keyword =
        |span: Span| span.of(project.file(file).text()).split_whitespace().next().unwrap_or_default().to_owned();
    let declares = ["const", "let", "var"];
    let same_keyword = !declares.contains(&keyword(upper.span).as_str())
        && !declares.contains(&keyword(lower.span).as_str())
        || keyword(upper.span) == keyword(lower.span);
    let fits = live.count() == 1
        && first.path.is_empty()
        && (upper.block == lower.block || within_with(project, file, one, lower.block))
        && upper.kind == StatementKind::Plain
        && lower.kind == StatementKind::Plain
        && declarators(project, file, one) == 1
        && declarators(project, file, two) == 1
        && same_keyword;
    let Some(value) = second.value.filter(|_| fits) else { return Ok(false) };
    let head = Span::new(second.span.start, facts.values[value].span.start).of(project.file(file).text());
    let Some(pattern) = head.trim_end().strip_suffix('=') else { return Ok(false) };
    change.replace(at(file, first.name_span), pattern.trim_end())?;
    drop_statement(project, change, body.expr)?;
    Ok(true)
}

/// Whether a statement stands in nothing but `with` statements of a block, in a language without scopes of blocks.
fn within_with(project: &Project, file: crate::text::FileId, inner: crate::facts::StatementId, block: Span) -> bool {
    let data = project.file(file);
    let statements = &data.facts.statements;
    let around = std::iter::successors(statements[inner].parent, |it| statements[*it].parent);
    let mut outer = around.take_while(|it| block.contains(statements[*it].span) && statements[*it].span != block);
    data.facts.language.this.is_none()
        && outer.all(|it| {
            let text = statements[it].span.of(data.text()).trim_start_matches("async").trim_start();
            statements[it].kind == StatementKind::Compound && text.starts_with("with ")
        })
}

/// The definition whose whole value an expression is.
fn definition_of(project: &Project, expr: Expr) -> Option<Definition> {
    let (binding, place) = project.file(expr.file).bound_by(expr.id).first().copied()?;
    project.facts(expr.file).bindings[binding].definitions.get(place).cloned()
}

fn declarators(project: &Project, file: crate::text::FileId, statement: crate::facts::StatementId) -> usize {
    let definitions = project.facts(file).bindings.iter().flat_map(|(_, it)| &it.definitions);
    let mut spans: Vec<Span> = definitions.filter(|it| it.statement == Some(statement)).map(|it| it.span).collect();
    spans.sort();
    spans.dedup();
    spans.len()
}

/// `const { body } = await …; const data = await body.json();` becomes one declaration, where the first stands; elsewhere
/// the name holds the body itself, and what read it goes.
fn read_from_pattern(
    project: &Project,
    change: &mut Change,
    body: &BodyUse,
    pattern: Location,
) -> Result<(), Declined> {
    let file = body.expr.file;
    let text = project.file(file).text();
    let declared = definition_of(project, body.expr).filter(|it| it.value == Some(body.expr.id));
    let reads = project.binding(body.response).map_or(&[][..], |it| &project.facts(file).bindings[it].reads);
    let live = reads.iter().filter(|id| !change.removes(project, Expr { file, id: **id })).count();
    if let Some(second) = declared.filter(|_| live == 1) {
        let head = Span::new(second.span.start, project.node(body.expr).span.start).of(text);
        let name = head.trim_end().strip_suffix('=').unwrap_or(head).trim_end();
        change.replace(pattern, name)?;
        return drop_statement(project, change, body.expr);
    }
    let (inner, outer) = (project.node(body.response).span, project.node(body.expr).span);
    change.replace(pattern, inner.of(text))?;
    change.delete(at(file, Span::new(outer.start, inner.start)))?;
    change.delete(at(file, Span::new(inner.end, outer.end)))
}

/// `{ data }` becomes `data`; `{ data: { access_token } }` becomes `{ access_token }`.
fn unwrap_pattern(project: &Project, change: &mut Change, body: &BodyUse) -> Result<(), Declined> {
    let refuse = || Declined::because("the response is taken apart in a way that cannot be followed");
    let file = body.expr.file;
    let facts = project.facts(file);
    // Further on the value goes by plain names again, or comes out of a call.
    let Some(binding) = project.binding(body.response) else { return Ok(()) };
    let Some(definition) = facts.bindings[binding].definitions.iter().find(|it| !it.path.is_empty()) else {
        return Ok(());
    };
    let first = definition.path.first().cloned();
    // A name that nothing reads any more, such as that of the status, goes with the pattern.
    let is_read = |binding: &Binding| binding.reads.iter().any(|id| !change.removes(project, Expr { file, id: *id }));
    let mut siblings = facts
        .bindings
        .iter()
        .filter(|(_, it)| is_read(it))
        .flat_map(|(_, it)| &it.definitions)
        .filter(|it| it.span == definition.span);
    if body.destructured != 1 || !siblings.all(|it| it.path.first() == first.as_ref()) {
        return Err(refuse());
    }
    let text = project.file(file).text();
    let pattern = match definition.value {
        Some(value) => {
            let head = Span::new(definition.span.start, facts.values[value].span.start);
            let length = head.of(text).trim_end().strip_suffix('=').ok_or_else(refuse)?.trim_end().len();
            Span::new(head.start, head.start + length)
        }
        None => definition.span,
    };
    let place = Location { file, span: pattern };
    if change.removes_span(place) {
        return Ok(());
    }
    if body.expr != project.outermost(body.response) {
        return read_from_pattern(project, change, body, place);
    }
    // The entry that holds the body; others are read by nothing.
    let entry = definition.target_span;
    let whole = if pattern.contains(entry) { entry.of(text) } else { "" };
    let inside = pattern.of(text).trim().strip_prefix('{').and_then(|it| it.strip_suffix('}')).ok_or_else(refuse)?;
    let inside = if whole.is_empty() || inside.contains(": {") { inside } else { whole };
    let inner = inside.split_once(':').map_or(inside, |(_, inner)| inner).trim().trim_end_matches(',');
    // A lone arrow parameter in brackets keeps them; one without needs none.
    change.reword(place, inner)
}
