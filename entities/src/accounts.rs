//! Workspaces, people, and who may do what where.
//!
//! Generated from schema `accounts` by tenantry-codegen; do not edit.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "generated whole, for whatever is needed"
)]

pub mod api_key;
pub mod idempotency_key;
pub mod invitation;
pub mod member;
pub mod user;
pub mod workspace;
pub mod workspace_name;

use tenantry::{Access, Rows, Session};

/// The tables of `accounts`, on a session.
pub trait Accounts<A: Access> {
    /// A key by which a program acts in the workspace; its plain text is shown once.
    fn api_keys(&self) -> Rows<'_, api_key::Entity, A>;
    /// Work that is done once, and what came of it; finished keys are swept after 30 days.
    fn idempotency_keys(&self) -> Rows<'_, idempotency_key::Entity, A>;
    /// Who was invited to the workspace, by a token that is shown once.
    fn invitations(&self) -> Rows<'_, invitation::Entity, A>;
    /// A person in a workspace, with the face that other members see.
    fn members(&self) -> Rows<'_, member::Entity, A>;
    /// A tenant: the wall between workspaces stands on its id.
    fn workspaces(&self) -> Rows<'_, workspace::Entity, A>;
}

impl<A: Access> Accounts<A> for Session<A> {
    fn api_keys(&self) -> Rows<'_, api_key::Entity, A> {
        self.rows(api_key::Entity)
    }

    fn idempotency_keys(&self) -> Rows<'_, idempotency_key::Entity, A> {
        self.rows(idempotency_key::Entity)
    }

    fn invitations(&self) -> Rows<'_, invitation::Entity, A> {
        self.rows(invitation::Entity)
    }

    fn members(&self) -> Rows<'_, member::Entity, A> {
        self.rows(member::Entity)
    }

    fn workspaces(&self) -> Rows<'_, workspace::Entity, A> {
        self.rows(workspace::Entity)
    }
}
