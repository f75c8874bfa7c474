//! A pitch deck.
//!
//! Generated from table `decks.decks` by tenantry-codegen; do not edit.
//!
//! Left out: `last_event`, `last_version`, `live`.

use sea_orm::{ActiveValue, Set, entity::prelude::*};
use tenantry::{BelongsTo, Constraint, Direction, Field, HasMany, Null, Sort};

/// The id of a deck.
pub type Id = tenantry::Id<Entity>;

/// A pitch deck.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "decks", table_name = "decks")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The startup that it is about.
    pub startup_id: super::super::startups::startup::Id,
    /// What people see in lists.
    pub title: String,
    /// Whether it is ready to be shown.
    pub published: bool,
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
    /// By `startup_id`. Foreign key `decks_startup_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::startups::startup::Entity",
        from = "(Column::WorkspaceId, Column::StartupId)",
        to = "(super::super::startups::startup::Column::WorkspaceId, super::super::startups::startup::Column::Id)"
    )]
    Startup,
    /// By `workspace_id`. Foreign key `decks_workspace_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::workspace::Entity",
        from = "Column::WorkspaceId",
        to = "super::super::accounts::workspace::Column::Id"
    )]
    Workspace,
    /// `collaborators` that point here. Foreign key `collaborators_deck_id_fkey`.
    #[sea_orm(has_many = "super::collaborator::Entity")]
    Collaborators,
    /// `comments` that point here. Foreign key `comments_deck_id_fkey`.
    #[sea_orm(has_many = "super::comment::Entity")]
    Comments,
    /// `deck_events` that point here. Foreign key `deck_events_deck_id_fkey`.
    #[sea_orm(has_many = "super::deck_event::Entity")]
    DeckEvents,
    /// `deck_versions` that point here. Foreign key `deck_versions_deck_id_fkey`.
    #[sea_orm(has_many = "super::deck_version::Entity")]
    DeckVersions,
    /// `exports` that point here. Foreign key `exports_deck_id_fkey`.
    #[sea_orm(has_many = "super::export::Entity")]
    Exports,
    /// `slides` that point here. Foreign key `slides_deck_id_fkey`.
    #[sea_orm(has_many = "super::slide::Entity")]
    Slides,
    /// `views` that point here. Foreign key `views_deck_id_fkey`.
    #[sea_orm(has_many = "super::view::Entity")]
    Views,
}

impl Related<super::super::startups::startup::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Startup.def()
    }
}

impl Related<super::super::accounts::workspace::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Workspace.def()
    }
}

impl Related<super::collaborator::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Collaborators.def()
    }
}

impl Related<super::comment::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Comments.def()
    }
}

impl Related<super::deck_event::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::DeckEvents.def()
    }
}

impl Related<super::deck_version::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::DeckVersions.def()
    }
}

impl Related<super::export::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Exports.def()
    }
}

impl Related<super::slide::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Slides.def()
    }
}

impl Related<super::view::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Views.def()
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
    const SORTS: &'static [Sort<Self>] = &[NEWEST];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("decks_id_live_key", &["id", "live"]),
        Constraint::new("decks_pkey", &["id"]),
        Constraint::new("decks_startup_id_fkey", &["startup_id"]),
        Constraint::new("decks_title_check", &["title"]),
        Constraint::new("decks_workspace_id_fkey", &[]),
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
    const CHILDREN: &'static [&'static dyn tenantry::Child<Self>] = &[&COLLABORATORS, &SLIDES];
}

impl tenantry::Audited for Entity {}

impl tenantry::BehindGlass for Entity {}
impl tenantry::WhollyBehindGlass for Entity {}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The startup that it is about.
pub const STARTUP_ID: Field<Entity, super::super::startups::startup::Id> =
    Field::new(Column::StartupId);

/// What people see in lists.
pub const TITLE: Field<Entity, String> = Field::new(Column::Title);

/// Whether it is ready to be shown.
pub const PUBLISHED: Field<Entity, bool> = Field::new(Column::Published);

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

/// By `created_at` descending, then `id` descending.
///
/// Index `decks_newest_idx`: `created_at DESC, id DESC`.
pub const NEWEST: Sort<Entity> = Sort::by_index(
    "decks_newest_idx",
    &[
        (Column::CreatedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// The collaborators that point at a deck by `deck_id`.
pub const COLLABORATORS: HasMany<Entity, super::collaborator::Entity> =
    HasMany::new(super::collaborator::Column::DeckId);

/// The comments that point at a deck by `deck_id`.
pub const COMMENTS: HasMany<Entity, super::comment::Entity> =
    HasMany::new(super::comment::Column::DeckId);

/// The deck events that point at a deck by `deck_id`.
pub const DECK_EVENTS: HasMany<Entity, super::deck_event::Entity> =
    HasMany::new(super::deck_event::Column::DeckId);

/// The deck versions that point at a deck by `deck_id`.
pub const DECK_VERSIONS: HasMany<Entity, super::deck_version::Entity> =
    HasMany::new(super::deck_version::Column::DeckId);

/// The exports that point at a deck by `deck_id`.
pub const EXPORTS: HasMany<Entity, super::export::Entity> =
    HasMany::new(super::export::Column::DeckId);

/// The slides that point at a deck by `deck_id`.
pub const SLIDES: HasMany<Entity, super::slide::Entity> =
    HasMany::new(super::slide::Column::DeckId);

/// The views that point at a deck by `deck_id`.
pub const VIEWS: HasMany<Entity, super::view::Entity> = HasMany::new(super::view::Column::DeckId);

/// The startup that a deck points at by `startup_id`.
pub const STARTUP: BelongsTo<Entity, super::super::startups::startup::Entity> =
    BelongsTo::new(Column::StartupId);

/// The columns that every new deck needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The startup that it is about.
    pub startup_id: super::super::startups::startup::Id,
    /// What people see in lists.
    pub title: String,
}

/// A new deck with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// Whether it is ready to be shown.
    pub fn published(self, published: bool) -> Insert {
        Insert::from(self).published(published)
    }
}

impl Insert {
    /// Whether it is ready to be shown.
    pub fn published(mut self, published: bool) -> Self {
        self.0.published = Set(published);
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            startup_id: Set(new.startup_id),
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
    /// Whether it is ready to be shown.
    pub published: ActiveValue<bool>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            title: update.title,
            published: update.published,
            ..Default::default()
        }
    }
}
