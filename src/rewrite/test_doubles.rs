//! Test doubles of the exchange: when nothing asks for it any more, they answer at the token endpoint, in its unit.

use camino::Utf8Path;

use crate::facts::{EntryKey, Value};
use crate::flow::{self, StrayKind};
use crate::link::{Expr, Origin, Project};
use crate::text::Location;

use super::change::{Change, at};
use super::oauth_branch::file_line;

/// Milliseconds in a second.
const MILLISECONDS: u64 = 1000;

/// The change of all doubles, with a line for each; none while some code still exchanges a JWT.
pub(super) fn moved(project: &Project) -> Option<(Change, Vec<String>)> {
    let analysis = flow::analyze(project);
    if !analysis.flows.is_empty() {
        return None;
    }
    let endpoints = &project.knowledge().endpoints;
    let mut change = Change::default();
    let mut notes = Vec::new();
    let doubles = analysis.strays.iter().filter(|it| it.in_test && it.kind == StrayKind::Endpoint);
    for place in doubles.map(|it| it.at).filter(|it| project.facts(it.file).language.rewritten) {
        let text = place.span.of(project.file(place.file).text());
        let Some(found) = endpoints.exchange_path.find(text) else { continue };
        let mut renewed = text.to_owned();
        let Some(path) = endpoints.token_path_for(found.as_str()) else { continue };
        renewed.replace_range(found.range(), path);
        let lifetimes = lifetimes(project, place);
        // What looks for the JWT in the request is written anew by a person.
        if asks_for_jwt(project, place) || change.reword(place, renewed).is_err() {
            continue;
        }
        for (place, milliseconds) in lifetimes {
            drop(change.reword(place, (milliseconds / MILLISECONDS).to_string()));
        }
        notes.push(format!(
            "{}: this test double answers at /{} now; look whether the test expects more of the request",
            file_line(project, place),
            endpoints.token_path
        ));
    }
    (!notes.is_empty()).then_some((change, notes))
}

/// A line for each module that a test replaces, where the code it tests uses the module no longer.
pub(super) fn stale_mocks(before: &Project, after: &Project) -> Vec<String> {
    let doubles = &before.knowledge().doubles;
    let used = |project: &Project, module: &str| {
        let uses = project.uses_of_module(Utf8Path::new(""), module);
        uses.iter().any(|it| !doubles.is_test(project.file(it.file).path()))
    };
    let mut res = Vec::new();
    for (file, _) in after.files().filter(|(_, it)| doubles.is_test(it.path())) {
        for (module, place) in after.exprs(file).flat_map(|it| replaced_modules(after, it)) {
            if !module.starts_with('.') && used(before, &module) && !used(after, &module) {
                let place = file_line(after, place);
                res.push(format!(
                    "{place}: this stands in for {module}, which the code no longer calls; let the test answer the new request"
                ));
            }
        }
    }
    res
}

/// The modules that a call puts something in the place of, with where it names each.
fn replaced_modules(project: &Project, call: Expr) -> Vec<(String, Location)> {
    let doubles = &project.knowledge().doubles;
    let Value::Call { callee, .. } = project.value(call) else { return Vec::new() };
    let name = project.source(Expr { file: call.file, id: *callee });
    let is_of = |list: &[String]| list.iter().any(|it| it == name);
    if is_of(&doubles.module_mocks) {
        let module = project.argument(call, 0).and_then(|it| project.known_text(it));
        return module.into_iter().map(|it| (it, project.location(call))).collect();
    }
    let table = project.argument(call, 1).filter(|_| is_of(&doubles.module_tables));
    let records = table.into_iter().flat_map(|it| project.resolve(it)).filter_map(|it| match it {
        Origin::Value(record) => Some(record),
        _ => None,
    });
    let mut res = Vec::new();
    for record in records {
        let Value::Record(entries) = project.value(record) else { continue };
        for entry in entries {
            if let EntryKey::Known { name, span } = &entry.key {
                res.push((name.clone(), at(record.file, *span)));
            }
        }
    }
    res
}

/// The expressions of the statement that a place is part of.
fn beside(project: &Project, place: Location) -> Vec<Expr> {
    let inside = |it: &Expr| project.node(*it).span.contains(place.span);
    let statement = project.exprs(place.file).filter(inside).find_map(|it| project.statement(it));
    project.exprs(place.file).filter(|it| statement.is_some() && project.statement(*it) == statement).collect()
}

fn asks_for_jwt(project: &Project, place: Location) -> bool {
    let parameter = &project.knowledge().endpoints.exchange_parameter;
    beside(project, place).into_iter().any(|it| project.source(it).contains(parameter.as_str()))
}

/// The lifetimes that a double answers, in milliseconds.
fn lifetimes(project: &Project, place: Location) -> Vec<(Location, u64)> {
    let fields = &project.knowledge().lifetimes.fields;
    let mut res = Vec::new();
    for expr in beside(project, place) {
        let Value::Record(entries) = project.value(expr) else { continue };
        for entry in entries {
            let EntryKey::Known { name, .. } = &entry.key else { continue };
            let value = Expr { file: expr.file, id: entry.value };
            let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            let named = fields.contains(&plain.to_ascii_lowercase());
            let number = project.source(value).replace('_', "").parse::<u64>().ok();
            if let Some(number) = number.filter(|it| named && *it >= MILLISECONDS) {
                res.push((at(expr.file, project.node(value).span), number));
            }
        }
    }
    res
}
