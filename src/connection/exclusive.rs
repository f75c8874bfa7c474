//! The connection held for several statements that belong together.
//!
//! Handles are copied freely, so two futures may share a session. What one of them does within a
//! savepoint of the library's own must not take in a statement of the other, which would be undone
//! with it after it was acknowledged.

use std::{mem, sync::atomic::Ordering};

use sqlx::{
    AssertSqlSafe, Executor, Postgres, Row,
    postgres::{PgArguments, PgRow},
    query::Query,
};
use tokio::sync::MutexGuard;
use tracing::Instrument;

use super::{Connection, Pending, Purpose, State, TRANSACTION_COLUMN};
use crate::{Error, ErrorKind, Result, error::from_statement};

/// No other statement of the session runs while this is held.
///
/// Dropped while a savepoint is open, it leaves the undoing of that to the next statement.
pub(crate) struct Exclusive<'c> {
    connection: &'c Connection,
    pub(super) state: MutexGuard<'c, State>,
    purpose: Purpose,
    /// Around all that is done meanwhile.
    savepoint: Option<u64>,
    /// A statement over arrays was sent.
    sent: bool,
    /// The transaction is aborted.
    failed: bool,
}

impl Connection {
    /// Waits until no other statement runs and no savepoint is open that the session does not stand
    /// in, and does what is pending.
    pub(crate) async fn exclusive(&self, purpose: Purpose) -> Result<Exclusive<'_>> {
        self.refuse_while_loading()?;
        let mut state = self.when_innermost().await;
        self.settle(&mut state).await?;
        Ok(Exclusive {
            connection: self,
            state,
            purpose,
            savepoint: None,
            sent: false,
            failed: false,
        })
    }

    /// Refuses what would wait for a load that may itself be waiting for it.
    pub(super) fn refuse_while_loading(&self) -> Result<()> {
        if !self.loading.load(Ordering::Relaxed) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Internal,
            "the session is loading rows, and answers nothing meanwhile",
        )
        .with_hint("Let the stream of rows ask another session."))
    }

    pub(super) async fn run<T>(
        &self,
        purpose: Purpose,
        work: impl AsyncFnOnce(&mut sqlx::PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T> {
        async { self.exclusive(purpose).await?.work(work).await }
            .instrument(purpose.span())
            .await
    }
}

impl Exclusive<'_> {
    /// Runs a statement over arrays. Its text is fixed, so that it is kept prepared like any other.
    pub(crate) async fn fetch_all(
        &mut self,
        sql: String,
        arguments: PgArguments,
    ) -> Result<Vec<PgRow>> {
        let query = sqlx::query_with(AssertSqlSafe(sql), arguments);
        self.fetch(query.persistent(self.connection.persistent))
            .await
    }

    /// Runs a statement whose text may not come again, without keeping it prepared.
    pub(crate) async fn fetch_all_once(
        &mut self,
        sql: String,
        arguments: PgArguments,
    ) -> Result<Vec<PgRow>> {
        let query = sqlx::query_with(AssertSqlSafe(sql), arguments);
        self.fetch(query.persistent(false)).await
    }

    async fn fetch(&mut self, query: Query<'_, Postgres, PgArguments>) -> Result<Vec<PgRow>> {
        self.sent = true;
        let span = self.purpose.span();
        let rows = self
            .work(async |connection| query.fetch_all(connection).await)
            .instrument(span)
            .await?;
        if let Some(row) = rows.first() {
            self.connection.learn(row);
        }
        Ok(rows)
    }

    /// Runs a statement whose text does not come again, and says how many rows it wrote.
    pub(crate) async fn execute_once(
        &mut self,
        sql: String,
        arguments: PgArguments,
    ) -> Result<u64> {
        self.sent = true;
        let query = sqlx::query_with(AssertSqlSafe(sql), arguments).persistent(false);
        let span = self.purpose.span();
        self.work(async |connection| query.execute(connection).await)
            .instrument(span)
            .await
            .map(|done| done.rows_affected())
    }

    /// Runs text of our own making that writes, and learns the transaction.
    pub(crate) async fn write(&mut self, sql: String) -> Result<()> {
        self.sent = true;
        let sql = format!("{sql}; SELECT pg_current_xact_id()::text AS {TRANSACTION_COLUMN}");
        let span = self.purpose.span();
        let row = self
            .work(async |connection| connection.fetch_one(AssertSqlSafe(sql.as_str())).await)
            .instrument(span)
            .await?;
        self.connection.learn(&row);
        Ok(())
    }

    /// Runs a `COPY … FROM STDIN`.
    ///
    /// Dropped midway, the connection is closed and the session has ended: whatever came next would
    /// be taken for rows.
    pub(crate) async fn copy(&mut self, sql: String, rows: Vec<u8>) -> Result<()> {
        self.sent = true;
        let span = self.purpose.span();
        let mut held = self.state.held.take();
        let copied = async {
            let connection = held.get()?;
            let copy = async {
                let mut copy = connection.copy_in_raw(&sql).await?;
                copy.send(rows).await?;
                copy.finish().await
            };
            copy.await.map_err(from_statement)
        };
        let copied = copied.instrument(span).await;
        // Only after an answer of the server is it known where the connection stands.
        if copied
            .as_ref()
            .err()
            .is_none_or(|error| error.sqlstate().is_some())
        {
            self.state.held = held;
        }
        self.failed |= copied.is_err();
        copied.map(drop)
    }

    /// Whether the role may make temporary tables.
    pub(crate) async fn may_make_tables(&mut self) -> Result<bool> {
        let sql =
            "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY')";
        let span = self.purpose.span();
        let row = self
            .work(async |connection| sqlx::raw_sql(sql).fetch_one(connection).await)
            .instrument(span)
            .await?;
        row.try_get(0).map_err(from_statement)
    }

    /// Refuses every other statement of the session instead of letting it wait: the one who holds
    /// this waits for rows, which may be made by whoever waits.
    pub(crate) fn refuse_others(&self) {
        self.connection.loading.store(true, Ordering::Relaxed);
    }

    /// Opens a savepoint around what follows.
    pub(crate) async fn open(&mut self) -> Result<()> {
        let number = self.connection.number_savepoint();
        self.command(format!("SAVEPOINT tenantry_{number}")).await?;
        self.savepoint = Some(number);
        Ok(())
    }

    /// Opens a savepoint around what follows, and one within it around the first piece of it.
    pub(crate) async fn open_pieces(&mut self) -> Result<Piece> {
        let number = self.connection.number_savepoint();
        let piece = Piece(self.connection.number_savepoint());
        self.command(format!("SAVEPOINT tenantry_{number}; {}", piece.open()))
            .await?;
        self.savepoint = Some(number);
        Ok(piece)
    }

    /// Keeps a piece, and opens the next.
    pub(crate) async fn next_piece(&mut self, piece: &Piece) -> Result<()> {
        self.command(format!(
            "RELEASE SAVEPOINT {}; {}",
            piece.name(),
            piece.open()
        ))
        .await
    }

    /// Undoes a piece, which can then be tried again.
    pub(crate) async fn undo_piece(&mut self, piece: &Piece) -> Result<()> {
        self.command(format!("ROLLBACK TO SAVEPOINT {}", piece.name()))
            .await?;
        self.failed = false;
        Ok(())
    }

    /// Keeps what was done.
    pub(crate) async fn keep(mut self) -> Result<()> {
        // Dropped from here on, all of it is done: what is undone might be released already.
        if let Some(number) = self.savepoint.take() {
            self.command(format!("RELEASE SAVEPOINT tenantry_{number}"))
                .await?;
        }
        Ok(())
    }

    /// Leaves the transaction as a failed statement leaves it: nothing of it can be kept, but for
    /// what a savepoint around this recovers.
    pub(crate) async fn give_up(mut self) {
        // Not left to the next statement, which would recover the transaction.
        self.savepoint = None;
        if self.sent && !self.failed {
            let text = "DO 'BEGIN RAISE ''tenantry: given up''; END'";
            // Whatever it answers, the transaction is lost.
            drop(self.command(text.to_owned()).await);
        }
    }

    pub(super) async fn command(&mut self, sql: String) -> Result<()> {
        let span = self.purpose.span();
        self.work(async |connection| {
            connection
                .execute(AssertSqlSafe(sql.as_str()))
                .await
                .map(drop)
        })
        .instrument(span)
        .await
    }

    async fn work<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut sqlx::PgConnection) -> Result<T, sqlx::Error>,
    ) -> Result<T> {
        let state = &mut *self.state;
        let connection = state.held.get()?;
        // Dropped before the answer, the statement may be carried out all the same.
        let unseen = mem::replace(&mut state.wrote_unseen, true);
        state.unanswered = true;
        let answer = work(connection).await.map_err(from_statement);
        state.wrote_unseen = unseen;
        state.unanswered = false;
        match &answer {
            // Nothing works in a lost transaction: a savepoint has recovered it.
            Ok(_) => state.must_retry = false,
            Err(error) => {
                self.failed = true;
                // 40001 and 40P01: the transaction is lost, the unit of work may run again.
                state.must_retry |= error.kind() == ErrorKind::Retryable;
                state.outdated |= error.sqlstate() == Some("0A000");
                tracing::debug!(kind = ?error.kind(), sqlstate = error.sqlstate(), "statement failed");
            }
        }
        answer
    }
}

impl Drop for Exclusive<'_> {
    fn drop(&mut self) {
        self.connection.loading.store(false, Ordering::Relaxed);
        if let Some(number) = self.savepoint {
            self.connection.leave_pending(Pending::Undo(number));
        }
    }
}

/// A savepoint that moves along: around one piece of a batch after another.
pub(crate) struct Piece(u64);

impl Piece {
    fn name(&self) -> String {
        format!("tenantry_{}", self.0)
    }

    fn open(&self) -> String {
        format!("SAVEPOINT {}", self.name())
    }
}
