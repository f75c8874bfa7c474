//! The tables of `press`.
//!
//! Generated from schema `press` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

pub mod article;
pub mod draft;

use tenantry::{Access, Rows, Session};

/// The tables of `press`, on a session.
pub trait Press<A: Access> {
    /// The table `press.articles`.
    fn articles(&self) -> Rows<'_, article::Entity, A>;
    /// The table `press.drafts`.
    fn drafts(&self) -> Rows<'_, draft::Entity, A>;
}

impl<A: Access> Press<A> for Session<A> {
    fn articles(&self) -> Rows<'_, article::Entity, A> {
        self.rows(article::Entity)
    }

    fn drafts(&self) -> Rows<'_, draft::Entity, A> {
        self.rows(draft::Entity)
    }
}
