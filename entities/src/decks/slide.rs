//! A slide of a deck.
//!
//! Generated from table `decks.slides` by tenantry-codegen; do not edit.
//!
//! Left out: `live`.

use sea_orm::{ActiveValue, Set, entity::prelude::*};
use tenantry::{BelongsTo, Constraint, Direction, Field, HasMany, Null, Sort};

/// The id of a slide.
pub type Id = tenantry::Id<Entity>;

/// A slide of a deck.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "decks", table_name = "slides")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The deck.
    pub deck_id: super::deck::Id,
    /// Where it stands, from 1; a new one stands last unless it says otherwise.
    pub position: i32,
    /// What it is about.
    pub kind: Kind,
    /// What it shows, as a document.
    #[sea_orm(column_type = "JsonBinary")]
    pub content: Json,
    /// What is said about it.
    #[sea_orm(column_type = "JsonBinary")]
    pub metadata: Json,
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

/// What `kind` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[derive(serde::Serialize, serde::Deserialize)]
pub enum Kind {
    /// `title`.
    #[sea_orm(string_value = "title")]
    #[serde(rename = "title")]
    Title,
    /// `problem`.
    #[sea_orm(string_value = "problem")]
    #[serde(rename = "problem")]
    Problem,
    /// `solution`.
    #[sea_orm(string_value = "solution")]
    #[serde(rename = "solution")]
    Solution,
    /// `market`.
    #[sea_orm(string_value = "market")]
    #[serde(rename = "market")]
    Market,
    /// `product`.
    #[sea_orm(string_value = "product")]
    #[serde(rename = "product")]
    Product,
    /// `traction`.
    #[sea_orm(string_value = "traction")]
    #[serde(rename = "traction")]
    Traction,
    /// `team`.
    #[sea_orm(string_value = "team")]
    #[serde(rename = "team")]
    Team,
    /// `finance`.
    #[sea_orm(string_value = "finance")]
    #[serde(rename = "finance")]
    Finance,
    /// `ask`.
    #[sea_orm(string_value = "ask")]
    #[serde(rename = "ask")]
    Ask,
    /// `other`.
    #[sea_orm(string_value = "other")]
    #[serde(rename = "other")]
    Other,
}

impl tenantry::Leakproof for Kind {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `deck_id`. Foreign key `slides_deck_id_fkey`.
    #[sea_orm(
        belongs_to = "super::deck::Entity",
        from = "(Column::WorkspaceId, Column::DeckId)",
        to = "(super::deck::Column::WorkspaceId, super::deck::Column::Id)"
    )]
    Deck,
    /// By `workspace_id`. Foreign key `slides_workspace_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::workspace::Entity",
        from = "Column::WorkspaceId",
        to = "super::super::accounts::workspace::Column::Id"
    )]
    Workspace,
    /// `comments` that point here. Foreign key `comments_slide_id_fkey`.
    #[sea_orm(has_many = "super::comment::Entity")]
    Comments,
    /// `views` that point here. Foreign key `views_slide_id_fkey`.
    #[sea_orm(has_many = "super::view::Entity")]
    Views,
}

impl Related<super::deck::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Deck.def()
    }
}

impl Related<super::super::accounts::workspace::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Workspace.def()
    }
}

impl Related<super::comment::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Comments.def()
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
    const SORTS: &'static [Sort<Self>] = &[BY_POSITION];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("slides_content_object_check", &["content"]),
        Constraint::new("slides_deck_id_fkey", &["deck_id"]),
        Constraint::new("slides_deck_id_live_fkey", &["deck_id"]),
        Constraint::new("slides_deck_id_position_excl", &["deck_id", "position"]),
        Constraint::new("slides_id_deck_id_key", &["id", "deck_id"]),
        Constraint::new("slides_id_live_key", &["id", "live"]),
        Constraint::new("slides_kind_check", &["kind"]),
        Constraint::new("slides_metadata_object_check", &["metadata"]),
        Constraint::new("slides_pkey", &["id"]),
        Constraint::new("slides_position_range_check", &["position"]),
        Constraint::new("slides_workspace_id_fkey", &[]),
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
    const CHILDREN: &'static [&'static dyn tenantry::Child<Self>] = &[&COMMENTS];
    const PARENTS: &'static [&'static dyn tenantry::Parent<Self>] = &[&DECK];
}

impl tenantry::Audited for Entity {}

impl tenantry::BehindGlass for Entity {}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The deck.
pub const DECK_ID: Field<Entity, super::deck::Id> = Field::new(Column::DeckId);

/// Where it stands, from 1; a new one stands last unless it says otherwise.
pub const POSITION: Field<Entity, i32> = Field::new(Column::Position);

/// What it is about.
pub const KIND: Field<Entity, Kind> = Field::new(Column::Kind);

/// What it shows, as a document.
pub const CONTENT: Field<Entity, Json> = Field::new(Column::Content);

/// What is said about it.
pub const METADATA: Field<Entity, Json> = Field::new(Column::Metadata);

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

/// By `deck_id`, then `position`, then `id`.
///
/// Index `slides_position_idx`: `deck_id, position, id`.
pub const BY_POSITION: Sort<Entity> = Sort::by_index(
    "slides_position_idx",
    &[
        (Column::DeckId, Direction::Ascending),
        (Column::Position, Direction::Ascending),
        (Column::Id, Direction::Ascending),
    ],
);

/// The comments that point at a slide by `slide_id`.
pub const COMMENTS: HasMany<Entity, super::comment::Entity> =
    HasMany::new(super::comment::Column::SlideId);

/// The views that point at a slide by `slide_id`.
pub const VIEWS: HasMany<Entity, super::view::Entity> = HasMany::new(super::view::Column::SlideId);

/// The deck that a slide points at by `deck_id`.
pub const DECK: BelongsTo<Entity, super::deck::Entity> = BelongsTo::new(Column::DeckId);

/// The columns that every new slide needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The deck.
    pub deck_id: super::deck::Id,
}

/// A new slide with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// Where it stands, from 1; a new one stands last unless it says otherwise.
    pub fn position(self, position: i32) -> Insert {
        Insert::from(self).position(position)
    }

    /// What it is about.
    pub fn kind(self, kind: Kind) -> Insert {
        Insert::from(self).kind(kind)
    }

    /// What it shows, as a document.
    pub fn content(self, content: Json) -> Insert {
        Insert::from(self).content(content)
    }

    /// What is said about it.
    pub fn metadata(self, metadata: Json) -> Insert {
        Insert::from(self).metadata(metadata)
    }
}

impl Insert {
    /// Where it stands, from 1; a new one stands last unless it says otherwise.
    pub fn position(mut self, position: i32) -> Self {
        self.0.position = Set(position);
        self
    }

    /// What it is about.
    pub fn kind(mut self, kind: Kind) -> Self {
        self.0.kind = Set(kind);
        self
    }

    /// What it shows, as a document.
    pub fn content(mut self, content: Json) -> Self {
        self.0.content = Set(content);
        self
    }

    /// What is said about it.
    pub fn metadata(mut self, metadata: Json) -> Self {
        self.0.metadata = Set(metadata);
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            deck_id: Set(new.deck_id),
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
    /// Where it stands, from 1; a new one stands last unless it says otherwise.
    pub position: ActiveValue<i32>,
    /// What it is about.
    pub kind: ActiveValue<Kind>,
    /// What it shows, as a document.
    pub content: ActiveValue<Json>,
    /// What is said about it.
    pub metadata: ActiveValue<Json>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            position: update.position,
            kind: update.kind,
            content: update.content,
            metadata: update.metadata,
            ..Default::default()
        }
    }
}
