//! What a workspace asks people to do.
//!
//! Generated from table `challenges.challenges` by tenantry-codegen; do not edit.
//!
//! Left out: `search_vector`.

use sea_orm::{ActiveValue, Set, entity::prelude::*};
use tenantry::{Constraint, Direction, Field, HasMany, Null, Search, Sort, Unique};

/// The id of a challenge.
pub type Id = tenantry::Id<Entity>;

/// What a workspace asks people to do.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "challenges", table_name = "challenges")]
pub struct Model {
    /// The workspace it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// Names it within the workspace (a `UUIDv7`).
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// What it is called.
    pub title: String,
    /// The column `description`.
    #[sea_orm(column_type = "JsonBinary")]
    pub description: Json,
    /// The column `status`.
    pub status: Status,
    /// When it opens.
    ///
    /// It is before `ends_at`, if both are known; a challenge that has no start is opened by hand,
    /// and one that has a start is opened by the job of that name, which looks for such rows once a
    /// minute and publishes what it did.
    pub starts_at: Option<DateTimeUtc>,
    /// The column `ends_at`.
    pub ends_at: Option<DateTimeUtc>,
    /// The column `created_at`.
    pub created_at: DateTimeUtc,
    /// The column `created_by`.
    pub created_by: Option<Uuid>,
    /// The column `updated_at`.
    pub updated_at: DateTimeUtc,
    /// The column `updated_by`.
    pub updated_by: Option<Uuid>,
    /// The column `version`.
    pub version: tenantry::Version,
    /// When it was deleted; null while it lives.
    pub deleted_at: Option<DateTimeUtc>,
    /// The column `deleted_by`.
    pub deleted_by: Option<Uuid>,
    /// The column `delete_op`.
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
    /// `published`.
    #[sea_orm(string_value = "published")]
    #[serde(rename = "published")]
    Published,
    /// `active`.
    #[sea_orm(string_value = "active")]
    #[serde(rename = "active")]
    Active,
    /// `judging`.
    #[sea_orm(string_value = "judging")]
    #[serde(rename = "judging")]
    Judging,
    /// `completed`.
    #[sea_orm(string_value = "completed")]
    #[serde(rename = "completed")]
    Completed,
    /// `cancelled`.
    #[sea_orm(string_value = "cancelled")]
    #[serde(rename = "cancelled")]
    Cancelled,
}

