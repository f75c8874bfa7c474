//! A person in a workspace, with the face that other members see.
//!
//! Generated from table `accounts.members` by tenantry-codegen; do not edit.

use sea_orm::{ActiveValue, Set, entity::prelude::*};
use tenantry::{Constraint, Direction, Field, Null, Sort, Unique};

/// The id of a member.
pub type Id = tenantry::Id<Entity>;

/// A person in a workspace, with the face that other members see.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "accounts", table_name = "members")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The person.
    pub user_id: Uuid,
    /// What the person may do here.
    pub role: Role,
    /// What the person may do beyond the role.
    #[sea_orm(column_type = "JsonBinary")]
    pub permissions: Json,
    /// A copy of the person's name, since members cannot read users.
    pub name: String,
    /// A copy of where the person's picture is.
    pub avatar_url: Option<String>,
    /// The person who invited.
    pub invited_by: Option<Uuid>,
    /// When the person joined.
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
    /// `owner`.
    #[sea_orm(string_value = "owner")]
    #[serde(rename = "owner")]
    Owner,
    /// `admin`.
    #[sea_orm(string_value = "admin")]
    #[serde(rename = "admin")]
    Admin,
    /// `manager`.
    #[sea_orm(string_value = "manager")]
    #[serde(rename = "manager")]
    Manager,
    /// `member`.
    #[sea_orm(string_value = "member")]
    #[serde(rename = "member")]
    Member,
    /// `viewer`.
    #[sea_orm(string_value = "viewer")]
    #[serde(rename = "viewer")]
    Viewer,
}

impl tenantry::Leakproof for Role {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `workspace_id`. Foreign key `members_workspace_id_fkey`.
    #[sea_orm(
        belongs_to = "super::workspace::Entity",
        from = "Column::WorkspaceId",
        to = "super::workspace::Column::Id"
    )]
    Workspace,
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
    const DELETED_AT: Option<Column> = Some(Column::DeletedAt);
    const SORTS: &'static [Sort<Self>] = &[NEWEST, BY_ROLE];
    const UNIQUES: &'static [Unique<Self>] = &[USER_ID_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("members_avatar_url_check", &["avatar_url"]),
        Constraint::new("members_name_check", &["name"]),
        Constraint::new("members_pkey", &["id"]),
        Constraint::new("members_role_check", &["role"]),
        Constraint::new("members_user_id_key", &["user_id"]),
        Constraint::new("members_workspace_id_fkey", &[]),
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
}

impl tenantry::Audited for Entity {}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The person.
pub const USER_ID: Field<Entity, Uuid> = Field::new(Column::UserId);

/// What the person may do here.
pub const ROLE: Field<Entity, Role> = Field::new(Column::Role);

/// What the person may do beyond the role.
pub const PERMISSIONS: Field<Entity, Json> = Field::new(Column::Permissions);

/// A copy of the person's name, since members cannot read users.
pub const NAME: Field<Entity, String> = Field::new(Column::Name);

/// A copy of where the person's picture is.
pub const AVATAR_URL: Field<Entity, String, Null> = Field::new(Column::AvatarUrl);

/// The person who invited.
pub const INVITED_BY: Field<Entity, Uuid, Null> = Field::new(Column::InvitedBy);

/// When the person joined.
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

/// By `joined_at` descending, then `id` descending.
///
/// Index `members_newest_idx`: `joined_at DESC, id DESC`.
pub const NEWEST: Sort<Entity> = Sort::by_index(
    "members_newest_idx",
    &[
        (Column::JoinedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// By `role`, then `joined_at`, then `id`.
///
/// Index `members_role_idx`: `role, joined_at, id`.
pub const BY_ROLE: Sort<Entity> = Sort::by_index(
    "members_role_idx",
    &[
        (Column::Role, Direction::Ascending),
        (Column::JoinedAt, Direction::Ascending),
        (Column::Id, Direction::Ascending),
    ],
);

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
    /// The person.
    pub user_id: Uuid,
    /// What the person may do here.
    pub role: Role,
    /// A copy of the person's name, since members cannot read users.
    pub name: String,
}

/// A new member with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// What the person may do beyond the role.
    pub fn permissions(self, permissions: Json) -> Insert {
        Insert::from(self).permissions(permissions)
    }

    /// A copy of where the person's picture is.
    pub fn avatar_url(self, avatar_url: String) -> Insert {
        Insert::from(self).avatar_url(avatar_url)
    }

    /// The person who invited.
    pub fn invited_by(self, invited_by: Uuid) -> Insert {
        Insert::from(self).invited_by(invited_by)
    }

    /// When the person joined.
    pub fn joined_at(self, joined_at: DateTimeUtc) -> Insert {
        Insert::from(self).joined_at(joined_at)
    }
}

impl Insert {
    /// What the person may do beyond the role.
    pub fn permissions(mut self, permissions: Json) -> Self {
        self.0.permissions = Set(permissions);
        self
    }

    /// A copy of where the person's picture is.
    pub fn avatar_url(mut self, avatar_url: String) -> Self {
        self.0.avatar_url = Set(Some(avatar_url));
        self
    }

    /// The person who invited.
    pub fn invited_by(mut self, invited_by: Uuid) -> Self {
        self.0.invited_by = Set(Some(invited_by));
        self
    }

    /// When the person joined.
    pub fn joined_at(mut self, joined_at: DateTimeUtc) -> Self {
        self.0.joined_at = Set(joined_at);
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            user_id: Set(new.user_id),
            role: Set(new.role),
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
    /// What the person may do here.
    pub role: ActiveValue<Role>,
    /// What the person may do beyond the role.
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
