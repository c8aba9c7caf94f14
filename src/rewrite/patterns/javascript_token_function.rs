//! The function that sends the grant, written once per module: as a promise or with a callback, as the code around it
//! needs, with types where the language has them.

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, context};

use crate::facts::{Binding, BindingKind, Imported, Projection};

use super::super::change::{Change, Declined};
use super::super::imports;
use super::super::site::Site;
use super::javascript_arguments::Server;
use super::javascript_target::{NodeLibrary, NodeTarget, Taken, Types};
use super::javascript_types::other_reads;

const TEMPLATE: &str = include_str!("templates/token_function.jinja");

/// How the function hands over the reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Delivery {
    /// By a promise.
    Promise,
    /// By a promise of a type that the caller names.
    PromiseOf(String),
    /// By a callback `(error, reply)`.
    Callback,
}

/// What callers read of the error that the function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// Its message, which holds the status and what IMS answered.
    Message,
    /// Its `status` besides.
    Status,
    /// IMS's `error` as its `code`, and `error_description` as its message.
    Code,
}

/// The names that the function may get, best first.
const NAMES: &[&str] = &["requestAccessToken", "requestImsToken", "requestClientCredentialsToken"];

/// How Adobe's libraries call the stage server.
const STAGE: &str = "stage";

/// The function that a flow needs.
pub(super) struct TokenFunction<'t> {
    /// What it sends the grant through.
    pub(super) target: &'t NodeTarget,
    /// How it hands over the reply.
    pub(super) delivery: &'t Delivery,
    /// What callers read of its errors.
    pub(super) says: Says,
    /// The server it asks, for a library with an endpoint of its own.
    pub(super) server: Server,
}

/// How the function comes by what it uses of a library.
struct Import {
    /// The name of it.
    name: String,
    /// The line that imports it, unless the module has one.
    line: Option<String>,
    /// Whether the function imports it itself.
    lazy: bool,
}

impl TokenFunction<'_> {
    /// Its name: the module's own if an earlier flow brought it, else a new one behind the imports.
    pub(super) fn name(&self, site: &Site<'_>, change: &mut Change) -> Result<String, Declined> {
        let file = site.flow.request.file;
        let typed = site.file().facts.language.typed;
        let import = self.target.library.as_ref().map(|it| import(site, it)).transpose()?;
        if let Some(name) = self.existing(site, import.as_ref()) {
            return Ok(name);
        }
        self.refuse(typed)?;
        if let Some(library) = &self.target.library {
            change.needs.push((file, library.package.into()));
            if let Types::From(package) = library.types
                && typed
            {
                change.needs.push((file, package.into()));
            }
        }
        let name = site.free_name(NAMES);
        let text = self.text(site, &name, import.as_ref())?;
        put(site, change, import.and_then(|it| it.line), text.trim_end())?;
        Ok(name)
    }

    /// What the library cannot give.
    fn refuse(&self, typed: bool) -> Result<(), Declined> {
        let target = self.target;
        let types = target.library.map_or(Types::Own, |it| it.types);
        if typed && types == Types::Missing {
            return Err(Declined::because(format!("{} declares no types", target.name)));
        }
        let hidden = match self.says {
            Says::Message => None,
            Says::Status => target.coded.is_none().then_some("status"),
            // PassportJS makes such errors by a method that its types do not declare.
            Says::Code => (target.coded.is_none() || typed && !target.asynchronous).then_some("code"),
        };
        match hidden {
            Some(what) => Err(Declined::because(format!(
                "a handler reads the {what} of the error, which {} does not say",
                target.name
            ))),
            None => Ok(()),
        }
    }

    fn text(&self, site: &Site<'_>, name: &str, import: Option<&Import>) -> Result<String, Declined> {
        let style = &site.style;
        let quoted = |it: &str| style.quoted(it);
        let member = self.target.library.and_then(|it| match it.import {
            Taken::Member(name) => Some(name),
            Taken::Class(_) | Taken::Namespace => None,
        });
        let failed = |error: minijinja::Error| Declined::because(format!("the template failed: {error}"));
        let mut templates = Environment::new();
        let lines = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(failed)?;
        templates.set_syntax(lines);
        templates.add_template("body", self.target.body).map_err(failed)?;
        let values = context! {
            name,
            imported => import.map(|it| it.name.as_str()),
            lazy => import.is_some_and(|it| it.lazy),
            member,
            package => self.target.library.map(|it| quoted(it.package)),
            stage => (self.server == Server::Stage).then(|| quoted(STAGE)),
            typed => site.file().facts.language.typed,
            parameters => self.target.parameters.iter().map(|it| it.name()).collect::<Vec<_>>(),
            asynchronous => self.target.asynchronous,
            others_read => other_reads(site),
            generic => matches!(self.delivery, Delivery::PromiseOf(_)),
            callback => *self.delivery == Delivery::Callback,
            status => self.says == Says::Status,
            coded => self.says == Says::Code,
            s => style.semicolon,
            c => if style.trailing_comma { "," } else { "" },
            gap => style.name_gap,
            grant => quoted(&site.project.knowledge().endpoints.grant_type),
            post => quoted("POST"),
            body_method => quoted("body"),
            comma => quoted(","),
            empty => quoted(""),
            refused => quoted("Token request failed"),
            missing => quoted("no access_token in the reply"),
        };
        templates.render_str(TEMPLATE, values).map_err(failed)
    }

    /// The function of an earlier flow that asks the same server and delivers the reply in the same way.
    fn existing(&self, site: &Site<'_>, import: Option<&Import>) -> Option<String> {
        let facts = &site.file().facts;
        let serves = |it: &&crate::facts::Function| {
            let ours = it.name.as_ref().is_some_and(|it| NAMES.iter().any(|name| it.starts_with(name)));
            let text = it.span.of(site.file().text());
            let head = text.split(')').next().unwrap_or_default();
            let delivers = match self.delivery {
                Delivery::Promise => !head.contains("callback"),
                Delivery::PromiseOf(_) => head.contains("<Reply"),
                Delivery::Callback => head.contains("callback"),
            };
            let coded = self.target.coded.is_some_and(|it| text.contains(it));
            let says = match self.says {
                Says::Message => !coded,
                Says::Status => text.contains("{ status:"),
                Says::Code => coded,
            };
            let package = self.target.library.map_or("", |it| it.package);
            let imports = import.is_none_or(|it| text.contains(if it.lazy { package } else { &it.name }));
            let asks = text.contains(&site.style.quoted(STAGE)) == (self.server == Server::Stage);
            it.parent.is_some() && ours && imports && asks && text.contains(self.target.mark) && delivers && says
        };
        facts.functions.iter().map(|it| it.1).find(serves)?.name.clone()
    }
}

