//! Founding, naming and finding workspaces.

use std::future::Future;

use tenantry::{
    ActorId, Database, Error, ErrorKind, Repository, Result, Role, Session, TenantContext,
};
use tenantry_entities::accounts::{Accounts, member, workspace};

use super::{Said, only};

/// The role of whoever founds a workspace.
pub const OWNER: Role = Role::from_static("owner");

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
pub struct Founded<C = TenantContext> {
    /// The workspace.
    pub workspace: workspace::Model,
    /// Its first member, the owner.
    pub owner: member::Model,
    /// The context of the founder, now as the owner.
    pub context: C,
}

impl<C> Founded<C> {
    /// Makes one, for fakes.
    pub const fn new(workspace: workspace::Model, owner: member::Model, context: C) -> Self {
        Self {
            workspace,
            owner,
            context,
        }
    }
}

/// Operations on the workspaces of a database, real or fake.
pub trait Workspaces {
    /// What says who acts where.
    type Context;

    /// Creates a workspace and makes its founder the owner, in one transaction.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the founder's id is no UUID or a value is refused.
    fn found(
        &self,
        founder: Founder,
        workspace: impl Into<workspace::Insert> + Send,
    ) -> impl Future<Output = Result<Founded<Self::Context>>> + Send;
}

impl Workspaces for Database {
    type Context = TenantContext;

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

/// The workspace of a session, real or fake.
pub trait WorkspaceRepository: Repository<Entity = workspace::Entity> {
    /// The workspace itself: there is one row.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if it was deleted.
    fn current(&self) -> impl Future<Output = Result<workspace::Model>> + Send {
        async move {
            let page = self.page(tenantry::Query::new().limit(1)).await?;
            let workspace = page.items.into_iter().next();
            workspace.ok_or_else(|| Error::new(ErrorKind::NotFound, "workspace not found"))
        }
    }
}

impl<R: Repository<Entity = workspace::Entity>> WorkspaceRepository for R {}

/// The names of a workspace, which no two living workspaces share; of a session, real or fake.
///
/// A name stands in the workspace and in the directory of names, and the database keeps the two in
/// step. Deleting a workspace gives its names free; restoring it takes them back, or fails.
pub trait WorkspaceNames: Sync {
    /// Writes a name of a kind, `slug` or `domain`; tells whether nobody else has it.
    fn take_name(
        &self,
        kind: &'static str,
        name: &str,
    ) -> impl Future<Output = Result<bool>> + Send;

    /// Removes the name of a kind; tells whether there was one.
    fn drop_name(&self, kind: &'static str) -> impl Future<Output = Result<bool>> + Send;

    /// Takes a slug, in place of the one that the workspace had.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyExists`] if another workspace has it; [`ErrorKind::Invalid`] if it is no
    /// slug; [`ErrorKind::Forbidden`] for others than owners and admins.
    fn claim_slug(&self, slug: &str) -> impl Future<Output = Result<()>> + Send {
        async move { taken("slug", self.take_name("slug", slug).await?) }
    }

    /// Takes a domain, in place of the one that the workspace had. Whether it belongs to whoever
    /// claims it, the application must prove first.
    ///
    /// # Errors
    ///
    /// As [`claim_slug`](Self::claim_slug).
    fn claim_domain(&self, domain: &str) -> impl Future<Output = Result<()>> + Send {
        async move { taken("domain", self.take_name("domain", domain).await?) }
    }

    /// Gives the slug free; tells whether there was one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] for others than owners and admins.
    fn release_slug(&self) -> impl Future<Output = Result<bool>> + Send {
        self.drop_name("slug")
    }

    /// Gives the domain free; tells whether there was one.
    ///
    /// # Errors
    ///
    /// As [`release_slug`](Self::release_slug).
    fn release_domain(&self) -> impl Future<Output = Result<bool>> + Send {
        self.drop_name("domain")
    }
}

impl WorkspaceNames for Session {
    async fn take_name(&self, kind: &'static str, name: &str) -> Result<bool> {
        let arguments = [kind.into(), name.into()];
        let said: Said<bool> = only(self.call("accounts.claim_name", arguments).await?)?;
        Ok(said.called)
    }

    async fn drop_name(&self, kind: &'static str) -> Result<bool> {
        let said: Said<bool> = only(self.call("accounts.release_name", [kind.into()]).await?)?;
        Ok(said.called)
    }
}

fn taken(kind: &'static str, is_free: bool) -> Result<()> {
    if is_free {
        return Ok(());
    }
    Err(Error::new(ErrorKind::AlreadyExists, format!("the {kind} is taken")).with_field(kind))
}
