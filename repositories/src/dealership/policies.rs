//! Who may do what with dealerships.
//!
//! `cargo xtask policies` makes a migration of these when they change.

use tenantry::policy::{Action, Policies, Policy, When};
use tenantry_entities::dealership::dealership;

use crate::accounts::Rank;

/// Everybody sees the dealerships of the group; owners and admins run them.
#[must_use]
pub fn dealerships() -> Policy<dealership::Entity> {
    Policy::new()
        .allow("everybody reads", Action::READS, When::always())
        .allow(
            "owners and admins write",
            Action::WRITES,
            When::at_least(Rank::Admin),
        )
}

/// All of the system, for `Database::builder(url).policies(…)`.
pub fn all() -> Policies {
    Policies::new().with(dealerships())
}
