//! Flows that no data flow connects: the parameter of the exchange and its address stand together, but what leads from
//! one to the other cannot be followed, or the language is known as tokens only.

use std::collections::BTreeSet;

use crate::facts::{EntryKey, Piece, StoreKey, Value, ValueId};
use crate::knowledge::path_matches;
use crate::lang::{ModuleStyle, Syntax};
use crate::link::{Expr, Project, nearest_folder};
use crate::text::{FileId, Location};

use super::stray::is_documentation;
use super::{Assertion, Confidence, Flow, FlowKind, Metascope, Reply, UrlCertainty, assertion, exempt, scope};

/// A place that names the parameter of the exchange.
struct Parameter {
    at: Location,
    anchor: Expr,
}

/// Gives known flows what stands beside them, and makes flows of the parameters that then are unaccounted for.
pub(super) fn complete<'k>(project: &'k Project, flows: &mut Vec<Flow<'k>>) {
    let mut parameters: Vec<Parameter> = Vec::new();
    for (file, data) in project.files() {
        if !matches!(data.facts.language.syntax, Syntax::Config(_)) {
            parameters.extend(self::parameters(project, file));
        }
    }
    for parameter in parameters.iter_mut().filter(|it| project.facts(it.at.file).language.is_lexical()) {
        if let Some(used) = use_of_constant(project, parameter) {
            *parameter = used;
        }
    }
    parameters.retain(|it| !accounted(project, flows, it));
    let mut endpoints = endpoints(project, flows);
    for flow in flows.iter_mut() {
        give_parameter(project, flow, &mut parameters);
        give_assertion(project, flow);
        give_endpoint(project, flow, &mut endpoints);
    }
    let mut res: Vec<Flow<'k>> = Vec::new();
    for parameter in &parameters {
        let near = nearby(project, &endpoints, parameter.at.file);
        let own = names_endpoint(project, place_of(project, parameter));
        if !near.is_empty() || own || speaks_of_ims(project, parameter.at.file) {
            res.push(flow(project, parameter, near));
        }
    }
    endpoints.retain(|it| !res.iter().any(|flow| flow.endpoint.contains(it)));
    for (file, data) in project.files().filter(|(_, it)| it.facts.language.is_lexical()) {
        if self::parameters(project, file).is_empty() && data.facts.language.modules == ModuleStyle::Folder {
            res.extend(lone_endpoints(project, &endpoints, file));
        }
    }
    res.dedup_by(|one, other| one.anchor == other.anchor);
    flows.extend(res);
}

/// Gives a request without a known parameter the nearest one: of its function, of its file, of a file beside it.
fn give_parameter(project: &Project, flow: &mut Flow<'_>, parameters: &mut Vec<Parameter>) {
    let name = &project.knowledge().endpoints.exchange_parameter;
    if !matches!(flow.kind, FlowKind::Request(_)) || flow.parameter(name).is_some() {
        return;
    }
    let (file, function) = (flow.anchor.file, project.function(flow.anchor));
    let beside = project.files_around(file);
    let rank = |it: &Parameter| match it.at.file == file {
        true if project.function(it.anchor) == function => 0,
        true => 1,
        false => 2,
    };
    let fitting = parameters.iter().enumerate().filter(|(_, it)| beside.contains(&it.at.file));
    let Some((place, _)) = fitting.min_by_key(|(_, it)| (rank(it), it.at)) else { return };
    flow.parameter = Some(parameters.remove(place).at);
    // What else the same function names is part of the same request.
    parameters.retain(|it| it.at.file != file || project.function(it.anchor) != function);
}

/// Gives a flow whose JWT cannot be followed the assertion that is signed beside it.
fn give_assertion(project: &Project, flow: &mut Flow<'_>) {
    if !matches!(flow.kind, FlowKind::Library(_)) && flow.assertion.is_none() {
        flow.beside = signed_near(project, flow.anchor.file);
        if let Some(assertion) = flow.beside.as_ref().filter(|it| !it.metascopes.is_empty()) {
            flow.scopes = scope::of(project, Some(assertion));
            flow.exempt = flow.exempt.take().or_else(|| exempt::reason(project, &[], Some(assertion)));
        }
    }
}

