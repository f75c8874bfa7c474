//! Who is let in, as a trait: of a database, or of a fake.

use std::{future::Future, net::IpAddr};

use tenantry::{ActorId, Database, Result, TenantContext, WorkspaceId};

/// Lets actors and API keys into workspaces; real or fake.
///
/// For services that do it themselves and are tested without a database; on a [`Database`] it is
/// [`authorize`](Database::authorize) and [`authorize_key`](Database::authorize_key).
pub trait Admission {
    /// What says who acts where.
    type Context;

    /// Lets a member in.
    ///
    /// # Errors
    ///
    /// As [`Database::authorize`].
    fn admit(
        &self,
        actor: ActorId,
        workspace: WorkspaceId,
    ) -> impl Future<Output = Result<Self::Context>> + Send;

    /// Lets an API key in, counts the call, and notes from where it came.
    ///
    /// # Errors
    ///
    /// As [`Database::authorize_key`].
    fn admit_key(
        &self,
        token: &str,
        address: Option<IpAddr>,
    ) -> impl Future<Output = Result<Self::Context>> + Send;
}

impl Admission for Database {
    type Context = TenantContext;

    async fn admit(&self, actor: ActorId, workspace: WorkspaceId) -> Result<TenantContext> {
        self.authorize(actor, workspace).await
    }

    async fn admit_key(&self, token: &str, address: Option<IpAddr>) -> Result<TenantContext> {
        match address {
            Some(address) => self.authorize_key_from(token, address).await,
            None => self.authorize_key(token).await,
        }
    }
}
