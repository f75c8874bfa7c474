//! Functions that are called for what they do: they may write, and tell in which transaction.

use sea_orm::Statement;
use sqlx::postgres::PgRow;

use super::{Connection, Purpose};
use crate::Result;

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