/// Gives a request without a known address the one written in its function, else the only one written in its file.
fn give_endpoint(project: &Project, flow: &mut Flow<'_>, endpoints: &mut Vec<Location>) {
    // Where code is rewritten, only what was followed may be changed.
    let rewritten = project.facts(flow.anchor.file).language.rewritten;
    if rewritten || !matches!(flow.kind, FlowKind::Request(_)) || !flow.endpoint.is_empty() {
        return;
    }
    let file = flow.anchor.file;
    let function = project.function(flow.anchor);
    let own: Vec<Location> = endpoints.iter().filter(|it| it.file == file).copied().collect();
    let body = project.facts(file).functions[function].span;
    let beside = own.iter().find(|it| function.index() > 0 && body.contains(it.span));
    let only = own.first().filter(|_| own.len() == 1);
    if let Some(found) = beside.or(only).copied() {
        flow.endpoint.push(found);
        endpoints.retain(|it| *it != found);
    }
}

/// The assertion signed in a file or beside it: Adobe's, or the only one.
fn signed_near(project: &Project, file: FileId) -> Option<Assertion> {
    let files = project.files_around(file);
    let calls = files.iter().flat_map(|it| project.exprs(*it));
    let signed = calls.filter_map(|it| Some(assertion::at_signer(project, it, assertion::signer_of(project, it)?)));
    let signed: Vec<Assertion> = signed.collect();
    signed.iter().find(|it| it.is_adobe).or_else(|| signed.first().filter(|_| signed.len() == 1)).cloned()
}

