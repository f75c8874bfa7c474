//! The dealerships of a group.
//!
//! Generated from schema `dealership` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

pub mod dealership;

use tenantry::{Access, Rows, Session};

/// The tables of `dealership`, on a session.
pub trait Dealership<A: Access> {
    /// A dealership of the group.
    fn dealerships(&self) -> Rows<'_, dealership::Entity, A>;
}

impl<A: Access> Dealership<A> for Session<A> {
    fn dealerships(&self) -> Rows<'_, dealership::Entity, A> {
        self.rows(dealership::Entity)
    }
}
