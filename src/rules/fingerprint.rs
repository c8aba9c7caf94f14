//! What a finding is, apart from where it stands: the same after lines were inserted above it, after its code was
//! indented or wrapped otherwise, and after its file moved.

use std::collections::BTreeMap;
use std::fmt;

use sha2::{Digest, Sha256};

use crate::facts::FunctionId;
use crate::flow::Flow;
use crate::link::{Expr, Project};
use crate::text::Location;

use super::Finding;

/// Tells a finding from others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint {
    /// The rule and the content of the finding, hashed: 32 hexadecimal digits. Copies of the same code share it.
    pub hash: String,
    /// Which of the findings with the same hash it is, from 1, in the order of paths and places.
    pub occurrence: usize,
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.hash, self.occurrence)
    }
}

impl Fingerprint {
    /// The fingerprint of what a rule says about some content.
    pub(super) fn new(rule: &str, content: &str) -> Self {
        let digest = Sha256::digest(format!("{rule}\n{}", plain(content)));
        let hash = digest.iter().take(16).map(|it| format!("{it:02x}")).collect();
        Self { hash, occurrence: 1 }
    }
}

/// Text without what a formatter changes: blanks, the kind of quotes, commas before closing brackets.
fn plain(text: &str) -> String {
    let mut res = String::with_capacity(text.len());
    for sign in text.chars().filter(|it| !it.is_whitespace()) {
        if matches!(sign, ')' | ']' | '}') && res.ends_with(',') {
            res.pop();
        }
        res.push(if matches!(sign, '\'' | '`') { '"' } else { sign });
    }
    res
}

/// What makes a flow the one that it is: the functions it is in, its request, where it is sent and how its JWT is signed.
/// Who asks for the token and what is done with it may change.
pub(super) fn flow_content(project: &Project, flow: &Flow<'_>) -> String {
    let mut parts = function_names(project, flow.anchor);
    let request = project.location(flow.request);
    let file = project.file(request.file);
    let whole = match file.facts.language.is_lexical() {
        // A token says nothing of the request that it is part of; its line does.
        true => Location { span: file.lines.whole_lines(file.text(), request.span), ..request },
        false => request,
    };
    let sign = flow.assertion.as_ref().or(flow.beside.as_ref()).map(|it| project.location(it.sign));
    let mut places: Vec<Location> = [whole].into_iter().chain(sign).collect();
    places.extend(flow.endpoint.iter().filter(|it| !(it.file == whole.file && whole.span.contains(it.span))));
    parts.extend(places.iter().map(|it| it.span.of(project.file(it.file).text()).to_owned()));
    parts.join("\n")
}

/// The names of the functions around an expression, innermost first.
fn function_names(project: &Project, expr: Expr) -> Vec<String> {
    let functions = &project.facts(expr.file).functions;
    let around = std::iter::successors(Some(project.function(expr)), |it: &FunctionId| functions[*it].parent);
    around.filter_map(|it| functions[it].name.clone()).collect()
}

/// Numbers the findings that have the same hash.
pub fn number_occurrences(findings: &mut [Finding]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings {
        let count = seen.entry(finding.fingerprint.hash.clone()).or_default();
        *count += 1;
        finding.fingerprint.occurrence = *count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatting_changes_no_fingerprint() {
        let one = Fingerprint::new("rule", "post(`url`, {\n  a: 'b',\n})");
        assert_eq!(one, Fingerprint::new("rule", "post(\"url\", { a: \"b\" })"));
        assert_eq!(one.hash.len(), 32);
        assert_ne!(one, Fingerprint::new("other", "post(\"url\", { a: \"b\" })"));
        assert_ne!(one, Fingerprint::new("rule", "post(\"url\", { a: \"c\" })"));
    }
}
