//! Rust: the statements that send an exchange and read its reply, as the function around the request has them.

use syn::visit::{self, Visit};

use crate::text::Span;

use super::super::change::Declined;
use super::super::rust::span;

/// One step of a chain behind an expression.
#[derive(Debug, Clone)]
pub(super) enum Link<'a> {
    /// `.name(arguments)`
    Method(&'a syn::ExprMethodCall),
    /// `?`
    Try,
    /// `.await`
    Await,
}

/// An expression with everything chained to it.
#[derive(Debug, Clone)]
pub(super) struct Chain<'a> {
    /// The whole.
    pub(super) top: &'a syn::Expr,
    /// The steps, innermost first.
    pub(super) links: Vec<Link<'a>>,
}

impl<'a> Chain<'a> {
    /// The methods, innermost first.
    pub(super) fn methods(&self) -> impl Iterator<Item = &'a syn::ExprMethodCall> {
        self.links.iter().filter_map(|it| match it {
            Link::Method(call) => Some(*call),
            _ => None,
        })
    }

    /// The method that parses the reply.
    pub(super) fn decoder(&self) -> Option<&'a syn::ExprMethodCall> {
        self.methods().find(|it| DECODERS.contains(&it.method.to_string().as_str()) && it.args.is_empty())
    }

    fn gives_text(&self) -> bool {
        self.methods().any(|it| TEXTS.contains(&it.method.to_string().as_str()) && it.args.is_empty())
    }

    /// Whether its last step hands an error on.
    pub(super) fn ends_in_try(&self) -> bool {
        matches!(self.links.last(), Some(Link::Try))
    }
}

/// Methods that parse the body of a reply.
const DECODERS: &[&str] = &["json", "into_json", "read_json", "body_json", "recv_json"];
/// Methods that give the body as text.
const TEXTS: &[&str] = &["text", "into_string", "body_string", "read_to_string", "bytes"];
/// Methods of a response that only tell of a refusal.
const STATUS: &[&str] = &["status", "error_for_status_ref"];

/// A check that turns a refused reply away.
#[derive(Debug, Clone)]
pub(super) struct Guard<'a> {
    /// The statement.
    pub(super) whole: Span,
    /// What happens to a refusal.
    pub(super) body: &'a syn::Block,
}

/// An exchange in its function.
pub(super) struct Exchange<'a> {
    /// The head of the function.
    pub(super) signature: &'a syn::Signature,
    /// The statements of the block that holds the request.
    pub(super) statements: &'a [syn::Stmt],
    /// Which of them sends the request.
    pub(super) sends: usize,
    /// Which of them parses the reply.
    pub(super) reads: usize,
    /// The parsed reply.
    pub(super) body: Chain<'a>,
    /// The chains that led there.
    pub(super) chains: Vec<Chain<'a>>,
    /// The checks on the way.
    pub(super) guards: Vec<Guard<'a>>,
    /// Statements on the way that only hold what was sent or came back.
    pub(super) passed: Vec<Span>,
}

impl<'a> Exchange<'a> {
    /// Finds the exchange whose request is the expression at `anchor`.
    ///
    /// # Errors
    /// When the reply is used in another way than to be checked and parsed.
    pub(super) fn find(file: &'a syn::File, anchor: Span) -> Result<Self, Declined> {
        let unknown = || Declined::because("the request is not in a function of its own statements");
        let mut finder = Finder { anchor, function: None, block: None, in_loop: false, loops: 0, signature: None };
        finder.visit_file(file);
        let (signature, block) = (finder.function.ok_or_else(unknown)?, finder.block.ok_or_else(unknown)?);
        if finder.in_loop {
            return Err(Declined::because("the request is sent again and again in a loop"));
        }
        let statements = block.stmts.as_slice();
        let sends = statements.iter().position(|it| span(it).contains(anchor)).ok_or_else(unknown)?;
        let statement = statements.get(sends).ok_or_else(unknown)?;
        let chain = chain_from(statement, anchor).ok_or_else(unknown)?;
        let mut res = Self {
            signature,
            statements,
            sends,
            reads: sends,
            body: chain.clone(),
            chains: vec![chain.clone()],
            guards: Vec::new(),
            passed: Vec::new(),
        };
        if chain.decoder().is_some() {
            return Ok(res);
        }
        if let Some(body) = parsed_text(statement, &chain) {
            res.body = body;
            return Ok(res);
        }
        res.follow(&chain)?;
        Ok(res)
    }

