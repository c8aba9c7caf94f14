//! Dead fields of Python classes whose constructor is made from their fields, such as dataclasses: the field is a parameter
//! too, so what constructions pass for it goes with it.

use crate::facts::{BindingKind, ClassId, Definition, StatementId, StatementKind, Value};
use crate::link::{Expr, Origin};
use crate::text::{FileId, Span};

use super::change::{Declined, at};
use super::dead::Sweep;
use super::removal::item_span;

/// What a decorator or base says where a class gets its constructor from its fields (PEP 681 and before).
const GENERATED: &[&str] =
    &["dataclass", "attrs.define", "attr.s", "attrs", "define", "BaseModel", "BaseSettings", "Struct"];
/// Functions that see all fields of an object at once.
const WHOLE: &[&str] = &[
    "asdict",
    "astuple",
    "replace",
    "fields",
    "vars",
    "getattr",
    "__dict__",
    "dict",
    "model_dump",
    "model_copy",
    "model_validate",
    "parse_obj",
];

/// A field of such a class.
struct Field {
    name: String,
    statement: StatementId,
    definition: Definition,
}

impl Sweep<'_, '_> {
    /// Removes fields that lost their readers through the change and have no other.
    pub(super) fn generated_fields(&mut self) -> Result<bool, Declined> {
        let mut progress = false;
        let owned: Vec<_> = self.project.files().filter(|it| !self.is_shared(it.0)).collect();
        for (file, data) in owned {
            for (class, _) in data.facts.classes.iter() {
                if !self.is_generated(file, class) {
                    continue;
                }
                let fields = self.fields_in_order(file, class);
                for (position, field) in fields.iter().enumerate() {
                    let gone = self.change.removes_span(at(file, field.definition.name_span));
                    if gone || !self.field_is_dead(file, class, &field.name) || self.is_worded(&field.name) {
                        continue;
                    }
                    progress |= self.generated_field(file, class, field, position)?;
                }
            }
        }
        Ok(progress)
    }

    fn is_generated(&self, file: FileId, class: ClassId) -> bool {
        let data = self.project.file(file);
        let own = &data.facts.classes[class];
        let constructed = own.methods.iter().any(|(name, _)| data.facts.language.constructors.contains(&name.as_str()));
        let statement = data.facts.statements.iter().find(|(_, it)| it.kind == StatementKind::Class(class));
        let head = statement.map_or("", |(_, it)| Span::new(it.span.start, own.span.start).of(data.text()));
        let bases = own.bases.iter().map(|id| self.project.source(Expr { file, id: *id }));
        let mut words = bases.chain(head.split(['@', '\n', '(', '.'])).map(str::trim);
        data.facts.language.this.is_none()
            && !constructed
            && words.any(|it| GENERATED.contains(&it.rsplit('.').next().unwrap_or(it)))
    }

    fn fields_in_order(&self, file: FileId, class: ClassId) -> Vec<Field> {
        let facts = self.project.facts(file);
        let Some(scope) = facts.classes[class].scope else { return Vec::new() };
        let mut res: Vec<Field> = facts
            .bindings
            .iter()
            .filter(|(_, it)| it.scope == scope && it.kind == BindingKind::Variable)
            .filter_map(|(_, it)| {
                let definition = it.definitions.first().filter(|it| it.declared.is_some())?.clone();
                Some(Field { name: it.name.clone(), statement: definition.statement?, definition })
            })
            .collect();
        res.sort_by_key(|it| it.definition.span.start);
        res
    }

