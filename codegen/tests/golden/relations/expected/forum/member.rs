//! The table `forum.members`.
//!
//! Generated from table `forum.members` by tenantry-codegen; do not edit.

use sea_orm::entity::prelude::*;
use tenantry::{Constraint, Field, HasMany};

/// The id of a member.
pub type Id = tenantry::Id<Entity>;

/// The table `forum.members`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "forum", table_name = "members")]
pub struct Model {
    /// The column `workspace_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// `profiles` that point here. Foreign key `profiles_member_id_fkey`.
    #[sea_orm(has_one = "super::profile::Entity")]
    Profile,
    /// `threads` that point here. Foreign key `threads_author_id_fkey`.
    #[sea_orm(has_many = "super::thread::Entity", via_rel = "Relation::Author")]
    ThreadsByAuthor,
    /// `threads` that point here. Foreign key `threads_resolver_id_fkey`.
    #[sea_orm(has_many = "super::thread::Entity", via_rel = "Relation::Resolver")]
    ThreadsByResolver,
}

impl Related<super::profile::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Profile.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = Uuid;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
    const ID: Column = Column::Id;
    const CONSTRAINTS: &'static [Constraint] = &[Constraint::new("members_pkey", &["id"])];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The column `workspace_id`.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The threads that point at a member by `author_id`.
pub const THREADS_BY_AUTHOR: HasMany<Entity, super::thread::Entity> =
    HasMany::new(super::thread::Column::AuthorId);

/// The threads that point at a member by `resolver_id`.
pub const THREADS_BY_RESOLVER: HasMany<Entity, super::thread::Entity> =
    HasMany::new(super::thread::Column::ResolverId);

/// The columns that every new member needs.
#[derive(Clone, Debug, Default)]
#[must_use = "a new row is written by `insert`"]
pub struct New {}

/// A new member with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl From<New> for Insert {
    fn from(_: New) -> Self {
        Self(Default::default())
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
