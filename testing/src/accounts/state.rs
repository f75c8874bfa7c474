//! What is committed: the rows of every workspace, and the people.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::Value;
use tenantry::Version;
use tenantry_entities::accounts::{api_key, idempotency_key, invitation, member, user, workspace};
use uuid::Uuid;

use crate::MemoryRepository;

/// A piece of work: its workspace, kind and key.
pub(super) type Held = (Uuid, String, String);

#[derive(Default)]
pub(super) struct State {
    pub(super) users: Vec<user::Model>,
    pub(super) workspaces: BTreeMap<Uuid, Tables>,
    /// Work that a session holds, committed or not.
    pub(super) held: BTreeSet<Held>,
    /// How far the clock is ahead.
    pub(super) ahead: TimeDelta,
}

/// The rows of one workspace.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Tables {
    /// Counts the commits.
    pub(super) revision: u64,
    pub(super) workspaces: Vec<workspace::Model>,
    pub(super) members: Vec<member::Model>,
    pub(super) invitations: Vec<invitation::Model>,
    pub(super) api_keys: Vec<api_key::Model>,
    pub(super) work: Vec<idempotency_key::Model>,
    /// Which row of invitations or keys a hash belongs to.
    pub(super) hashes: BTreeMap<Vec<u8>, Uuid>,
}

impl State {
    pub(super) fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.ahead
    }

    pub(super) fn user(&self, person: Uuid) -> Option<&user::Model> {
        self.users.iter().find(|user| user.id == person)
    }

    /// A workspace that was not deleted.
    pub(super) fn living(&self, workspace: Uuid) -> Option<&Tables> {
        let tables = self.workspaces.get(&workspace);
        tables.filter(|tables| tables.workspace().is_some())
    }

    pub(super) fn role(&self, workspace: Uuid, person: Uuid) -> Option<member::Role> {
        let member = self.living(workspace)?.member(person)?;
        Some(member.role)
    }

    /// Whether a living workspace, but for this one, has the name.
    pub(super) fn has_name(&self, name: &str, but: Uuid) -> bool {
        let others = self.workspaces.iter().filter(|(id, _)| **id != but);
        others
            .filter_map(|(_, tables)| tables.workspace())
            .any(|other| [&other.slug, &other.domain].contains(&&Some(name.to_owned())))
    }
}

impl Tables {
    /// The workspace itself, if it was not deleted.
    pub(super) fn workspace(&self) -> Option<&workspace::Model> {
        self.workspaces
            .iter()
            .find(|workspace| workspace.deleted_at.is_none())
    }

    /// The membership of a person, if they are a member.
    pub(super) fn member(&self, person: Uuid) -> Option<&member::Model> {
        self.members
            .iter()
            .find(|member| member.user_id == person && member.deleted_at.is_none())
    }

    pub(super) fn workspaces(&self, id: Uuid) -> MemoryRepository<workspace::Entity> {
        MemoryRepository::new(id)
            .with_rows(self.workspaces.clone())
            .with_default(workspace::Column::Kind, "general")
            .with_default(workspace::Column::Settings, object())
    }

    pub(super) fn members(&self, id: Uuid) -> MemoryRepository<member::Entity> {
        MemoryRepository::new(id)
            .with_rows(self.members.clone())
            .with_unique(member::USER_ID_KEY)
            .with_default(member::Column::Permissions, object())
    }
}

/// The version after this one.
pub(super) const fn next(version: Version) -> Version {
    Version::from_i64(version.as_i64() + 1)
}

fn object() -> Value {
    Value::Json(Some(Box::new(serde_json::json!({}))))
}
