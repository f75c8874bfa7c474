//! The table `accounts.members`.
//!
//! Generated from table `accounts.members` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{Constraint, Field, Unique};

/// The id of a member.
pub type Id = tenantry::Id<Entity>;

/// The table `accounts.members`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "accounts", table_name = "members")]
pub struct Model {
    /// The column `workspace_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The column `user_id`.
    pub user_id: Uuid,
    /// The column `role`.
    pub role: Role,
}

/// What `role` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[derive(serde::Serialize, serde::Deserialize)]
pub enum Role {
    /// `owner`.
    #[sea_orm(string_value = "owner")]
    #[serde(rename = "owner")]
    Owner,
    /// `admin`.
    #[sea_orm(string_value = "admin")]
    #[serde(rename = "admin")]
    Admin,
    /// `member`.
    #[sea_orm(string_value = "member")]
    #[serde(rename = "member")]
    Member,
}

impl tenantry::Leakproof for Role {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `user_id`. Foreign key `members_user_id_fkey`.
    #[sea_orm(
        belongs_to = "super::user::Entity",
        from = "Column::UserId",
        to = "super::user::Column::Id"
    )]
    User,
    /// By `workspace_id`. Foreign key `members_workspace_id_fkey`.
    #[sea_orm(
        belongs_to = "super::workspace::Entity",
        from = "Column::WorkspaceId",
        to = "super::workspace::Column::Id"
    )]
    Workspace,
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl Related<super::workspace::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Workspace.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = Uuid;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
    const ID: Column = Column::Id;
    const UNIQUES: &'static [Unique<Self>] = &[USER_ID_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("members_pkey", &["id"]),
        Constraint::new("members_role_check", &["role"]),
        Constraint::new("members_user_id_fkey", &["user_id"]),
        Constraint::new("members_user_id_key", &["user_id"]),
        Constraint::new("members_workspace_id_fkey", &[]),
    ];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The column `workspace_id`.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `user_id`.
pub const USER_ID: Field<Entity, Uuid> = Field::new(Column::UserId);

/// The column `role`.
pub const ROLE: Field<Entity, Role> = Field::new(Column::Role);

/// One member per `user_id`.
///
/// `members_user_id_key`.
pub const USER_ID_KEY: Unique<Entity> = Unique::new(
    "members_user_id_key",
    &[Column::WorkspaceId, Column::UserId],
);

/// The columns that every new member needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `user_id`.
    pub user_id: Uuid,
}

/// A new member with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// The column `role`.
    pub fn role(self, role: Role) -> Insert {
        Insert::from(self).role(role)
    }
}

impl Insert {
    /// The column `role`.
    pub fn role(mut self, role: Role) -> Self {
        self.0.role = Set(role);
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            user_id: Set(new.user_id),
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
