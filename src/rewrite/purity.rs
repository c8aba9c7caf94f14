//! Whether an expression can be removed without losing an effect.

use crate::facts::{FunctionId, Value};
use crate::knowledge::path_matches;
use crate::link::{Expr, Origin, Project};
use crate::text::FileId;

const DEPTH: usize = 6;

/// Whether evaluating an expression only computes or reads.
pub(super) fn is_pure(project: &Project, expr: Expr) -> bool {
    pure_at(project, expr, 0, &|_| false)
}

/// As [`is_pure`], where parts that `gone` names go anyway.
pub(super) fn is_pure_besides(project: &Project, expr: Expr, gone: &dyn Fn(Expr) -> bool) -> bool {
    pure_at(project, expr, 0, gone)
}

/// Whether a call is one that only writes a log.
pub(super) fn is_logging(project: &Project, call: Expr) -> bool {
    let language = project.facts(call.file).language.id;
    let paths = project.callee_paths(call);
    let rows = project.knowledge().pure.iter().filter(|row| row.language == language);
    let Value::Call { callee, .. } = project.value(call) else { return false };
    let source = project.source(Expr { file: call.file, id: *callee }).to_lowercase();
    rows.flat_map(|row| &row.logging).any(|row| {
        paths.iter().any(|path| path_matches(row, path)) || row.strip_prefix('~').is_some_and(|name| source == name)
    })
}

/// Whether a call ends the program.
pub(super) fn is_leaving(project: &Project, call: Expr) -> bool {
    let language = project.facts(call.file).language.id;
    let paths = project.callee_paths(call);
    let rows = project.knowledge().pure.iter().filter(|row| row.language == language);
    rows.flat_map(|row| &row.leaving).any(|row| paths.iter().any(|path| path_matches(row, path)))
}

fn pure_at(project: &Project, expr: Expr, depth: usize, gone: &dyn Fn(Expr) -> bool) -> bool {
    if gone(expr) {
        return true;
    }
    if depth > DEPTH {
        return false;
    }
    let value = project.value(expr);
    if let Value::Call { callee, .. } = value
        && !pure_call(project, expr, Expr { file: expr.file, id: *callee }, depth)
    {
        return false;
    }
    if let Value::Function(function) = value {
        return pure_function(project, expr.file, *function, depth + 1);
    }
    value.children().into_iter().all(|id| pure_at(project, Expr { file: expr.file, id }, depth, gone))
}

fn pure_call(project: &Project, call: Expr, callee: Expr, depth: usize) -> bool {
    let language = project.facts(call.file).language.id;
    let rows = || project.knowledge().pure.iter().filter(|row| row.language == language);
    if let Value::Member { name, .. } = project.value(callee)
        && rows().any(|row| row.methods.contains(name))
    {
        return true;
    }
    let origins = project.resolve(callee);
    let functions: Vec<(FileId, FunctionId)> = origins
        .iter()
        .filter_map(|it| match it {
            Origin::Function(file, function) => Some((*file, *function)),
            _ => None,
        })
        .collect();
    if !functions.is_empty() {
        return functions.into_iter().all(|(file, function)| pure_function(project, file, function, depth + 1));
    }
    // Making an object of a class without a constructor of its own only keeps what it is given.
    let bare = |it: &Origin| match it {
        Origin::Class(file, class) => {
            let facts = project.facts(*file);
            let constructors = facts.language.constructors;
            !facts.classes[*class].methods.iter().any(|(name, _)| constructors.contains(&name.as_str()))
        }
        _ => false,
    };
    if !origins.is_empty() && origins.iter().all(bare) {
        return true;
    }
    let paths = project.callee_paths(call);
    !paths.is_empty() && paths.iter().all(|path| rows().flat_map(|row| &row.calls).any(|row| path_matches(row, path)))
}

/// Whether a function only computes: everything it calls does, and it stores into nothing but its own values.
fn pure_function(project: &Project, file: FileId, function: FunctionId, depth: usize) -> bool {
    if depth > DEPTH {
        return false;
    }
    let facts = project.facts(file);
    let own_store = |store: &crate::facts::Store| {
        let binding = project.binding(Expr { file, id: store.object });
        binding.is_some_and(|it| facts.enclosing(facts.bindings[it].function).any(|outer| outer == function))
    };
    let stores = facts.stores.iter().filter(|it| it.function == function).all(own_store);
    stores
        && project.exprs(file).filter(|it| project.function(*it) == function).all(|expr| match project.value(expr) {
            Value::Call { callee, .. } => {
                is_logging(project, expr) || pure_call(project, expr, Expr { file, id: *callee }, depth)
            }
            _ => true,
        })
}
