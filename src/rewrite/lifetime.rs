//! `expires_in` counts seconds where it counted milliseconds: every consumer is converted.

use crate::facts::{DefinitionKind, StatementKind, Value};
use crate::flow::field_read;
use crate::lang::ModuleStyle;
use crate::link::{Expr, Origin, Project, member_key};
use crate::text::{Location, Span};

use super::change::{Change, Declined};
use super::purity::{is_logging, is_pure};
use super::site::Site;

/// Converts what is made of the lifetime.
pub(super) fn convert(site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
    refuse_match(site)?;
    refuse_opaque_reads(site)?;
    let reply = &site.flow.reply;
    for read in reply.lifetimes.iter().chain(&reply.accessors) {
        convert_read(site.project, change, *read)?;
        note_name(site.project, change, *read);
    }
    if hands_out_reply(site) {
        change.unproved = true;
        change.note("the whole reply goes to code that is not in this tree, where `expires_in` now counts seconds");
    }
    Ok(())
}

/// Says where a name goes on saying that the lifetime counts milliseconds.
fn note_name(project: &Project, change: &mut Change, read: Expr) {
    let source = project.source(project.bare(read)).trim_end_matches("()");
    let name = source.rsplit(['.', ':']).next().unwrap_or_default();
    let lower = name.to_lowercase();
    let says = ["ms", "millis", "milliseconds"].iter().any(|it| lower.ends_with(it));
    let plain = name.chars().all(|it| it.is_alphanumeric() || it == '_');
    if says && plain && lower.contains("expire") {
        change.note(format!("`{name}` counts seconds now, whatever its name says"));
    }
}

/// What is made of the lifetime is not known where the reply is spread, gone through, or asked for a computed field.
fn refuse_opaque_reads(site: &Site<'_>) -> Result<(), Declined> {
    let project = site.project;
    let whole = site.flow.reply.bodies.iter().filter(|it| it.rest.is_empty()).flat_map(|it| project.reach(it.expr));
    for reached in whole.filter(|it| it.path.is_empty()) {
        let expr = reached.expr;
        let element = project.file(expr.file).bound_by(expr.id).iter().any(|(binding, place)| {
            let definition = project.facts(expr.file).bindings[*binding].definitions.get(*place);
            definition.is_some_and(|it| it.kind == DefinitionKind::Element)
        });
        let taken = project.parent(expr).is_some_and(|parent| match project.value(parent) {
            Value::Spread(_) => true,
            Value::Index { object, key } => {
                *object == expr.id && project.known_text(Expr { file: expr.file, id: *key }).is_none()
            }
            Value::Operation { operator, .. } => operator == "%",
            Value::Member { object, name, .. } => *object == expr.id && matches!(name.as_str(), "items" | "values"),
            Value::Call { callee, .. } => {
                let callee = Expr { file: expr.file, id: *callee };
                matches!(project.value(callee), Value::Member { name, .. } if name == "update" || name == "format")
                    && callee.id != expr.id
            }
            _ => false,
        });
        if element || taken {
            let file = project.file(expr.file);
            let line = file.lines.line_column(file.text(), project.node(expr).span.start).line;
            let place = format!("{}:{line}", file.path());
            return Err(Declined::because(format!("what becomes of the lifetime in the reply is not known ({place})")));
        }
    }
    Ok(())
}

/// Patterns of a `match` statement are not followed, so what they make of the lifetime is not known.
fn refuse_match(site: &Site<'_>) -> Result<(), Declined> {
    let project = site.project;
    let whole = site.flow.reply.bodies.iter().filter(|it| it.rest.is_empty()).flat_map(|it| project.reach(it.expr));
    let matched = whole.filter(|it| it.path.is_empty() && project.parent(it.expr).is_none()).any(|it| {
        let data = project.file(it.expr.file);
        let statement = project.statement(it.expr).map(|id| &data.facts.statements[id]);
        statement.is_some_and(|it| it.kind == StatementKind::Compound && it.span.of(data.text()).starts_with("match "))
    });
    match matched {
        true => Err(Declined::because("the reply is taken apart by the patterns of a match statement")),
        false => Ok(()),
    }
}

