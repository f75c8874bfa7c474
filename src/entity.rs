//! Facts: what is true of a table.
//!
//! Written by the generator or by `#[derive(Scoped)]`, held against the catalogue by
//! [`verify`](crate::verify), contained by row security where they are false.

mod beside;
mod cascade;
mod glass;

use sea_orm::{EntityTrait, IntoActiveModel};

use crate::{Encrypted, Id, Keyed, Sort, Unique, Version};

pub use beside::{Catalogued, Personal, PersonalUpdate};
pub use cascade::{Child, Link, Parent};
pub(crate) use cascade::{Key, Table};
pub use glass::{BehindGlass, WhollyBehindGlass};

/// A table whose rows belong to workspaces.
///
/// `WORKSPACE` is the column that says to which; in the table that *is* the workspace it is the id.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a workspace table",
    label = "no workspace column is known for this entity",
    note = "add `tenantry::Scoped` to the derives of its `Model`, or generate its module"
)]
pub trait Scoped:
    Keyed
    + EntityTrait<
        Model: Send + Sync + PartialEq + IntoActiveModel<Self::ActiveModel>,
        ActiveModel: Send + Sync,
        Column: Send + Sync,
    > + Send
    + Sync
    + 'static
{
    /// The column that names the workspace.
    const WORKSPACE: Self::Column;
    /// The column that, within a workspace, names the row.
    const ID: Self::Column;
    /// The column that is null while a row lives, if rows are soft-deleted.
    const DELETED_AT: Option<Self::Column> = None;
    /// The orders that an index serves.
    const SORTS: &'static [Sort<Self>] = &[];
    /// The functions by which rows are searched.
    const SEARCHES: &'static [&'static str] = &[];
    /// The columns that searches look into. If there are searches and no column is named, they are taken to look into all.
    const SEARCHED: &'static [Self::Column] = &[];
    /// The unique keys that plain columns make, so that a restore can say which row has taken one.
    const UNIQUES: &'static [Unique<Self>] = &[];
    /// The constraints by name, so that an error can name the fields it is about.
    const CONSTRAINTS: &'static [Constraint] = &[];

    /// The columns whose values the application encrypts.
    const ENCRYPTED: &'static [Encrypted<Self>] = &[];

    /// The id of a row.
    fn id_of(row: &Self::Model) -> Id<Self>;
}

/// A table that counts the versions of its rows and can therefore refuse a lost update.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `version` column, so its rows cannot be updated",
    label = "append-only table",
    note = "add `version bigint NOT NULL DEFAULT 1` to the table, then generate its module anew"
)]
pub trait Versioned: Scoped {
    /// The columns that callers may change, all `NotSet` by default.
    type Update: Into<Self::ActiveModel> + Default + Send;
    /// The column that counts.
    const VERSION: Self::Column;

    /// The version of a row.
    fn version_of(row: &Self::Model) -> Version;
}

/// A table whose rows are marked as deleted and can be restored.
///
/// [`Scoped::DELETED_AT`] must be given as well; it does not compile without.
///
/// A read asks whether *its* row lives; what is loaded beside it (`with`, `with_count`) is alive as well, whatever the row is. So a
/// row under a deleted parent is there, and its parent is not:
///
/// | | child lives, parent lives | child lives, parent deleted | child deleted |
/// |---|---|---|---|
/// | `get`, `find`, `find_many`, lists, pages, `count`, `exists`, streams | there | there | not there |
/// | `find_with_deleted`, `with_deleted()` | there | there | there |
/// | `only_deleted()` | not there | not there | there |
/// | the child, `with` its parent | both | the child alone | neither |
/// | the parent, `with` and `with_count` of its children | both | the parent is not there | the parent alone |
/// | the same, `with_deleted()` | both | both | the parent alone |
///
/// A delete takes the [children](Self::CHILDREN) that its context may read; one that it may read but not change refuses the whole. A
/// child that is inserted in the same moment may outlive its parent, unless a liveness key forbids it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not soft-delete",
    label = "this table has no `deleted_at` column",
    note = "add `deleted_at`, `deleted_by` and `delete_op` to the table, then generate its module anew"
)]
pub trait SoftDelete: Scoped {
    /// The column that holds the id of the delete operation that took the row.
    const DELETE_OP: Self::Column;
    /// The relations to rows that are deleted with a row of this table, and restored with it: [`HasMany`](crate::HasMany) constants.
    const CHILDREN: &'static [&'static dyn Child<Self>] = &[];
    /// The relations to rows with which a row of this table is deleted, and without which it is not restored:
    /// [`BelongsTo`](crate::BelongsTo) constants.
    const PARENTS: &'static [&'static dyn Parent<Self>] = &[];
}

/// A table whose every change the database writes to the audit log.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not audited",
    label = "no audit trigger is known for this table"
)]
pub trait Audited: Scoped {}

/// A table without a workspace: reference data, or a directory that only functions read.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a global table",
    label = "its rows belong to workspaces, or nothing is known about it",
    note = "rows of a workspace table are reached through `session.rows(…)`"
)]
pub trait Global: EntityTrait {}

/// What `insert` takes: the generated `New` (required columns) or `Insert` (optional ones as well).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a new row of `{E}`",
    label = "expected the `New` or `Insert` that is generated beside `{E}`",
    note = "each table takes the rows generated beside it; an `ActiveModel` could carry a workspace, an id or a version of the caller's; those are the library's to set"
)]
pub trait NewRow<E: EntityTrait>: Send {
    /// The columns to write. The engine stamps the workspace and, where it makes them, the id.
    fn into_active_model(self) -> E::ActiveModel;
}

/// A named constraint and the columns it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Constraint {
    name: &'static str,
    fields: &'static [&'static str],
}

impl Constraint {
    /// Says which columns a constraint is about, the workspace column left out.
    #[must_use]
    pub const fn new(name: &'static str, fields: &'static [&'static str]) -> Self {
        Self { name, fields }
    }

    /// Its name in the catalogue.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The columns it is about, the workspace column left out.
    #[must_use]
    pub const fn fields(&self) -> &'static [&'static str] {
        self.fields
    }
}
