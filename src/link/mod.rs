//! Many files as one program: names across files, values, and what flows where.

mod api;
mod bound;
mod calls;
mod copies;
mod elements;
mod forward;
mod manifests;
mod members;
mod modules;
mod reaching;
mod origin;
mod project;
mod parts;
mod query;
mod record;
mod settings;
mod slots;
mod text;
mod text_calls;

pub use calls::CallSite;
pub use forward::Reach;
pub use manifests::{ManifestFile, Mentions, nearest_folder};
pub use modules::{ModuleIndex, Packages};
pub use origin::{Origin, UNREAD, member_key};
pub use project::{Expr, Project, ProjectFile};
pub use reaching::reaches;
pub use record::{Field, FieldForm};
pub use slots::chain_of;
pub use text::{TextPart, TextValue};
