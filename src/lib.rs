//! `jwt-sunset` finds code that swaps an Adobe service-account JWT for an access token, and rewrites it to OAuth 2.0
//! client credentials.
//!
//! The modules are listed in the order data flows through them; each may import those before it and none after.

pub mod text;
pub mod knowledge;
pub mod lang;
pub mod source;
pub mod facts;
pub mod link;
pub mod flow;
pub mod rules;
pub mod select;
pub mod rewrite;
pub mod report;
pub mod config;
pub mod pipeline;
pub mod cli;
