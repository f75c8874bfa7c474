//! Who may do what with workspaces, members, invitations, API keys, and work that is done once.
//!
//! `cargo xtask policies` makes a migration of these when they change. What functions of the identity role do, such as issuing a key
//! or accepting an invitation, they decide themselves: whoever calls them has no row yet.

use tenantry::{
    ActorKind, Scoped,
    policy::{Action, Policies, Policy, When},
};
use tenantry_entities::accounts::{api_key, idempotency_key, invitation, member, workspace};

use super::Rank;

/// Who may be an API key and still change who may do what: one that was issued for it.
const SCOPE: &str = "accounts.write";

/// What a rule about taking rows out is called.
pub(crate) const EXPORT: &str =
    "owners, admins, keys with the scope data.export and the job that exports take rows out";

/// Who takes rows out, of those that they read.
pub(crate) fn export<E: Scoped>() -> When<E> {
    When::at_least(Rank::Admin)
        .and(When::scope("data.export"))
        .or(When::job("export"))
}

/// Everybody sees their workspace; owners and admins change it, and an owner deletes it.
#[must_use]
pub fn workspaces() -> Policy<workspace::Entity> {
    Policy::new()
        .allow("everybody reads", Action::READS, When::always())
        .allow(
            "owners and admins change it",
            [Action::Insert, Action::Update, Action::Restore],
            When::at_least(Rank::Admin),
        )
        .allow(
            "owners delete it",
            Action::Delete,
            When::at_least(Rank::Owner),
        )
        .allow(EXPORT, Action::Export, export())
        .forbid(
            "keys need the scope accounts.write",
            Action::WRITES,
            !When::scope(SCOPE),
        )
}

/// Everybody sees who else is there; nobody makes, changes or removes somebody above themselves.
#[must_use]
pub fn members() -> Policy<member::Entity> {
    Policy::new()
        .allow("everybody reads", Action::READS, When::always())
        .allow("owners write", Action::WRITES, When::at_least(Rank::Owner))
        .allow(
            "admins write whoever is no owner",
            Action::WRITES,
            When::at_least(Rank::Admin).and(!When::row(member::ROLE.eq(member::Role::Owner))),
        )
        .allow(EXPORT, Action::Export, export())
        .forbid(
            "keys need the scope accounts.write",
            Action::WRITES,
            !When::scope(SCOPE),
        )
}

/// Owners and admins see whom they invited, and clear up.
#[must_use]
pub fn invitations() -> Policy<invitation::Entity> {
    Policy::new()
        .allow(
            "owners and admins read",
            Action::READS,
            When::at_least(Rank::Admin),
        )
        .allow(
            "owners and admins clear up",
            [Action::Delete, Action::Restore],
            When::at_least(Rank::Admin),
        )
        .allow(EXPORT, Action::Export, export())
        .forbid(
            "keys invite nobody",
            Action::WRITES,
            When::kind(ActorKind::ApiKey),
        )
}

/// Owners and admins see the keys; nobody changes a key that acts as something above themselves, and no key changes keys.
#[must_use]
pub fn api_keys() -> Policy<api_key::Entity> {
    const CHANGES: [Action; 3] = [Action::Update, Action::Delete, Action::Restore];
    Policy::new()
        .allow(
            "owners and admins read",
            Action::READS,
            When::at_least(Rank::Admin),
        )
        .allow("owners change", CHANGES, When::at_least(Rank::Owner))
        .allow(
            "admins change keys of no owner",
            CHANGES,
            When::at_least(Rank::Admin).and(!When::row(api_key::ROLE.eq(api_key::Role::Owner))),
        )
        .allow(EXPORT, Action::Export, export())
        .forbid(
            "keys change no keys",
            Action::WRITES,
            When::kind(ActorKind::ApiKey),
        )
}

/// Everybody sees what was done; functions write it.
#[must_use]
pub fn idempotency_keys() -> Policy<idempotency_key::Entity> {
    Policy::new()
        .allow("everybody reads", Action::READS, When::always())
        .allow(EXPORT, Action::Export, export())
}

/// All of the system, for `Database::builder(url).policies(…)`.
pub fn all() -> Policies {
    Policies::new()
        .with(workspaces())
        .with(members())
        .with(invitations())
        .with(api_keys())
        .with(idempotency_keys())
}
