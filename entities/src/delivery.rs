//! What leaves workspaces, and what reaches them.
//!
//! Generated from schema `delivery` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

pub mod incoming_webhook;
pub mod outbox_event;

use tenantry::{Access, Rows, Session};

/// The tables of `delivery`, on a session.
pub trait Delivery<A: Access> {
    /// An event that leaves the workspace, written with the change that it tells of; kept for 30
    /// days after it was settled.
    fn outbox(&self) -> Rows<'_, outbox_event::Entity, A>;
    /// A webhook that reached the workspace, received once for each source and id; kept for 30
    /// days.
    fn webhook_inbox(&self) -> Rows<'_, incoming_webhook::Entity, A>;
}

impl<A: Access> Delivery<A> for Session<A> {
    fn outbox(&self) -> Rows<'_, outbox_event::Entity, A> {
        self.rows(outbox_event::Entity)
    }

    fn webhook_inbox(&self) -> Rows<'_, incoming_webhook::Entity, A> {
        self.rows(incoming_webhook::Entity)
    }
}
