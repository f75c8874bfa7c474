//! Who asks, for which workspace: the value without which there is no row.

use std::{
    borrow::Cow,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use uuid::Uuid;

use crate::{
    ActorId, Attribute, Error, ErrorKind, Request, Result, WorkspaceId, audit::Origin,
    standing::Attributes,
};

/// The actor's role in the workspace, as the application names it.
///
/// ```
/// use tenantry::Role;
///
/// const ADMIN: Role = Role::from_static("admin");
/// assert_eq!(Role::parse("admin").unwrap(), ADMIN);
/// assert!(Role::parse("admin' OR 1=1").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Role(Cow<'static, str>);

impl Role {
    /// Takes a role name known when the program is compiled.
    ///
    /// # Panics
    ///
    /// When it is no role name; in a `const`, that is an error of the compiler.
    #[must_use]
    pub const fn from_static(name: &'static str) -> Self {
        assert!(
            is_role_name(name),
            "a role is [a-z][a-z0-9_]*, at most 63 characters"
        );
        Self(Cow::Borrowed(name))
    }

    /// Takes a role name that was stored somewhere.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if it is not `[a-z][a-z0-9_]*` of at most 63 characters.
    pub fn parse(name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        if is_role_name(&name) {
            Ok(Self(Cow::Owned(name)))
        } else {
            Err(Error::new(ErrorKind::Invalid, "the role is no role name").with_field("role"))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const fn is_role_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    if bytes.is_empty() || bytes.len() > 63 || !bytes[0].is_ascii_lowercase() {
        return false;
    }
    let mut at = 1;
    while at < bytes.len() {
        let byte = bytes[at];
        if !(byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_') {
            return false;
        }
        at += 1;
    }
    true
}

/// What kind of actor a context stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ActorKind {
    /// A person.
    User,
    /// An API key.
    ApiKey,
    /// A named system job.
    Job,
}

impl ActorKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::ApiKey => "api_key",
            Self::Job => "job",
        }
    }
}

/// On which occasion a context was made; part of the claim that the database seals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    Workspace,
    Founder,
    Key,
    Job,
}

impl Occasion {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Workspace => "ws",
            Self::Founder => "founder",
            Self::Key => "key",
            Self::Job => "job",
        }
    }
}

/// Proof that an actor may act in a workspace, for a few minutes.
///
/// Made by [`Database::authorize`](crate::Database::authorize),
/// [`Database::authorize_key`](crate::Database::authorize_key),
/// [`Database::founder`](crate::Database::founder) and [`Database::job`](crate::Database::job),
/// by nothing else: there is no `Default`, no `From`, no public constructor. It expires, so that a
/// member who was removed loses access within [`context_lifetime`] also where a context is kept.
///
/// [`context_lifetime`]: crate::DatabaseBuilder::context_lifetime
#[derive(Clone)]
pub struct TenantContext(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    occasion: Occasion,
    workspace: WorkspaceId,
    actor_kind: ActorKind,
    actor: Option<ActorId>,
    role: Role,
    /// What the authority said beyond the role; of people alone.
    attributes: Arc<Attributes>,
    /// What an API key is limited to; a person is not.
    scopes: Option<Arc<[String]>>,
    /// What the audit log calls an actor that is no person.
    actor_name: Option<Arc<str>>,
    request: Uuid,
    /// Where the request came from, if that was said.
    origin: Option<Arc<Origin>>,
    /// `None` where the lifetime reaches beyond the clock.
    expires: Option<Instant>,
}

impl TenantContext {
    pub(crate) fn new(
        occasion: Occasion,
        workspace: WorkspaceId,
        (actor_kind, actor): (ActorKind, Option<ActorId>),
        role: Role,
        lifetime: Duration,
    ) -> Result<Self> {
        if workspace.0.is_blank() {
            return Err(
                Error::new(ErrorKind::Invalid, "the workspace id is blank").with_field("workspace")
            );
        }
        if actor.as_ref().is_some_and(|actor| actor.0.is_blank()) {
            return Err(Error::new(ErrorKind::Invalid, "the actor id is blank").with_field("actor"));
        }
        Ok(Self(Arc::new(Inner {
            occasion,
            workspace,
            actor_kind,
            actor,
            role,
            attributes: Arc::default(),
            scopes: None,
            actor_name: None,
            request: Uuid::now_v7(),
            origin: None,
            expires: Instant::now().checked_add(lifetime),
        })))
    }

    /// Adds what the authority said beyond the role.
    pub(crate) fn standing_out(&self, attributes: Attributes) -> Self {
        if attributes.is_empty() {
            return self.clone();
        }
        Self(Arc::new(Inner {
            attributes: attributes.into(),
            ..Inner::clone(&self.0)
        }))
    }

