//! A challenge that members of a workspace work on.
//!
//! Generated from table `challenges.challenges` by tenantry-codegen; do not edit.
//!
//! Left out: `live`, `search_vector`.

use sea_orm::{ActiveValue, FromQueryResult, Set, entity::prelude::*};
use tenantry::{Constraint, Direction, Field, HasMany, Null, PublicSort, Search, Sort, Unique};

/// The id of a challenge.
pub type Id = tenantry::Id<Entity>;

/// A challenge that members of a workspace work on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "challenges", table_name = "challenges")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// What people see in lists.
    pub title: String,
    /// What is to be done, as a document.
    #[sea_orm(column_type = "JsonBinary")]
    pub description: Json,
    /// Where it stands in its life.
    pub status: Status,
    /// The place of the status in a challenge's life, since text sorts by letters.
    pub status_rank: i16,
    /// When work may begin.
    pub starts_at: Option<DateTimeUtc>,
    /// When work must be handed in.
    pub ends_at: Option<DateTimeUtc>,
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
    /// `judges` that point here. Foreign key `judges_challenge_id_fkey`.
    #[sea_orm(has_many = "super::judge::Entity")]
    Judges,
    /// `submissions` that point here. Foreign key `submissions_challenge_id_fkey`.
    #[sea_orm(has_many = "super::submission::Entity")]
    Submissions,
}

impl Related<super::super::accounts::workspace::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Workspace.def()
    }
}

impl Related<super::judge::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Judges.def()
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
    const SORTS: &'static [Sort<Self>] = &[LIFE_CYCLE, NEWEST, BY_STATUS];
    const SEARCHES: &'static [&'static str] = &["challenges_search"];
    const SEARCHED: &'static [Column] = &[Column::Description, Column::Title];
    const UNIQUES: &'static [Unique<Self>] = &[TITLE_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("challenges_id_live_key", &["id", "live"]),
        Constraint::new("challenges_pkey", &["id"]),
        Constraint::new(
            "challenges_starts_before_ends_check",
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
    const CHILDREN: &'static [&'static dyn tenantry::Child<Self>] = &[&JUDGES, &SUBMISSIONS];
}

impl tenantry::Audited for Entity {}

impl tenantry::BehindGlass for Entity {}
impl tenantry::WhollyBehindGlass for Entity {}

impl tenantry::Catalogued for Entity {
    type Public = Public;

    const PUBLIC: &'static [Column] = &[
        Column::WorkspaceId,
        Column::Id,
        Column::Title,
        Column::Description,
        Column::Status,
        Column::StartsAt,
        Column::EndsAt,
        Column::CreatedAt,
    ];
}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// What people see in lists.
pub const TITLE: Field<Entity, String> = Field::new(Column::Title);

/// What is to be done, as a document.
pub const DESCRIPTION: Field<Entity, Json> = Field::new(Column::Description);

/// Where it stands in its life.
pub const STATUS: Field<Entity, Status> = Field::new(Column::Status);

/// The place of the status in a challenge's life, since text sorts by letters.
pub const STATUS_RANK: Field<Entity, i16> = Field::new(Column::StatusRank);

/// When work may begin.
pub const STARTS_AT: Field<Entity, DateTimeUtc, Null> = Field::new(Column::StartsAt);

/// When work must be handed in.
pub const ENDS_AT: Field<Entity, DateTimeUtc, Null> = Field::new(Column::EndsAt);

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

/// By `status_rank`, then `created_at` descending, then `id` descending.
///
/// Index `challenges_life_cycle_idx`: `status_rank, created_at DESC, id DESC`.
pub const LIFE_CYCLE: Sort<Entity> = Sort::by_index(
    "challenges_life_cycle_idx",
    &[
        (Column::StatusRank, Direction::Ascending),
        (Column::CreatedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// By `created_at` descending, then `id` descending.
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
/// Index `challenges_status_idx`: `status, created_at DESC, id DESC`.
pub const BY_STATUS: Sort<Entity> = Sort::by_index(
    "challenges_status_idx",
    &[
        (Column::Status, Direction::Ascending),
        (Column::CreatedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// By `created_at` descending, then `id` descending.
///
/// Index `challenges_published_idx`: `created_at DESC, id DESC`.
pub const PUBLISHED: PublicSort<Entity> = PublicSort::by_index(
    "challenges_published_idx",
    &[
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
/// `challenges_search`, in the language `english`.
pub const SEARCH: Search<Entity> = Search::by_function("challenges_search", "english");

/// The judges that point at a challenge by `challenge_id`.
pub const JUDGES: HasMany<Entity, super::judge::Entity> =
    HasMany::new(super::judge::Column::ChallengeId);

/// The submissions that point at a challenge by `challenge_id`.
pub const SUBMISSIONS: HasMany<Entity, super::submission::Entity> =
    HasMany::new(super::submission::Column::ChallengeId);

/// The columns that every new challenge needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// What people see in lists.
    pub title: String,
}

/// A new challenge with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// What is to be done, as a document.
    pub fn description(self, description: Json) -> Insert {
        Insert::from(self).description(description)
    }

    /// Where it stands in its life.
    pub fn status(self, status: Status) -> Insert {
        Insert::from(self).status(status)
    }

    /// When work may begin.
    pub fn starts_at(self, starts_at: DateTimeUtc) -> Insert {
        Insert::from(self).starts_at(starts_at)
    }

    /// When work must be handed in.
    pub fn ends_at(self, ends_at: DateTimeUtc) -> Insert {
        Insert::from(self).ends_at(ends_at)
    }
}

impl Insert {
    /// What is to be done, as a document.
    pub fn description(mut self, description: Json) -> Self {
        self.0.description = Set(description);
        self
    }

    /// Where it stands in its life.
    pub fn status(mut self, status: Status) -> Self {
        self.0.status = Set(status);
        self
    }

    /// When work may begin.
    pub fn starts_at(mut self, starts_at: DateTimeUtc) -> Self {
        self.0.starts_at = Set(Some(starts_at));
        self
    }

    /// When work must be handed in.
    pub fn ends_at(mut self, ends_at: DateTimeUtc) -> Self {
        self.0.ends_at = Set(Some(ends_at));
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            title: Set(new.title),
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
    /// What people see in lists.
    pub title: ActiveValue<String>,
    /// What is to be done, as a document.
    pub description: ActiveValue<Json>,
    /// Where it stands in its life.
    pub status: ActiveValue<Status>,
    /// When work may begin.
    pub starts_at: ActiveValue<Option<DateTimeUtc>>,
    /// When work must be handed in.
    pub ends_at: ActiveValue<Option<DateTimeUtc>>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            title: update.title,
            description: update.description,
            status: update.status,
            starts_at: update.starts_at,
            ends_at: update.ends_at,
            ..Default::default()
        }
    }
}

/// What everybody sees of a challenge that is published.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, serde::Serialize, serde::Deserialize)]
pub struct Public {
    /// The workspace that the row belongs to.
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    pub id: Id,
    /// What people see in lists.
    pub title: String,
    /// What is to be done, as a document.
    pub description: Json,
    /// Where it stands in its life.
    pub status: Status,
    /// When work may begin.
    pub starts_at: Option<DateTimeUtc>,
    /// When work must be handed in.
    pub ends_at: Option<DateTimeUtc>,
    /// When the row was inserted.
    pub created_at: DateTimeUtc,
}
