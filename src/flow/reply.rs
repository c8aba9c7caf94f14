//! How the reply of an exchange is used: where its parsed body is reached, its lifetime, and everything else.

use crate::facts::{Projection, Value};
use crate::knowledge::{Accessor, Callback, Client, Library, ReplyPattern, path_matches};
use crate::link::{Expr, Origin, Project, Reach, member_key};
use crate::text::{FileId, Span};

/// The uses of a reply.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// Where the parsed body is reached.
    pub bodies: Vec<BodyUse>,
    /// Calls that only raise when the request failed.
    pub checks: Vec<Expr>,
    /// Uses of the response that are no body: status, headers, text for an error.
    pub others: Vec<Expr>,
    /// Reads of `access_token`.
    pub tokens: Vec<Expr>,
    /// Reads of `expires_in`.
    pub lifetimes: Vec<Expr>,
}

impl Reply {
    fn add(&mut self, other: Self) {
        self.bodies.extend(other.bodies);
        self.checks.extend(other.checks);
        self.others.extend(other.others);
        self.tokens.extend(other.tokens);
        self.lifetimes.extend(other.lifetimes);
    }
}

/// A place where the parsed body of the reply is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyUse {
    /// The expression that is the body: `response.data`, `await res.json()`, `json.loads(r.text)`.
    pub expr: Expr,
    /// The expression of the response in it.
    pub response: Expr,
    /// What was taken out of the body by the destructuring that reached it.
    pub rest: Vec<Projection>,
    /// How many steps of destructuring led from the response to the body; those are in the declaration, not here.
    pub destructured: usize,
}

/// The uses of the reply of a request, which is a call with what is chained to it.
pub(super) fn of(project: &Project, client: Option<&Client>, call: Expr, request: Expr) -> Reply {
    let Some(client) = client else { return Reply::default() };
    if client.streamed {
        return streamed(project, client, call);
    }
    let mut res = uses(project, request, &project.reach(request), &client.reply, &client.checks);
    let given = client.callback.as_ref().and_then(|it| Some((it, callback(project, it, call)?)));
    if let Some((row, function)) = given {
        // What the call yields leads to the function.
        res.others.retain(|it| *it != request);
        for (position, patterns) in [(1, &row.response), (2, &row.body)] {
            res.add(uses(project, request, &project.callback_reads(function, position), patterns, &client.checks));
        }
    }
    res
}

/// What is made, in the functions that a request is given, of a reply that comes in pieces.
fn streamed(project: &Project, client: &Client, call: Expr) -> Reply {
    let Value::Call { arguments, .. } = project.value(call) else { return Reply::default() };
    let given = arguments.iter().flat_map(|it| project.resolve(Expr { file: call.file, id: it.value }));
    let functions: Vec<(FileId, Span)> = given
        .filter_map(|it| match it {
            Origin::Function(file, function) => Some((file, project.facts(file).functions[function].span)),
            _ => None,
        })
        .collect();
    let mut res = Reply::default();
    for (file, span) in functions {
        for expr in project.exprs(file).filter(|it| span.contains(project.node(*it).span)) {
            let response = client.reply.iter().find_map(|pattern| {
                let piece = project.argument(expr, 0)?;
                let body = body_at(project, &Reach { expr: piece, path: Vec::new() }, pattern)?;
                (body.expr == expr).then_some(body)
            });
            if let Some(body) = response {
                fields_of(project, &body, &mut res);
                res.bodies.push(body);
            }
        }
    }
    res.tokens.sort();
    res.tokens.dedup();
    res.lifetimes.sort();
    res.lifetimes.dedup();
    res
}

/// The function that a request hands its reply to.
#[must_use]
pub fn callback(project: &Project, row: &Callback, call: Expr) -> Option<Expr> {
    let mut given = row.at.iter().filter_map(|slot| project.slot(call, slot));
    given.find(|it| project.resolve(*it).iter().any(|it| matches!(it, Origin::Function(..))))
}

/// The uses of what a library call yields.
pub(super) fn of_library(project: &Project, library: &Library, call: Expr) -> Reply {
    uses(project, call, &project.reach(call), &library.reply, &[])
}

fn uses(project: &Project, request: Expr, reached: &[Reach], patterns: &[ReplyPattern], checks: &[String]) -> Reply {
    let mut res = Reply::default();
    // A client that hands over the body alone only if told so: what is taken out of the reply tells that it did not.
    let taken = reached.iter().any(|it| patterns.iter().any(|pattern| body_at(project, it, pattern).is_some()));
    let whole = !taken && patterns.iter().any(|it| it.steps.is_empty());
    for reach in reached {
        if let Some(body) = patterns.iter().find_map(|pattern| body_at(project, reach, pattern)) {
            if !res.bodies.iter().any(|it| it.expr == body.expr) {
                res.bodies.push(body);
            }
            continue;
        }
        if !is_end(project, reach.expr, reached) {
            continue;
        }
        if whole {
            let rest = reach.path.clone();
            res.bodies.push(BodyUse { expr: reach.expr, response: reach.expr, rest, destructured: 0 });
        } else if is_check(project, reach.expr, checks) {
            res.checks.push(reach.expr);
        } else if reach.expr != request || project.parent(project.outermost(reach.expr)).is_some() {
            res.others.push(reach.expr);
        }
    }
    for body in res.bodies.clone() {
        fields_of(project, &body, &mut res);
    }
    res.tokens.sort();
    res.tokens.dedup();
    res.lifetimes.sort();
    res.lifetimes.dedup();
    res
}

