//! The place where a Python program looks whether it got a token. The new request raises instead, so what the program did
//! about a refusal becomes the body of a handler around it (see `python_handler`).

use std::collections::BTreeSet;

use crate::facts::{BindingId, Statement, StatementId, StatementKind, Value};
use crate::link::{Expr, Project};
use crate::text::{FileId, Span};

use super::super::purity::is_logging;
use super::super::site::Site;

/// How many statements up a check of the reply is looked for.
const LEVELS: usize = 4;

/// What a program does about a reply without a token.
pub(super) struct Guard {
    /// The statements that do it.
    pub(super) body: Span,
    /// What follows them in the handler.
    pub(super) end: End,
    /// Whether the status of the reply is asked, rather than its body.
    pub(super) status: bool,
    /// The name that the body has for the error already.
    pub(super) name: Option<String>,
    /// What goes with the check besides its body.
    pub(super) gone: Vec<Gone>,
    /// The try statement around the request to which the handler is added; none where it needs one of its own.
    pub(super) joined: Option<StatementId>,
    /// The uses of the reply in what goes.
    pub(super) uses: Vec<Expr>,
}

/// How the body of a check ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It returns, exits, or raises an error with a cause.
    Left,
    /// It raises an error of its own, which gets a cause.
    Raised,
    /// It goes on to a call that raises.
    Checked,
}

/// A part of a check that goes.
pub(super) enum Gone {
    /// A whole statement.
    Statement(StatementId),
    /// The lines from one offset to another.
    Lines(Span),
    /// The indentation of a block that is no longer one.
    Step(Span),
}

impl Gone {
    fn start(&self, facts: &crate::facts::FileFacts) -> usize {
        match self {
            Self::Statement(id) => facts.statements[*id].span.start,
            Self::Lines(span) | Self::Step(span) => span.start,
        }
    }
}

/// Looks for the check of the reply: behind the request, or behind a `with` or `try` that it stands in.
pub(super) fn guard(site: &Site<'_>) -> Option<Guard> {
    let search = Search::new(site)?;
    let facts = &site.file().facts;
    let mut level = site.project.statement(site.flow.request)?;
    let mut joined = None;
    if facts.statements[level].kind == StatementKind::Compound {
        let inner = search.among(|it| it.parent == Some(level));
        if let Some(found) = search.first(&inner) {
            return Some(found).filter(|it| search.is_next(it));
        }
    }
    for _ in 0..LEVELS {
        let own = &facts.statements[level];
        let after = search.among(|it| it.parent == own.parent && it.block == own.block && it.span.start > own.span.end);
        if let Some(found) = search.first(&after) {
            return Some(Guard { joined, ..found }).filter(|it| search.is_next(it));
        }
        level = own.parent?;
        match facts.statements[level].kind {
            StatementKind::Guarded if facts.handlers.iter().any(|it| it.statement == Some(level)) => {
                joined = Some(level);
            }
            StatementKind::Compound if opens_with(facts.statements[level].span.of(site.file().text())) => {}
            _ => return None,
        }
    }
    None
}

/// Whether a statement is a `with`.
pub(super) fn opens_with(statement: &str) -> bool {
    statement.trim_start_matches("async").trim_start().starts_with("with ")
}

/// What is needed to tell checks of the reply from other statements.
struct Search<'p, 's> {
    site: &'s Site<'p>,
    file: FileId,
    names: BTreeSet<BindingId>,
}

impl<'p, 's> Search<'p, 's> {
    fn new(site: &'s Site<'p>) -> Option<Self> {
        let names = reply_names(site);
        (!names.is_empty()).then_some(Self { site, file: site.flow.request.file, names })
    }

    fn among(&self, fits: impl Fn(&Statement) -> bool) -> Vec<StatementId> {
        let facts = &self.site.file().facts;
        let mut res: Vec<StatementId> = facts.statements.iter().filter(|(_, it)| fits(it)).map(|(id, _)| id).collect();
        res.sort_by_key(|it| facts.statements[*it].span.start);
        res
    }

    /// The first check among siblings.
    fn first(&self, siblings: &[StatementId]) -> Option<Guard> {
        (0..siblings.len()).find_map(|place| {
            let rest = siblings.get(place..).unwrap_or_default();
            let (first, rest) = rest.split_first()?;
            match self.site.file().facts.statements[*first].kind {
                StatementKind::Branch { .. } => self.branch(*first, rest),
                StatementKind::Guarded => self.attempt(*first),
                _ => None,
            }
        })
    }

