//! An order of a customer at a dealership.
//!
//! Generated from table `dealership.orders` by tenantry-codegen; do not edit.
//!
//! Left out: `live`, `search_vector`.

use sea_orm::{ActiveValue, Set, entity::prelude::*};
use tenantry::{
    BelongsTo, Constraint, Direction, DocumentSearch, Field, Null, Search, Sort, Unique,
};

/// The id of an order.
pub type Id = tenantry::Id<Entity>;

/// An order of a customer at a dealership.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "dealership", table_name = "orders")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// Where it was taken.
    pub dealership_id: super::dealership::Id,
    /// Its name: the code of the dealership, the kind and the next number of both. The database
    /// gives it, without gaps.
    pub order_number: String,
    /// What is to be done.
    pub kind: Kind,
    /// How far it is.
    pub status: Status,
    /// Whether somebody has to do something.
    pub is_active: bool,
    /// Who orders: name, email, phone, address.
    #[sea_orm(column_type = "JsonBinary")]
    pub customer_info: Json,
    /// The car: vin, make, model, year.
    #[sea_orm(column_type = "JsonBinary")]
    pub vehicle_info: Option<Json>,
    /// What is to be done to it.
    #[sea_orm(column_type = "JsonBinary")]
    pub service_details: Option<Json>,
    /// What the application keeps for it.
    #[sea_orm(column_type = "JsonBinary")]
    pub metadata: Json,
    /// The member of the workspace who sees to it.
    pub assigned_to: Option<Uuid>,
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

/// What `status` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[derive(serde::Serialize, serde::Deserialize)]
pub enum Status {
    /// `draft`.
    #[sea_orm(string_value = "draft")]
    #[serde(rename = "draft")]
    Draft,
    /// `pending`.
    #[sea_orm(string_value = "pending")]
    #[serde(rename = "pending")]
    Pending,
    /// `in_progress`.
    #[sea_orm(string_value = "in_progress")]
    #[serde(rename = "in_progress")]
    InProgress,
    /// `completed`.
    #[sea_orm(string_value = "completed")]
    #[serde(rename = "completed")]
    Completed,
    /// `cancelled`.
    #[sea_orm(string_value = "cancelled")]
    #[serde(rename = "cancelled")]
    Cancelled,
}

impl tenantry::Leakproof for Status {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `assigned_to`. Foreign key `orders_assigned_to_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::member::Entity",
        from = "(Column::WorkspaceId, Column::AssignedTo)",
        to = "(super::super::accounts::member::Column::WorkspaceId, super::super::accounts::member::Column::UserId)"
    )]
    AssignedTo,
    /// By `dealership_id`. Foreign key `orders_dealership_id_fkey`.
    #[sea_orm(
        belongs_to = "super::dealership::Entity",
        from = "(Column::WorkspaceId, Column::DealershipId)",
        to = "(super::dealership::Column::WorkspaceId, super::dealership::Column::Id)"
    )]
    Dealership,
    /// By `workspace_id`. Foreign key `orders_workspace_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::workspace::Entity",
        from = "Column::WorkspaceId",
        to = "super::super::accounts::workspace::Column::Id"
    )]
    Workspace,
}

impl Related<super::super::accounts::member::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::AssignedTo.def()
    }
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
    const DELETED_AT: Option<Column> = Some(Column::DeletedAt);
    const SORTS: &'static [Sort<Self>] = &[BY_KIND, QUEUE, BY_STATUS];
    const SEARCHES: &'static [&'static str] = &[
        "orders_search",
        "orders_vehicle_info_containing",
        "orders_metadata_containing",
    ];
    const SEARCHED: &'static [Column] = &[
        Column::CustomerInfo,
        Column::Metadata,
        Column::OrderNumber,
        Column::VehicleInfo,
    ];
    const UNIQUES: &'static [Unique<Self>] = &[ORDER_NUMBER_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("orders_assigned_to_fkey", &["assigned_to"]),
        Constraint::new("orders_customer_info_object_check", &["customer_info"]),
        Constraint::new("orders_dealership_id_fkey", &["dealership_id"]),
        Constraint::new("orders_dealership_id_live_fkey", &["dealership_id"]),
        Constraint::new("orders_kind_check", &["kind"]),
        Constraint::new("orders_order_number_key", &["order_number"]),
        Constraint::new("orders_pkey", &["id"]),
        Constraint::new("orders_status_check", &["status"]),
        Constraint::new("orders_workspace_id_fkey", &[]),
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
    const PARENTS: &'static [&'static dyn tenantry::Parent<Self>] = &[&DEALERSHIP];
}

impl tenantry::Audited for Entity {}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// Where it was taken.
pub const DEALERSHIP_ID: Field<Entity, super::dealership::Id> = Field::new(Column::DealershipId);

/// Its name: the code of the dealership, the kind and the next number of both. The database gives
/// it, without gaps.
pub const ORDER_NUMBER: Field<Entity, String> = Field::new(Column::OrderNumber);

/// What is to be done.
pub const KIND: Field<Entity, Kind> = Field::new(Column::Kind);

/// How far it is.
pub const STATUS: Field<Entity, Status> = Field::new(Column::Status);

/// Whether somebody has to do something.
pub const IS_ACTIVE: Field<Entity, bool> = Field::new(Column::IsActive);

/// Who orders: name, email, phone, address.
pub const CUSTOMER_INFO: Field<Entity, Json> = Field::new(Column::CustomerInfo);

/// The car: vin, make, model, year.
pub const VEHICLE_INFO: Field<Entity, Json, Null> = Field::new(Column::VehicleInfo);

