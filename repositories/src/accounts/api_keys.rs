//! API keys: issued once, shown once, rotated and revoked.

use std::{future::Future, time::Duration};

use sea_orm::{Value, prelude::DateTimeUtc};
use tenantry::{Error, ErrorKind, Mints, Repository, Result, Rows, Token};
use tenantry_entities::accounts::api_key;

use super::{Said, only};

/// What the plain text of an API key begins with.
const PREFIX: &str = "tk";

/// A key to be issued: its name, and setters for the rest.
#[derive(Clone, Debug)]
#[must_use = "a key is issued by `issue`"]
pub struct NewApiKey {
    name: String,
    description: Option<String>,
    role: api_key::Role,
    scopes: Vec<String>,
    calls_per_minute: i32,
    expires_at: Option<DateTimeUtc>,
}

impl NewApiKey {
    /// Names a key. It acts as a member, without scopes, may call 100 times a minute and does not
    /// expire, unless said otherwise.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            description: None,
            role: api_key::Role::Member,
            scopes: Vec::new(),
            calls_per_minute: 100,
            expires_at: None,
        }
    }

    /// Says what it is for.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Says as what it acts, not above who issues it.
    pub fn role(mut self, role: api_key::Role) -> Self {
        self.role = role;
        self
    }

    /// Limits it, in the words of the application: see
    /// [`require_scope`](tenantry::TenantContext::require_scope).
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// Says how many calls a minute has.
    pub fn calls_per_minute(mut self, calls: i32) -> Self {
        self.calls_per_minute = calls;
        self
    }

    /// Says until when it is good.
    pub fn expires_at(mut self, at: DateTimeUtc) -> Self {
        self.expires_at = Some(at);
        self
    }
}

/// A key as it is kept: the hash of its plain text, not the plain text.
#[derive(Clone, Debug)]
pub struct KeptKey {
    /// Its id.
    pub id: api_key::Id,
    /// What it is called.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// As what it acts, at most.
    pub role: api_key::Role,
    /// What it is limited to.
    pub scopes: Vec<String>,
    /// How many calls a minute has.
    pub calls_per_minute: i32,
    /// Until when it is good.
    pub expires_at: Option<DateTimeUtc>,
    /// The eight characters that people see.
    pub display: String,
    /// The keyed hash of the plain text.
    pub hash: Vec<u8>,
}

/// A key that was just issued.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[must_use = "the plain text is shown once"]
pub struct IssuedKey {
    /// The key.
    pub key: api_key::Model,
    /// Its plain text, which nobody can read again.
    pub token: Token,
}

/// How long the old key stays good when it is rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grace {
    /// It ends at once.
    None,
    /// It is good a while longer, so that programs can change over.
    For(Duration),
}

/// The API keys of a workspace, real or fake.
///
/// Owners and admins see and issue them. Who presents one is
/// [authorized](tenantry::Database::authorize_key) by it.
pub trait ApiKeyRepository: Repository<Entity = api_key::Entity> + Mints {
    /// The time, by which it ends; a fake may have another.
    fn now(&self) -> DateTimeUtc {
        sea_orm::prelude::ChronoUtc::now()
    }

    /// Writes a key.
    fn keep(&self, key: KeptKey) -> impl Future<Output = Result<api_key::Model>> + Send;

    /// Lets a key end at a time, because it is rotated; tells whether it was good.
    fn end(&self, id: api_key::Id, at: DateTimeUtc) -> impl Future<Output = Result<bool>> + Send;

    /// Ends a key for good; tells whether it was not revoked before.
    fn withdraw(&self, id: api_key::Id) -> impl Future<Output = Result<bool>> + Send;

    /// Issues a key. Its plain text is in the answer, and nowhere else.
    ///
    /// It acts as its role, but never above what its issuer may do *now*: if they lose their rights,
    /// so does the key, and if they leave, it is refused.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] for others than owners and admins, for API keys and jobs, and if the
    /// role is above the issuer's; [`ErrorKind::Invalid`] if a value is refused, or there is no
    /// [`token_key`](tenantry::DatabaseBuilder::token_key).
    fn issue(&self, new: NewApiKey) -> impl Future<Output = Result<IssuedKey>> + Send {
        async move {
            if !new.scopes.iter().all(|scope| is_scope(scope)) {
                return Err(Error::new(
                    ErrorKind::Invalid,
                    "a scope is [a-z0-9_.:-], at most 100 characters",
                )
                .with_field("scopes"));
            }
            let minted = self.mint(PREFIX)?;
            let key = KeptKey {
                id: api_key::Id::random(),
                name: new.name,
                description: new.description,
                role: new.role,
                scopes: new.scopes,
                calls_per_minute: new.calls_per_minute,
                expires_at: new.expires_at,
                display: minted.display,
                hash: minted.hash,
            };
            Ok(IssuedKey {
                key: self.keep(key).await?,
                token: minted.token,
            })
        }
    }

    /// Issues a key like another one, which ends after a time of grace.
    ///
    /// # Errors
    ///
    /// As [`issue`](Self::issue); [`ErrorKind::NotFound`] if there is no such key that is good.
    fn rotate(
        &self,
        id: api_key::Id,
        grace: Grace,
    ) -> impl Future<Output = Result<IssuedKey>> + Send {
        async move {
            let old = self.get(id).await?;
            let ends = match grace {
                Grace::None => self.now(),
                Grace::For(time) => self.now() + time,
            };
            if !self.end(id, ends).await? {
                return Err(not_found());
            }
            self.issue(NewApiKey {
                name: old.name,
                description: old.description,
                role: old.role,
                scopes: old.scopes,
                calls_per_minute: old.rate_limit_per_minute,
                expires_at: old.expires_at,
            })
            .await
        }
    }

    /// Revokes a key: from the next call on it is refused.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if there is no such key that was not revoked;
    /// [`ErrorKind::Forbidden`] for others than owners and admins.
    fn revoke(&self, id: api_key::Id) -> impl Future<Output = Result<()>> + Send {
        async move {
            if self.withdraw(id).await? {
                return Ok(());
            }
            Err(not_found())
        }
    }
}

impl ApiKeyRepository for Rows<'_, api_key::Entity> {
    async fn keep(&self, key: KeptKey) -> Result<api_key::Model> {
        let arguments: [Value; 9] = [
            key.id.into(),
            key.name.into(),
            key.description.into(),
            key.display.into(),
            key.hash.into(),
            key.role.into(),
            key.scopes.into(),
            key.calls_per_minute.into(),
            key.expires_at.into(),
        ];
        let kept = self.session().call("accounts.issue_api_key", arguments);
        let _: Said<bool> = only(kept.await?)?;
        self.get(key.id).await
    }

    async fn end(&self, id: api_key::Id, at: DateTimeUtc) -> Result<bool> {
        let arguments: [Value; 3] = [id.into(), at.into(), "api_key.rotate".into()];
        let ended = self.session().call("accounts.expire_api_key", arguments);
        let said: Said<bool> = only(ended.await?)?;
        Ok(said.called)
    }

    async fn withdraw(&self, id: api_key::Id) -> Result<bool> {
        let revoked = self.session().call("accounts.revoke_api_key", [id.into()]);
        let said: Said<bool> = only(revoked.await?)?;
        Ok(said.called)
    }
}

fn is_scope(scope: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.:-".contains(&byte);
    !scope.is_empty() && scope.len() <= 100 && scope.bytes().all(allowed)
}

fn not_found() -> Error {
    Error::new(ErrorKind::NotFound, "api_keys not found")
}
