//! The walk that finds what a file of a crate defines, makes, matches and calls.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::text::{FileId, Location, Span};

use super::super::change::at;
use super::index::{Arm, CallSite, Crate, Feed, FieldUse, Impl, Item, ItemKind};
use super::source::span;

/// The walk over one file.
pub(super) struct Indexer<'c> {
    file: FileId,
    res: &'c mut Crate,
    /// The type whose `impl` or definition is visited.
    owner: Option<String>,
    demanded: bool,
    /// The blocks around.
    scope: Vec<Span>,
    /// Methods that only change what they are called on.
    feeding: &'c [String],
}

fn is_public(visibility: &syn::Visibility) -> bool {
    matches!(visibility, syn::Visibility::Public(_))
}

/// The last name of a type such as `a::B<'c>`.
pub(in crate::rewrite) fn type_name(of: &syn::Type) -> String {
    match of {
        syn::Type::Path(path) => path.path.segments.last().map(|it| it.ident.to_string()).unwrap_or_default(),
        syn::Type::Reference(it) => type_name(&it.elem),
        _ => String::new(),
    }
}

impl<'c> Indexer<'c> {
    pub(super) fn new(file: FileId, res: &'c mut Crate, feeding: &'c [String]) -> Self {
        Self { file, res, owner: None, demanded: false, scope: Vec::new(), feeding }
    }
}

impl Indexer<'_> {
    fn at(&self, span: Span) -> Location {
        at(self.file, span)
    }

    fn put(&mut self, kind: ItemKind, ident: &syn::Ident, whole: Span, public: bool) -> usize {
        let name = ident.to_string().trim_start_matches("r#").to_owned();
        self.res.items.push(Item { kind, name, whole: self.at(whole), name_at: span(ident), public });
        self.res.items.len() - 1
    }

    fn function(&mut self, signature: &syn::Signature, body: &syn::Block, whole: Span, public: bool) {
        let parameters: Vec<Span> = signature.inputs.iter().map(span).collect();
        let kind =
            ItemKind::Function { owner: self.owner.clone(), demanded: self.demanded, parameters, body: span(body) };
        let id = self.put(kind, &signature.ident, whole, public);
        for (position, input) in signature.inputs.iter().enumerate() {
            if let syn::FnArg::Typed(typed) = input {
                let plain = matches!(&*typed.pat, syn::Pat::Ident(it) if it.subpat.is_none());
                for ident in names_of(&typed.pat) {
                    let kind = ItemKind::Parameter { function: id, position, plain };
                    self.put(kind, &ident, span(input), false);
                }
            }
        }
    }

    fn fields(&mut self, fields: &syn::Fields, of: &str) {
        for field in fields.iter() {
            if let Some(ident) = &field.ident {
                self.put(ItemKind::Field { of: of.to_owned() }, ident, span(field), is_public(&field.vis));
            }
        }
    }

    fn pattern(&mut self, pattern: &syn::Pat) {
        let whole = self.at(span(pattern));
        self.res.patterns.push(whole);
    }
}

/// The names that a pattern gives.
pub(in crate::rewrite) fn names_of(pattern: &syn::Pat) -> Vec<syn::Ident> {
    struct Names(Vec<syn::Ident>);
    impl<'a> Visit<'a> for Names {
        fn visit_pat_ident(&mut self, it: &'a syn::PatIdent) {
            // A name in capitals, or of a type, is a constant that is matched.
            if !it.ident.to_string().starts_with(char::is_uppercase) {
                self.0.push(it.ident.clone());
            }
            visit::visit_pat_ident(self, it);
        }
    }
    let mut names = Names(Vec::new());
    names.visit_pat(pattern);
    names.0
}

/// The entry of a pattern of fields that gives a name.
fn entry_of(pattern: &syn::Pat, name: &syn::Ident) -> Option<Span> {
    let syn::Pat::Struct(pattern) = pattern else { return None };
    let mut fitting = pattern.fields.iter().filter(|it| names_of(&it.pat).contains(name));
    fitting.next().map(span)
}

/// The variable that an expression is, or is something of: `a`, `a.b`, `a[b]`, `&mut a`.
pub(in crate::rewrite) fn root_of(expr: &syn::Expr) -> Option<&syn::Ident> {
    match expr {
        syn::Expr::Path(it) => it.path.get_ident(),
        syn::Expr::Field(it) => root_of(&it.base),
        syn::Expr::Index(it) => root_of(&it.expr),
        syn::Expr::Reference(it) => root_of(&it.expr),
        syn::Expr::Paren(it) => root_of(&it.expr),
        syn::Expr::MethodCall(it) => root_of(&it.receiver),
        syn::Expr::Try(it) => root_of(&it.expr),
        syn::Expr::Await(it) => root_of(&it.base),
        syn::Expr::Unary(it) => root_of(&it.expr),
        _ => None,
    }
}