    fn generated_field(
        &mut self,
        file: FileId,
        class: ClassId,
        field: &Field,
        position: usize,
    ) -> Result<bool, Declined> {
        let Some(calls) = self.constructions(file, class) else { return Ok(false) };
        let mut passed: Vec<(FileId, Span)> = Vec::new();
        for call in calls {
            let Value::Call { arguments, .. } = self.project.value(call) else { return Ok(false) };
            let value = |id| Expr { file: call.file, id };
            if arguments.iter().any(|it| matches!(self.project.value(value(it.value)), Value::Spread(_))) {
                return Ok(false);
            }
            let named = arguments.iter().find(|it| it.name.as_deref() == Some(field.name.as_str()));
            let Some(argument) = named.or(arguments.get(position).filter(|it| it.name.is_none())) else { continue };
            if !self.is_pure(value(argument.value)) {
                return Ok(false);
            }
            passed.push((call.file, argument.span));
        }
        for (file, span) in passed {
            let whole = item_span(self.project.file(file), span);
            self.change.delete(at(file, whole))?;
        }
        self.statement(file, field.statement)?;
        let name = self.project.facts(file).classes[class].name.clone().unwrap_or_default();
        if !name.starts_with('_') {
            self.change.unproved = true;
            let field = &field.name;
            self.change
                .note(format!("`{name}` lost the field `{field}`; callers outside of this tree must drop it too"));
        }
        Ok(true)
    }

    /// Whether a function or member of a name that shows all fields is asked of an object that may be of a class.
    fn sees_all(&self, named: Expr, file: FileId, class: ClassId) -> bool {
        let project = self.project;
        let own = |expr: Expr| {
            let origins = project.resolve(expr);
            origins.is_empty()
                || origins.iter().any(|it| match it {
                    Origin::Instance(..) => *it == Origin::Instance(file, class),
                    Origin::Parameter(..) => true,
                    Origin::Value(value) => matches!(project.value(*value), Value::Call { .. }),
                    _ => false,
                })
        };
        let call = project.parent(named).filter(|it| project.is_callee(*it, named));
        let given = call.is_some_and(|call| match project.value(call) {
            // `getattr(object, "name")` reads one field, which is found as text.
            Value::Call { arguments, .. } if arguments.len() > 1 && project.source(named) == "getattr" => {
                project.argument(call, 1).is_some_and(|it| project.known_text(it).is_none())
                    && project.argument(call, 0).is_some_and(own)
            }
            Value::Call { arguments, .. } => {
                arguments.first().is_some_and(|it| own(Expr { file: call.file, id: it.value }))
            }
            _ => false,
        });
        match project.value(named) {
            Value::Member { object, name, .. } if name == "__dict__" => own(Expr { file: named.file, id: *object }),
            // `text.replace(a, b)` is another thing than `dataclasses.replace(object)`.
            Value::Member { object, name, .. } if name != "replace" && name != "fields" => {
                given || (call.is_some() && own(Expr { file: named.file, id: *object }))
            }
            _ => given,
        }
    }

    /// The calls that construct a class; none when it is used in a way that may see all its fields.
    fn constructions(&self, file: FileId, class: ClassId) -> Option<Vec<Expr>> {
        let project = self.project;
        let seen = |name: &&str| project.spelled(name).iter().any(|it| self.sees_all(*it, file, class));
        if WHOLE.iter().any(seen) || !project.subclasses(file, class).is_empty() {
            return None;
        }
        let name = project.facts(file).classes[class].name.as_deref()?;
        // Patterns of `match` and comparisons of whole objects see fields too.
        let pattern = format!("case {name}(");
        if project.files().any(|(_, it)| it.text().contains(&pattern)) {
            return None;
        }
        let own = |expr: &&Expr| project.resolve(**expr).contains(&Origin::Class(file, class));
        let by_class = project.spelled(name).iter().filter(own);
        let in_class = |expr: &&Expr| {
            expr.file == file && project.facts(file).class_around(project.function(**expr)) == Some(class)
        };
        let by_self = project.spelled("cls").iter().filter(in_class);
        let mut res = Vec::new();
        for expr in by_class.chain(by_self) {
            let Some(parent) = project.parent(*expr) else { continue };
            match project.value(parent) {
                _ if self.change.removes(project, *expr) => {}
                Value::Call { .. } if project.is_callee(parent, *expr) => res.push(parent),
                Value::Call { .. } | Value::Spread(_) => return None,
                _ => {}
            }
        }
        Some(res)
    }
}
