//! The scope that takes the place of the metascopes: from the table where they are known, else from configuration
//! beside the client secret.

use crate::facts::{DefinitionKind, Value};
use crate::lang::ModuleStyle;
use crate::link::{Expr, Origin, member_key};

use super::change::{Change, Declined, ScopeSetting};
use super::site::Site;
use super::{python_imports, scope_settings};

/// What reads of Node's environment begin with.
pub(super) const NODE_ENVIRONMENT: &str = "process.env";

/// The environment variable that holds the scopes where nothing else does.
const VARIABLE: &str = "ADOBE_SCOPES";

/// The source of the scope expression.
pub(super) fn scope_source(site: &Site<'_>, change: &mut Change) -> Result<String, Declined> {
    let scopes = &site.flow.scopes;
    if !scopes.unofficial.is_empty() {
        change.unproved = true;
        change.note(format!(
            "the scopes for {} come from working clients, not from Adobe's documentation; compare them with the credential's page in the Developer Console",
            scopes.unofficial.join(", ")
        ));
    }
    if !scopes.undocumented.is_empty() {
        change.unproved = true;
        change.note(format!(
            "no scope is documented for {}; copy the scopes from the credential's page in the Developer Console",
            scopes.undocumented.join(", ")
        ));
    }
    if scopes.dynamic && !scopes.metascopes.is_empty() {
        change.unproved = true;
        change.note("further metascopes come from outside of the code; add their scopes");
    }
    if !scopes.known.is_empty() || !scopes.undocumented.is_empty() {
        let base = &site.project.knowledge().endpoints.base_scopes;
        let all = if scopes.known.is_empty() { base } else { &scopes.known };
        return Ok(site.style.quoted(&all.join(",")));
    }
    configured(site, change)
}

fn configured(site: &Site<'_>, change: &mut Change) -> Result<String, Declined> {
    change.unproved = true;
    if site.file().facts.language.modules == ModuleStyle::Rust {
        // What reads configuration may fail in its own way, so the text stands in the code.
        change
            .note("add the scopes on the credential's page in the Developer Console, joined by commas without spaces");
        return Ok(site.style.quoted(&site.project.knowledge().endpoints.base_scopes.join(",")));
    }
    let secret = ["client_secret"].iter().find_map(|key| site.flow.parameter(key)).or_else(|| library_secret(site));
    let typed = site.file().facts.language.typed;
    // Where objects are typed, only the environment has what nothing declares.
    let declared = |it: &String| !typed || it.starts_with(NODE_ENVIRONMENT) || it.ends_with(')');
    let beside = secret.and_then(|field| beside(site, field.value, 0)).filter(|it| declared(&it.source));
    let records = beside.as_ref().map(|it| scope_settings::records_with(site.project, it.read)).unwrap_or_default();
    let source = match beside {
        Some(beside) => beside.source,
        // Where nothing tells how the program is configured.
        None => match site.file().facts.language.typed {
            true => format!("{NODE_ENVIRONMENT}.{VARIABLE}"),
            false => environment(site, change, VARIABLE)?,
        },
    };
    let mut words = source.split(|it: char| !(it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_'));
    if let Some(name) = words.rfind(|it| it.ends_with("SCOPES"))
        && source.contains("env")
    {
        change.settings.push((site.flow.request.file, name.to_owned()));
    }
    let note = format!(
        "set {source} to the scopes on the credential's page in the Developer Console, joined by commas without spaces"
    );
    change.note(note.as_str());
    for (record, secret) in records {
        let setting = scope_name(&secret).map(|key| ScopeSetting { record, key, note: note.clone() });
        change.scope_settings.extend(setting);
    }
    if typed && source.starts_with(NODE_ENVIRONMENT) {
        let secret = secret.map_or("", |it| site.project.source(site.project.outermost(it.value)));
        return Ok(source + &asserted(site, secret));
    }
    Ok(source)
}

/// How TypeScript is told that a variable of the environment is set, as the code says it of its secret.
fn asserted(site: &Site<'_>, secret: &str) -> String {
    match secret {
        it if it.ends_with('!') => "!".to_owned(),
        it if it.ends_with("as string") || it.ends_with("as string)") => " as string".to_owned(),
        _ => format!(" ?? {}", site.style.quoted("")),
    }
}

fn library_secret<'p>(site: &Site<'p>) -> Option<&'p crate::link::Field> {
    match site.flow.kind {
        crate::flow::FlowKind::Library(row) => site.flow.parameter(row.client_secret.as_deref()?),
        crate::flow::FlowKind::Request(_) | crate::flow::FlowKind::Evidence => None,
    }
}

