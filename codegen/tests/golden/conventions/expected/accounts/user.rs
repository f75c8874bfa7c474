//! The table `accounts.users`.
//!
//! Generated from table `accounts.users` by tenantry-codegen; do not edit.

use sea_orm::entity::prelude::*;
use tenantry::{Field, Unique};

/// The table `accounts.users`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "accounts", table_name = "users")]
pub struct Model {
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The column `email`.
    pub email: String,
    /// The column `name`.
    pub name: String,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// `members` that point here. Foreign key `members_user_id_fkey`.
    #[sea_orm(has_many = "super::member::Entity")]
    Members,
}

impl Related<super::member::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Members.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Global for Entity {}

/// The column `id`.
pub const ID: Field<Entity, Uuid> = Field::new(Column::Id);

/// The column `email`.
pub const EMAIL: Field<Entity, String> = Field::new(Column::Email);

/// The column `name`.
pub const NAME: Field<Entity, String> = Field::new(Column::Name);

/// One user per `email`.
///
/// `users_email_key`.
pub const EMAIL_KEY: Unique<Entity> = Unique::new("users_email_key", &[Column::Email]);