/// A lifetime that was taken from the assertion's own `exp` has to come from the reply.
pub(super) fn own_expiry(site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
    let project = site.project;
    let Some(claims) = site.flow.assertion.as_ref().and_then(|it| it.claims) else { return Ok(()) };
    let Some(binding) = project.binding(claims) else { return Ok(()) };
    let file = claims.file;
    for id in project.facts(file).bindings[binding].reads.clone() {
        let read = Expr { file, id };
        let Some(parent) = project.parent(read).filter(|_| !change.removes(project, read)) else { continue };
        let Some((whole, key)) = field_read(project, read, parent) else { continue };
        let stored = project.stores(file).iter().any(|it| it.target == whole.id);
        if key != "exp" || stored {
            continue;
        }
        let near = site
            .flow
            .reply
            .tokens
            .iter()
            .find(|it| it.file == file && project.function(**it) == project.function(whole));
        let token =
            near.ok_or_else(|| Declined::because("the lifetime is taken from the assertion, far from the reply"))?;
        if site.file().facts.language.this.is_none() {
            return Err(Declined::because("the lifetime is taken from the assertion"));
        }
        let lifetime = change.text_of(project, *token).replace("access_token", "expires_in");
        change.replace(project.location(whole), format!("Math.floor(Date.now() / 1000) + {lifetime}"))?;
        change.note("the token's lifetime was that of the assertion; it is the reply's now");
    }
    Ok(())
}

/// Whether the reply leaves the tree as a whole: returned by a function that nobody here calls, or passed to one that is
/// not here.
fn hands_out_reply(site: &Site<'_>) -> bool {
    let project = site.project;
    let reached = site.flow.reply.bodies.iter().filter(|it| it.rest.is_empty()).flat_map(|it| project.reach(it.expr));
    reached.filter(|it| it.path.is_empty()).any(|it| {
        let outside = project.parent(it.expr).is_some_and(|call| {
            let Value::Call { callee, arguments, .. } = project.value(call) else { return false };
            let callee = Expr { file: call.file, id: *callee };
            let known = project.resolve(callee).iter().any(|it| matches!(it, Origin::Function(..) | Origin::Class(..)));
            let passed = arguments.iter().any(|argument| argument.value == it.expr.id);
            passed && !known && !is_logging(project, call) && !is_pure(project, call)
        });
        outside
            || project.facts(it.expr.file).functions.iter().any(|(function, data)| {
                data.returns.contains(&it.expr.id)
                    && project.call_sites(it.expr.file, function).is_empty()
                    && project.callback_of(it.expr.file, function, "then").is_none()
            })
    })
}

/// Converts what is made of one read of the lifetime.
pub(super) fn convert_read(project: &Project, change: &mut Change, read: Expr) -> Result<(), Declined> {
    for used in uses(project, read) {
        convert_use(project, change, used)?;
    }
    Ok(())
}

/// Where the lifetime is used as a number: the read itself, or reads of the plain names it is bound to.
fn uses(project: &Project, read: Expr) -> Vec<Expr> {
    let bound = project.file(read.file).bound_by(read.id).to_vec();
    let mut res = Vec::new();
    for (binding, place) in bound {
        let data = &project.facts(read.file).bindings[binding];
        let plain = data.definitions.get(place).is_some_and(|it| it.path.is_empty());
        if plain && data.definitions.len() == 1 {
            res.extend(data.reads.iter().map(|id| Expr { file: read.file, id: *id }));
        }
    }
    if res.is_empty() { vec![read] } else { res }
}

