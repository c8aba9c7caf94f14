//! What can be done about a flow: a migration, or a refusal with its reason.

use camino::Utf8PathBuf;

use crate::text::LineColumn;

/// How far a migration may be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Applicability {
    /// A person has to do it.
    Manual,
    /// Complete, but something in it, such as a scope, could not be proved.
    Review,
    /// Proved.
    Safe,
}

impl Applicability {
    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Review => "review",
            Self::Safe => "safe",
        }
    }
}

/// Which step of the ladder a migration stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rung {
    /// The language's OAuth library takes the place of the request.
    Library,
    /// The same HTTP client, a new endpoint and body.
    InPlace,
    /// A refusal.
    ByHand,
}

impl Rung {
    /// Its number: 1 is the highest.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Library => 1,
            Self::InPlace => 2,
            Self::ByHand => 3,
        }
    }
}

/// A change that was planned and verified for a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The step of the ladder.
    pub rung: Rung,
    /// How far it may be trusted.
    pub applicability: Applicability,
    /// The pattern it follows.
    pub pattern: &'static str,
    /// What a person should look at, one sentence each, without a period.
    pub notes: Vec<String>,
    /// Why the rungs above did not fit, for the curious.
    pub declined: Vec<String>,
}

/// Why there is no migration, and what a person has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why no rung fits, without a period.
    pub reason: String,
    /// What to change by hand, one sentence each, without a period.
    pub steps: Vec<String>,
    /// The file where work is to be done.
    pub path: Utf8PathBuf,
    /// Where it is in the file.
    pub start: LineColumn,
}

/// What is offered for a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// A verified change.
    Migration(Migration),
    /// None.
    Refusal(Refusal),
    /// Nothing is to be done: the flow keeps using JWT rightly.
    Exempt,
}
