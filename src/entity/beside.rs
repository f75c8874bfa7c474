//! Facts about the scopes beside the workspace: what is a person's own, and what is published.

use sea_orm::FromQueryResult;

use super::{Scoped, Versioned};

/// A table whose policy says which rows are a person's own.
///
/// Generated from the wall that [`Policy::personal`](crate::policy::Policy::personal) comes to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no rows that are a person's own",
    label = "the policy of this table has no personal rule",
    note = "say which rows are whose with `Policy::personal`, migrate, and generate the module anew"
)]
pub trait Personal: Scoped {
    /// The column that names the person.
    const PERSON: Self::Column;
}

/// A table of which a person may change some columns.
#[diagnostic::on_unimplemented(
    message = "a person changes nothing of `{Self}`",
    label = "the personal rule of this table names no column",
    note = "name what a person may change with `Own::changes`, migrate, and generate the module anew"
)]
pub trait PersonalUpdate: Personal + Versioned {
    /// The columns that the person may change, all `NotSet` by default.
    type Change: Into<Self::ActiveModel> + Default + Send;
}

/// A table whose policy says which rows are published.
///
/// Generated from the grants that [`Policy::catalogue`](crate::policy::Policy::catalogue) comes to.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not in the catalogue",
    label = "the policy of this table publishes nothing",
    note = "say which rows and columns are for everybody with `Policy::catalogue`, migrate, and generate the module anew"
)]
pub trait Catalogued: Scoped {
    /// What everybody sees of a row.
    type Public: FromQueryResult + Send;
    /// The columns of it.
    const PUBLIC: &'static [Self::Column];
}
