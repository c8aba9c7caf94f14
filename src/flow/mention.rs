//! Documents that teach the old flow.

use crate::lang::{ConfigFormat, Syntax};
use crate::link::Project;
use crate::text::{Location, Span};

/// The first place in each document that teaches the exchange.
#[must_use]
pub fn mentions(project: &Project) -> Vec<Location> {
    let documents =
        project.files().filter(|(_, it)| matches!(it.facts.language.syntax, Syntax::Config(ConfigFormat::Prose)));
    let mut res = Vec::new();
    for (file, data) in documents {
        let text = data.text();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let mut start = 0;
        // A bare mention of the credential, such as a link, teaches nothing.
        let lower = text.to_lowercase();
        let instructs =
            ["private key", "key pair", "certificate", "metascope", "meta_scope", "jwt_token", "private.key"]
                .iter()
                .any(|it| lower.contains(it));
        for (index, line) in lines.iter().enumerate() {
            let around = lines.get(index.saturating_sub(2)..(index + 3).min(lines.len())).unwrap_or_default().concat();
            if teaches(project, line, &around, instructs) {
                let bare = line.trim();
                let from = start + line.len() - line.trim_start().len();
                res.push(Location { file, span: Span::new(from, from + bare.len()) });
                break;
            }
            start += line.len();
        }
    }
    res
}

/// Whether a line tells how to get a token for a JWT, and what is around it does not say that this is over.
fn teaches(project: &Project, line: &str, around: &str, instructs: bool) -> bool {
    let endpoints = &project.knowledge().endpoints;
    let over = ["OAuth Server-to-Server", "deprecated", "no longer", "replaced", "migrated", "moved from"];
    if over.iter().any(|it| around.contains(it)) {
        return false;
    }
    let host = around.split_once("://").map_or("", |it| it.1);
    let host = host.split(|it: char| it.is_whitespace() || matches!(it, '/' | '"' | '\'')).next().unwrap_or_default();
    let own_host = host.is_empty() || endpoints.host.is_match(host) || host.contains('$') || host.contains('{');
    endpoints.exchange_path.is_match(line)
        || line.contains("Service Account (JWT)") && instructs
        || line.contains(endpoints.exchange_parameter.as_str()) && line.contains('=') && own_host
}
