//! The tables of `shop`.
//!
//! Generated from schema `shop` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

pub mod account;
pub mod line;
pub mod order;

use tenantry::{Access, Rows, Session};

/// The tables of `shop`, on a session.
pub trait Shop<A: Access> {
    /// The table `shop.accounts`.
    fn accounts(&self) -> Rows<'_, account::Entity, A>;
    /// The table `shop.lines`.
    fn lines(&self) -> Rows<'_, line::Entity, A>;
    /// The table `shop.orders`.
    fn orders(&self) -> Rows<'_, order::Entity, A>;
}

impl<A: Access> Shop<A> for Session<A> {
    fn accounts(&self) -> Rows<'_, account::Entity, A> {
        self.rows(account::Entity)
    }

    fn lines(&self) -> Rows<'_, line::Entity, A> {
        self.rows(line::Entity)
    }

    fn orders(&self) -> Rows<'_, order::Entity, A> {
        self.rows(order::Entity)
    }
}
