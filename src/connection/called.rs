//! Functions that are called for what they do: they may write, and tell in which transaction.

use sea_orm::Statement;
use sqlx::{PgPool, postgres::PgRow};

use super::{Connection, Purpose, query};
use crate::{Result, error::from_statement};

impl Connection {
    /// Calls a function, which may write. What it returns names the transaction, if it returns
    /// something; otherwise the commit asks for it.
    pub(crate) async fn call(&self, purpose: Purpose, statement: Statement) -> Result<Vec<PgRow>> {
        self.state.lock().await.wrote_unseen = true;
        let rows = self.fetch_all(purpose, statement).await?;
        if let Some(row) = rows.first() {
            self.learn(row);
        }
        Ok(rows)
    }
}

/// Calls a function outside of any context, in a transaction of its own.
pub(crate) async fn call(
    pool: &PgPool,
    persistent: bool,
    purpose: Purpose,
    statement: Statement,
) -> Result<Vec<PgRow>> {
    if persistent {
        return query(statement)
            .fetch_all(pool)
            .await
            .map_err(from_statement);
    }
    // An unnamed statement takes two trips, between which a pooler may change the server.
    let connection = Connection::begin(pool, "BEGIN".to_owned(), None, false).await?;
    let rows = connection.call(purpose, statement).await?;
    connection.commit().await?;
    Ok(rows)
}
