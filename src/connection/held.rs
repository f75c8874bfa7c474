//! A connection that is in a transaction, or may be.

use sqlx::{PgPool, Postgres, pool::PoolConnection};

use super::ended;
use crate::{Result, error::from_connect};

/// Holds a connection that must not go back to the pool as it is.
///
/// Dropped by an error, or because nobody waits any more, it is closed, and the server rolls back.
/// Only [`give_back`](Held::give_back) returns it.
pub(super) struct Held(Option<PoolConnection<Postgres>>);

impl Held {
    pub(super) async fn acquire(pool: &PgPool) -> Result<Self> {
        Ok(Self(Some(pool.acquire().await.map_err(from_connect)?)))
    }

    /// Whether the transaction has not ended.
    pub(super) const fn is_live(&self) -> bool {
        self.0.is_some()
    }

    pub(super) fn get(&mut self) -> Result<&mut sqlx::PgConnection> {
        Ok(self.0.as_mut().ok_or_else(ended)?)
    }

    /// Takes the connection out, and leaves the session ended.
    pub(super) const fn take(&mut self) -> Self {
        Self(self.0.take())
    }

    /// Returns it to the pool: its transaction has ended, and nothing of it is left.
    pub(super) fn give_back(&mut self) {
        drop(self.0.take());
    }

    pub(super) fn close(&mut self) {
        drop(self.take());
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(mut connection) = self.0.take() else {
            return;
        };
        if tokio::runtime::Handle::try_current().is_ok() {
            connection.close_on_drop();
        } else if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().build() {
            // The driver spawns what it does when a connection goes, and panics where it cannot.
            // Closing the socket is all that is needed.
            let _entered = runtime.enter();
            drop(connection.detach());
        }
    }
}
