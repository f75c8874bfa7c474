//! Where a request came from.

use std::{
    fmt,
    net::IpAddr,
    sync::atomic::{AtomicBool, Ordering},
};

use sea_orm::{DbBackend, Statement};
use uuid::Uuid;

use super::purpose;
use crate::{Result, connection::Connection};

/// One request of a web service: made at its edge, carried by contexts, recorded once.
///
/// ```
/// use tenantry::Request;
///
/// let request = Request::new().ip_address([192, 0, 2, 7].into()).user_agent("curl/8.5");
/// # let _ = request;
/// ```
#[derive(Clone)]
#[must_use = "a request is carried by `Database::for_request` or `TenantContext::with_request`"]
pub struct Request {
    pub(crate) id: Uuid,
    pub(crate) ip_address: Option<IpAddr>,
    pub(crate) user_agent: Option<String>,
}

impl Request {
    /// Begins with a new id.
    pub fn new() -> Self {
        Self::of(Uuid::now_v7())
    }

    /// Begins with an id of the application's own, such as a trace id.
    pub const fn of(id: Uuid) -> Self {
        Self {
            id,
            ip_address: None,
            user_agent: None,
        }
    }

    /// Says from which address it came.
    pub const fn ip_address(mut self, address: IpAddr) -> Self {
        self.ip_address = Some(address);
        self
    }

    /// Says what the client called itself; the first 1,000 characters count.
    pub fn user_agent(mut self, agent: impl AsRef<str>) -> Self {
        // PostgreSQL has no text with a zero character.
        let kept = agent.as_ref().chars().filter(|c| *c != '\0').take(1000);
        self.user_agent = Some(kept.collect());
        self
    }
}

impl Default for Request {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Request {
    /// Addresses belong to persons, so they are not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What a context knows of the request, and whether the database knows it too.
pub(crate) struct Origin {
    pub(crate) request: Request,
    recorded: AtomicBool,
}

impl Origin {
    pub(crate) const fn new(request: Request) -> Self {
        Self {
            request,
            recorded: AtomicBool::new(false),
        }
    }

    pub(crate) fn is_recorded(&self) -> bool {
        self.recorded.load(Ordering::Relaxed)
    }

    /// Told once the transaction that wrote it has committed.
    pub(crate) fn recorded(&self) {
        self.recorded.store(true, Ordering::Relaxed);
    }

    pub(crate) async fn record(&self, connection: &Connection) -> Result<()> {
        let statement = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT tenantry.record_request($1::text::inet, $2)",
            [
                self.request.ip_address.map(|ip| ip.to_string()).into(),
                self.request.user_agent.clone().into(),
            ],
        );
        connection
            .fetch_optional(purpose("record_request"), statement)
            .await
            .map(drop)
    }
}
