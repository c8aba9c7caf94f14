//! SDKs that take OAuth credentials themselves: class, arguments, options, setters and configuration file become those
//! that the SDK has for it.

use std::collections::BTreeMap;

use crate::facts::{Argument, BindingKind, Imported, Value};
use crate::flow::{Flow, FlowKind, lifetimes_by_name};
use crate::knowledge::{Library, Sdk, module_of, path_matches};
use crate::lang::ModuleStyle;
use crate::link::{Expr, Project, chain_of};
use crate::text::Span;

use super::super::asked_versions::{Asked, asked, numbers_of};
use super::super::change::{Change, Declined, Need, at};
use super::super::outcome::Rung;
use super::super::removal::item_span;
use super::super::site::Site;
use super::super::{config_forms, lifetime, scope_source};
use super::{Pattern, by_library, sdk_options};

pub(super) struct SdkCredential;

impl Pattern for SdkCredential {
    fn name(&self) -> &'static str {
        "the SDK's own OAuth credential"
    }

    fn about(&self) -> &'static str {
        "the credential that an SDK has for it"
    }

    fn rung(&self) -> Rung {
        Rung::Library
    }

    fn concerns(&self, flow: &Flow<'_>) -> bool {
        matches!(flow.kind, FlowKind::Library(library) if library.sdk.is_some())
    }

    fn plan(&self, site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
        let FlowKind::Library(library) = site.flow.kind else { return Err(Declined::because("no SDK")) };
        let Some(sdk) = &library.sdk else {
            return Err(by_library(library));
        };
        let project = site.project;
        let call = site.flow.anchor;
        if let Some(name) = sdk.name.as_deref().filter(|_| sdk.drop_setters.is_empty()) {
            let called = |it: &&Expr| project.parent(**it).is_some_and(|parent| project.is_callee(parent, **it));
            if project.spelled(name).iter().filter(|it| it.file == call.file).any(|it| called(&it)) {
                let why = format!("{name} is made here already; remove the JWT branch and what selects it");
                return Err(Declined::because(why));
            }
        }
        let Value::Call { callee, .. } = project.value(call) else {
            return Err(Declined::because("the SDK's class is not called"));
        };
        is_of_package(site, library)?;
        let asked =
            asked(project, &BTreeMap::new(), site.file().path(), site.file().facts.language.id, &library.package);
        is_of_series(library, sdk, &asked)?;
        if let Some(name) = &sdk.name {
            rename(project, change, Expr { file: call.file, id: *callee }, name)?;
        }
        renames(site, change, sdk)?;
        arguments(site, change, sdk)?;
        setters(site, change, sdk)?;
        if let Some(options) = &sdk.options {
            sdk_options::renew(site, change, library, options)?;
        }
        if sdk.file {
            configuration(site, change, library)?;
        }
        needed(site, change, library, sdk, &asked);
        Ok(())
    }
}

/// A call that is known by its name alone may be of another distribution, which has no such credential.
fn is_of_package(site: &Site<'_>, library: &Library) -> Result<(), Declined> {
    let paths = site.project.callee_paths(site.flow.anchor);
    let java = site.file().facts.language.modules == ModuleStyle::Java;
    if java && !paths.is_empty() && !paths.iter().any(|it| path_matches(&library.call, it)) {
        return Err(Declined::because(format!("it is not of {}, which has such a credential", library.package)));
    }
    // Where packages are named in paths, as in Node.
    let named = library.package.contains('/') && paths.iter().all(|it| module_of(it) != library.package);
    match paths.iter().map(|it| module_of(it)).find(|it| named && it.contains('/')) {
        Some(other) => Err(Declined::because(format!("it is of {other}, not of {}", library.package))),
        None => Ok(()),
    }
}

/// Another series than the one with the new call is a migration of its own.
fn is_of_series(library: &Library, sdk: &Sdk, asked: &[Asked]) -> Result<(), Declined> {
    let since = numbers_of(&sdk.since);
    let until = sdk.until.as_ref().filter(|_| !sdk.since.is_empty());
    let mut reasons = Vec::new();
    for it in asked {
        let Some(series) = it.series() else { return Ok(()) };
        let asks = format!("{} asks for {} {}", it.path, library.package, it.text.trim_start_matches("=="));
        match until.filter(|it| series >= numbers_of(&it.version)) {
            Some(until) => reasons.push(format!(
                "{asks}, where the credential is `{}`; {} is of {}",
                until.instead,
                sdk.name.as_deref().unwrap_or("the new call"),
                versions(sdk)
            )),
            None if series.first() < since.first() => reasons.push(format!("{asks}; it needs {}", versions(sdk))),
            None => return Ok(()),
        }
    }
    match reasons.into_iter().next() {
        Some(reason) => Err(Declined::because(reason)),
        None => Ok(()),
    }
}

