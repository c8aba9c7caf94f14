//! One Rust file: its syntax tree and its names, with the bytes where they stand.

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::visit::Visit;

use crate::lang::ModuleStyle;
use crate::link::{Project, ProjectFile};
use crate::text::{FileId, Span};

use super::mention::{Mention, mentions_of, words_of};

/// A Rust file.
pub(in crate::rewrite) struct RustFile {
    /// Which.
    pub(in crate::rewrite) file: FileId,
    /// Its syntax.
    pub(in crate::rewrite) syntax: syn::File,
    /// Every name in it, in order.
    pub(in crate::rewrite) mentions: Vec<Mention>,
    /// Its `use` items that hand nothing on.
    pub(in crate::rewrite) uses: Vec<Span>,
    /// Whether it could be parsed.
    pub(in crate::rewrite) parsed: bool,
}

impl RustFile {
    /// Reads a file of a project. One that `syn` cannot parse has no syntax, but what it names counts.
    pub(in crate::rewrite) fn read(project: &Project, file: FileId) -> Self {
        let text = project.file(file).text();
        // Both are cut off before the tokens are counted.
        let marked = text.starts_with('\u{feff}') || (text.starts_with("#!") && !text.starts_with("#!["));
        match syn::parse_file(text).ok().filter(|_| !marked) {
            Some(syntax) => {
                let mentions = mentions_of(syntax.to_token_stream());
                let uses = private_uses(&syntax);
                Self { file, syntax, mentions, uses, parsed: true }
            }
            None => {
                let syntax = syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: Vec::new() };
                Self { file, syntax, mentions: words_of(text), uses: Vec::new(), parsed: false }
            }
        }
    }
}

/// The places of the `use` items that hand nothing on.
fn private_uses(file: &syn::File) -> Vec<Span> {
    struct Uses(Vec<Span>);
    impl<'a> Visit<'a> for Uses {
        fn visit_item_use(&mut self, it: &'a syn::ItemUse) {
            if matches!(it.vis, syn::Visibility::Inherited) {
                self.0.push(span(it));
            }
        }
    }
    let mut uses = Uses(Vec::new());
    uses.visit_file(file);
    uses.0
}

/// The bytes of a part of a file, its attributes included.
pub(in crate::rewrite) fn span(part: &impl Spanned) -> Span {
    let range = part.span().byte_range();
    Span::new(range.start, range.end.max(range.start))
}

/// The names of the variants that a Rust file defines, which its facts take for names that are used.
pub(in crate::rewrite) fn variant_names(file: &ProjectFile) -> Vec<String> {
    if file.facts.language.modules != ModuleStyle::Rust {
        return Vec::new();
    }
    let items = syn::parse_file(file.text()).map(|it| it.items).unwrap_or_default();
    let enums = items.iter().filter_map(|it| match it {
        syn::Item::Enum(it) => Some(it),
        _ => None,
    });
    enums.flat_map(|it| &it.variants).map(|it| it.ident.to_string()).collect()
}