/// Writes the function behind the imports, with an import if it needs one.
fn put(site: &Site<'_>, change: &mut Change, line: Option<String>, text: &str) -> Result<(), Declined> {
    let file = site.flow.request.file;
    let style = &site.style;
    let newline = style.newline;
    let first = imports::top_imports(site.project, file).is_empty();
    let end = imports::place(site.project, file, None);
    let lead = if first && line.is_some() { "" } else { newline };
    let gap = match site.file().text().get(end..).is_some_and(|it| it.starts_with(['\n', '\r'])) {
        true => "",
        false => newline,
    };
    let line = line.map(|it| it + newline).unwrap_or_default();
    change.insert_lines(file, end, format!("{line}{lead}{}{newline}{gap}", style.laid_out("", text)))
}

/// How a module comes by a library.
fn import(site: &Site<'_>, library: &NodeLibrary) -> Result<Import, Declined> {
    let file = site.flow.request.file;
    let facts = &site.file().facts;
    let is_it = |it: &Binding| match (library.import, it.kind) {
        (Taken::Member(member), BindingKind::Import { import, item }) => {
            let items = &facts.imports[import].items;
            items.get(item).is_some_and(|it| it.imported == Imported::Name(member.to_owned()))
        }
        (Taken::Member(member), _) => it.definitions.iter().any(|it| it.path == [Projection::Key(member.to_owned())]),
        _ => true,
    };
    // What a function imports for itself is known to no other.
    let mut bindings = facts.bindings.iter().filter(|(_, it)| it.scope.index() == 0);
    let bound = bindings.find(|(id, it)| site.project.binds_module(file, *id, library.package) && is_it(it));
    if let Some((_, binding)) = bound {
        return Ok(Import { name: binding.name.clone(), line: None, lazy: false });
    }
    let name = site.free_name(library.names);
    let lazy = library.es_module && !site.style.es_module;
    if library.es_module && !lazy && facts.language.typed && !runs_as_es_module(site) {
        return Err(Declined::because(format!(
            "{} is an ES module, and package.json says that {} becomes CommonJS",
            library.package,
            site.file().path()
        )));
    }
    let line = (!lazy).then(|| import_line(site, library, &name));
    Ok(Import { name, line, lazy })
}

/// Whether what a TypeScript file becomes is an ES module for Node.
fn runs_as_es_module(site: &Site<'_>) -> bool {
    let path = site.file().path();
    match path.extension() {
        Some("mts") => true,
        Some("cts") => false,
        _ => site.project.manifests_of(path, "javascript").iter().any(|it| it.manifest.es_modules),
    }
}

/// The line that imports a library as the file imports packages.
///
/// A module that is a class itself can be imported by TypeScript as a default only where `esModuleInterop` is on. A file that
/// takes whole modules may be without; the class is a member of itself too.
fn import_line(site: &Site<'_>, library: &NodeLibrary, name: &str) -> String {
    let facts = &site.file().facts;
    let (package, end) = (site.style.quoted(library.package), site.style.semicolon);
    let packages = || facts.imports.iter().filter(|(_, it)| !it.module.starts_with('.')).flat_map(|(_, it)| &it.items);
    let default = packages().any(|it| matches!(it.imported, Imported::Default));
    let assigned = facts.imports.iter().any(|(_, it)| it.span.of(site.file().text()).contains("= require("));
    let namespace = packages().any(|it| matches!(it.imported, Imported::Namespace));
    let es_module = site.style.es_module;
    let member = |member: &str, renaming: &str| match member == name {
        true => name.to_owned(),
        false => format!("{member}{renaming}{name}"),
    };
    match library.import {
        Taken::Class(_) if !es_module => format!("const {name} = require({package}){end}"),
        Taken::Class(_) if facts.language.typed && assigned => format!("import {name} = require({package}){end}"),
        Taken::Class(itself) if facts.language.typed && namespace && !default => {
            format!("import {{ {} }} from {package}{end}", member(itself, " as "))
        }
        Taken::Class(_) => format!("import {name} from {package}{end}"),
        Taken::Member(it) if !es_module => format!("const {{ {} }} = require({package}){end}", member(it, ": ")),
        Taken::Member(it) => format!("import {{ {} }} from {package}{end}", member(it, " as ")),
        Taken::Namespace => format!("import * as {name} from {package}{end}"),
    }
}