/// Whether a reached expression is where the value is used rather than passed on.
fn is_end(project: &Project, expr: Expr, reached: &[Reach]) -> bool {
    let passed_on = match project.parent(expr) {
        Some(parent) => {
            reached.iter().any(|it| it.expr == parent)
                || member_key(project, parent)
                    .is_some_and(|(_, name)| matches!(name.as_str(), "then" | "catch" | "finally"))
        }
        None => false,
    };
    let bound = !project.file(expr.file).bound_by(expr.id).is_empty();
    let stored = project.file(expr.file).stores_of(expr.id).next().is_some();
    let returned = project.file(expr.file).returned_by(expr.id).iter().copied().any(|function| {
        !project.call_sites(expr.file, function).is_empty()
            || project.callback_of(expr.file, function, "then").is_some()
    });
    !(passed_on || bound || stored || returned)
}

fn is_check(project: &Project, expr: Expr, checks: &[String]) -> bool {
    let Some(member) = project.parent(expr) else { return false };
    let Some((_, name)) = member_key(project, member) else { return false };
    let called = project.parent(member).filter(|call| project.is_callee(*call, member));
    called.is_some_and(|call| checks.contains(&name) && project.parent(call).is_none())
}

/// Matches a reply pattern outward from a place that holds the response.
fn body_at(project: &Project, reach: &Reach, pattern: &ReplyPattern) -> Option<BodyUse> {
    if pattern.steps.is_empty() {
        return None;
    }
    let mut steps = pattern.steps.iter();
    let mut path = reach.path.iter();
    let mut destructured = 0;
    let mut expr = reach.expr;
    for projection in path.by_ref() {
        let Projection::Key(key) = projection else { return None };
        match steps.next() {
            Some(Accessor::Member(name)) if name == key => destructured += 1,
            None => {
                let rest = std::iter::once(projection).chain(path).cloned().collect();
                return Some(BodyUse { expr, response: reach.expr, rest, destructured });
            }
            _ => return None,
        }
    }
    for step in steps {
        expr = outward(project, project.outermost(expr), step)?;
    }
    Some(BodyUse { expr: project.outermost(expr), response: reach.expr, rest: Vec::new(), destructured })
}

fn outward(project: &Project, expr: Expr, step: &Accessor) -> Option<Expr> {
    let parent = project.parent(expr)?;
    match step {
        Accessor::Member(expected) => {
            let (object, name) = member_key(project, parent)?;
            (object == expr && name == *expected).then_some(parent)
        }
        Accessor::Call => project.is_callee(parent, expr).then_some(parent),
        Accessor::PassedTo(path) => {
            let first = project.argument(parent, 0) == Some(expr);
            let globals = project.facts(expr.file).language.globals;
            let fits = |found: &String| {
                path_matches(path, found) || path_matches(path, found.strip_prefix(globals).unwrap_or(found))
            };
            (first && project.callee_paths(parent).iter().any(fits)).then_some(parent)
        }
    }
}

/// The reads of the token and of its lifetime in a body.
fn fields_of(project: &Project, body: &BodyUse, res: &mut Reply) {
    let mut reached = vec![Reach { expr: body.expr, path: body.rest.clone() }];
    if body.rest.is_empty() {
        reached.extend(project.reach(body.expr).into_iter().skip(1));
    }
    for reach in reached {
        match reach.path.as_slice() {
            [] => {
                let Some(parent) = project.parent(reach.expr) else { continue };
                let Some((read, key)) = field_read(project, reach.expr, parent) else { continue };
                put_field(res, &key, read);
            }
            [Projection::Key(key)] => put_field(res, key, reach.expr),
            _ => {}
        }
    }
}

fn put_field(res: &mut Reply, key: &str, read: Expr) {
    match key {
        "access_token" => res.tokens.push(read),
        "expires_in" => res.lifetimes.push(read),
        _ => {}
    }
}

/// The expression that reads a field of `body`, and the field: `body.x`, `body['x']`, `body.get('x')`, `get(body, 'x')`.
#[must_use]
pub fn field_read(project: &Project, body: Expr, parent: Expr) -> Option<(Expr, String)> {
    if let Some((object, key)) = member_key(project, parent) {
        if object != body {
            return None;
        }
        let call = project.parent(parent).filter(|it| project.is_callee(*it, parent));
        return match call {
            Some(call) if key == "get" => Some((call, project.known_text(project.argument(call, 0)?)?)),
            _ => Some((parent, key)),
        };
    }
    let Value::Call { .. } = project.value(parent) else { return None };
    let language = project.facts(parent.file).language.id;
    let paths = project.callee_paths(parent);
    let row = project.knowledge().lookups.iter().find(|row| {
        row.language == language && row.object.is_some() && paths.iter().any(|it| path_matches(&row.call, it))
    })?;
    let object = project.slot(parent, row.object.as_ref()?)?;
    let key = project.known_text(project.slot(parent, row.path.as_ref()?)?)?;
    (object == body).then_some((parent, key))
}
