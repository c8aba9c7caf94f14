//! Whether an expression can be removed without losing an effect.

use crate::facts::{ClassId, FunctionId, Value};
use crate::knowledge::{Pure, path_matches};
use crate::link::{Expr, Origin, Project, UNREAD};
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
    is_one_of(project, call, &|row| &row.logging)
}

/// Whether a call is in a list of calls that write a log.
fn is_one_of(project: &Project, call: Expr, list: &dyn Fn(&'_ Pure) -> &'_ Vec<String>) -> bool {
    let language = project.facts(call.file).language.id;
    let paths = project.callee_paths(call);
    let rows = project.knowledge().pure.iter().filter(|row| row.language == language);
    let Value::Call { callee, .. } = project.value(call) else { return false };
    let source = project.source(Expr { file: call.file, id: *callee }).to_lowercase();
    rows.flat_map(list).any(|row| {
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
    // Making an object of a class whose constructor, if it has one, only keeps what it is given.
    let bare = |it: &Origin| match it {
        Origin::Class(file, class) => {
            let facts = project.facts(*file);
            let constructors = facts.language.constructors;
            let mut own = facts.classes[*class].methods.iter().filter(|it| constructors.contains(&it.0.as_str()));
            own.all(|(_, function)| pure_constructor(project, *file, *class, *function, depth + 1))
        }
        _ => false,
    };
    if !origins.is_empty() && origins.iter().all(bare) {
        return true;
    }
    if wraps(project, call) || wrapped(project, callee).is_some_and(|it| pure_reference(project, it, depth)) {
        return true;
    }
    let mut paths = project.callee_paths(call);
    if paths.is_empty() {
        // A long chain of calls is what its beginning is.
        let (first, members) = chain_root(project, callee);
        let own = project.callee_paths(first);
        paths.extend(own.iter().filter(|_| members > 0).map(|it| format!("{it}().")));
    }
    if paths.iter().any(|it| !it.starts_with(UNREAD)) {
        // The declared type says what a value of a file is that was not read.
        paths.retain(|it| !it.starts_with(UNREAD));
    }
    let matches = |list: &'static dyn Fn(&Pure) -> &Vec<String>, path: &str| {
        rows().flat_map(list).any(|row| path_matches(row, path))
    };
    !paths.is_empty()
        && paths.iter().all(|path| matches(&|row| &row.calls, path) && !matches(&|row| &row.lasting, path))
}

/// Whether a call gives a function that does what the one it is given does, as `util.promisify(fs.readFile)`.
fn wraps(project: &Project, call: Expr) -> bool {
    let language = project.facts(call.file).language.id;
    let rows = project.knowledge().pure.iter().filter(|row| row.language == language);
    let paths = project.callee_paths(call);
    rows.flat_map(|row| &row.wrapping).any(|row| paths.iter().any(|path| path_matches(row, path)))
}

/// The function that what is called was made of.
fn wrapped(project: &Project, callee: Expr) -> Option<Expr> {
    let made = match project.binding(callee) {
        Some(binding) => match project.facts(callee.file).bindings[binding].definitions.as_slice() {
            [only] if only.path.is_empty() => Expr { file: callee.file, id: only.value? },
            _ => return None,
        },
        None => callee,
    };
    let call = project.bare(made);
    let wraps = matches!(project.value(call), Value::Call { .. }) && wraps(project, call);
    project.argument(call, 0).filter(|_| wraps)
}

/// Whether calling a function that an expression names has no effect.
fn pure_reference(project: &Project, function: Expr, depth: usize) -> bool {
    let language = project.facts(function.file).language.id;
    let rows = || project.knowledge().pure.iter().filter(|row| row.language == language);
    let origins = project.resolve(function);
    !origins.is_empty()
        && origins.iter().all(|it| match it {
            Origin::Function(file, function) => pure_function(project, *file, *function, depth + 1),
            Origin::External(path) => {
                let method = path.rsplit('.').next().unwrap_or(path);
                let listed = |row: &Pure| row.calls.iter().any(|row| path_matches(row, path));
                rows().any(|row| listed(row) || row.methods.iter().any(|it| it == method))
                    && !rows().any(|row| row.lasting.iter().any(|row| path_matches(row, path)))
            }
            _ => false,
        })
}

/// The first call of a chain such as `a.b().c().d`, and how many follow it.
fn chain_root(project: &Project, callee: Expr) -> (Expr, usize) {
    let (mut first, mut members) = (callee, 0);
    while let Value::Member { object, .. } = project.value(first) {
        let inner = Expr { file: callee.file, id: *object };
        let Value::Call { callee: next, .. } = project.value(inner) else { break };
        first = Expr { file: callee.file, id: *next };
        members += 1;
    }
    match project.parent(first) {
        Some(call) if members > 0 => (call, members),
        _ => (first, members),
    }
}

/// Whether a constructor only computes, and stores into its own object.
fn pure_constructor(project: &Project, file: FileId, class: ClassId, function: FunctionId, depth: usize) -> bool {
    let facts = project.facts(file);
    let mut stores = facts.stores.iter().filter(|it| it.function == function);
    stores.all(|it| project.own_class(Expr { file, id: it.object }) == Some(class))
        && computes(project, file, function, depth)
}

/// Whether a function only computes: everything it calls does, and it stores into nothing but its own values.
fn pure_function(project: &Project, file: FileId, function: FunctionId, depth: usize) -> bool {
    let facts = project.facts(file);
    let own_store = |store: &crate::facts::Store| {
        let binding = project.binding(Expr { file, id: store.object });
        binding.is_some_and(|it| facts.enclosing(facts.bindings[it].function).any(|outer| outer == function))
    };
    let stores = facts.stores.iter().filter(|it| it.function == function).all(own_store);
    stores && computes(project, file, function, depth)
}

/// Whether all that a function calls has no effect.
fn computes(project: &Project, file: FileId, function: FunctionId, depth: usize) -> bool {
    depth <= DEPTH
        && project.exprs(file).filter(|it| project.function(*it) == function).all(|expr| match project.value(expr) {
            Value::Call { callee, .. } => {
                is_logging(project, expr)
                    || is_one_of(project, expr, &|row| &row.reporting)
                    || pure_call(project, expr, Expr { file, id: *callee }, depth)
            }
            _ => true,
        })
}
