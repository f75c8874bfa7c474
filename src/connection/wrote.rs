//! Whether anything was written, and the one way to write without a context.

use sea_orm::Statement;
use sqlx::PgPool;

use super::{Connection, Purpose};
use crate::Result;

impl Connection {
    /// Whether the transaction has written, or may have.
    pub(crate) async fn has_written(&self) -> bool {
        self.transaction().is_some() || self.state.lock().await.wrote_unseen
    }
}

/// Runs one statement that writes, in a transaction of its own and outside of any context.
pub(crate) async fn ask_to_write(
    pool: &PgPool,
    persistent: bool,
    purpose: Purpose,
    statement: Statement,
) -> Result<()> {
    // Stated, since the login may read only by default.
    let begin = "BEGIN READ WRITE".to_owned();
    let connection = Connection::begin(pool, begin, None, persistent).await?;
    connection.fetch_optional(purpose, statement).await?;
    connection.commit().await
}
