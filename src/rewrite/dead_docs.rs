//! Dead documentation: what a comment above a function says of a parameter, or of an option in one, that went.

use regex::Regex;

use crate::facts::{BindingKind, FunctionId, Projection, Value};
use crate::link::{Expr, ProjectFile};
use crate::text::{FileId, Span};

use super::change::{Declined, at};
use super::dead::Sweep;

/// A line of JSDoc that is about a parameter, up to its name.
const TAG: &str = r"^\s*\*?\s*@(?:param|arg|argument|property|prop)\s+(?:\{.*\}\s*)?\[?";
/// A line with which another tag begins, or the comment ends.
const NEXT: &str = r"^\s*\*?\s*@|\*/";

impl Sweep<'_, '_> {
    /// Removes the lines of JSDoc about parameters and options that went.
    pub(super) fn documentation(&mut self) -> Result<(), Declined> {
        let edited: Vec<FileId> = self.change.edits.keys().copied().collect();
        for file in edited {
            let data = self.project.file(file);
            for (id, _) in data.facts.functions.iter() {
                let Some(comment) = comment_above(data, id).filter(|it| !self.change.removes_span(at(file, *it)))
                else {
                    continue;
                };
                for lines in outdated(data, comment, &self.gone_parameters(file, id)) {
                    self.change.delete(at(file, lines))?;
                }
            }
        }
        Ok(())
    }

    /// What went of the parameters of a function, as patterns of how JSDoc names it.
    fn gone_parameters(&self, file: FileId, id: FunctionId) -> Vec<String> {
        let facts = self.project.facts(file);
        let function = &facts.functions[id];
        let mut res = Vec::new();
        for parameter in &function.parameters {
            if let Some(name) = parameter.name.as_ref().filter(|_| self.change.removes_span(at(file, parameter.span))) {
                res.push(format!(r"{}(?:[^\w$]|$)", regex::escape(name)));
            }
        }
        for (binding_id, binding) in facts.bindings.iter() {
            if !matches!(binding.kind, BindingKind::Parameter { function, .. } if function == id) {
                continue;
            }
            let destructured = binding.definitions.iter().any(|it| !it.path.is_empty());
            if destructured && self.is_gone(file, binding_id) {
                res.push(format!(r"[\w$]+\.{}(?:[^\w$]|$)", regex::escape(&binding.name)));
            }
            let taken = facts.bindings.iter().flat_map(|(_, it)| &it.definitions).filter(|it| {
                it.value.is_some_and(|value| binding.reads.contains(&value))
                    && self.change.removes_span(at(file, it.name_span))
            });
            for key in taken.filter_map(|it| it.path.first()) {
                if let Projection::Key(name) = key {
                    res.push(format!(r"{}\.{}(?:[^\w$]|$)", regex::escape(&binding.name), regex::escape(name)));
                }
            }
            let members = binding.reads.iter().filter_map(|it| {
                let object = Expr { file, id: *it };
                let parent = self.project.parent(object)?;
                match self.project.value(parent) {
                    Value::Member { object: own, name, .. } if own == it => Some((parent, name)),
                    _ => None,
                }
            });
            let (gone, left): (Vec<_>, Vec<_>) = members.partition(|it| self.change.removes(self.project, it.0));
            for (_, name) in gone.into_iter().filter(|it| left.iter().all(|other| other.1 != it.1)) {
                res.push(format!(r"{}\.{}(?:[^\w$]|$)", regex::escape(&binding.name), regex::escape(name)));
            }
        }
        res
    }
}

/// The comment that stands right above a function.
fn comment_above(data: &ProjectFile, id: FunctionId) -> Option<Span> {
    let function = &data.facts.functions[id];
    let start = function.statement.map_or(function.span.start, |it| data.facts.statements[it].span.start);
    let start = start.min(function.span.start);
    let comments = data.facts.comments.iter().filter(|it| it.end <= start && it.of(data.text()).starts_with("/**"));
    let last = comments.max_by_key(|it| it.end)?;
    let between = Span::new(last.end, start).of(data.text());
    let declares =
        |it: &str| matches!(it, "export" | "default" | "async" | "static" | "public" | "private" | "protected");
    between.split_whitespace().all(declares).then_some(*last)
}

/// The lines of a comment that are about what went; the whole comment where nothing else is left of it.
fn outdated(data: &ProjectFile, comment: Span, gone: &[String]) -> Vec<Span> {
    let Ok(next) = Regex::new(NEXT) else { return Vec::new() };
    let patterns: Vec<Regex> = gone.iter().filter_map(|it| Regex::new(&format!("{TAG}{it}")).ok()).collect();
    let mut res: Vec<Span> = Vec::new();
    let mut rest = false;
    let mut offset = comment.start;
    let mut within = false;
    for line in comment.of(data.text()).split_inclusive('\n') {
        let span = Span::new(offset, offset + line.len());
        offset += line.len();
        let about = patterns.iter().any(|it| it.is_match(line)) && !line.contains("*/");
        within = about || within && !next.is_match(line);
        match within {
            true => res.push(span),
            false => rest |= line.chars().any(char::is_alphanumeric),
        }
    }
    match rest || res.is_empty() {
        true => res,
        false => vec![data.lines.whole_lines(data.text(), comment)],
    }
}
