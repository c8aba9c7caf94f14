//! Expressions, as far as they can be understood without running them.

use crate::text::Span;

use super::arena::Id;
use super::model::{BindingId, FunctionId, ScopeId, StatementId};

/// A value of a file.
pub type ValueId = Id<ValueNode>;

/// An expression: what it is and where it stands.
#[derive(Debug, Clone)]
pub struct ValueNode {
    /// What it is.
    pub value: Value,
    /// Its bytes.
    pub span: Span,
    /// The expression it is directly part of; none at the root of a statement or of a function's expression body.
    pub parent: Option<ValueId>,
    /// The function whose code it is part of.
    pub function: FunctionId,
    /// The innermost statement it is part of.
    pub statement: Option<StatementId>,
    /// The scope in which its names are looked up.
    pub scope: ScopeId,
}

/// What an expression is.
#[derive(Debug, Clone)]
pub enum Value {
    /// Text: literal pieces and holes, in order.
    Text(Vec<Piece>),
    /// A number, boolean or null, as written.
    Literal(String),
    /// A binary operation; the operator is empty where operands just stand side by side.
    Operation {
        /// The operator, as written.
        operator: String,
        /// Both sides, or all parts of adjacent literals.
        operands: Vec<ValueId>,
    },
    /// An object or dictionary.
    Record(Vec<Entry>),
    /// An array, list or tuple.
    List(Vec<ValueId>),
    /// A name, and the binding it means, if the file has one.
    Name {
        /// The identifier.
        name: String,
        /// What it is bound to.
        binding: Option<BindingId>,
    },
    /// `object.name`
    Member {
        /// What the member is taken of.
        object: ValueId,
        /// The member.
        name: String,
        /// Where the member's name stands.
        name_span: Span,
    },
    /// `object[key]`
    Index {
        /// What the element is taken of.
        object: ValueId,
        /// Which element.
        key: ValueId,
    },
    /// A call or construction.
    Call {
        /// What is called.
        callee: ValueId,
        /// What it is given.
        arguments: Vec<Argument>,
        /// Whether it is a construction with a keyword.
        new: bool,
    },
    /// A wait for the inner value.
    Await(ValueId),
    /// One of several values.
    Choice {
        /// What decides.
        condition: Option<ValueId>,
        /// What it may be.
        options: Vec<ValueId>,
    },
    /// Brackets.
    Group(ValueId),
    /// A function defined in place.
    Function(FunctionId),
    /// A value spliced into a call, list or record.
    Spread(ValueId),
    /// Anything else, with the expressions inside it.
    Opaque(Vec<ValueId>),
}

/// A part of a text.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Characters that are known.
    Literal {
        /// The text, escapes resolved.
        text: String,
        /// Where its characters stand in the source, without quotes.
        span: Span,
    },
    /// An embedded expression.
    Hole(ValueId),
}

/// An entry of a record.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its key.
    pub key: EntryKey,
    /// Its value; for a spread, the record that is spliced.
    pub value: ValueId,
    /// The whole entry.
    pub span: Span,
}

/// The key of an entry.
#[derive(Debug, Clone)]
pub enum EntryKey {
    /// A name or literal text.
    Known {
        /// The key.
        name: String,
        /// Where it stands.
        span: Span,
    },
    /// A computed key.
    Computed(ValueId),
    /// No key: the entries of another record.
    Spread,
}

/// An argument of a call.
#[derive(Debug, Clone)]
pub struct Argument {
    /// The keyword, if it has one.
    pub name: Option<String>,
    /// What is passed.
    pub value: ValueId,
    /// The whole argument.
    pub span: Span,
}

impl Value {
    /// The expressions directly inside this one, in source order.
    #[must_use]
    pub fn children(&self) -> Vec<ValueId> {
        match self {
            Self::Literal(_) | Self::Name { .. } | Self::Function(_) => Vec::new(),
            Self::Text(pieces) => pieces
                .iter()
                .filter_map(|piece| match piece {
                    Piece::Hole(value) => Some(*value),
                    Piece::Literal { .. } => None,
                })
                .collect(),
            Self::Operation { operands, .. } => operands.clone(),
            Self::Record(entries) => entries
                .iter()
                .flat_map(|entry| match entry.key {
                    EntryKey::Computed(key) => vec![key, entry.value],
                    EntryKey::Known { .. } | EntryKey::Spread => vec![entry.value],
                })
                .collect(),
            Self::List(items) | Self::Opaque(items) => items.clone(),
            Self::Member { object, .. } => vec![*object],
            Self::Index { object, key } => vec![*object, *key],
            Self::Call { callee, arguments, .. } => {
                std::iter::once(*callee).chain(arguments.iter().map(|it| it.value)).collect()
            }
            Self::Choice { condition, options } => condition.iter().chain(options).copied().collect(),
            Self::Await(inner) | Self::Group(inner) | Self::Spread(inner) => vec![*inner],
        }
    }
}
