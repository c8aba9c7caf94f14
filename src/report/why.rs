//! The answer to "why is this (not) reported".

use camino::Utf8Path;

use crate::flow::EvidenceKind;
use crate::lang::Language;
use crate::rules::Finding;

/// What is known of a place.
#[derive(Debug, Clone)]
pub struct Why<'w> {
    /// The file.
    pub path: &'w Utf8Path,
    /// The line that was asked about; the whole file where there is none.
    pub line: Option<usize>,
    /// Why the file was not analysed, if it was not.
    pub unread: Option<String>,
    /// The language it was read as.
    pub language: Option<&'static Language>,
    /// The first line that did not parse.
    pub broken: Option<usize>,
    /// The findings there, each with what became of it.
    pub found: Vec<(&'static str, &'w Finding)>,
    /// What speaks for an exchange, with its line.
    pub evidence: Vec<(EvidenceKind, usize)>,
    /// Why a flow that is there is not reported.
    pub hidden: Vec<&'static str>,
}

impl Default for Why<'_> {
    fn default() -> Self {
        Self {
            path: Utf8Path::new(""),
            line: None,
            unread: None,
            language: None,
            broken: None,
            found: Vec::new(),
            evidence: Vec::new(),
            hidden: Vec::new(),
        }
    }
}

/// The answer, as text.
#[must_use]
pub fn why(it: &Why<'_>) -> String {
    let place = it.line.map_or_else(|| it.path.to_string(), |line| format!("{}:{line}", it.path));
    if let Some(reason) = &it.unread {
        return format!("{place}: not analysed: {reason}\n");
    }
    let language = it.language.map_or("", |it| it.name);
    let mut res = format!("{place}: read as {language}\n");
    if let Some(line) = it.broken {
        res.push_str(&format!("its syntax is broken at line {line}; what stands there may be missed\n"));
    }
    for (state, finding) in &it.found {
        let at = format!("{}:{}", finding.path, finding.start.line);
        res.push_str(&format!("{state}: {} [{}] at {at}\n", finding.message, finding.rule.id));
    }
    for reason in &it.hidden {
        res.push_str(&format!("not reported: {reason}\n"));
    }
    res.push_str("\nseen:\n");
    let mut missing = Vec::new();
    for kind in EvidenceKind::ALL {
        let mut lines: Vec<String> = it.evidence.iter().filter(|it| it.0 == *kind).map(|it| it.1.to_string()).collect();
        lines.dedup();
        match lines.as_slice() {
            [] => missing.push(kind.name()),
            [one] => res.push_str(&format!("  {}: line {one}\n", kind.name())),
            several => res.push_str(&format!("  {}: lines {}\n", kind.name(), several.join(", "))),
        }
    }
    if missing.len() == EvidenceKind::ALL.len() {
        res.push_str("  nothing\n");
    } else if !missing.is_empty() {
        res.push_str(&format!("not seen:\n  {}\n", missing.join("\n  ")));
    }
    res.push_str(&format!("\n{}\n", conclusion(it)));
    res
}

/// What would have to be there.
fn conclusion(it: &Why<'_>) -> &'static str {
    let has = |kind| it.evidence.iter().any(|it| it.0 == kind);
    let (address, parameter) = (has(EvidenceKind::Address), has(EvidenceKind::Parameter));
    match (it.found.is_empty(), address, parameter, has(EvidenceKind::Request)) {
        (false, ..) => {
            "A comment `jwt-sunset: ignore[RULE] reason` silences a finding, the baseline accepts it for now."
        }
        (true, false, false, true) => {
            "A request is an exchange when its address is one, or when it sends jwt_token. This one's address and parameters lead to neither. An address of your own is named below [[endpoint]] in jwt-sunset.toml, a function of your own that exchanges below [[wrapper]]."
        }
        (true, true, ..) => {
            "An address alone is reported once, where no request is seen to use it; here another place is reported for it, or the text is documentation or stands in a test that answers the request itself."
        }
        (true, false, true, _) => {
            "The parameter's name alone is no exchange: it takes an address of one beside it, or what only Adobe IMS knows (a metascope, a host, a technical account) beside a client secret."
        }
        (true, false, false, false) => {
            "An exchange needs a request whose address is one or that sends jwt_token, or a call into a library that exchanges. A function of your own that does is named below [[wrapper]] in jwt-sunset.toml."
        }
    }
}
