//! A member of the workspace who works at a dealership.
//!
//! Generated from table `dealership.dealership_members` by tenantry-codegen; do not edit.
//!
//! Left out: `live`.

use sea_orm::{ActiveValue, Set, entity::prelude::*};
use tenantry::{BelongsTo, Constraint, Field, Null, Unique};

/// The id of a dealership member.
pub type Id = tenantry::Id<Entity>;

/// A member of the workspace who works at a dealership.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "dealership", table_name = "dealership_members")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The dealership.
    pub dealership_id: super::dealership::Id,
    /// The member of the workspace.
    pub user_id: Uuid,
    /// What they are there.
    pub role: Role,
    /// What they may beyond that, in the application's words.
    #[sea_orm(column_type = "JsonBinary")]
    pub permissions: Json,
    /// Who brought them.
    pub invited_by: Option<Uuid>,
    /// Since when they work there.
    pub joined_at: DateTimeUtc,
    /// When the row was inserted.
    pub created_at: DateTimeUtc,
    /// Who inserted the row.
    pub created_by: Option<Uuid>,
    /// When the row last changed.
    pub updated_at: DateTimeUtc,
    /// Who last changed the row.
    pub updated_by: Option<Uuid>,
    /// Counts the changes of the row, from 1.
    pub version: tenantry::Version,
    /// When the row was deleted; null while it lives.
    pub deleted_at: Option<DateTimeUtc>,
    /// Who deleted the row.
    pub deleted_by: Option<Uuid>,
    /// The operation that deleted the row, with all that it took.
    pub delete_op: Option<Uuid>,
}

/// What `role` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[derive(serde::Serialize, serde::Deserialize)]
pub enum Role {
    /// `user`.
    #[sea_orm(string_value = "user")]
    #[serde(rename = "user")]
    User,
    /// `manager`.
    #[sea_orm(string_value = "manager")]
    #[serde(rename = "manager")]
    Manager,
    /// `admin`.
    #[sea_orm(string_value = "admin")]
    #[serde(rename = "admin")]
    Admin,
}

impl tenantry::Leakproof for Role {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `dealership_id`. Foreign key `dealership_members_dealership_id_fkey`.
    #[sea_orm(
        belongs_to = "super::dealership::Entity",
        from = "(Column::WorkspaceId, Column::DealershipId)",
        to = "(super::dealership::Column::WorkspaceId, super::dealership::Column::Id)"
    )]
    Dealership,
    /// By `user_id`. Foreign key `dealership_members_user_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::member::Entity",
        from = "(Column::WorkspaceId, Column::UserId)",
        to = "(super::super::accounts::member::Column::WorkspaceId, super::super::accounts::member::Column::UserId)"
    )]
    User,
    /// By `workspace_id`. Foreign key `dealership_members_workspace_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::workspace::Entity",
        from = "Column::WorkspaceId",
        to = "super::super::accounts::workspace::Column::Id"
    )]
    Workspace,
}

impl Related<super::dealership::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Dealership.def()
    }
}

impl Related<super::super::accounts::member::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
    }
}

impl Related<super::super::accounts::workspace::Entity> for Entity {
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
    const DELETED_AT: Option<Column> = Some(Column::DeletedAt);
    const UNIQUES: &'static [Unique<Self>] = &[DEALERSHIP_ID_USER_ID_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("dealership_members_dealership_id_fkey", &["dealership_id"]),
        Constraint::new(
            "dealership_members_dealership_id_live_fkey",
            &["dealership_id"],
        ),
        Constraint::new(
            "dealership_members_dealership_id_user_id_key",
            &["dealership_id", "user_id"],
        ),
        Constraint::new("dealership_members_pkey", &["id"]),
        Constraint::new("dealership_members_role_check", &["role"]),
        Constraint::new("dealership_members_user_id_fkey", &["user_id"]),
        Constraint::new("dealership_members_workspace_id_fkey", &[]),
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

impl tenantry::SoftDelete for Entity {
    const DELETE_OP: Column = Column::DeleteOp;
    const PARENTS: &'static [&'static dyn tenantry::Parent<Self>] = &[&DEALERSHIP];
}