/// The address literals that no known flow uses, with the files they stand in.
fn endpoints(project: &Project, known: &[Flow<'_>]) -> Vec<Location> {
    let mut res = Vec::new();
    for (file, _) in project.files() {
        for expr in project.exprs(file) {
            let Value::Text(pieces) = project.value(expr) else { continue };
            for piece in pieces {
                let Piece::Literal { text, span } = piece else { continue };
                if !project.knowledge().endpoints.exchange_path.is_match(text) || is_documentation(project, expr) {
                    continue;
                }
                let at = Location { file, span: *span };
                let used = known.iter().any(|it| it.endpoint.contains(&at));
                if !used && !is_prose(project, file, text) {
                    res.push(at);
                }
            }
        }
    }
    res
}

/// Whether text with an address in it is meant for people.
pub(super) fn is_prose(project: &Project, file: FileId, text: &str) -> bool {
    let endpoints = &project.knowledge().endpoints;
    let facts = project.facts(file);
    // A command, a request line or a body may hold blanks; a sentence has more of them.
    let words = text.split_whitespace().count();
    let commands = matches!(facts.language.syntax, Syntax::Lexical(it) if it.bare_words);
    words > 1 && !commands && !text.contains(endpoints.exchange_parameter.as_str()) && !text.trim().starts_with("POST ")
}

/// The places of a file that name the parameter: keys, whole texts, and bodies written as text.
fn parameters(project: &Project, file: FileId) -> Vec<Parameter> {
    let name = &project.knowledge().endpoints.exchange_parameter;
    let facts = project.facts(file);
    let mut res: Vec<Parameter> = Vec::new();
    let mut put = |at: Location, id: ValueId| {
        if !res.iter().any(|it| it.at == at) {
            res.push(Parameter { at, anchor: Expr { file, id } });
        }
    };
    for (id, node) in facts.values.iter() {
        let at = |span| Location { file, span };
        match &node.value {
            Value::Text(pieces) => {
                for piece in pieces {
                    let Piece::Literal { text, span } = piece else { continue };
                    if sends(text, name) && !is_documentation(project, Expr { file, id }) {
                        put(at(*span), id);
                    }
                }
            }
            Value::Record(entries) => {
                for entry in entries {
                    if matches!(&entry.key, EntryKey::Known { name: key, .. } if key == name) {
                        put(at(entry.span), id);
                    }
                }
            }
            Value::Call { arguments, .. } => {
                for argument in arguments.iter().filter(|it| it.name.as_ref() == Some(name)) {
                    put(at(argument.span), id);
                }
            }
            // In a language of tokens a bare key of a table is a word.
            Value::Name { name: word, .. } if facts.language.is_lexical() && word == name => put(at(node.span), id),
            _ => {}
        }
    }
    for store in &facts.stores {
        if matches!(&store.key, StoreKey::Known(key) if key == name) {
            put(Location { file, span: store.span }, store.target);
        }
    }
    res
}

/// The constant that a text of a file of tokens is the value of, by its capitals.
fn constant_of(project: &Project, at: Location) -> Option<&str> {
    let data = project.file(at.file);
    let line = data.lines.whole_lines(data.text(), at.span);
    let before = data.facts.values.iter().filter(|(_, it)| line.contains(it.span) && it.span.end <= at.span.start);
    let mut words = before.filter_map(|(_, it)| match &it.value {
        Value::Name { name, .. } => Some(name.trim_start_matches('$')),
        _ => None,
    });
    words.next_back().filter(|it| it.len() > 3 && !it.contains(char::is_lowercase))
}

/// Whether a token is the name of a constant, alone or after that of its class.
fn is_constant(project: &Project, token: Expr, constant: &str) -> bool {
    matches!(project.value(token), Value::Name { name, .. } if name.rsplit(['.', ':']).next() == Some(constant))
}

/// Where a constant that a file of tokens defines is used, if another place names it.
fn use_of_constant(project: &Project, parameter: &Parameter) -> Option<Parameter> {
    let file = parameter.at.file;
    let facts = project.facts(file);
    let line = project.file(file).lines.whole_lines(project.file(file).text(), parameter.at.span);
    let constant = constant_of(project, parameter.at)?;
    let uses =
        project.files().filter(|(_, it)| it.facts.language.id == facts.language.id).flat_map(|it| project.exprs(it.0));
    let mut uses = uses.filter(|it| !(it.file == file && line.contains(project.node(*it).span)));
    let found = uses.find(|it| is_constant(project, *it, constant))?;
    Some(Parameter { at: project.location(found), anchor: found })
}

/// Whether a text is the parameter's name, or a body with it.
fn sends(text: &str, name: &str) -> bool {
    let rest = text.match_indices(name).map(|(at, _)| {
        let before = text.get(..at).and_then(|it| it.chars().next_back());
        (before, text.get(at + name.len()..).unwrap_or_default())
    });
    let mut rest = rest.filter(|(before, _)| before.is_none_or(|it| !(it.is_alphanumeric() || it == '_')));
    text == name || rest.any(|(_, after)| after.trim_start_matches(['"', '\'', '\\', ' ']).starts_with(['=', ':']))
}

/// Whether a parameter is one that a known flow sends, or part of the call that sends it.
fn accounted(project: &Project, known: &[Flow<'_>], parameter: &Parameter) -> bool {
    let file = parameter.at.file;
    let name = &project.knowledge().endpoints.exchange_parameter;
    let touches = |it: &Location| it.file == file && it.span.overlaps(parameter.at.span);
    let structured = !project.facts(file).language.is_lexical();
    // A constant is used where it is sent.
    let constant = matches!(project.value(parameter.anchor), Value::Text(_))
        && structured
        && std::iter::successors(Some(parameter.anchor), |it| project.parent(*it))
            .all(|it| !matches!(project.value(it), Value::Call { new: false, .. }));
    if constant {
        let around = project.files_around(file);
        let sends = |flow: &Flow<'_>| around.contains(&flow.anchor.file);
        if place_of(project, parameter) == name.as_str() && known.iter().any(sends) {
            return true;
        }
    }
    // A field that keeps the JWT of a flow until it is sent.
    let holder = parameter.anchor.file;
    let mut stores = project.facts(holder).stores.iter().filter(|it| it.target == parameter.anchor.id);
    let kept = stores.find_map(|it| assertion::of(project, Expr { file: holder, id: it.value })).map(|it| it.sign);
    if kept.is_some_and(|sign| known.iter().any(|it| it.assertion.as_ref().is_some_and(|own| own.sign == sign))) {
        return true;
    }
    known.iter().any(|flow| {
        let same_function = flow.anchor.file == file
            && structured
            && project.function(flow.anchor) == project.function(parameter.anchor);
        flow.parameters.iter().any(|it| touches(&it.at) || touches(&project.location(it.value)))
            || touches(&project.location(flow.request))
            || (same_function && flow.parameter(name).is_some())
    })
}

/// Which addresses a parameter may go to: those of its own file, of files it imports or that import it, else those of
/// configuration in its package.
fn nearby(project: &Project, endpoints: &[Location], file: FileId) -> Vec<Location> {
    let within = |files: &BTreeSet<FileId>| -> Vec<Location> {
        endpoints.iter().filter(|it| files.contains(&it.file)).copied().collect()
    };
    let own = within(&BTreeSet::from([file]));
    if !own.is_empty() {
        return own;
    }
    let data = project.file(file);
    if data.facts.language.modules == ModuleStyle::Folder {
        let folder = data.path().parent();
        let beside = project
            .files()
            .filter(|(_, it)| it.path().parent() == folder && it.facts.language.id == data.facts.language.id);
        let found = within(&beside.map(|it| it.0).collect());
        if !found.is_empty() {
            return found;
        }
        let constants = endpoints.iter().filter(|it| {
            project.facts(it.file).language.id == data.facts.language.id
                && constant_of(project, **it)
                    .is_some_and(|name| project.exprs(file).any(|it| is_constant(project, it, name)))
        });
        let found: Vec<Location> = constants.copied().collect();
        if !found.is_empty() {
            return found;
        }
    }
    let found = within(&project.files_around(file));
    if !found.is_empty() {
        return found;
    }
    let package = nearest_folder(project, data.path());
    let settings =
        project.files().filter(|(_, it)| it.facts.language.is_data() && it.path().starts_with(&package)).map(|it| it.0);
    within(&settings.collect())
}

/// The text around a parameter: the literal it stands in.
fn place_of<'p>(project: &'p Project, parameter: &Parameter) -> &'p str {
    parameter.at.span.of(project.file(parameter.at.file).text())
}

