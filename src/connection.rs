//! One transaction on one connection: begun with its context, ended in one of three ways.
//!
//! It does not use the driver's transactions. Those begin and enter a context in two steps or leave
//! a failed first step open in the pool, report a `COMMIT` that PostgreSQL answered with `ROLLBACK`
//! as success, and know nothing of a lost answer.

use std::{fmt, sync::PoisonError, time::Duration};

use sea_orm::{Statement, sea_query::Values};
use sea_query_sqlx::SqlxValues;
use sqlx::{
    AssertSqlSafe, Executor, PgPool, Postgres, Row,
    pool::PoolConnection,
    postgres::{PgArguments, PgRow},
};
use tokio::sync::{Mutex, MutexGuard};
use tracing::Instrument;

use crate::{
    Error, ErrorKind, Result, TransactionId,
    error::{from_connect, from_statement},
};

/// The column by which a write tells its transaction's id; see [`Connection::learn`].
pub(crate) const TRANSACTION_COLUMN: &str = "tenantry_transaction";

/// How long a rollback may take after a session was dropped, before the connection is closed.
const ROLLBACK_PATIENCE: Duration = Duration::from_secs(5);

/// How many stale connections of the pool `begin` tries before it gives up.
const BEGIN_ATTEMPTS: usize = 3;

/// What a statement is for: said in spans, never with values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purpose {
    pub(crate) verb: &'static str,
    pub(crate) table: &'static str,
}

pub(crate) struct Connection {
    state: Mutex<State>,
    /// Statements to run before the next one: what a dropped savepoint or stream left to undo.
    pending: std::sync::Mutex<Vec<String>>,
    persistent: bool,
}

struct State {
    /// `None` once the transaction has ended.
    live: Option<PoolConnection<Postgres>>,
    transaction: Option<TransactionId>,
    wrote_unseen: bool,
    must_retry: bool,
}

