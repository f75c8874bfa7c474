//! The table `depot.orgs`.
//!
//! Generated from table `depot.orgs` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{Constraint, Field};

/// The id of an org.
pub type Id = tenantry::Id<Entity>;

/// The table `depot.orgs`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "depot", table_name = "orgs")]
pub struct Model {
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The column `name`.
    pub name: String,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// `packages` that point here. Foreign key `packages_org_fkey`.
    #[sea_orm(has_many = "super::package::Entity")]
    Packages,
}

impl Related<super::package::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Packages.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = String;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::Id;
    const ID: Column = Column::Id;
    const CONSTRAINTS: &'static [Constraint] = &[Constraint::new("orgs_pkey", &["id"])];

    fn id_of(row: &Model) -> Id {
        row.id.clone()
    }
}

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `name`.
pub const NAME: Field<Entity, String> = Field::new(Column::Name);

/// The columns that every new org needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `name`.
    pub name: String,
}

/// A new org with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

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
