//! The same HTTP client: a new endpoint, `grant_type` and `scope` in place of the JWT, everything else as it was.

use crate::facts::{EntryKey, Piece, Value};
use crate::flow::{FlowKind, UrlCertainty};
use crate::lang::ModuleStyle;
use crate::link::{Expr, Field, FieldForm, Origin, ProjectFile, chain_of};
use crate::text::Span;

use super::super::change::{Change, Declined, at};
use super::super::outcome::Rung;
use super::super::removal::item_span;
use super::super::site::Site;
use super::super::style::{Style, indentation_at};
use super::super::{endpoint, lifetime, scope_source};
use super::{Pattern, by_library, in_place_text};

pub(super) struct InPlace;

impl Pattern for InPlace {
    fn name(&self) -> &'static str {
        "in-place"
    }

    fn about(&self) -> &'static str {
        "The HTTP client that is there, in any language"
    }

    fn rung(&self) -> Rung {
        Rung::InPlace
    }

    fn plan(&self, site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
        let flow = site.flow;
        if let FlowKind::Library(library) = flow.kind {
            return Err(by_library(library));
        }
        if flow.url_certainty == UrlCertainty::Unknown {
            return Err(Declined::because("the address comes from outside of this tree"));
        }
        let parameter = &site.project.knowledge().endpoints.exchange_parameter;
        let jwt = site.needed(parameter)?.clone();
        site.needed("client_id")?;
        site.needed("client_secret")?;
        let scope = scope_source::scope_source(site, change)?;
        refuse_query(site, change)?;
        endpoint::edit(site, change)?;
        exchange_field(site, change, &jwt, &scope)?;
        as_form(site, change)?;
        if flow.reply.bodies.is_empty() && flow.reply.tokens.is_empty() {
            // Reads that are known by their names alone are converted, but others may have another name.
            change.unproved = true;
            if flow.reply.accessors.is_empty() {
                change.note("what becomes of the reply could not be followed; its `expires_in` counts seconds now");
            }
        }
        lifetime::convert(site, change)?;
        lifetime::own_expiry(site, change)
    }
}

