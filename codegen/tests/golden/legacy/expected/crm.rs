//! The tables of `crm`.
//!
//! Generated from schema `crm` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

pub mod contact;
pub mod note;
pub mod tenant;

use tenantry::{Access, Rows, Session};

/// The tables of `crm`, on a session.
pub trait Crm<A: Access> {
    /// The table `crm.contacts`.
    fn contacts(&self) -> Rows<'_, contact::Entity, A>;
    /// The table `crm.notes`.
    fn notes(&self) -> Rows<'_, note::Entity, A>;
    /// The table `crm.tenants`.
    fn tenants(&self) -> Rows<'_, tenant::Entity, A>;
}

impl<A: Access> Crm<A> for Session<A> {
    fn contacts(&self) -> Rows<'_, contact::Entity, A> {
        self.rows(contact::Entity)
    }

    fn notes(&self) -> Rows<'_, note::Entity, A> {
        self.rows(note::Entity)
    }

    fn tenants(&self) -> Rows<'_, tenant::Entity, A> {
        self.rows(tenant::Entity)
    }
}