fn convert_use(project: &Project, change: &mut Change, used: Expr) -> Result<(), Declined> {
    let used = with_default(project, change, used)?;
    let outer = number(project, used);
    if is_asked(project, outer) {
        return Ok(());
    }
    let Some(parent) = project.parent(outer) else { return scale(project, change, used) };
    if let Some(division) = divided_in_tokens(project, outer, parent) {
        return change.delete(Location { file: used.file, span: division });
    }
    if let Some((unit, renamed)) = unit_in_tokens(project, outer, parent) {
        return change.reword(Location { file: used.file, span: unit }, renamed);
    }
    if let Value::Operation { operator, operands } = project.value(parent) {
        let other = operands.iter().find(|id| **id != outer.id).map(|id| Expr { file: used.file, id: *id });
        let by_thousand = other.is_some_and(|it| is_thousand(project, it));
        let first = operands.first() == Some(&outer.id);
        if matches!(operator.as_str(), "/" | "//") && by_thousand && first {
            return strip(project, change, used, parent);
        }
        if operator == "*" && by_thousand {
            change.note("`expires_in * 1000` was wrong before and is right now");
            return Ok(());
        }
        if let Some(other) = other
            && matches!(operator.as_str(), "+" | "-")
            && counts_seconds(project, other, 0)
        {
            change.note("the lifetime was added to seconds as if it were seconds; now it is");
            return Ok(());
        }
    }
    if rename_unit(project, change, parent, outer)? {
        return Ok(());
    }
    scale(project, change, used)
}

/// ` / 1000` behind a value among the tokens of a macro, which are not told apart.
fn divided_in_tokens(project: &Project, value: Expr, around: Expr) -> Option<Span> {
    matches!(project.value(around), Value::Opaque(_)).then_some(())?;
    let start = project.node(value).span.end;
    let after = project.file(value.file).text().get(start..)?;
    let rest = after.trim_start().strip_prefix('/')?.trim_start();
    let number: String = rest.chars().take_while(|it| it.is_ascii_digit() || *it == '_').collect();
    let length = after.len() - rest.len() + number.len();
    (number.replace('_', "") == "1000").then(|| Span::new(start, start + length))
}

/// `from_millis(` before a value among the tokens of a macro, with what takes seconds.
fn unit_in_tokens(project: &Project, value: Expr, around: Expr) -> Option<(Span, String)> {
    let tokens = matches!(project.value(around), Value::Opaque(_) | Value::List(_));
    let rust = project.facts(value.file).language.modules == ModuleStyle::Rust;
    let text = project.file(value.file).text();
    let before = text.get(..project.node(value).span.start).filter(|_| tokens && rust)?.strip_suffix('(')?;
    let name = before.rsplit(|it: char| !(it.is_alphanumeric() || it == '_')).next()?;
    let renamed = project.knowledge().lifetimes.in_seconds(name)?;
    Some((Span::new(before.len() - name.len(), before.len()), renamed.to_owned()))
}

/// Whether only it counts whether there is a lifetime at all.
fn is_asked(project: &Project, expr: Expr) -> bool {
    match project.parent(expr).map(|it| project.value(it)) {
        Some(Value::Operation { operator, .. }) => matches!(operator.as_str(), "is" | "is not" | "and" | "&&" | "not"),
        Some(_) => false,
        None => project.statement(expr).is_some_and(|it| {
            let kind = &project.facts(expr.file).statements[it].kind;
            matches!(kind, StatementKind::Branch { condition: Some(condition), .. } if *condition == expr.id)
        }),
    }
}

