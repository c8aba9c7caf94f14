//! The format for people: code with labelled spans, as a compiler shows it.

use camino::Utf8Path;

use annotate_snippets::{AnnotationKind, Group, Level as Title, Renderer, Snippet};

use crate::rewrite::Outcome;
use crate::rules::{Finding, Level};
use crate::text::{Cell, Span};

use super::mask::Mask;
use super::{Report, Reporter, SourceText, advice};

pub(super) struct Text {
    pub(super) color: bool,
}

impl Reporter for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn about(&self) -> &'static str {
        "Code with labelled spans"
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
    let regions: Vec<(Region<'_>, String)> = regions(finding)
        .into_iter()
        .map(|region| (region, region.cut(&source(region.path.into()).unwrap_or_default())))
        .collect();
    let names: Vec<String> = regions.iter().map(|it| it.0.name()).collect();
    let mut group = Group::with_title(title.primary_title(finding.message.as_str()).id(finding.rule.id));
    for ((region, text), name) in regions.iter().zip(&names) {
        let mut snippet = Snippet::source(text.as_str()).path(name.as_str());
        if region.holds(&finding.path, finding.start.cell) {
            snippet = snippet.annotation(AnnotationKind::Primary.span(region.range(finding.span)));
        }
        for related in finding.related.iter().filter(|it| region.holds(&it.path, it.start.cell)) {
            let range = region.range(related.span);
            snippet = snippet.annotation(AnnotationKind::Context.span(range).label(related.label.as_str()));
        }
        group = group.element(snippet);
    }
    let advice = advice(outcome);
    for line in &advice {
        group = group.element(Title::HELP.message(line.as_str()));
    }
    renderer.render(&[group])
}

/// What is shown under one name: a file, or a cell of a notebook.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Region<'f> {
    path: &'f str,
    cell: Option<Cell>,
}

impl Region<'_> {
    fn name(&self) -> String {
        match self.cell {
            Some(cell) => format!("{}:cell {}", self.path, cell.number),
            None => self.path.to_owned(),
        }
    }

    fn cut(&self, text: &str) -> String {
        self.cell.map_or(text, |it| it.bytes.of(text)).to_owned()
    }

    fn holds(&self, path: &Utf8Path, cell: Option<Cell>) -> bool {
        self.path == path && self.cell == cell
    }

    fn range(&self, span: Span) -> std::ops::Range<usize> {
        let start = self.cell.map_or(0, |it| it.bytes.start);
        let end = self.cell.map_or(usize::MAX, |it| it.bytes.end);
        span.start.saturating_sub(start)..span.end.min(end).saturating_sub(start)
    }
}

/// The regions of a finding, its own first.
fn regions(finding: &Finding) -> Vec<Region<'_>> {
    let mut res = vec![Region { path: finding.path.as_str(), cell: finding.start.cell }];
    for related in &finding.related {
        let region = Region { path: related.path.as_str(), cell: related.start.cell };
        if !res.contains(&region) {
            res.push(region);
        }
    }
    res
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
    let left_out = report.left_out;
    let left = [
        (left_out.silenced, "silenced"),
        (left_out.baselined, "in the baseline"),
        (left_out.unchanged, "not in changed lines"),
        (left_out.off, "of rules that are off"),
    ];
    parts.extend(left.into_iter().filter(|it| it.0 > 0).map(|(count, what)| format!("{count} {what}")));
    format!("{} in {}\n", parts.join(", "), counted(report.files, "file"))
}

/// How many findings each rule has.
#[must_use]
pub fn statistics(report: &Report) -> String {
    report.statistics().into_iter().map(|(rule, count)| format!("{count:7}  {rule}\n")).collect()
}
