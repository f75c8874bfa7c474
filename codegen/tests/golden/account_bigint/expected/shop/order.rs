//! The table `shop.orders`.
//!
//! Generated from table `shop.orders` by tenantry-codegen; do not edit.

use sea_orm::{ActiveValue, Set, entity::prelude::*};
use tenantry::{Constraint, Field, HasMany, Unique};

/// The id of an order.
pub type Id = tenantry::Id<Entity>;

/// The table `shop.orders`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "shop", table_name = "orders")]
pub struct Model {
    /// The column `account_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: i64,
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The column `number`.
    pub number: i32,
    /// The column `total`.
    #[sea_orm(column_type = "Decimal(Some((14, 2)))")]
    pub total: Decimal,
    /// The column `version`.
    pub version: tenantry::Version,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `account_id`. Foreign key `orders_account_id_fkey`.
    #[sea_orm(
        belongs_to = "super::account::Entity",
        from = "Column::AccountId",
        to = "super::account::Column::Id"
    )]
    Account,
    /// `lines` that point here. Foreign key `lines_order_id_fkey`.
    #[sea_orm(has_many = "super::line::Entity")]
    Lines,
}

impl Related<super::account::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Account.def()
    }
}

impl Related<super::line::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Lines.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = i64;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::AccountId;
    const ID: Column = Column::Id;
    const UNIQUES: &'static [Unique<Self>] = &[NUMBER_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("orders_account_id_fkey", &[]),
        Constraint::new("orders_number_key", &["number"]),
        Constraint::new("orders_pkey", &["id"]),
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

/// The column `account_id`.
pub const ACCOUNT_ID: Field<Entity, i64> = Field::new(Column::AccountId);

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `number`.
pub const NUMBER: Field<Entity, i32> = Field::new(Column::Number);

/// The column `total`.
pub const TOTAL: Field<Entity, Decimal> = Field::new(Column::Total);

/// The column `version`.
pub const VERSION: Field<Entity, tenantry::Version> = Field::new(Column::Version);

/// One order per `number`.
///
/// `orders_number_key`.
pub const NUMBER_KEY: Unique<Entity> =
    Unique::new("orders_number_key", &[Column::AccountId, Column::Number]);

/// The lines that point at an order by `order_id`.
pub const LINES: HasMany<Entity, super::line::Entity> = HasMany::new(super::line::Column::OrderId);

/// The columns that every new order needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `number`.
    pub number: i32,
}

/// A new order with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// The column `total`.
    pub fn total(self, total: Decimal) -> Insert {
        Insert::from(self).total(total)
    }
}

impl Insert {
    /// The column `total`.
    pub fn total(mut self, total: Decimal) -> Self {
        self.0.total = Set(total);
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            number: Set(new.number),
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
    /// The column `number`.
    pub number: ActiveValue<i32>,
    /// The column `total`.
    pub total: ActiveValue<Decimal>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            number: update.number,
            total: update.total,
            ..Default::default()
        }
    }
}
