//! Which calls reach which functions.

use std::collections::{HashMap, HashSet};

use crate::facts::{ClassId, FunctionId, Value};
use crate::lang::ModuleStyle;
use crate::text::FileId;

use super::origin::Origin;
use super::project::{Expr, Project};

/// How many classes up a constructor is looked for.
const BASES: usize = 8;

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
    /// The calls of something that a caller passes, which can only be told when callers are known.
    open: Vec<Expr>,
    /// What was added, so that nothing is added twice.
    known: HashSet<(FileId, FunctionId, Expr)>,
}

impl CallSites {
    /// Finds what every call of the project calls.
    pub(super) fn collect(project: &Project) -> Self {
        let mut res = Self::default();
        let all = project.files().flat_map(|(file, _)| project.exprs(file));
        let calls: Vec<Expr> = all.filter(|it| matches!(project.value(*it), Value::Call { .. })).collect();
        res.add(project, calls);
        res
    }

    /// Looks again at the calls that were left open, now that callers are known.
    pub(super) fn complete(mut self, project: &Project) -> Self {
        let open = std::mem::take(&mut self.open);
        self.add(project, open);
        self
    }

    fn add(&mut self, project: &Project, calls: Vec<Expr>) {
        for call in calls {
            let Value::Call { callee, .. } = project.value(call) else { continue };
            let callee = Expr { file: call.file, id: *callee };
            if project.resolve(callee).iter().all(|it| matches!(it, Origin::Parameter(..))) {
                self.open.push(call);
            }
            for (file, function) in targets(project, call, callee) {
                let method = project.facts(file).functions[function].class.is_some();
                // Where the object is a parameter (Python's self), a method's own arguments start one later.
                let explicit = project.facts(file).language.this.is_none() && method;
                if self.known.insert((file, function, call)) {
                    let site = CallSite { call, receiver: usize::from(explicit) };
                    self.by_function.entry((file, function)).or_default().push(site);
                }
            }
        }
    }

    pub(super) fn of(&self, file: FileId, function: FunctionId) -> &[CallSite] {
        self.by_function.get(&(file, function)).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The functions that a call may run.
fn targets(project: &Project, call: Expr, callee: Expr) -> Vec<(FileId, FunctionId)> {
    let mut res = Vec::new();
    for origin in project.resolve(callee) {
        match origin {
            Origin::Function(file, function) => res.push((file, function)),
            Origin::Class(file, class) => res.extend(constructors(project, file, class, 0)),
            // `super(…)` and `this(…)` in a constructor.
            Origin::Instance(file, class) if matches!(project.value(callee), Value::Name { .. }) => {
                res.extend(constructors(project, file, class, 0));
            }
            _ => {}
        }
    }
    let Value::Call { arguments, .. } = project.value(call) else { return res };
    let overloads = project.facts(call.file).language.modules == ModuleStyle::Java;
    let fits = |it: &(FileId, FunctionId)| {
        project.facts(it.0).functions.iter().any(|(id, data)| id == it.1 && data.parameters.len() == arguments.len())
    };
    if overloads && res.len() > 1 && res.iter().any(fits) {
        res.retain(fits);
    }
    res
}

/// The constructors of a class, or those it inherits.
fn constructors(project: &Project, file: FileId, class: ClassId, depth: usize) -> Vec<(FileId, FunctionId)> {
    let facts = project.facts(file);
    let methods = &facts.classes[class].methods;
    let own = methods.iter().filter(|it| facts.language.constructors.contains(&it.0.as_str()));
    let own: Vec<(FileId, FunctionId)> = own.map(|it| (file, it.1)).collect();
    if !own.is_empty() || depth > BASES {
        return own;
    }
    let bases = project.base_classes(file, class).iter();
    bases.flat_map(|(file, class)| constructors(project, *file, *class, depth + 1)).collect()
}