/// The variable that a statement only changes, with the field of it.
fn fed<'e>(expr: &'e syn::Expr, feeding: &[String]) -> Option<(&'e syn::Ident, Option<&'e syn::Ident>)> {
    match expr {
        syn::Expr::Assign(it) => match &*it.left {
            syn::Expr::Field(field) => match &field.member {
                syn::Member::Named(name) => Some((root_of(&field.base)?, Some(name))),
                syn::Member::Unnamed(_) => None,
            },
            left => Some((root_of(left)?, None)),
        },
        syn::Expr::MethodCall(it) if !feeding.contains(&it.method.to_string()) => None,
        syn::Expr::MethodCall(it) => match &*it.receiver {
            syn::Expr::Field(field) => match &field.member {
                syn::Member::Named(name) => Some((root_of(&field.base)?, Some(name))),
                syn::Member::Unnamed(_) => None,
            },
            // `File::open(path)?.read_to_end(&mut text)?`
            receiver => match root_of(receiver) {
                Some(name) => Some((name, None)),
                None => it.args.iter().find_map(|it| match it {
                    syn::Expr::Reference(it) if it.mutability.is_some() => Some((root_of(&it.expr)?, None)),
                    _ => None,
                }),
            },
        },
        syn::Expr::Try(it) => fed(&it.expr, feeding),
        syn::Expr::Await(it) => fed(&it.base, feeding),
        _ => None,
    }
}

