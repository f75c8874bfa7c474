//! That somebody took a deck along as a file.
//!
//! Generated from table `decks.exports` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{BelongsTo, Constraint, Direction, Field, Null, Sort};

/// The id of an export.
pub type Id = tenantry::Id<Entity>;

/// That somebody took a deck along as a file.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "decks", table_name = "exports")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The deck.
    pub deck_id: super::deck::Id,
    /// The kind of file.
    pub format: Format,
    /// Who took it along.
    pub exported_by: Option<Uuid>,
    /// When.
    pub exported_at: DateTimeUtc,
}

/// What `format` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[derive(serde::Serialize, serde::Deserialize)]
pub enum Format {
    /// `pdf`.
    #[sea_orm(string_value = "pdf")]
    #[serde(rename = "pdf")]
    Pdf,
    /// `pptx`.
    #[sea_orm(string_value = "pptx")]
    #[serde(rename = "pptx")]
    Pptx,
}

impl tenantry::Leakproof for Format {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `deck_id`. Foreign key `exports_deck_id_fkey`.
    #[sea_orm(
        belongs_to = "super::deck::Entity",
        from = "(Column::WorkspaceId, Column::DeckId)",
        to = "(super::deck::Column::WorkspaceId, super::deck::Column::Id)"
    )]
    Deck,
    /// By `workspace_id`. Foreign key `exports_workspace_id_fkey`.
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
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("exports_deck_id_fkey", &["deck_id"]),
        Constraint::new("exports_format_check", &["format"]),
        Constraint::new("exports_pkey", &["id"]),
        Constraint::new("exports_workspace_id_fkey", &[]),
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

/// The kind of file.
pub const FORMAT: Field<Entity, Format> = Field::new(Column::Format);

/// Who took it along.
pub const EXPORTED_BY: Field<Entity, Uuid, Null> = Field::new(Column::ExportedBy);

/// When.
pub const EXPORTED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::ExportedAt);

/// By `deck_id`, then `exported_at` descending, then `id` descending.
///
/// Index `exports_newest_idx`: `deck_id, exported_at DESC, id DESC`.
pub const NEWEST: Sort<Entity> = Sort::by_index(
    "exports_newest_idx",
    &[
        (Column::DeckId, Direction::Ascending),
        (Column::ExportedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// The deck that an export points at by `deck_id`.
pub const DECK: BelongsTo<Entity, super::deck::Entity> = BelongsTo::new(Column::DeckId);

/// The columns that every new export needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The deck.
    pub deck_id: super::deck::Id,
    /// The kind of file.
    pub format: Format,
}

/// A new export with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            deck_id: Set(new.deck_id),
            format: Set(new.format),
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