fn names_endpoint(project: &Project, text: &str) -> bool {
    project.knowledge().endpoints.exchange_path.is_match(text)
}

/// Whether a file that names the parameter and the secret also names what only IMS knows: a metascope, a host, an account.
fn speaks_of_ims(project: &Project, file: FileId) -> bool {
    let endpoints = &project.knowledge().endpoints;
    let texts = project.facts(file).values.iter().filter_map(|(_, it)| match &it.value {
        Value::Text(pieces) => Some(pieces),
        _ => None,
    });
    let texts: Vec<&str> = texts
        .flatten()
        .filter_map(|it| match it {
            Piece::Literal { text, .. } => Some(text.as_str()),
            Piece::Hole(_) => None,
        })
        .collect();
    let known = |text: &&str| {
        let metascope = endpoints.metascope.captures(text).and_then(|it| it.name("metascope"));
        metascope.is_some_and(|it| project.knowledge().scopes_of(it.as_str()).is_some())
            || endpoints.host.is_match(text)
            || endpoints.technical_account.is_match(text)
    };
    texts.iter().any(|it| it.contains("client_secret")) && texts.iter().any(known)
}

/// Addresses of a file of tokens that has no parameter, but the secret that goes with it.
fn lone_endpoints<'k>(project: &'k Project, endpoints: &[Location], file: FileId) -> Vec<Flow<'k>> {
    let own: Vec<Location> = endpoints.iter().filter(|it| it.file == file).copied().collect();
    let text = project.file(file).text().to_ascii_lowercase();
    let sends = text.contains("client_secret") || text.contains("clientsecret");
    let posts = project.knowledge().verbs.iter().any(|verb| text.contains(verb.as_str()));
    // A parameter in another file of the folder is the better place.
    let elsewhere = project.files().any(|(other, it)| {
        other != file
            && it.path().parent() == project.file(file).path().parent()
            && it.facts.language.id == project.facts(file).language.id
            && !parameters(project, other).is_empty()
    });
    if !(sends && posts) || elsewhere {
        return Vec::new();
    }
    let at_literal = |at: &Location| {
        project
            .exprs(file)
            .find(|it| matches!(project.value(*it), Value::Text(_)) && project.node(*it).span.contains(at.span))
    };
    own.iter().filter_map(|at| Some(evident(project, at_literal(at)?, vec![*at]))).collect()
}