    /// Follows the response from name to name.
    fn follow(&mut self, first: &Chain<'a>) -> Result<(), Declined> {
        let more = || Declined::because("the response is used for more than its body");
        let statement = self.statements.get(self.sends).ok_or_else(more)?;
        let name = bound_to(statement, first).ok_or_else(more)?;
        self.passed.push(span(statement));
        let mut names = vec![name];
        let mut statuses: Vec<String> = Vec::new();
        for (place, statement) in self.statements.iter().enumerate().skip(self.sends + 1) {
            let watched: Vec<String> = names.iter().chain(&statuses).cloned().collect();
            if !mentions_any(statement, &watched) {
                continue;
            }
            if let Some(guard) = guard_of(statement) {
                self.guards.push(guard);
                continue;
            }
            let chains = chains_of(statement, &names);
            let [chain] = chains.as_slice() else { return Err(more()) };
            self.chains.push(chain.clone());
            let parsed = chain.decoder().map(|_| chain.clone());
            let parsed = parsed.or_else(|| parsed_text(statement, chain));
            if let Some(body) = parsed {
                if self.statements.iter().skip(place + 1).any(|it| mentions_any(it, &names)) {
                    return Err(more());
                }
                (self.reads, self.body) = (place, body);
                return Ok(());
            }
            let bound = bound_to(statement, chain).ok_or_else(more)?;
            self.passed.push(span(statement));
            match chain.methods().next().is_some_and(|it| STATUS.contains(&it.method.to_string().as_str())) {
                true => statuses.push(bound),
                false => names.push(bound),
            }
        }
        Err(Declined::because("where the reply is parsed is not known"))
    }

    /// The statement that parses the reply.
    pub(super) fn reading(&self) -> Option<&'a syn::Stmt> {
        self.statements.get(self.reads)
    }
}

struct Finder<'a> {
    anchor: Span,
    signature: Option<&'a syn::Signature>,
    function: Option<&'a syn::Signature>,
    block: Option<&'a syn::Block>,
    in_loop: bool,
    loops: usize,
}

impl<'a> Finder<'a> {
    fn around(&mut self, signature: &'a syn::Signature, visit: impl FnOnce(&mut Self)) {
        let outer = (self.signature.replace(signature), std::mem::take(&mut self.loops));
        visit(self);
        (self.signature, self.loops) = outer;
    }
}

impl<'a> Visit<'a> for Finder<'a> {
    fn visit_item_fn(&mut self, it: &'a syn::ItemFn) {
        self.around(&it.sig, |finder| visit::visit_item_fn(finder, it));
    }

    fn visit_impl_item_fn(&mut self, it: &'a syn::ImplItemFn) {
        self.around(&it.sig, |finder| visit::visit_impl_item_fn(finder, it));
    }

    fn visit_block(&mut self, it: &'a syn::Block) {
        if span(it).contains(self.anchor) {
            // The innermost is visited last.
            self.block = Some(it);
            self.function = self.signature;
            self.in_loop = self.loops > 0;
        }
        visit::visit_block(self, it);
    }

    fn visit_expr(&mut self, it: &'a syn::Expr) {
        let repeated =
            matches!(it, syn::Expr::ForLoop(_) | syn::Expr::While(_) | syn::Expr::Loop(_) | syn::Expr::Closure(_));
        self.loops += usize::from(repeated);
        visit::visit_expr(self, it);
        self.loops -= usize::from(repeated);
    }
}

/// All expressions of a statement, outer ones first.
pub(super) fn expressions(statement: &syn::Stmt) -> Vec<&syn::Expr> {
    struct All<'a>(Vec<&'a syn::Expr>);
    impl<'a> Visit<'a> for All<'a> {
        fn visit_expr(&mut self, it: &'a syn::Expr) {
            self.0.push(it);
            visit::visit_expr(self, it);
        }
    }
    let mut all = All(Vec::new());
    all.visit_stmt(statement);
    all.0
}

/// The expression at a place with everything chained to it.
fn chain_from(statement: &syn::Stmt, place: Span) -> Option<Chain<'_>> {
    let all = expressions(statement);
    let start = all.iter().rev().copied().find(|it| span(*it) == place)?;
    Some(chained(&all, start))
}

