//! The tables of `warehouse`.
//!
//! Generated from schema `warehouse` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

pub mod r#match;
pub mod sample;
pub mod r#type;

use tenantry::{Access, Rows, Session};

/// The tables of `warehouse`, on a session.
pub trait Warehouse<A: Access> {
    /// The table `warehouse.matches`.
    fn matches(&self) -> Rows<'_, r#match::Entity, A>;
    /// The table `warehouse.samples`.
    fn samples(&self) -> Rows<'_, sample::Entity, A>;
    /// The table `warehouse.types`.
    fn types(&self) -> Rows<'_, r#type::Entity, A>;
}

impl<A: Access> Warehouse<A> for Session<A> {
    fn matches(&self) -> Rows<'_, r#match::Entity, A> {
        self.rows(r#match::Entity)
    }

    fn samples(&self) -> Rows<'_, sample::Entity, A> {
        self.rows(sample::Entity)
    }

    fn types(&self) -> Rows<'_, r#type::Entity, A> {
        self.rows(r#type::Entity)
    }
}
