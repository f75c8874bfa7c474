//! The table `creators.shops`.
//!
//! Generated from table `creators.shops` by tenantry-codegen; do not edit.

use sea_orm::{ActiveValue, Set, entity::prelude::*};
use tenantry::{Constraint, Field, Null, Unique};

/// The id of a shop.
pub type Id = tenantry::Id<Entity>;

/// The table `creators.shops`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(schema_name = "creators", table_name = "shops")]
pub struct Model {
    /// The column `workspace_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The column `name`.
    pub name: String,
    /// By which the shop is called.
    #[serde(skip)]
    pub access_token: tenantry::Sealed<AccessToken>,
    /// By which the token is made anew.
    #[serde(skip)]
    pub refresh_token: Option<tenantry::Sealed<RefreshToken>>,
    /// Who the creator is there.
    #[serde(skip)]
    pub customer: tenantry::Sealed<Customer>,
    /// By which the shop is found.
    #[serde(skip)]
    pub customer_index: tenantry::Blind<Customer>,
    /// The column `version`.
    pub version: tenantry::Version,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = Uuid;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
    const ID: Column = Column::Id;
    const UNIQUES: &'static [Unique<Self>] = &[PKEY, CUSTOMER_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("shops_customer_key", &["customer_index"]),
        Constraint::new("shops_pkey", &["id"]),
    ];
    const ENCRYPTED: &'static [tenantry::Encrypted<Self>] = &[
        tenantry::Encrypted::of::<AccessToken>(),
        tenantry::Encrypted::of::<RefreshToken>(),
        tenantry::Encrypted::of::<Customer>(),
    ];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The encrypted column `access_token`.
#[derive(Debug)]
pub enum AccessToken {}

impl tenantry::EncryptedColumn for AccessToken {
    type Entity = Entity;

    const COLUMN: Column = Column::AccessToken;
}

/// The encrypted column `refresh_token`.
#[derive(Debug)]
pub enum RefreshToken {}

impl tenantry::EncryptedColumn for RefreshToken {
    type Entity = Entity;

    const COLUMN: Column = Column::RefreshToken;
}

/// The encrypted column `customer`.
#[derive(Debug)]
pub enum Customer {}

impl tenantry::EncryptedColumn for Customer {
    type Entity = Entity;

    const COLUMN: Column = Column::Customer;
    const BLIND_INDEX: Option<Column> = Some(Column::CustomerIndex);
}

impl tenantry::Versioned for Entity {
    type Update = Update;

    const VERSION: Column = Column::Version;

    fn version_of(row: &Model) -> tenantry::Version {
        row.version
    }
}

/// The column `workspace_id`.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `name`.
pub const NAME: Field<Entity, String> = Field::new(Column::Name);

/// By which the shop is called.
pub const ACCESS_TOKEN: Field<Entity, tenantry::Sealed<AccessToken>> =
    Field::new(Column::AccessToken);

/// By which the token is made anew.
pub const REFRESH_TOKEN: Field<Entity, tenantry::Sealed<RefreshToken>, Null> =
    Field::new(Column::RefreshToken);

/// Who the creator is there.
pub const CUSTOMER: Field<Entity, tenantry::Sealed<Customer>> = Field::new(Column::Customer);

/// By which the shop is found.
pub const CUSTOMER_INDEX: Field<Entity, tenantry::Blind<Customer>> =
    Field::new(Column::CustomerIndex);

/// The column `version`.
pub const VERSION: Field<Entity, tenantry::Version> = Field::new(Column::Version);

/// One shop per `id`.
///
/// `shops_pkey`.
pub const PKEY: Unique<Entity> = Unique::new("shops_pkey", &[Column::WorkspaceId, Column::Id]);

/// One shop per `customer_index`.
///
/// `shops_customer_key`.
pub const CUSTOMER_KEY: Unique<Entity> = Unique::new(
    "shops_customer_key",
    &[Column::WorkspaceId, Column::CustomerIndex],
);

/// The columns that every new shop needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `id`.
    pub id: Id,
    /// The column `name`.
    pub name: String,
    /// By which the shop is called.
    pub access_token: tenantry::Sealed<AccessToken>,
    /// Who the creator is there.
    pub customer: tenantry::Sealed<Customer>,
}

/// A new shop with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// By which the token is made anew.
    pub fn refresh_token(self, refresh_token: tenantry::Sealed<RefreshToken>) -> Insert {
        Insert::from(self).refresh_token(refresh_token)
    }
}

impl Insert {
    /// By which the token is made anew.
    pub fn refresh_token(mut self, refresh_token: tenantry::Sealed<RefreshToken>) -> Self {
        self.0.refresh_token = Set(Some(refresh_token));
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            id: Set(new.id),
            name: Set(new.name),
            access_token: Set(new.access_token),
            customer: Set(new.customer),
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
    /// The column `name`.
    pub name: ActiveValue<String>,
    /// By which the shop is called.
    pub access_token: ActiveValue<tenantry::Sealed<AccessToken>>,
    /// By which the token is made anew.
    pub refresh_token: ActiveValue<Option<tenantry::Sealed<RefreshToken>>>,
    /// Who the creator is there.
    pub customer: ActiveValue<tenantry::Sealed<Customer>>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            name: update.name,
            access_token: update.access_token,
            refresh_token: update.refresh_token,
            customer: update.customer,
            ..Default::default()
        }
    }
}
