//! A key by which a program acts in the workspace; its plain text is shown once.
//!
//! Generated from table `accounts.api_keys` by tenantry-codegen; do not edit.
//!
//! Left out: `hash`.

use sea_orm::{ActiveValue, entity::prelude::*};
use tenantry::{Constraint, Direction, Field, Null, Sort};

/// The id of an api key.
pub type Id = tenantry::Id<Entity>;

/// A key by which a program acts in the workspace; its plain text is shown once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "accounts", table_name = "api_keys")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// What the key is called.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The eight characters that people see of it.
    pub display: String,
    /// As what it acts, at most; never above the role of who issued it.
    pub role: Role,
    /// What it is limited to, in the words of the application.
    pub scopes: Vec<String>,
    /// How many calls a minute has.
    pub rate_limit_per_minute: i32,
    /// Until when it is good; null for ever.
    pub expires_at: Option<DateTimeUtc>,
    /// When it was used last, to the minute.
    pub last_used_at: Option<DateTimeUtc>,
    /// From where it was used last.
    #[sea_orm(column_type = "Inet", select_as = "text", save_as = "inet")]
    pub last_used_ip: Option<String>,
    /// When the minute began in which calls are counted.
    pub window_began_at: Option<DateTimeUtc>,
    /// How many calls of that minute processes have set aside.
    pub window_calls: i32,
    /// When it was revoked.
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
    /// By `workspace_id`. Foreign key `api_keys_workspace_id_fkey`.
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
        Constraint::new("api_keys_description_check", &["description"]),
        Constraint::new("api_keys_display_length_check", &["display"]),
        Constraint::new("api_keys_hash_key", &["hash"]),
        Constraint::new("api_keys_hash_length_check", &["hash"]),
        Constraint::new("api_keys_name_check", &["name"]),
        Constraint::new("api_keys_pkey", &["id"]),
        Constraint::new("api_keys_rate_limit_check", &["rate_limit_per_minute"]),
        Constraint::new("api_keys_role_check", &["role"]),
        Constraint::new("api_keys_scopes_check", &["scopes"]),
        Constraint::new("api_keys_workspace_id_fkey", &[]),
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

/// What the key is called.
pub const NAME: Field<Entity, String> = Field::new(Column::Name);

/// What it is for.
pub const DESCRIPTION: Field<Entity, String, Null> = Field::new(Column::Description);

/// The eight characters that people see of it.
pub const DISPLAY: Field<Entity, String> = Field::new(Column::Display);

/// As what it acts, at most; never above the role of who issued it.
pub const ROLE: Field<Entity, Role> = Field::new(Column::Role);

/// What it is limited to, in the words of the application.
pub const SCOPES: Field<Entity, Vec<String>> = Field::new(Column::Scopes);

/// How many calls a minute has.
pub const RATE_LIMIT_PER_MINUTE: Field<Entity, i32> = Field::new(Column::RateLimitPerMinute);

/// Until when it is good; null for ever.
pub const EXPIRES_AT: Field<Entity, DateTimeUtc, Null> = Field::new(Column::ExpiresAt);

/// When it was used last, to the minute.
pub const LAST_USED_AT: Field<Entity, DateTimeUtc, Null> = Field::new(Column::LastUsedAt);

/// From where it was used last.
pub const LAST_USED_IP: Field<Entity, String, Null> = Field::new(Column::LastUsedIp);

/// When the minute began in which calls are counted.
pub const WINDOW_BEGAN_AT: Field<Entity, DateTimeUtc, Null> = Field::new(Column::WindowBeganAt);

/// How many calls of that minute processes have set aside.
pub const WINDOW_CALLS: Field<Entity, i32> = Field::new(Column::WindowCalls);

/// When it was revoked.
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
/// Index `api_keys_newest_idx`: `created_at DESC, id DESC`.
pub const NEWEST: Sort<Entity> = Sort::by_index(
    "api_keys_newest_idx",
    &[
        (Column::CreatedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// The columns that callers may change; those left out stay as they are.
///
/// Write `Set(value)`, and `..Default::default()` for the rest.
#[derive(Clone, Debug, Default)]
pub struct Update {
    /// What the key is called.
    pub name: ActiveValue<String>,
    /// What it is for.
    pub description: ActiveValue<Option<String>>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            name: update.name,
            description: update.description,
            ..Default::default()
        }
    }
}
