//! The table `metrics.tags`.
//!
//! Generated from table `metrics.tags` by tenantry-codegen; do not edit.

use sea_orm::entity::prelude::*;
use tenantry::{Field, Unique};

/// The table `metrics.tags`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "metrics", table_name = "tags")]
pub struct Model {
    /// The column `id`.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The column `name`.
    pub name: String,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// `event_tags` that point here. Foreign key `event_tags_tag_id_fkey`.
    #[sea_orm(has_many = "super::event_tag::Entity")]
    EventTags,
}

impl Related<super::event_tag::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::EventTags.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Global for Entity {}

/// The column `id`.
pub const ID: Field<Entity, i32> = Field::new(Column::Id);

/// The column `name`.
pub const NAME: Field<Entity, String> = Field::new(Column::Name);

/// One tag per `name`.
///
/// `tags_name_key`.
pub const NAME_KEY: Unique<Entity> = Unique::new("tags_name_key", &[Column::Name]);
