//! What a startup says of itself.
//!
//! Generated from schema `startups` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

pub mod startup;

use tenantry::{Access, Rows, Session};

/// The tables of `startups`, on a session.
pub trait Startups<A: Access> {
    /// The startup that a workspace is: one lives at a time.
    fn startups(&self) -> Rows<'_, startup::Entity, A>;
}

impl<A: Access> Startups<A> for Session<A> {
    fn startups(&self) -> Rows<'_, startup::Entity, A> {
        self.rows(startup::Entity)
    }
}