/// What is to be done to it.
pub const SERVICE_DETAILS: Field<Entity, Json, Null> = Field::new(Column::ServiceDetails);

/// What the application keeps for it.
pub const METADATA: Field<Entity, Json> = Field::new(Column::Metadata);

/// The member of the workspace who sees to it.
pub const ASSIGNED_TO: Field<Entity, Uuid, Null> = Field::new(Column::AssignedTo);

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

/// By `dealership_id`, then `kind`, then `created_at` descending, then `id` descending.
///
/// Index `orders_kind_idx`: `dealership_id, kind, created_at DESC, id DESC`.
pub const BY_KIND: Sort<Entity> = Sort::by_index(
    "orders_kind_idx",
    &[
        (Column::DealershipId, Direction::Ascending),
        (Column::Kind, Direction::Ascending),
        (Column::CreatedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// By `dealership_id`, then `is_active`, then `updated_at` descending, then `id` descending.
///
/// Index `orders_queue_idx`: `dealership_id, is_active, updated_at DESC, id DESC`.
pub const QUEUE: Sort<Entity> = Sort::by_index(
    "orders_queue_idx",
    &[
        (Column::DealershipId, Direction::Ascending),
        (Column::IsActive, Direction::Ascending),
        (Column::UpdatedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// By `dealership_id`, then `status`, then `created_at` descending, then `id` descending.
///
/// Index `orders_status_idx`: `dealership_id, status, created_at DESC, id DESC`.
pub const BY_STATUS: Sort<Entity> = Sort::by_index(
    "orders_status_idx",
    &[
        (Column::DealershipId, Direction::Ascending),
        (Column::Status, Direction::Ascending),
        (Column::CreatedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// One order per `order_number`.
///
/// `orders_order_number_key`.
pub const ORDER_NUMBER_KEY: Unique<Entity> = Unique::new(
    "orders_order_number_key",
    &[Column::WorkspaceId, Column::OrderNumber],
);

/// The words that orders are found by.
///
/// `orders_search`, in the language `simple`.
pub const SEARCH: Search<Entity> = Search::by_function("orders_search", "simple");

/// Rows by what `vehicle_info` contains.
///
/// `orders_vehicle_info_containing`.
pub const VEHICLE_INFO_SEARCH: DocumentSearch<Entity> =
    DocumentSearch::by_function(Column::VehicleInfo, "orders_vehicle_info_containing");

/// Rows by what `metadata` contains.
///
/// `orders_metadata_containing`.
pub const METADATA_SEARCH: DocumentSearch<Entity> =
    DocumentSearch::by_function(Column::Metadata, "orders_metadata_containing");

/// The dealership that an order points at by `dealership_id`.
pub const DEALERSHIP: BelongsTo<Entity, super::dealership::Entity> =
    BelongsTo::new(Column::DealershipId);

/// The columns that every new order needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// Where it was taken.
    pub dealership_id: super::dealership::Id,
    /// What is to be done.
    pub kind: Kind,
    /// Who orders: name, email, phone, address.
    pub customer_info: Json,
}

/// A new order with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// How far it is.
    pub fn status(self, status: Status) -> Insert {
        Insert::from(self).status(status)
    }

    /// The car: vin, make, model, year.
    pub fn vehicle_info(self, vehicle_info: Json) -> Insert {
        Insert::from(self).vehicle_info(vehicle_info)
    }

    /// What is to be done to it.
    pub fn service_details(self, service_details: Json) -> Insert {
        Insert::from(self).service_details(service_details)
    }

    /// What the application keeps for it.
    pub fn metadata(self, metadata: Json) -> Insert {
        Insert::from(self).metadata(metadata)
    }

    /// The member of the workspace who sees to it.
    pub fn assigned_to(self, assigned_to: Uuid) -> Insert {
        Insert::from(self).assigned_to(assigned_to)
    }
}

impl Insert {
    /// How far it is.
    pub fn status(mut self, status: Status) -> Self {
        self.0.status = Set(status);
        self
    }

    /// The car: vin, make, model, year.
    pub fn vehicle_info(mut self, vehicle_info: Json) -> Self {
        self.0.vehicle_info = Set(Some(vehicle_info));
        self
    }

    /// What is to be done to it.
    pub fn service_details(mut self, service_details: Json) -> Self {
        self.0.service_details = Set(Some(service_details));
        self
    }

    /// What the application keeps for it.
    pub fn metadata(mut self, metadata: Json) -> Self {
        self.0.metadata = Set(metadata);
        self
    }

    /// The member of the workspace who sees to it.
    pub fn assigned_to(mut self, assigned_to: Uuid) -> Self {
        self.0.assigned_to = Set(Some(assigned_to));
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            dealership_id: Set(new.dealership_id),
            kind: Set(new.kind),
            customer_info: Set(new.customer_info),
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
    /// How far it is.
    pub status: ActiveValue<Status>,
    /// Who orders: name, email, phone, address.
    pub customer_info: ActiveValue<Json>,
    /// The car: vin, make, model, year.
    pub vehicle_info: ActiveValue<Option<Json>>,
    /// What is to be done to it.
    pub service_details: ActiveValue<Option<Json>>,
    /// What the application keeps for it.
    pub metadata: ActiveValue<Json>,
    /// The member of the workspace who sees to it.
    pub assigned_to: ActiveValue<Option<Uuid>>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            status: update.status,
            customer_info: update.customer_info,
            vehicle_info: update.vehicle_info,
            service_details: update.service_details,
            metadata: update.metadata,
            assigned_to: update.assigned_to,
            ..Default::default()
        }
    }
}
