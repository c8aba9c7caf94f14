//! A Rust source file reduced to what the checks read: its lines, paths, string literals, modules and functions.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::path::Path;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, Meta};
use walkdir::WalkDir;

type Lines = RangeInclusive<usize>;

/// One file under `src`.
#[derive(Debug)]
pub(super) struct Source {
    /// Relative to the package, with forward slashes.
    pub(super) path: String,
    pub(super) text: String,
    /// Every path, with the leaves of a `use` tree written out.
    pub(super) paths: Vec<PathUse>,
    /// Every string literal that is no documentation.
    pub(super) strings: Vec<StringUse>,
    /// Modules with a body, outer ones first.
    pub(super) modules: Vec<Named>,
    pub(super) functions: Vec<Named>,
    /// Lines of `allow` and `expect` attributes that give no reason.
    pub(super) unreasoned: Vec<usize>,
    code: BTreeSet<usize>,
    tests: Vec<Lines>,
}

/// A path as it is written, or as a `use` tree spells it in parts; `*` stands for a wildcard.
#[derive(Debug)]
pub(super) struct PathUse {
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
}

#[derive(Debug)]
pub(super) struct StringUse {
    pub(super) value: String,
    pub(super) line: usize,
}

#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) lines: Lines,
}

/// Every Rust file under `src` of the package at `root`, ordered by path.
pub(super) fn sources(root: &Path) -> Vec<Source> {
    files(root, "src", "rs").iter().map(|(path, text)| Source::parse(path, text)).collect()
}

/// Path and text of every file under a folder that has the extension, ordered by path.
pub(super) fn files(root: &Path, folder: &str, extension: &str) -> Vec<(String, String)> {
    let entries = WalkDir::new(root.join(folder)).sort_by_file_name().into_iter().map(Result::unwrap);
    let wanted = entries.filter(|it| it.path().extension().is_some_and(|it| it == extension));
    wanted.map(|it| (relative(root, it.path()), std::fs::read_to_string(it.path()).unwrap())).collect()
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/")
}

impl Source {
    pub(super) fn parse(path: &str, text: &str) -> Self {
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut code = BTreeSet::new();
        cover(&mut code, tokens.clone());
        let mut mentions = Mentions::default();
        mentions.read(tokens.clone());
        let mut structure = Structure::default();
        structure.visit_file(&syn::parse2(tokens).unwrap_or_else(|error| panic!("{path}: {error}")));
        if path.ends_with("/tests.rs") || path.contains("/tests/") {
            structure.tests.push(1..=text.lines().count());
        }
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            paths: mentions.paths,
            strings: mentions.strings,
            modules: structure.modules,
            functions: structure.functions,
            unreasoned: structure.unreasoned,
            code,
            tests: structure.tests,
        }
    }

    /// A complaint about a line.
    pub(super) fn at(&self, line: usize, message: &str) -> String {
        format!("{}:{line}: {message}", self.path)
    }

    /// Whether the line belongs to something that only tests compile.
    pub(super) fn is_test(&self, line: usize) -> bool {
        self.tests.iter().any(|it| it.contains(&line))
    }

    /// The module that the whole file is; empty for the root of a crate.
    pub(super) fn module(&self) -> Vec<String> {
        let path = self.path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
        let is_root = matches!(path, "lib" | "main");
        if is_root { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
    }

    /// The module that a line is in.
    pub(super) fn module_at(&self, line: usize) -> Vec<String> {
        let inner = self.modules.iter().filter(|it| it.lines.contains(&line)).map(|it| it.name.clone());
        self.module().into_iter().chain(inner).collect()
    }

    /// How many lines of a range hold code, comments and blanks left out.
    pub(super) fn code_within(&self, lines: &Lines) -> usize {
        self.filled_lines().filter(|line| lines.contains(line) && self.code.contains(line)).count()
    }

    /// How many lines outside tests hold code.
    pub(super) fn code_count(&self) -> usize {
        self.filled_lines().filter(|line| !self.is_test(*line) && self.code.contains(line)).count()
    }

    /// How many lines outside tests hold a comment and nothing else.
    pub(super) fn comment_count(&self) -> usize {
        self.filled_lines().filter(|line| !self.is_test(*line) && !self.code.contains(line)).count()
    }

    fn filled_lines(&self) -> impl Iterator<Item = usize> {
        (1..).zip(self.text.lines()).filter(|(_, text)| !text.trim().is_empty()).map(|(line, _)| line)
    }
}

/// Collects the lines that tokens stand on; documentation is made of tokens too, but is no code.
fn cover(acc: &mut BTreeSet<usize>, tokens: TokenStream) {
    for token in without_docs(tokens) {
        if let TokenTree::Group(group) = token {
            acc.insert(group.span_open().start().line);
            acc.insert(group.span_close().end().line);
            cover(acc, group.stream());
        } else {
            acc.extend(token.span().start().line..=token.span().end().line);
        }
    }
}

