//! The table `shop.lines`.
//!
//! Generated from table `shop.lines` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{BelongsTo, Constraint, Direction, Field, Sort};

/// The id of a line.
pub type Id = tenantry::Id<Entity>;

/// The table `shop.lines`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "shop", table_name = "lines")]
pub struct Model {
    /// The column `account_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The column `order_id`.
    pub order_id: super::order::Id,
    /// The column `quantity`.
    pub quantity: i32,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `order_id`. Foreign key `lines_order_id_fkey`.
    #[sea_orm(
        belongs_to = "super::order::Entity",
        from = "(Column::AccountId, Column::OrderId)",
        to = "(super::order::Column::AccountId, super::order::Column::Id)"
    )]
    Order,
}

impl Related<super::order::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Order.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = i64;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::AccountId;
    const ID: Column = Column::Id;
    const SORTS: &'static [Sort<Self>] = &[ORDER];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("lines_order_id_fkey", &["order_id"]),
        Constraint::new("lines_pkey", &["id"]),
    ];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The column `account_id`.
pub const ACCOUNT_ID: Field<Entity, i64> = Field::new(Column::AccountId);

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `order_id`.
pub const ORDER_ID: Field<Entity, super::order::Id> = Field::new(Column::OrderId);

/// The column `quantity`.
pub const QUANTITY: Field<Entity, i32> = Field::new(Column::Quantity);

/// By `order_id`, then `id`.
///
/// Index `lines_order_idx`: `order_id, id`.
pub const ORDER: Sort<Entity> = Sort::by_index(
    "lines_order_idx",
    &[
        (Column::OrderId, Direction::Ascending),
        (Column::Id, Direction::Ascending),
    ],
);

/// The order that a line points at by `order_id`.
pub const ORDER_ROW: BelongsTo<Entity, super::order::Entity> = BelongsTo::new(Column::OrderId);

/// The columns that every new line needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `order_id`.
    pub order_id: super::order::Id,
    /// The column `quantity`.
    pub quantity: i32,
}

/// A new line with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            order_id: Set(new.order_id),
            quantity: Set(new.quantity),
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
