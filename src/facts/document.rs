//! Data without code: a tree of texts, records and lists, lowered into the same facts that code has.

use crate::lang::Language;
use crate::text::Span;

use super::arena::{Arena, Id};
use super::model::{Binding, Export, FileFacts, Function, FunctionId, Scope, ScopeId, ScopeKind};
use super::value::{Entry, EntryKey, Piece, Value, ValueId, ValueNode};

/// A part of a configuration file.
#[derive(Debug, Clone)]
pub(super) enum Document {
    /// Text, and where it stands without quotes.
    Text(String, Span),
    /// Keys with where they stand, and their values.
    Record(Vec<(String, Span, Document)>, Span),
    /// Items, one after the other.
    List(Vec<Document>, Span),
}

impl Document {
    /// Its bytes.
    pub(super) fn span(&self) -> Span {
        match self {
            Self::Text(_, span) | Self::Record(_, span) | Self::List(_, span) => *span,
        }
    }
}

/// How deeply documents are read.
const DEPTH: usize = 100;

impl FileFacts {
    /// Facts of a file in which nothing has been found yet.
    pub(super) fn empty(language: &'static Language, length: usize) -> (Self, FunctionId, ScopeId) {
        let mut functions = Arena::default();
        let whole = Span::new(0, length);
        let function = functions.push(Function {
            name: None,
            span: whole,
            parent: None,
            class: None,
            binding: None,
            value: None,
            parameters: Vec::new(),
            returns: Vec::new(),
            throws: Vec::new(),
            is_async: false,
            body: whole,
            statement: None,
        });
        let mut scopes = Arena::default();
        let scope = scopes.push(Scope { kind: ScopeKind::Module, parent: None, function, names: Default::default() });
        let facts = Self {
            language,
            values: Arena::default(),
            bindings: Arena::<Binding>::default(),
            functions,
            classes: Arena::default(),
            statements: Arena::default(),
            scopes,
            imports: Arena::default(),
            exports: Vec::new(),
            stores: Vec::new(),
            handlers: Vec::new(),
            comments: Vec::new(),
            inner_comments: Vec::new(),
            errors: Vec::new(),
            too_deep: false,
        };
        (facts, function, scope)
    }

    /// Adds a value that belongs to no statement.
    pub(super) fn put(&mut self, value: Value, span: Span) -> ValueId {
        let children = value.children();
        let (function, scope) = (Id::new(0), Id::new(0));
        let id = self.values.push(ValueNode { value, span, parent: None, function, statement: None, scope });
        for child in children {
            self.values[child].parent = Some(id);
        }
        id
    }

    /// Adds a document.
    fn document(&mut self, document: Document, depth: usize) -> ValueId {
        let span = document.span();
        if depth > DEPTH {
            self.too_deep = true;
            return self.put(Value::Opaque(Vec::new()), span);
        }
        let value = match document {
            Document::Text(text, span) => Value::Text(vec![Piece::Literal { text, span }]),
            Document::List(items, _) => Value::List(items.into_iter().map(|it| self.document(it, depth + 1)).collect()),
            Document::Record(entries, _) => {
                let entry = |(name, at, inner): (String, Span, Document)| {
                    let whole = at.cover(inner.span());
                    let value = self.document(inner, depth + 1);
                    Entry { key: EntryKey::Known { name, span: at }, value, span: whole }
                };
                Value::Record(entries.into_iter().map(entry).collect())
            }
        };
        self.put(value, span)
    }
}

/// The facts of a file that is one document.
pub(super) fn facts_of(language: &'static Language, text: &str, document: Document, comments: Vec<Span>) -> FileFacts {
    let (mut facts, ..) = FileFacts::empty(language, text.len());
    let span = document.span();
    let root = facts.document(document, 0);
    facts.exports.push(Export { name: "default".to_owned(), value: Some(root), binding: None, from: None, span });
    facts.comments = comments;
    facts
}