/// Secrets in the query string have to move into the body; where that is more than a change of a keyword, a person does
/// it.
fn refuse_query(site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
    let flow = site.flow;
    let in_url = flow.url.is_some_and(|url| holds_parameters(site, url));
    if in_url {
        return Err(Declined::because("the secrets are part of the address and have to move into the body"));
    }
    chained_query(site, change)?;
    let Value::Call { arguments, .. } = site.project.value(flow.anchor) else { return Ok(()) };
    for argument in arguments {
        let value = Expr { file: flow.anchor.file, id: argument.value };
        match argument.name.as_deref() {
            Some(name @ ("params" | "files" | "json")) if holds_parameters(site, value) => {
                let span = Span::new(argument.span.start, argument.span.start + name.len());
                change.reword(at(flow.anchor.file, span), "data")?;
                for part in ["client_id", "client_secret"].iter().filter_map(|it| flow.parameter(it)) {
                    let given = site.project.parent(part.value);
                    if let Some(given) = given.filter(|it| matches!(site.project.value(*it), Value::List(_))) {
                        change.reword(site.project.location(given), site.project.source(part.value))?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// `.query(…)` of a chain of Rust becomes `.form(…)`, which takes the same.
fn chained_query(site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
    let project = site.project;
    let file = site.flow.anchor.file;
    if project.facts(file).language.modules != ModuleStyle::Rust {
        return Ok(());
    }
    let chain = chain_of(project, site.flow.anchor);
    for (name, call) in &chain {
        let holds = project.argument(*call, 0).is_some_and(|it| holds_parameters(site, it));
        match name.as_str() {
            "multipart" => return Err(Declined::because("the body is sent in parts; the token endpoint takes a form")),
            "query" if holds => {
                let Value::Call { callee, .. } = project.value(*call) else { continue };
                let end = project.node(Expr { file, id: *callee }).span.end;
                change.reword(at(file, Span::new(end - name.len(), end)), "form")?;
            }
            _ => {}
        }
    }
    Ok(())
}

fn holds_parameters(site: &Site<'_>, value: Expr) -> bool {
    site.project.fields(value).iter().any(|it| it.key == "client_secret")
}

/// The field of the JWT becomes the two fields of the grant, in the form it had.
fn exchange_field(site: &Site<'_>, change: &mut Change, jwt: &Field, scope: &str) -> Result<(), Declined> {
    let file = site.project.file(jwt.at.file);
    let text = file.text();
    let source = jwt.at.span.of(text);
    let parameter = &site.project.knowledge().endpoints.exchange_parameter;
    let style = &Style::of(file);
    let ending = owned_ending(site, change, jwt)?;
    let grant = style.quoted(&site.project.knowledge().endpoints.grant_type) + ending;
    let scope = &format!("{scope}{ending}");
    let indent = indentation_at(text, jwt.at.span.start);
    let own_line = text.get(..jwt.at.span.start).is_some_and(|it| it.trim_end_matches([' ', '\t']).ends_with('\n'));
    let between = if own_line { format!("{}{indent}", style.newline) } else { " ".to_owned() };
    if jwt.form == FieldForm::Declared {
        return declared_field(site, change, jwt, &grant, scope);
    }
    if jwt.at.file != site.flow.request.file && !scope.starts_with(['\'', '"']) {
        return Err(Declined::because("the body is put together in another file than the request"));
    }
    let renewed = match jwt.form {
        FieldForm::Entry => {
            typed_field(site, change, jwt)?;
            entries(file, style, source, &between, (&grant, scope))
        }
        FieldForm::Keyword => format!("grant_type={grant},{between}scope={scope}"),
        FieldForm::Item if let Some(whole) = own_statement(site, jwt) => {
            let value = site.project.source(jwt.value);
            let item = |key: &str, with: &str| source.replacen(parameter.as_str(), key, 1).replacen(value, with, 1);
            let (head, tail) = (Span::new(whole.start, jwt.at.span.start), Span::new(jwt.at.span.end, whole.end));
            let one = |key: &str, with: &str| format!("{}{}{}", head.of(text), item(key, with), tail.of(text));
            let both = format!("{}{}{indent}{}", one("grant_type", &grant), style.newline, one("scope", scope));
            return change.replace(at(jwt.at.file, whole), both);
        }
        FieldForm::Item => {
            let value = site.project.source(jwt.value);
            let one = |key: &str, with: &str| source.replacen(parameter.as_str(), key, 1).replacen(value, with, 1);
            format!("{},{between}{}", one("grant_type", &grant), one("scope", scope))
        }
        FieldForm::Append if let Some(object) = chained_object(site, jwt) => {
            return chained_field(site, change, jwt, object, (&grant, scope));
        }
        FieldForm::Store | FieldForm::Append => {
            let value = site.project.node(jwt.value).span;
            let head = Span::new(jwt.at.span.start, value.start).of(text);
            let tail = Span::new(value.end, jwt.at.span.end).of(text);
            let keyed = |key: &str| with_key(head, parameter, &style.quoted(key));
            if keyed("").is_none() {
                return Err(Declined::because("how the body names the JWT is not known"));
            }
            let one = |key: &str, with: &str| format!("{}{with}{tail}", keyed(key).unwrap_or_default());
            let end = style.semicolon;
            format!("{}{end}{}{indent}{}", one("grant_type", &grant), style.newline, one("scope", scope))
        }
        FieldForm::Text => return in_place_text::text_field(site, change, jwt, scope),
        FieldForm::Composed | FieldForm::Declared => return in_place_text::composed_field(site, change, jwt, scope),
    };
    change.replace(jwt.at, renewed)
}

/// What makes a literal the type that the values beside it have: in Rust those of a list or map are all alike.
fn owned_ending(site: &Site<'_>, change: &mut Change, jwt: &Field) -> Result<&'static str, Declined> {
    const OWNED: &[&str] = &[".clone()", ".to_owned()", ".to_string()", ".into()", "String::from"];
    let project = site.project;
    if project.facts(jwt.at.file).language.modules != ModuleStyle::Rust {
        return Ok("");
    }
    let beside: Vec<Expr> = ["client_id", "client_secret"]
        .iter()
        .filter_map(|it| site.flow.parameter(it))
        .filter(|it| it.form == jwt.form && it.at.file == jwt.at.file)
        .map(|it| project.outermost(it.value))
        .collect();
    if beside.iter().any(|it| OWNED.iter().any(|ending| project.source(*it).contains(ending))) {
        return Ok(".to_owned()");
    }
    // A list of references to texts that own theirs takes no literal.
    let references = beside.iter().all(|it| project.source(*it).strip_prefix('&').is_some_and(|it| it.contains('.')));
    let generic = chain_of(project, site.flow.anchor).iter().any(|it| it.0 == "form");
    if references && generic && jwt.form == FieldForm::Item && !beside.is_empty() {
        for value in beside {
            let bare = project.source(value).trim_start_matches('&').to_owned();
            change.reword(project.location(value), format!("{bare}.as_str()"))?;
        }
    }
    Ok("")
}

/// Two entries of a record in the place of one.
fn entries(file: &ProjectFile, style: &Style, source: &str, between: &str, (grant, scope): (&str, &str)) -> String {
    // A bare word is a key in JavaScript and a name elsewhere.
    let bare = file.facts.language.this.is_some() && !source.trim_start().starts_with(['"', '\'']);
    let key = |name: &str| if bare { name.to_owned() } else { style.quoted(name) };
    format!("{}: {grant},{between}{}: {scope}", key("grant_type"), key("scope"))
}

/// Where the body is a struct of Rust, the field that it declares for the JWT becomes two.
fn typed_field(site: &Site<'_>, change: &mut Change, jwt: &Field) -> Result<(), Declined> {
    let project = site.project;
    if project.facts(jwt.at.file).language.modules != ModuleStyle::Rust {
        return Ok(());
    }
    let literal = std::iter::successors(Some(jwt.value), |it| project.parent(*it))
        .find(|it| matches!(project.value(*it), Value::Call { new: true, .. }));
    let Some(literal) = literal else { return Ok(()) };
    let Value::Call { callee, .. } = project.value(literal) else { return Ok(()) };
    let name = site.text_at(jwt.at).split([':', ',']).next().unwrap_or_default().trim().to_owned();
    for origin in project.resolve(Expr { file: literal.file, id: *callee }) {
        let Origin::Class(file, class) = origin else { continue };
        let data = project.file(file);
        let Some(span) = data.facts.classes[class].fields.iter().find(|it| it.0 == name).map(|it| it.2) else {
            continue;
        };
        let visibility = span.of(data.text()).split(name.as_str()).next().unwrap_or_default().to_owned();
        let indent = indentation_at(data.text(), span.start);
        let newline = site.style.newline;
        let text = format!("{visibility}grant_type: &'static str,{newline}{indent}{visibility}scope: &'static str");
        return change.replace(at(file, span), text);
    }
    Err(Declined::because("the struct that is sent was not found"))
}

/// The parameter of a declared request becomes two, and what callers give for it the grant and the scope.
fn declared_field(site: &Site<'_>, change: &mut Change, jwt: &Field, grant: &str, scope: &str) -> Result<(), Declined> {
    let project = site.project;
    let file = jwt.at.file;
    let facts = project.facts(file);
    let source = site.text_at(jwt.at);
    let owner = facts.functions.iter().find_map(|(id, it)| {
        let position = it.parameters.iter().position(|it| it.span == jwt.at.span)?;
        Some((id, position, it.parameters.get(position)?.name.clone()?))
    });
    let unknown = || Declined::because("the method that declares the request is called in an unusual way");
    let (function, position, name) = owner.ok_or_else(unknown)?;
    let parameter = &project.knowledge().endpoints.exchange_parameter;
    let named = |key: &str, to: &str| {
        let renewed = source.replacen(parameter.as_str(), key, 1);
        renewed.strip_suffix(name.as_str()).map(|it| format!("{it}{to}"))
    };
    let (Some(first), Some(second)) = (named("grant_type", "grantType"), named("scope", "scope")) else {
        return Err(unknown());
    };
    for site in project.call_sites(file, function) {
        let given = project.argument_for(site, position, None).ok_or_else(unknown)?;
        change.replace(project.location(given), format!("{grant}, {scope}"))?;
    }
    let text = project.file(file).text();
    let line = Span::new(0, jwt.at.span.start).of(text).rsplit('\n').next().unwrap_or_default();
    let between = match line.trim().is_empty() {
        true => format!("{}{line}", site.style.newline),
        false => " ".to_owned(),
    };
    change.replace(jwt.at, format!("{first},{between}{second}"))
}

/// A link of a chain of calls becomes two links.
fn chained_field(
    site: &Site<'_>,
    change: &mut Change,
    jwt: &Field,
    object: Span,
    (grant, scope): (&str, &str),
) -> Result<(), Declined> {
    let file = site.project.file(jwt.at.file);
    let (text, style) = (file.text(), Style::of(file));
    let parameter = &site.project.knowledge().endpoints.exchange_parameter;
    let value = site.project.node(jwt.value).span;
    let head = Span::new(object.end, value.start).of(text);
    let tail = Span::new(value.end, jwt.at.span.end).of(text);
    let keyed = |key: &str| with_key(head, parameter, &style.quoted(key));
    if keyed("").is_none() {
        return Err(Declined::because("how the body names the JWT is not known"));
    }
    let one = |key: &str, with: &str| format!("{}{with}{tail}", keyed(key).unwrap_or_default());
    let link = Span::new(object.end, jwt.at.span.end);
    change.replace(at(jwt.at.file, link), one("grant_type", grant) + &one("scope", scope))
}

/// The statement of a call that adds nothing but the item of the JWT to a list.
fn own_statement(site: &Site<'_>, jwt: &Field) -> Option<Span> {
    let project = site.project;
    let item = project.exprs(jwt.at.file).find(|it| project.node(*it).span == jwt.at.span)?;
    let call = project.parent(item)?;
    let Value::Call { callee, arguments, .. } = project.value(call) else { return None };
    let method = matches!(project.value(Expr { file: call.file, id: *callee }), Value::Member { .. });
    let alone = arguments.len() == 1 && project.parent(call).is_none();
    let statement = project.statement(call).filter(|_| method && alone)?;
    let span = project.facts(call.file).statements[statement].span;
    let plain = project.file(call.file).bound_by(call.id).is_empty() && span.start == project.node(call).span.start;
    plain.then_some(span)
}

/// What a link of a chain of calls is called on, where the link is no statement of its own.
fn chained_object(site: &Site<'_>, jwt: &Field) -> Option<Span> {
    let object = builder_object(site, jwt)?;
    let project = site.project;
    let call = project
        .exprs(jwt.at.file)
        .find(|it| project.node(*it).span == jwt.at.span && matches!(project.value(*it), Value::Call { .. }))?;
    let more = project.parent(call).is_some_and(|it| matches!(project.value(it), Value::Member { .. }));
    let chain = matches!(project.value(object), Value::Call { .. });
    (more || chain).then(|| project.node(object).span)
}

/// `form.set('jwt_token', ` or `form[Field.Token] = ` with another key, which is quoted; a literal one keeps its quotes.
fn with_key(head: &str, parameter: &str, key: &str) -> Option<String> {
    if head.contains(parameter) {
        let bare = key.get(1..key.len().saturating_sub(1)).unwrap_or_default();
        return Some(head.replacen(parameter, bare, 1));
    }
    let open = head.find(['(', '['])? + 1;
    let close = head.rfind([',', ']']).filter(|it| *it > open)?;
    Some(format!("{}{key}{}", head.get(..open)?, head.get(close..)?))
}

/// A multipart or JSON body becomes a form.
fn as_form(site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
    let project = site.project;
    let language = site.file().facts.language.id;
    for builder in project.knowledge().builders.iter().filter(|it| it.language == language) {
        let appended: Vec<Expr> = site
            .flow
            .parameters
            .iter()
            .filter(|it| it.form == FieldForm::Append)
            .filter_map(|it| builder_object(site, it))
            .collect();
        for object in appended {
            for origin in project.resolve(object) {
                let Origin::Value(made) = origin else { continue };
                let paths = project.api_paths(made);
                if paths.iter().any(|path| builder.multipart.contains(path)) {
                    reword_content_type(site, change)?;
                    change.replace(project.location(made), format!("new {}()", builder.form))?;
                    drop_headers(site, change, object, &builder.headers)?;
                }
            }
        }
    }
    multipart_setting(site, change)
}

/// A header that calls the body multipart calls it a form.
fn reword_content_type(site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
    let (project, request) = (site.project, site.flow.request);
    for expr in project.exprs(request.file).filter(|it| project.function(*it) == project.function(request)) {
        let Value::Record(entries) = project.value(expr) else { continue };
        for entry in entries {
            let EntryKey::Known { name, .. } = &entry.key else { continue };
            let value = Expr { file: expr.file, id: entry.value };
            let Value::Text(pieces) = project.value(value) else { continue };
            if let [Piece::Literal { text, span }] = pieces.as_slice()
                && name.eq_ignore_ascii_case("content-type")
                && text == "multipart/form-data"
            {
                change.reword(at(expr.file, *span), "application/x-www-form-urlencoded")?;
            }
        }
    }
    Ok(())
}

/// The object of the call that appends a field.
fn builder_object(site: &Site<'_>, field: &Field) -> Option<Expr> {
    let call = site.project.exprs(field.at.file).find(|it| {
        site.project.node(*it).span == field.at.span && matches!(site.project.value(*it), Value::Call { .. })
    })?;
    let Value::Call { callee, .. } = site.project.value(call) else { return None };
    match site.project.value(Expr { file: call.file, id: *callee }) {
        Value::Member { object, .. } => Some(Expr { file: call.file, id: *object }),
        _ => None,
    }
}

/// `headers: form.getHeaders()` describes the multipart body that `form` was; other forms keep theirs.
fn drop_headers(site: &Site<'_>, change: &mut Change, form: Expr, method: &str) -> Result<(), Declined> {
    let project = site.project;
    let file = site.flow.request.file;
    for expr in project.exprs(file) {
        let Value::Record(entries) = project.value(expr) else { continue };
        for entry in entries {
            let Value::Call { callee, .. } = project.value(Expr { file, id: entry.value }) else { continue };
            let Value::Member { object, name, .. } = project.value(Expr { file, id: *callee }) else { continue };
            let own = project.binding(Expr { file, id: *object }) == project.binding(form);
            if own && form.file == file && name == method {
                change.delete(at(file, item_span(project.file(file), entry.span)))?;
            }
        }
    }
    Ok(())
}

/// `formData: {…}`, and an object that the client would send as JSON.
fn multipart_setting(site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
    let project = site.project;
    let flow = site.flow;
    let FlowKind::Request(Some(client)) = flow.kind else { return Ok(()) };
    for slot in client.body.iter().filter(|it| it.key().is_some_and(|key| key == "formData" || key == "json")) {
        let Some(value) = project.slot(flow.anchor, slot) else { continue };
        if !holds_parameters(site, value) {
            continue;
        }
        let entry = project.parent(value).and_then(|record| match project.value(record) {
            Value::Record(entries) => entries.iter().find(|it| it.value == value.id).map(|it| it.key.clone()),
            _ => None,
        });
        if let Some(EntryKey::Known { span, .. }) = entry {
            change.reword(at(value.file, span), "form")?;
            reword_content_type(site, change)?;
        }
    }
    let typed = chain_of(project, flow.anchor).iter().any(|(name, _)| name == "type");
    let form_header = project.exprs(flow.request.file).any(|expr| {
        project.known_text(expr).is_some_and(|it| it.contains("x-www-form-urlencoded"))
            && project.function(expr) == project.function(flow.request)
    });
    if !client.json_objects || typed {
        return Ok(());
    }
    let object = client.body.first().and_then(|slot| project.slot(flow.anchor, slot));
    let Some(object) = object else { return Ok(()) };
    let plain = matches!(project.resolve(object).as_slice(), [Origin::Value(it)] if matches!(project.value(*it), Value::Record(_)));
    if !plain || (form_header && !client.chain.is_empty()) {
        return Ok(());
    }
    if !client.chain.is_empty() {
        return Err(Declined::because("the body is sent as JSON; the token endpoint takes a form"));
    }
    change.insert(object.file, project.node(object).span.start, "new URLSearchParams(")?;
    change.insert(object.file, project.node(object).span.end, ")")
}
