//! Silences: comments that say, with a reason, which findings are known.

use std::collections::BTreeSet;

use camino::Utf8Path;
use regex::Regex;

use crate::link::Project;
use crate::rules::{Finding, UNUSED_SILENCE, number_occurrences, rule};
use crate::text::{LineIndex, Span};

/// What stands in a comment: what is silenced, by which rules, and why.
const FORM: &str =
    r"jwt-sunset:\s*ignore(?P<kind>-file|-start|-end)?\b[ \t]*(?:\[(?P<rules>[^\]\r\n]*)\])?(?P<reason>[^\r\n]*)";

/// Text without which no file can hold a silence.
pub const SILENCE_NEEDLE: &str = "jwt-sunset:";

/// The lines that a silence is about, from 1 over the whole text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    File,
    Lines { first: usize, last: usize },
}

/// One rule that a comment silences.
#[derive(Debug)]
struct Silence {
    rule: String,
    reach: Reach,
    /// The bytes of the comment's form.
    at: Span,
    used: bool,
}

/// The silences of one file.
#[derive(Debug, Default)]
struct FileSilences {
    silences: Vec<Silence>,
    /// What is wrong with comments that silence nothing.
    broken: Vec<(Span, String)>,
}

/// All silences of a project.
#[derive(Debug, Default)]
pub(super) struct Silences<'p> {
    files: Vec<(Commented<'p>, FileSilences)>,
}

/// A text with what is needed to find its comments.
#[derive(Debug)]
struct Commented<'p> {
    path: &'p Utf8Path,
    text: &'p str,
    lines: &'p LineIndex,
    comments: Vec<Span>,
}

impl<'p> Silences<'p> {
    /// Reads the silences of all files.
    pub(super) fn of(project: &'p Project) -> Self {
        let all: Vec<Commented<'p>> =
            texts(project).into_iter().filter(|it| it.text.contains(SILENCE_NEEDLE)).collect();
        // It is compiled only where there is something to read; the test below compiles it.
        let form = (!all.is_empty()).then(|| Regex::new(FORM).ok()).flatten();
        let Some(form) = form else { return Self::default() };
        Self { files: all.into_iter().map(|it| (read(&it, &form), it)).map(|it| (it.1, it.0)).collect() }
    }

    /// Whether a comment silences a finding; the comment is used then.
    pub(super) fn silences(&mut self, finding: &Finding) -> bool {
        let Some((file, read)) = self.files.iter_mut().find(|it| it.0.path == finding.path) else { return false };
        let line = file.lines.line(finding.span.start);
        let mut res = false;
        for silence in read.silences.iter_mut().filter(|it| it.rule == finding.rule.id) {
            let reaches = match silence.reach {
                Reach::File => true,
                Reach::Lines { first, last } => (first..=last).contains(&line),
            };
            silence.used |= reaches;
            res |= reaches;
        }
        res
    }

    /// The comments that silence nothing. Those whose rule is off may wait for it.
    pub(super) fn unused(&self, is_off: &dyn Fn(&Utf8Path, &str) -> bool) -> Vec<Finding> {
        let mut res = Vec::new();
        for (file, read) in &self.files {
            let text = (file.path, file.text, file.lines);
            let mut put = |span, message| res.push(Finding::in_text(&UNUSED_SILENCE, text, span, message));
            for (span, message) in &read.broken {
                put(*span, message.clone());
            }
            for silence in read.silences.iter().filter(|it| !it.used && !is_off(file.path, &it.rule)) {
                put(silence.at, format!("there is no finding of {} here any more; remove it", silence.rule));
            }
        }
        number_occurrences(&mut res);
        res
    }
}

/// All texts with their comments. Those of manifests that are no files of a language are told by their sign.
fn texts(project: &Project) -> Vec<Commented<'_>> {
    let manifest = |path: &Utf8Path| project.manifests().iter().find(|it| it.path() == path);
    let mut res: Vec<Commented<'_>> = project
        .files()
        .map(|(_, it)| {
            // A list of requirements is text to its ending, and a manifest all the same.
            let lines = manifest(it.path()).filter(|_| it.facts.comments.is_empty() && it.facts.language.is_data());
            let own = || it.facts.comments.iter().chain(&it.facts.inner_comments).copied().collect();
            let mut comments: Vec<Span> = lines.map_or_else(own, |it| by_sign(&it.source.text));
            comments.sort();
            Commented { path: it.path(), text: it.text(), lines: &it.lines, comments }
        })
        .collect();
    let known: BTreeSet<&Utf8Path> = res.iter().map(|it| it.path).collect();
    let others = project.manifests().iter().filter(|it| !known.contains(it.path()));
    let others = others.map(|it| Commented {
        path: it.path(),
        text: &it.source.text,
        lines: &it.lines,
        comments: by_sign(&it.source.text),
    });
    res.extend(others.collect::<Vec<_>>());
    res
}