impl<'a> Visit<'a> for Indexer<'_> {
    fn visit_item_fn(&mut self, it: &'a syn::ItemFn) {
        self.function(&it.sig, &it.block, span(it), is_public(&it.vis));
        visit::visit_item_fn(self, it);
    }

    fn visit_impl_item_fn(&mut self, it: &'a syn::ImplItemFn) {
        self.function(&it.sig, &it.block, span(it), is_public(&it.vis));
        visit::visit_impl_item_fn(self, it);
    }

    fn visit_item_impl(&mut self, it: &'a syn::ItemImpl) {
        let of = type_name(&it.self_ty);
        let whole = span(it);
        let open = it.brace_token.span.open().byte_range().start;
        let of_trait = it.trait_.as_ref().and_then(|(path, _)| Some(path.segments.last()?.ident.to_string()));
        let (head, all) = (self.at(Span::new(whole.start, open.max(whole.start))), self.at(whole));
        let members = it.items.iter().map(span).collect();
        self.res.impls.push(Impl { of: of.clone(), head, whole: all, of_trait, members });
        let around = (self.owner.replace(of), std::mem::replace(&mut self.demanded, it.trait_.is_some()));
        visit::visit_item_impl(self, it);
        (self.owner, self.demanded) = around;
    }

    fn visit_item_trait(&mut self, it: &'a syn::ItemTrait) {
        self.put(ItemKind::Type, &it.ident, span(it), is_public(&it.vis));
        let around = (self.owner.replace(it.ident.to_string()), std::mem::replace(&mut self.demanded, true));
        visit::visit_item_trait(self, it);
        (self.owner, self.demanded) = around;
    }

    fn visit_item_struct(&mut self, it: &'a syn::ItemStruct) {
        self.put(ItemKind::Type, &it.ident, span(it), is_public(&it.vis));
        self.fields(&it.fields, &it.ident.to_string());
        visit::visit_item_struct(self, it);
    }

    fn visit_item_enum(&mut self, it: &'a syn::ItemEnum) {
        self.put(ItemKind::Type, &it.ident, span(it), is_public(&it.vis));
        let reads = it
            .attrs
            .iter()
            .any(|it| span(it).start < span(it).end && quote::quote!(#it).to_string().contains("Deserialize"));
        for variant in &it.variants {
            let from = variant.fields.iter().flat_map(|it| &it.attrs).any(|it| it.path().is_ident("from"));
            let kind = ItemKind::Variant { of: it.ident.to_string(), derived: from || reads };
            self.put(kind, &variant.ident, span(variant), true);
        }
        visit::visit_item_enum(self, it);
    }

    fn visit_item_type(&mut self, it: &'a syn::ItemType) {
        self.put(ItemKind::Type, &it.ident, span(it), is_public(&it.vis));
        visit::visit_item_type(self, it);
    }

    fn visit_item_const(&mut self, it: &'a syn::ItemConst) {
        self.put(ItemKind::Constant, &it.ident, span(it), is_public(&it.vis));
        visit::visit_item_const(self, it);
    }

    fn visit_item_static(&mut self, it: &'a syn::ItemStatic) {
        self.put(ItemKind::Constant, &it.ident, span(it), is_public(&it.vis));
        visit::visit_item_static(self, it);
    }

    fn visit_item_mod(&mut self, it: &'a syn::ItemMod) {
        self.put(ItemKind::Module, &it.ident, span(it), is_public(&it.vis));
        visit::visit_item_mod(self, it);
    }

    fn visit_block(&mut self, it: &'a syn::Block) {
        self.scope.push(span(it));
        visit::visit_block(self, it);
        self.scope.pop();
    }

    fn visit_local(&mut self, it: &'a syn::Local) {
        let scope = self.scope.last().copied().unwrap_or_default();
        let pattern = match &it.pat {
            syn::Pat::Type(typed) => &*typed.pat,
            other => other,
        };
        for ident in names_of(pattern) {
            let kind = ItemKind::Local { scope, pattern: span(&it.pat), entry: entry_of(pattern, &ident) };
            self.put(kind, &ident, span(it), false);
        }
        visit::visit_local(self, it);
    }

    fn visit_stmt(&mut self, it: &'a syn::Stmt) {
        if let syn::Stmt::Macro(statement) = it
            && let Some(last) = statement.mac.path.segments.last()
        {
            let whole = self.at(span(it));
            self.res.macros.push((last.ident.to_string(), whole));
        }
        if let syn::Stmt::Expr(expr, Some(_)) = it
            && let Some((name, field)) = fed(expr, self.feeding)
        {
            let feed = Feed {
                name: name.to_string(),
                name_at: span(name),
                field: field.map(|it| (it.to_string(), span(it))),
                whole: self.at(span(it)),
            };
            self.res.feeds.push(feed);
        }
        if let syn::Stmt::Expr(expr, _) = it {
            let blocks: Option<Vec<&syn::Block>> = match expr {
                syn::Expr::ForLoop(it) => Some(vec![&it.body]),
                syn::Expr::If(branch) if branch.else_branch.is_none() => Some(vec![&branch.then_branch]),
                _ => None,
            };
            if let Some(blocks) = blocks {
                let inside = blocks.iter().flat_map(|it| &it.stmts).map(span).collect();
                let whole = self.at(span(it));
                self.res.blocks.push((inside, whole));
            }
        }
        visit::visit_stmt(self, it);
    }

    fn visit_expr_struct(&mut self, it: &'a syn::ExprStruct) {
        let of = it.path.segments.last().map(|it| it.ident.to_string()).unwrap_or_default();
        let of = if of == "Self" { self.owner.clone().unwrap_or(of) } else { of };
        for field in &it.fields {
            if let syn::Member::Named(name) = &field.member {
                let entry = FieldUse { of: of.clone(), name: name.to_string(), at: self.at(span(field)), made: true };
                self.res.field_uses.push(entry);
            }
        }
        visit::visit_expr_struct(self, it);
    }

    fn visit_pat_struct(&mut self, it: &'a syn::PatStruct) {
        let of = it.path.segments.last().map(|it| it.ident.to_string()).unwrap_or_default();
        let of = if of == "Self" { self.owner.clone().unwrap_or(of) } else { of };
        for field in &it.fields {
            if let syn::Member::Named(name) = &field.member {
                let entry = FieldUse { of: of.clone(), name: name.to_string(), at: self.at(span(field)), made: false };
                self.res.field_uses.push(entry);
            }
        }
        visit::visit_pat_struct(self, it);
    }

    fn visit_expr_call(&mut self, it: &'a syn::ExprCall) {
        if let syn::Expr::Path(path) = &*it.func {
            let mut names = path.path.segments.iter().rev().map(|it| it.ident.to_string());
            if let Some(name) = names.next() {
                let of = names.next().map(|it| if it == "Self" { self.owner.clone().unwrap_or(it) } else { it });
                let arguments = it.args.iter().map(span).collect();
                let call = CallSite { name, of, on: false, arguments, at: self.at(span(it)) };
                self.res.calls.push(call);
            }
        }
        visit::visit_expr_call(self, it);
    }

    fn visit_expr_method_call(&mut self, it: &'a syn::ExprMethodCall) {
        let arguments = it.args.iter().map(span).collect();
        let at = self.at(span(it));
        self.res.calls.push(CallSite { name: it.method.to_string(), of: None, on: true, arguments, at });
        visit::visit_expr_method_call(self, it);
    }

    fn visit_arm(&mut self, it: &'a syn::Arm) {
        self.pattern(&it.pat);
        let whole = self.at(span(it));
        self.res.arms.push(Arm { pattern: span(&it.pat), whole });
        visit::visit_arm(self, it);
    }

    fn visit_expr_let(&mut self, it: &'a syn::ExprLet) {
        self.pattern(&it.pat);
        visit::visit_expr_let(self, it);
    }

    fn visit_macro(&mut self, it: &'a syn::Macro) {
        // What a macro is given between commas is read as expressions, where it can be.
        if matches!(it.delimiter, syn::MacroDelimiter::Paren(_) | syn::MacroDelimiter::Bracket(_)) {
            let parser = syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated;
            if let Ok(all) = it.parse_body_with(parser) {
                // The tree lives no longer than this call.
                let mut inner = Indexer {
                    file: self.file,
                    res: &mut *self.res,
                    owner: self.owner.clone(),
                    demanded: self.demanded,
                    scope: self.scope.clone(),
                    feeding: self.feeding,
                };
                for expr in &all {
                    inner.visit_inner(expr);
                }
            }
        }
        visit::visit_macro(self, it);
    }
}

impl Indexer<'_> {
    fn visit_inner(&mut self, expr: &syn::Expr) {
        debug_assert!(expr.span().byte_range().end > 0);
        Visit::visit_expr(self, expr);
    }
}
