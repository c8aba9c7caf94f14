//! What is reported: one file per rule, with its documentation and its code.

mod finding;
mod fingerprint;
mod jwt_assertion;
mod jwt_credential;
mod jwt_dependency;
mod jwt_endpoint;
mod jwt_exchange;
mod jwt_library;
mod jwt_mention;
mod private_key;
mod secret_in_url;
mod token_lifetime_unit;
mod uncached_token;
mod unused_silence;

pub use finding::{Finding, Level, Related};
pub use fingerprint::{Fingerprint, number_occurrences};
pub use unused_silence::UNUSED_SILENCE;

use crate::flow::Analysis;
use crate::link::Project;
use crate::text::nearest;

/// What a rule says of itself.
#[derive(Debug)]
pub struct RuleInfo {
    /// Its id, named by the offence.
    pub id: &'static str,
    /// How bad its findings are.
    pub level: Level,
    /// What it finds, in a line.
    pub summary: &'static str,
    /// The text of its source file, whose module comment is its documentation.
    source: &'static str,
}

impl RuleInfo {
    /// The documentation: the rule's module comment, as Markdown.
    #[must_use]
    pub fn documentation(&self) -> String {
        let lines = self.source.lines().take_while(|line| line.starts_with("//!"));
        let text: Vec<&str> =
            lines.map(|line| line.trim_start_matches("//!").strip_prefix(' ').unwrap_or_default()).collect();
        text.join("\n")
    }
}

/// One kind of finding.
pub trait Rule: Sync {
    /// What it is.
    fn info(&self) -> &'static RuleInfo;
    /// Finds its offences.
    fn check(&self, project: &Project, analysis: &Analysis<'_>, acc: &mut Vec<Finding>);
}

/// All rules, in the order they are listed.
pub static RULES: &[&dyn Rule] = &[
    &jwt_exchange::JwtExchange,
    &jwt_library::JwtLibrary,
    &jwt_assertion::JwtAssertion,
    &jwt_endpoint::JwtEndpoint,
    &jwt_credential::JwtCredential,
    &jwt_dependency::JwtDependency,
    &private_key::PrivateKeyInTree,
    &token_lifetime_unit::TokenLifetimeUnit,
    &secret_in_url::SecretInUrl,
    &uncached_token::UncachedToken,
    &jwt_mention::JwtMention,
    &unused_silence::UnusedSilence,
];

/// What the rule of an id says of itself.
///
/// # Errors
/// When there is none: the id that is nearest, or all there are.
pub fn rule(id: &str) -> Result<&'static RuleInfo, String> {
    let infos = || RULES.iter().map(|it| it.info());
    infos().find(|it| it.id == id).ok_or_else(|| {
        let ids: Vec<&str> = infos().map(|it| it.id).collect();
        let advice = match nearest(id, ids.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the rules are {}", ids.join(", ")),
        };
        format!("there is no rule `{id}`; {advice}")
    })
}

/// Runs all rules. Findings are ordered by file and place.
#[must_use]
pub fn check(project: &Project, analysis: &Analysis<'_>) -> Vec<Finding> {
    check_from(project, analysis, Level::Note)
}

/// Runs the rules of a level and those above it.
#[must_use]
pub fn check_from(project: &Project, analysis: &Analysis<'_>, level: Level) -> Vec<Finding> {
    let mut res = Vec::new();
    for rule in RULES.iter().filter(|it| it.info().level >= level) {
        rule.check(project, analysis, &mut res);
    }
    res.sort_by(|one, other| (&one.path, one.span, one.rule.id).cmp(&(&other.path, other.span, other.rule.id)));
    number_occurrences(&mut res);
    res
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_kebab_case() {
        let mut ids: Vec<&str> = RULES.iter().map(|rule| rule.info().id).collect();
        assert!(ids.iter().all(|id| id.chars().all(|it| it.is_ascii_lowercase() || it == '-')));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), RULES.len());
    }

    #[test]
    fn documentation_has_its_headings() {
        for rule in RULES {
            let text = rule.info().documentation();
            for heading in ["## What it finds", "## Why", "## Example", "## Instead", "## How to silence"] {
                assert!(text.contains(heading), "{} lacks {heading}", rule.info().id);
            }
            assert!(text.starts_with(&format!("{}: ", rule.info().id)), "{}", rule.info().id);
        }
    }
}
