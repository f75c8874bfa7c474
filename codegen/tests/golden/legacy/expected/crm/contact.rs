//! The table `crm.contacts`.
//!
//! Generated from table `crm.contacts` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{Constraint, Field, HasMany};

/// The id of a contact.
pub type Id = tenantry::Id<Entity>;

/// The table `crm.contacts`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "crm", table_name = "contacts")]
pub struct Model {
    /// The column `id`.
    #[sea_orm(primary_key)]
    pub id: Id,
    /// The column `tenant_id`.
    pub tenant_id: i32,
    /// The column `email`.
    pub email: String,
    /// The column `created_at`.
    pub created_at: DateTime,
    /// The column `version`.
    pub version: i32,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `tenant_id`. Foreign key `contacts_tenant_id_fkey`.
    #[sea_orm(
        belongs_to = "super::tenant::Entity",
        from = "Column::TenantId",
        to = "super::tenant::Column::Id"
    )]
    Tenant,
    /// `notes` that point here. Foreign key `notes_contact_id_fkey`.
    #[sea_orm(has_many = "super::note::Entity")]
    Notes,
}

impl Related<super::tenant::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Tenant.def()
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
    const WORKSPACE: Column = Column::TenantId;
    const ID: Column = Column::Id;
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("contacts_email_key", &["email"]),
        Constraint::new("contacts_pkey", &["id"]),
        Constraint::new("contacts_tenant_id_fkey", &[]),
    ];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `tenant_id`.
pub const TENANT_ID: Field<Entity, i32> = Field::new(Column::TenantId);

/// The column `email`.
pub const EMAIL: Field<Entity, String> = Field::new(Column::Email);

/// The column `created_at`.
pub const CREATED_AT: Field<Entity, DateTime> = Field::new(Column::CreatedAt);

/// The column `version`.
pub const VERSION: Field<Entity, i32> = Field::new(Column::Version);

/// The notes that point at a contact by `contact_id`.
pub const NOTES: HasMany<Entity, super::note::Entity> =
    HasMany::new(super::note::Column::ContactId);

/// The columns that every new contact needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `email`.
    pub email: String,
}

/// A new contact with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// The column `version`.
    pub fn version(self, version: i32) -> Insert {
        Insert::from(self).version(version)
    }
}

impl Insert {
    /// The column `version`.
    pub fn version(mut self, version: i32) -> Self {
        self.0.version = Set(version);
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            email: Set(new.email),
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
