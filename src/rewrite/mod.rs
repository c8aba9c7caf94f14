//! From flows to verified patches: patterns, dead code, imports, manifests, checks.

mod outcome;

pub use outcome::{Applicability, Migration, Outcome, Refusal, Rung};