/// The tokens but for the `#[doc = "…"]` that comments with three slashes become.
fn without_docs(tokens: TokenStream) -> Vec<TokenTree> {
    let mut acc: Vec<TokenTree> = Vec::new();
    for token in tokens {
        if matches!(&token, TokenTree::Group(group) if is_doc(group)) {
            while acc.pop_if(|it| is_punct(it, '#') || is_punct(it, '!')).is_some() {}
        } else {
            acc.push(token);
        }
    }
    acc
}

fn is_doc(group: &Group) -> bool {
    let mut inner = group.stream().into_iter();
    let is_named = matches!(inner.next(), Some(TokenTree::Ident(name)) if name == "doc");
    is_named && group.delimiter() == Delimiter::Bracket && inner.next().is_some_and(|it| is_punct(&it, '='))
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

/// Reads tokens rather than syntax, because arguments of macros and attributes are tokens only.
#[derive(Default)]
struct Mentions {
    paths: Vec<PathUse>,
    strings: Vec<StringUse>,
}

impl Mentions {
    fn read(&mut self, tokens: TokenStream) {
        let tokens = without_docs(tokens);
        let mut rest = tokens.as_slice();
        while let Some((first, after)) = rest.split_first() {
            rest = match first {
                TokenTree::Ident(_) => self.path(rest, &[]),
                TokenTree::Group(group) => {
                    self.read(group.stream());
                    after
                }
                TokenTree::Literal(literal) => {
                    let line = literal.span().start().line;
                    if let syn::Lit::Str(text) = syn::Lit::new(literal.clone()) {
                        self.strings.push(StringUse { value: text.value(), line });
                    }
                    after
                }
                TokenTree::Punct(_) => after,
            };
        }
    }

    /// Reads the path that the tokens begin with, below `prefix`, and gives the tokens after it.
    fn path<'a>(&mut self, tokens: &'a [TokenTree], prefix: &[String]) -> &'a [TokenTree] {
        let mut segments = prefix.to_vec();
        let mut rest = tokens;
        let mut line = 0;
        while let Some((segment, after)) = rest.split_first() {
            match segment {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                    for part in inner.split(|it| is_punct(it, ',')).filter(|it| !it.is_empty()) {
                        self.path(part, &segments);
                    }
                    return after;
                }
                TokenTree::Ident(name) => segments.push(name.to_string()),
                TokenTree::Punct(punct) if punct.as_char() == '*' => segments.push("*".to_owned()),
                _ => break,
            }
            line = segment.span().start().line;
            rest = after;
            let [first, second, after @ ..] = rest else { break };
            if !is_punct(first, ':') || !is_punct(second, ':') {
                break;
            }
            rest = after;
        }
        self.paths.push(PathUse { segments, line });
        rest
    }
}

#[derive(Default)]
struct Structure {
    modules: Vec<Named>,
    functions: Vec<Named>,
    tests: Vec<Lines>,
    unreasoned: Vec<usize>,
}

impl Structure {
    fn function(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let lines = signature.span().start().line..=body.span().end().line;
        self.functions.push(Named { name: signature.ident.to_string(), lines });
    }
}

impl<'ast> Visit<'ast> for Structure {
    fn visit_item(&mut self, item: &'ast Item) {
        if attributes(item).iter().any(is_cfg_test) {
            self.tests.push(lines_of(item));
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if module.content.is_some() {
            self.modules.push(Named { name: module.ident.to_string(), lines: lines_of(module) });
        }
        visit::visit_item_mod(self, module);
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.function(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.function(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(body) = &function.default {
            self.function(&function.sig, body);
        }
        visit::visit_trait_item_fn(self, function);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        let silences = attribute.path().is_ident("allow") || attribute.path().is_ident("expect");
        if silences && !has_word(attribute, "reason") {
            self.unreasoned.push(attribute.span().start().line);
        }
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Fn(it) => &it.attrs,
        Item::Impl(it) => &it.attrs,
        Item::Mod(it) => &it.attrs,
        Item::Use(it) => &it.attrs,
        _ => &[],
    }
}

fn is_cfg_test(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") && has_word(attribute, "test") && !has_word(attribute, "not")
}

fn has_word(attribute: &Attribute, word: &str) -> bool {
    let Meta::List(list) = &attribute.meta else { return false };
    let mut mentions = Mentions::default();
    mentions.read(list.tokens.clone());
    mentions.paths.iter().any(|it| it.segments == [word])
}

fn lines_of(node: &impl Spanned) -> Lines {
    node.span().start().line..=node.span().end().line
}
