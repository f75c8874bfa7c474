//! That somebody looked at a slide.
//!
//! Generated from table `decks.views` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{BelongsTo, Constraint, Field, Null};

/// The id of a view.
pub type Id = tenantry::Id<Entity>;

/// That somebody looked at a slide.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "decks", table_name = "views")]
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
    /// For how long.
    pub seconds: i32,
    /// Who looked.
    pub viewed_by: Option<Uuid>,
    /// When.
    pub viewed_at: DateTimeUtc,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `deck_id`. Foreign key `views_deck_id_fkey`.
    #[sea_orm(
        belongs_to = "super::deck::Entity",
        from = "(Column::WorkspaceId, Column::DeckId)",
        to = "(super::deck::Column::WorkspaceId, super::deck::Column::Id)"
    )]
    Deck,
    /// By `slide_id`. Foreign key `views_slide_id_fkey`.
    #[sea_orm(
        belongs_to = "super::slide::Entity",
        from = "(Column::WorkspaceId, Column::SlideId)",
        to = "(super::slide::Column::WorkspaceId, super::slide::Column::Id)"
    )]
    Slide,
    /// By `workspace_id`. Foreign key `views_workspace_id_fkey`.
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
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("views_deck_id_fkey", &["deck_id"]),
        Constraint::new("views_pkey", &["id"]),
        Constraint::new("views_seconds_range_check", &["seconds"]),
        Constraint::new("views_slide_id_deck_id_fkey", &["slide_id", "deck_id"]),
        Constraint::new("views_slide_id_fkey", &["slide_id"]),
        Constraint::new("views_workspace_id_fkey", &[]),
    ];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The deck of the slide.
pub const DECK_ID: Field<Entity, super::deck::Id> = Field::new(Column::DeckId);

/// The slide.
pub const SLIDE_ID: Field<Entity, super::slide::Id> = Field::new(Column::SlideId);

/// For how long.
pub const SECONDS: Field<Entity, i32> = Field::new(Column::Seconds);

/// Who looked.
pub const VIEWED_BY: Field<Entity, Uuid, Null> = Field::new(Column::ViewedBy);

/// When.
pub const VIEWED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::ViewedAt);

/// The deck that a view points at by `deck_id`.
pub const DECK: BelongsTo<Entity, super::deck::Entity> = BelongsTo::new(Column::DeckId);

/// The slide that a view points at by `slide_id`.
pub const SLIDE: BelongsTo<Entity, super::slide::Entity> = BelongsTo::new(Column::SlideId);

/// The columns that every new view needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The deck of the slide.
    pub deck_id: super::deck::Id,
    /// The slide.
    pub slide_id: super::slide::Id,
    /// For how long.
    pub seconds: i32,
}

/// A new view with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            deck_id: Set(new.deck_id),
            slide_id: Set(new.slide_id),
            seconds: Set(new.seconds),
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