/// The versions that have the new call.
fn versions(sdk: &Sdk) -> String {
    match &sdk.until {
        Some(until) => format!("{} or later below {}", sdk.since, until.version),
        None => format!("{} or later", sdk.since),
    }
}

/// Asks for the version that the new call needs, unless a manifest does.
fn needed(site: &Site<'_>, change: &mut Change, library: &Library, sdk: &Sdk, asked: &[Asked]) {
    let since = numbers_of(&sdk.since);
    if sdk.since.is_empty() || asked.iter().any(|it| it.first().is_some_and(|it| it >= since)) {
        return;
    }
    let package = library.package.as_str();
    let instead = sdk.until.as_ref().map(|it| format!(", where the credential is `{}`", it.instead));
    change.unproved = true;
    change.note(format!("it needs {package} {}{}", versions(sdk), instead.unwrap_or_default()));
    let need = Need { least: Some(sdk.since.clone()), ..Need::from(package) };
    change.needs.push((site.flow.anchor.file, need));
}

/// Drops the arguments that the new call does not take, names those that would shift, and adds the scopes.
fn arguments(site: &Site<'_>, change: &mut Change, sdk: &Sdk) -> Result<(), Declined> {
    if sdk.options.is_some() {
        return Ok(());
    }
    let project = site.project;
    let call = site.flow.anchor;
    let data = project.file(call.file);
    let Value::Call { arguments, .. } = project.value(call) else { return Ok(()) };
    let name_of = |position: usize| sdk.parameters.get(position).map(String::as_str).unwrap_or_default();
    let mut given: Vec<(&str, &Argument)> = Vec::new();
    for (position, argument) in arguments.iter().enumerate() {
        if matches!(project.value(Expr { file: call.file, id: argument.value }), Value::Spread(_)) {
            return Err(Declined::because("the arguments are passed as a whole"));
        }
        let name = argument.name.as_deref().unwrap_or_else(|| name_of(position));
        if name.is_empty() {
            return Err(Declined::because("what an argument is for cannot be told from its place"));
        }
        given.push((name, argument));
    }
    let goes = |name: &str| sdk.drop.iter().any(|it| it == name);
    // The scopes stand where the last of what goes stood.
    let scopes = sdk.scopes.as_deref().filter(|key| given.iter().all(|it| it.0 != *key));
    let last = given.iter().rposition(|it| goes(it.0));
    let mut kept = 0;
    for (place, (name, argument)) in given.iter().enumerate() {
        if goes(name) {
            match scopes.filter(|_| Some(place) == last) {
                Some(key) => {
                    let scope = scope_source::scope_source(site, change)?;
                    change.replace(at(call.file, argument.span), format!("{key}={scope}"))?;
                }
                None => change.delete(at(call.file, item_span(data, argument.span)))?,
            }
            continue;
        }
        if argument.name.is_none() && sdk.takes.get(kept).map(String::as_str) != Some(*name) {
            change.insert(call.file, argument.span.start, format!("{name}="))?;
        }
        kept += 1;
    }
    Ok(())
}

/// Drops the setters of a builder that the new one does not have.
fn setters(site: &Site<'_>, change: &mut Change, sdk: &Sdk) -> Result<(), Declined> {
    if sdk.drop_setters.is_empty() {
        return Ok(());
    }
    let project = site.project;
    let call = site.flow.anchor;
    let data = project.file(call.file);
    let chain = chain_of(project, call);
    if chain.iter().all(|(name, _)| name != "build") {
        return Err(Declined::because("the builder is finished elsewhere"));
    }
    let mut before = project.node(call).span.end;
    let mut scopes = match sdk.scope_setter {
        Some(_) => scopes_of(&scope_source::scope_source(site, change)?),
        None => Vec::new(),
    };
    for (name, setter) in &chain {
        let span = Span::new(before, project.node(*setter).span.end);
        before = span.end;
        if let Some((_, renewed)) = sdk.scope_setter.as_ref().filter(|it| it.0 == *name) {
            let gap = data.text().get(span.start..span.end).and_then(|it| it.split_once('.')).map_or("", |it| it.0);
            let setters = std::mem::take(&mut scopes).into_iter().map(|it| format!("{gap}.{renewed}({it})"));
            change.replace(at(call.file, span), setters.collect::<String>())?;
        } else if sdk.drop_setters.contains(name) {
            change.replace(at(call.file, span), "")?;
        } else if let Some(file) = sdk.file_setter.as_ref().filter(|it| it.name == *name) {
            let gap = data.text().get(span.start..span.end).and_then(|it| it.split_once('.')).map_or("", |it| it.0);
            let mut text = String::new();
            for (setter, variable) in &file.instead {
                let value = scope_source::environment(site, change, variable)?;
                text.push_str(&format!("{gap}.{setter}({value})"));
                change.settings.push((call.file, variable.clone()));
                change.note(format!("set {variable} to what the file of credentials held"));
            }
            change.unproved = true;
            change.replace(at(call.file, span), text)?;
        }
    }
    Ok(())
}

