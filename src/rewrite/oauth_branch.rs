//! Where a program asks the token endpoint with client credentials already: a JWT branch beside that has to go, not to
//! become a second one.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8PathBuf;

use crate::facts::{Piece, Value};
use crate::flow::Analysis;
use crate::knowledge::path_matches;
use crate::link::{Expr, Project};
use crate::text::{FileId, Location};

/// The files that send client credentials to IMS as they are, and those beside them that the same file imports, each with
/// the place where that is done.
pub(super) fn files_with_both(project: &Project, analysis: &Analysis<'_>) -> BTreeMap<Utf8PathBuf, String> {
    let endpoints = &project.knowledge().endpoints;
    let text_of = |file: &crate::link::ProjectFile, what: &str| {
        file.facts.values.iter().find_map(|(_, it)| match &it.value {
            Value::Text(pieces) => pieces.iter().find_map(|it| match it {
                Piece::Literal { text, span } if text.contains(what) => Some(*span),
                _ => None,
            }),
            _ => None,
        })
    };
    let mut of_oauth: BTreeMap<FileId, String> = BTreeMap::new();
    for request in &analysis.token_requests {
        let place = file_line(project, project.location(request.anchor));
        of_oauth.entry(request.anchor.file).or_insert(place);
    }
    let calls = project.files().filter(|_| !project.knowledge().token_helpers.is_empty());
    for call in calls.flat_map(|(file, _)| project.exprs(file)).filter(|it| is_token_helper(project, *it)) {
        let place = file_line(project, project.location(call));
        of_oauth.entry(call.file).or_insert(place);
    }
    for (file, data) in project.files().filter(|(_, it)| text_of(it, "ims/token").is_some()) {
        if let Some(span) = text_of(data, &endpoints.grant_type) {
            of_oauth.entry(file).or_insert_with(|| file_line(project, Location { file, span }));
        }
    }
    let with_flow: BTreeSet<FileId> = analysis.flows.iter().map(|it| it.anchor.file).collect();
    for file in with_flow {
        if let Some(body) = project.exprs(file).find(|it| is_grant(project, *it)) {
            of_oauth.entry(file).or_insert_with(|| file_line(project, project.location(body)));
        }
    }
    // Branches in files of their own are chosen between by a file that imports them both.
    let mut res = of_oauth.clone();
    for (file, _) in project.files() {
        let imported = project.imports(file);
        let Some(place) = imported.iter().find_map(|it| of_oauth.get(it)) else { continue };
        for beside in imported {
            res.entry(*beside).or_insert_with(|| place.clone());
        }
    }
    res.into_iter().map(|(file, place)| (project.file(file).path().to_path_buf(), place)).collect()
}

/// Whether a call is of a function that the user's configuration names as giving a token.
fn is_token_helper(project: &Project, call: Expr) -> bool {
    let helpers = &project.knowledge().token_helpers;
    if !matches!(project.value(call), Value::Call { .. }) {
        return false;
    }
    let language = project.facts(call.file).language.id;
    let paths = project.callee_paths(call);
    helpers.iter().any(|it| it.language == language && paths.iter().any(|path| path_matches(&it.call, path)))
}

/// Whether a record is the body of a client-credentials request, in a function that names no other server.
fn is_grant(project: &Project, record: Expr) -> bool {
    if !matches!(project.value(record), Value::Record(_)) {
        return false;
    }
    let fields = project.fields(record);
    let grant = &project.knowledge().endpoints.grant_type;
    let asks = fields.iter().any(|it| it.key == "grant_type" && project.known_text(it.value).as_ref() == Some(grant));
    let function = project.function(record);
    let mut texts = project.exprs(record.file).filter(|it| project.function(*it) == function);
    let elsewhere = texts.any(|it| {
        matches!(project.value(it), Value::Text(_))
            && project.source(it).contains("://")
            && !project.source(it).contains("adobe")
    });
    asks && fields.iter().any(|it| it.key == "client_secret") && !elsewhere
}

/// A place as a person reads it: the path and the line.
pub(super) fn file_line(project: &Project, at: Location) -> String {
    let file = project.file(at.file);
    format!("{}:{}", file.path(), file.lines.line_column(file.text(), at.span.start).line)
}
