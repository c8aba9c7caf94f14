//! From text to facts: parses a file, captures its parts and walks the tree once.

use std::collections::HashSet;

use tree_sitter::{Node, Parser, Tree};

use crate::lang::{ConfigFormat, Grammar, Grammars, JSON, Language, Part, Role, Syntax};
use crate::text::Span;

use super::config::{by_lines, config};
use super::lexical::lexical;
use super::model::{
    Export, FileFacts, FunctionId, Handler, Scope, ScopeId, ScopeKind, Statement, StatementId, StatementKind,
};
use super::names::Pending;
use super::roles::RoleMap;
use super::value::{Value, ValueId, ValueNode};

/// A file that could not be made into facts at all.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ExtractError {
    /// The parser and the grammar are of different versions.
    #[error("the grammar cannot be loaded: {0}")]
    Grammar(String),
    /// Brackets are nested so deeply that no person wrote them, and matching them would take forever.
    #[error("its brackets are nested more than {NESTING} deep")]
    TooDeep,
    /// The parser gave up.
    #[error("the parser gave no tree")]
    NoTree,
}

/// How deeply brackets may be nested in a file that is read at all.
const NESTING: usize = 3_000;

/// How deeply nested code is read; what is deeper is opaque, so that hostile input cannot exhaust the stack.
pub(super) const DEPTH: usize = 300;

/// Reads the facts of one file, as its language is read: by a grammar, as tokens, or as configuration.
///
/// # Errors
/// Only when a parser cannot run; broken syntax is part of the facts.
pub fn read(grammars: &Grammars, language: &'static Language, text: &str) -> Result<FileFacts, ExtractError> {
    match &language.syntax {
        Syntax::Grammar { .. } => {
            let grammar = grammars.get(language).map_err(|error| ExtractError::Grammar(error.to_string()))?;
            let facts = extract(grammar, text)?;
            // A document that is cut short has no root; its lines still say something.
            match language.is_data() && facts.exports.is_empty() {
                true => Ok(by_lines(language, text)),
                false => Ok(facts),
            }
        }
        Syntax::Lexical(lexicon) => Ok(lexical(language, lexicon, text)),
        Syntax::Config(_) if nesting(text) > NESTING => Err(ExtractError::TooDeep),
        // What may leave out quotes and commas is mostly written with them, and then read to the byte.
        Syntax::Config(ConfigFormat::Hjson) if is_json(text) => read(grammars, &JSON, text),
        Syntax::Config(format) => Ok(config(language, *format, text)),
    }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Reads the facts of one file by a grammar.
///
/// # Errors
/// Only when the parser itself cannot run; broken syntax is part of the facts.
pub fn extract(grammar: &Grammar, text: &str) -> Result<FileFacts, ExtractError> {
    if nesting(text) > NESTING {
        return Err(ExtractError::TooDeep);
    }
    let mut parser = Parser::new();
    parser.set_language(&grammar.parser).map_err(|error| ExtractError::Grammar(error.to_string()))?;
    let tree = parser.parse(text, None).ok_or(ExtractError::NoTree)?;
    let roles = RoleMap::capture(grammar, &tree, text);
    let mut extractor = Extractor::new(grammar, text, &roles);
    extractor.walk(tree.root_node());
    extractor.facts.errors = errors(&tree);
    let outer: HashSet<Span> = extractor.facts.comments.iter().copied().collect();
    extractor.facts.inner_comments = roles.comments.iter().copied().filter(|it| !outer.contains(it)).collect();
    Ok(extractor.finish())
}

/// The places of a tree that did not parse, wherever they are.
fn errors(tree: &Tree) -> Vec<Span> {
    let mut res = Vec::new();
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            res.push(span(node));
        }
        // Only what holds an error is looked into.
        if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return res;
            }
        }
    }
}

