//! Why a place is reported or not: from the walk to the evidence.

use camino::{Utf8Path, Utf8PathBuf};

use crate::flow::{self, EvidenceKind};
use crate::lang::language_of;
use crate::report::{self, Why};
use crate::rules::{self, Finding};
use crate::select::{self, SelectSettings};
use crate::source::{Candidate, read_bytes, source_file};
use crate::text::{LineIndex, Span};

use super::{Loaded, findings_by_state};

/// Explains a place, given as `FILE` or `FILE:LINE`.
///
/// # Errors
/// When there is no such file or line.
pub fn explain_why_not(loaded: &Loaded, settings: &SelectSettings<'_>, place: &str) -> Result<String, String> {
    let (path, line) = parted(place);
    let path = known_path(loaded, path)?;
    let project = &loaded.project;
    let Some(file) = project.file_at(&path) else {
        return Ok(report::why(&Why { path: &path, line, unread: Some(unread(loaded, &path)), ..Why::default() }));
    };
    let data = project.file(file);
    let part =
        line.map(|it| line_part(loaded, &path, it).ok_or_else(|| format!("{path} has no line {it}"))).transpose()?;
    let analysis = flow::analyze(project);
    let selection = select::select(project, rules::check(project, &analysis), settings);
    let here = |it: &&Finding| {
        let own = it.path == path && part.is_none_or(|part| part.overlaps(it.span));
        own || it.related.iter().any(|it| it.path == path && part.is_some_and(|part| part.overlaps(it.span)))
    };
    let states = findings_by_state(&selection);
    let found = states.iter().flat_map(|(state, all)| all.iter().filter(here).map(|it| (*state, it))).collect();
    let seen = flow::seen(project, &analysis, file, part);
    let line_of = |span: Span| data.lines.line_column(data.text(), span.start).line;
    let evidence: Vec<(EvidenceKind, usize)> = seen.evidence.iter().map(|it| (it.0, line_of(it.1.span))).collect();
    let broken = data.facts.errors.first().map(|it| line_of(*it));
    Ok(report::why(&Why {
        path: &path,
        line,
        unread: None,
        language: Some(data.facts.language),
        broken,
        found,
        evidence,
        hidden: seen.hidden,
    }))
}

/// The file and the line of a place.
fn parted(place: &str) -> (&str, Option<usize>) {
    let numbered = place.rsplit_once(':').and_then(|(path, line)| Some((path, line.parse().ok()?)));
    numbered.map_or((place, None), |(path, line)| (path, Some(line)))
}

/// The path as the run has it: below the folder of the run, whether it was given from there or from the current folder.
fn known_path(loaded: &Loaded, path: &str) -> Result<Utf8PathBuf, String> {
    let path = Utf8Path::new(path.trim_start_matches("./"));
    let base = Utf8Path::from_path(&loaded.base).unwrap_or(Utf8Path::new(""));
    let from_base = path.strip_prefix(base).unwrap_or(path);
    let mut ways = [path, from_base].into_iter();
    let found = ways.find(|it| loaded.project.file_at(it).is_some() || loaded.base.join(it).is_file());
    found.map(Utf8Path::to_path_buf).ok_or_else(|| format!("{path}: there is no such file below {base}"))
}

/// The bytes that belong to a line: the innermost function's body is not looked at as a whole, since a line was asked for,
/// but a call that begins there goes on over others.
fn line_part(loaded: &Loaded, path: &Utf8Path, line: usize) -> Option<Span> {
    let file = loaded.project.file(loaded.project.file_at(path)?);
    let index = LineIndex::new(file.text());
    let line = index.span_of_line(file.text(), line)?;
    let statements = file.facts.statements.iter().map(|it| it.1.span);
    let around = statements.filter(|it| line.contains(Span::at(it.start))).max_by_key(|it| it.end);
    Some(around.map_or(line, |it| Span::new(line.start, line.end.max(it.end))))
}

/// Why a file that exists was not analysed.
fn unread(loaded: &Loaded, path: &Utf8Path) -> String {
    if loaded.config.excludes(path) || path.ancestors().any(|it| it != "" && loaded.config.excludes(it)) {
        return "the configuration leaves it out with `exclude`".to_owned();
    }
    if let Some(note) = loaded.notes.iter().find(|it| it.path == path) {
        return note.message.clone();
    }
    if language_of(path.file_name().unwrap_or_default()).is_none() {
        return "its name tells no language or format that is read".to_owned();
    }
    if !loaded.walked.contains(path) {
        return "an ignore file leaves it out, or it is in a folder of other people's or generated code".to_owned();
    }
    let candidate = Candidate { path: path.to_path_buf(), on_disk: loaded.base.join(path) };
    match read_bytes(&candidate).map(|bytes| source_file(&candidate, bytes)) {
        Err(error) => format!("it cannot be read: {error}"),
        Ok(Err(note)) => note.message,
        Ok(Ok(_)) => "it holds none of the texts without which nothing of an exchange can stand in a file: no address or parameter of one, no library, no setting of a credential; and no file with an exchange imports it or is imported by it".to_owned(),
    }
}
