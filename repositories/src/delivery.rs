//! What leaves workspaces, and what reaches them.
//!
//! An event is put into the [`Outbox`] in the transaction of the change that it tells of, and a [`Relay`] hands it on after the commit: at
//! least once, and in the order in which the transactions of its workspace committed. A webhook is received once ([`Incoming`]), by a job in
//! the workspace that its address names, or that the [account](AccountDirectory) it is about is of. [`Maintenance`] sweeps both.

mod connected;
mod inbox;
mod maintenance;
mod outbox;
pub mod policies;
mod relay;

pub use connected::{AccountDirectory, ConnectedAccount, ConnectedAccounts};
pub use inbox::{Inbox, Incoming, Position, Received};
pub use maintenance::{Done, Job, Maintenance};
pub use outbox::{NewEvent, Outbox};
pub use relay::{Event, Fault, Handed, Relay};

/// What a function that returns one value says.
#[derive(Clone, Copy, Debug, sea_orm::FromQueryResult)]
struct Said<T: sea_orm::TryGetable> {
    called: T,
}

/// The one answer of a function that always gives one.
fn only<T>(rows: Vec<T>) -> tenantry::Result<T> {
    rows.into_iter().next().ok_or_else(|| {
        tenantry::Error::new(
            tenantry::ErrorKind::Internal,
            "the function answered nothing",
        )
    })
}
