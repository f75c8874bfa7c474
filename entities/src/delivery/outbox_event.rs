//! An event that leaves the workspace, written with the change that it tells of; kept for 30 days
//! after it was settled.
//!
//! Generated from table `delivery.outbox` by tenantry-codegen; do not edit.

use sea_orm::entity::prelude::*;
use tenantry::{Constraint, Direction, Field, Null, Sort};

/// The id of an outbox event.
pub type Id = tenantry::Id<Entity>;

/// An event that leaves the workspace, written with the change that it tells of; kept for 30 days
/// after it was settled.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "delivery", table_name = "outbox")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// What happened, as noun.verb.
    pub topic: String,
    /// Who wants to know: the program itself, a mailer, or a webhook.
    pub kind: Kind,
    /// What there is to tell, at most 256 `KiB`.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    /// Its place in the order of the workspace, given when its transaction commits; 0 until then.
    pub sequence: i64,
    /// Whether it was handed on, or given up.
    pub state: State,
    /// How often it was handed on, or tried to be.
    pub attempts: i32,
    /// From when on it may be tried.
    pub next_attempt_at: DateTimeUtc,
    /// Why the last attempt failed, in words of the program, without values.
    pub last_error: Option<String>,
    /// When its transaction wrote it.
    pub created_at: DateTimeUtc,
    /// When it was delivered or given up.
    pub settled_at: Option<DateTimeUtc>,
}

/// What `kind` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[derive(serde::Serialize, serde::Deserialize)]
pub enum Kind {
    /// `event`.
    #[sea_orm(string_value = "event")]
    #[serde(rename = "event")]
    Event,
    /// `email`.
    #[sea_orm(string_value = "email")]
    #[serde(rename = "email")]
    Email,
    /// `webhook`.
    #[sea_orm(string_value = "webhook")]
    #[serde(rename = "webhook")]
    Webhook,
}

impl tenantry::Leakproof for Kind {}

/// What `state` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[derive(serde::Serialize, serde::Deserialize)]
pub enum State {
    /// `pending`.
    #[sea_orm(string_value = "pending")]
    #[serde(rename = "pending")]
    Pending,
    /// `delivered`.
    #[sea_orm(string_value = "delivered")]
    #[serde(rename = "delivered")]
    Delivered,
    /// `dead`.
    #[sea_orm(string_value = "dead")]
    #[serde(rename = "dead")]
    Dead,
}

impl tenantry::Leakproof for State {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `workspace_id`. Foreign key `outbox_workspace_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::workspace::Entity",
        from = "Column::WorkspaceId",
        to = "super::super::accounts::workspace::Column::Id"
    )]
    Workspace,
}

impl Related<super::super::accounts::workspace::Entity> for Entity {
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
    const SORTS: &'static [Sort<Self>] = &[QUEUE];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("outbox_kind_check", &["kind"]),
        Constraint::new("outbox_last_error_check", &["last_error"]),
        Constraint::new("outbox_payload_size_check", &["payload"]),
        Constraint::new("outbox_pkey", &["id"]),
        Constraint::new("outbox_settled_check", &["state", "settled_at"]),
        Constraint::new("outbox_state_check", &["state"]),
        Constraint::new("outbox_topic_check", &["topic"]),
        Constraint::new("outbox_topic_form_check", &["topic"]),
        Constraint::new("outbox_workspace_id_fkey", &[]),
    ];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// What happened, as noun.verb.
pub const TOPIC: Field<Entity, String> = Field::new(Column::Topic);

/// Who wants to know: the program itself, a mailer, or a webhook.
pub const KIND: Field<Entity, Kind> = Field::new(Column::Kind);

/// What there is to tell, at most 256 `KiB`.
pub const PAYLOAD: Field<Entity, Json> = Field::new(Column::Payload);

/// Its place in the order of the workspace, given when its transaction commits; 0 until then.
pub const SEQUENCE: Field<Entity, i64> = Field::new(Column::Sequence);

/// Whether it was handed on, or given up.
pub const STATE: Field<Entity, State> = Field::new(Column::State);

/// How often it was handed on, or tried to be.
pub const ATTEMPTS: Field<Entity, i32> = Field::new(Column::Attempts);

/// From when on it may be tried.
pub const NEXT_ATTEMPT_AT: Field<Entity, DateTimeUtc> = Field::new(Column::NextAttemptAt);

/// Why the last attempt failed, in words of the program, without values.
pub const LAST_ERROR: Field<Entity, String, Null> = Field::new(Column::LastError);

/// When its transaction wrote it.
pub const CREATED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::CreatedAt);

/// When it was delivered or given up.
pub const SETTLED_AT: Field<Entity, DateTimeUtc, Null> = Field::new(Column::SettledAt);

/// By `state`, then `sequence`, then `id`.
///
/// Index `outbox_queue_idx`: `state, sequence, id`.
pub const QUEUE: Sort<Entity> = Sort::by_index(
    "outbox_queue_idx",
    &[
        (Column::State, Direction::Ascending),
        (Column::Sequence, Direction::Ascending),
        (Column::Id, Direction::Ascending),
    ],
);
