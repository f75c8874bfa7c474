//! The table `metrics.settings`.
//!
//! Generated from table `metrics.settings` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{Constraint, Field};

/// The id of a settings.
pub type Id = tenantry::Id<Entity>;

/// The table `metrics.settings`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "metrics", table_name = "settings")]
pub struct Model {
    /// The column `workspace_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Id,
    /// The column `week_starts_on`.
    pub week_starts_on: i32,
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
    const ID: Column = Column::WorkspaceId;
    const CONSTRAINTS: &'static [Constraint] =
        &[Constraint::new("settings_pkey", &["workspace_id"])];

    fn id_of(row: &Model) -> Id {
        row.workspace_id
    }
}

/// The column `workspace_id`.
pub const WORKSPACE_ID: Field<Entity, Id> = Field::new(Column::WorkspaceId);

/// The column `week_starts_on`.
pub const WEEK_STARTS_ON: Field<Entity, i32> = Field::new(Column::WeekStartsOn);

/// The columns that every new settings needs.
#[derive(Clone, Debug, Default)]
#[must_use = "a new row is written by `insert`"]
pub struct New {}

/// A new settings with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// The column `week_starts_on`.
    pub fn week_starts_on(self, week_starts_on: i32) -> Insert {
        Insert::from(self).week_starts_on(week_starts_on)
    }
}

impl Insert {
    /// The column `week_starts_on`.
    pub fn week_starts_on(mut self, week_starts_on: i32) -> Self {
        self.0.week_starts_on = Set(week_starts_on);
        self
    }
}

impl From<New> for Insert {
    fn from(_: New) -> Self {
        Self(Default::default())
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
