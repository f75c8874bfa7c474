//! The lock that keeps two migrators apart.
//!
//! It is polled: a session that *waits* in `pg_advisory_lock` holds a virtual transaction, for which a concurrent index build
//! waits in turn, and PostgreSQL sees no deadlock in that.

use std::time::Duration;

use sea_orm_migration::{
    SchemaManagerConnection,
    sea_orm::{ConnectionTrait as _, DbBackend, DbErr, Statement},
};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};

const POLL: Duration = Duration::from_millis(100);

/// A connection that does nothing but hold the lock; when it ends, in whatever way, the lock is free.
#[must_use = "the lock is free as soon as this is dropped"]
pub(super) struct Lock(Option<PgConnection>);

impl Lock {
    pub(super) async fn release(self) {
        if let Some(connection) = self.0 {
            // The server frees the lock when the socket closes, whether or not it answers.
            let _ = connection.close().await;
        }
    }
}

/// Waits until no other migrator works on this database.
pub(super) async fn acquire(db: &SchemaManagerConnection<'_>) -> Result<Lock, DbErr> {
    let SchemaManagerConnection::Connection(database) = db else {
        // Inside somebody's transaction the lock ends with it.
        while !held(db).await? {
            tokio::time::sleep(POLL).await;
        }
        return Ok(Lock(None));
    };
    let options = database.get_postgres_connection_pool().connect_options();
    let mut connection = options.connect().await.map_err(crate::Error::from)?;
    loop {
        let held: bool = sqlx::query_scalar(
            "SELECT pg_try_advisory_lock(hashtextextended('tenantry migrations', 0))",
        )
        .fetch_one(&mut connection)
        .await
        .map_err(crate::Error::from)?;
        if held {
            return Ok(Lock(Some(connection)));
        }
        tokio::time::sleep(POLL).await;
    }
}

async fn held(db: &SchemaManagerConnection<'_>) -> Result<bool, DbErr> {
    let sql = "SELECT pg_try_advisory_xact_lock(hashtextextended('tenantry migrations', 0))";
    let row = db
        .query_one_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await?;
    row.map_or(Ok(false), |row| row.try_get_by_index(0))
}
