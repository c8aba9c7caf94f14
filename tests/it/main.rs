//! The integration tests: one crate, a module per kind of test.

#![cfg(test)]

mod architecture;
mod cli;
mod documents;
mod fixtures;
mod gate;
mod configuration;
mod properties;
mod screens;
mod values;
