//! The table `warehouse.matches`.
//!
//! Generated from table `warehouse.matches` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{Constraint, Field};

/// The id of a match.
pub type Id = tenantry::Id<Entity>;

/// The table `warehouse.matches`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "warehouse", table_name = "matches")]
pub struct Model {
    /// The column `workspace_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The column `match`.
    pub r#match: String,
    /// The column `loop`.
    pub r#loop: bool,
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
    const CONSTRAINTS: &'static [Constraint] = &[Constraint::new("matches_pkey", &["id"])];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The column `workspace_id`.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `match`.
pub const MATCH: Field<Entity, String> = Field::new(Column::Match);

/// The column `loop`.
pub const LOOP: Field<Entity, bool> = Field::new(Column::Loop);

/// The columns that every new match needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `match`.
    pub r#match: String,
}

/// A new match with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// The column `loop`.
    pub fn r#loop(self, r#loop: bool) -> Insert {
        Insert::from(self).r#loop(r#loop)
    }
}

impl Insert {
    /// The column `loop`.
    pub fn r#loop(mut self, r#loop: bool) -> Self {
        self.0.r#loop = Set(r#loop);
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            r#match: Set(new.r#match),
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
