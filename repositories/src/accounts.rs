//! Workspaces and who is a member of them.

use std::future::Future;

use tenantry::{
    ActorId, Authority, Database, Error, ErrorKind, Identity, Result, Role, TenantContext,
    WorkspaceId,
};
use tenantry_entities::accounts::{Accounts, member, workspace};

/// The role of whoever founds a workspace.
pub const OWNER: Role = Role::from_static("owner");

/// The authority that reads roles from `accounts.members`.
///
/// It asks a function of the identity role, which answers alike for a workspace that does not exist
/// and for one that the actor is no member of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Members;

impl Authority for Members {
    async fn role(
        &self,
        identity: &Identity<'_>,
        actor: &ActorId,
        workspace: &WorkspaceId,
    ) -> Result<Option<Role>> {
        identity
            .role("accounts.member_role", workspace, actor)
            .await
    }
}

/// Who founds a workspace.
#[derive(Clone, Debug)]
pub struct Founder {
    /// The person.
    pub user: ActorId,
    /// What the other members will see.
    pub name: String,
}

/// A workspace that was just founded.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Founded {
    /// The workspace.
    pub workspace: workspace::Model,
    /// Its first member, the owner.
    pub owner: member::Model,
    /// The context of the founder, now as the owner.
    pub context: TenantContext,
}

/// Operations on the workspaces of a database.
pub trait Workspaces {
    /// Creates a workspace and makes its founder the owner, in one transaction.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the founder's id is no UUID or a value is refused.
    fn found(
        &self,
        founder: Founder,
        workspace: impl Into<workspace::Insert> + Send,
    ) -> impl Future<Output = Result<Founded>> + Send;
}

impl Workspaces for Database {
    async fn found(
        &self,
        founder: Founder,
        workspace: impl Into<workspace::Insert> + Send,
    ) -> Result<Founded> {
        let user_id = founder.user.as_uuid().ok_or_else(|| {
            Error::new(ErrorKind::Invalid, "the founder's id is no uuid").with_field("user")
        })?;
        let (id, context) = self.founder::<workspace::Entity>(founder.user.clone(), OWNER)?;
        let (new, name) = (workspace.into(), founder.name);
        let (workspace, owner) = self
            .transaction(&context, async move |session| {
                let workspace = session.workspaces().insert(new).await?;
                let owner = member::New {
                    user_id,
                    role: member::Role::Owner,
                    name,
                };
                Ok::<_, Error>((workspace, session.members().insert(owner).await?))
            })
            .await?;
        let context = self.authorize(founder.user, id.into()).await?;
        Ok(Founded {
            workspace,
            owner,
            context,
        })
    }
}
