//! How a file is written: indentation, quotes, semicolons, line ends.

use crate::lang::ModuleStyle;
use crate::link::ProjectFile;
use crate::text::Span;

/// The habits of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Style {
    /// One step of indentation.
    pub(super) indent: String,
    /// The quote around strings.
    pub(super) quote: char,
    /// What ends a statement.
    pub(super) semicolon: &'static str,
    /// What ends a line.
    pub(super) newline: &'static str,
    /// Whether arguments over several lines end in a comma.
    pub(super) trailing_comma: bool,
    /// What stands between a function's name and its parameters.
    pub(super) name_gap: &'static str,
    /// Whether the file is an ES module.
    pub(super) es_module: bool,
}

impl Style {
    /// Reads the habits off a file.
    pub(super) fn of(file: &ProjectFile) -> Self {
        let text = file.text();
        let count = |what: char| text.chars().filter(|it| *it == what).count();
        let ends = text.lines().map(str::trim_end).filter(|it| it.ends_with([')', ';', '\'', '"']));
        let (with, without) = ends.fold((0, 0), |(with, without), line| match line.ends_with(';') {
            true => (with + 1, without),
            false => (with, without + 1),
        });
        let python = file.facts.language.this.is_none();
        let rust = file.facts.language.modules == ModuleStyle::Rust;
        Self {
            indent: indent_of(file),
            // A quote of Rust may be the mark of a lifetime.
            quote: if rust || count('"') > count('\'') { '"' } else { '\'' },
            semicolon: if python || with * 2 < without { "" } else { ";" },
            newline: if text.contains("\r\n") { "\r\n" } else { "\n" },
            trailing_comma: text
                .lines()
                .zip(text.lines().skip(1))
                .any(|(line, next)| line.trim_end().ends_with(',') && next.trim_start().starts_with(')')),
            name_gap: name_gap(file),
            es_module: !file.facts.imports.is_empty() || file.path().extension() == Some("mjs"),
        }
    }

    /// Text as a string literal.
    pub(super) fn quoted(&self, text: &str) -> String {
        let quote = self.quote;
        format!("{quote}{}{quote}", text.replace('\\', "\\\\").replace(quote, &format!("\\{quote}")))
    }

    /// Text with `\n` line ends and one tab per step, in the file's line ends and indentation below `base`.
    pub(super) fn laid_out(&self, base: &str, text: &str) -> String {
        let lines = text.split('\n').enumerate().map(|(index, line)| {
            let inner = line.trim_start_matches('\t');
            let steps = line.len() - inner.len();
            match (index, inner.is_empty()) {
                (_, true) => String::new(),
                (0, false) => format!("{}{inner}", self.indent.repeat(steps)),
                (_, false) => format!("{base}{}{inner}", self.indent.repeat(steps)),
            }
        });
        lines.collect::<Vec<_>>().join(self.newline)
    }
}

/// The space that most functions of the file have after their name.
fn name_gap(file: &ProjectFile) -> &'static str {
    let named = file.facts.functions.iter().filter(|(_, it)| it.name.is_some()).map(|(_, it)| it.span.of(file.text()));
    let (spaced, all) = named.fold((0, 0), |(spaced, all), it| {
        let head = it.split('(').next().unwrap_or_default();
        (spaced + usize::from(head.ends_with(' ')), all + 1)
    });
    if spaced * 2 > all { " " } else { "" }
}

/// What the statements of a block are indented by, seen in the first block that shows it.
fn indent_of(file: &ProjectFile) -> String {
    let text = file.text();
    let statements = &file.facts.statements;
    let steps = statements.iter().filter_map(|(_, it)| {
        let outer = indentation_at(text, statements[it.parent?].span.start);
        let inner = indentation_at(text, it.span.start);
        inner.strip_prefix(outer).filter(|step| !step.is_empty() && step.len() <= 8)
    });
    let fallback = if file.facts.language.this.is_some() { "  " } else { "    " };
    steps.into_iter().next().unwrap_or(fallback).to_owned()
}

/// The white space before the first character of the line in which an offset lies.
pub(super) fn indentation_at(text: &str, offset: usize) -> &str {
    let before = Span::new(0, offset).of(text);
    let start = before.rfind('\n').map_or(0, |it| it + 1);
    let line = text.get(start..).unwrap_or_default();
    let end = line.find(|it: char| it != ' ' && it != '\t').unwrap_or(0);
    line.get(..end).unwrap_or_default()
}
