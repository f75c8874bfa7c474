//! The tables of `billing`.
//!
//! Generated from schema `billing` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

pub mod enums;
pub mod invoice;

use tenantry::{Access, Rows, Session};

/// The tables of `billing`, on a session.
pub trait Billing<A: Access> {
    /// The table `billing.invoices`.
    fn invoices(&self) -> Rows<'_, invoice::Entity, A>;
}

impl<A: Access> Billing<A> for Session<A> {
    fn invoices(&self) -> Rows<'_, invoice::Entity, A> {
        self.rows(invoice::Entity)
    }
}