impl Connection {
    /// Takes a connection and runs `statement`, which begins and enters, in one round trip.
    pub(crate) async fn begin(pool: &PgPool, statement: String, persistent: bool) -> Result<Self> {
        let mut attempt = 1;
        loop {
            let mut opening = Opening(Some(pool.acquire().await.map_err(from_connect)?));
            let connection = opening.0.as_mut().expect("just filled");
            match connection.execute(AssertSqlSafe(statement.as_str())).await {
                Ok(_) => {
                    return Ok(Self {
                        state: Mutex::new(State {
                            live: opening.0.take(),
                            transaction: None,
                            wrote_unseen: false,
                            must_retry: false,
                        }),
                        pending: std::sync::Mutex::default(),
                        persistent,
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
        self.state.lock().await.wrote_unseen = true;
        let query = sqlx::query_with(AssertSqlSafe(sql), arguments).persistent(false);
        self.run(purpose, async |connection| {
            query.fetch_all(connection).await
        })
        .await
    }

    /// Runs text of our own making (`SAVEPOINT …`) by the simple protocol.
    pub(crate) async fn command(&self, purpose: Purpose, sql: String) -> Result<()> {
        self.run(purpose, async |connection| {
            connection
                .execute(AssertSqlSafe(sql.as_str()))
                .await
                .map(drop)
        })
        .await
    }

    /// Leaves a statement to be run before the next one. Does not wait, for use in `Drop`.
    pub(crate) fn leave_pending(&self, sql: String) {
        self.pending
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sql);
    }

    /// Remembers the id of the transaction from a row that a write returned.
    pub(crate) async fn learn(&self, row: &PgRow) {
        if let Ok(text) = row.try_get::<String, _>(TRANSACTION_COLUMN)
            && let Ok(number) = text.parse()
        {
            self.state.lock().await.transaction = Some(TransactionId(number));
        }
    }

    /// Whether PostgreSQL has asked to run the whole unit of work again.
    pub(crate) async fn must_retry(&self) -> bool {
        self.state.lock().await.must_retry
    }

    /// Commits. The first statement fails in an aborted transaction, where a bare `COMMIT` would
    /// be answered by a rollback that the driver reports as success.
    pub(crate) async fn commit(&self) -> Result<()> {
        let mut state = self.state.lock().await;
        if let Err(error) = self.settle(&mut state).await {
            return state.roll_back_because(error).await;
        }
        if state.wrote_unseen && state.transaction.is_none() {
            match state.current_transaction().await {
                Ok(transaction) => state.transaction = transaction,
                Err(error) => return state.roll_back_because(error).await,
            }
        }
        let wrote = state.transaction;
        let Some(live) = &mut state.live else {
            return Err(ended());
        };
        let answer = live.execute("SELECT 1; COMMIT").await;
        match answer {
            Ok(_) => {
                state.live = None;
                Ok(())
            }
            Err(error) if is_broken(&error) => {
                state.close();
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

    /// Runs what was left pending. A statement leaves the list only once it was answered.
    async fn settle(&self, state: &mut State) -> Result<()> {
        let first = || {
            self.pending
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .first()
                .cloned()
        };
        while let Some(sql) = first() {
            let live = state.live.as_mut().ok_or_else(ended)?;
            live.execute(AssertSqlSafe(sql.as_str()))
                .await
                .map_err(from_statement)?;
            self.pending
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(0);
        }
        Ok(())
    }

    fn query(&self, statement: Statement) -> sqlx::query::Query<'static, Postgres, SqlxValues> {
        query(statement).persistent(self.persistent)
    }

    async fn run<T>(
        &self,
        purpose: Purpose,
        work: impl AsyncFnOnce(&mut sqlx::PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T> {
        let span = tracing::debug_span!(
            "tenantry.statement",
            verb = purpose.verb,
            table = purpose.table
        );
        async {
            let mut state: MutexGuard<'_, State> = self.state.lock().await;
            self.settle(&mut state).await?;
            let live = state.live.as_mut().ok_or_else(ended)?;
            let answer = work(live).await.map_err(from_statement);
            if let Err(error) = &answer {
                // 40001 and 40P01: the transaction is lost, the unit of work may run again.
                state.must_retry |= error.kind() == ErrorKind::Retryable;
                tracing::debug!(kind = ?error.kind(), sqlstate = error.sqlstate(), "statement failed");
            }
            answer
        }
        .instrument(span)
        .await
    }
}

fn query(statement: Statement) -> sqlx::query::Query<'static, Postgres, SqlxValues> {
    let values = statement.values.unwrap_or(Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql), SqlxValues(values))
}

/// Asks one question outside of any context.
///
/// An unnamed statement takes two trips, between which a pooler may change the server unless a
/// transaction holds it.
pub(crate) async fn ask(
    pool: &PgPool,
    persistent: bool,
    purpose: Purpose,
    statement: Statement,
) -> Result<PgRow> {
    if persistent {
        return query(statement)
            .fetch_one(pool)
            .await
            .map_err(from_statement);
    }
    let connection = Connection::begin(pool, "BEGIN READ ONLY".to_owned(), false).await?;
    let row = connection.fetch_optional(purpose, statement).await?;
    connection.commit().await?;
    row.ok_or_else(|| Error::new(ErrorKind::Internal, "the question has no answer"))
}

impl State {
    async fn current_transaction(&mut self) -> Result<Option<TransactionId>> {
        let live = self.live.as_mut().ok_or_else(ended)?;
        let row = sqlx::query("SELECT pg_current_xact_id_if_assigned()::text")
            .persistent(false)
            .fetch_one(&mut **live)
            .await
            .map_err(from_statement)?;
        let text: Option<String> = row.try_get(0).map_err(from_statement)?;
        Ok(text.and_then(|text| text.parse().ok()).map(TransactionId))
    }

    async fn roll_back_because(&mut self, error: Error) -> Result<()> {
        self.roll_back().await;
        Err(error)
    }

    async fn roll_back(&mut self) {
        if let Some(live) = self.live.take() {
            roll_back(live).await;
        }
    }

    fn close(&mut self) {
        if let Some(mut live) = self.live.take() {
            live.close_on_drop();
        }
    }
}

/// A connection between `acquire` and the answer to `BEGIN`. Dropped there, by an error or because
/// nobody waits any more, it may hold half a transaction: it is closed, not returned.
struct Opening(Option<PoolConnection<Postgres>>);

impl Drop for Opening {
    fn drop(&mut self) {
        if let Some(connection) = &mut self.0 {
            connection.close_on_drop();
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let Some(live) = self.state.get_mut().live.take() else {
            return;
        };
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(roll_back(live))),
            // Without a runtime nothing can be sent. Closing the socket makes the server roll back.
            Err(_) => drop(live.detach()),
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connection")
    }
}

async fn roll_back(mut live: PoolConnection<Postgres>) {
    let answer = tokio::time::timeout(ROLLBACK_PATIENCE, live.execute("ROLLBACK")).await;
    if !matches!(answer, Ok(Ok(_))) {
        live.close_on_drop();
    }
}

fn ended() -> Error {
    Error::new(ErrorKind::Internal, "the session has ended")
}

/// Whether the connection, rather than the statement, failed.
fn is_broken(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(database) => database
            .code()
            .is_some_and(|code| code.starts_with("08") || code.starts_with("57P")),
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
