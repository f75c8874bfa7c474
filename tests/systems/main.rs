//! The tests of the systems beyond `accounts` and `challenges`: one binary, one module for each system.
//!
//! A new system is a line in `every_system!` below and a module of its name with three functions: `attack`, `ask` and, made by
//! `every!`, its claims. Whatever is left out of them, or of the list, fails in `ground`, which reads the catalogue.
//!
//! They speak to PostgreSQL as the runtime role. A superuser passes every wall, and every test of one.

#![expect(
    clippy::unwrap_used,
    reason = "a test that meets the unexpected panics"
)]

mod dealership;
mod decks;
mod delivery;
mod ground;
mod matrix;
mod plans;
#[expect(dead_code, reason = "tests/integration draws single cases too")]
#[path = "../integration/random.rs"]
mod random;
mod startups;
mod verify;
mod world;

ground::every_system! { dealership, delivery, decks, startups }
