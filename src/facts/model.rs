//! Bindings, functions, classes, statements, imports: everything of a file that is not an expression.

use std::collections::HashMap;

use crate::lang::Language;
use crate::text::Span;

use super::arena::{Arena, Id};
use super::value::{ValueId, ValueNode};

/// A binding of a file.
pub type BindingId = Id<Binding>;
/// A function of a file; the first stands for the file's own top level.
pub type FunctionId = Id<Function>;
/// A class of a file.
pub type ClassId = Id<Class>;
/// A statement of a file.
pub type StatementId = Id<Statement>;
/// A scope of a file.
pub type ScopeId = Id<Scope>;
/// An import statement of a file.
pub type ImportId = Id<Import>;

/// All facts of one file.
#[derive(Debug, Clone)]
pub struct FileFacts {
    /// The language it is written in.
    pub language: &'static Language,
    /// Expressions.
    pub values: Arena<ValueNode>,
    /// Names and what they mean.
    pub bindings: Arena<Binding>,
    /// Functions; the first is the top level.
    pub functions: Arena<Function>,
    /// Classes.
    pub classes: Arena<Class>,
    /// Statements.
    pub statements: Arena<Statement>,
    /// Scopes; the first is the file's.
    pub scopes: Arena<Scope>,
    /// Import statements.
    pub imports: Arena<Import>,
    /// Exports.
    pub exports: Vec<Export>,
    /// Assignments to members and elements.
    pub stores: Vec<Store>,
    /// Exception handlers.
    pub handlers: Vec<Handler>,
    /// Comments between statements.
    pub comments: Vec<Span>,
    /// Comments in the middle of expressions, such as between the entries of a record.
    pub inner_comments: Vec<Span>,
    /// Places that did not parse.
    pub errors: Vec<Span>,
    /// Whether part of the file is nested too deeply to be read.
    pub too_deep: bool,
}

/// A name, where it is defined and where it is used.
#[derive(Debug, Clone)]
pub struct Binding {
    /// The name.
    pub name: String,
    /// The scope it lives in.
    pub scope: ScopeId,
    /// The function it lives in.
    pub function: FunctionId,
    /// What kind of thing it names.
    pub kind: BindingKind,
    /// Every place that gives it a value.
    pub definitions: Vec<Definition>,
    /// Every name expression that reads it.
    pub reads: Vec<ValueId>,
}

/// What a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BindingKind {
    /// A variable or constant.
    Variable,
    /// A parameter, or a name taken out of one by destructuring.
    Parameter {
        /// The function.
        function: FunctionId,
        /// The position of the parameter.
        position: usize,
    },
    /// An imported name.
    Import {
        /// The statement.
        import: ImportId,
        /// The item of it.
        item: usize,
    },
    /// A function defined by a statement.
    Function(FunctionId),
    /// A class.
    Class(ClassId),
}

/// A place that gives a binding a value.
#[derive(Debug, Clone)]
pub struct Definition {
    /// How.
    pub kind: DefinitionKind,
    /// The value, before `path` is applied.
    pub value: Option<ValueId>,
    /// What is taken out of the value.
    pub path: Vec<Projection>,
    /// The value it has when nothing is given.
    pub default: Option<ValueId>,
    /// The type it is declared to have.
    pub declared: Option<ValueId>,
    /// The name in the target.
    pub name_span: Span,
    /// The part that goes when only this name goes: the name, or its entry in a destructuring pattern.
    pub target_span: Span,
    /// The whole declarator, assignment or parameter.
    pub span: Span,
    /// The statement it is in.
    pub statement: Option<StatementId>,
}

/// How a binding gets a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefinitionKind {
    /// By a declaration.
    Declaration,
    /// By an assignment to a name declared elsewhere.
    Assignment,
    /// From the elements of its value, one after the other.
    Element,
    /// From a caller.
    Parameter,
    /// By an import, function, class or handler statement.
    Statement,
}

/// One step of destructuring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Projection {
    /// The value under a key.
    Key(String),
    /// The element at a position.
    Position(usize),
    /// What is left over.
    Rest,
}

/// A function, method, lambda, or the top level of the file.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name, if it has one of its own.
    pub name: Option<String>,
    /// The whole definition.
    pub span: Span,
    /// The function it is defined in; none for the top level.
    pub parent: Option<FunctionId>,
    /// The class it is a method of.
    pub class: Option<ClassId>,
    /// The binding that a function statement creates.
    pub binding: Option<BindingId>,
    /// The expression that it is.
    pub value: Option<ValueId>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// What it returns.
    pub returns: Vec<ValueId>,
    /// The exceptions that it declares.
    pub throws: Vec<ValueId>,
    /// Whether calling it gives a promise or coroutine.
    pub is_async: bool,
    /// The span of its body.
    pub body: Span,
    /// The statement that it is, or is part of.
    pub statement: Option<StatementId>,
}

/// A parameter of a function.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// The whole parameter, default and annotation included.
    pub span: Span,
    /// Its name, unless it is a pattern.
    pub name: Option<String>,
    /// What it is when no argument is given.
    pub default: Option<ValueId>,
}

