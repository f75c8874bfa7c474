//! A webhook that reached the workspace, received once for each source and id; kept for 30 days.
//!
//! Generated from table `delivery.webhook_inbox` by tenantry-codegen; do not edit.

use sea_orm::entity::prelude::*;
use tenantry::{Constraint, Direction, Field, Null, Sort, Unique};

/// The id of an incoming webhook.
pub type Id = tenantry::Id<Entity>;

/// A webhook that reached the workspace, received once for each source and id; kept for 30 days.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "delivery", table_name = "webhook_inbox")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// Who sent it.
    pub source: String,
    /// What its source calls it.
    pub external_id: String,
    /// What it told, at most 1 `MiB`.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    /// What came of it, for whoever sends it again.
    #[sea_orm(column_type = "JsonBinary")]
    pub result: Option<Json>,
    /// When it was received.
    pub received_at: DateTimeUtc,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `workspace_id`. Foreign key `webhook_inbox_workspace_id_fkey`.
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
    const SORTS: &'static [Sort<Self>] = &[NEWEST];
    const UNIQUES: &'static [Unique<Self>] = &[SOURCE_EXTERNAL_ID_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("webhook_inbox_external_id_check", &["external_id"]),
        Constraint::new("webhook_inbox_external_id_form_check", &["external_id"]),
        Constraint::new("webhook_inbox_payload_size_check", &["payload"]),
        Constraint::new("webhook_inbox_pkey", &["id"]),
        Constraint::new("webhook_inbox_source_check", &["source"]),
        Constraint::new(
            "webhook_inbox_source_external_id_key",
            &["source", "external_id"],
        ),
        Constraint::new("webhook_inbox_source_form_check", &["source"]),
        Constraint::new("webhook_inbox_workspace_id_fkey", &[]),
    ];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// Who sent it.
pub const SOURCE: Field<Entity, String> = Field::new(Column::Source);

/// What its source calls it.
pub const EXTERNAL_ID: Field<Entity, String> = Field::new(Column::ExternalId);

/// What it told, at most 1 `MiB`.
pub const PAYLOAD: Field<Entity, Json> = Field::new(Column::Payload);

/// What came of it, for whoever sends it again.
pub const RESULT: Field<Entity, Json, Null> = Field::new(Column::Result);

/// When it was received.
pub const RECEIVED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::ReceivedAt);

/// By `received_at` descending, then `id` descending.
///
/// Index `webhook_inbox_newest_idx`: `received_at DESC, id DESC`.
pub const NEWEST: Sort<Entity> = Sort::by_index(
    "webhook_inbox_newest_idx",
    &[
        (Column::ReceivedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// One incoming webhook per `source` and `external_id`.
///
/// `webhook_inbox_source_external_id_key`.
pub const SOURCE_EXTERNAL_ID_KEY: Unique<Entity> = Unique::new(
    "webhook_inbox_source_external_id_key",
    &[Column::WorkspaceId, Column::Source, Column::ExternalId],
);
