//! A flow with what its patterns need to know about the place it stands in.

use crate::facts::{BindingKind, StatementKind, Value};
use crate::flow::{Flow, FlowKind, UrlCertainty};
use crate::knowledge::Client;
use crate::link::{Expr, Field, Project, ProjectFile};
use crate::text::{Location, Span};

use super::change::Declined;
use super::style::Style;

/// Headers that only describe the old request.
const IMPLIED_HEADERS: &[&str] = &["content-type", "cache-control", "accept", "content-length"];

/// A flow in its file.
pub(super) struct Site<'p> {
    /// The project.
    pub(super) project: &'p Project,
    /// The flow.
    pub(super) flow: &'p Flow<'p>,
    /// The habits of its file.
    pub(super) style: Style,
}

impl<'p> Site<'p> {
    pub(super) fn new(project: &'p Project, flow: &'p Flow<'p>) -> Self {
        Self { project, flow, style: Style::of(project.file(flow.request.file)) }
    }

    /// The file of the request.
    pub(super) fn file(&self) -> &'p ProjectFile {
        self.project.file(self.flow.request.file)
    }

    /// A parameter that the token request needs too.
    pub(super) fn needed(&self, name: &str) -> Result<&'p Field, Declined> {
        self.flow
            .parameter(name)
            .ok_or_else(|| Declined::because(format!("the parameter `{name}` was not found among what is sent")))
    }

    /// The source of an expression that is to be used at the request: all its names must mean the same there.
    pub(super) fn portable(&self, expr: Expr) -> Result<String, Declined> {
        self.portable_to(expr, self.flow.request)
    }

    /// As [`Site::portable`], for use at another place before the request: what the function there names must have its
    /// value already.
    pub(super) fn portable_before(&self, expr: Expr, place: Expr) -> Result<String, Declined> {
        let facts = self.project.facts(expr.file);
        let start = self.project.node(place).span.start;
        let span = self.project.node(expr).span;
        for (_, node) in facts.values.iter().filter(|(_, it)| span.contains(it.span)) {
            let Value::Name { name, binding: Some(binding) } = &node.value else { continue };
            let binding = &facts.bindings[*binding];
            let later = binding.definitions.iter().any(|it| it.span.start > start);
            if later && binding.function == self.project.function(place) && binding.function.index() > 0 {
                return Err(Declined::because(format!("`{name}` has no value yet where the client is made")));
            }
        }
        self.portable_to(expr, place)
    }

    fn portable_to(&self, expr: Expr, request: Expr) -> Result<String, Declined> {
        let facts = self.project.facts(expr.file);
        let visible: Vec<_> = self.project.facts(request.file).enclosing(self.project.function(request)).collect();
        let span = self.project.node(expr).span;
        let names = facts.values.iter().filter(|(_, it)| span.contains(it.span));
        for (_, node) in names {
            let Value::Name { name, binding: Some(binding) } = &node.value else { continue };
            let binding = &facts.bindings[*binding];
            if expr.file != request.file || !visible.contains(&binding.function) {
                return Err(Declined::because(format!("`{name}` is not known where the request is made")));
            }
        }
        Ok(self.project.source(expr).to_owned())
    }

    /// The statement of the request, which must be a plain one that can have a line put before it.
    pub(super) fn plain_statement(&self) -> Result<Span, Declined> {
        let statement = self.project.statement(self.flow.request);
        let facts = self.project.facts(self.flow.request.file);
        let found = statement
            .map(|id| &facts.statements[id])
            .filter(|it| matches!(it.kind, StatementKind::Plain | StatementKind::Return | StatementKind::Export));
        found.map(|it| it.span).ok_or_else(|| Declined::because("the request is not in a statement of its own"))
    }

    /// Whether the function that sends the request is a parameter, which callers and tests may set.
    fn client_is_given(&self) -> bool {
        let anchor = self.flow.anchor;
        let Value::Call { callee, .. } = self.project.value(anchor) else { return false };
        let mut root = Expr { file: anchor.file, id: *callee };
        while let Value::Member { object, .. } = self.project.value(root) {
            root = Expr { file: anchor.file, id: *object };
        }
        let facts = self.project.facts(anchor.file);
        let binding = self.project.binding(root).map(|it| facts.bindings[it].kind);
        let own_object = self.project.own_class(root).is_some();
        matches!(binding, Some(BindingKind::Parameter { .. })) && !own_object
    }

    /// The client of a request that another library may take over: known, the program's own choice, without settings of
    /// its own, always asked for the exchange.
    pub(super) fn replaceable_client(&self) -> Result<&'p Client, Declined> {
        let client = self.own_client()?;
        if client.shared {
            return Err(Declined::because("the HTTP client object carries settings that must stay"));
        }
        Ok(client)
    }

    /// As [`Site::replaceable_client`], but the client may be an object with settings.
    pub(super) fn own_client(&self) -> Result<&'p Client, Declined> {
        let FlowKind::Request(Some(client)) = self.flow.kind else {
            return Err(Declined::because("the HTTP client is not known"));
        };
        if !matches!(self.flow.url_certainty, UrlCertainty::Always | UrlCertainty::Overridable) {
            return Err(Declined::because("the address is not known to be always the exchange"));
        }
        if self.client_is_given() {
            return Err(Declined::because("the caller chooses the HTTP client"));
        }
        if client.in_place {
            return Err(Declined::because("requests of this HTTP client are changed in place"));
        }
        Ok(client)
    }

    /// Declines headers that say more than what the old body was.
    pub(super) fn refuse_headers(&self, headers: Expr) -> Result<(), Declined> {
        // Headers that are computed from a body describe that body.
        if matches!(self.project.value(headers), Value::Call { .. }) {
            return Ok(());
        }
        let fields = self.project.fields(headers);
        match fields.iter().find(|it| !IMPLIED_HEADERS.contains(&it.key.to_lowercase().as_str())) {
            Some(field) => Err(Declined::because(format!("the request carries the header `{}`", field.key))),
            None => Ok(()),
        }
    }

    /// A name for something new that nothing in the file uses yet.
    pub(super) fn free_name(&self, wanted: &[&str]) -> String {
        let facts = &self.file().facts;
        let taken = |name: &str| {
            facts.bindings.iter().any(|(_, it)| it.name == name)
                || facts.values.iter().any(|(_, it)| matches!(&it.value, Value::Name { name: it, .. } if it == name))
        };
        let free = wanted.iter().find(|it| !taken(it)).map(|it| (*it).to_owned());
        free.unwrap_or_else(|| {
            let stem = wanted.last().copied().unwrap_or("oauth");
            (2..).map(|number| format!("{stem}{number}")).find(|it| !taken(it)).unwrap_or_default()
        })
    }

    /// The text of a place.
    pub(super) fn text_at(&self, place: Location) -> &'p str {
        place.span.of(self.project.file(place.file).text())
    }
}