    /// Whether nothing but reading the reply and logging stands between the request and the check: a refusal skips it.
    fn is_next(&self, guard: &Guard) -> bool {
        let project = self.site.project;
        let facts = &self.site.file().facts;
        let request = project.node(self.site.flow.request).span;
        let start = guard.gone.iter().map(|it| it.start(facts)).min().unwrap_or(guard.body.start);
        let own = project.function(self.site.flow.request);
        let between = facts
            .statements
            .iter()
            .filter(|(_, it)| it.function == own && it.span.start >= request.end && it.span.end <= start)
            // What handles another error is not on the way from the request to the check.
            .filter(|(_, it)| !facts.handlers.iter().any(|handler| handler.span.contains(it.span)));
        between.into_iter().all(|(id, it)| {
            let reads_reply = it.kind == StatementKind::Plain && !self.reads(it.span).is_empty();
            let logs = project.exprs(self.file).any(|expr| {
                project.statement(expr) == Some(id) && project.parent(expr).is_none() && is_logging(project, expr)
            });
            reads_reply || logs
        })
    }

    fn branch(&self, id: StatementId, rest: &[StatementId]) -> Option<Guard> {
        let facts = &self.site.file().facts;
        let statement = &facts.statements[id];
        let StatementKind::Branch { condition: Some(condition), body, otherwise } = statement.kind else { return None };
        let condition = Expr { file: self.file, id: condition };
        let asked = self.site.project.node(condition).span;
        if self.reads(asked).is_empty() {
            return None;
        }
        let source = self.site.project.source(condition);
        match says(source)? {
            Says { granted: false, status } if !otherwise => {
                let inside = self.among(|it| it.parent == Some(id) && body.contains(it.span));
                let end = self.end(&inside).or_else(|| self.checked(rest.first()).then_some(End::Checked))?;
                let uses = self.reads(statement.span);
                Some(Guard { body, end, status, name: None, gone: vec![Gone::Statement(id)], joined: None, uses })
            }
            Says { granted: true, status } if otherwise => self.otherwise(id, body, status),
            Says { granted: true, status } => self.rest(id, body, rest, status),
            Says { .. } => None,
        }
    }

    /// `if granted: … else: refused`
    fn otherwise(&self, id: StatementId, body: Span, status: bool) -> Option<Guard> {
        let text = self.site.file().text();
        let facts = &self.site.file().facts;
        let whole = facts.statements[id].span;
        let other = self.among(|it| it.parent == Some(id) && it.span.start >= body.end);
        let first = facts.statements[*other.first()?].span.start;
        let between = Span::new(body.end, first).of(text);
        let end = self.end(&other)?;
        let plain = between.trim().starts_with("else") && !between.contains("elif");
        plain.then_some(self.refused_after(whole, body, Span::new(first, whole.end), end, status))
    }

    /// `if granted: return …`, and what follows when it was refused.
    fn rest(&self, id: StatementId, body: Span, rest: &[StatementId], status: bool) -> Option<Guard> {
        let facts = &self.site.file().facts;
        let inside = self.among(|it| it.parent == Some(id) && body.contains(it.span));
        let leaves = inside.last().is_some_and(|it| facts.statements[*it].kind == StatementKind::Return);
        let (first, last) = (facts.statements[*rest.first()?].span, facts.statements[*rest.last()?].span);
        let end = self.end(rest).filter(|_| leaves)?;
        Some(self.refused_after(facts.statements[id].span, body, Span::new(first.start, last.end), end, status))
    }

    /// A branch `whole` whose body goes on with the token, and what is done about a refusal behind the body.
    fn refused_after(&self, whole: Span, body: Span, refused: Span, end: End, status: bool) -> Guard {
        let text = self.site.file().text();
        let lines = &self.site.file().lines;
        let head = Span::new(whole.start, lines.whole_lines(text, Span::at(body.start)).start);
        // What stands between the body and the refusal, such as `else:` and comments, goes with it.
        let tail_start = lines.whole_lines(text, Span::at(body.end.saturating_sub(1))).end;
        let tail = Span::new(tail_start, lines.whole_lines(text, Span::at(refused.end)).end);
        let asked = Span::new(whole.start, body.start);
        let uses = self.reads(asked).into_iter().chain(self.reads(refused)).collect();
        let gone = vec![Gone::Lines(head), Gone::Step(body), Gone::Lines(tail)];
        Guard { body: refused, end, status, name: None, gone, joined: None, uses }
    }

