//! The table `depot.packages`.
//!
//! Generated from table `depot.packages` by tenantry-codegen; do not edit.

use sea_orm::{ActiveValue, Set, entity::prelude::*};
use tenantry::{Constraint, Field, HasMany, Null, Unique};

/// The id of a package.
pub type Id = tenantry::Id<Entity>;

/// The table `depot.packages`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "depot", table_name = "packages")]
pub struct Model {
    /// The column `org`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub org: String,
    /// The column `name`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: Id,
    /// The column `description`.
    pub description: Option<String>,
    /// The column `version`.
    pub version: tenantry::Version,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `org`. Foreign key `packages_org_fkey`.
    #[sea_orm(
        belongs_to = "super::org::Entity",
        from = "Column::Org",
        to = "super::org::Column::Id"
    )]
    Org,
    /// `releases` that point here. Foreign key `releases_package_name_fkey`.
    #[sea_orm(has_many = "super::release::Entity")]
    Releases,
}

impl Related<super::org::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Org.def()
    }
}

impl Related<super::release::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Releases.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = String;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::Org;
    const ID: Column = Column::Name;
    const UNIQUES: &'static [Unique<Self>] = &[PKEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("packages_org_fkey", &[]),
        Constraint::new("packages_pkey", &["name"]),
    ];

    fn id_of(row: &Model) -> Id {
        row.name.clone()
    }
}

impl tenantry::Versioned for Entity {
    type Update = Update;

    const VERSION: Column = Column::Version;

    fn version_of(row: &Model) -> tenantry::Version {
        row.version
    }
}

/// The column `org`.
pub const ORG: Field<Entity, String> = Field::new(Column::Org);

/// The column `name`.
pub const NAME: Field<Entity, Id> = Field::new(Column::Name);

/// The column `description`.
pub const DESCRIPTION: Field<Entity, String, Null> = Field::new(Column::Description);

/// The column `version`.
pub const VERSION: Field<Entity, tenantry::Version> = Field::new(Column::Version);

/// One package per `name`.
///
/// `packages_pkey`.
pub const PKEY: Unique<Entity> = Unique::new("packages_pkey", &[Column::Org, Column::Name]);

/// The releases that point at a package by `package_name`.
pub const RELEASES: HasMany<Entity, super::release::Entity> =
    HasMany::new(super::release::Column::PackageName);

/// The columns that every new package needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `name`.
    pub name: Id,
}

/// A new package with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// The column `description`.
    pub fn description(self, description: String) -> Insert {
        Insert::from(self).description(description)
    }
}

impl Insert {
    /// The column `description`.
    pub fn description(mut self, description: String) -> Self {
        self.0.description = Set(Some(description));
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
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
    /// The column `description`.
    pub description: ActiveValue<Option<String>>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            description: update.description,
            ..Default::default()
        }
    }
}
