//! The tables of `metrics`.
//!
//! Generated from schema `metrics` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

pub mod event;
pub mod event_tag;
pub mod settings;
pub mod tag;
pub mod template;

use tenantry::{Access, Rows, Session};

/// The tables of `metrics`, on a session.
pub trait Metrics<A: Access> {
    /// The table `metrics.events`.
    fn events(&self) -> Rows<'_, event::Entity, A>;
    /// The table `metrics.settings`.
    fn settings(&self) -> Rows<'_, settings::Entity, A>;
}

impl<A: Access> Metrics<A> for Session<A> {
    fn events(&self) -> Rows<'_, event::Entity, A> {
        self.rows(event::Entity)
    }

    fn settings(&self) -> Rows<'_, settings::Entity, A> {
        self.rows(settings::Entity)
    }
}
