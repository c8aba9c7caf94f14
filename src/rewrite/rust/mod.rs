//! Rust as `syn` reads it: the items and names of a crate, and what a change leaves of them without a use.
//!
//! The compiler of a Rust program warns of everything that nothing uses, and many programs deny warnings; so what goes with
//! a flow is worked out on the syntax tree and on the tokens of all files, macros included.

mod arguments;
mod fields;
mod index;
mod indexer;
mod locals;
mod mention;
mod source;
mod sweep;
mod uses;
mod variants;

pub(super) use index::{Crate, ItemKind};
pub(super) use indexer::type_name;
pub(super) use mention::{mentions_of, names_crate};
pub(super) use source::{span, variant_names};
pub(super) use sweep::eliminate;
pub(super) use uses::{imported_from, imports, unused_imports};