impl tenantry::Leakproof for Status {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `workspace_id`. Foreign key `challenges_workspace_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::workspace::Entity",
        from = "Column::WorkspaceId",
        to = "super::super::accounts::workspace::Column::Id"
    )]
    Workspace,
    /// `submissions` that point here. Foreign key `submissions_challenge_id_fkey`.
    #[sea_orm(has_many = "super::submission::Entity")]
    Submissions,
}

impl Related<super::super::accounts::workspace::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Workspace.def()
    }
}

impl Related<super::submission::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Submissions.def()
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
    const SORTS: &'static [Sort<Self>] = &[NEWEST, STATUS_NEWEST];
    const SEARCHES: &'static [&'static str] = &["challenges_search"];
    const SEARCHED: &'static [Column] = &[Column::Title];
    const UNIQUES: &'static [Unique<Self>] = &[TITLE_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("challenges_pkey", &["id"]),
        Constraint::new(
            "challenges_starts_at_ends_at_check",
            &["starts_at", "ends_at"],
        ),
        Constraint::new("challenges_status_check", &["status"]),
        Constraint::new("challenges_title_check", &["title"]),
        Constraint::new("challenges_title_key", &["title"]),
        Constraint::new("challenges_workspace_id_fkey", &[]),
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

/// The workspace it belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// Names it within the workspace (a `UUIDv7`).
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// What it is called.
pub const TITLE: Field<Entity, String> = Field::new(Column::Title);

/// The column `description`.
pub const DESCRIPTION: Field<Entity, Json> = Field::new(Column::Description);

/// The column `status`.
pub const STATUS: Field<Entity, Status> = Field::new(Column::Status);

/// When it opens.
///
/// It is before `ends_at`, if both are known; a challenge that has no start is opened by hand, and
/// one that has a start is opened by the job of that name, which looks for such rows once a minute
/// and publishes what it did.
pub const STARTS_AT: Field<Entity, DateTimeUtc, Null> = Field::new(Column::StartsAt);

/// The column `ends_at`.
pub const ENDS_AT: Field<Entity, DateTimeUtc, Null> = Field::new(Column::EndsAt);

/// The column `created_at`.
pub const CREATED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::CreatedAt);

/// The column `created_by`.
pub const CREATED_BY: Field<Entity, Uuid, Null> = Field::new(Column::CreatedBy);

/// The column `updated_at`.
pub const UPDATED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::UpdatedAt);

/// The column `updated_by`.
pub const UPDATED_BY: Field<Entity, Uuid, Null> = Field::new(Column::UpdatedBy);

/// The column `version`.
pub const VERSION: Field<Entity, tenantry::Version> = Field::new(Column::Version);

/// When it was deleted; null while it lives.
pub const DELETED_AT: Field<Entity, DateTimeUtc, Null> = Field::new(Column::DeletedAt);

/// The column `deleted_by`.
pub const DELETED_BY: Field<Entity, Uuid, Null> = Field::new(Column::DeletedBy);

/// The column `delete_op`.
pub const DELETE_OP: Field<Entity, Uuid, Null> = Field::new(Column::DeleteOp);

/// Newest first.
///
/// Index `challenges_newest_idx`: `created_at DESC, id DESC`.
pub const NEWEST: Sort<Entity> = Sort::by_index(
    "challenges_newest_idx",
    &[
        (Column::CreatedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// By `status`, then `created_at` descending, then `id` descending.
///
/// Index `challenges_status_newest_idx`: `status, created_at DESC, id DESC`.
pub const STATUS_NEWEST: Sort<Entity> = Sort::by_index(
    "challenges_status_newest_idx",
    &[
        (Column::Status, Direction::Ascending),
        (Column::CreatedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// One living challenge per `title`.
///
/// `challenges_title_key`.
pub const TITLE_KEY: Unique<Entity> = Unique::among_living(
    "challenges_title_key",
    &[Column::WorkspaceId, Column::Title],
);

/// The words that challenges are found by.
///
/// `challenges_search`, in the language `simple`.
pub const SEARCH: Search<Entity> = Search::by_function("challenges_search", "simple");

/// The submissions that point at a challenge by `challenge_id`.
pub const SUBMISSIONS: HasMany<Entity, super::submission::Entity> =
    HasMany::new(super::submission::Column::ChallengeId);

/// The columns that every new challenge needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// What it is called.
    pub title: String,
    /// The column `description`.
    pub description: Json,
}

/// A new challenge with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// When it opens.
    ///
    /// It is before `ends_at`, if both are known; a challenge that has no start is opened by hand,
    /// and one that has a start is opened by the job of that name, which looks for such rows once a
    /// minute and publishes what it did.
    pub fn starts_at(self, starts_at: DateTimeUtc) -> Insert {
        Insert::from(self).starts_at(starts_at)
    }

    /// The column `ends_at`.
    pub fn ends_at(self, ends_at: DateTimeUtc) -> Insert {
        Insert::from(self).ends_at(ends_at)
    }
}

impl Insert {
    /// When it opens.
    ///
    /// It is before `ends_at`, if both are known; a challenge that has no start is opened by hand,
    /// and one that has a start is opened by the job of that name, which looks for such rows once a
    /// minute and publishes what it did.
    pub fn starts_at(mut self, starts_at: DateTimeUtc) -> Self {
        self.0.starts_at = Set(Some(starts_at));
        self
    }

    /// The column `ends_at`.
    pub fn ends_at(mut self, ends_at: DateTimeUtc) -> Self {
        self.0.ends_at = Set(Some(ends_at));
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            title: Set(new.title),
            description: Set(new.description),
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
    /// What it is called.
    pub title: ActiveValue<String>,
    /// The column `description`.
    pub description: ActiveValue<Json>,
    /// When it opens.
    ///
    /// It is before `ends_at`, if both are known; a challenge that has no start is opened by hand,
    /// and one that has a start is opened by the job of that name, which looks for such rows once a
    /// minute and publishes what it did.
    pub starts_at: ActiveValue<Option<DateTimeUtc>>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            title: update.title,
            description: update.description,
            starts_at: update.starts_at,
            ..Default::default()
        }
    }
}
