//! Work that is done once, and what came of it; finished keys are swept after 30 days.
//!
//! Generated from table `accounts.idempotency_keys` by tenantry-codegen; do not edit.

use sea_orm::entity::prelude::*;
use tenantry::{Constraint, Direction, Field, Null, Sort, Unique};

/// The id of an idempotency key.
pub type Id = tenantry::Id<Entity>;

/// Work that is done once, and what came of it; finished keys are swept after 30 days.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "accounts", table_name = "idempotency_keys")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The kind of work.
    pub job_type: String,
    /// What the caller names the work by.
    pub key: String,
    /// How far it is.
    pub status: Status,
    /// What came of it, for whoever asks again.
    #[sea_orm(column_type = "JsonBinary")]
    pub result: Option<Json>,
    /// Why it failed.
    pub error: Option<String>,
    /// When it was done.
    pub completed_at: Option<DateTimeUtc>,
    /// How often it was begun.
    pub attempts: i32,
    /// Until when whoever claimed it may begin; who works holds a lock of the row.
    pub locked_until: Option<DateTimeUtc>,
    /// When the row was inserted.
    pub created_at: DateTimeUtc,
    /// Who inserted the row.
    pub created_by: Option<Uuid>,
    /// When the row last changed.
    pub updated_at: DateTimeUtc,
    /// Who last changed the row.
    pub updated_by: Option<Uuid>,
}

/// What `status` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[derive(serde::Serialize, serde::Deserialize)]
pub enum Status {
    /// `pending`.
    #[sea_orm(string_value = "pending")]
    #[serde(rename = "pending")]
    Pending,
    /// `processing`.
    #[sea_orm(string_value = "processing")]
    #[serde(rename = "processing")]
    Processing,
    /// `completed`.
    #[sea_orm(string_value = "completed")]
    #[serde(rename = "completed")]
    Completed,
    /// `failed`.
    #[sea_orm(string_value = "failed")]
    #[serde(rename = "failed")]
    Failed,
}

impl tenantry::Leakproof for Status {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `workspace_id`. Foreign key `idempotency_keys_workspace_id_fkey`.
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
    const SORTS: &'static [Sort<Self>] = &[SWEEP];
    const UNIQUES: &'static [Unique<Self>] = &[JOB_TYPE_KEY_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new(
            "idempotency_keys_completion_check",
            &["status", "completed_at"],
        ),
        Constraint::new("idempotency_keys_error_check", &["error"]),
        Constraint::new("idempotency_keys_job_type_check", &["job_type"]),
        Constraint::new("idempotency_keys_job_type_key_key", &["job_type", "key"]),
        Constraint::new("idempotency_keys_key_check", &["key"]),
        Constraint::new("idempotency_keys_pkey", &["id"]),
        Constraint::new("idempotency_keys_status_check", &["status"]),
        Constraint::new("idempotency_keys_workspace_id_fkey", &[]),
    ];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The kind of work.
pub const JOB_TYPE: Field<Entity, String> = Field::new(Column::JobType);

/// What the caller names the work by.
pub const KEY: Field<Entity, String> = Field::new(Column::Key);

/// How far it is.
pub const STATUS: Field<Entity, Status> = Field::new(Column::Status);

/// What came of it, for whoever asks again.
pub const RESULT: Field<Entity, Json, Null> = Field::new(Column::Result);

/// Why it failed.
pub const ERROR: Field<Entity, String, Null> = Field::new(Column::Error);

/// When it was done.
pub const COMPLETED_AT: Field<Entity, DateTimeUtc, Null> = Field::new(Column::CompletedAt);

/// How often it was begun.
pub const ATTEMPTS: Field<Entity, i32> = Field::new(Column::Attempts);

/// Until when whoever claimed it may begin; who works holds a lock of the row.
pub const LOCKED_UNTIL: Field<Entity, DateTimeUtc, Null> = Field::new(Column::LockedUntil);

/// When the row was inserted.
pub const CREATED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::CreatedAt);

/// Who inserted the row.
pub const CREATED_BY: Field<Entity, Uuid, Null> = Field::new(Column::CreatedBy);

/// When the row last changed.
pub const UPDATED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::UpdatedAt);

/// Who last changed the row.
pub const UPDATED_BY: Field<Entity, Uuid, Null> = Field::new(Column::UpdatedBy);

/// By `updated_at`, then `id`.
///
/// Index `idempotency_keys_sweep_idx`: `updated_at, id`.
pub const SWEEP: Sort<Entity> = Sort::by_index(
    "idempotency_keys_sweep_idx",
    &[
        (Column::UpdatedAt, Direction::Ascending),
        (Column::Id, Direction::Ascending),
    ],
);

/// One idempotency key per `job_type` and `key`.
///
/// `idempotency_keys_job_type_key_key`.
pub const JOB_TYPE_KEY_KEY: Unique<Entity> = Unique::new(
    "idempotency_keys_job_type_key_key",
    &[Column::WorkspaceId, Column::JobType, Column::Key],
);