/// A scope expression as those of its scopes, where it is a literal.
fn scopes_of(scope: &str) -> Vec<String> {
    match scope.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
        Some(text) => text.split(',').map(|it| format!("\"{it}\"")).collect(),
        None => vec![scope.to_owned()],
    }
}

/// Classes and methods under their new names, and the lifetime in its new unit.
fn renames(site: &Site<'_>, change: &mut Change, sdk: &Sdk) -> Result<(), Declined> {
    let project = site.project;
    let file = site.flow.anchor.file;
    for (old, new) in &sdk.classes {
        let facts = project.facts(file);
        let elsewhere = project.spelled(old).iter().any(|it| it.file != file);
        if elsewhere {
            return Err(Declined::because(format!("other files name {old} too")));
        }
        for (_, import) in facts.imports.iter() {
            let source = import.span.of(project.file(file).text());
            let named = source.trim_end_matches([';', ' ']);
            if named.ends_with(&format!(".{old}")) {
                let start = import.span.start + named.len() - old.len();
                change.reword(at(file, Span::new(start, start + old.len())), new)?;
            }
        }
        for (_, node) in facts.values.iter() {
            if matches!(&node.value, Value::Name { name, .. } if name == old) {
                change.reword(at(file, node.span), new)?;
            }
        }
    }
    if sdk.methods.is_empty() && !sdk.seconds {
        return Ok(());
    }
    for around in project.files_around(file).iter().copied() {
        for expr in project.exprs(around) {
            if let Value::Member { name, name_span, .. } = project.value(expr)
                && let Some(new) = sdk.methods.get(name)
            {
                change.reword(at(around, *name_span), new)?;
            }
        }
        if sdk.seconds {
            for read in lifetimes_by_name(project, around) {
                lifetime::convert_read(project, change, read)?;
            }
        }
    }
    Ok(())
}

/// Changes the configuration file that the call names.
fn configuration(site: &Site<'_>, change: &mut Change, library: &Library) -> Result<(), Declined> {
    let project = site.project;
    let named = library.options.as_ref().and_then(|slot| project.slot(site.flow.anchor, slot));
    let named = named.and_then(|it| project.known_text(it));
    let named = named.ok_or_else(|| Declined::because("the file of the credential is not known"))?;
    let path = named.trim_start_matches("./");
    let mut files = project.files().filter(|(_, it)| it.path().as_str().ends_with(path)).map(|it| it.0);
    let found = files.find_map(|it| config_forms::forms_of(project, it).into_iter().next());
    let found = found.ok_or_else(|| Declined::because(format!("{named} does not look like its configuration")))?;
    // JSON has strings in double quotes, whatever the code has.
    let scope = scope_source::scope_source(site, change)?;
    let text = scope.trim_matches(['"', '\'']);
    if text.len() + 2 != scope.len() {
        return Err(Declined::because("the scopes are not known"));
    }
    config_forms::edit(project, &found, text, change)
}

/// The new class in place of the old one, where it is called and where it is imported.
fn rename(project: &Project, change: &mut Change, callee: Expr, name: &str) -> Result<(), Declined> {
    let facts = project.facts(callee.file);
    match project.value(callee) {
        Value::Member { name_span, .. } => change.reword(at(callee.file, *name_span), name),
        Value::Name { binding: Some(binding), .. } => {
            let BindingKind::Import { import, item } = facts.bindings[*binding].kind else {
                return Err(Declined::because("the SDK's class goes by a name of the program's own"));
            };
            let item = facts.imports[import].items.get(item);
            let Some(item) = item.filter(|it| matches!(it.imported, Imported::Name(_))) else {
                return Err(Declined::because("the SDK's class is imported in an unusual way"));
            };
            change.reword(at(callee.file, item.span), name)?;
            for read in &facts.bindings[*binding].reads {
                change.reword(at(callee.file, facts.values[*read].span), name)?;
            }
            Ok(())
        }
        _ => Err(Declined::because("the SDK's class is called in an unusual way")),
    }
}