/// A read together with the default it has; the default counted milliseconds too, and is converted where it stands.
fn with_default(project: &Project, change: &mut Change, used: Expr) -> Result<Expr, Declined> {
    let mut whole = used;
    let mut defaults: Vec<Expr> = Vec::new();
    if let Value::Call { arguments, .. } = project.value(used) {
        // `get(key, default)`, `get(object, key, default)`: what follows the key.
        let key = arguments.iter().position(|it| {
            project.known_text(Expr { file: used.file, id: it.value }).is_some_and(|it| it.contains("expires_in"))
        });
        let after = key.and_then(|place| arguments.get(place + 1));
        defaults.extend(after.map(|it| Expr { file: used.file, id: it.value }));
    }
    if let Some(binding) = project.binding(used) {
        let definitions = &project.facts(used.file).bindings[binding].definitions;
        defaults.extend(definitions.iter().filter_map(|it| it.default).map(|id| Expr { file: used.file, id }));
    }
    if let Some(parent) = project.parent(project.outermost(used))
        && let Value::Operation { operator, operands } = project.value(parent)
        && matches!(operator.as_str(), "||" | "??" | "or")
        && let [_, default] = operands.as_slice()
    {
        defaults.push(Expr { file: used.file, id: *default });
        whole = parent;
    }
    for default in defaults {
        let source = project.source(default).replace('_', "");
        let thousands =
            source.strip_suffix("000").filter(|it| !it.is_empty() && it.chars().all(|it| it.is_ascii_digit()));
        match thousands {
            Some(seconds) => change.reword(project.location(default), seconds)?,
            None if source == "0" || source == "None" || source == "null" => {}
            None => return Err(Declined::because("the lifetime has a default whose unit cannot be converted")),
        }
    }
    Ok(whole)
}

/// An expression with the conversions to a number around it: `int(x)`, `Number(x)`, `float(x)`.
fn number(project: &Project, expr: Expr) -> Expr {
    let mut outer = project.outermost(expr);
    while let Some(parent) = project.parent(outer) {
        let Value::Call { callee, arguments, .. } = project.value(parent) else { break };
        let name = project.source(Expr { file: expr.file, id: *callee });
        if !matches!(name, "int" | "float" | "Number" | "parseInt")
            || arguments.first().map(|it| it.value) != Some(outer.id)
        {
            break;
        }
        outer = project.outermost(parent);
    }
    outer
}

fn is_thousand(project: &Project, expr: Expr) -> bool {
    let text = project.known_text(expr).unwrap_or_default().replace('_', "");
    matches!(text.trim_end_matches(['L', 'l']), "1000" | "1e3" | "1000.0" | "1000.")
}

/// Removes a division by thousand, with the rounding that only it needed.
fn strip(project: &Project, change: &mut Change, used: Expr, division: Expr) -> Result<(), Declined> {
    let inner = project.node(used).span;
    let mut outer = project.outermost(division);
    if let Some(parent) = project.parent(outer)
        && let Value::Call { callee, arguments, .. } = project.value(parent)
        && let [only] = arguments.as_slice()
        && only.value == outer.id
    {
        let name = project.source(Expr { file: used.file, id: *callee });
        if matches!(name, "Math.floor" | "Math.round" | "Math.trunc" | "Math.ceil" | "int" | "round") {
            outer = parent;
        }
    }
    let whole = project.node(outer).span;
    change.delete(Location { file: used.file, span: Span::new(whole.start, inner.start) })?;
    change.delete(Location { file: used.file, span: Span::new(inner.end, whole.end) })
}

/// `timedelta(milliseconds=x)` → `seconds=x`; `add(x, 'ms')` → `'seconds'`.
fn rename_unit(project: &Project, change: &mut Change, call: Expr, value: Expr) -> Result<bool, Declined> {
    let Value::Call { arguments, .. } = project.value(call) else { return Ok(false) };
    let Some(argument) = arguments.iter().find(|it| it.value == value.id) else { return Ok(false) };
    if argument.name.as_deref() == Some("milliseconds") {
        let end = argument.span.start + "milliseconds".len();
        change.reword(Location { file: call.file, span: Span::new(argument.span.start, end) }, "seconds")?;
        return Ok(true);
    }
    if let Some(span) = unit_method(project, call)
        && let Some(renamed) = project.knowledge().lifetimes.in_seconds(span.of(project.file(call.file).text()))
    {
        change.reword(Location { file: call.file, span }, renamed)?;
        return Ok(true);
    }
    for other in arguments {
        let expr = Expr { file: call.file, id: other.value };
        let source = project.source(expr);
        if let Some((head, last)) = source.rsplit_once('.')
            && let Some(renamed) = project.knowledge().lifetimes.in_seconds(last)
        {
            change.reword(project.location(expr), format!("{head}.{renamed}"))?;
            return Ok(true);
        }
        let unit = project.known_text(expr).unwrap_or_default();
        if matches!(unit.as_str(), "ms" | "millisecond" | "milliseconds") {
            let source = project.source(expr).replace(&unit, "seconds");
            change.reword(project.location(expr), source)?;
            return Ok(true);
        }
    }
    Ok(false)
}