fn flow<'k>(project: &'k Project, parameter: &Parameter, endpoint: Vec<Location>) -> Flow<'k> {
    let mut res = evident(project, call_around(project, parameter.anchor), endpoint);
    res.parameter = Some(parameter.at);
    give_assertion(project, &mut res);
    res
}

/// The metascopes that the text of a file names, for languages whose claims cannot be followed.
pub(super) fn metascopes(project: &Project, file: FileId) -> Vec<Metascope> {
    let pattern = &project.knowledge().endpoints.metascope;
    let mut res: Vec<Metascope> = Vec::new();
    for (_, node) in project.facts(file).values.iter() {
        let Value::Text(pieces) = &node.value else { continue };
        for piece in pieces {
            let Piece::Literal { text, span } = piece else { continue };
            let claimed = pattern.captures(text).and_then(|it| it.name("metascope")).map(|it| it.as_str());
            let bare = project.knowledge().scopes_of(text).map(|it| it.metascope.as_str());
            let Some(name) = claimed.or(bare).filter(|it| !res.iter().any(|known| known.name == *it)) else { continue };
            res.push(Metascope { name: name.to_owned(), at: Location { file, span: *span } });
        }
    }
    res
}

/// The call that a parameter is part of or that sends it, in languages with a syntax tree.
fn call_around(project: &Project, anchor: Expr) -> Expr {
    let around = std::iter::successors(Some(anchor), |it| project.parent(*it));
    let call = around.filter(|it| matches!(project.value(*it), Value::Call { .. })).last();
    let start = project.node(call.unwrap_or(anchor)).span.start;
    let function = project.function(anchor);
    let sends = |it: &Expr| is_client(project, *it) || named_like_request(project, *it);
    let own = call.filter(sends);
    own.or_else(|| {
        let around = project.exprs(anchor.file).filter(|it| project.function(*it) == function);
        let (clients, named): (Vec<Expr>, Vec<Expr>) = around.filter(sends).partition(|it| is_client(project, *it));
        let after = |it: &&Expr| project.node(**it).span.start >= start;
        let named = named.iter().filter(after).min_by_key(|it| project.node(**it).span);
        clients.iter().min_by_key(|it| project.node(**it).span.start.abs_diff(start)).or(named).copied()
    })
    .or(call)
    .unwrap_or(anchor)
}

/// Whether a call is one of a known HTTP client.
fn is_client(project: &Project, call: Expr) -> bool {
    let Value::Call { .. } = project.value(call) else { return false };
    let language = project.facts(call.file).language.id;
    let paths = project.callee_paths(call);
    let mut rows = project.knowledge().clients.iter().filter(|it| it.language == language);
    rows.any(|row| paths.iter().any(|path| path_matches(&row.call, path)))
}

/// Whether a call is of something that begins or ends like the name of a request.
fn named_like_request(project: &Project, call: Expr) -> bool {
    let Value::Call { callee, new: false, .. } = project.value(call) else { return false };
    let name = match project.value(Expr { file: call.file, id: *callee }) {
        Value::Member { name, .. } | Value::Name { name, .. } => name.to_lowercase(),
        _ => return false,
    };
    let verbs = &project.knowledge().verbs;
    verbs.iter().any(|verb| name.starts_with(verb.as_str()) || name.ends_with(verb.as_str()))
}

fn evident(project: &Project, anchor: Expr, endpoint: Vec<Location>) -> Flow<'_> {
    let scopes = scope::from_metascopes(project, metascopes(project, anchor.file), false);
    let unknown = scopes.metascopes.is_empty();
    Flow {
        kind: FlowKind::Evidence,
        anchor,
        request: anchor,
        url: None,
        endpoint,
        url_certainty: UrlCertainty::Unknown,
        parameters: Vec::new(),
        parameter: None,
        assertion: None,
        beside: None,
        in_double: false,
        confidence: Confidence::Likely,
        exempt: exempt::by_file(project, anchor.file)
            .or_else(|| unknown.then(|| exempt::by_surroundings(project, anchor.file))?),
        scopes,
        reply: Reply::default(),
    }
}
