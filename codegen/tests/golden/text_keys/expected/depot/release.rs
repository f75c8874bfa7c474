//! The table `depot.releases`.
//!
//! Generated from table `depot.releases` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{BelongsTo, Constraint, Field, Unique};

/// The id of a release.
pub type Id = tenantry::Id<Entity>;

/// The table `depot.releases`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "depot", table_name = "releases")]
pub struct Model {
    /// The column `org`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub org: String,
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The column `package_name`.
    pub package_name: super::package::Id,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `package_name`. Foreign key `releases_package_name_fkey`.
    #[sea_orm(
        belongs_to = "super::package::Entity",
        from = "(Column::Org, Column::PackageName)",
        to = "(super::package::Column::Org, super::package::Column::Name)"
    )]
    PackageName,
}

impl Related<super::package::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::PackageName.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = String;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::Org;
    const ID: Column = Column::Id;
    const UNIQUES: &'static [Unique<Self>] = &[PKEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("releases_package_name_fkey", &["package_name"]),
        Constraint::new("releases_pkey", &["id"]),
    ];

    fn id_of(row: &Model) -> Id {
        row.id.clone()
    }
}

/// The column `org`.
pub const ORG: Field<Entity, String> = Field::new(Column::Org);

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `package_name`.
pub const PACKAGE_NAME: Field<Entity, super::package::Id> = Field::new(Column::PackageName);

/// One release per `id`.
///
/// `releases_pkey`.
pub const PKEY: Unique<Entity> = Unique::new("releases_pkey", &[Column::Org, Column::Id]);

/// The package that a release points at by `package_name`.
pub const PACKAGE_NAME_ROW: BelongsTo<Entity, super::package::Entity> =
    BelongsTo::new(Column::PackageName);

/// The columns that every new release needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `id`.
    pub id: Id,
    /// The column `package_name`.
    pub package_name: super::package::Id,
}

/// A new release with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            id: Set(new.id),
            package_name: Set(new.package_name),
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
