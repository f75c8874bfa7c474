//! The table `metrics.event_tags`.
//!
//! Generated from table `metrics.event_tags` by tenantry-codegen; do not edit.
//!
//! The table belongs to workspaces, but no single column names a row in one: it has no repository.

use sea_orm::entity::prelude::*;
use tenantry::{Field, Null};

/// The table `metrics.event_tags`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "metrics", table_name = "event_tags")]
pub struct Model {
    /// The column `workspace_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The column `event_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: Uuid,
    /// The column `tag_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tag_id: i32,
    /// The column `note`.
    pub note: Option<String>,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `tag_id`. Foreign key `event_tags_tag_id_fkey`.
    #[sea_orm(
        belongs_to = "super::tag::Entity",
        from = "Column::TagId",
        to = "super::tag::Column::Id"
    )]
    Tag,
}

impl Related<super::tag::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Tag.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

/// The column `workspace_id`.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The column `event_id`.
pub const EVENT_ID: Field<Entity, Uuid> = Field::new(Column::EventId);

/// The column `tag_id`.
pub const TAG_ID: Field<Entity, i32> = Field::new(Column::TagId);

/// The column `note`.
pub const NOTE: Field<Entity, String, Null> = Field::new(Column::Note);
