//! The doors: a database, the contexts it makes, the sessions it begins.

use std::{fmt, sync::Arc, time::Duration};

use sea_orm::{DbBackend, Statement};
use sqlx::{PgPool, Row};

use crate::{
    Action, ActorId, Error, ErrorKind, Id, Identity, Isolation, KeyProvider, Keyed, Outcome,
    ReadSession, Request, Result, Role, SecurityEvent, Session, SigningKey, TenantContext,
    TokenKeys, TransactionId, WorkspaceId,
    audit::Recorder,
    authority::DynAuthority,
    claim::{self, Enter},
    connection::{Asking, Connection, Purpose},
    context::{ActorKind, Occasion},
    error::from_statement,
    hook::Hooks,
    limit::Leases,
    policy::Policies,
    retry::RetryPolicy,
};

mod beside;
mod builder;
mod check;
mod functions;
mod keys;
mod purge;

pub use builder::DatabaseBuilder;
pub use functions::Functions;
pub use purge::Purged;

/// A pool of connections under the runtime role, and the authority that says who is a member.
///
/// Cheap to clone. It holds no workspace, and no query can be run on it.
#[derive(Clone)]
pub struct Database {
    pub(crate) inner: Arc<Inner>,
    isolation: Isolation,
    /// On whose behalf contexts are made and refusals recorded.
    request: Option<Arc<Request>>,
}

pub(crate) struct Inner {
    pool: PgPool,
    read_pool: Option<PgPool>,
    glass_pool: Option<PgPool>,
    personal_pool: Option<PgPool>,
    catalogue_pool: Option<PgPool>,
    authority: Box<dyn DynAuthority>,
    signing_key: Option<SigningKey>,
    context_lifetime: Duration,
    settings: String,
    persistent: bool,
    pub(crate) retry: RetryPolicy,
    recorder: Recorder,
    pub(crate) cursor_key: [u8; 32],
    pub(crate) hooks: Hooks,
    pub(crate) policies: Policies,
    pub(crate) tokens: TokenKeys,
    pub(crate) keys: Option<Box<dyn KeyProvider>>,
    leases: Leases,
}

impl Inner {
    pub(crate) fn signing_key(&self) -> Option<&SigningKey> {
        self.signing_key.as_ref()
    }

    /// Begins a transaction that reads and writes, in a context that is no workspace's.
    pub(crate) async fn enter(&self, enter: Enter) -> Result<Connection> {
        self.begin(&self.pool, Isolation::default(), "READ WRITE", Some(enter))
            .await
    }

    /// Begins a transaction of the role that breaks glass.
    pub(crate) async fn enter_glass(
        &self,
        access: &'static str,
        enter: Enter,
    ) -> Result<Connection> {
        let pool = self.glass_pool.as_ref().ok_or_else(|| {
            Error::new(
                ErrorKind::Invalid,
                "this database is not set up for break-glass",
            )
            .with_field("break_glass_url")
            .with_hint("Give it a login of `tenantry_glass` by `DatabaseBuilder::break_glass_url`.")
        })?;
        self.begin(pool, Isolation::ReadCommitted, access, Some(enter))
            .await
    }

    async fn begin(
        &self,
        pool: &PgPool,
        isolation: Isolation,
        access: &'static str,
        enter: Option<Enter>,
    ) -> Result<Connection> {
        let begin = format!(
            "BEGIN ISOLATION LEVEL {} {access}; {}",
            isolation.as_sql(),
            self.settings,
        );
        let (begin, enter) = match enter {
            None => (begin, None),
            Some(Enter::Inline(enter)) => (begin + &enter, None),
            Some(Enter::Bound(enter)) => (begin, Some(enter)),
        };
        Connection::begin(pool, begin, enter, self.persistent).await
    }
}

impl Database {
    /// Begins the description of a database; see [`DatabaseBuilder`].
    pub fn builder(url: impl Into<String>) -> DatabaseBuilder {
        DatabaseBuilder::new(url.into())
    }

    /// The keys under which API keys and invitations are hashed.
    #[must_use]
    pub fn tokens(&self) -> &TokenKeys {
        &self.inner.tokens
    }

