//! The tables of `creators`.
//!
//! Generated from schema `creators` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

pub mod note;
pub mod shop;

use tenantry::{Access, Rows, Session};

/// The tables of `creators`, on a session.
pub trait Creators<A: Access> {
    /// The table `creators.notes`.
    fn notes(&self) -> Rows<'_, note::Entity, A>;
    /// The table `creators.shops`.
    fn shops(&self) -> Rows<'_, shop::Entity, A>;
}

impl<A: Access> Creators<A> for Session<A> {
    fn notes(&self) -> Rows<'_, note::Entity, A> {
        self.rows(note::Entity)
    }

    fn shops(&self) -> Rows<'_, shop::Entity, A> {
        self.rows(shop::Entity)
    }
}
