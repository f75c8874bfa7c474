//! What somebody says to a slide.
//!
//! Generated from table `decks.comments` by tenantry-codegen; do not edit.
//!
//! Left out: `live`.

use sea_orm::{ActiveValue, Set, entity::prelude::*};
use tenantry::{BelongsTo, Constraint, Direction, Field, HasMany, Null, Sort};

/// The id of a comment.
pub type Id = tenantry::Id<Entity>;

/// What somebody says to a slide.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "decks", table_name = "comments")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The deck of the slide.
    pub deck_id: super::deck::Id,
    /// The slide.
    pub slide_id: super::slide::Id,
    /// The comment that it answers.
    pub parent_id: Option<Id>,
    /// Who says it.
    pub author_id: Option<Uuid>,
    /// What is said.
    pub body: String,
    /// Whether nothing is left to do about it.
    pub resolved: bool,
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
    /// By `deck_id`. Foreign key `comments_deck_id_fkey`.
    #[sea_orm(
        belongs_to = "super::deck::Entity",
        from = "(Column::WorkspaceId, Column::DeckId)",
        to = "(super::deck::Column::WorkspaceId, super::deck::Column::Id)"
    )]
    Deck,
    /// By `parent_id`. Foreign key `comments_parent_id_fkey`.
    #[sea_orm(
        belongs_to = "Entity",
        from = "(Column::WorkspaceId, Column::ParentId)",
        to = "(Column::WorkspaceId, Column::Id)"
    )]
    Parent,
    /// By `slide_id`. Foreign key `comments_slide_id_fkey`.
    #[sea_orm(
        belongs_to = "super::slide::Entity",
        from = "(Column::WorkspaceId, Column::SlideId)",
        to = "(super::slide::Column::WorkspaceId, super::slide::Column::Id)"
    )]
    Slide,
    /// By `workspace_id`. Foreign key `comments_workspace_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::workspace::Entity",
        from = "Column::WorkspaceId",
        to = "super::super::accounts::workspace::Column::Id"
    )]
    Workspace,
    /// `comments` that point here. Foreign key `comments_parent_id_fkey`.
    #[sea_orm(has_many = "Entity", via_rel = "Relation::Parent")]
    CommentsByParent,
}

impl Related<super::deck::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Deck.def()
    }
}

impl Related<super::slide::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Slide.def()
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
    const SORTS: &'static [Sort<Self>] = &[THREAD];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("comments_body_check", &["body"]),
        Constraint::new("comments_deck_id_fkey", &["deck_id"]),
        Constraint::new("comments_id_slide_id_key", &["id", "slide_id"]),
        Constraint::new("comments_parent_id_fkey", &["parent_id"]),
        Constraint::new(
            "comments_parent_id_slide_id_fkey",
            &["parent_id", "slide_id"],
        ),
        Constraint::new("comments_pkey", &["id"]),
        Constraint::new("comments_slide_id_deck_id_fkey", &["slide_id", "deck_id"]),
        Constraint::new("comments_slide_id_fkey", &["slide_id"]),
        Constraint::new("comments_slide_id_live_fkey", &["slide_id"]),
        Constraint::new("comments_workspace_id_fkey", &[]),
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
    const CHILDREN: &'static [&'static dyn tenantry::Child<Self>] = &[&COMMENTS_BY_PARENT];
    const PARENTS: &'static [&'static dyn tenantry::Parent<Self>] = &[&PARENT, &SLIDE];
}

impl tenantry::Audited for Entity {}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The deck of the slide.
pub const DECK_ID: Field<Entity, super::deck::Id> = Field::new(Column::DeckId);

/// The slide.
pub const SLIDE_ID: Field<Entity, super::slide::Id> = Field::new(Column::SlideId);

/// The comment that it answers.
pub const PARENT_ID: Field<Entity, Id, Null> = Field::new(Column::ParentId);

/// Who says it.
pub const AUTHOR_ID: Field<Entity, Uuid, Null> = Field::new(Column::AuthorId);

/// What is said.
pub const BODY: Field<Entity, String> = Field::new(Column::Body);

/// Whether nothing is left to do about it.
pub const RESOLVED: Field<Entity, bool> = Field::new(Column::Resolved);

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

/// By `slide_id`, then `created_at`, then `id`.
///
/// Index `comments_thread_idx`: `slide_id, created_at, id`.
pub const THREAD: Sort<Entity> = Sort::by_index(
    "comments_thread_idx",
    &[
        (Column::SlideId, Direction::Ascending),
        (Column::CreatedAt, Direction::Ascending),
        (Column::Id, Direction::Ascending),
    ],
);

/// The comments that point at a comment by `parent_id`.
pub const COMMENTS_BY_PARENT: HasMany<Entity, Entity> = HasMany::new(Column::ParentId);

/// The deck that a comment points at by `deck_id`.
pub const DECK: BelongsTo<Entity, super::deck::Entity> = BelongsTo::new(Column::DeckId);

/// The comment that a comment points at by `parent_id`.
pub const PARENT: BelongsTo<Entity, Entity> = BelongsTo::new(Column::ParentId);

/// The slide that a comment points at by `slide_id`.
pub const SLIDE: BelongsTo<Entity, super::slide::Entity> = BelongsTo::new(Column::SlideId);

/// The columns that every new comment needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The deck of the slide.
    pub deck_id: super::deck::Id,
    /// The slide.
    pub slide_id: super::slide::Id,
    /// What is said.
    pub body: String,
}

/// A new comment with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// The comment that it answers.
    pub fn parent_id(self, parent_id: Id) -> Insert {
        Insert::from(self).parent_id(parent_id)
    }

    /// Whether nothing is left to do about it.
    pub fn resolved(self, resolved: bool) -> Insert {
        Insert::from(self).resolved(resolved)
    }
}

impl Insert {
    /// The comment that it answers.
    pub fn parent_id(mut self, parent_id: Id) -> Self {
        self.0.parent_id = Set(Some(parent_id));
        self
    }

    /// Whether nothing is left to do about it.
    pub fn resolved(mut self, resolved: bool) -> Self {
        self.0.resolved = Set(resolved);
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            deck_id: Set(new.deck_id),
            slide_id: Set(new.slide_id),
            body: Set(new.body),
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
    /// What is said.
    pub body: ActiveValue<String>,
    /// Whether nothing is left to do about it.
    pub resolved: ActiveValue<bool>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            body: update.body,
            resolved: update.resolved,
            ..Default::default()
        }
    }
}
