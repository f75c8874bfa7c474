//! The last order number of a dealership and a kind.
//!
//! Generated from table `dealership.order_counters` by tenantry-codegen; do not edit.

use sea_orm::entity::prelude::*;
use tenantry::{BelongsTo, Constraint, Field, Null, Unique};

/// The id of an order counter.
pub type Id = tenantry::Id<Entity>;

/// The last order number of a dealership and a kind.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "dealership", table_name = "order_counters")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The dealership.
    pub dealership_id: super::dealership::Id,
    /// What is counted.
    pub kind: Kind,
    /// The last number that was given.
    pub last: i64,
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
}

/// What `kind` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[derive(serde::Serialize, serde::Deserialize)]
pub enum Kind {
    /// `sales`.
    #[sea_orm(string_value = "sales")]
    #[serde(rename = "sales")]
    Sales,
    /// `service`.
    #[sea_orm(string_value = "service")]
    #[serde(rename = "service")]
    Service,
    /// `recon`.
    #[sea_orm(string_value = "recon")]
    #[serde(rename = "recon")]
    Recon,
    /// `carwash`.
    #[sea_orm(string_value = "carwash")]
    #[serde(rename = "carwash")]
    Carwash,
}

impl tenantry::Leakproof for Kind {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `dealership_id`. Foreign key `order_counters_dealership_id_fkey`.
    #[sea_orm(
        belongs_to = "super::dealership::Entity",
        from = "(Column::WorkspaceId, Column::DealershipId)",
        to = "(super::dealership::Column::WorkspaceId, super::dealership::Column::Id)"
    )]
    Dealership,
    /// By `workspace_id`. Foreign key `order_counters_workspace_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::workspace::Entity",
        from = "Column::WorkspaceId",
        to = "super::super::accounts::workspace::Column::Id"
    )]
    Workspace,
}

impl Related<super::dealership::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Dealership.def()
    }
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
    const UNIQUES: &'static [Unique<Self>] = &[DEALERSHIP_ID_KIND_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("order_counters_dealership_id_fkey", &["dealership_id"]),
        Constraint::new(
            "order_counters_dealership_id_kind_key",
            &["dealership_id", "kind"],
        ),
        Constraint::new("order_counters_kind_check", &["kind"]),
        Constraint::new("order_counters_last_counts_check", &["last"]),
        Constraint::new("order_counters_pkey", &["id"]),
        Constraint::new("order_counters_workspace_id_fkey", &[]),
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

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The dealership.
pub const DEALERSHIP_ID: Field<Entity, super::dealership::Id> = Field::new(Column::DealershipId);

/// What is counted.
pub const KIND: Field<Entity, Kind> = Field::new(Column::Kind);

/// The last number that was given.
pub const LAST: Field<Entity, i64> = Field::new(Column::Last);

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

/// One order counter per `dealership_id` and `kind`.
///
/// `order_counters_dealership_id_kind_key`.
pub const DEALERSHIP_ID_KIND_KEY: Unique<Entity> = Unique::new(
    "order_counters_dealership_id_kind_key",
    &[Column::WorkspaceId, Column::DealershipId, Column::Kind],
);

/// The dealership that an order counter points at by `dealership_id`.
pub const DEALERSHIP: BelongsTo<Entity, super::dealership::Entity> =
    BelongsTo::new(Column::DealershipId);

/// Callers may change no column.
#[derive(Clone, Debug, Default)]
pub struct Update {}

impl From<Update> for ActiveModel {
    fn from(_: Update) -> Self {
        Default::default()
    }
}
