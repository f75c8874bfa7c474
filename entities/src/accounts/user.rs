//! A person, in whatever workspaces; no scope role reads it.
//!
//! Generated from table `accounts.users` by tenantry-codegen; do not edit.

use sea_orm::entity::prelude::*;
use tenantry::{Field, Null, Unique};

/// A person, in whatever workspaces; no scope role reads it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "accounts", table_name = "users")]
pub struct Model {
    /// The person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The address as the person writes it.
    pub email: String,
    /// The address, ignoring case.
    pub email_norm: String,
    /// The subject at the identity provider.
    pub external_id: Option<String>,
    /// What the person is called.
    pub name: String,
    /// Where a picture is.
    pub avatar_url: Option<String>,
    /// What the person may do on the platform.
    pub platform_role: PlatformRole,
    /// What else the application keeps.
    #[sea_orm(column_type = "JsonBinary")]
    pub metadata: Json,
    /// When the person signed up.
    pub created_at: DateTimeUtc,
    /// When the profile last changed.
    pub updated_at: DateTimeUtc,
}

/// What `platform_role` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[derive(serde::Serialize, serde::Deserialize)]
pub enum PlatformRole {
    /// `user`.
    #[sea_orm(string_value = "user")]
    #[serde(rename = "user")]
    User,
    /// `admin`.
    #[sea_orm(string_value = "admin")]
    #[serde(rename = "admin")]
    Admin,
}

impl tenantry::Leakproof for PlatformRole {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Global for Entity {}

/// The person.
pub const ID: Field<Entity, Uuid> = Field::new(Column::Id);

/// The address as the person writes it.
pub const EMAIL: Field<Entity, String> = Field::new(Column::Email);

/// The address, ignoring case.
pub const EMAIL_NORM: Field<Entity, String> = Field::new(Column::EmailNorm);

/// The subject at the identity provider.
pub const EXTERNAL_ID: Field<Entity, String, Null> = Field::new(Column::ExternalId);

/// What the person is called.
pub const NAME: Field<Entity, String> = Field::new(Column::Name);

/// Where a picture is.
pub const AVATAR_URL: Field<Entity, String, Null> = Field::new(Column::AvatarUrl);

/// What the person may do on the platform.
pub const PLATFORM_ROLE: Field<Entity, PlatformRole> = Field::new(Column::PlatformRole);

/// What else the application keeps.
pub const METADATA: Field<Entity, Json> = Field::new(Column::Metadata);

/// When the person signed up.
pub const CREATED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::CreatedAt);

/// When the profile last changed.
pub const UPDATED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::UpdatedAt);

/// One user per `email_norm`.
///
/// `users_email_norm_key`.
pub const EMAIL_NORM_KEY: Unique<Entity> =
    Unique::new("users_email_norm_key", &[Column::EmailNorm]);

/// One user per `external_id`.
///
/// `users_external_id_key`.
pub const EXTERNAL_ID_KEY: Unique<Entity> =
    Unique::new("users_external_id_key", &[Column::ExternalId]);
