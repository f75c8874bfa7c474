//! What leaves workspaces, and what reaches them.
//!
//! An event is put into the [`Outbox`] in the transaction of the change that it tells of, and a [`Relay`] hands it on after the commit: at
//! least once, and in the order in which the transactions of its workspace committed.

mod outbox;
pub mod policies;
mod relay;

pub use outbox::{NewEvent, Outbox};
pub use relay::{Event, Fault, Handed, Relay};
