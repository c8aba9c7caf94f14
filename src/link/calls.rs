//! Which calls reach which functions.

use std::collections::HashMap;

use crate::facts::{FunctionId, Value};
use crate::text::FileId;

use super::origin::Origin;
use super::project::{Expr, Project};

/// A call that reaches a function of the project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallSite {
    /// The call expression.
    pub call: Expr,
    /// How many parameters the callee's object takes up: 1 for a Python method called on its object.
    pub receiver: usize,
}

/// The calls of each function, in the order of files and places.
#[derive(Debug, Clone, Default)]
pub(super) struct CallSites {
    by_function: HashMap<(FileId, FunctionId), Vec<CallSite>>,
}

impl CallSites {
    /// Finds what every call of the project calls.
    pub(super) fn collect(project: &Project) -> Self {
        let mut by_function: HashMap<(FileId, FunctionId), Vec<CallSite>> = HashMap::new();
        let all = project.files().flat_map(|(file, _)| project.exprs(file));
        for call in all {
            let Value::Call { callee, .. } = project.value(call) else { continue };
            let callee = Expr { file: call.file, id: *callee };
            for origin in project.resolve(callee) {
                let (target, method) = match origin {
                    Origin::Function(file, function) => {
                        let method = project.facts(file).functions[function].class.is_some();
                        (Some((file, function)), method)
                    }
                    Origin::Class(file, class) => {
                        let methods = &project.facts(file).classes[class].methods;
                        let constructor = methods.iter().find(|it| it.0 == "constructor" || it.0 == "__init__");
                        (constructor.map(|it| (file, it.1)), true)
                    }
                    _ => (None, false),
                };
                let Some((file, function)) = target else { continue };
                // Where the object is a parameter (Python's self), a method's own arguments start one later.
                let explicit = project.facts(file).language.this.is_none() && method;
                let sites = by_function.entry((file, function)).or_default();
                let site = CallSite { call, receiver: usize::from(explicit) };
                if !sites.contains(&site) {
                    sites.push(site);
                }
            }
        }
        Self { by_function }
    }

    pub(super) fn of(&self, file: FileId, function: FunctionId) -> &[CallSite] {
        self.by_function.get(&(file, function)).map(Vec::as_slice).unwrap_or_default()
    }
}
