//! SeaORM entities of the tenantry systems, generated from their schemas.
//!
//! One module per system, each behind a cargo feature of its name. This file is written by hand,
//! the modules are not: `cargo xtask codegen` writes them.

#[cfg(feature = "accounts")]
pub mod accounts;
#[cfg(feature = "challenges")]
pub mod challenges;
#[cfg(feature = "dealership")]
pub mod dealership;
#[cfg(feature = "decks")]
pub mod decks;
#[cfg(feature = "delivery")]
pub mod delivery;
#[cfg(feature = "startups")]
pub mod startups;
