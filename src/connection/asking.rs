//! Questions outside of any context: each a statement, or a transaction, of its own.

use sea_orm::Statement;
use sqlx::{PgPool, postgres::PgRow};

use super::{Connection, Purpose, query};
use crate::{Error, ErrorKind, Result, error::from_statement};

/// Where such questions are asked. They take no longer than statements of a session: by what the connection was opened
/// with, or by what their transaction sets.
///
/// An unnamed statement takes two trips, between which a pooler may change the server unless a transaction holds it.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'d> {
    pool: &'d PgPool,
    settings: &'d str,
    persistent: bool,
}

impl<'d> Asking<'d> {
    pub(crate) const fn new(pool: &'d PgPool, settings: &'d str, persistent: bool) -> Self {
        Self {
            pool,
            settings,
            persistent,
        }
    }

    /// Asks one question.
    pub(crate) async fn ask(self, purpose: Purpose, statement: Statement) -> Result<PgRow> {
        if self.persistent {
            let row = query(statement).fetch_one(self.pool).await;
            return row.map_err(from_statement);
        }
        let connection = self.begin("READ ONLY").await?;
        let row = connection.fetch_optional(purpose, statement).await?;
        connection.commit().await?;
        row.ok_or_else(|| Error::new(ErrorKind::Internal, "the question has no answer"))
    }

    /// Calls a function, which may write, in a transaction of its own.
    pub(crate) async fn call(self, purpose: Purpose, statement: Statement) -> Result<Vec<PgRow>> {
        if self.persistent {
            let rows = query(statement).fetch_all(self.pool).await;
            return rows.map_err(from_statement);
        }
        let connection = self.begin("").await?;
        let rows = connection.call(purpose, statement).await?;
        connection.commit().await?;
        Ok(rows)
    }

    /// Runs one statement that writes, in a transaction of its own.
    pub(crate) async fn write(self, purpose: Purpose, statement: Statement) -> Result<()> {
        // Stated, since the login may read only by default.
        let connection = self.begin("READ WRITE").await?;
        connection.fetch_optional(purpose, statement).await?;
        connection.commit().await
    }

    async fn begin(self, access: &'static str) -> Result<Connection> {
        let begin = format!("BEGIN {access}; {}", self.settings);
        Connection::begin(self.pool, begin, None, self.persistent).await
    }
}
