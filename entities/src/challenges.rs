//! Challenges, what members submit to them, and who judges.
//!
//! Generated from schema `challenges` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

pub mod challenge;
pub mod judge;
pub mod submission;

use tenantry::{Access, Rows, Session};

/// The tables of `challenges`, on a session.
pub trait Challenges<A: Access> {
    /// A challenge that members of a workspace work on.
    fn challenges(&self) -> Rows<'_, challenge::Entity, A>;
    /// A member who judges a challenge.
    fn judges(&self) -> Rows<'_, judge::Entity, A>;
    /// What a member hands in for a challenge.
    fn submissions(&self) -> Rows<'_, submission::Entity, A>;
}

impl<A: Access> Challenges<A> for Session<A> {
    fn challenges(&self) -> Rows<'_, challenge::Entity, A> {
        self.rows(challenge::Entity)
    }

    fn judges(&self) -> Rows<'_, judge::Entity, A> {
        self.rows(judge::Entity)
    }

    fn submissions(&self) -> Rows<'_, submission::Entity, A> {
        self.rows(submission::Entity)
    }
}
