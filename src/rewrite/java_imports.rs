//! Imports of Java, sorted as the file sorts them.

use crate::link::Project;
use crate::text::{FileId, Span};

use super::change::{Change, Declined};

/// Makes classes known in a file by their bare names.
pub(super) fn require(
    project: &Project,
    change: &mut Change,
    file: FileId,
    classes: &[String],
) -> Result<(), Declined> {
    let data = project.file(file);
    let text = data.text();
    let mut imports: Vec<(Span, &str)> =
        data.facts.imports.iter().map(|(_, it)| (it.span, name_of(it.span.of(text)))).collect();
    imports.sort();
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut wanted: Vec<&String> = classes.iter().filter(|it| !is_there(&imports, it)).collect();
    wanted.sort();
    wanted.dedup();
    for class in wanted {
        let bare = class.rsplit('.').next().unwrap_or_default();
        if let Some((_, other)) = imports.iter().find(|(_, it)| it.rsplit('.').next() == Some(bare)) {
            return Err(Declined::because(format!("`{bare}` means {other} here")));
        }
        let line = format!("import {class};{newline}");
        let offset = match place(&imports, class) {
            Some(Beside::Before(span)) => data.lines.whole_lines(text, span).start,
            Some(Beside::After(span)) => data.lines.whole_lines(text, span).end,
            None => {
                let first = data
                    .facts
                    .statements
                    .iter()
                    .map(|(_, it)| it.span)
                    .filter(|it| !it.of(text).starts_with("package"));
                let first = first.min_by_key(|it| it.start).unwrap_or(Span::at(0));
                data.lines.whole_lines(text, first).start
            }
        };
        change.insert_lines(file, offset, line)?;
    }
    Ok(())
}

/// The name that an import statement brings, `static ` included.
fn name_of(statement: &str) -> &str {
    statement.trim_start_matches("import").trim_end_matches(';').trim()
}

fn is_there(imports: &[(Span, &str)], class: &str) -> bool {
    let package = class.rsplit_once('.').map_or("", |it| it.0);
    imports.iter().any(|(_, it)| *it == class || it.strip_suffix(".*") == Some(package))
}

enum Beside {
    Before(Span),
    After(Span),
}

/// Where an import belongs: beside the one whose name has most in common with it, before or behind it as it sorts.
fn place(imports: &[(Span, &str)], class: &str) -> Option<Beside> {
    let plain: Vec<&(Span, &str)> = imports.iter().filter(|(_, it)| !it.starts_with("static ")).collect();
    let common = |name: &str| {
        let pairs = name.split('.').zip(class.split('.'));
        pairs.take_while(|(one, other)| one == other).count()
    };
    let best = plain.iter().map(|(_, it)| common(it)).max()?;
    let group: Vec<&&(Span, &str)> = plain.iter().filter(|(_, it)| common(it) == best).collect();
    if best == 0 {
        // A file that sorts all its imports in one run gets it where it sorts.
        let sorted = plain.windows(2).all(|pair| matches!(pair, [one, other] if one.1 <= other.1));
        let next = plain.iter().find(|(_, it)| *it > class).filter(|_| sorted);
        return match next {
            Some((span, _)) => Some(Beside::Before(*span)),
            None if sorted && plain.len() > 2 => plain.last().map(|(span, _)| Beside::After(*span)),
            None => before_java(&plain).or_else(|| plain.last().map(|(span, _)| Beside::After(*span))),
        };
    }
    let next = group.iter().find(|(_, it)| *it > class);
    match next {
        Some((span, _)) => Some(Beside::Before(*span)),
        None => group.last().map(|(span, _)| Beside::After(*span)),
    }
}

/// Behind the last import of other libraries, where those of the platform stand apart.
fn before_java(imports: &[&(Span, &str)]) -> Option<Beside> {
    let platform = |name: &str| name.starts_with("java.") || name.starts_with("javax.");
    let last = imports.iter().rfind(|(_, it)| !platform(it))?;
    Some(Beside::After(last.0))
}
