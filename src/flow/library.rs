//! Flows inside of libraries: calls that are named in a row, and calls given the options of a JWT credential.

use crate::facts::{EntryKey, Piece, Value};
use crate::knowledge::{Library, path_matches};
use crate::lang::ModuleStyle;
use crate::link::{Expr, Field, FieldForm, Origin, Project};
use crate::text::{FileId, Location};

use super::{Confidence, Flow, FlowKind, UrlCertainty, assertion, evidence, exempt, reply, scope};

/// The row of the library that a call enters, if it is one.
pub(super) fn row_of<'k>(project: &'k Project, call: Expr, paths: &[String]) -> Option<&'k Library> {
    let facts = project.facts(call.file);
    let language = facts.language.id;
    let rows = || project.knowledge().libraries.iter().filter(|it| it.language == language);
    if let Some(row) = rows().find(|row| paths.iter().any(|path| path_matches(&row.call, path))) {
        return Some(row);
    }
    let Value::Call { callee, .. } = project.value(call) else { return None };
    let callee = Expr { file: call.file, id: *callee };
    let name = match project.value(callee) {
        Value::Member { name, .. } | Value::Name { name, .. } => name.as_str(),
        _ => return None,
    };
    let by_method = rows().find(|row| row.methods.iter().any(|it| it == name));
    let by_class = || (facts.language.modules == ModuleStyle::Java).then(|| own_class(project, callee))?;
    let by_class = || by_class().and_then(|path| rows().find(|row| path.ends_with(&format!(".{}", row.call))));
    let origins = project.resolve(callee);
    // A function of the tree shows its own flow.
    let own = origins.iter().any(|it| matches!(it, Origin::Function(..)));
    by_method.filter(|_| !own).or_else(by_class)
}

/// The full name of a class of the tree, by the path of its file, which is that of the library's own source.
fn own_class(project: &Project, callee: Expr) -> Option<String> {
    project.resolve(callee).into_iter().find_map(|it| match it {
        Origin::Class(file, _) => {
            let path = project.file(file).path();
            Some(format!(".{}", path.with_extension("").as_str().replace('/', ".")))
        }
        _ => None,
    })
}

/// The flow that a call into a library starts.
pub(super) fn flow<'k>(project: &'k Project, call: Expr, row: &'k Library) -> Option<Flow<'k>> {
    let options = row.options.as_ref().and_then(|slot| project.slot(call, slot));
    let mut parameters = options.map(|it| project.fields(it)).unwrap_or_default();
    if let Value::Call { arguments, .. } = project.value(call) {
        for argument in arguments {
            let value = Expr { file: call.file, id: argument.value };
            match (&argument.name, project.value(value)) {
                (Some(key), _) => {
                    let at = Location { file: call.file, span: argument.span };
                    parameters.push(Field { key: key.clone(), value, at, form: FieldForm::Keyword });
                }
                (None, Value::Spread(inner)) => parameters.extend(project.fields(Expr { file: call.file, id: *inner })),
                _ => {}
            }
        }
    }
    if !row.marker.is_empty() && !is_marked(project, call, row, &parameters) {
        return None;
    }
    let has_text = |(key, text): (&String, &String)| {
        let named = parameters.iter().find(|it| it.key == *key).map(|it| it.value);
        let value = named.or_else(|| project.slot(call, row.given.get(key)?));
        value.and_then(|it| project.known_text(it)).as_ref() == Some(text)
    };
    if !row.marked.iter().all(has_text) {
        return None;
    }
    for (key, slot) in &row.given {
        for value in project.slot_all(call, slot) {
            let at = project.location(value);
            parameters.push(Field { key: key.clone(), value, at, form: FieldForm::Keyword });
        }
    }
    Some(made_with(project, call, row, parameters, Confidence::Certain))
}

/// Whether a call is about a JWT: by its options, else by the file they are read from, else by the words around it.
fn is_marked(project: &Project, call: Expr, row: &Library, parameters: &[Field]) -> bool {
    if parameters.iter().any(|it| row.marker.contains(&it.key)) {
        return true;
    }
    let text = row.options.as_ref().and_then(|slot| project.slot(call, slot)).and_then(|it| project.known_text(it));
    if let Some(text) = text {
        let named = project.files().filter(|(_, it)| it.path().as_str().ends_with(text.trim_start_matches("./")));
        return named.into_iter().any(|(file, _)| has_key(project, file, &row.marker));
    }
    let options = row.options.as_ref().and_then(|slot| project.slot(call, slot));
    let known = options.is_some_and(|it| {
        let is_record = |origin: &Origin| matches!(origin, Origin::Value(value) if matches!(project.value(*value), Value::Record(_)));
        project.resolve(it).iter().all(is_record)
    });
    !known && parameters.is_empty() && has_key(project, call.file, &row.marker)
}

/// Whether a file names one of several keys: as a member, an entry, or a literal key.
fn has_key(project: &Project, file: FileId, keys: &[String]) -> bool {
    project.facts(file).values.iter().any(|(_, it)| match &it.value {
        Value::Member { name, .. } => keys.contains(name),
        Value::Record(entries) => {
            entries.iter().any(|it| matches!(&it.key, EntryKey::Known { name, .. } if keys.contains(name)))
        }
        Value::Text(pieces) => {
            matches!(pieces.as_slice(), [Piece::Literal { text, .. }] if keys.contains(text))
        }
        _ => false,
    })
}

