//! One transaction on one connection: begun with its context, ended in one of three ways.
//!
//! It does not use the driver's transactions. Those begin and enter a context in two steps or leave
//! a failed first step open in the pool, report a `COMMIT` that PostgreSQL answered with `ROLLBACK`
//! as success, and know nothing of a lost answer.

mod asking;
mod called;
mod conflict;
mod exclusive;
mod held;
mod pending;
mod place;
mod raw;
mod state;
mod wrote;

use std::{
    fmt,
    ops::Deref,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use sea_orm::{Statement, sea_query::Values};
use sea_query_sqlx::SqlxValues;
use sqlx::{
    AssertSqlSafe, Executor, PgPool, Postgres, Row,
    postgres::{PgArguments, PgDatabaseError, PgRow, PgSeverity},
};
use tokio::sync::{Mutex, Notify};

pub(crate) use asking::Asking;
pub(crate) use exclusive::Exclusive;
use held::Held;
pub(crate) use pending::Pending;
use state::State;

use crate::{
    Error, ErrorKind, Result, TransactionId,
    error::{from_connect, from_statement},
};

/// The column by which a write tells its transaction's id; see [`Connection::learn`].
pub(crate) const TRANSACTION_COLUMN: &str = "tenantry_transaction";

/// How many stale connections of the pool `begin` tries before it gives up.
const BEGIN_ATTEMPTS: usize = 3;

/// What a statement is for: said in spans, never with values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purpose {
    pub(crate) verb: &'static str,
    pub(crate) table: &'static str,
}

impl Purpose {
    fn span(self) -> tracing::Span {
        tracing::debug_span!("tenantry.statement", verb = self.verb, table = self.table)
    }
}

/// The connection, from where a session stands; see [`place`].
pub(crate) struct Connection {
    shared: Arc<Shared>,
    /// The savepoint that the session stands in, 0 for none.
    within: u64,
}

impl Deref for Connection {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

/// What all sessions on a connection have in common.
pub(crate) struct Shared {
    state: Mutex<State>,
    pending: std::sync::Mutex<Vec<Pending>>,
    /// The id of the transaction, 0 until it is known. Learnt without waiting, so that no answer is
    /// lost between a write and its id.
    transaction: AtomicU64,
    begun: Instant,
    savepoints: AtomicU64,
    /// The savepoint that statements land in.
    innermost: AtomicU64,
    /// Told when that has become another.
    moved: Notify,
    /// Held by one who asks the caller for rows meanwhile; see [`Exclusive::refuse_others`].
    loading: AtomicBool,
    persistent: bool,
}

impl Connection {
    /// Takes a connection and runs `begin`, which may enter a context in the same round trip; then
    /// `enter`, if that travels by itself.
    pub(crate) async fn begin(
        pool: &PgPool,
        begin: String,
        enter: Option<Statement>,
        persistent: bool,
    ) -> Result<Self> {
        let mut attempt = 1;
        loop {
            let begun = Instant::now();
            let mut held = Held::acquire(pool).await?;
            match held.get()?.execute(AssertSqlSafe(begin.as_str())).await {
                Ok(_) => {
                    if let Some(enter) = enter {
                        let enter = query(enter).persistent(persistent);
                        let entered = enter.execute(held.get()?).await;
                        entered.map_err(|error| refused_context(from_connect(error)))?;
                    }
                    return Ok(Self {
                        shared: Arc::new(Shared {
                            state: Mutex::new(State::begun(held)),
                            pending: std::sync::Mutex::default(),
                            transaction: AtomicU64::new(0),
                            begun,
                            savepoints: AtomicU64::new(1),
                            innermost: AtomicU64::new(0),
                            moved: Notify::new(),
                            loading: AtomicBool::new(false),
                            persistent,
                        }),
                        within: 0,
                    });
                }
                // The pool kept a connection that the server has closed meanwhile. Nothing was done.
                Err(error) if is_broken(&error) && attempt < BEGIN_ATTEMPTS => attempt += 1,
                Err(error) => return Err(refused_context(from_connect(error))),
            }
        }
    }

    pub(crate) async fn fetch_all(
        &self,
        purpose: Purpose,
        statement: Statement,
    ) -> Result<Vec<PgRow>> {
        let query = self.query(statement);
        self.run(purpose, async |connection| {
            query.fetch_all(connection).await
        })
        .await
    }

    pub(crate) async fn fetch_optional(
        &self,
        purpose: Purpose,
        statement: Statement,
    ) -> Result<Option<PgRow>> {
        let query = self.query(statement);
        self.run(purpose, async |connection| {
            query.fetch_optional(connection).await
        })
        .await
    }

    /// Runs a statement whose text will not come again, without keeping it prepared.
    pub(crate) async fn fetch_all_once(
        &self,
        purpose: Purpose,
        statement: Statement,
    ) -> Result<Vec<PgRow>> {
        let query = self.query(statement).persistent(false);
        self.run(purpose, async |connection| {
            query.fetch_all(connection).await
        })
        .await
    }

    /// Runs a caller's own query; see
    /// [`Session::raw_sql_without_workspace_guard`](crate::Session::raw_sql_without_workspace_guard).
    pub(crate) async fn fetch_raw(
        &self,
        purpose: Purpose,
        sql: &str,
        arguments: PgArguments,
    ) -> Result<Vec<PgRow>> {
        raw::refuse_control(sql)?;
        self.refuse_while_loading()?;
        let query = sqlx::query_with(AssertSqlSafe(sql), arguments).persistent(false);
        {
            let mut state = self.state.lock().await;
            state.wrote_unseen = true;
            state.littered = true;
        }
        self.run(purpose, async |connection| {
            query.fetch_all(connection).await
        })
        .await
    }

