//! How the reply of an exchange is used: where its parsed body is reached, its lifetime, and everything else.

use crate::facts::{Projection, Value};
use crate::knowledge::{Accessor, Callback, Client, Library, Parser, ReplyPattern, path_matches};
use crate::link::{Expr, Origin, Project, Reach, chain_of, member_key};
use crate::text::{FileId, Span};

use super::token;

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
    /// Reads of the lifetime from objects of a class that the reply is decoded into, known by their names.
    pub accessors: Vec<Expr>,
}

impl Reply {
    fn add(&mut self, other: Self) {
        self.bodies.extend(other.bodies);
        self.checks.extend(other.checks);
        self.others.extend(other.others);
        self.tokens.extend(other.tokens);
        self.lifetimes.extend(other.lifetimes);
        self.accessors.extend(other.accessors);
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
    let Some(client) = client else { return Reply { accessors: accessors(project, request), ..Reply::default() } };
    if client.streamed {
        return streamed(project, client, call);
    }
    let mut res = uses(project, request, &project.reach(request), &client.reply, &client.checks);
    let decoded = decoded_class(project, request);
    if decoded.is_some_and(|it| TEXTS.contains(&it)) {
        // What parses the text gives the body.
        (res.bodies, res.tokens, res.lifetimes) = Default::default();
    } else if decoded.is_some() && res.bodies.iter().all(|it| it.expr == it.response) {
        // The client decodes: the body is what it gives, wherever that goes.
        (res.bodies, res.tokens, res.lifetimes) = Default::default();
        let body = BodyUse { expr: project.outermost(request), response: request, rest: Vec::new(), destructured: 0 };
        fields_of(project, &body, &mut res);
        res.bodies.push(body);
    }
    if let Some(body) = parsed_behind(project, request).filter(|_| res.bodies.is_empty()) {
        fields_of(project, &body, &mut res);
        res.bodies.push(body);
    }
    if res.lifetimes.is_empty() {
        res.accessors = accessors(project, request);
    }
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

/// The reads of the lifetime by its name, in and around the file of a request, where replies become objects of classes.
fn accessors(project: &Project, request: Expr) -> Vec<Expr> {
    if !has_readers(project, request.file) {
        return Vec::new();
    }
    let around = project.files_around(request.file);
    // Classes of the same package are not imported.
    let folder = project.file(request.file).path().parent();
    let near = project.files().filter(|it| around.contains(&it.0) || it.1.path().parent() == folder);
    let files = near.map(|it| it.0);
    let reads = files.flat_map(|file| token::by_name(project, file));
    let mut res: Vec<Expr> = reads.map(|it| converted(project, it)).collect();
    res.sort();
    res.dedup();
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
                put_field(res, &key, converted(project, read));
            }
            [Projection::Key(key)] => put_field(res, key, converted(project, reach.expr)),
            _ => {}
        }
    }
}

