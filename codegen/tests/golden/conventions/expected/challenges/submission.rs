//! The table `challenges.submissions`.
//!
//! Generated from table `challenges.submissions` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{BelongsTo, Constraint, Direction, DocumentSearch, Field, Null, Sort, TagSearch};

/// The id of a submission.
pub type Id = tenantry::Id<Entity>;

/// The table `challenges.submissions`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "challenges", table_name = "submissions")]
pub struct Model {
    /// The column `workspace_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The column `challenge_id`.
    pub challenge_id: super::challenge::Id,
    /// The column `member_id`.
    pub member_id: super::super::accounts::member::Id,
    /// The column `content`.
    #[sea_orm(column_type = "JsonBinary")]
    pub content: Json,
    /// The column `score`.
    pub score: Option<i32>,
    /// The column `created_at`.
    pub created_at: DateTimeUtc,
    /// The column `tags`.
    pub tags: Vec<String>,
}

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
    /// By `member_id`. Foreign key `submissions_member_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::member::Entity",
        from = "(Column::WorkspaceId, Column::MemberId)",
        to = "(super::super::accounts::member::Column::WorkspaceId, super::super::accounts::member::Column::Id)"
    )]
    Member,
}

impl Related<super::challenge::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Challenge.def()
    }
}

impl Related<super::super::accounts::member::Entity> for Entity {
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
    const ID: Column = Column::Id;
    const SORTS: &'static [Sort<Self>] = &[BY_CHALLENGE_ID];
    const SEARCHES: &'static [&'static str] = &[
        "submissions_content_containing",
        "submissions_tags_containing",
        "submissions_tags_overlapping",
    ];
    const SEARCHED: &'static [Column] = &[Column::Content, Column::Tags];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("submissions_challenge_id_fkey", &["challenge_id"]),
        Constraint::new("submissions_member_id_fkey", &["member_id"]),
        Constraint::new("submissions_pkey", &["id"]),
    ];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The column `workspace_id`.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `challenge_id`.
pub const CHALLENGE_ID: Field<Entity, super::challenge::Id> = Field::new(Column::ChallengeId);

/// The column `member_id`.
pub const MEMBER_ID: Field<Entity, super::super::accounts::member::Id> =
    Field::new(Column::MemberId);

/// The column `content`.
pub const CONTENT: Field<Entity, Json> = Field::new(Column::Content);

/// The column `score`.
pub const SCORE: Field<Entity, i32, Null> = Field::new(Column::Score);

/// The column `created_at`.
pub const CREATED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::CreatedAt);

/// The column `tags`.
pub const TAGS: Field<Entity, Vec<String>> = Field::new(Column::Tags);

/// By `challenge_id`, then `created_at`, then `id`.
///
/// Index `submissions_challenge_id_idx`: `challenge_id, created_at, id`.
pub const BY_CHALLENGE_ID: Sort<Entity> = Sort::by_index(
    "submissions_challenge_id_idx",
    &[
        (Column::ChallengeId, Direction::Ascending),
        (Column::CreatedAt, Direction::Ascending),
        (Column::Id, Direction::Ascending),
    ],
);

/// Rows by what `content` contains.
///
/// `submissions_content_containing`.
pub const CONTENT_SEARCH: DocumentSearch<Entity> =
    DocumentSearch::by_function(Column::Content, "submissions_content_containing");

/// Rows by what `tags` contains.
///
/// `submissions_tags_containing`.
pub const TAGS_SEARCH: TagSearch<Entity> = TagSearch::by_functions(
    Column::Tags,
    "submissions_tags_containing",
    "submissions_tags_overlapping",
);

/// The challenge that a submission points at by `challenge_id`.
pub const CHALLENGE: BelongsTo<Entity, super::challenge::Entity> =
    BelongsTo::new(Column::ChallengeId);

/// The member that a submission points at by `member_id`.
pub const MEMBER: BelongsTo<Entity, super::super::accounts::member::Entity> =
    BelongsTo::new(Column::MemberId);

/// The columns that every new submission needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `challenge_id`.
    pub challenge_id: super::challenge::Id,
    /// The column `member_id`.
    pub member_id: super::super::accounts::member::Id,
    /// The column `content`.
    pub content: Json,
}

/// A new submission with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            challenge_id: Set(new.challenge_id),
            member_id: Set(new.member_id),
            content: Set(new.content),
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
