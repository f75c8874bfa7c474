//! Challenges, and what people submit to them.
//!
//! Generated from schema `challenges` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

pub mod challenge;
pub mod submission;

use tenantry::{Access, Rows, Session};

/// The tables of `challenges`, on a session.
pub trait Challenges<A: Access> {
    /// What a workspace asks people to do.
    fn challenges(&self) -> Rows<'_, challenge::Entity, A>;
    /// The table `challenges.submissions`.
    fn submissions(&self) -> Rows<'_, submission::Entity, A>;
}

impl<A: Access> Challenges<A> for Session<A> {
    fn challenges(&self) -> Rows<'_, challenge::Entity, A> {
        self.rows(challenge::Entity)
    }

    fn submissions(&self) -> Rows<'_, submission::Entity, A> {
        self.rows(submission::Entity)
    }
}
