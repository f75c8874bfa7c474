//! The door for API keys.

use std::{net::IpAddr, time::Instant};

use super::Database;
use crate::{
    Action, Error, ErrorKind, PresentedKey, Result, SecurityEvent, TenantContext, WorkspaceId,
    context::{ActorKind, Occasion},
    limit::{Reached, Spent},
};

/// What the plain text of an API key begins with.
pub(crate) const PREFIX: &str = "tk";

impl Database {
    /// Asks the authority what an API key may do, counts the call, and makes the context that says so.
    ///
    /// Call it for each request: a key that was revoked is refused from then on. Calls are counted
    /// against the key's limit, over all processes: each sets some aside in the database and spends
    /// them, so that never more than the limit pass in a window, and few calls write.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such key, whatever is wrong with it;
    /// [`ErrorKind::LimitReached`] if its limit is reached, with [`Error::limit`];
    /// [`ErrorKind::Invalid`] if there is no [`token_key`](crate::DatabaseBuilder::token_key);
    /// otherwise what the authority says.
    ///
    /// A refusal is recorded as `security.invalid_token` or `security.rate_limit_exceeded`, behind the
    /// answer.
    pub async fn authorize_key(&self, token: &str) -> Result<TenantContext> {
        self.authorize_presented(token, None).await
    }

    /// As [`authorize_key`](Self::authorize_key), and notes from where the key was used last.
    ///
    /// # Errors
    ///
    /// As [`authorize_key`](Self::authorize_key).
    pub async fn authorize_key_from(&self, token: &str, address: IpAddr) -> Result<TenantContext> {
        self.authorize_presented(token, Some(address)).await
    }

    async fn authorize_presented(
        &self,
        token: &str,
        address: Option<IpAddr>,
    ) -> Result<TenantContext> {
        let refused = |workspace: Option<WorkspaceId>| {
            let event = SecurityEvent::new(Action::SECURITY_INVALID_TOKEN).address(address);
            self.record_behind(match workspace {
                Some(workspace) => event.workspace(workspace),
                None => event,
            });
            Error::new(ErrorKind::NotFound, "api key not found")
        };
        let presented = self.inner.tokens.present(PREFIX, token)?;
        let token = presented.ok_or_else(|| refused(None))?;
        let workspace = token.workspace().clone();
        let limited = |reached: Reached| {
            let event = SecurityEvent::new(Action::SECURITY_RATE_LIMIT_EXCEEDED)
                .workspace(workspace.clone())
                .actor(ActorKind::ApiKey, reached.key)
                .address(address);
            self.record_behind(event);
            Error::from(reached.limit)
        };
        // By the hash: an answer that is remembered must not be one for another secret.
        let counted = token.hashes()[0].clone();
        let asked = Instant::now();
        let spent = self.inner.leases.spend(&counted).map_err(limited)?;
        let key = PresentedKey {
            token,
            address,
            asks_for_lease: spent == Spent::Nothing,
        };
        let identity = self.identity();
        let grant = self.inner.authority.dyn_key(&identity, &key).await?;
        let grant = grant.ok_or_else(|| refused(Some(workspace.clone())))?;
        if let (true, Some(lease)) = (key.asks_for_lease, grant.lease) {
            let leases = &self.inner.leases;
            let kept = leases.keep(&counted, &grant.key, lease, asked);
            kept.map_err(limited)?;
        }
        let who = (ActorKind::ApiKey, Some(grant.key));
        let context = self.context(Occasion::Key, workspace, who, grant.role)?;
        let name = grant.name.map(|name| format!("agent:{name}"));
        Ok(context.limited(grant.scopes, name))
    }
}
