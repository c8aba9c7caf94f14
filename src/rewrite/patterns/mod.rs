//! Target patterns: one file per language and library.

mod in_place;
mod javascript_passport;
mod python_authlib;
mod python_client;
mod python_errors;
mod python_guard;
mod python_sdk;
mod python_session;

use crate::knowledge::Library;

use super::change::{Change, Declined};
use super::outcome::Rung;
use super::site::Site;

/// A way to write the new request.
pub(super) trait Pattern: Sync {
    /// Its name in reports.
    fn name(&self) -> &'static str;
    /// The step of the ladder it stands on.
    fn rung(&self) -> Rung;
    /// Plans the change of one flow, dead code and manifests left aside.
    fn plan(&self, site: &Site<'_>, change: &mut Change) -> Result<(), Declined>;
}

/// Why a library's call is left to a person; the steps say what it becomes.
fn by_library(library: &Library) -> Declined {
    Declined::because(format!("{} makes the exchange itself", library.package))
}

/// All patterns, best first.
pub(super) static PATTERNS: &[&dyn Pattern] = &[
    &python_sdk::PythonSdk,
    &javascript_passport::JavascriptPassport,
    &python_authlib::PythonAuthlib,
    &in_place::InPlace,
];
