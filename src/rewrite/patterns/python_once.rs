//! Where a new session is made: at the request, or once where a program keeps its token, in the constructor beside the
//! credentials or among the constants of the module.

use crate::facts::{BindingKind, ClassId, FunctionId, StoreKey, Value};
use crate::link::{Expr, Project, member_key};
use crate::text::{FileId, Span};

use super::super::change::Change;
use super::super::change::Declined;
use super::super::site::Site;
use super::super::style::indentation_at;

/// A place where a session can be made once.
pub(super) struct Once {
    /// The offset of the line before which it is made.
    offset: usize,
    /// The indentation there.
    base: String,
    /// What the session is called, at the request too.
    pub(super) name: String,
}

/// Looks for a place where the session can be made once, for a token that is kept.
pub(super) fn once(site: &Site<'_>, given: &[Expr]) -> Option<Once> {
    let project = site.project;
    let file = site.flow.request.file;
    let facts = &site.file().facts;
    let function = project.function(site.flow.request);
    if facts.functions[function].is_async || !keeps_token(site, function) {
        return None;
    }
    match facts.functions[function].class {
        Some(class) => in_constructor(site, class, function, given),
        None if facts.functions[function].parent.is_some_and(|it| it.index() == 0) => {
            let plain = |expr: &Expr| match project.value(*expr) {
                Value::Name { binding: Some(binding), .. } => {
                    let data = &facts.bindings[*binding];
                    let [only] = data.definitions.as_slice() else { return None };
                    let top = data.scope.index() == 0 && data.kind == BindingKind::Variable && only.path.is_empty();
                    only.statement.filter(|_| top && expr.file == file).map(|it| facts.statements[it].span)
                }
                _ => None,
            };
            let defined: Option<Vec<Span>> = given.iter().map(plain).collect();
            let last = defined?.into_iter().max_by_key(|it| it.end)?;
            let name = site.free_name(&["session", "oauth", "ims_session"]);
            Some(after(site, last, name))
        }
        None => None,
    }
}

fn after(site: &Site<'_>, statement: Span, name: String) -> Once {
    let text = site.file().text();
    let offset = site.file().lines.whole_lines(text, statement).end;
    Once { offset, base: indentation_at(text, statement.start).to_owned(), name }
}

/// Behind the fields that hold the credentials, which nothing but the constructor sets.
fn in_constructor(site: &Site<'_>, class: ClassId, function: FunctionId, given: &[Expr]) -> Option<Once> {
    let project: &Project = site.project;
    let file = site.flow.request.file;
    let facts = &site.file().facts;
    let own = &facts.classes[class];
    let constructor = own.methods.iter().find(|(name, _)| facts.language.constructors.contains(&name.as_str()))?.1;
    // A subclass with a constructor of its own may not call this one.
    let constructs = |(file, class): &(FileId, ClassId)| {
        let facts = project.facts(*file);
        let methods = &facts.classes[*class].methods;
        methods.iter().any(|(name, _)| facts.language.constructors.contains(&name.as_str()))
    };
    if project.subclasses(file, class).iter().any(constructs) {
        return None;
    }
    let receiver = |function: FunctionId| facts.functions[function].parameters.first().and_then(|it| it.name.clone());
    let this = receiver(function).filter(|it| receiver(constructor).as_ref() == Some(it))?;
    let mut last: Option<Span> = None;
    for expr in given {
        let (object, key) = member_key(project, *expr).filter(|_| expr.file == file)?;
        (project.own_class(object) == Some(class) && project.source(object) == this).then_some(())?;
        let named = |it: &&crate::facts::Store| {
            matches!(&it.key, StoreKey::Known(name) if *name == key)
                && project.own_class(Expr { file, id: it.object }) == Some(class)
        };
        // What sets the field from outside would not reach a session that is made already.
        let set = |data: &crate::link::ProjectFile| {
            data.facts.stores.iter().filter(|it| matches!(&it.key, StoreKey::Known(name) if *name == key)).count()
        };
        (project.files().map(|(_, it)| set(it)).sum::<usize>() == 1).then_some(())?;
        let mut stores = facts.stores.iter().filter(named);
        let (store, None) = (stores.next()?, stores.next()) else { return None };
        let statement = &facts.statements[store.statement?];
        let body = facts.functions[constructor].statement;
        (store.function == constructor && statement.parent == body).then_some(())?;
        last = last.into_iter().chain([statement.span]).max_by_key(|it| it.end);
    }
    let taken = |name: &str| {
        facts.stores.iter().any(|it| matches!(&it.key, StoreKey::Known(key) if key == name))
            || own.methods.iter().any(|it| it.0 == name)
            || own.fields.iter().any(|it| it.0 == name)
    };
    let private = facts.stores.iter().any(|it| matches!(&it.key, StoreKey::Known(key) if key.starts_with('_')));
    let names = if private { ["_session", "_oauth"] } else { ["session", "oauth"] };
    let name = names.iter().find(|it| !taken(it))?;
    // Behind all fields that are set in a row.
    let mut last = last?;
    let body = facts.functions[constructor].statement;
    let mut siblings: Vec<_> = facts.statements.iter().filter(|(_, it)| it.parent == body).collect();
    siblings.sort_by_key(|(_, it)| it.span.start);
    let first = last.start;
    for (id, statement) in siblings.into_iter().skip_while(|(_, it)| it.span.start <= first) {
        if !facts.stores.iter().any(|it| it.statement == Some(id)) {
            break;
        }
        last = statement.span;
    }
    Some(after(site, last, format!("{this}.{name}")))
}

/// Whether the function of the request puts what it got where it outlives the call.
fn keeps_token(site: &Site<'_>, function: FunctionId) -> bool {
    let project = site.project;
    let file = site.flow.request.file;
    let facts = &site.file().facts;
    let tokens = site.flow.reply.tokens.iter().filter(|it| it.file == file);
    tokens.into_iter().any(|token| {
        let stored = facts.stores.iter().any(|store| {
            let value = project.node(Expr { file, id: store.value }).span;
            let object = Expr { file, id: store.object };
            let outlives = project.own_class(object).is_some()
                || project.binding(object).is_some_and(|it| facts.bindings[it].scope.index() == 0);
            store.function == function && value.contains(project.node(*token).span) && outlives
        });
        let global = facts.bindings.iter().any(|(_, it)| {
            it.scope.index() == 0
                && it.definitions.iter().any(|it| {
                    let value = it.value.map(|id| project.node(Expr { file, id }).span);
                    let inside = it.statement.is_some_and(|it| facts.statements[it].function == function);
                    inside && value.is_some_and(|it| it.contains(project.node(*token).span))
                })
        });
        stored || global
    })
}

impl Once {
    /// Makes the session there.
    pub(super) fn make(&self, site: &Site<'_>, change: &mut Change, opening: &str) -> Result<(), Declined> {
        let newline = site.style.newline;
        let text = site.style.laid_out(&self.base, opening);
        change.insert_lines(site.flow.request.file, self.offset, format!("{}{text}{newline}", self.base))
    }
}
