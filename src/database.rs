//! The doors: a database, the contexts it makes, the sessions it begins.

use std::{fmt, sync::Arc, time::Duration};

use sea_orm::{DbBackend, Statement};
use sqlx::{PgPool, Row};

use crate::{
    ActorId, Error, ErrorKind, Id, Identity, Isolation, Keyed, Outcome, ReadSession, Result, Role,
    Session, SigningKey, TenantContext, TransactionId, WorkspaceId,
    authority::DynAuthority,
    claim::{self, Enter},
    connection::{Connection, Purpose, ask},
    context::{ActorKind, Occasion},
    error::from_statement,
    retry::RetryPolicy,
};

mod builder;
mod check;

pub use builder::DatabaseBuilder;

/// A pool of connections under the runtime role, and the authority that says who is a member.
///
/// Cheap to clone. It holds no workspace, and no query can be run on it.
#[derive(Clone)]
pub struct Database {
    pub(crate) inner: Arc<Inner>,
    isolation: Isolation,
}

pub(crate) struct Inner {
    pool: PgPool,
    read_pool: Option<PgPool>,
    authority: Box<dyn DynAuthority>,
    signing_key: Option<SigningKey>,
    context_lifetime: Duration,
    settings: String,
    persistent: bool,
    retry: RetryPolicy,
    pub(crate) cursor_key: [u8; 32],
}

impl Database {
    /// Begins the description of a database; see [`DatabaseBuilder`].
    pub fn builder(url: impl Into<String>) -> DatabaseBuilder {
        DatabaseBuilder::new(url.into())
    }

    /// Asks the authority whether the actor is a member, and makes the context that says so.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] if the actor is no member or there is no such workspace, in the same
    /// words; [`ErrorKind::Invalid`] if an id is blank; otherwise what the authority says.
    pub async fn authorize(&self, actor: ActorId, workspace: WorkspaceId) -> Result<TenantContext> {
        let identity = Identity::new(&self.inner.pool, self.inner.persistent);
        let role = self
            .inner
            .authority
            .dyn_role(&identity, &actor, &workspace)
            .await?;
        let Some(role) = role else {
            return Err(Error::new(ErrorKind::NotFound, "workspace not found"));
        };
        self.context(
            Occasion::Workspace,
            workspace,
            (ActorKind::User, Some(actor)),
            role,
        )
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
        TenantContext::new(occasion, workspace, who, role, self.inner.context_lifetime)
    }

    /// The same database, whose sessions begin at another isolation level.
    #[must_use]
    pub fn isolated(&self, isolation: Isolation) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            isolation,
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
        let begin = format!(
            "BEGIN ISOLATION LEVEL {} {access}; {}",
            self.isolation.as_sql(),
            self.inner.settings,
        );
        let enter = claim::enter(context, self.inner.signing_key.as_ref());
        let (begin, enter) = match enter {
            Enter::Inline(enter) => (begin + &enter, None),
            Enter::Bound(enter) => (begin, Some(enter)),
        };
        Connection::begin(pool, begin, enter, self.inner.persistent).await
    }

    /// Runs `work` in a transaction and commits it; runs it again after a serialization failure or
    /// a deadlock, also one that comes with the commit.
    ///
    /// `work` is cloned for each attempt, so every attempt starts from the same captures. An error
    /// it returns rolls back and arrives as it is. An unknown commit is not tried again.
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
    /// Ask on the same primary server that the transaction ran on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unavailable`] if the database cannot be reached.
    pub async fn outcome(&self, transaction: TransactionId) -> Result<Outcome> {
        let statement = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT pg_xact_status($1::text::xid8)",
            [transaction.to_string().into()],
        );
        let purpose = Purpose {
            verb: "outcome",
            table: "",
        };
        let row = ask(&self.inner.pool, self.inner.persistent, purpose, statement).await?;
        let status: Option<String> = row.try_get(0).map_err(from_statement)?;
        Ok(match status.as_deref() {
            Some("committed") => Outcome::Committed,
            Some("aborted") => Outcome::RolledBack,
            Some(_) => Outcome::InProgress,
            None => Outcome::Forgotten,
        })
    }

    /// Closes the pools once every session has ended.
    pub async fn close(&self) {
        self.inner.pool.close().await;
        if let Some(pool) = &self.inner.read_pool {
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
