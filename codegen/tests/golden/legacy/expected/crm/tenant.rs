//! The table `crm.tenants`.
//!
//! Generated from table `crm.tenants` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{Constraint, Field};

/// The id of a tenant.
pub type Id = tenantry::Id<Entity>;

/// The table `crm.tenants`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "crm", table_name = "tenants")]
pub struct Model {
    /// The column `id`.
    #[sea_orm(primary_key)]
    pub id: Id,
    /// The column `name`.
    pub name: String,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// `contacts` that point here. Foreign key `contacts_tenant_id_fkey`.
    #[sea_orm(has_many = "super::contact::Entity")]
    Contacts,
    /// `notes` that point here. Foreign key `notes_tenant_id_fkey`.
    #[sea_orm(has_many = "super::note::Entity")]
    Notes,
}

impl Related<super::contact::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Contacts.def()
    }
}

impl Related<super::note::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Notes.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = i32;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::Id;
    const ID: Column = Column::Id;
    const CONSTRAINTS: &'static [Constraint] = &[Constraint::new("tenants_pkey", &["id"])];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `name`.
pub const NAME: Field<Entity, String> = Field::new(Column::Name);

/// The columns that every new tenant needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `name`.
    pub name: String,
}

/// A new tenant with its optional columns.
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
