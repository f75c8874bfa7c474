//! Names that are global by nature, and whose they are.
//!
//! Generated from table `accounts.workspace_names` by tenantry-codegen; do not edit.

use sea_orm::entity::prelude::*;
use tenantry::Field;

/// Names that are global by nature, and whose they are.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "accounts", table_name = "workspace_names")]
pub struct Model {
    /// The name, in lower case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// A slug has no dot, a domain has one.
    pub kind: Kind,
    /// The workspace that claimed the name.
    pub workspace_id: Uuid,
    /// When it did.
    pub claimed_at: DateTimeUtc,
}

/// What `kind` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[derive(serde::Serialize, serde::Deserialize)]
pub enum Kind {
    /// `slug`.
    #[sea_orm(string_value = "slug")]
    #[serde(rename = "slug")]
    Slug,
    /// `domain`.
    #[sea_orm(string_value = "domain")]
    #[serde(rename = "domain")]
    Domain,
}

impl tenantry::Leakproof for Kind {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Global for Entity {}

/// The name, in lower case.
pub const NAME: Field<Entity, String> = Field::new(Column::Name);

/// A slug has no dot, a domain has one.
pub const KIND: Field<Entity, Kind> = Field::new(Column::Kind);

/// The workspace that claimed the name.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// When it did.
pub const CLAIMED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::ClaimedAt);