/// A look-up of the scopes beside that of the secret.
struct Beside {
    source: String,
    /// The look-up of the secret.
    read: Expr,
}

/// A scope look-up in the same place and style as the look-up of the secret.
fn beside(site: &Site<'_>, secret: Expr, depth: usize) -> Option<Beside> {
    let project = site.project;
    if depth > 8 {
        return None;
    }
    if let Some(binding) = project.binding(secret) {
        // A constant that was read from configuration: read the scope from there too.
        let definitions = &project.facts(secret.file).bindings[binding].definitions;
        return match definitions.as_slice() {
            [only] if only.kind == DefinitionKind::Declaration && only.path.is_empty() => {
                beside(site, Expr { file: secret.file, id: only.value? }, depth + 1)
            }
            _ => None,
        };
    }
    site.portable(secret).ok()?;
    let source = match project.value(secret) {
        Value::Member { object, name, name_span } => {
            let object = Expr { file: secret.file, id: *object };
            // An object of the program's own has no field for it.
            let own = |it: &Origin| matches!(it, Origin::Instance(..) | Origin::Class(..));
            if project.own_class(object).is_some() || project.resolve(object).iter().any(own) {
                return None;
            }
            let renamed = scope_name(name)?;
            let start = project.node(secret).span.start;
            let head = crate::text::Span::new(start, name_span.start).of(project.file(secret.file).text());
            format!("{head}{renamed}")
        }
        Value::Index { .. } => {
            let (_, key) = member_key(project, secret)?;
            project.source(secret).replace(&key, &scope_name(&key)?)
        }
        Value::Call { arguments, .. } => {
            let known = |value| project.known_text(Expr { file: secret.file, id: value });
            let place = arguments.iter().position(|it| known(it.value).is_some_and(|it| scope_name(&it).is_some()))?;
            let key = arguments.get(place).and_then(|it| known(it.value))?;
            // A default of the secret is none of the scope, and must not be written a second time.
            let end = arguments.get(place)?.span.end;
            let start = project.node(secret).span.start;
            let head = crate::text::Span::new(start, end).of(project.file(secret.file).text());
            let rest = if arguments.len() > place + 1 {
                ")"
            } else {
                crate::text::Span::new(end, project.node(secret).span.end).of(project.file(secret.file).text())
            };
            format!("{}{rest}", head.replace(&key, &scope_name(&key)?))
        }
        Value::Group(inner) => return beside(site, Expr { file: secret.file, id: *inner }, depth + 1),
        Value::Operation { operands, .. } => {
            return beside(site, Expr { file: secret.file, id: *operands.first()? }, depth + 1);
        }
        _ => return None,
    };
    Some(Beside { source, read: secret })
}

/// The name of the scope setting beside a secret of this name, in the same spelling.
fn scope_name(secret: &str) -> Option<String> {
    let forms = [
        ("CLIENT_SECRET", "SCOPES"),
        ("clientSecret", "scopes"),
        ("ClientSecret", "Scopes"),
        ("client_secret", "scopes"),
        ("client-secret", "scopes"),
        ("SECRET", "SCOPES"),
        ("secret", "scopes"),
    ];
    forms.iter().find(|(from, _)| secret.contains(from)).map(|(from, to)| secret.replacen(from, to, 1))
}

/// The source of a read of an environment variable, as text in every case.
pub(super) fn environment(site: &Site<'_>, change: &mut Change, variable: &str) -> Result<String, Declined> {
    let facts = &site.file().facts;
    if facts.language.id == "java" {
        return Ok(format!("System.getenv({})", site.style.quoted(variable)));
    }
    if facts.language.this.is_some() {
        let read = format!("{NODE_ENVIRONMENT}.{variable}");
        return Ok(if facts.language.typed { read + &asserted(site, "") } else { read });
    }
    python_imports::require(site.project, change, site.flow.request.file, &[("os", None)])?;
    Ok(format!("os.environ[{}]", site.style.quoted(variable)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scope_settings_are_named_like_secrets() {
        assert_eq!(scope_name("ADOBE_CLIENT_SECRET").as_deref(), Some("ADOBE_SCOPES"));
        assert_eq!(scope_name("clientSecret").as_deref(), Some("scopes"));
        assert_eq!(scope_name("password"), None);
    }
}
