//! Who may do what with a startup.
//!
//! `cargo xtask policies` makes a migration of these when they change.

use tenantry::{
    ActorKind,
    policy::{Action, Glass, Policies, Policy, When},
};
use tenantry_entities::startups::startup;

use crate::accounts::{
    Rank,
    policies::{EXPORT, export},
};

/// Everybody sees what startup their workspace is; owners, admins and jobs say so.
#[must_use]
pub fn startups() -> Policy<startup::Entity> {
    Policy::new()
        .allow(EXPORT, Action::Export, export())
        .allow("everybody reads", Action::READS, When::always())
        .allow(
            "owners and admins write",
            Action::WRITES,
            When::at_least(Rank::Admin),
        )
        .allow("jobs write", Action::WRITES, When::kind(ActorKind::Job))
        .allow("owners and the job that purges", Action::Purge, purge())
        .break_glass(Glass::all("operators see startups"))
}

fn purge<E: tenantry::Scoped>() -> When<E> {
    When::at_least(Rank::Owner).or(When::job("purge"))
}

/// All of the system, for `Database::builder(url).policies(…)`.
pub fn all() -> Policies {
    Policies::new().with(startups())
}
