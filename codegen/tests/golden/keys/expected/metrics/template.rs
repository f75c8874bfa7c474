//! The table `metrics.templates`.
//!
//! Generated from table `metrics.templates` by tenantry-codegen; do not edit.

use sea_orm::entity::prelude::*;
use tenantry::{Field, Null};

/// The table `metrics.templates`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "metrics", table_name = "templates")]
pub struct Model {
    /// The column `id`.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The column `workspace_id`.
    pub workspace_id: Option<Uuid>,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Global for Entity {}

/// The column `id`.
pub const ID: Field<Entity, i32> = Field::new(Column::Id);

/// The column `workspace_id`.
pub const WORKSPACE_ID: Field<Entity, Uuid, Null> = Field::new(Column::WorkspaceId);
