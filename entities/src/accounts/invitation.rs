//! Who was invited to the workspace, by a token that is shown once.
//!
//! Generated from table `accounts.invitations` by tenantry-codegen; do not edit.
//!
//! Left out: `token_hash`.

use sea_orm::entity::prelude::*;
use tenantry::{Constraint, Direction, Field, Null, Sort};

/// The id of an invitation.
pub type Id = tenantry::Id<Entity>;

/// Who was invited to the workspace, by a token that is shown once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "accounts", table_name = "invitations")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The address that may accept.
    pub email: String,
    /// The address, ignoring case.
    pub email_norm: String,
    /// What who accepts may do here.
    pub role: Role,
    /// Until when it can be accepted.
    pub expires_at: DateTimeUtc,
    /// When it was accepted.
    pub accepted_at: Option<DateTimeUtc>,
    /// The person who accepted.
    pub accepted_by: Option<Uuid>,
    /// When it was revoked, or replaced by another one.
    pub revoked_at: Option<DateTimeUtc>,
    /// The person who revoked it.
    pub revoked_by: Option<Uuid>,
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

/// What `role` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[derive(serde::Serialize, serde::Deserialize)]
pub enum Role {
    /// `owner`.
    #[sea_orm(string_value = "owner")]
    #[serde(rename = "owner")]
    Owner,
    /// `admin`.
    #[sea_orm(string_value = "admin")]
    #[serde(rename = "admin")]
    Admin,
    /// `manager`.
    #[sea_orm(string_value = "manager")]
    #[serde(rename = "manager")]
    Manager,
    /// `member`.
    #[sea_orm(string_value = "member")]
    #[serde(rename = "member")]
    Member,
    /// `viewer`.
    #[sea_orm(string_value = "viewer")]
    #[serde(rename = "viewer")]
    Viewer,
}

impl tenantry::Leakproof for Role {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `workspace_id`. Foreign key `invitations_workspace_id_fkey`.
    #[sea_orm(
        belongs_to = "super::workspace::Entity",
        from = "Column::WorkspaceId",
        to = "super::workspace::Column::Id"
    )]
    Workspace,
}

impl Related<super::workspace::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Workspace.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = Uuid;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
    const ID: Column = Column::Id;
    const DELETED_AT: Option<Column> = Some(Column::DeletedAt);
    const SORTS: &'static [Sort<Self>] = &[NEWEST];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("invitations_email_check", &["email"]),
        Constraint::new("invitations_one_end_check", &["accepted_at", "revoked_at"]),
        Constraint::new("invitations_pkey", &["id"]),
        Constraint::new("invitations_role_check", &["role"]),
        Constraint::new("invitations_token_hash_key", &["token_hash"]),
        Constraint::new("invitations_token_length_check", &["token_hash"]),
        Constraint::new("invitations_workspace_id_fkey", &[]),
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

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The address that may accept.
pub const EMAIL: Field<Entity, String> = Field::new(Column::Email);

/// The address, ignoring case.
pub const EMAIL_NORM: Field<Entity, String> = Field::new(Column::EmailNorm);

/// What who accepts may do here.
pub const ROLE: Field<Entity, Role> = Field::new(Column::Role);

/// Until when it can be accepted.
pub const EXPIRES_AT: Field<Entity, DateTimeUtc> = Field::new(Column::ExpiresAt);

/// When it was accepted.
pub const ACCEPTED_AT: Field<Entity, DateTimeUtc, Null> = Field::new(Column::AcceptedAt);

/// The person who accepted.
pub const ACCEPTED_BY: Field<Entity, Uuid, Null> = Field::new(Column::AcceptedBy);

/// When it was revoked, or replaced by another one.
pub const REVOKED_AT: Field<Entity, DateTimeUtc, Null> = Field::new(Column::RevokedAt);

/// The person who revoked it.
pub const REVOKED_BY: Field<Entity, Uuid, Null> = Field::new(Column::RevokedBy);

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

/// By `created_at` descending, then `id` descending.
///
/// Index `invitations_newest_idx`: `created_at DESC, id DESC`.
pub const NEWEST: Sort<Entity> = Sort::by_index(
    "invitations_newest_idx",
    &[
        (Column::CreatedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// Callers may change no column.
#[derive(Clone, Debug, Default)]
pub struct Update {}

impl From<Update> for ActiveModel {
    fn from(_: Update) -> Self {
        Default::default()
    }
}
