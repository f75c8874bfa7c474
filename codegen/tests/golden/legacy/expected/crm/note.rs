//! The table `crm.notes`.
//!
//! Generated from table `crm.notes` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{BelongsTo, Constraint, Field, Null};

/// The id of a note.
pub type Id = tenantry::Id<Entity>;

/// The table `crm.notes`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "crm", table_name = "notes")]
pub struct Model {
    /// The column `id`.
    #[sea_orm(primary_key)]
    pub id: Id,
    /// The column `tenant_id`.
    pub tenant_id: i32,
    /// The column `contact_id`.
    pub contact_id: Option<super::contact::Id>,
    /// The column `body`.
    pub body: String,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `contact_id`. Foreign key `notes_contact_id_fkey`.
    #[sea_orm(
        belongs_to = "super::contact::Entity",
        from = "Column::ContactId",
        to = "super::contact::Column::Id"
    )]
    Contact,
    /// By `tenant_id`. Foreign key `notes_tenant_id_fkey`.
    #[sea_orm(
        belongs_to = "super::tenant::Entity",
        from = "Column::TenantId",
        to = "super::tenant::Column::Id"
    )]
    Tenant,
}

impl Related<super::contact::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Contact.def()
    }
}

impl Related<super::tenant::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Tenant.def()
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
        Constraint::new("notes_contact_id_fkey", &["contact_id"]),
        Constraint::new("notes_pkey", &["id"]),
        Constraint::new("notes_tenant_id_fkey", &[]),
    ];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `tenant_id`.
pub const TENANT_ID: Field<Entity, i32> = Field::new(Column::TenantId);

/// The column `contact_id`.
pub const CONTACT_ID: Field<Entity, super::contact::Id, Null> = Field::new(Column::ContactId);

/// The column `body`.
pub const BODY: Field<Entity, String> = Field::new(Column::Body);

/// The contact that a note points at by `contact_id`.
pub const CONTACT: BelongsTo<Entity, super::contact::Entity> = BelongsTo::new(Column::ContactId);

/// The columns that every new note needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `body`.
    pub body: String,
}

/// A new note with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// The column `contact_id`.
    pub fn contact_id(self, contact_id: super::contact::Id) -> Insert {
        Insert::from(self).contact_id(contact_id)
    }
}

impl Insert {
    /// The column `contact_id`.
    pub fn contact_id(mut self, contact_id: super::contact::Id) -> Self {
        self.0.contact_id = Set(Some(contact_id));
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            body: Set(new.body),
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
