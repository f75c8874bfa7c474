//! What a member hands in for a challenge.
//!
//! Generated from table `challenges.submissions` by tenantry-codegen; do not edit.
//!
//! Left out: `live`.

use sea_orm::{ActiveValue, Set, entity::prelude::*};
use tenantry::{BelongsTo, Constraint, Direction, Field, Null, PersonalSort, Sort, Unique};

/// The id of a submission.
pub type Id = tenantry::Id<Entity>;

/// What a member hands in for a challenge.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "challenges", table_name = "submissions")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The challenge.
    pub challenge_id: super::challenge::Id,
    /// The member who hands in.
    pub user_id: Uuid,
    /// The work, as a document.
    #[sea_orm(column_type = "JsonBinary")]
    pub content: Json,
    /// How far it is.
    pub status: Status,
    /// What the judges gave, from 0 to 100.
    pub score: Option<i32>,
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

/// What `status` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[derive(serde::Serialize, serde::Deserialize)]
pub enum Status {
    /// `draft`.
    #[sea_orm(string_value = "draft")]
    #[serde(rename = "draft")]
    Draft,
    /// `submitted`.
    #[sea_orm(string_value = "submitted")]
    #[serde(rename = "submitted")]
    Submitted,
    /// `judged`.
    #[sea_orm(string_value = "judged")]
    #[serde(rename = "judged")]
    Judged,
    /// `withdrawn`.
    #[sea_orm(string_value = "withdrawn")]
    #[serde(rename = "withdrawn")]
    Withdrawn,
}

impl tenantry::Leakproof for Status {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `challenge_id`. Foreign key `submissions_challenge_id_fkey`.
    #[sea_orm(
        belongs_to = "super::challenge::Entity",
        from = "(Column::WorkspaceId, Column::ChallengeId)",
        to = "(super::challenge::Column::WorkspaceId, super::challenge::Column::Id)"
    )]
    Challenge,
    /// By `user_id`. Foreign key `submissions_user_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::member::Entity",
        from = "(Column::WorkspaceId, Column::UserId)",
        to = "(super::super::accounts::member::Column::WorkspaceId, super::super::accounts::member::Column::UserId)"
    )]
    User,
    /// By `workspace_id`. Foreign key `submissions_workspace_id_fkey`.
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
    const SORTS: &'static [Sort<Self>] = &[NEWEST, BY_STATUS];
    const UNIQUES: &'static [Unique<Self>] = &[CHALLENGE_ID_USER_ID_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("submissions_challenge_id_fkey", &["challenge_id"]),
        Constraint::new("submissions_challenge_id_live_fkey", &["challenge_id"]),
        Constraint::new(
            "submissions_challenge_id_user_id_key",
            &["challenge_id", "user_id"],
        ),
        Constraint::new("submissions_pkey", &["id"]),
        Constraint::new("submissions_score_range_check", &["score"]),
        Constraint::new("submissions_status_check", &["status"]),
        Constraint::new("submissions_user_id_fkey", &["user_id"]),
        Constraint::new("submissions_workspace_id_fkey", &[]),
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

impl tenantry::BehindGlass for Entity {}

impl tenantry::Personal for Entity {
    const PERSON: Column = Column::UserId;
}

impl tenantry::PersonalUpdate for Entity {
    type Change = PersonalUpdate;
}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The challenge.
pub const CHALLENGE_ID: Field<Entity, super::challenge::Id> = Field::new(Column::ChallengeId);

/// The member who hands in.
pub const USER_ID: Field<Entity, Uuid> = Field::new(Column::UserId);

/// The work, as a document.
pub const CONTENT: Field<Entity, Json> = Field::new(Column::Content);

/// How far it is.
pub const STATUS: Field<Entity, Status> = Field::new(Column::Status);

/// What the judges gave, from 0 to 100.
pub const SCORE: Field<Entity, i32, Null> = Field::new(Column::Score);

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

/// By `challenge_id`, then `created_at` descending, then `id` descending.
///
/// Index `submissions_newest_idx`: `challenge_id, created_at DESC, id DESC`.
pub const NEWEST: Sort<Entity> = Sort::by_index(
    "submissions_newest_idx",
    &[
        (Column::ChallengeId, Direction::Ascending),
        (Column::CreatedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// By `challenge_id`, then `status`, then `created_at` descending, then `id` descending.
///
/// Index `submissions_status_idx`: `challenge_id, status, created_at DESC, id DESC`.
pub const BY_STATUS: Sort<Entity> = Sort::by_index(
    "submissions_status_idx",
    &[
        (Column::ChallengeId, Direction::Ascending),
        (Column::Status, Direction::Ascending),
        (Column::CreatedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// By `created_at` descending, then `id` descending.
///
/// Index `submissions_mine_idx`: `created_at DESC, id DESC`.
pub const MINE: PersonalSort<Entity> = PersonalSort::by_index(
    "submissions_mine_idx",
    &[
        (Column::CreatedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// One living submission per `challenge_id` and `user_id`.
///
/// `submissions_challenge_id_user_id_key`.
pub const CHALLENGE_ID_USER_ID_KEY: Unique<Entity> = Unique::among_living(
    "submissions_challenge_id_user_id_key",
    &[Column::WorkspaceId, Column::ChallengeId, Column::UserId],
);

/// The challenge that a submission points at by `challenge_id`.
pub const CHALLENGE: BelongsTo<Entity, super::challenge::Entity> =
    BelongsTo::new(Column::ChallengeId);

/// The columns that every new submission needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The challenge.
    pub challenge_id: super::challenge::Id,
    /// The member who hands in.
    pub user_id: Uuid,
}

/// A new submission with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// The work, as a document.
    pub fn content(self, content: Json) -> Insert {
        Insert::from(self).content(content)
    }

    /// How far it is.
    pub fn status(self, status: Status) -> Insert {
        Insert::from(self).status(status)
    }

    /// What the judges gave, from 0 to 100.
    pub fn score(self, score: i32) -> Insert {
        Insert::from(self).score(score)
    }
}

impl Insert {
    /// The work, as a document.
    pub fn content(mut self, content: Json) -> Self {
        self.0.content = Set(content);
        self
    }

    /// How far it is.
    pub fn status(mut self, status: Status) -> Self {
        self.0.status = Set(status);
        self
    }

    /// What the judges gave, from 0 to 100.
    pub fn score(mut self, score: i32) -> Self {
        self.0.score = Set(Some(score));
        self
    }
}

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

/// The columns that callers may change; those left out stay as they are.
///
/// Write `Set(value)`, and `..Default::default()` for the rest.
#[derive(Clone, Debug, Default)]
pub struct Update {
    /// The work, as a document.
    pub content: ActiveValue<Json>,
    /// How far it is.
    pub status: ActiveValue<Status>,
    /// What the judges gave, from 0 to 100.
    pub score: ActiveValue<Option<i32>>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            content: update.content,
            status: update.status,
            score: update.score,
            ..Default::default()
        }
    }
}

/// The columns that a person may change of what is theirs; those left out stay as they are.
///
/// Write `Set(value)`, and `..Default::default()` for the rest.
#[derive(Clone, Debug, Default)]
pub struct PersonalUpdate {
    /// The work, as a document.
    pub content: ActiveValue<Json>,
}

impl From<PersonalUpdate> for ActiveModel {
    fn from(update: PersonalUpdate) -> Self {
        Self {
            content: update.content,
            ..Default::default()
        }
    }
}
