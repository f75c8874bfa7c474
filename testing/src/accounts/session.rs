//! A session in memory: a copy of one workspace, which is kept when it is committed.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use sea_orm::ActiveEnum;
use tenantry::{ActorKind, Error, ErrorKind, ReadRepository, Result};
use tenantry_entities::accounts::{api_key, idempotency_key, invitation, member, workspace};
use tenantry_repositories::accounts::{Came, Logins, Membership};
use uuid::Uuid;

use super::{
    MemoryAccounts, MemoryContext, MemoryRows, person_of,
    policies::{Policies, rank},
    state::{Held, Tables, next},
};
use crate::MemoryRepository;

/// A transaction of one workspace, in memory. What is not committed leaves nothing.
#[must_use = "a session leaves nothing unless committed"]
pub struct MemorySession {
    pub(super) accounts: MemoryAccounts,
    context: MemoryContext,
    pub(super) workspace: Uuid,
    before: Tables,
    pub(super) workspaces: MemoryRepository<workspace::Entity>,
    pub(super) members: MemoryRepository<member::Entity>,
    pub(super) invitations: MemoryRepository<invitation::Entity>,
    pub(super) api_keys: MemoryRepository<api_key::Entity>,
    pub(super) work: MemoryRepository<idempotency_key::Entity>,
    hashes: Mutex<BTreeMap<Vec<u8>, Uuid>>,
    held: Mutex<Vec<Held>>,
}

impl MemorySession {
    pub(super) fn begin(accounts: MemoryAccounts, context: MemoryContext) -> Self {
        let workspace = context.workspace().as_uuid().unwrap_or_default();
        let before = accounts.lock().workspaces.get(&workspace).cloned();
        let before = before.unwrap_or_default();
        Self {
            accounts,
            context,
            workspace,
            workspaces: before.workspaces(workspace),
            members: before.members(workspace),
            invitations: MemoryRepository::new(workspace).with_rows(before.invitations.clone()),
            api_keys: MemoryRepository::new(workspace).with_rows(before.api_keys.clone()),
            work: MemoryRepository::new(workspace).with_rows(before.work.clone()),
            hashes: Mutex::new(before.hashes.clone()),
            held: Mutex::default(),
            before,
        }
    }

    /// Who asks, for which workspace.
    #[must_use]
    pub const fn context(&self) -> &MemoryContext {
        &self.context
    }

    /// The workspace itself.
    pub const fn workspaces(&self) -> MemoryRows<'_, workspace::Entity> {
        MemoryRows::new(&self.workspaces, self)
    }

    /// Its members.
    pub const fn members(&self) -> MemoryRows<'_, member::Entity> {
        MemoryRows::new(&self.members, self)
    }

    /// Who was invited.
    pub const fn invitations(&self) -> MemoryRows<'_, invitation::Entity> {
        MemoryRows::new(&self.invitations, self)
    }

    /// The keys by which programs act in it.
    pub const fn api_keys(&self) -> MemoryRows<'_, api_key::Entity> {
        MemoryRows::new(&self.api_keys, self)
    }

    /// Work that is done once.
    pub const fn idempotency_keys(&self) -> MemoryRows<'_, idempotency_key::Entity> {
        MemoryRows::new(&self.work, self)
    }

    /// Keeps what was done.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Retryable`] if another session has changed the workspace meanwhile, or has taken a name.
    pub async fn commit(self) -> Result<()> {
        let mut after = Tables {
            revision: self.before.revision,
            workspaces: self.workspaces.rows(),
            members: self.members.rows(),
            invitations: self.invitations.rows(),
            api_keys: self.api_keys.rows(),
            work: self.work.rows(),
            hashes: self.hashes().clone(),
        };
        if after == self.before {
            return Ok(());
        }
        after.revision += 1;
        let mut state = self.accounts.lock();
        let names = after
            .workspace()
            .map(|row| (row.slug.clone(), row.domain.clone()));
        let (slug, domain) = names.unwrap_or_default();
        let mut names = slug.iter().chain(&domain);
        let now = state.workspaces.get(&self.workspace);
        let is_late = now.is_some_and(|now| now.revision != self.before.revision);
        if is_late || names.any(|name| state.has_name(name, self.workspace)) {
            return Err(Error::new(
                ErrorKind::Retryable,
                "a concurrent transaction was in the way",
            ));
        }
        state.workspaces.insert(self.workspace, after);
        Ok(())
    }

    /// Leaves nothing, as dropping does.
    pub async fn roll_back(self) {
        drop(self);
    }

    pub(super) fn hashes(&self) -> MutexGuard<'_, BTreeMap<Vec<u8>, Uuid>> {
        self.hashes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn held(&self) -> MutexGuard<'_, Vec<Held>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.accounts.now()
    }

    /// The person who acts; refuses keys.
    pub(super) fn person(&self) -> Result<Uuid> {
        let person = self.context.actor().and_then(person_of);
        let is_person = self.context.actor_kind() == ActorKind::User;
        person.filter(|_| is_person).ok_or_else(refused)
    }

    /// Refuses others than owners and admins, and a role above theirs; the person who acts.
    pub(super) fn may_grant<R: ActiveEnum<Value = String>>(&self, role: &R) -> Result<Uuid> {
        let (person, own) = (self.person()?, self.context.role().as_str());
        if self.administers() && rank(&role.to_value()) >= rank(own) {
            return Ok(person);
        }
        Err(refused())
    }

    /// Whether who acts is an owner or an admin.
    pub(super) fn administers(&self) -> bool {
        ["owner", "admin"].contains(&self.context.role().as_str())
    }
}

impl Membership for MemorySession {
    async fn end_membership(&self) -> Result<bool> {
        let person = self.person()?;
        let rows = self.members.rows();
        let own = rows
            .iter()
            .find(|row| row.user_id == person && row.deleted_at.is_none());
        let Some(own) = own else {
            return Ok(false);
        };
        let mut ended = self.members.get(own.id).await?;
        ended.version = next(ended.version);
        ended.deleted_at = Some(self.now());
        ended.delete_op = Some(Uuid::now_v7());
        self.members.put(ended.clone());
        if let Err(refused) = member::Entity::watch(self, Some(own), &ended) {
            self.members.put(own.clone());
            return Err(refused);
        }
        Ok(true)
    }
}

impl Logins for MemorySession {
    async fn note_login(&self, _came: Came) -> Result<()> {
        self.person().map(drop)
    }
}

impl Drop for MemorySession {
    fn drop(&mut self) {
        let held = std::mem::take(&mut *self.held());
        let mut state = self.accounts.lock();
        for work in held {
            state.held.remove(&work);
        }
    }
}

pub(super) fn refused() -> Error {
    Error::new(
        ErrorKind::Forbidden,
        "the database refused this to the role or context",
    )
}

impl fmt::Debug for MemorySession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemorySession({})", self.context.workspace())
    }
}
