//! From flows to verified patches: patterns, dead code, imports, manifests, checks.

mod outcome;
mod change;
mod style;
mod site;
mod removal;
mod purity;
mod dead;
mod dead_notes;
mod dead_exports;
mod dead_members;
mod dead_records;
mod dead_settings;
mod dead_waits;
mod config_forms;
mod dead_class_fields;
mod endpoint;
mod imports;
mod python_imports;
mod scope_source;
mod lifetime;
mod reply;
mod patterns;
mod version_style;
mod manifests;
mod notebook;
mod verify;
mod oauth_branch;
mod test_doubles;
mod plan;
mod apply;

pub use apply::{ApplyError, apply};
pub use outcome::{Applicability, Migration, Outcome, Refusal, Rung};
pub use patterns::pattern_names;
pub use plan::{Finished, Plan, PlanSettings, anchor_place, finish, not_rewritten, plan};
pub use verify::FilePatch;
