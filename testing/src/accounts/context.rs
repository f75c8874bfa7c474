//! Who asks, for which workspace, in memory.

use tenantry::{ActorId, ActorKind, Error, ErrorKind, Result, Role, WorkspaceId};

/// What a [`TenantContext`](tenantry::TenantContext) is for a database: made by letting somebody in, and by nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryContext {
    workspace: WorkspaceId,
    actor_kind: ActorKind,
    actor: ActorId,
    role: Role,
    scopes: Option<Vec<String>>,
}

impl MemoryContext {
    pub(super) const fn new(
        workspace: WorkspaceId,
        actor_kind: ActorKind,
        actor: ActorId,
        role: Role,
    ) -> Self {
        Self {
            workspace,
            actor_kind,
            actor,
            role,
            scopes: None,
        }
    }

    pub(super) fn limited(self, scopes: Vec<String>) -> Self {
        Self {
            scopes: Some(scopes),
            ..self
        }
    }

    /// The workspace whose rows it reaches.
    #[must_use]
    pub const fn workspace(&self) -> &WorkspaceId {
        &self.workspace
    }

    /// Who acts.
    #[must_use]
    pub const fn actor(&self) -> Option<&ActorId> {
        Some(&self.actor)
    }

    /// What kind of actor it is.
    #[must_use]
    pub const fn actor_kind(&self) -> ActorKind {
        self.actor_kind
    }

    /// The actor's role in the workspace.
    #[must_use]
    pub const fn role(&self) -> &Role {
        &self.role
    }

    /// What an API key is limited to.
    #[must_use]
    pub fn scopes(&self) -> Option<&[String]> {
        self.scopes.as_deref()
    }

    /// Refuses an API key that was not issued for `scope`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] if the key has not that scope.
    pub fn require_scope(&self, scope: &str) -> Result<()> {
        match self.scopes() {
            Some(scopes) if !scopes.iter().any(|held| held == scope) => Err(Error::new(
                ErrorKind::Forbidden,
                "the api key lacks the scope",
            )
            .with_field("scopes")),
            _ => Ok(()),
        }
    }
}
