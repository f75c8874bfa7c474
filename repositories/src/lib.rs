//! Typed operations of the tenantry systems, on top of their generated entities.
//!
//! One module for each system, behind a feature of its name; none is on by default.

pub use tenantry_entities as entities;

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
