//! A deck as it was when somebody kept it.
//!
//! Generated from table `decks.deck_versions` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{BelongsTo, Constraint, Direction, Field, Null, Sort, Unique};

/// The id of a deck version.
pub type Id = tenantry::Id<Entity>;

/// A deck as it was when somebody kept it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "decks", table_name = "deck_versions")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The deck.
    pub deck_id: super::deck::Id,
    /// Counts the versions of the deck, from 1.
    pub number: i32,
    /// The title, and the slides in their order.
    #[sea_orm(column_type = "JsonBinary")]
    pub content: Json,
    /// The newest event that it comprises.
    pub sequence: i64,
    /// Why it was kept.
    pub note: Option<String>,
    /// The version that it brings back, if it does.
    pub restored_from: Option<i32>,
    /// Who kept it.
    pub author_id: Option<Uuid>,
    /// When it was kept.
    pub created_at: DateTimeUtc,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `deck_id`. Foreign key `deck_versions_deck_id_fkey`.
    #[sea_orm(
        belongs_to = "super::deck::Entity",
        from = "(Column::WorkspaceId, Column::DeckId)",
        to = "(super::deck::Column::WorkspaceId, super::deck::Column::Id)"
    )]
    Deck,
    /// By `workspace_id`. Foreign key `deck_versions_workspace_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::workspace::Entity",
        from = "Column::WorkspaceId",
        to = "super::super::accounts::workspace::Column::Id"
    )]
    Workspace,
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

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = Uuid;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
    const ID: Column = Column::Id;
    const SORTS: &'static [Sort<Self>] = &[NEWEST];
    const UNIQUES: &'static [Unique<Self>] = &[DECK_ID_NUMBER_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("deck_versions_deck_id_fkey", &["deck_id"]),
        Constraint::new("deck_versions_deck_id_number_key", &["deck_id", "number"]),
        Constraint::new("deck_versions_note_check", &["note"]),
        Constraint::new("deck_versions_number_range_check", &["number"]),
        Constraint::new("deck_versions_pkey", &["id"]),
        Constraint::new(
            "deck_versions_restored_from_range_check",
            &["restored_from", "number"],
        ),
        Constraint::new("deck_versions_workspace_id_fkey", &[]),
    ];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

impl tenantry::Audited for Entity {}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The deck.
pub const DECK_ID: Field<Entity, super::deck::Id> = Field::new(Column::DeckId);

/// Counts the versions of the deck, from 1.
pub const NUMBER: Field<Entity, i32> = Field::new(Column::Number);

/// The title, and the slides in their order.
pub const CONTENT: Field<Entity, Json> = Field::new(Column::Content);

/// The newest event that it comprises.
pub const SEQUENCE: Field<Entity, i64> = Field::new(Column::Sequence);

/// Why it was kept.
pub const NOTE: Field<Entity, String, Null> = Field::new(Column::Note);

/// The version that it brings back, if it does.
pub const RESTORED_FROM: Field<Entity, i32, Null> = Field::new(Column::RestoredFrom);

/// Who kept it.
pub const AUTHOR_ID: Field<Entity, Uuid, Null> = Field::new(Column::AuthorId);

/// When it was kept.
pub const CREATED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::CreatedAt);

/// By `deck_id`, then `number` descending, then `id` descending.
///
/// Index `deck_versions_newest_idx`: `deck_id, number DESC, id DESC`.
pub const NEWEST: Sort<Entity> = Sort::by_index(
    "deck_versions_newest_idx",
    &[
        (Column::DeckId, Direction::Ascending),
        (Column::Number, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// One deck version per `deck_id` and `number`.
///
/// `deck_versions_deck_id_number_key`.
pub const DECK_ID_NUMBER_KEY: Unique<Entity> = Unique::new(
    "deck_versions_deck_id_number_key",
    &[Column::WorkspaceId, Column::DeckId, Column::Number],
);

/// The deck that a deck version points at by `deck_id`.
pub const DECK: BelongsTo<Entity, super::deck::Entity> = BelongsTo::new(Column::DeckId);

/// The columns that every new deck version needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The deck.
    pub deck_id: super::deck::Id,
}

/// A new deck version with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// Why it was kept.
    pub fn note(self, note: String) -> Insert {
        Insert::from(self).note(note)
    }

    /// The version that it brings back, if it does.
    pub fn restored_from(self, restored_from: i32) -> Insert {
        Insert::from(self).restored_from(restored_from)
    }
}

impl Insert {
    /// Why it was kept.
    pub fn note(mut self, note: String) -> Self {
        self.0.note = Set(Some(note));
        self
    }

    /// The version that it brings back, if it does.
    pub fn restored_from(mut self, restored_from: i32) -> Self {
        self.0.restored_from = Set(Some(restored_from));
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
