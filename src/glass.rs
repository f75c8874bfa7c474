//! Break-glass: an operator reads workspaces by name, for a while, after each of them was told why.

mod opening;
mod rows;
mod session;

use std::{fmt, time::Instant};

use chrono::{DateTime, Utc};
use sea_orm::Value;
use uuid::Uuid;

use crate::{
    ActorId, Database, Error, ErrorKind, Result, WorkspaceId, call, claim, connection::Purpose,
};

pub use opening::Opening;
pub use rows::{GlassRows, Glimpse};
pub use session::GlassSession;

const CALL: Purpose = Purpose {
    verb: "call",
    table: "",
};

/// Glass that was broken: a committed grant to read some workspaces, which their audit logs tell of.
///
/// It serves whoever opened it, and nobody else. What is recorded is that it was opened, by whom, why and until when, and that it
/// was closed before its time; single reads are not.
#[must_use = "broken glass stays open until its time is over, unless it is closed"]
pub struct BreakGlass {
    database: Database,
    actor: ActorId,
    request: Uuid,
    grant: Uuid,
    workspaces: Vec<WorkspaceId>,
    /// The same, as statements name them.
    keys: Value,
    expires_at: DateTime<Utc>,
    /// By the clock of this machine, which does not jump.
    until: Instant,
}

impl BreakGlass {
    /// The workspaces that may be read.
    #[must_use]
    pub fn workspaces(&self) -> &[WorkspaceId] {
        &self.workspaces
    }

    /// From when on nothing is read, by the database's clock.
    #[must_use]
    pub const fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
    }

    /// Begins a session that reads the workspaces, in one transaction.
    ///
    /// The database asks for the grant in every statement. One that runs when the time is over, and a page whose rows are on their
    /// way, arrive.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`] if the time is over; [`ErrorKind::Unavailable`] if no connection is to be had.
    pub async fn read(&self) -> Result<GlassSession<'_>> {
        if self.until <= Instant::now() {
            return Err(
                Error::new(ErrorKind::Forbidden, "the time of the broken glass is over")
                    .with_hint("Break it again, and say why."),
            );
        }
        let connection = self
            .database
            .inner
            .enter_glass("READ ONLY", self.claim())
            .await?;
        Ok(GlassSession::new(self, connection))
    }

    /// Ends the grant before its time, also for sessions that are open, and tells the workspaces.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unavailable`] if no connection is to be had; [`ErrorKind::CommitUnknown`] if the answer to the commit was lost.
    pub async fn close(self) -> Result<()> {
        let connection = self
            .database
            .inner
            .enter_glass("READ WRITE", self.claim())
            .await?;
        let statement = call::statement("tenantry.close_glass", [])?;
        connection.call(CALL, statement).await?;
        connection.commit().await
    }

    /// The workspaces as a value.
    fn keys(&self) -> Value {
        self.keys.clone()
    }

    fn cursor_key(&self) -> &[u8; 32] {
        &self.database.inner.cursor_key
    }

    fn claim(&self) -> claim::Enter {
        let key = self.database.inner.signing_key();
        claim::glass(&self.actor, self.request, Some(self.grant), key)
    }
}

impl fmt::Debug for BreakGlass {
    /// Names no grant.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BreakGlass")
            .field("actor", &self.actor)
            .field("workspaces", &self.workspaces)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
