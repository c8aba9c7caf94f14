//! Java: what read the old reply reads the new one. The lifetime stays in milliseconds, since the new reply tells it as two
//! instants.

use crate::facts::{StatementKind, Value};
use crate::flow::BodyUse;
use crate::link::{Expr, Project};

use super::super::change::{Change, Declined};
use super::super::purity::is_logging;
use super::super::site::Site;
use super::java_guard::turned_away;
use super::java_made;
use super::java_spring::drop_statement;

/// The reads of a reply.
pub(super) struct Reads {
    /// Where the parsed reply is reached.
    pub(super) body: BodyUse,
    tokens: Vec<Expr>,
    lifetimes: Vec<Expr>,
}

impl Reads {
    pub(super) fn of(site: &Site<'_>) -> Result<Self, Declined> {
        let reply = &site.flow.reply;
        // What a check takes of a refusal goes with the check.
        let bodies: Vec<&BodyUse> = reply.bodies.iter().filter(|it| !turned_away(site.project, it.expr)).collect();
        let [body] = bodies.as_slice() else {
            return Err(Declined::because("where the reply is parsed is not known"));
        };
        if throws_inside(site.project, body.expr) {
            // Callers may wait for what it throws, which tells the number.
            return Err(Declined::because("the function that reads the reply throws its own error"));
        }
        Ok(Self { body: (*body).clone(), tokens: reply.tokens.clone(), lifetimes: reply.lifetimes.clone() })
    }

    /// The places where the parsed reply goes by a name.
    pub(super) fn names(&self, project: &Project) -> Vec<Expr> {
        let bound = project.file(self.body.expr.file).bound_by(self.body.expr.id);
        let bindings = bound.iter().map(|(binding, _)| &project.facts(self.body.expr.file).bindings[*binding]);
        bindings.flat_map(|it| &it.reads).map(|id| Expr { file: self.body.expr.file, id: *id }).collect()
    }

    /// Replaces the reads, or makes the parsed object of the new reply.
    pub(super) fn replace(
        &self,
        site: &Site<'_>,
        change: &mut Change,
        name: &str,
        level: u32,
    ) -> Result<Renewed, Declined> {
        let project = site.project;
        let own = |it: &&Expr| it.file == self.body.expr.file;
        let known: Vec<Expr> = self.tokens.iter().chain(&self.lifetimes).filter(own).copied().collect();
        let covered = |read: Expr| {
            let span = project.node(read).span;
            known.iter().any(|it| project.node(*it).span.contains(span))
                || change.removes(project, read)
                || logged(project, read)
        };
        let names = self.names(project);
        let direct = known.iter().any(|it| project.node(*it).span.contains(project.node(self.body.expr).span));
        let all = direct || (!names.is_empty() && names.iter().all(|it| covered(*it)));
        let plain = self.lifetimes.iter().all(|it| Kind::of(project, *it) != Kind::Other);
        if !(all && plain && !known.is_empty()) {
            return self.rebuild(site, change, name, level);
        }
        let mut imports = Vec::new();
        for token in &self.tokens {
            change.replace(project.location(*token), format!("{name}.getTokenValue()"))?;
        }
        for lifetime in &self.lifetimes {
            let (expr, text) = renewed_lifetime(project, *lifetime, name);
            if text.contains("Duration.") {
                imports.push("java.time.Duration".to_owned());
            }
            change.replace(project.location(expr), text)?;
        }
        if !direct && let Some(statement) = project.statement(self.body.expr) {
            drop_statement(site, change, statement)?;
        }
        for read in names.iter().filter(|it| !covered_by(project, &known, **it)) {
            if let Some(statement) = project.statement(*read).filter(|_| !change.removes(project, *read)) {
                drop_statement(site, change, statement)?;
            }
        }
        Ok(Renewed { imports, before: String::new() })
    }

    /// Makes the object that was parsed of the new reply, for code that uses it as a whole.
    fn rebuild(&self, site: &Site<'_>, change: &mut Change, name: &str, level: u32) -> Result<Renewed, Declined> {
        let made = java_made::made(site, self.body.expr, name, &milliseconds(name), level)?;
        change.kept.extend(made.kept);
        change.replace(site.project.location(made.replaced), made.text)?;
        Ok(Renewed { imports: made.imports, before: made.before })
    }
}

