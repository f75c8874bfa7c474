//! Calls of functions under a login that can do nothing else.

use std::fmt;

use sea_orm::{FromQueryResult, Value};
use sqlx::PgPool;

use super::{DatabaseBuilder, check::Scope};
use crate::{
    Result, call,
    connection::{Asking, Purpose},
};

const CALL: Purpose = Purpose {
    verb: "call",
    table: "",
};

/// A pool of connections that call functions and touch no table, for jobs over all workspaces.
///
/// There is no context, and no way to one: such a login may not enter a workspace. What a job may do is what its functions do, each of
/// them a transaction of its own. Made by [`DatabaseBuilder::connect_relay`] and [`DatabaseBuilder::connect_maintenance`]; cheap to clone.
#[derive(Clone)]
pub struct Functions {
    pool: PgPool,
    settings: String,
    persistent: bool,
}

impl DatabaseBuilder {
    /// Connects as a login of `tenantry_relay`, which hands on what workspaces put into their outboxes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if the URL is not valid, or the login is of another role, of a second one, owns
    /// or may touch a table, or is spared row security; [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) if the server cannot be
    /// reached.
    pub async fn connect_relay(self) -> Result<Functions> {
        self.connect_functions(Scope::Relay).await
    }

    /// Connects as a login of `tenantry_maintenance`, which sweeps and makes room.
    ///
    /// # Errors
    ///
    /// As [`connect_relay`](Self::connect_relay).
    pub async fn connect_maintenance(self) -> Result<Functions> {
        self.connect_functions(Scope::Maintenance).await
    }

    async fn connect_functions(self, scope: Scope) -> Result<Functions> {
        Ok(Functions {
            pool: self.open(&self.url, scope).await?,
            settings: self.settings(),
            persistent: self.persistent,
        })
    }
}

impl Functions {
    /// Calls `schema.function(arguments)` in a transaction of its own and returns its rows.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if `function` is no `schema.name` of the application;
    /// [`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden) if the login may not call it;
    /// [`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable) if the database cannot be reached; otherwise what the function raises.
    pub async fn call<T: FromQueryResult>(
        &self,
        function: &'static str,
        arguments: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<T>> {
        let statement = call::statement(function, arguments)?;
        let asking = Asking::new(&self.pool, &self.settings, self.persistent);
        call::rows(asking.call(CALL, statement).await?)
    }

    /// Closes the pool once every call has ended.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Functions")
    }
}
