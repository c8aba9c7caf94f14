//! The format for people: code with labelled spans, as a compiler shows it.

use annotate_snippets::{AnnotationKind, Group, Level as Title, Renderer, Snippet};

use crate::rewrite::{Outcome, Rung};
use crate::rules::{Finding, Level};

use super::mask::Mask;
use super::{Report, Reporter, SourceText};

pub(super) struct Text {
    pub(super) color: bool,
}

impl Reporter for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn render(&self, report: &Report, source: SourceText<'_>) -> String {
        let renderer = if self.color { Renderer::styled() } else { Renderer::plain() };
        let mut res = String::new();
        let mask = Mask::new();
        let covered: SourceText<'_> = &|path| source(path).map(|it| mask.cover(&it));
        for (finding, outcome) in &report.findings {
            res.push_str(&finding_text(&renderer, finding, outcome.as_ref(), covered));
            res.push_str("\n\n");
        }
        res.push_str(&summary(report));
        res
    }
}

fn finding_text(renderer: &Renderer, finding: &Finding, outcome: Option<&Outcome>, source: SourceText<'_>) -> String {
    let title = match finding.level {
        Level::Error => Title::ERROR,
        Level::Warning => Title::WARNING,
        Level::Note => Title::NOTE,
    };
    let texts: Vec<(String, String)> =
        paths(finding).into_iter().map(|path| (path.to_owned(), source(path.into()).unwrap_or_default())).collect();
    let mut group = Group::with_title(title.primary_title(finding.message.as_str()).id(finding.rule.id));
    for (path, text) in &texts {
        let mut snippet = Snippet::source(text.as_str()).path(path.as_str());
        if *path == finding.path {
            snippet = snippet.annotation(AnnotationKind::Primary.span(finding.span.range()));
        }
        for related in finding.related.iter().filter(|it| it.path == *path) {
            snippet =
                snippet.annotation(AnnotationKind::Context.span(related.span.range()).label(related.label.as_str()));
        }
        group = group.element(snippet);
    }
    let advice = advice(outcome);
    for line in &advice {
        group = group.element(Title::HELP.message(line.as_str()));
    }
    renderer.render(&[group])
}

/// The files of a finding, its own first.
fn paths(finding: &Finding) -> Vec<&str> {
    let mut res = vec![finding.path.as_str()];
    for related in &finding.related {
        if !res.contains(&related.path.as_str()) {
            res.push(related.path.as_str());
        }
    }
    res
}

fn advice(outcome: Option<&Outcome>) -> Vec<String> {
    match outcome {
        None | Some(Outcome::Exempt) => Vec::new(),
        Some(Outcome::Migration(it)) => {
            let how = match it.rung {
                Rung::Library => format!("`jwt-sunset fix` moves it to {}", it.pattern),
                Rung::InPlace => "`jwt-sunset fix` changes the request in place".to_owned(),
                Rung::ByHand => String::new(),
            };
            let mut lines = vec![format!("{how} ({})", it.applicability.name())];
            lines.extend(it.notes.iter().cloned());
            lines
        }
        Some(Outcome::Refusal(it)) => {
            let mut lines = vec![format!("to be done by hand: {}", it.reason)];
            lines.extend(it.steps.iter().cloned());
            lines
        }
    }
}

fn summary(report: &Report) -> String {
    let counted = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    };
    let mut parts =
        vec![counted(report.count(Level::Error), "error"), counted(report.count(Level::Warning), "warning")];
    if report.count(Level::Note) > 0 {
        parts.push(counted(report.count(Level::Note), "note"));
    }
    if report.exempt() > 0 {
        parts.push(format!("{} exempt", report.exempt()));
    }
    if report.silenced > 0 {
        parts.push(format!("{} silenced", report.silenced));
    }
    format!("{} in {}\n", parts.join(", "), counted(report.files, "file"))
}
