//! `jwt-sunset.toml`: its shape, its documentation, and what it means for a file of the tree.

mod docs;
mod file;
mod read;
mod resolve;

pub use docs::{config_schema, config_table};
pub use file::{ConfigFile, FailOn, RuleSetting};
pub use read::{ConfigError, parse};
pub use resolve::Config;

/// The name of the file.
pub const CONFIG_NAME: &str = "jwt-sunset.toml";
