//! The table `forum.profiles`.
//!
//! Generated from table `forum.profiles` by tenantry-codegen; do not edit.

use sea_orm::entity::prelude::*;
use tenantry::{Constraint, Field};

/// The id of a profile.
pub type Id = tenantry::Id<Entity>;

/// The table `forum.profiles`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "forum", table_name = "profiles")]
pub struct Model {
    /// The column `workspace_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The column `member_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member_id: Id,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `member_id`. Foreign key `profiles_member_id_fkey`.
    #[sea_orm(
        belongs_to = "super::member::Entity",
        from = "(Column::WorkspaceId, Column::MemberId)",
        to = "(super::member::Column::WorkspaceId, super::member::Column::Id)"
    )]
    Member,
}

impl Related<super::member::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Member.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = Uuid;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
    const ID: Column = Column::MemberId;
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("profiles_member_id_fkey", &["member_id"]),
        Constraint::new("profiles_pkey", &["member_id"]),
    ];

    fn id_of(row: &Model) -> Id {
        row.member_id
    }
}

/// The column `workspace_id`.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The column `member_id`.
pub const MEMBER_ID: Field<Entity, Id> = Field::new(Column::MemberId);

/// The columns that every new profile needs.
#[derive(Clone, Debug, Default)]
#[must_use = "a new row is written by `insert`"]
pub struct New {}

/// A new profile with its optional columns.
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
