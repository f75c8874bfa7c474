//! How long the audit log is kept, and the months that are made for it ahead.
//!
//! Run as [`MIGRATOR`](crate::roles::MIGRATOR), once a day or once a month, never by the service itself.

use std::time::Duration;

use sqlx::{Connection as _, PgConnection};

use crate::Error;

/// Seven years, two leap days included.
const DAYS: u32 = 2557;

/// Longer than `deadlock_timeout`, after which autovacuum yields to whoever waits for it; writers wait no longer either.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '1500ms'";

/// What PostgreSQL says when a lock was not to be had in time.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// What PostgreSQL says when two wait for each other.
const DEADLOCK: &str = "40P01";

/// Requests that one statement deletes, at most.
const BATCH: i32 = 10_000;

/// How long entries of the audit log, and the requests behind them, are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    days: u32,
    request_days: u32,
    attempts: u32,
}

/// What [`Retention::apply`] took away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Swept {
    /// The partitions that were dropped, oldest first, as `audit_log_y2019m03`.
    pub partitions: Vec<String>,
    /// Old entries for which no month was ever made.
    pub entries: u64,
    /// Requests, with their addresses.
    pub requests: u64,
}

impl Default for Retention {
    /// Entries for seven years, requests for as long.
    fn default() -> Self {
        Self {
            days: DAYS,
            request_days: DAYS,
            attempts: 20,
        }
    }
}

impl Retention {
    /// Keeps entries for so many days; the database refuses less than 30.
    #[must_use]
    pub const fn days(mut self, days: u32) -> Self {
        self.days = days;
        self
    }

    /// Keeps addresses and user agents of requests for so many days; the database keeps them for a year at least.
    #[must_use]
    pub const fn request_days(mut self, days: u32) -> Self {
        self.request_days = days;
        self
    }

    /// Tries so often to lock the log for each partition, a second apart; 20 times if nothing is said.
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Drops every month of the log that is older, deletes old requests, and says what went.
    ///
    /// One partition is one transaction, and `progress` hears of each that is gone. Whoever writes the log waits for
    /// at most a second and a half. Two at once, or one again after it was interrupted, do no harm. The month that is
    /// being written and those ahead stay.
    ///
    /// # Errors
    ///
    /// If fewer than 30 days are asked for, the log is locked by others at every attempt (SQLSTATE 55P03; what
    /// `progress` heard of is gone), or the connection is not the owner's.
    pub async fn apply(
        self,
        connection: &mut PgConnection,
        mut progress: impl FnMut(&str) + Send,
    ) -> Result<Swept, Error> {
        let days = number(self.days)?;
        let mut swept = Swept::default();
        let old: Vec<String> = sqlx::query_scalar("SELECT tenantry.old_audit_partitions($1)")
            .bind(days)
            .persistent(false)
            .fetch_all(&mut *connection)
            .await?;
        for partition in old {
            if self.drop(connection, &partition, days).await? {
                progress(&partition);
                swept.partitions.push(partition);
            }
        }
        swept.entries = self.clear(connection, days).await?;
        swept.requests = self.requests(connection).await?;
        Ok(swept)
    }

    async fn drop(
        self,
        connection: &mut PgConnection,
        partition: &str,
        days: i32,
    ) -> Result<bool, Error> {
        let mut attempt = 1;
        loop {
            match try_drop(connection, partition, days).await {
                Err(error) if attempt < self.attempts && is_locked(&error) => {
                    attempt += 1;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                outcome => return outcome,
            }
        }
    }

    async fn clear(self, connection: &mut PgConnection, days: i32) -> Result<u64, Error> {
        let mut attempt = 1;
        loop {
            match try_clear(connection, days).await {
                Err(error) if attempt < self.attempts && is_locked(&error) => {
                    attempt += 1;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                outcome => return outcome,
            }
        }
    }

    async fn requests(self, connection: &mut PgConnection) -> Result<u64, Error> {
        let days = number(self.request_days)?;
        let mut swept = 0;
        loop {
            let batch: i64 = sqlx::query_scalar(
                "SELECT tenantry.sweep_audit_requests(now() - make_interval(days => $1), $2)",
            )
            .bind(days)
            .bind(BATCH)
            .persistent(false)
            .fetch_one(&mut *connection)
            .await?;
            swept += batch.unsigned_abs();
            if batch < i64::from(BATCH) {
                return Ok(swept);
            }
        }
    }
}

/// Makes the partitions from last month to so many months ahead, and says how many were missing.
///
/// The migration of the kernel makes twelve.
///
/// # Errors
///
/// If more than 120 are asked for, or the connection is not the owner's.
pub async fn make_partitions(connection: &mut PgConnection, months: u32) -> Result<u32, Error> {
    let made: i32 = sqlx::query_scalar("SELECT tenantry.make_audit_partitions($1)")
        .bind(number(months)?)
        .persistent(false)
        .fetch_one(connection)
        .await?;
    Ok(made.unsigned_abs())
}

async fn try_drop(
    connection: &mut PgConnection,
    partition: &str,
    days: i32,
) -> Result<bool, Error> {
    let mut transaction = connection.begin().await?;
    sqlx::query(LOCK_TIMEOUT).execute(&mut *transaction).await?;
    let dropped = sqlx::query_scalar("SELECT tenantry.drop_audit_partition($1, $2)")
        .bind(partition)
        .bind(days)
        .persistent(false)
        .fetch_one(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(dropped)
}

async fn try_clear(connection: &mut PgConnection, days: i32) -> Result<u64, Error> {
    let mut transaction = connection.begin().await?;
    sqlx::query(LOCK_TIMEOUT).execute(&mut *transaction).await?;
    let cleared: i64 = sqlx::query_scalar("SELECT tenantry.clear_audit_default($1)")
        .bind(days)
        .persistent(false)
        .fetch_one(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(cleared.unsigned_abs())
}

fn is_locked(error: &Error) -> bool {
    matches!(error.code(), Some(LOCK_NOT_AVAILABLE | DEADLOCK))
}

fn number(days: u32) -> Result<i32, Error> {
    i32::try_from(days).map_err(|_| Error::new("the number is out of range"))
}