    /// Asks before anybody is known, through functions of the identity role and nothing else.
    #[must_use]
    pub fn identity(&self) -> Identity<'_> {
        Identity::new(self.asking())
    }

    /// Asks the authority whether the actor is a member, and makes the context that says so.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the actor is no member or there is no such workspace, in the same
    /// words; [`ErrorKind::Invalid`] if an id is blank; otherwise what the authority says.
    ///
    /// A refusal is recorded as `security.unauthorized_access`, behind the answer.
    pub async fn authorize(&self, actor: ActorId, workspace: WorkspaceId) -> Result<TenantContext> {
        let identity = self.identity();
        let standing = self
            .inner
            .authority
            .dyn_standing(&identity, &actor, &workspace)
            .await?;
        let Some(standing) = standing else {
            let refused = SecurityEvent::new(Action::SECURITY_UNAUTHORIZED_ACCESS)
                .workspace(workspace)
                .actor(ActorKind::User, actor);
            self.record_behind(refused);
            return Err(Error::new(ErrorKind::NotFound, "workspace not found"));
        };
        let who = (ActorKind::User, Some(actor));
        let context = self.context(Occasion::Workspace, workspace, who, standing.role)?;
        Ok(context.standing_out(standing.attributes))
    }

    /// Makes the context in which `actor` founds a new workspace, with the new workspace's id.
    ///
    /// The library makes the id, so that this door cannot lead into a workspace that exists.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the actor id is blank.
    pub fn founder<E: Keyed<Key = uuid::Uuid>>(
        &self,
        actor: ActorId,
        role: Role,
    ) -> Result<(Id<E>, TenantContext)> {
        let id = Id::random();
        let workspace = WorkspaceId::from_uuid(*id.as_key());
        let who = (ActorKind::User, Some(actor));
        Ok((id, self.context(Occasion::Founder, workspace, who, role)?))
    }

    /// Makes the context of a named system job in one workspace.
    ///
    /// The name is part of the program, never of its input. It is the role, and the audit log shows
    /// it as `system:name`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`] if the workspace id is blank.
    pub fn job(&self, name: Role, workspace: WorkspaceId) -> Result<TenantContext> {
        let who = (ActorKind::Job, Some(ActorId::from(name.as_str())));
        self.context(Occasion::Job, workspace, who, name)
    }

    fn context(
        &self,
        occasion: Occasion,
        workspace: WorkspaceId,
        who: (ActorKind, Option<ActorId>),
        role: Role,
    ) -> Result<TenantContext> {
        let lifetime = self.inner.context_lifetime;
        let context = TenantContext::new(occasion, workspace, who, role, lifetime)?;
        Ok(match &self.request {
            Some(request) => context.with_request(Request::clone(request)),
            None => context,
        })
    }

    /// The same database on behalf of one request: contexts that it makes carry it, and refusals
    /// that it records name it. A web service asks for this at its edge.
    #[must_use]
    pub fn for_request(&self, request: Request) -> Self {
        Self {
            request: Some(Arc::new(request)),
            ..self.clone()
        }
    }

    pub(crate) fn request(&self) -> Option<&Request> {
        self.request.as_deref()
    }

    /// Where questions without a context are asked, and how.
    pub(crate) fn asking(&self) -> Asking<'_> {
        let inner = &self.inner;
        Asking::new(&inner.pool, &inner.settings, inner.persistent)
    }

    pub(crate) fn recorder(&self) -> &Recorder {
        &self.inner.recorder
    }

    /// The same database, whose sessions begin at another isolation level.
    #[must_use]
    pub fn isolated(&self, isolation: Isolation) -> Self {
        Self {
            isolation,
            ..self.clone()
        }
    }

    /// Begins a session that reads and writes: one transaction, one round trip, or two where the
    /// context is signed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] if the context has expired or the database refuses it;
    /// [`ErrorKind::Unavailable`] if no connection is to be had.
    pub async fn begin(&self, context: &TenantContext) -> Result<Session> {
        let connection = self.open(context, &self.inner.pool, "READ WRITE").await?;
        Ok(Session::new(connection, context.clone(), self.clone()))
    }

    /// Begins a session that only reads, on the read pool where there is one.
    ///
    /// # Errors
    ///
    /// As [`begin`](Self::begin).
    pub async fn read(&self, context: &TenantContext) -> Result<ReadSession> {
        let pool = self.inner.read_pool.as_ref().unwrap_or(&self.inner.pool);
        let connection = self.open(context, pool, "READ ONLY").await?;
        Ok(Session::new(connection, context.clone(), self.clone()))
    }

    async fn open(
        &self,
        context: &TenantContext,
        pool: &PgPool,
        access: &'static str,
    ) -> Result<Connection> {
        context.refuse_if_expired()?;
        let enter = claim::enter(context, self.inner.signing_key());
        self.inner
            .begin(pool, self.isolation, access, Some(enter))
            .await
    }

    /// Runs `work` in a transaction and commits it; runs it again after a serialization failure or
    /// a deadlock, also one that comes with the commit.
    ///
    /// `work` is cloned for each attempt, so every attempt starts from the same captures. An error
    /// it returns rolls back and arrives as it is. An unknown commit is not tried again. Hooks run
    /// again with it.
    ///
    /// Do not begin another session of this database inside `work`: when every connection of the
    /// pool is held by a unit of work that waits for one more, none goes on until the timeout.
    ///
    /// # Errors
    ///
    /// What `work` returns; what [`begin`](Self::begin) and [`Session::commit`] say;
    /// [`ErrorKind::Retryable`] if every attempt met someone in its way.
    pub async fn transaction<T, Failure: From<Error>>(
        &self,
        context: &TenantContext,
        work: impl AsyncFnOnce(&mut Session) -> Result<T, Failure> + Clone,
    ) -> Result<T, Failure> {
        let mut attempt = 1;
        loop {
            let mut session = self.begin(context).await?;
            let last = attempt >= self.inner.retry.attempts;
            match work.clone()(&mut session).await {
                Ok(value) => match session.commit().await {
                    Ok(()) => return Ok(value),
                    Err(error) if error.kind() == ErrorKind::Retryable && !last => {}
                    Err(error) => return Err(error.into()),
                },
                // The session saw the SQLSTATE itself; the caller's error type need not be asked.
                Err(failure) => {
                    let again = session.must_retry().await && !last;
                    session.roll_back().await;
                    if !again {
                        return Err(failure);
                    }
                }
            }
            tracing::debug!(
                attempt,
                "a concurrent transaction was in the way, trying again"
            );
            tokio::time::sleep(self.inner.retry.pause(attempt)).await;
            attempt += 1;
        }
    }

    /// Says what became of a transaction whose commit was left unknown.
    ///
    /// Ask on the same primary server that the transaction ran on. No other can tell, also not a replica that took
    /// its place without having all that it had.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unavailable`] if the database cannot be reached.
    pub async fn outcome(&self, transaction: TransactionId) -> Result<Outcome> {
        let statement = Statement::from_sql_and_values(
            DbBackend::Postgres,
            // Recovery from a crash begins the statistics anew; a clean restart keeps them.
            "SELECT pg_xact_status($1::text::xid8), \
             (SELECT extract(epoch FROM clock_timestamp() - stats_reset)::float8 FROM pg_catalog.pg_stat_wal)",
            [transaction.to_string().into()],
        );
        let purpose = Purpose {
            verb: "outcome",
            table: "",
        };
        let row = match self.asking().ask(purpose, statement).await {
            // A number that is still to be given: the server that gave it has crashed before it was on disk.
            Err(error) if error.sqlstate() == Some("22023") => return Ok(Outcome::RolledBack),
            row => row?,
        };
        let status: Option<String> = row.try_get(0).map_err(from_statement)?;
        let recovered: Option<f64> = row.try_get(1).map_err(from_statement)?;
        let age = transaction.since.elapsed().as_secs_f64();
        let crashed = recovered.is_some_and(|recovered| recovered < age);
        Ok(Outcome::of(status.as_deref(), crashed))
    }

    /// Closes the pools once every session has ended and every refusal is recorded.
    pub async fn close(&self) {
        self.inner.recorder.finish().await;
        self.inner.pool.close().await;
        let inner = &self.inner;
        let pools = [
            &inner.read_pool,
            &inner.glass_pool,
            &inner.personal_pool,
            &inner.catalogue_pool,
        ];
        for pool in pools.into_iter().flatten() {
            pool.close().await;
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("isolation", &self.isolation)
            .finish_non_exhaustive()
    }
}
