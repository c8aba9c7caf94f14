//! In which unit code takes a lifetime.

use crate::facts::Value;
use crate::link::{Expr, Origin, Project};

/// How many names and calls a lifetime is followed through.
const DEPTH: usize = 4;

/// The places where a lifetime in seconds is taken for milliseconds.
pub(super) fn misread(project: &Project, read: Expr) -> Vec<Expr> {
    let mut res = Vec::new();
    follow(project, read, DEPTH, &mut res);
    res
}

/// Follows a value; adds the read at which it is misread.
fn follow(project: &Project, read: Expr, depth: usize, acc: &mut Vec<Expr>) {
    match end(project, read) {
        End::Milliseconds => acc.push(read),
        End::Bound(whole) if depth > 0 => {
            for (binding, place) in project.file(whole.file).bound_by(whole.id).to_vec() {
                let data = &project.facts(whole.file).bindings[binding];
                if data.definitions.get(place).is_some_and(|it| it.path.is_empty()) {
                    for id in &data.reads {
                        follow(project, Expr { file: whole.file, id: *id }, depth - 1, acc);
                    }
                }
            }
        }
        End::Passed(call, position) if depth > 0 => {
            // What a callee makes of it is the caller's mistake.
            let mut inner = Vec::new();
            for read in parameter_reads(project, call, position) {
                follow(project, read, depth - 1, &mut inner);
            }
            if !inner.is_empty() {
                acc.push(read);
            }
        }
        End::Bound(_) | End::Passed(..) | End::Other => {}
    }
}

/// Where a value ends up, unscaled.
enum End {
    /// Where milliseconds belong.
    Milliseconds,
    /// In a name.
    Bound(Expr),
    /// In a function of the project.
    Passed(Expr, usize),
    /// Elsewhere, or scaled.
    Other,
}

fn end(project: &Project, read: Expr) -> End {
    let mut current = read;
    while let Some(parent) = project.parent(current) {
        match project.value(parent) {
            Value::Group(_) | Value::Await(_) | Value::Choice { .. } => current = parent,
            Value::Operation { operator, operands } => match operation(project, current, parent, operator, operands) {
                Step::Goes => current = parent,
                Step::Ends(end) => return end,
            },
            Value::Member { .. } => {
                let Some(call) = project.parent(parent).filter(|it| project.is_callee(*it, parent)) else {
                    return End::Other;
                };
                match is_neutral(project, call) {
                    true => current = call,
                    false => return End::Other,
                }
            }
            Value::Call { .. } if is_neutral(project, parent) => current = parent,
            Value::Call { .. } => return passed(project, current, parent),
            _ => return End::Other,
        }
    }
    End::Bound(current)
}

enum Step {
    Goes,
    Ends(End),
}

fn operation(
    project: &Project,
    current: Expr,
    whole: Expr,
    operator: &str,
    operands: &[crate::facts::ValueId],
) -> Step {
    let others: Vec<Expr> =
        operands.iter().filter(|it| **it != current.id).map(|id| Expr { file: whole.file, id: *id }).collect();
    let thousand = others.iter().any(|it| is_thousand(project, *it));
    match operator {
        "/" | "//" if thousand => Step::Ends(End::Milliseconds),
        "*" if thousand => Step::Ends(End::Other),
        "+" | "-" if others.iter().any(|it| is_clock(project, *it)) => Step::Ends(End::Milliseconds),
        "+" | "-" | "*" | "||" | "??" | "or" => Step::Goes,
        _ => Step::Ends(End::Other),
    }
}

fn is_thousand(project: &Project, expr: Expr) -> bool {
    let bare = project.bare(expr);
    let text = match project.value(bare) {
        Value::Literal(text) => text.clone(),
        _ => project.known_text(bare).unwrap_or_default(),
    };
    matches!(text.replace('_', "").trim_end_matches(['L', 'l', 'd', 'f']), "1000" | "1000.0" | "1e3" | "1E3")
}

fn is_clock(project: &Project, expr: Expr) -> bool {
    let bare = project.bare(expr);
    match project.value(bare) {
        Value::Call { .. } => {
            project.knowledge().lifetimes.is_clock(&project.callee_paths(bare), &method(project, bare))
        }
        // `time.time() * 1000`
        Value::Operation { operator, operands } if operator == "*" => {
            let operands = operands.iter().map(|id| Expr { file: bare.file, id: *id });
            operands.clone().any(|it| is_thousand(project, it))
                && operands.filter(|it| !is_thousand(project, *it)).any(|it| project.source(it).contains("time"))
        }
        Value::Name { .. } => project.resolve(bare).into_iter().any(|it| match it {
            Origin::Value(value) => value != bare && is_clock(project, value),
            _ => false,
        }),
        _ => false,
    }
}

fn method(project: &Project, call: Expr) -> String {
    let Value::Call { callee, .. } = project.value(call) else { return String::new() };
    match project.value(Expr { file: call.file, id: *callee }) {
        Value::Member { name, .. } | Value::Name { name, .. } => name.clone(),
        _ => String::new(),
    }
}

fn is_neutral(project: &Project, call: Expr) -> bool {
    project.knowledge().lifetimes.is_neutral(&project.callee_paths(call), &method(project, call))
}

fn passed(project: &Project, argument: Expr, call: Expr) -> End {
    let Value::Call { arguments, callee, .. } = project.value(call) else { return End::Other };
    let Some(place) = arguments.iter().position(|it| it.value == argument.id) else { return End::Other };
    let keyword = arguments.get(place).and_then(|it| it.name.as_deref());
    let lifetimes = &project.knowledge().lifetimes;
    if lifetimes.takes_milliseconds(&project.callee_paths(call), &method(project, call), place, keyword) {
        return End::Milliseconds;
    }
    let own =
        project.resolve(Expr { file: call.file, id: *callee }).iter().any(|it| matches!(it, Origin::Function(..)));
    if own { End::Passed(call, place) } else { End::Other }
}

/// Where the functions that a call runs read the parameter that an argument becomes.
fn parameter_reads(project: &Project, call: Expr, position: usize) -> Vec<Expr> {
    let Value::Call { callee, .. } = project.value(call) else { return Vec::new() };
    let mut res = Vec::new();
    for origin in project.resolve(Expr { file: call.file, id: *callee }) {
        let Origin::Function(file, function) = origin else { continue };
        let data = &project.facts(file).functions[function];
        let receiver = usize::from(data.class.is_some() && project.facts(file).language.this.is_none());
        let kind = crate::facts::BindingKind::Parameter { function, position: position + receiver };
        let bindings = project.facts(file).bindings.iter().filter(|(_, it)| it.kind == kind);
        res.extend(bindings.flat_map(|(_, it)| it.reads.iter().map(|id| Expr { file, id: *id })));
    }
    res
}
