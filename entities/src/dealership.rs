//! The dealerships of a group, who works there, and orders.
//!
//! Generated from schema `dealership` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

#[expect(clippy::module_inception, reason = "schema and table have one name")]
pub mod dealership;
pub mod dealership_member;
pub mod order;
pub mod order_counter;

use tenantry::{Access, Rows, Session};

/// The tables of `dealership`, on a session.
pub trait Dealership<A: Access> {
    /// A member of the workspace who works at a dealership.
    fn dealership_members(&self) -> Rows<'_, dealership_member::Entity, A>;
    /// A dealership of the group.
    fn dealerships(&self) -> Rows<'_, dealership::Entity, A>;
    /// The last order number of a dealership and a kind.
    fn order_counters(&self) -> Rows<'_, order_counter::Entity, A>;
    /// An order of a customer at a dealership.
    fn orders(&self) -> Rows<'_, order::Entity, A>;
}

impl<A: Access> Dealership<A> for Session<A> {
    fn dealership_members(&self) -> Rows<'_, dealership_member::Entity, A> {
        self.rows(dealership_member::Entity)
    }

    fn dealerships(&self) -> Rows<'_, dealership::Entity, A> {
        self.rows(dealership::Entity)
    }

    fn order_counters(&self) -> Rows<'_, order_counter::Entity, A> {
        self.rows(order_counter::Entity)
    }

    fn orders(&self) -> Rows<'_, order::Entity, A> {
        self.rows(order::Entity)
    }
}
