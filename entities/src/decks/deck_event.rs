//! A change of a deck or of one of its slides; all of them in their order are the deck.
//!
//! Generated from table `decks.deck_events` by tenantry-codegen; do not edit.

use sea_orm::entity::prelude::*;
use tenantry::{BelongsTo, Constraint, Direction, Field, Null, Sort};

/// The id of a deck event.
pub type Id = tenantry::Id<Entity>;

/// A change of a deck or of one of its slides; all of them in their order are the deck.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "decks", table_name = "deck_events")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The deck.
    pub deck_id: super::deck::Id,
    /// Counts the events of the deck, from 1.
    pub sequence: i64,
    /// What happened.
    pub kind: Kind,
    /// The slide, if it is about one.
    pub slide_id: Option<Uuid>,
    /// What is different since, by the names of columns; of what is new, all.
    #[sea_orm(column_type = "JsonBinary")]
    pub data: Json,
    /// When, by the clock and not by the transaction.
    pub happened_at: DateTimeUtc,
    /// Who did it.
    pub actor_id: Option<Uuid>,
}

/// What `kind` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[derive(serde::Serialize, serde::Deserialize)]
pub enum Kind {
    /// `deck_created`.
    #[sea_orm(string_value = "deck_created")]
    #[serde(rename = "deck_created")]
    DeckCreated,
    /// `deck_changed`.
    #[sea_orm(string_value = "deck_changed")]
    #[serde(rename = "deck_changed")]
    DeckChanged,
    /// `deck_deleted`.
    #[sea_orm(string_value = "deck_deleted")]
    #[serde(rename = "deck_deleted")]
    DeckDeleted,
    /// `deck_restored`.
    #[sea_orm(string_value = "deck_restored")]
    #[serde(rename = "deck_restored")]
    DeckRestored,
    /// `slide_added`.
    #[sea_orm(string_value = "slide_added")]
    #[serde(rename = "slide_added")]
    SlideAdded,
    /// `slide_changed`.
    #[sea_orm(string_value = "slide_changed")]
    #[serde(rename = "slide_changed")]
    SlideChanged,
    /// `slide_removed`.
    #[sea_orm(string_value = "slide_removed")]
    #[serde(rename = "slide_removed")]
    SlideRemoved,
    /// `slide_restored`.
    #[sea_orm(string_value = "slide_restored")]
    #[serde(rename = "slide_restored")]
    SlideRestored,
}

impl tenantry::Leakproof for Kind {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `deck_id`. Foreign key `deck_events_deck_id_fkey`.
    #[sea_orm(
        belongs_to = "super::deck::Entity",
        from = "(Column::WorkspaceId, Column::DeckId)",
        to = "(super::deck::Column::WorkspaceId, super::deck::Column::Id)"
    )]
    Deck,
    /// By `workspace_id`. Foreign key `deck_events_workspace_id_fkey`.
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
    const SORTS: &'static [Sort<Self>] = &[BY_SEQUENCE];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("deck_events_deck_id_fkey", &["deck_id"]),
        Constraint::new("deck_events_kind_check", &["kind"]),
        Constraint::new("deck_events_pkey", &["id"]),
        Constraint::new("deck_events_workspace_id_fkey", &[]),
    ];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The deck.
pub const DECK_ID: Field<Entity, super::deck::Id> = Field::new(Column::DeckId);

/// Counts the events of the deck, from 1.
pub const SEQUENCE: Field<Entity, i64> = Field::new(Column::Sequence);

/// What happened.
pub const KIND: Field<Entity, Kind> = Field::new(Column::Kind);

/// The slide, if it is about one.
pub const SLIDE_ID: Field<Entity, Uuid, Null> = Field::new(Column::SlideId);

/// What is different since, by the names of columns; of what is new, all.
pub const DATA: Field<Entity, Json> = Field::new(Column::Data);

/// When, by the clock and not by the transaction.
pub const HAPPENED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::HappenedAt);

/// Who did it.
pub const ACTOR_ID: Field<Entity, Uuid, Null> = Field::new(Column::ActorId);

/// By `deck_id`, then `sequence`, then `id`.
///
/// Index `deck_events_sequence_idx`: `deck_id, sequence, id`.
pub const BY_SEQUENCE: Sort<Entity> = Sort::by_index(
    "deck_events_sequence_idx",
    &[
        (Column::DeckId, Direction::Ascending),
        (Column::Sequence, Direction::Ascending),
        (Column::Id, Direction::Ascending),
    ],
);

/// The deck that a deck event points at by `deck_id`.
pub const DECK: BelongsTo<Entity, super::deck::Entity> = BelongsTo::new(Column::DeckId);
