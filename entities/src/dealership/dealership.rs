//! A dealership of the group.
//!
//! Generated from table `dealership.dealerships` by tenantry-codegen; do not edit.
//!
//! Left out: `live`.

use sea_orm::{ActiveValue, Set, entity::prelude::*};
use tenantry::{Constraint, Direction, Field, HasMany, Null, Sort, Unique};

/// The id of a dealership.
pub type Id = tenantry::Id<Entity>;

/// A dealership of the group.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "dealership", table_name = "dealerships")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// What its order numbers begin with; nobody else in the group ever has it.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Where it is, as a document.
    #[sea_orm(column_type = "JsonBinary")]
    pub address: Option<Json>,
    /// What the application keeps for it.
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

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `workspace_id`. Foreign key `dealerships_workspace_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::workspace::Entity",
        from = "Column::WorkspaceId",
        to = "super::super::accounts::workspace::Column::Id"
    )]
    Workspace,
    /// `dealership_members` that point here. Foreign key `dealership_members_dealership_id_fkey`.
    #[sea_orm(has_many = "super::dealership_member::Entity")]
    DealershipMembers,
    /// `order_counters` that point here. Foreign key `order_counters_dealership_id_fkey`.
    #[sea_orm(has_many = "super::order_counter::Entity")]
    OrderCounters,
    /// `orders` that point here. Foreign key `orders_dealership_id_fkey`.
    #[sea_orm(has_many = "super::order::Entity")]
    Orders,
}

impl Related<super::super::accounts::workspace::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Workspace.def()
    }
}

impl Related<super::dealership_member::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::DealershipMembers.def()
    }
}

impl Related<super::order_counter::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::OrderCounters.def()
    }
}

impl Related<super::order::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Orders.def()
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
    const SORTS: &'static [Sort<Self>] = &[BY_NAME];
    const UNIQUES: &'static [Unique<Self>] = &[CODE_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("dealerships_code_check", &["code"]),
        Constraint::new("dealerships_code_form_check", &["code"]),
        Constraint::new("dealerships_code_key", &["code"]),
        Constraint::new("dealerships_id_live_key", &["id", "live"]),
        Constraint::new("dealerships_name_check", &["name"]),
        Constraint::new("dealerships_pkey", &["id"]),
        Constraint::new("dealerships_workspace_id_fkey", &[]),
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
    const CHILDREN: &'static [&'static dyn tenantry::Child<Self>] = &[&DEALERSHIP_MEMBERS, &ORDERS];
}

impl tenantry::Audited for Entity {}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// What its order numbers begin with; nobody else in the group ever has it.
pub const CODE: Field<Entity, String> = Field::new(Column::Code);

/// What people call it.
pub const NAME: Field<Entity, String> = Field::new(Column::Name);

/// Where it is, as a document.
pub const ADDRESS: Field<Entity, Json, Null> = Field::new(Column::Address);

/// What the application keeps for it.
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

/// By `name`, then `id`.
///
/// Index `dealerships_name_idx`: `name, id`.
pub const BY_NAME: Sort<Entity> = Sort::by_index(
    "dealerships_name_idx",
    &[
        (Column::Name, Direction::Ascending),
        (Column::Id, Direction::Ascending),
    ],
);

/// One dealership per `code`.
///
/// `dealerships_code_key`.
pub const CODE_KEY: Unique<Entity> =
    Unique::new("dealerships_code_key", &[Column::WorkspaceId, Column::Code]);

/// The dealership members that point at a dealership by `dealership_id`.
pub const DEALERSHIP_MEMBERS: HasMany<Entity, super::dealership_member::Entity> =
    HasMany::new(super::dealership_member::Column::DealershipId);

/// The order counters that point at a dealership by `dealership_id`.
pub const ORDER_COUNTERS: HasMany<Entity, super::order_counter::Entity> =
    HasMany::new(super::order_counter::Column::DealershipId);

/// The orders that point at a dealership by `dealership_id`.
pub const ORDERS: HasMany<Entity, super::order::Entity> =
    HasMany::new(super::order::Column::DealershipId);

/// The columns that every new dealership needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// What its order numbers begin with; nobody else in the group ever has it.
    pub code: String,
    /// What people call it.
    pub name: String,
}

/// A new dealership with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// Where it is, as a document.
    pub fn address(self, address: Json) -> Insert {
        Insert::from(self).address(address)
    }

    /// What the application keeps for it.
    pub fn settings(self, settings: Json) -> Insert {
        Insert::from(self).settings(settings)
    }
}

impl Insert {
    /// Where it is, as a document.
    pub fn address(mut self, address: Json) -> Self {
        self.0.address = Set(Some(address));
        self
    }

    /// What the application keeps for it.
    pub fn settings(mut self, settings: Json) -> Self {
        self.0.settings = Set(settings);
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            code: Set(new.code),
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
    /// What people call it.
    pub name: ActiveValue<String>,
    /// Where it is, as a document.
    pub address: ActiveValue<Option<Json>>,
    /// What the application keeps for it.
    pub settings: ActiveValue<Json>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            name: update.name,
            address: update.address,
            settings: update.settings,
            ..Default::default()
        }
    }
}
