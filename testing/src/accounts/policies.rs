//! What the database keeps about these tables: who reads and writes what, and that there is always an owner.

use sea_orm::ActiveEnum;
use tenantry::{Error, ErrorKind, Result, Scoped};
use tenantry_entities::accounts::{api_key, idempotency_key, invitation, member, workspace};
use tenantry_repositories::accounts::LAST_OWNER;

use super::{MemorySession, session::refused};

/// The policies of a table of `accounts`; of its tables and no other.
pub trait Policies: Scoped {
    /// Whether a role sees the rows.
    fn reads(_role: &str) -> bool {
        true
    }

    /// Whether a role writes a row.
    fn writes(role: &str, row: &Self::Model) -> bool;

    /// What a trigger refuses, once it is written.
    fn watch(
        _session: &MemorySession,
        _before: Option<&Self::Model>,
        _after: &Self::Model,
    ) -> Result<()> {
        Ok(())
    }
}

impl Policies for workspace::Entity {
    fn writes(role: &str, _row: &workspace::Model) -> bool {
        administers(role)
    }

    fn watch(
        session: &MemorySession,
        before: Option<&workspace::Model>,
        after: &workspace::Model,
    ) -> Result<()> {
        let was = before.is_some_and(|before| before.deleted_at.is_none());
        let is = after.deleted_at.is_none();
        if was && !is && session.context().role().as_str() != "owner" {
            return Err(refused());
        }
        if !was && is {
            let state = session.accounts.lock();
            let mut names = after.slug.iter().chain(&after.domain);
            if names.any(|name| state.has_name(name, session.workspace)) {
                return Err(Error::new(ErrorKind::AlreadyExists, "a name is taken"));
            }
        }
        Ok(())
    }
}

impl Policies for member::Entity {
    fn writes(role: &str, row: &member::Model) -> bool {
        writes_role(role, &row.role.to_value())
    }

    fn watch(
        session: &MemorySession,
        before: Option<&member::Model>,
        after: &member::Model,
    ) -> Result<()> {
        let owns =
            |row: &member::Model| row.role == member::Role::Owner && row.deleted_at.is_none();
        let lost = before.is_some_and(owns) && !owns(after);
        if lost && !session.members.rows().iter().any(owns) {
            return Err(Error::new(
                ErrorKind::Invalid,
                format!("check {LAST_OWNER} of members is violated"),
            )
            .with_constraint(LAST_OWNER));
        }
        Ok(())
    }
}

impl Policies for invitation::Entity {
    fn reads(role: &str) -> bool {
        administers(role)
    }

    fn writes(role: &str, _row: &invitation::Model) -> bool {
        administers(role)
    }
}

impl Policies for api_key::Entity {
    fn reads(role: &str) -> bool {
        administers(role)
    }

    fn writes(role: &str, row: &api_key::Model) -> bool {
        writes_role(role, &row.role.to_value())
    }
}

impl Policies for idempotency_key::Entity {
    fn writes(_role: &str, _row: &idempotency_key::Model) -> bool {
        false
    }
}

fn administers(role: &str) -> bool {
    ["owner", "admin"].contains(&role)
}

/// Only an owner makes, changes or removes an owner, or what acts as one.
fn writes_role(role: &str, held: &str) -> bool {
    role == "owner" || (role == "admin" && held != "owner")
}

/// How far down a role is.
pub(super) fn rank(role: &str) -> usize {
    let ranks = ["owner", "admin", "manager", "member", "viewer"];
    let place = ranks.iter().position(|rank| *rank == role);
    place.unwrap_or(ranks.len())
}