/// A read with what only makes a text or number of it: `node.asLong()`, `(String) value`, `String.valueOf(value)`.
fn converted(project: &Project, read: Expr) -> Expr {
    let language = project.facts(read.file).language.id;
    let Some(row) = project.knowledge().readers.iter().find(|row| row.language == language) else { return read };
    let mut res = project.outermost(read);
    loop {
        let Some(parent) = project.parent(res) else { return res };
        let outer = match project.value(parent) {
            Value::Member { object, name, .. } if *object == res.id && row.conversions.contains(name) => {
                project.parent(parent).filter(|call| project.is_callee(*call, parent))
            }
            Value::Call { callee, arguments, .. } => {
                let source = project.source(Expr { file: res.file, id: *callee });
                let only = matches!(arguments.as_slice(), [only] if only.value == res.id);
                Some(parent).filter(|_| only && row.converters.iter().any(|it| it == source))
            }
            _ => None,
        };
        match outer {
            Some(outer) => res = project.outermost(outer),
            None => return res,
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

/// Whether replies are decoded into objects of classes in the language of a file.
fn has_readers(project: &Project, file: FileId) -> bool {
    let language = project.facts(file).language.id;
    project.knowledge().readers.iter().any(|row| row.language == language)
}

fn is_reader(project: &Project, file: FileId, method: &str) -> bool {
    let language = project.facts(file).language.id;
    let rows = project.knowledge().readers.iter().filter(|row| row.language == language);
    method == "get" || rows.flat_map(|row| &row.methods).any(|it| it == method)
}

/// The parser of a reply, where a call is one.
#[must_use]
pub fn parser(project: &Project, call: Expr) -> Option<&Parser> {
    let language = project.facts(call.file).language.id;
    let mut rows = project.knowledge().parsers.iter().filter(|row| row.language == language).peekable();
    rows.peek()?;
    let paths = project.callee_paths(call);
    rows.find(|row| paths.iter().any(|path| path_matches(&row.call, path)))
}

/// The reply that the only parser behind the request in its function parses, where the way there goes through what is not
/// followed, such as streams; or the request itself, where a function that it is given parses its reply.
fn parsed_behind(project: &Project, request: Expr) -> Option<BodyUse> {
    let own = project.node(request).span;
    let function = project.function(request);
    let facts = project.facts(request.file);
    let calls = project.exprs(request.file).filter(|it| {
        let at = project.node(*it).span;
        let given = project.function(*it);
        let here = given == function || own.contains(facts.functions[given].span);
        here && at.end > own.start && matches!(project.value(*it), Value::Call { .. })
    });
    let parsed: Vec<Expr> = calls.filter(|it| parser(project, *it).is_some()).collect();
    let [only] = parsed.as_slice() else { return None };
    let given = project.function(*only);
    let expr = match given == function {
        true => viewed(project, *only),
        false => facts.functions[given].returns.contains(&viewed(project, *only).id).then_some(request)?,
    };
    let expr = project.outermost(expr);
    Some(BodyUse { expr, response: request, rest: Vec::new(), destructured: 0 })
}

/// A parsed object with the methods that give the same object.
fn viewed(project: &Project, parsed: Expr) -> Expr {
    let language = project.facts(parsed.file).language.id;
    let rows = project.knowledge().readers.iter().filter(|row| row.language == language);
    let views: Vec<&String> = rows.flat_map(|it| &it.views).collect();
    let chain = chain_of(project, parsed);
    chain.iter().take_while(|it| views.contains(&&it.0)).last().map_or(parsed, |it| it.1)
}

/// The class that a client decodes its reply into, where a call of the chain that gives it names one: `body(T.class)`.
#[must_use]
pub fn decoded_class(project: &Project, body: Expr) -> Option<&str> {
    let mut links = project.links(project.bare(body)).into_iter();
    links.find_map(|(_, link)| {
        let Value::Call { arguments, .. } = project.value(link) else { return None };
        let mut sources = arguments.iter().map(|it| project.source(Expr { file: link.file, id: it.value }));
        sources.find_map(|source| {
            source.strip_suffix(".class").or_else(|| source.strip_suffix("::new")).or_else(|| {
                let (_, after) = source.split_once("TypeReference<")?;
                after.rsplit_once(">(").map(|it| it.0)
            })
        })
    })
}

/// Classes of a reply that is not parsed yet.
const TEXTS: &[&str] = &["String", "byte[]"];

/// The expression that reads a field of `body`, and the field: `body.x`, `body['x']`, `body.get('x')`, `get(body, 'x')`.
#[must_use]
pub fn field_read(project: &Project, body: Expr, parent: Expr) -> Option<(Expr, String)> {
    if let Some((object, key)) = member_key(project, parent) {
        if object != body {
            return None;
        }
        let call = project.parent(parent).filter(|it| project.is_callee(*it, parent));
        return match call {
            Some(call) if is_reader(project, body.file, &key) => {
                Some((call, project.known_text(project.argument(call, 0)?)?))
            }
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