fn made_with<'k>(
    project: &'k Project,
    call: Expr,
    row: &'k Library,
    parameters: Vec<Field>,
    confidence: Confidence,
) -> Flow<'k> {
    let exempt = match project.knowledge().exemptions.packages.contains(&row.package) {
        true => Some(format!("{} is made for AEM service credentials", row.package)),
        false => exempt::reason(project, &parameters, None),
    };
    let jwt = row.jwt.as_ref().and_then(|slot| project.slot(call, slot));
    let assertion = jwt.and_then(|it| assertion::of(project, it));
    let metascopes = parameters.iter().filter(|it| row.metascopes.as_ref() == Some(&it.key)).map(|it| it.value);
    let scopes = match &assertion {
        Some(assertion) => scope::of(project, Some(assertion)),
        None => scope::of_options(project, metascopes),
    };
    // What the library asks for by itself is written nowhere.
    let scopes = match scopes.metascopes.is_empty() && !row.implied.is_empty() {
        true => scope::implied(project, &row.implied),
        false => scopes,
    };
    let exempt = exempt.or_else(|| exempt::metascopes(project, &scopes));
    Flow {
        kind: FlowKind::Library(row),
        anchor: call,
        request: call,
        url: row.host.as_ref().and_then(|key| parameters.iter().find(|it| it.key == *key)).map(|it| it.value),
        endpoint: Vec::new(),
        url_certainty: UrlCertainty::Always,
        parameters,
        parameter: None,
        assertion,
        beside: None,
        in_double: false,
        confidence,
        exempt,
        scopes,
        reply: reply::of_library(project, row, call),
    }
}

/// An option name without case and punctuation.
fn plain(name: &str) -> String {
    name.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether the text of a file has names of all kinds of options that only the old credential has.
pub(super) fn names_options(project: &Project, file: FileId) -> bool {
    let text = plain(project.file(file).text());
    project.knowledge().endpoints.options.iter().all(|kind| kind.iter().any(|name| text.contains(name.as_str())))
}

/// The flow that starts where something unknown is given the options of a JWT credential.
pub(super) fn of_options(project: &Project, call: Expr) -> Option<Flow<'_>> {
    let Value::Call { callee, arguments, .. } = project.value(call) else { return None };
    let callee = Expr { file: call.file, id: *callee };
    let name = match project.value(callee) {
        Value::Member { name, .. } | Value::Name { name, .. } => name.to_lowercase(),
        _ => return None,
    };
    let endpoints = &project.knowledge().endpoints;
    let own = project.resolve(callee).iter().any(|it| matches!(it, Origin::Function(..) | Origin::Class(..)));
    if own || !endpoints.option_takers.iter().any(|it| name.contains(it.as_str())) {
        return None;
    }
    let given = arguments.iter().map(|it| Expr { file: call.file, id: it.value });
    let fields = given.map(|it| project.fields(it)).find(|fields| {
        let inner = fields.iter().flat_map(|it| match project.value(it.value) {
            Value::Record(_) => project.fields(it.value),
            _ => Vec::new(),
        });
        let keys: Vec<String> = fields.iter().map(|it| plain(&it.key)).chain(inner.map(|it| plain(&it.key))).collect();
        endpoints.options.iter().all(|kind| kind.iter().any(|it| keys.contains(it)))
    })?;
    let row = project.knowledge().libraries.iter().find(|it| it.language == "*")?;
    Some(made_with(project, call, row, fields, Confidence::Likely))
}

/// The library calls of a file that is known as tokens.
pub(super) fn lexical(project: &Project, file: FileId) -> Vec<Flow<'_>> {
    let language = project.facts(file).language.id;
    let tokens: Vec<(Expr, &str)> = project.exprs(file).filter_map(|it| Some((it, token(project, it)?))).collect();
    let rows = project.knowledge().libraries.iter().filter(|it| it.language == language);
    let mut res = Vec::new();
    let text = project.file(file).text();
    for row in rows.filter(|it| it.marker.is_empty() || it.marker.iter().any(|marker| text.contains(marker.as_str()))) {
        let words: Vec<&str> = row.call.split(' ').collect();
        let hits = tokens.windows(words.len()).filter(|window| {
            window.iter().zip(&words).all(|((_, token), word)| {
                token == word || token.strip_suffix(word).is_some_and(|it| it.ends_with(['.', '/', '$', '(']))
            })
        });
        for window in hits {
            let Some((anchor, _)) = window.first() else { continue };
            let mut flow = made_with(project, *anchor, row, Vec::new(), Confidence::Certain);
            flow.scopes = scope::from_metascopes(project, evidence::metascopes(project, file), true);
            res.push(flow);
        }
    }
    res
}

fn token(project: &Project, expr: Expr) -> Option<&str> {
    match project.value(expr) {
        Value::Name { name, .. } => Some(name),
        Value::Text(pieces) => match pieces.as_slice() {
            [Piece::Literal { text, .. }] => Some(text),
            _ => None,
        },
        _ => None,
    }
}