/// How deeply the brackets of a text are nested at most, wherever they stand.
fn nesting(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut deepest = 0;
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The walk over one tree: where it is, and what it has gathered.
pub(super) struct Extractor<'t, 'r> {
    pub(super) text: &'t str,
    pub(super) roles: &'r RoleMap<'t>,
    pub(super) facts: FileFacts,
    pub(super) pending: Pending,
    pub(super) function: FunctionId,
    pub(super) scope: ScopeId,
    pub(super) statement: Option<StatementId>,
    pub(super) depth: usize,
}

impl<'t, 'r> Extractor<'t, 'r> {
    fn new(grammar: &Grammar, text: &'t str, roles: &'r RoleMap<'t>) -> Self {
        let (facts, function, scope) = FileFacts::empty(grammar.language, text.len());
        Self { text, roles, facts, pending: Pending::default(), function, scope, statement: None, depth: 0 }
    }

    fn finish(mut self) -> FileFacts {
        self.resolve_names();
        self.set_parents();
        self.facts
    }

    /// Visits a node that is not wanted as a value.
    pub(super) fn walk(&mut self, node: Node<'t>) {
        if self.depth >= DEPTH {
            self.facts.too_deep = true;
            return;
        }
        self.depth += 1;
        self.walk_node(node);
        self.depth -= 1;
    }

    fn walk_node(&mut self, node: Node<'t>) {
        if self.roles.is(node, Role::Comment) {
            self.facts.comments.push(span(node));
            return;
        }
        if self.roles.is(node, Role::Attached) {
            self.walk_children(node);
            return;
        }
        if !self.roles.is(node, Role::Statement) {
            self.walk_parts(node);
            return;
        }
        let around = self.statement;
        let block = node.parent().map_or(span(node), span);
        let statement = Statement {
            span: span(node),
            kind: self.statement_kind(node),
            parent: around,
            function: self.function,
            block,
        };
        let id = self.facts.statements.push(statement);
        self.statement = Some(id);
        self.walk_parts(node);
        self.statement = around;
    }

    fn statement_kind(&self, node: Node<'t>) -> StatementKind {
        let is = |role| self.roles.is(node, role);
        if is(Role::Return) {
            StatementKind::Return
        } else if is(Role::Throw) {
            StatementKind::Throw
        } else if is(Role::Guarded) {
            StatementKind::Guarded
        } else if is(Role::Export) {
            StatementKind::Export
        } else if is(Role::Branch) {
            let body = self.roles.part(node, Role::Branch, Part::Body).map_or(span(node), span);
            StatementKind::Branch { condition: None, body, otherwise: self.roles.has(node, Role::Branch, Part::Else) }
        } else if self.holds_statements(node) {
            StatementKind::Compound
        } else {
            StatementKind::Plain
        }
    }

    fn holds_statements(&self, node: Node<'t>) -> bool {
        let mut cursor = node.walk();
        node.named_children(&mut cursor).any(|child| {
            let mut inner = child.walk();
            self.roles.is(child, Role::Statement)
                || (!self.roles.is(node, Role::Function)
                    && child.named_children(&mut inner).any(|it| self.roles.is(it, Role::Statement)))
        }) && !self.roles.is(node, Role::Function)
            && !self.roles.is(node, Role::Class)
    }

    fn walk_parts(&mut self, node: Node<'t>) {
        if self.roles.is(node, Role::Function) {
            self.function(node);
        } else if self.roles.is(node, Role::Class) {
            self.class(node);
        } else if self.roles.is(node, Role::Import) {
            self.import(node);
        } else if self.roles.is(node, Role::Export) {
            self.export(node);
        } else if self.roles.is(node, Role::Global) {
            self.global(node);
        } else if self.roles.is(node, Role::Assign) {
            self.assign(node);
        } else if self.roles.is(node, Role::Branch) {
            self.branch(node);
        } else if self.roles.is(node, Role::Return) {
            self.returned(node);
        } else if self.roles.is(node, Role::Handler) {
            self.handler(node);
        } else if self.is_value(node) {
            self.value(node);
        } else if self.roles.is(node, Role::Scope) {
            self.in_scope(ScopeKind::Block, |it| it.walk_children(node));
        } else {
            self.walk_children(node);
        }
    }

    pub(super) fn walk_children(&mut self, node: Node<'t>) {
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        for child in children {
            self.walk(child);
        }
    }

    fn branch(&mut self, node: Node<'t>) {
        let condition = self.roles.part(node, Role::Branch, Part::Condition);
        if let Some(condition) = condition {
            let value = self.value(condition);
            if let Some(statement) = self.statement
                && let StatementKind::Branch { condition, .. } = &mut self.facts.statements[statement].kind
                && condition.is_none()
            {
                *condition = Some(value);
            }
        }
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        for child in children.into_iter().filter(|it| Some(it.id()) != condition.map(|it| it.id())) {
            self.walk(child);
        }
    }

    fn returned(&mut self, node: Node<'t>) {
        for part in self.roles.parts(node, Role::Return, Part::Value) {
            if self.roles.is(part, Role::Comment) {
                continue;
            }
            let value = self.value(part);
            let function = self.function;
            self.facts.functions[function].returns.push(value);
        }
    }

    fn handler(&mut self, node: Node<'t>) {
        let filter = self.roles.part(node, Role::Handler, Part::Filter);
        let target = self.roles.part(node, Role::Handler, Part::Target);
        self.in_scope(ScopeKind::Block, |it| {
            let value = filter.map(|filter| it.value(filter));
            it.facts.handlers.push(Handler { span: span(node), statement: it.statement, filter: value });
            if let Some(target) = target {
                it.declare_bare(target);
            }
            let mut cursor = node.walk();
            let skip = [filter.map(|it| it.id()), target.map(|it| it.id())];
            let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
            for child in children.into_iter().filter(|child| !skip.contains(&Some(child.id()))) {
                it.walk(child);
            }
        });
    }

    fn export(&mut self, node: Node<'t>) {
        let module = self.roles.part(node, Role::Export, Part::Module).map(|it| self.quoted(it));
        if let Some(part) = self.roles.part(node, Role::Export, Part::Value) {
            let value = self.value(part);
            self.put_export("default".to_owned(), Some(value), None, span(node));
            return;
        }
        if let Some(part) = self.roles.part(node, Role::Export, Part::Declaration) {
            let before = self.facts.bindings.len();
            self.walk(part);
            self.pending.exported.push((before, self.facts.bindings.len(), self.scope, span(node)));
            return;
        }
        let before = self.facts.exports.len();
        self.export_items(node, module.as_deref());
        if let Some(module) = module.filter(|_| self.facts.exports.len() == before) {
            // `export * from 'm'` passes every name on.
            self.put_export("*".to_owned(), None, Some((module, "*".to_owned())), span(node));
        }
    }

    fn export_items(&mut self, node: Node<'t>, module: Option<&str>) {
        let mut cursor = node.walk();
        let children: Vec<Node<'t>> = node.named_children(&mut cursor).collect();
        for child in children {
            if !self.roles.is(child, Role::ExportItem) {
                self.export_items(child, module);
                continue;
            }
            let Some(name) = self.roles.part(child, Role::ExportItem, Part::Name) else { continue };
            let local = self.source(name).to_owned();
            let alias = self.roles.part(child, Role::ExportItem, Part::Alias).map_or(name, |it| it);
            let public = self.source(alias).to_owned();
            let from = module.map(|module| (module.to_owned(), local.clone()));
            if from.is_none() {
                self.pending.export_names.push((self.facts.exports.len(), local, self.scope));
            }
            self.facts.exports.push(Export { name: public, value: None, binding: None, from, span: span(child) });
        }
    }

    pub(super) fn put_export(
        &mut self,
        name: String,
        value: Option<ValueId>,
        from: Option<(String, String)>,
        span: Span,
    ) {
        self.facts.exports.push(Export { name, value, binding: None, from, span });
    }

    pub(super) fn in_scope(&mut self, kind: ScopeKind, body: impl FnOnce(&mut Self)) {
        let around = self.scope;
        let scope = Scope { kind, parent: Some(around), function: self.function, names: Default::default() };
        self.scope = self.facts.scopes.push(scope);
        body(self);
        self.scope = around;
    }

    /// Adds a value at the current place of the walk.
    pub(super) fn put(&mut self, node: Node<'t>, value: Value) -> ValueId {
        self.put_at(span(node), value)
    }

    /// Adds a value that no node of the grammar stands for.
    pub(super) fn put_at(&mut self, span: Span, value: Value) -> ValueId {
        self.facts.values.push(ValueNode {
            value,
            span,
            parent: None,
            function: self.function,
            statement: self.statement,
            scope: self.scope,
        })
    }

    /// The source text of a node.
    pub(super) fn source(&self, node: Node<'t>) -> &'t str {
        span(node).of(self.text)
    }

    /// The source text of a string node without its quotes.
    pub(super) fn quoted(&self, node: Node<'t>) -> String {
        self.source(node).trim_matches(['"', '\'', '`']).to_owned()
    }

    fn set_parents(&mut self) {
        let links: Vec<(ValueId, ValueId)> = self
            .facts
            .values
            .iter()
            .flat_map(|(id, it)| it.value.children().into_iter().map(move |c| (c, id)))
            .collect();
        for (child, parent) in links {
            self.facts.values[child].parent = Some(parent);
        }
    }
}

/// The bytes of a node.
pub(super) fn span(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::language_of;

    #[test]
    fn errors_are_seen_inside_of_values_too() {
        let errors = |text: &str| {
            let language = language_of("a.py").unwrap();
            read(&Grammars::new(), language, text).unwrap().errors.len()
        };
        assert_eq!(errors("f('x', key=True)\n"), 0);
        assert_ne!(errors("f('x', =True)\n"), 0);
        assert_ne!(errors("value = {'a': g(1,, 2)}\n"), 0);
    }
}
