//! The audit log from the application's side: what it records itself, and what it reads.
//!
//! Changes of rows are written by triggers, whatever caused them; nothing here can leave one out.

mod action;
mod entries;
mod entry;
mod event;
mod history;
mod image;
mod request;
mod security;

use std::fmt;

use chrono::{DateTime, Utc};
use sea_orm::{DbBackend, EntityTrait, Statement};

use crate::{
    Access, Result, Session, Writes,
    connection::{Purpose, TRANSACTION_COLUMN},
};

pub use action::Action;
pub use entries::Entries;
pub use entry::{Entry, FieldChange, Operation};
pub use event::Event;
pub use history::{History, Image};
pub use request::Request;
pub use security::SecurityEvent;

pub(crate) use request::Origin;
pub(crate) use security::Recorder;

/// The audit log of the session's workspace.
#[must_use = "the audit log does nothing until one of its verbs is awaited"]
pub struct Audit<'s, A: Access> {
    session: &'s Session<A>,
}

impl<A: Access> Session<A> {
    /// The audit log of the session's workspace.
    pub const fn audit(&self) -> Audit<'_, A> {
        Audit { session: self }
    }
}

impl<'s, A: Access> Audit<'s, A> {
    /// Records what the application did, in this transaction: undone where that is undone.
    ///
    /// Actor, request and workspace are the context's; nothing of them can be said here. One entry
    /// names at most 1,000 rows; more are told in several.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Forbidden`](crate::ErrorKind::Forbidden) for an action of `security`, which
    /// [`Database::record_security_event`](crate::Database::record_security_event) records.
    pub async fn record(&self, event: Event) -> Result<()>
    where
        A: Writes,
    {
        let sql = format!(
            "SELECT tenantry.record_event($1, $2, nullif($3::text[], '{{}}'), $4, $5), \
             pg_current_xact_id()::text AS {TRANSACTION_COLUMN}"
        );
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, event.values());
        let connection = self.session.connection();
        let row = connection
            .fetch_optional(purpose("record"), statement)
            .await?;
        row.iter().for_each(|row| connection.learn(row));
        Ok(())
    }

    /// Asks for the entries of a time, newest first. Only the roles of `audit_readers` see any.
    pub const fn entries(&self, time: std::ops::Range<DateTime<Utc>>) -> Entries<'s, A> {
        Entries::new(self.session, time)
    }
}

impl<A: Access> fmt::Debug for Audit<'_, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Audit")
    }
}

const fn purpose(verb: &'static str) -> Purpose {
    Purpose {
        verb,
        table: "audit_log",
    }
}

/// The table as the log names it.
fn table_name<E: EntityTrait>() -> String {
    let table = E::default();
    let schema = table.schema_name().unwrap_or("public");
    format!("{schema}.{}", table.table_name())
}
