//! The tables of `forum`.
//!
//! Generated from schema `forum` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

pub mod member;
pub mod post;
pub mod profile;
pub mod summary;
pub mod thread;

use tenantry::{Access, Rows, Session};

/// The tables of `forum`, on a session.
pub trait Forum<A: Access> {
    /// The table `forum.members`.
    fn members(&self) -> Rows<'_, member::Entity, A>;
    /// The table `forum.posts`.
    fn posts(&self) -> Rows<'_, post::Entity, A>;
    /// The table `forum.profiles`.
    fn profiles(&self) -> Rows<'_, profile::Entity, A>;
    /// The table `forum.summaries`.
    fn summaries(&self) -> Rows<'_, summary::Entity, A>;
    /// The table `forum.threads`.
    fn threads(&self) -> Rows<'_, thread::Entity, A>;
}

impl<A: Access> Forum<A> for Session<A> {
    fn members(&self) -> Rows<'_, member::Entity, A> {
        self.rows(member::Entity)
    }

    fn posts(&self) -> Rows<'_, post::Entity, A> {
        self.rows(post::Entity)
    }

    fn profiles(&self) -> Rows<'_, profile::Entity, A> {
        self.rows(profile::Entity)
    }

    fn summaries(&self) -> Rows<'_, summary::Entity, A> {
        self.rows(summary::Entity)
    }

    fn threads(&self) -> Rows<'_, thread::Entity, A> {
        self.rows(thread::Entity)
    }
}