/// Comments of a list of dependencies: from `#` or `//` to the end of the line.
fn by_sign(text: &str) -> Vec<Span> {
    let mut start = 0;
    let mut res = Vec::new();
    for line in text.split_inclusive('\n') {
        let at = line.find('#').or_else(|| line.find("//"));
        res.extend(at.map(|it| Span::new(start + it, start + line.trim_end().len())));
        start += line.len();
    }
    res
}

fn read(file: &Commented<'_>, form: &Regex) -> FileSilences {
    let mut res = FileSilences::default();
    let mut open: Vec<(Vec<String>, usize, Span)> = Vec::new();
    for comment in &file.comments {
        for found in form.captures_iter(comment.of(file.text)) {
            let Some(whole) = found.get(0) else { continue };
            let length = whole.as_str().trim_end().len();
            let at = Span::new(comment.start + whole.start(), comment.start + whole.start() + length);
            let line = file.lines.line(at.start);
            let kind = found.name("kind").map(|it| it.as_str());
            if kind == Some("-end") {
                match open.pop() {
                    Some((rules, first, at)) => {
                        res.add(rules, Reach::Lines { first, last: line }, at);
                    }
                    None => res.broken.push((at, "no `ignore-start` begins the block that ends here".to_owned())),
                }
                continue;
            }
            let reason = found.name("reason").map_or("", |it| it.as_str());
            let rules = match rules(found.name("rules").map(|it| it.as_str()), reason) {
                Ok(rules) => rules,
                Err(message) => {
                    res.broken.push((at, message));
                    if kind == Some("-start") {
                        open.push((Vec::new(), line, at));
                    }
                    continue;
                }
            };
            match kind {
                Some("-start") => open.push((rules, line, at)),
                Some(_) => res.add(rules, Reach::File, at),
                None => res.add(rules, Reach::Lines { first: line, last: next_line(file, *comment) }, at),
            }
        }
    }
    let endless = |(_, _, at): (_, _, Span)| (at, "no `ignore-end` ends this block, so it silences nothing".to_owned());
    res.broken.extend(open.into_iter().map(endless));
    res
}

impl FileSilences {
    fn add(&mut self, rules: Vec<String>, reach: Reach, at: Span) {
        self.silences.extend(rules.into_iter().map(|rule| Silence { rule, reach, at, used: false }));
    }
}

/// The rules of a silence, or what is wrong with it.
fn rules(names: Option<&str>, reason: &str) -> Result<Vec<String>, String> {
    let Some(names) = names.filter(|it| !it.trim().is_empty()) else {
        return Err("name the rules in brackets, as in ignore[jwt-exchange]".to_owned());
    };
    let names: Vec<String> = names.split(',').map(|it| it.trim().to_owned()).collect();
    for name in &names {
        rule(name)?;
    }
    // What ends the comment is no reason.
    let reason = reason.trim().trim_end_matches("*/").trim_end_matches("-->").trim_end_matches("#>").trim();
    match reason.chars().any(char::is_alphanumeric) {
        true => Ok(names),
        false => Err("a silence needs a reason behind its brackets; without one it silences nothing".to_owned()),
    }
}

/// The line after a comment, and after the comments that go on below it.
fn next_line(file: &Commented<'_>, comment: Span) -> usize {
    let mut next = file.lines.line(comment.end.saturating_sub(1).max(comment.start)) + 1;
    loop {
        let alone = |it: &&Span| {
            let before = file.lines.whole_lines(file.text, Span::new(it.start, it.start)).start;
            file.lines.line(it.start) == next && Span::new(before, it.start).of(file.text).trim().is_empty()
        };
        match file.comments.iter().find(alone) {
            Some(other) => next = file.lines.line(other.end.saturating_sub(1).max(other.start)) + 1,
            None => return next,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_read() {
        let form = Regex::new(FORM).unwrap();
        let found = form.captures("// jwt-sunset: ignore-start[a, b] why */").unwrap();
        assert_eq!((&found["kind"], &found["rules"], found["reason"].trim()), ("-start", "a, b", "why */"));
        assert!(form.captures("jwt-sunset: ignored[a] b").is_none());
    }

    #[test]
    fn a_reason_is_more_than_the_end_of_the_comment() {
        assert_eq!(rules(Some("jwt-exchange, private-key"), " moves */").unwrap(), ["jwt-exchange", "private-key"]);
        for (names, reason) in [(Some("jwt-exchange"), " -->"), (None, " why"), (Some(" "), " why")] {
            assert!(rules(names, reason).is_err());
        }
        assert!(rules(Some("jwt-exchang"), " why").unwrap_err().contains("did you mean `jwt-exchange`?"));
    }
}
