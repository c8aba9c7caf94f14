//! Which findings count: levels, silences, the baseline, changed lines.

mod baseline;
mod changes;
mod silence;

pub use baseline::{Baseline, BaselineError, Entry};
pub use changes::Changes;
pub use silence::SILENCE_NEEDLE;

use camino::Utf8Path;

use crate::link::Project;
use crate::rules::{Finding, Level, RuleInfo};

/// What the configuration makes of a rule's findings in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleLevel {
    /// They are not reported.
    Off,
    /// They have this level.
    Level(Level),
}

/// Gives the level of a rule in a file, where the configuration says one.
pub type Levels<'a> = &'a (dyn Fn(&Utf8Path, &RuleInfo) -> Option<RuleLevel> + Sync);

/// What is reported.
#[derive(Clone, Copy)]
pub struct SelectSettings<'a> {
    /// The levels of rules.
    pub levels: Levels<'a>,
    /// Whether comments silence.
    pub ignore_comments: bool,
    /// The findings that are known.
    pub baseline: Option<&'a Baseline>,
    /// The lines that count; all where there are none.
    pub changes: Option<&'a Changes>,
    /// Which files were asked for. A finding counts when a part of it is in one.
    pub asked: &'a (dyn Fn(&Utf8Path) -> bool + Sync),
    /// The folder that paths are relative to, seen from the top of the repository.
    pub folder: &'a Utf8Path,
}

impl Default for SelectSettings<'_> {
    /// Everything but what is silenced.
    fn default() -> Self {
        Self {
            levels: &|_, _| None,
            ignore_comments: true,
            baseline: None,
            changes: None,
            asked: &|_| true,
            folder: Utf8Path::new(""),
        }
    }
}

/// Findings, parted by whether they are reported.
#[derive(Debug, Default)]
pub struct Selection {
    /// What is reported, ordered by path and place.
    pub kept: Vec<Finding>,
    /// What a comment silences.
    pub silenced: Vec<Finding>,
    /// What the baseline holds.
    pub baselined: Vec<Finding>,
    /// What has no part in changed lines.
    pub unchanged: Vec<Finding>,
    /// What the configuration has turned off.
    pub off: Vec<Finding>,
    /// The entries of the baseline that no finding answers to.
    pub stale: Vec<Entry>,
}

/// Chooses what is reported.
#[must_use]
pub fn select(project: &Project, findings: Vec<Finding>, settings: &SelectSettings<'_>) -> Selection {
    let mut res = Selection::default();
    let mut left = Vec::new();
    let mut silences = silence::Silences::default();
    if settings.ignore_comments {
        silences = silence::Silences::of(project);
    }
    for mut finding in findings.into_iter().filter(|it| is_asked(it, settings)) {
        if !set_level(&mut finding, settings.levels) {
            res.off.push(finding);
        } else if silences.silences(&finding) {
            res.silenced.push(finding);
        } else {
            left.push(finding);
        }
    }
    let is_off = |path: &Utf8Path, id: &str| {
        let Ok(info) = crate::rules::rule(id) else { return false };
        (settings.levels)(path, info) == Some(RuleLevel::Off)
    };
    for mut finding in silences.unused(&is_off).into_iter().filter(|it| is_asked(it, settings)) {
        match set_level(&mut finding, settings.levels) {
            true => left.push(finding),
            false => res.off.push(finding),
        }
    }
    left.sort_by(|one, other| (&one.path, one.span, one.rule.id).cmp(&(&other.path, other.span, other.rule.id)));
    let known = match settings.baseline {
        Some(baseline) => {
            let (known, stale) = baseline.compare(&left, settings.folder);
            let asked = |it: &Entry| it.path.strip_prefix(settings.folder).is_ok_and(settings.asked);
            res.stale = stale.into_iter().filter(asked).collect();
            known
        }
        None => vec![false; left.len()],
    };
    for (finding, known) in left.into_iter().zip(known) {
        if known {
            res.baselined.push(finding);
        } else if settings.changes.is_some_and(|it| !it.touch(&finding, settings.folder)) {
            res.unchanged.push(finding);
        } else {
            res.kept.push(finding);
        }
    }
    res
}

fn is_asked(finding: &Finding, settings: &SelectSettings<'_>) -> bool {
    (settings.asked)(&finding.path) || finding.related.iter().any(|it| (settings.asked)(&it.path))
}

/// Gives a finding the level that is configured for its rule; whether it is reported at all. What a rule itself lowered,
/// such as in tests, is not raised again.
fn set_level(finding: &mut Finding, levels: Levels<'_>) -> bool {
    match levels(&finding.path, finding.rule) {
        None => true,
        Some(RuleLevel::Off) => false,
        Some(RuleLevel::Level(level)) => {
            let lowered = finding.level < finding.rule.level;
            finding.level = if lowered { finding.level.min(level) } else { level };
            true
        }
    }
}
