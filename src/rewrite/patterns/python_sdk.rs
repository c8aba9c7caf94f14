//! Python SDKs that have an OAuth credential class of their own: the class is exchanged, the arguments it no longer
//! takes go.

use crate::facts::{BindingKind, Imported, Value};
use crate::flow::FlowKind;
use crate::link::{Expr, Project};

use super::super::change::{Change, Declined, at};
use super::super::outcome::Rung;
use super::super::removal::item_span;
use super::super::site::Site;
use super::{Pattern, by_library};

pub(super) struct PythonSdk;

impl Pattern for PythonSdk {
    fn name(&self) -> &'static str {
        "the SDK's own OAuth credential"
    }

    fn about(&self) -> &'static str {
        "Python: the credential class that an SDK has for it"
    }

    fn rung(&self) -> Rung {
        Rung::Library
    }

    fn plan(&self, site: &Site<'_>, change: &mut Change) -> Result<(), Declined> {
        let FlowKind::Library(library) = site.flow.kind else { return Err(Declined::because("no SDK")) };
        let Some(sdk) = &library.sdk else {
            return Err(by_library(library));
        };
        let project = site.project;
        let call = site.flow.anchor;
        let beside = project
            .spelled(&sdk.name)
            .iter()
            .any(|it| it.file == call.file && project.parent(*it).is_some_and(|parent| project.is_callee(parent, *it)));
        if beside {
            return Err(Declined::because(format!(
                "{} is made here already; remove the JWT branch and what selects it",
                sdk.name
            )));
        }
        let Value::Call { callee, arguments, .. } = project.value(call) else {
            return Err(Declined::because("the SDK's class is not called"));
        };
        rename(project, change, Expr { file: call.file, id: *callee }, &sdk.name)?;
        let mut dropped_position = false;
        for (position, argument) in arguments.iter().enumerate() {
            let value = Expr { file: call.file, id: argument.value };
            if matches!(project.value(value), Value::Spread(_)) {
                return Err(Declined::because("the arguments are passed as a whole"));
            }
            let name = match &argument.name {
                Some(name) => name.as_str(),
                None => sdk.parameters.get(position).map(String::as_str).unwrap_or_default(),
            };
            if !sdk.keep.iter().any(|it| it == name) {
                dropped_position |= argument.name.is_none();
                change.delete(at(call.file, item_span(project.file(call.file), argument.span)))?;
            } else if argument.name.is_none() && dropped_position && sdk.keep.iter().position(|it| it == name) > Some(1)
            {
                change.insert(call.file, argument.span.start, format!("{name}="))?;
            }
        }
        Ok(())
    }
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
