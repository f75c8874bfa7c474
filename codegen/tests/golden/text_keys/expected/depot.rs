//! The tables of `depot`.
//!
//! Generated from schema `depot` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

pub mod org;
pub mod package;
pub mod release;

use tenantry::{Access, Rows, Session};

/// The tables of `depot`, on a session.
pub trait Depot<A: Access> {
    /// The table `depot.orgs`.
    fn orgs(&self) -> Rows<'_, org::Entity, A>;
    /// The table `depot.packages`.
    fn packages(&self) -> Rows<'_, package::Entity, A>;
    /// The table `depot.releases`.
    fn releases(&self) -> Rows<'_, release::Entity, A>;
}

impl<A: Access> Depot<A> for Session<A> {
    fn orgs(&self) -> Rows<'_, org::Entity, A> {
        self.rows(org::Entity)
    }

    fn packages(&self) -> Rows<'_, package::Entity, A> {
        self.rows(package::Entity)
    }

    fn releases(&self) -> Rows<'_, release::Entity, A> {
        self.rows(release::Entity)
    }
}
