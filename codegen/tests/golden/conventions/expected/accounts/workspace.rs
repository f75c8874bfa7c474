//! The table `accounts.workspaces`.
//!
//! Generated from table `accounts.workspaces` by tenantry-codegen; do not edit.

use sea_orm::{ActiveValue, Set, entity::prelude::*};
use tenantry::{Constraint, Field};

/// The id of a workspace.
pub type Id = tenantry::Id<Entity>;

/// The table `accounts.workspaces`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "accounts", table_name = "workspaces")]
pub struct Model {
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The column `name`.
    pub name: String,
    /// The column `settings`.
    #[sea_orm(column_type = "JsonBinary")]
    pub settings: Json,
    /// The column `created_at`.
    pub created_at: DateTimeUtc,
    /// The column `version`.
    pub version: tenantry::Version,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// `members` that point here. Foreign key `members_workspace_id_fkey`.
    #[sea_orm(has_many = "super::member::Entity")]
    Members,
}

impl Related<super::member::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Members.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = Uuid;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::Id;
    const ID: Column = Column::Id;
    const CONSTRAINTS: &'static [Constraint] = &[Constraint::new("workspaces_pkey", &["id"])];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

impl tenantry::Versioned for Entity {
    type Update = Update;

    const VERSION: Column = Column::Version;

    fn version_of(row: &Model) -> tenantry::Version {
        row.version
    }
}

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `name`.
pub const NAME: Field<Entity, String> = Field::new(Column::Name);

/// The column `settings`.
pub const SETTINGS: Field<Entity, Json> = Field::new(Column::Settings);

/// The column `created_at`.
pub const CREATED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::CreatedAt);

/// The column `version`.
pub const VERSION: Field<Entity, tenantry::Version> = Field::new(Column::Version);

/// The columns that every new workspace needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `name`.
    pub name: String,
}

/// A new workspace with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// The column `settings`.
    pub fn settings(self, settings: Json) -> Insert {
        Insert::from(self).settings(settings)
    }
}

impl Insert {
    /// The column `settings`.
    pub fn settings(mut self, settings: Json) -> Self {
        self.0.settings = Set(settings);
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            name: Set(new.name),
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

/// The columns that callers may change; those left out stay as they are.
///
/// Write `Set(value)`, and `..Default::default()` for the rest.
#[derive(Clone, Debug, Default)]
pub struct Update {
    /// The column `name`.
    pub name: ActiveValue<String>,
    /// The column `settings`.
    pub settings: ActiveValue<Json>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            name: update.name,
            settings: update.settings,
            ..Default::default()
        }
    }
}
