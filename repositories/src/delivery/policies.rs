//! Who sees what leaves a workspace, and what reaches it.
//!
//! `cargo xtask policies` makes a migration of these when they change. Functions of the role that keeps queues write, whoever puts an event.

use tenantry::{
    ActorKind,
    policy::{Action, Policies, Policy, When},
};
use tenantry_entities::delivery::{incoming_webhook, outbox_event};

use crate::accounts::Rank;

/// Owners, admins and jobs see what goes out: it may tell of rows that others do not see.
#[must_use]
pub fn outbox() -> Policy<outbox_event::Entity> {
    Policy::new()
        .allow(
            "owners and admins read",
            Action::READS,
            When::at_least(Rank::Admin),
        )
        .allow("jobs read", Action::READS, When::kind(ActorKind::Job))
}

/// Owners, admins and jobs see what came in.
#[must_use]
pub fn webhook_inbox() -> Policy<incoming_webhook::Entity> {
    Policy::new()
        .allow(
            "owners and admins read",
            Action::READS,
            When::at_least(Rank::Admin),
        )
        .allow("jobs read", Action::READS, When::kind(ActorKind::Job))
}

/// All of the system, for `Database::builder(url).policies(…)`.
pub fn all() -> Policies {
    Policies::new().with(outbox()).with(webhook_inbox())
}