fn chained<'a>(all: &[&'a syn::Expr], start: &'a syn::Expr) -> Chain<'a> {
    let mut res = Chain { top: start, links: Vec::new() };
    loop {
        let own = span(res.top);
        // The smallest expression around.
        let around = all.iter().copied().filter(|it| !std::ptr::eq(*it, res.top) && span(*it).contains(own));
        let Some(parent) = around.filter(|it| holds(it, res.top)).min_by_key(|it| span(*it).end - span(*it).start)
        else {
            return res;
        };
        match parent {
            syn::Expr::MethodCall(call) => res.links.push(Link::Method(call)),
            syn::Expr::Try(_) => res.links.push(Link::Try),
            syn::Expr::Await(_) => res.links.push(Link::Await),
            _ => {}
        }
        res.top = parent;
    }
}

/// Whether an expression is a step of a chain on another.
fn holds(parent: &syn::Expr, inner: &syn::Expr) -> bool {
    match parent {
        syn::Expr::MethodCall(it) => std::ptr::eq(&*it.receiver, inner),
        syn::Expr::Try(it) => std::ptr::eq(&*it.expr, inner),
        syn::Expr::Await(it) => std::ptr::eq(&*it.base, inner),
        syn::Expr::Paren(it) => std::ptr::eq(&*it.expr, inner),
        _ => false,
    }
}

/// `serde_json::from_str(&chain)?`, where the chain gives text.
fn parsed_text<'a>(statement: &'a syn::Stmt, chain: &Chain<'a>) -> Option<Chain<'a>> {
    let all = expressions(statement);
    let own = span(chain.top);
    let call = all.iter().copied().find(|it| match it {
        syn::Expr::Call(call) => {
            let parses =
                path_end(&call.func).is_some_and(|it| matches!(it.as_str(), "from_str" | "from_slice" | "from_reader"));
            parses && call.args.first().is_some_and(|it| span(it).contains(own))
        }
        _ => false,
    })?;
    (chain.gives_text()
        || chain.links.is_empty()
        || chain.methods().all(|it| it.method == "as_str" || it.method == "as_ref"))
    .then(|| chained(&all, call))
}

fn path_end(expr: &syn::Expr) -> Option<String> {
    match expr {
        syn::Expr::Path(it) => it.path.segments.last().map(|it| it.ident.to_string()),
        _ => None,
    }
}

/// The chains that begin with one of several names.
fn chains_of<'a>(statement: &'a syn::Stmt, names: &[String]) -> Vec<Chain<'a>> {
    let all = expressions(statement);
    let starts = all.iter().copied().filter(|it| match it {
        syn::Expr::Path(path) => path.path.get_ident().is_some_and(|it| names.iter().any(|name| it == name)),
        _ => false,
    });
    starts.map(|it| chained(&all, it)).collect()
}

/// The variable that a statement binds to nothing but a chain.
fn bound_to(statement: &syn::Stmt, chain: &Chain<'_>) -> Option<String> {
    let syn::Stmt::Local(local) = statement else { return None };
    let init = local.init.as_ref().filter(|it| it.diverge.is_none())?;
    (span(&*init.expr) == span(chain.top)).then(|| variable(&local.pat)).flatten()
}

/// The name of a pattern that is nothing but a name.
pub(super) fn variable(pattern: &syn::Pat) -> Option<String> {
    match pattern {
        syn::Pat::Ident(it) if it.subpat.is_none() => Some(it.ident.to_string()),
        syn::Pat::Type(it) => variable(&it.pat),
        _ => None,
    }
}

fn mentions_any(statement: &syn::Stmt, names: &[String]) -> bool {
    let tokens = quote::ToTokens::to_token_stream(statement);
    let all = super::super::rust::mentions_of(tokens);
    all.iter().any(|it| !it.member && !it.pathed && names.contains(&it.name))
}

/// A branch that leaves the function for a refused reply.
fn guard_of(statement: &syn::Stmt) -> Option<Guard<'_>> {
    let syn::Stmt::Expr(syn::Expr::If(branch), _) = statement else { return None };
    if branch.else_branch.is_some() || matches!(&*branch.cond, syn::Expr::Let(_)) {
        return None;
    }
    let last = branch.then_branch.stmts.last()?;
    let bails = |path: &syn::Path| path.segments.last().is_some_and(|it| it.ident == "bail");
    let leaves = match last {
        syn::Stmt::Expr(syn::Expr::Return(_), _) => true,
        syn::Stmt::Macro(it) => bails(&it.mac.path),
        syn::Stmt::Expr(syn::Expr::Macro(it), _) => bails(&it.mac.path),
        _ => false,
    };
    leaves.then(|| Guard { whole: span(statement), body: &branch.then_branch })
}
