//! Accounts at providers that send the webhooks of all their customers to one address.

use std::future::Future;

use sea_orm::{
    FromQueryResult,
    prelude::{DateTimeUtc, Uuid},
};
use tenantry::{Database, Error, ErrorKind, Result, Session, WorkspaceId};

use super::{Said, only};

/// An account at a provider that is of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
#[non_exhaustive]
pub struct ConnectedAccount {
    /// The provider, in small letters.
    pub provider: String,
    /// What the provider calls the account.
    pub external_id: String,
    /// Since when it is of the workspace.
    pub connected_at: DateTimeUtc,
}

/// The accounts of a session's workspace.
///
/// Only jobs connect and disconnect: whoever may say which account is theirs gets what is sent about it. So the service says it, in a
/// [job](Database::job) of its own, once the provider has told it whose the account is.
pub trait ConnectedAccounts {
    /// Connects an account; connected here already, it stays so.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadyExists`] if it is of another workspace; [`ErrorKind::Forbidden`] unless a job acts; [`ErrorKind::Invalid`] if
    /// the provider is no name in small letters, or the id is empty or too long.
    fn connect_account(
        &self,
        provider: &str,
        external_id: &str,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Gives an account free.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the workspace has no such account; [`ErrorKind::Forbidden`] unless a job acts.
    fn disconnect_account(
        &self,
        provider: &str,
        external_id: &str,
    ) -> impl Future<Output = Result<()>> + Send;

    /// The accounts of the workspace, by provider and id.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] unless an owner, an admin or a job asks.
    fn connected_accounts(&self) -> impl Future<Output = Result<Vec<ConnectedAccount>>> + Send;
}

/// Whose an account is, before a workspace is known: for the address that a provider sends everything to.
pub trait AccountDirectory {
    /// The workspace of an account, if it is of one. Ask once the signature of the webhook is verified.
    ///
    /// # Errors
    ///
    /// Only what a connection can fail with.
    fn workspace_of_account(
        &self,
        provider: &str,
        external_id: &str,
    ) -> impl Future<Output = Result<Option<WorkspaceId>>> + Send;
}

impl ConnectedAccounts for Session {
    async fn connect_account(&self, provider: &str, external_id: &str) -> Result<()> {
        let arguments = [provider.into(), external_id.into()];
        let connected = self.call("delivery.connect_account", arguments).await?;
        let connected: Said<bool> = only(connected)?;
        if connected.called {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::AlreadyExists,
            "the account is connected to another workspace",
        ))
    }

    async fn disconnect_account(&self, provider: &str, external_id: &str) -> Result<()> {
        let arguments = [provider.into(), external_id.into()];
        let gone = self.call("delivery.disconnect_account", arguments).await?;
        let gone: Said<bool> = only(gone)?;
        if gone.called {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::NotFound,
            "connected account not found",
        ))
    }

    async fn connected_accounts(&self) -> Result<Vec<ConnectedAccount>> {
        self.call("delivery.connected_here", []).await
    }
}

impl AccountDirectory for Database {
    async fn workspace_of_account(
        &self,
        provider: &str,
        external_id: &str,
    ) -> Result<Option<WorkspaceId>> {
        let identity = self.identity();
        let arguments = [provider.into(), external_id.into()];
        let found = identity.call("delivery.workspace_of_account", arguments);
        let found: Said<Option<Uuid>> = only(found.await?)?;
        Ok(found.called.map(WorkspaceId::from_uuid))
    }
}
