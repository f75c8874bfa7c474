//! Workspaces and the people in them.
//!
//! Generated from schema `accounts` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

pub mod member;
pub mod user;
pub mod workspace;

use tenantry::{Access, Rows, Session};

/// The tables of `accounts`, on a session.
pub trait Accounts<A: Access> {
    /// The table `accounts.members`.
    fn members(&self) -> Rows<'_, member::Entity, A>;
    /// The table `accounts.workspaces`.
    fn workspaces(&self) -> Rows<'_, workspace::Entity, A>;
}

impl<A: Access> Accounts<A> for Session<A> {
    fn members(&self) -> Rows<'_, member::Entity, A> {
        self.rows(member::Entity)
    }

    fn workspaces(&self) -> Rows<'_, workspace::Entity, A> {
        self.rows(workspace::Entity)
    }
}
