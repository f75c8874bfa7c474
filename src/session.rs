//! One transaction bound to one context: the only way to a row.

use std::{fmt, marker::PhantomData};

use sqlx::postgres::{PgArguments, PgRow};

use crate::{
    Database, Error, Result, Rows, Scoped, TenantContext,
    connection::{Connection, Purpose},
    hook::Hooks,
    policy::Policies,
};

/// What a session may do. Closed: a session reads, or reads and writes.
pub trait Access: sealed::Access + fmt::Debug + Send + Sync + 'static {}

/// The access of a [`Session`].
#[derive(Debug)]
pub enum ReadWrite {}
/// The access of a [`ReadSession`].
#[derive(Debug)]
pub enum ReadOnly {}

impl Access for ReadWrite {}
impl Access for ReadOnly {}

/// The access to write.
#[diagnostic::on_unimplemented(
    message = "a read session cannot write",
    label = "this session may only read",
    note = "open it with `database.begin(&context)` instead"
)]
pub trait Writes: Access + sealed::Writes {}
impl Writes for ReadWrite {}

mod sealed {
    pub trait Access {
        const WRITES: bool;
    }
    impl Access for super::ReadWrite {
        const WRITES: bool = true;
    }
    impl Access for super::ReadOnly {
        const WRITES: bool = false;
    }
    pub trait Writes {}
    impl Writes for super::ReadWrite {}
}

/// One transaction bound to one context.
///
/// It is no connection: SeaORM's `find().all(…)` has nothing here to run on. Rows are reached
/// through [`rows`](Session::rows) and the generated accessors. Dropped without
/// [`commit`](Session::commit), it rolls back.
#[must_use = "a session rolls back unless committed"]
pub struct Session<A: Access = ReadWrite> {
    connection: Connection,
    context: TenantContext,
    database: Database,
    /// 0 for the transaction itself, then one for each savepoint around.
    level: u32,
    /// 0 outside of hooks, then one for each hook around.
    depth: u32,
    _access: PhantomData<fn() -> A>,
}

/// A session that only reads.
pub type ReadSession = Session<ReadOnly>;

impl<A: Access> Session<A> {
    pub(crate) fn new(connection: Connection, context: TenantContext, database: Database) -> Self {
        Self {
            connection,
            context,
            database,
            level: 0,
            depth: 0,
            _access: PhantomData,
        }
    }

    /// Who asks, for which workspace.
    #[must_use]
    pub fn context(&self) -> &TenantContext {
        &self.context
    }

    /// The rows of one table that the session's workspace owns.
    ///
    /// The generated accessors are short for it: `session.challenges()`.
    pub fn rows<E: Scoped>(&self, _table: E) -> Rows<'_, E, A> {
        Rows::new(self)
    }

    /// The database that the session was begun on.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn cursor_key(&self) -> &[u8; 32] {
        &self.database.inner.cursor_key
    }

    pub(crate) fn hooks(&self) -> &Hooks {
        &self.database.inner.hooks
    }

    pub(crate) fn policies(&self) -> &Policies {
        &self.database.inner.policies
    }

    /// How many hooks are around.
    pub(crate) const fn depth(&self) -> u32 {
        self.depth
    }

    /// The session as a hook is lent it, which knows how deep it is, and never ends it.
    pub(crate) fn lent(&self) -> Session {
        Session {
            depth: self.depth + 1,
            ..self.again()
        }
    }

    /// The same session once more, never to end it.
    pub(crate) fn again(&self) -> Session {
        Session {
            connection: self.connection.again(),
            context: self.context.clone(),
            database: self.database.clone(),
            level: self.level + 1,
            depth: self.depth,
            _access: PhantomData,
        }
    }

    /// Runs SQL of the caller's own inside the session's transaction, under row security, without
    /// the workspace predicate that every built statement carries.
    ///
    /// `purpose` says why, in traces and in review. The text is a constant; values are bound. One
    /// statement by the extended protocol: a second one is refused by PostgreSQL. What it leaves on
    /// the connection, such as settings, locks and temporary tables, is cleared away when the
    /// session ends.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if it is about the transaction itself
    /// (`COMMIT`, `SAVEPOINT`, `DECLARE`, `PREPARE` and the like); otherwise as the statement
    /// deserves. Never with a value in the text.
    pub async fn raw_sql_without_workspace_guard(
        &self,
        purpose: &'static str,
        sql: &'static str,
        arguments: PgArguments,
    ) -> Result<Vec<PgRow>> {
        tracing::info!(purpose, "raw SQL without the workspace guard");
        let verb = Purpose {
            verb: "raw",
            table: "",
        };
        self.connection.fetch_raw(verb, sql, arguments).await
    }

    /// Ends the session and keeps what it wrote.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Aborted`](crate::ErrorKind::Aborted) if a statement failed before, even if its
    /// error was swallowed: nothing is kept.
    /// [`ErrorKind::Retryable`](crate::ErrorKind::Retryable) if a concurrent transaction was in the
    /// way. [`ErrorKind::CommitUnknown`](crate::ErrorKind::CommitUnknown) if the answer was lost:
    /// [`Error::transaction`] names what to ask [`Database::outcome`] for. Any other kind: a
    /// deferred constraint failed; nothing is kept.
    pub async fn commit(self) -> Result<()> {
        if self.level > 0 {
            return Err(Error::new(
                crate::ErrorKind::Internal,
                "a savepoint's session cannot commit the transaction",
            ));
        }
        let Some(origin) = self.context.unrecorded() else {
            return self.connection.commit().await;
        };
        if !A::WRITES || !self.connection.has_written().await {
            return self.connection.commit().await;
        }
        if let Err(error) = origin.record(&self.connection).await {
            self.connection.roll_back().await;
            return Err(error);
        }
        self.connection.commit().await?;
        origin.recorded();
        Ok(())
    }

    /// Ends the session and undoes what it wrote. Dropping it does the same, a little later.
    pub async fn roll_back(self) {
        if self.level == 0 {
            self.connection.roll_back().await;
        }
    }

    pub(crate) async fn must_retry(&self) -> bool {
        self.connection.must_retry().await
    }
}

impl Session {
    /// Runs `work` in a savepoint: kept on `Ok`, undone on `Err` and when dropped midway.
    ///
    /// The outer session is borrowed meanwhile, so that nothing can be written past the savepoint. The
    /// inner one may be shared by several futures, as every session may.
    ///
    /// # Errors
    ///
    /// What `work` returns; [`ErrorKind::Aborted`](crate::ErrorKind::Aborted) if it returned `Ok`
    /// over a failed statement.
    pub async fn savepoint<T, Failure: From<Error>>(
        &mut self,
        work: impl AsyncFnOnce(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let savepoint = self.connection.open().await?;
        let mut inner = Self {
            connection: savepoint.inside(),
            context: self.context.clone(),
            database: self.database.clone(),
            level: self.level + 1,
            depth: self.depth,
            _access: PhantomData,
        };
        let outcome = work(&mut inner).await;
        match &outcome {
            Ok(_) => savepoint.release().await?,
            Err(_) => savepoint.undo().await,
        }
        outcome
    }
}

impl<A: Access> fmt::Debug for Session<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}