/// The name of the method that a call calls.
fn unit_method(project: &Project, call: Expr) -> Option<Span> {
    let Value::Call { callee, .. } = project.value(call) else { return None };
    let callee = Expr { file: call.file, id: *callee };
    let Value::Member { name, .. } = project.value(callee) else { return None };
    let end = project.node(callee).span.end;
    Some(Span::new(end.checked_sub(name.len())?, end))
}

/// Whether an expression counts seconds: a clock of seconds, or one of milliseconds divided.
fn counts_seconds(project: &Project, expr: Expr, depth: usize) -> bool {
    if depth > 4 {
        return false;
    }
    let source = project.source(expr);
    let divided = source.contains("/ 1000") || source.contains("/1000");
    let thousand = ["1000", "1_000", "1e3"].iter().any(|it| source.contains(it));
    let multiplied = thousand && source.contains('*') && !divided;
    if multiplied {
        return false;
    }
    source.contains("time.time()") || source.contains(".unix()") || (source.contains("Date") && divided) || {
        member_key(project, expr).is_none()
            && project.binding(expr).is_some_and(|binding| {
                let definitions = &project.facts(expr.file).bindings[binding].definitions;
                let values = definitions.iter().filter_map(|it| it.value).map(|id| Expr { file: expr.file, id });
                values.into_iter().any(|it| it != expr && counts_seconds(project, it, depth + 1))
            })
    }
}

/// Keeps the unit of a use that cannot be converted otherwise.
fn scale(project: &Project, change: &mut Change, used: Expr) -> Result<(), Declined> {
    // Brackets that are there already serve.
    if matches!(project.value(used), Value::Operation { .. })
        && let Some(group) = project.parent(used)
        && matches!(project.value(group), Value::Group(_))
    {
        return scale(project, change, group);
    }
    let tight = project.parent(used).is_some_and(|parent| match project.value(parent) {
        Value::Operation { operator, .. } => !matches!(operator.as_str(), "+" | "-" | "<" | ">" | "<=" | ">="),
        Value::Member { .. } | Value::Index { .. } => true,
        _ => false,
    });
    let place = project.location(used);
    // Among the tokens of a macro a cast stands apart.
    let cast = project.file(used.file).text().get(place.span.end..).is_some_and(|it| it.starts_with(" as "));
    let tight = tight || cast && project.facts(used.file).language.modules == ModuleStyle::Rust;
    if matches!(project.value(used), Value::Operation { .. }) && !tight {
        change.insert(used.file, place.span.start, "(")?;
        return change.insert(used.file, place.span.end, ") * 1000");
    }
    if project.parent(used).is_some_and(|it| matches!(project.value(it), Value::Record(_))) && shorthand(project, used)
    {
        let name = project.source(used);
        return change.insert(used.file, place.span.end, format!(": {name} * 1000"));
    }
    if tight {
        change.insert(used.file, place.span.start, "(")?;
        return change.insert(used.file, place.span.end, " * 1000)");
    }
    change.insert(used.file, place.span.end, " * 1000")
}

/// Whether a name is an entry `{ name }` that is its own key.
fn shorthand(project: &Project, used: Expr) -> bool {
    let Some(record) = project.parent(used) else { return false };
    let Value::Record(entries) = project.value(record) else { return false };
    entries.iter().any(|it| it.value == used.id && it.span == project.node(used).span)
}
