//! Derive macros for tenantry. Use them by way of `tenantry`, which exports them beside the traits.

mod scoped;

use proc_macro::TokenStream;

/// Makes a hand-written SeaORM entity a workspace table.
///
/// Put it on `Model`, in the compact format or in the dense one (`#[sea_orm::model]`; on `ModelEx` it does nothing). It reads
/// the fields and implements, for `Entity`:
///
/// - `tenantry::Keyed` and `tenantry::Scoped`,
/// - `tenantry::Versioned`, if there is a version,
/// - `tenantry::SoftDelete`, if there are `deleted_at` and `delete_op`,
/// - `tenantry::Audited`, if it says `audited`.
///
/// It also writes, in the same module, what a generated module has: `New` (required columns), `Insert` (with a setter for each
/// optional one) and `Update` (columns that callers may change), and a `tenantry::Field` constant for each column.
///
/// A field of type `tenantry::Sealed<AccessToken>` is an encrypted column; the derive makes the type `AccessToken`, which is named nowhere
/// else but in a field `tenantry::Blind<AccessToken>`, its blind index, which callers do not write. A new row of such a table takes its `id`
/// from its caller, who has sealed for it.
///
/// What it says is a claim: `tenantry verify` holds it against the database.
///
/// # On the struct
///
/// | `#[scoped(…)]` | says | by default |
/// |---|---|---|
/// | `workspace = "account_id"` | the field that names the workspace; that of the id, if the table is the workspace | `workspace_id` |
/// | `id = "number"` | the field that, within a workspace, names the row | `id` |
/// | `key = "i64"` | the type inside, where the field is a `tenantry::Id` | `Uuid` |
/// | `version = "revision"` | the field that counts | `version`, if it is an integer or a `tenantry::Version` |
/// | `deleted_at = "…"`, `delete_op = "…"` | when and by which operation a row was deleted | fields of these names, if they are options |
/// | `audited` | the database writes every change to the audit log | not |
/// | `sorts(NEWEST, …)` | the constants of this module that are orders with an index | none |
/// | `uniques(TITLE_KEY, …)` | the `tenantry::Unique` constants, so that a restore can say which row has taken one | none |
/// | `constraints(AGE_CHECK, …)` | `tenantry::Constraint` constants, so that an error can name the fields it is about | none |
/// | `children(COMMENTS, …)` | the `tenantry::HasMany` constants of rows that are deleted with a row | none |
/// | `parents(POST, …)` | the `tenantry::BelongsTo` constants of what a row is deleted with | none |
/// | `searches("tasks_search", …)` | the functions by which rows are searched, for `verify` | none |
/// | `update = "Change"` | a type of your own instead of `Update` | `Update` |
/// | `no_new`, `no_update`, `no_fields` | leaves out `New` and `Insert`; `Update`, and with it `Versioned`; the constants | |
///
/// # On fields
///
/// | `#[scoped(…)]` | says |
/// |---|---|
/// | `managed` | the database fills it: callers neither insert nor change it. `created_at`, `created_by`, `updated_at`, `updated_by` and `deleted_by` are managed anyway |
/// | `default` | an insert may leave it out |
/// | `immutable` | it is not changed after the insert |
/// | `searched` | the `searches` look into it; where no field says so, they are taken to look into all |
///
/// # Examples
///
/// ```
/// mod widget {
///     use sea_orm::entity::prelude::*;
///
///     #[derive(Clone, Debug, PartialEq, DeriveEntityModel, tenantry_macros::Scoped)]
///     #[sea_orm(table_name = "widgets")]
///     #[scoped(workspace = "account_id")]
///     pub struct Model {
///         #[sea_orm(primary_key, auto_increment = false)]
///         pub account_id: i64,
///         #[sea_orm(primary_key, auto_increment = false)]
///         pub id: Uuid,
///         pub name: String,
///         pub colour: Option<String>,
///         pub version: i64,
///     }
///
///     #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
///     pub enum Relation {}
///
///     impl ActiveModelBehavior for ActiveModel {}
/// }
///
/// let new = widget::New { name: "lever".into() }.colour("red".into());
/// let filter = widget::NAME.starts_with("lev");
/// # let _ = (new, filter);
/// ```
#[proc_macro_derive(Scoped, attributes(scoped))]
pub fn scoped(input: TokenStream) -> TokenStream {
    scoped::derive(input.into()).into()
}
