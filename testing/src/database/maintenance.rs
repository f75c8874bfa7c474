//! The administrator's connection, from which databases and roles are made, and its locks.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::{address::Address, error::DatabaseError};

/// A connection to the database that the administrator's URL names.
pub(super) struct Maintenance(PgConnection);

impl Maintenance {
    pub(super) async fn open(server: &Address) -> Result<Self, DatabaseError> {
        server.connect().await.map(Self)
    }

    pub(super) fn connection(&mut self) -> &mut PgConnection {
        &mut self.0
    }

    /// Keeps everybody else who asks for the same `name` waiting, in every process, until released or gone.
    pub(super) async fn lock(&mut self, name: &str) -> Result<(), DatabaseError> {
        sqlx::query("SELECT pg_advisory_lock(hashtextextended($1, 0))")
            .bind(name)
            .execute(&mut self.0)
            .await
            .map(drop)
            .map_err(DatabaseError::sql("wait for another test process"))
    }

    pub(super) async fn unlock(&mut self, name: &str) -> Result<(), DatabaseError> {
        sqlx::query("SELECT pg_advisory_unlock(hashtextextended($1, 0))")
            .bind(name)
            .execute(&mut self.0)
            .await
            .map(drop)
            .map_err(DatabaseError::sql("let the next test process in"))
    }

    /// Runs one statement whose text we have put together from names of our own.
    pub(super) async fn run(&mut self, sql: String) -> Result<(), sqlx::Error> {
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut self.0)
            .await
            .map(drop)
    }

    pub(super) async fn close(self) {
        // The work is done; a server that is gone by now takes nothing back.
        let _ = self.0.close().await;
    }
}
