//! A tenant: the wall between workspaces stands on its id.
//!
//! Generated from table `accounts.workspaces` by tenantry-codegen; do not edit.

use sea_orm::{ActiveValue, Set, entity::prelude::*};
use tenantry::{Constraint, Field, Null};

/// The id of a workspace.
pub type Id = tenantry::Id<Entity>;

/// A tenant: the wall between workspaces stands on its id.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "accounts", table_name = "workspaces")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// What people call the workspace.
    pub name: String,
    /// What the workspace is for.
    pub kind: Kind,
    /// Its name in addresses, as claimed in `workspace_names`.
    pub slug: Option<String>,
    /// Its internet domain, as claimed in `workspace_names`.
    pub domain: Option<String>,
    /// What the workspace has chosen.
    #[sea_orm(column_type = "JsonBinary")]
    pub settings: Json,
    /// When the row was inserted.
    pub created_at: DateTimeUtc,
    /// Who inserted the row.
    pub created_by: Option<Uuid>,
    /// When the row last changed.
    pub updated_at: DateTimeUtc,
    /// Who last changed the row.
    pub updated_by: Option<Uuid>,
    /// Counts the changes of the row, from 1.
    pub version: tenantry::Version,
    /// When the row was deleted; null while it lives.
    pub deleted_at: Option<DateTimeUtc>,
    /// Who deleted the row.
    pub deleted_by: Option<Uuid>,
    /// The operation that deleted the row, with all that it took.
    pub delete_op: Option<Uuid>,
}

/// What `kind` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[derive(serde::Serialize, serde::Deserialize)]
pub enum Kind {
    /// `general`.
    #[sea_orm(string_value = "general")]
    #[serde(rename = "general")]
    General,
    /// `dealer_group`.
    #[sea_orm(string_value = "dealer_group")]
    #[serde(rename = "dealer_group")]
    DealerGroup,
    /// `community`.
    #[sea_orm(string_value = "community")]
    #[serde(rename = "community")]
    Community,
    /// `creator`.
    #[sea_orm(string_value = "creator")]
    #[serde(rename = "creator")]
    Creator,
    /// `organizer`.
    #[sea_orm(string_value = "organizer")]
    #[serde(rename = "organizer")]
    Organizer,
    /// `company`.
    #[sea_orm(string_value = "company")]
    #[serde(rename = "company")]
    Company,
    /// `startup`.
    #[sea_orm(string_value = "startup")]
    #[serde(rename = "startup")]
    Startup,
}

impl tenantry::Leakproof for Kind {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// `api_keys` that point here. Foreign key `api_keys_workspace_id_fkey`.
    #[sea_orm(has_many = "super::api_key::Entity")]
    ApiKeys,
    /// `idempotency_keys` that point here. Foreign key `idempotency_keys_workspace_id_fkey`.
    #[sea_orm(has_many = "super::idempotency_key::Entity")]
    IdempotencyKeys,
    /// `invitations` that point here. Foreign key `invitations_workspace_id_fkey`.
    #[sea_orm(has_many = "super::invitation::Entity")]
    Invitations,
    /// `members` that point here. Foreign key `members_workspace_id_fkey`.
    #[sea_orm(has_many = "super::member::Entity")]
    Members,
}

impl Related<super::api_key::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::ApiKeys.def()
    }
}

impl Related<super::idempotency_key::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::IdempotencyKeys.def()
    }
}

impl Related<super::invitation::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Invitations.def()
    }
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
    const DELETED_AT: Option<Column> = Some(Column::DeletedAt);
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("workspaces_domain_check", &["domain"]),
        Constraint::new("workspaces_kind_check", &["kind"]),
        Constraint::new("workspaces_name_check", &["name"]),
        Constraint::new("workspaces_pkey", &["id"]),
        Constraint::new("workspaces_slug_check", &["slug"]),
    ];

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

impl tenantry::SoftDelete for Entity {
    const DELETE_OP: Column = Column::DeleteOp;
}

impl tenantry::Audited for Entity {}

/// The workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// What people call the workspace.
pub const NAME: Field<Entity, String> = Field::new(Column::Name);

/// What the workspace is for.
pub const KIND: Field<Entity, Kind> = Field::new(Column::Kind);

/// Its name in addresses, as claimed in `workspace_names`.
pub const SLUG: Field<Entity, String, Null> = Field::new(Column::Slug);

/// Its internet domain, as claimed in `workspace_names`.
pub const DOMAIN: Field<Entity, String, Null> = Field::new(Column::Domain);

/// What the workspace has chosen.
pub const SETTINGS: Field<Entity, Json> = Field::new(Column::Settings);

/// When the row was inserted.
pub const CREATED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::CreatedAt);

/// Who inserted the row.
pub const CREATED_BY: Field<Entity, Uuid, Null> = Field::new(Column::CreatedBy);

/// When the row last changed.
pub const UPDATED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::UpdatedAt);

/// Who last changed the row.
pub const UPDATED_BY: Field<Entity, Uuid, Null> = Field::new(Column::UpdatedBy);

/// Counts the changes of the row, from 1.
pub const VERSION: Field<Entity, tenantry::Version> = Field::new(Column::Version);

/// When the row was deleted; null while it lives.
pub const DELETED_AT: Field<Entity, DateTimeUtc, Null> = Field::new(Column::DeletedAt);

/// Who deleted the row.
pub const DELETED_BY: Field<Entity, Uuid, Null> = Field::new(Column::DeletedBy);

/// The operation that deleted the row, with all that it took.
pub const DELETE_OP: Field<Entity, Uuid, Null> = Field::new(Column::DeleteOp);

/// The columns that every new workspace needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// What people call the workspace.
    pub name: String,
}

/// A new workspace with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// What the workspace is for.
    pub fn kind(self, kind: Kind) -> Insert {
        Insert::from(self).kind(kind)
    }

    /// What the workspace has chosen.
    pub fn settings(self, settings: Json) -> Insert {
        Insert::from(self).settings(settings)
    }
}

impl Insert {
    /// What the workspace is for.
    pub fn kind(mut self, kind: Kind) -> Self {
        self.0.kind = Set(kind);
        self
    }

    /// What the workspace has chosen.
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
    /// What people call the workspace.
    pub name: ActiveValue<String>,
    /// What the workspace is for.
    pub kind: ActiveValue<Kind>,
    /// What the workspace has chosen.
    pub settings: ActiveValue<Json>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            name: update.name,
            kind: update.kind,
            settings: update.settings,
            ..Default::default()
        }
    }
}
