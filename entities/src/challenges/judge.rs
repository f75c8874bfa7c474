//! A member who judges a challenge.
//!
//! Generated from table `challenges.judges` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{BelongsTo, Constraint, Field, Null, Unique};

/// The id of a judge.
pub type Id = tenantry::Id<Entity>;

/// A member who judges a challenge.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "challenges", table_name = "judges")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The challenge.
    pub challenge_id: super::challenge::Id,
    /// The member who judges.
    pub user_id: Uuid,
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

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `challenge_id`. Foreign key `judges_challenge_id_fkey`.
    #[sea_orm(
        belongs_to = "super::challenge::Entity",
        from = "(Column::WorkspaceId, Column::ChallengeId)",
        to = "(super::challenge::Column::WorkspaceId, super::challenge::Column::Id)"
    )]
    Challenge,
    /// By `user_id`. Foreign key `judges_user_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::member::Entity",
        from = "(Column::WorkspaceId, Column::UserId)",
        to = "(super::super::accounts::member::Column::WorkspaceId, super::super::accounts::member::Column::UserId)"
    )]
    User,
    /// By `workspace_id`. Foreign key `judges_workspace_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::workspace::Entity",
        from = "Column::WorkspaceId",
        to = "super::super::accounts::workspace::Column::Id"
    )]
    Workspace,
}

impl Related<super::challenge::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Challenge.def()
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
    const UNIQUES: &'static [Unique<Self>] = &[CHALLENGE_ID_USER_ID_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("judges_challenge_id_fkey", &["challenge_id"]),
        Constraint::new(
            "judges_challenge_id_user_id_key",
            &["challenge_id", "user_id"],
        ),
        Constraint::new("judges_pkey", &["id"]),
        Constraint::new("judges_user_id_fkey", &["user_id"]),
        Constraint::new("judges_workspace_id_fkey", &[]),
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
    const PARENTS: &'static [&'static dyn tenantry::Parent<Self>] = &[&CHALLENGE];
}

impl tenantry::Audited for Entity {}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The challenge.
pub const CHALLENGE_ID: Field<Entity, super::challenge::Id> = Field::new(Column::ChallengeId);

/// The member who judges.
pub const USER_ID: Field<Entity, Uuid> = Field::new(Column::UserId);

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

/// One living judge per `challenge_id` and `user_id`.
///
/// `judges_challenge_id_user_id_key`.
pub const CHALLENGE_ID_USER_ID_KEY: Unique<Entity> = Unique::among_living(
    "judges_challenge_id_user_id_key",
    &[Column::WorkspaceId, Column::ChallengeId, Column::UserId],
);

/// The challenge that a judge points at by `challenge_id`.
pub const CHALLENGE: BelongsTo<Entity, super::challenge::Entity> =
    BelongsTo::new(Column::ChallengeId);

/// The columns that every new judge needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The challenge.
    pub challenge_id: super::challenge::Id,
    /// The member who judges.
    pub user_id: Uuid,
}

/// A new judge with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            challenge_id: Set(new.challenge_id),
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

/// Callers may change no column.
#[derive(Clone, Debug, Default)]
pub struct Update {}

impl From<Update> for ActiveModel {
    fn from(_: Update) -> Self {
        Default::default()
    }
}