/// What new reads of the reply need.
#[derive(Debug, Default)]
pub(super) struct Renewed {
    /// The classes that they name.
    pub(super) imports: Vec<String>,
    /// Statements that come before them, with tabs for steps.
    pub(super) before: String,
}

/// Whether a function that a request is given throws.
fn throws_inside(project: &Project, body: Expr) -> bool {
    let span = project.node(body).span;
    let facts = project.facts(body.file);
    let mut inside = facts.statements.iter().filter(|(_, it)| span.contains(it.span));
    inside.any(|(_, it)| it.kind == StatementKind::Throw)
}

fn covered_by(project: &Project, known: &[Expr], read: Expr) -> bool {
    known.iter().any(|it| project.node(*it).span.contains(project.node(read).span))
}

/// Whether a read only stands in a statement that logs it.
fn logged(project: &Project, read: Expr) -> bool {
    let top = std::iter::successors(Some(read), |it| project.parent(*it)).last();
    top.is_some_and(|it| matches!(project.value(it), Value::Call { .. }) && is_logging(project, it))
}

/// What type a read of the lifetime has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Long,
    Int,
    Text,
    Other,
}

impl Kind {
    fn of(project: &Project, read: Expr) -> Self {
        let source = project.source(project.bare(read));
        let cast = project.source(read);
        let last = source.rsplit('.').next().unwrap_or_default().split('(').next().unwrap_or_default();
        match last {
            "asLong" | "longValue" | "getAsLong" | "getLong" | "optLong" | "parseLong" | "valueOf"
                if !source.starts_with("Integer") && !source.starts_with("String") =>
            {
                Self::Long
            }
            "asInt" | "intValue" | "getAsInt" | "getInt" | "optInt" | "parseInt" => Self::Int,
            "asText" | "getAsString" | "getString" | "optString" | "toString" => Self::Text,
            _ if source.starts_with("Long.") => Self::Long,
            _ if source.starts_with("Integer.") => Self::Int,
            _ if cast.starts_with("(long)") || cast.starts_with("(Long)") => Self::Long,
            _ if cast.starts_with("(int)") || cast.starts_with("(Integer)") => Self::Int,
            _ => Self::Other,
        }
    }
}

fn milliseconds(name: &str) -> String {
    format!("Duration.between({name}.getIssuedAt(), {name}.getExpiresAt()).toMillis()")
}

/// What takes the place of a read of the lifetime, with as much of what is made of it as the new reply tells by itself.
fn renewed_lifetime(project: &Project, read: Expr, name: &str) -> (Expr, String) {
    let outer = project.outermost(read);
    let kind = Kind::of(project, read);
    if let Some(parent) = project.parent(outer) {
        let source = |it: Expr| project.source(it).replace(' ', "");
        match project.value(parent) {
            Value::Operation { operator, operands } => {
                let other = operands.iter().find(|it| **it != outer.id).map(|id| Expr { file: read.file, id: *id });
                let other = other.map(source).unwrap_or_default();
                if operator == "+" && other == "System.currentTimeMillis()" {
                    return (project.outermost(parent), format!("{name}.getExpiresAt().toEpochMilli()"));
                }
                let first = operands.first() == Some(&outer.id);
                if operator == "/" && first && matches!(other.as_str(), "1000" | "1000L" | "1_000" | "1_000L") {
                    let seconds = format!("Duration.between({name}.getIssuedAt(), {name}.getExpiresAt()).getSeconds()");
                    return (parent, seconds);
                }
            }
            Value::Call { callee, .. } => {
                let callee = source(Expr { file: read.file, id: *callee });
                if callee == "Instant.now().plusMillis" {
                    return (parent, format!("{name}.getExpiresAt()"));
                }
            }
            _ => {}
        }
    }
    let text = match kind {
        Kind::Int => format!("(int) {}", milliseconds(name)),
        Kind::Text => format!("String.valueOf({})", milliseconds(name)),
        Kind::Long | Kind::Other => milliseconds(name),
    };
    (outer, text)
}
