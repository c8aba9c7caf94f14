//! The neutral model of one file: values, bindings, functions, statements, imports.
//!
//! Made from query captures, the same for every language. Parsing never fails; broken places are facts too.

mod arena;
mod model;
mod value;
mod document;
mod config;
mod roles;
mod extract;
mod lower;
mod bind;
mod classes;
mod imports;
mod names;
mod unescape;
mod lexical;
mod manifest;

pub use arena::{Arena, Id};
pub use extract::{ExtractError, extract, read};
pub use manifest::{Dependency, Manifest, ManifestKind, manifest, manifest_kind, manifest_language, requirement_name};
pub use model::{
    Binding, BindingId, BindingKind, Class, ClassId, Definition, DefinitionKind, Export, FileFacts, Function,
    FunctionId, Handler, Import, ImportId, ImportItem, Imported, Projection, Scope, ScopeId, ScopeKind, Statement,
    StatementId, StatementKind, Store, StoreKey,
};
pub use value::{Argument, Entry, EntryKey, Piece, Value, ValueId, ValueNode};