impl tenantry::Audited for Entity {}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The dealership.
pub const DEALERSHIP_ID: Field<Entity, super::dealership::Id> = Field::new(Column::DealershipId);

/// The member of the workspace.
pub const USER_ID: Field<Entity, Uuid> = Field::new(Column::UserId);

/// What they are there.
pub const ROLE: Field<Entity, Role> = Field::new(Column::Role);

/// What they may beyond that, in the application's words.
pub const PERMISSIONS: Field<Entity, Json> = Field::new(Column::Permissions);

/// Who brought them.
pub const INVITED_BY: Field<Entity, Uuid, Null> = Field::new(Column::InvitedBy);

/// Since when they work there.
pub const JOINED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::JoinedAt);

/// When the row was inserted.
pub const CREATED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::CreatedAt);

/// Who inserted the row.
pub const CREATED_BY: Field<Entity, Uuid, Null> = Field::new(Column::CreatedBy);

/// When the row last changed.
pub const UPDATED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::UpdatedAt);

/// Who last changed the row.
pub const UPDATED_BY: Field<Entity, Uuid, Null> = Field::new(Column::UpdatedBy);

/// Counts the changes of the row, from 1.
pub const VERSION: Field<Entity, tenantry::Version> = Field::new(Column::Version);

/// When the row was deleted; null while it lives.
pub const DELETED_AT: Field<Entity, DateTimeUtc, Null> = Field::new(Column::DeletedAt);

/// Who deleted the row.
pub const DELETED_BY: Field<Entity, Uuid, Null> = Field::new(Column::DeletedBy);

/// The operation that deleted the row, with all that it took.
pub const DELETE_OP: Field<Entity, Uuid, Null> = Field::new(Column::DeleteOp);

/// One living dealership member per `dealership_id` and `user_id`.
///
/// `dealership_members_dealership_id_user_id_key`.
pub const DEALERSHIP_ID_USER_ID_KEY: Unique<Entity> = Unique::among_living(
    "dealership_members_dealership_id_user_id_key",
    &[Column::WorkspaceId, Column::DealershipId, Column::UserId],
);

/// The dealership that a dealership member points at by `dealership_id`.
pub const DEALERSHIP: BelongsTo<Entity, super::dealership::Entity> =
    BelongsTo::new(Column::DealershipId);

/// The columns that every new dealership member needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The dealership.
    pub dealership_id: super::dealership::Id,
    /// The member of the workspace.
    pub user_id: Uuid,
}

/// A new dealership member with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// What they are there.
    pub fn role(self, role: Role) -> Insert {
        Insert::from(self).role(role)
    }

    /// What they may beyond that, in the application's words.
    pub fn permissions(self, permissions: Json) -> Insert {
        Insert::from(self).permissions(permissions)
    }

    /// Who brought them.
    pub fn invited_by(self, invited_by: Uuid) -> Insert {
        Insert::from(self).invited_by(invited_by)
    }

    /// Since when they work there.
    pub fn joined_at(self, joined_at: DateTimeUtc) -> Insert {
        Insert::from(self).joined_at(joined_at)
    }
}

impl Insert {
    /// What they are there.
    pub fn role(mut self, role: Role) -> Self {
        self.0.role = Set(role);
        self
    }

    /// What they may beyond that, in the application's words.
    pub fn permissions(mut self, permissions: Json) -> Self {
        self.0.permissions = Set(permissions);
        self
    }

    /// Who brought them.
    pub fn invited_by(mut self, invited_by: Uuid) -> Self {
        self.0.invited_by = Set(Some(invited_by));
        self
    }

    /// Since when they work there.
    pub fn joined_at(mut self, joined_at: DateTimeUtc) -> Self {
        self.0.joined_at = Set(joined_at);
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            dealership_id: Set(new.dealership_id),
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

/// The columns that callers may change; those left out stay as they are.
///
/// Write `Set(value)`, and `..Default::default()` for the rest.
#[derive(Clone, Debug, Default)]
pub struct Update {
    /// What they are there.
    pub role: ActiveValue<Role>,
    /// What they may beyond that, in the application's words.
    pub permissions: ActiveValue<Json>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            role: update.role,
            permissions: update.permissions,
            ..Default::default()
        }
    }
}