    /// A number for a savepoint: no two of a transaction have the same, so that none is taken for
    /// another that was left behind.
    pub(crate) fn number_savepoint(&self) -> u64 {
        self.savepoints.fetch_add(1, Ordering::Relaxed)
    }

    /// Goes back to a savepoint, also from an aborted transaction.
    pub(crate) async fn undo(&self, savepoint: u64) -> Result<()> {
        self.leave_pending(Pending::Undo(savepoint));
        let mut state = self.state.lock().await;
        self.settle(&mut state).await
    }

    /// Leaves something to be done before the next statement. Does not wait, for use in `Drop`.
    pub(crate) fn leave_pending(&self, pending: Pending) {
        let mut list = self.pending();
        if let Pending::Undo(undone) = pending {
            // Whatever was left inside the savepoint goes with it, and could not be done in an
            // aborted transaction. What was half done around it stays so.
            list.retain(|left| matches!(left, Pending::Refuse { within } if *within < undone));
        }
        list.push(pending);
    }

    fn pending(&self) -> std::sync::MutexGuard<'_, Vec<Pending>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers the id of the transaction from a row that a write returned.
    pub(crate) fn learn(&self, row: &PgRow) {
        if let Ok(text) = row.try_get::<String, _>(TRANSACTION_COLUMN)
            && let Ok(number) = text.parse()
        {
            self.transaction.store(number, Ordering::Relaxed);
        }
    }

    fn transaction(&self) -> Option<TransactionId> {
        match self.transaction.load(Ordering::Relaxed) {
            0 => None,
            number => Some(TransactionId {
                number,
                since: self.begun,
            }),
        }
    }

    /// Whether PostgreSQL has asked to run the whole unit of work again.
    pub(crate) async fn must_retry(&self) -> bool {
        self.state.lock().await.must_retry
    }

    /// Commits. The first statement fails in an aborted transaction, where a bare `COMMIT` would
    /// be answered by a rollback that the driver reports as success.
    pub(crate) async fn commit(&self) -> Result<()> {
        let state = &mut *self.state.lock().await;
        if let Err(error) = self.settle(state).await {
            return state.roll_back_because(error).await;
        }
        if state.wrote_unseen && self.transaction().is_none() {
            match state.current_transaction().await {
                Ok(number) => self.transaction.store(number, Ordering::Relaxed),
                Err(error) => return state.roll_back_because(error).await,
            }
        }
        let wrote = self.transaction();
        let (answered, answer) = state.end("SELECT 1; COMMIT").await?;
        match answer {
            Ok(()) => {
                state.give_back();
                Ok(())
            }
            // What came after the commit failed.
            Err(_) if answered > 1 => {
                state.held.close();
                Ok(())
            }
            Err(error) if is_broken(&error) => {
                state.held.close();
                Err(match wrote {
                    None => from_connect(error),
                    Some(_) => Error::new(
                        ErrorKind::CommitUnknown,
                        "the answer to the commit was lost",
                    )
                    .with_hint("Ask `Database::outcome` for this transaction before trying again.")
                    .with_transaction(wrote),
                })
            }
            Err(error) => state.roll_back_because(from_statement(error)).await,
        }
    }

    /// Rolls back. A connection that cannot do that is closed.
    pub(crate) async fn roll_back(&self) {
        self.state.lock().await.roll_back().await;
    }

    /// Does what was left pending. It leaves the list only once it was answered.
    async fn settle(&self, state: &mut State) -> Result<()> {
        state.statements += 1;
        state.drain().await?;
        let first = || self.pending().first().cloned();
        while let Some(pending) = first() {
            state
                .held
                .get()?
                .execute(AssertSqlSafe(pending.sql()?))
                .await
                .map_err(from_statement)?;
            self.pending().retain(|left| *left != pending);
        }
        Ok(())
    }

    fn query(&self, statement: Statement) -> sqlx::query::Query<'static, Postgres, SqlxValues> {
        query(statement).persistent(self.persistent)
    }
}

fn query(statement: Statement) -> sqlx::query::Query<'static, Postgres, SqlxValues> {
    let values = statement.values.unwrap_or(Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(values))
}

impl Drop for Shared {
    fn drop(&mut self) {
        let state = self.state.get_mut();
        if !state.held.is_live() {
            return;
        }
        // Without a runtime nothing can be sent: the connection is closed.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let mut state = state.take();
            runtime.spawn(async move { state.roll_back().await });
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

fn ended() -> Error {
    Error::new(ErrorKind::Internal, "the session has ended")
}

/// Whether the connection, rather than the statement, failed.
fn is_broken(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(database) => {
            // Whatever the reason, the server ends the connection with these.
            let ends = database
                .try_downcast_ref::<PgDatabaseError>()
                .is_some_and(|told| {
                    matches!(told.severity(), PgSeverity::Fatal | PgSeverity::Panic)
                });
            // 40003: statement completion unknown.
            let lost =
                |code: &str| code.starts_with("08") || code.starts_with("57P") || code == "40003";
            ends || database.code().is_some_and(|code| lost(&code))
        }
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::Tls(_) => true,
        _ => false,
    }
}

fn refused_context(error: Error) -> Error {
    match error.sqlstate() {
        Some("42501") => Error::new(ErrorKind::Forbidden, "the database refused the context")
            .with_hint("Check the signing key, the clock, and that the login is of the scope role.")
            .with_sqlstate("42501"),
        _ => error,
    }
}