/// A class.
#[derive(Debug, Clone)]
pub struct Class {
    /// Its name.
    pub name: Option<String>,
    /// The whole definition.
    pub span: Span,
    /// The binding it creates.
    pub binding: Option<BindingId>,
    /// Fields with their initial value and the span of their definition.
    pub fields: Vec<(String, Option<ValueId>, Span)>,
    /// Methods.
    pub methods: Vec<(String, FunctionId)>,
    /// The declared types of fields.
    pub types: Vec<(String, ValueId)>,
    /// The keys under which fields are written, where what is attached to them gives them another than their name.
    pub keys: Vec<(String, String)>,
    /// What it extends or implements.
    pub bases: Vec<ValueId>,
    /// Whether code inside of it sees its members by their bare names.
    pub open: bool,
    /// The scope of its body.
    pub scope: Option<ScopeId>,
}

/// A statement.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Its bytes, without the indentation before it.
    pub span: Span,
    /// What it is.
    pub kind: StatementKind,
    /// The statement around it.
    pub parent: Option<StatementId>,
    /// The function it is in.
    pub function: FunctionId,
    /// The span of the block it stands in, which tells siblings from others.
    pub block: Span,
}

/// What a statement is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementKind {
    /// An expression, assignment or declaration.
    Plain,
    /// An import.
    Import(ImportId),
    /// A function definition.
    Function(FunctionId),
    /// A class definition.
    Class(ClassId),
    /// A return.
    Return,
    /// A throw or raise.
    Throw,
    /// An if.
    Branch {
        /// What it asks.
        condition: Option<ValueId>,
        /// What happens when it holds.
        body: Span,
        /// Whether something happens when it does not.
        otherwise: bool,
    },
    /// A try.
    Guarded,
    /// An export.
    Export,
    /// Anything else that holds statements: a loop, a switch, a with.
    Compound,
}

/// A handler of exceptions.
#[derive(Debug, Clone)]
pub struct Handler {
    /// The whole clause.
    pub span: Span,
    /// The try it belongs to.
    pub statement: Option<StatementId>,
    /// What it catches, where it says so.
    pub filter: Option<ValueId>,
}

/// What a scope belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeKind {
    /// The file.
    Module,
    /// A function.
    Function,
    /// A block.
    Block,
    /// A class body; its names are not visible in its methods.
    Class(ClassId),
}

/// A region with names of its own.
#[derive(Debug, Clone)]
pub struct Scope {
    /// What it belongs to.
    pub kind: ScopeKind,
    /// The scope around it.
    pub parent: Option<ScopeId>,
    /// The function it is in.
    pub function: FunctionId,
    /// Its names.
    pub names: HashMap<String, BindingId>,
}

/// An import statement.
#[derive(Debug, Clone)]
pub struct Import {
    /// What is imported from; empty where each item names a module of its own.
    pub module: String,
    /// The whole statement.
    pub span: Span,
    /// The names it brings.
    pub items: Vec<ImportItem>,
    /// The modules and classes all of whose names it brings.
    pub wildcards: Vec<String>,
    /// The statement.
    pub statement: Option<StatementId>,
}

/// One name that an import brings.
#[derive(Debug, Clone)]
pub struct ImportItem {
    /// What it is in the module.
    pub imported: Imported,
    /// The name it gets here.
    pub binding: BindingId,
    /// The item's bytes.
    pub span: Span,
}

/// What an import takes from a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// The default export.
    Default,
    /// The module itself, with the path by which it is bound (`a` and `a.b` for `import a.b`).
    Module {
        /// The module's full name.
        full: String,
        /// The part that the local name stands for.
        bound: String,
    },
    /// All of a module given by the statement.
    Namespace,
    /// One name.
    Name(String),
}

/// A name that other files can import.
#[derive(Debug, Clone)]
pub struct Export {
    /// The name; `default` for a default export.
    pub name: String,
    /// The exported value, where it is an expression.
    pub value: Option<ValueId>,
    /// The exported binding, where it is a name.
    pub binding: Option<BindingId>,
    /// The module and name it is passed on from.
    pub from: Option<(String, String)>,
    /// Where it stands.
    pub span: Span,
}

/// An assignment to a member or element of a value.
#[derive(Debug, Clone)]
pub struct Store {
    /// The value that is changed.
    pub object: ValueId,
    /// Which part of it.
    pub key: StoreKey,
    /// The whole target expression.
    pub target: ValueId,
    /// What it becomes.
    pub value: ValueId,
    /// The whole assignment.
    pub span: Span,
    /// The statement it is in.
    pub statement: Option<StatementId>,
    /// The function it is in.
    pub function: FunctionId,
}

/// The part of a value that a store changes.
#[derive(Debug, Clone)]
pub enum StoreKey {
    /// A member or literal key.
    Known(String),
    /// A key that has to be evaluated.
    Computed(ValueId),
}

impl FileFacts {
    /// The text of a name or literal key without evaluating anything.
    #[must_use]
    pub fn literal_text(&self, value: ValueId) -> Option<String> {
        use super::value::{Piece, Value};
        match &self.values[value].value {
            Value::Text(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Literal { text, .. } => Some(text.as_str()),
                    Piece::Hole(_) => None,
                })
                .collect(),
            Value::Group(inner) => self.literal_text(*inner),
            _ => None,
        }
    }

    /// The functions from one to the top level, innermost first.
    pub fn enclosing(&self, function: FunctionId) -> impl Iterator<Item = FunctionId> {
        std::iter::successors(Some(function), |it| self.functions[*it].parent)
    }

    /// The class whose `this` or `self` code in `function` sees.
    #[must_use]
    pub fn class_around(&self, function: FunctionId) -> Option<ClassId> {
        self.enclosing(function).find_map(|it| self.functions[it].class)
    }
}
