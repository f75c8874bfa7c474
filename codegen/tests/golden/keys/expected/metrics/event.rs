//! The table `metrics.events`.
//!
//! Generated from table `metrics.events` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{Constraint, Direction, Field, Sort};

/// The id of an event.
pub type Id = tenantry::Id<Entity>;

/// The table `metrics.events`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "metrics", table_name = "events")]
pub struct Model {
    /// The column `workspace_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The column `at`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub at: DateTimeUtc,
    /// The column `properties`.
    #[sea_orm(column_type = "JsonBinary")]
    pub properties: Json,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = Uuid;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
    const ID: Column = Column::Id;
    const SORTS: &'static [Sort<Self>] = &[BY_AT];
    const CONSTRAINTS: &'static [Constraint] = &[Constraint::new("events_pkey", &["at", "id"])];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The column `workspace_id`.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `at`.
pub const AT: Field<Entity, DateTimeUtc> = Field::new(Column::At);

/// The column `properties`.
pub const PROPERTIES: Field<Entity, Json> = Field::new(Column::Properties);

/// By `at`, then `id`.
///
/// Index `events_pkey`: `at, id`.
pub const BY_AT: Sort<Entity> = Sort::by_index(
    "events_pkey",
    &[
        (Column::At, Direction::Ascending),
        (Column::Id, Direction::Ascending),
    ],
);

/// The columns that every new event needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `properties`.
    pub properties: Json,
}

/// A new event with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// The column `at`.
    pub fn at(self, at: DateTimeUtc) -> Insert {
        Insert::from(self).at(at)
    }
}

impl Insert {
    /// The column `at`.
    pub fn at(mut self, at: DateTimeUtc) -> Self {
        self.0.at = Set(at);
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            properties: Set(new.properties),
            ..Default::default()
        })
    }
}

impl tenantry::NewRow<Entity> for New {
    fn into_active_model(self) -> ActiveModel {
        Insert::from(self).0
    }
}

impl tenantry::NewRow<Entity> for Insert {
    fn into_active_model(self) -> ActiveModel {
        self.0
    }
}