    /// `try: response.raise_for_status() except …: refused`
    fn attempt(&self, id: StatementId) -> Option<Guard> {
        let facts = &self.site.file().facts;
        let whole = facts.statements[id].span;
        let mut handlers = facts.handlers.iter().filter(|it| it.statement == Some(id));
        let (handler, None) = (handlers.next()?, handlers.next()) else { return None };
        let tried = self.among(|it| it.parent == Some(id) && !handler.span.contains(it.span));
        let inside = self.among(|it| it.parent == Some(id) && handler.span.contains(it.span));
        let [only] = tried.as_slice() else { return None };
        let (first, last) = (facts.statements[*inside.first()?].span, facts.statements[*inside.last()?].span);
        let end = self.end(&inside).filter(|_| self.checked(Some(only)) && last.end == whole.end)?;
        let caught =
            handler.filter.map(|id| self.site.project.source(Expr { file: self.file, id })).unwrap_or_default();
        let name = caught.split_once(" as ").map(|(_, name)| name.trim().to_owned());
        let (body, gone) = (Span::new(first.start, last.end), vec![Gone::Statement(id)]);
        let end = if name.is_some() && end == End::Raised { End::Left } else { end };
        Some(Guard { body, end, status: true, name, gone, joined: None, uses: self.reads(whole) })
    }

    /// How a list of statements ends, if it ends the function.
    fn end(&self, statements: &[StatementId]) -> Option<End> {
        let last = &self.site.file().facts.statements[*statements.last()?];
        let text = last.span.of(self.site.file().text());
        match last.kind {
            StatementKind::Throw if text.contains(" from ") || text == "raise" => Some(End::Left),
            StatementKind::Throw => Some(End::Raised),
            StatementKind::Return => Some(End::Left),
            _ => leaves(text).then_some(End::Left),
        }
    }

    /// Whether a statement only asks the reply to raise.
    fn checked(&self, statement: Option<&StatementId>) -> bool {
        let project = self.site.project;
        statement.is_some_and(|id| self.site.flow.reply.checks.iter().any(|it| project.statement(*it) == Some(*id)))
    }

    /// The names of the reply in a place.
    fn reads(&self, span: Span) -> Vec<Expr> {
        let project = self.site.project;
        let all = project.exprs(self.file).filter(|it| span.contains(project.node(*it).span));
        all.filter(|it| matches!(project.value(*it), Value::Name { binding: Some(id), .. } if self.names.contains(id)))
            .collect()
    }
}

/// The names that hold the response or its body in the function of the request.
fn reply_names(site: &Site<'_>) -> BTreeSet<BindingId> {
    let project = site.project;
    let file = site.flow.request.file;
    let bodies = site.flow.reply.bodies.iter().map(|it| it.expr);
    let roots = bodies.chain([site.flow.request]).filter(|it| it.file == file);
    let reached = roots.flat_map(|it| project.reach(it)).filter(|it| it.path.is_empty() && it.expr.file == file);
    let own = project.function(site.flow.request);
    reached.filter(|it| project.function(it.expr) == own).filter_map(|it| project.binding(it.expr)).collect()
}

const STATUS: &[&str] = &["status_code", ".status", ".ok", ".is_success", ".is_error"];

/// What a condition says of the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Says {
    /// That the token was granted, rather than refused.
    granted: bool,
    /// By the status, rather than by what the body holds.
    status: bool,
}

/// What a condition says of the reply, where it says nothing else besides.
fn says(condition: &str) -> Option<Says> {
    if condition.contains(" and ") || condition.contains(" or ") {
        return None;
    }
    let negated = condition.starts_with("not ");
    let differs = condition.contains("!=");
    if STATUS.iter().any(|it| condition.contains(it)) {
        let good = ["200", "codes.ok", "HTTPStatus.OK"].iter().any(|it| condition.ends_with(it));
        let flag = [".ok", ".is_success"].iter().any(|it| condition.ends_with(it));
        let failed = [".is_error", ">= 400", "> 299"].iter().any(|it| condition.ends_with(it));
        let granted = match () {
            () if failed && !negated => false,
            () if good && differs && !negated => false,
            () if good && condition.contains("==") && !negated => true,
            () if flag && !differs => !negated,
            () => return None,
        };
        return Some(Says { granted, status: true });
    }
    let within = condition.contains(" in ");
    let outside = condition.contains(" not in ");
    let granted = match () {
        () if condition.contains("access_token") => {
            let missing = outside || negated || condition.ends_with("is None");
            (missing || within).then_some(!missing)?
        }
        () => {
            let error = condition.contains("error") && !negated && !outside && !differs && !condition.contains("==");
            error.then_some(false)?
        }
    };
    Some(Says { granted, status: false })
}

/// Whether a statement ends the program.
fn leaves(text: &str) -> bool {
    ["sys.exit(", "exit(", "quit(", "os._exit("].iter().any(|it| text.starts_with(it))
}

impl Guard {
    /// Whether a use of the reply is one of the check's.
    pub(super) fn covers(&self, project: &Project, used: Expr) -> bool {
        let span = project.node(used).span;
        self.uses.iter().any(|it| it.file == used.file && span.contains(project.node(*it).span))
    }

    /// Whether the handler needs a try statement of its own.
    pub(super) fn is_alone(&self) -> bool {
        self.joined.is_none()
    }
}
