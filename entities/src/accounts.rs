//! Workspaces, people, and who is a member of what.
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
pub mod workspace_name;

use tenantry::{Access, Rows, Session};

/// The tables of `accounts`, on a session.
pub trait Accounts<A: Access> {
    /// A person in a workspace, with the face that other members see.
    fn members(&self) -> Rows<'_, member::Entity, A>;
    /// A tenant: the wall between workspaces stands on its id.
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