    /// Limits the context to the scopes of an API key, which the audit log names.
    pub(crate) fn limited(&self, scopes: Vec<String>, actor_name: Option<String>) -> Self {
        Self(Arc::new(Inner {
            scopes: Some(scopes.into()),
            actor_name: actor_name.map(Into::into),
            ..Inner::clone(&self.0)
        }))
    }

    /// The workspace whose rows it reaches.
    #[must_use]
    pub fn workspace(&self) -> &WorkspaceId {
        &self.0.workspace
    }

    /// Who acts: a person, or the name of a job.
    #[must_use]
    pub fn actor(&self) -> Option<&ActorId> {
        self.0.actor.as_ref()
    }

    /// What kind of actor it is.
    #[must_use]
    pub fn actor_kind(&self) -> ActorKind {
        self.0.actor_kind
    }

    /// The actor's role in the workspace.
    #[must_use]
    pub fn role(&self) -> &Role {
        &self.0.role
    }

    /// What the [authority](crate::Authority::standing) said of the actor under this name; nothing of API keys and jobs.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.0.attributes.get(name)
    }

    pub(crate) fn attributes(&self) -> &Attributes {
        &self.0.attributes
    }

    /// What an API key is limited to; `None` where only the role counts.
    #[must_use]
    pub fn scopes(&self) -> Option<&[String]> {
        self.0.scopes.as_deref()
    }

    /// Refuses an API key that was not issued for `scope`. Others are limited by their role alone.
    ///
    /// In the database a policy may ask for the same: `tenantry.attribute('scopes')`.
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
            .with_field("scopes")
            .with_hint("Issue a key with the scope that the operation asks for.")),
            _ => Ok(()),
        }
    }

    pub(crate) fn actor_name(&self) -> Option<&str> {
        self.0.actor_name.as_deref()
    }

    /// The request that the audit log names beside each entry.
    #[must_use]
    pub fn request(&self) -> Uuid {
        self.0.request
    }

    /// Ties the context to a request id of the application's own, such as a trace id.
    #[must_use]
    pub fn for_request(&self, request: Uuid) -> Self {
        match &self.0.origin {
            Some(origin) => self.with_request(Request {
                id: request,
                ..origin.request.clone()
            }),
            None => Self(Arc::new(Inner {
                request,
                ..Inner::clone(&self.0)
            })),
        }
    }

    /// Ties the context to a request and to where it came from.
    ///
    /// Address and user agent are recorded once, with the first transaction that writes, for which
    /// they cost one round trip; a transaction that only reads pays nothing.
    #[must_use]
    pub fn with_request(&self, request: Request) -> Self {
        Self(Arc::new(Inner {
            request: request.id,
            origin: Some(Arc::new(Origin::new(request))),
            ..Inner::clone(&self.0)
        }))
    }

    /// Where the request came from, if the database does not know it yet.
    pub(crate) fn unrecorded(&self) -> Option<&Origin> {
        let origin = self.0.origin.as_deref();
        origin.filter(|origin| !origin.is_recorded())
    }

    pub(crate) fn occasion(&self) -> Occasion {
        self.0.occasion
    }

    pub(crate) fn refuse_if_expired(&self) -> Result<()> {
        if self
            .0
            .expires
            .is_none_or(|expires| Instant::now() < expires)
        {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Forbidden, "the context has expired")
            .with_hint("Call `authorize` again: membership and role may have changed."))
    }
}

impl fmt::Debug for TenantContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TenantContext")
            .field("workspace", &self.0.workspace)
            .field("actor", &self.0.actor)
            .field("role", &self.0.role)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(workspace: WorkspaceId, lifetime: Duration) -> Result<TenantContext> {
        let actor = (ActorKind::User, Some(ActorId::from(Uuid::now_v7())));
        TenantContext::new(
            Occasion::Workspace,
            workspace,
            actor,
            Role::from_static("member"),
            lifetime,
        )
    }

    #[test]
    fn a_blank_workspace_is_refused() {
        for blank in [
            WorkspaceId::from(Uuid::nil()),
            0_i64.into(),
            "".into(),
            " ".into(),
        ] {
            let refused = context(blank, Duration::from_secs(60)).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Invalid);
        }
    }

    #[test]
    fn an_expired_context_is_refused() {
        let context = context(Uuid::now_v7().into(), Duration::ZERO).unwrap();
        assert_eq!(
            context.refuse_if_expired().unwrap_err().kind(),
            ErrorKind::Forbidden
        );
    }
}
