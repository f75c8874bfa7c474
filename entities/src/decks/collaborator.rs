//! A member whom a deck is open to.
//!
//! Generated from table `decks.collaborators` by tenantry-codegen; do not edit.
//!
//! Left out: `live`.

use sea_orm::{ActiveValue, Set, entity::prelude::*};
use tenantry::{BelongsTo, Constraint, Direction, Field, Null, Sort, Unique};

/// The id of a collaborator.
pub type Id = tenantry::Id<Entity>;

/// A member whom a deck is open to.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "decks", table_name = "collaborators")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The deck.
    pub deck_id: super::deck::Id,
    /// The member.
    pub user_id: Uuid,
    /// What the member may do with the deck.
    pub role: Role,
    /// When the deck was opened to the member.
    pub invited_at: DateTimeUtc,
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

/// What `role` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[derive(serde::Serialize, serde::Deserialize)]
pub enum Role {
    /// `editor`.
    #[sea_orm(string_value = "editor")]
    #[serde(rename = "editor")]
    Editor,
    /// `commenter`.
    #[sea_orm(string_value = "commenter")]
    #[serde(rename = "commenter")]
    Commenter,
    /// `viewer`.
    #[sea_orm(string_value = "viewer")]
    #[serde(rename = "viewer")]
    Viewer,
}

impl tenantry::Leakproof for Role {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `deck_id`. Foreign key `collaborators_deck_id_fkey`.
    #[sea_orm(
        belongs_to = "super::deck::Entity",
        from = "(Column::WorkspaceId, Column::DeckId)",
        to = "(super::deck::Column::WorkspaceId, super::deck::Column::Id)"
    )]
    Deck,
    /// By `user_id`. Foreign key `collaborators_user_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::member::Entity",
        from = "(Column::WorkspaceId, Column::UserId)",
        to = "(super::super::accounts::member::Column::WorkspaceId, super::super::accounts::member::Column::UserId)"
    )]
    User,
    /// By `workspace_id`. Foreign key `collaborators_workspace_id_fkey`.
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

impl Related<super::super::accounts::member::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::User.def()
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
    const SORTS: &'static [Sort<Self>] = &[USER];
    const UNIQUES: &'static [Unique<Self>] = &[DECK_ID_USER_ID_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("collaborators_deck_id_fkey", &["deck_id"]),
        Constraint::new("collaborators_deck_id_live_fkey", &["deck_id"]),
        Constraint::new("collaborators_deck_id_user_id_key", &["deck_id", "user_id"]),
        Constraint::new("collaborators_pkey", &["id"]),
        Constraint::new("collaborators_role_check", &["role"]),
        Constraint::new("collaborators_user_id_fkey", &["user_id"]),
        Constraint::new("collaborators_workspace_id_fkey", &[]),
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
    const PARENTS: &'static [&'static dyn tenantry::Parent<Self>] = &[&DECK];
}

impl tenantry::Audited for Entity {}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The deck.
pub const DECK_ID: Field<Entity, super::deck::Id> = Field::new(Column::DeckId);

/// The member.
pub const USER_ID: Field<Entity, Uuid> = Field::new(Column::UserId);

/// What the member may do with the deck.
pub const ROLE: Field<Entity, Role> = Field::new(Column::Role);

/// When the deck was opened to the member.
pub const INVITED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::InvitedAt);

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

/// By `user_id`, then `deck_id`, then `id`.
///
/// Index `collaborators_user_idx`: `user_id, deck_id, id`.
pub const USER: Sort<Entity> = Sort::by_index(
    "collaborators_user_idx",
    &[
        (Column::UserId, Direction::Ascending),
        (Column::DeckId, Direction::Ascending),
        (Column::Id, Direction::Ascending),
    ],
);

/// One living collaborator per `deck_id` and `user_id`.
///
/// `collaborators_deck_id_user_id_key`.
pub const DECK_ID_USER_ID_KEY: Unique<Entity> = Unique::among_living(
    "collaborators_deck_id_user_id_key",
    &[Column::WorkspaceId, Column::DeckId, Column::UserId],
);

/// The deck that a collaborator points at by `deck_id`.
pub const DECK: BelongsTo<Entity, super::deck::Entity> = BelongsTo::new(Column::DeckId);

/// The columns that every new collaborator needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The deck.
    pub deck_id: super::deck::Id,
    /// The member.
    pub user_id: Uuid,
}

/// A new collaborator with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// What the member may do with the deck.
    pub fn role(self, role: Role) -> Insert {
        Insert::from(self).role(role)
    }
}

impl Insert {
    /// What the member may do with the deck.
    pub fn role(mut self, role: Role) -> Self {
        self.0.role = Set(role);
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            deck_id: Set(new.deck_id),
            user_id: Set(new.user_id),
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
    /// What the member may do with the deck.
    pub role: ActiveValue<Role>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            role: update.role,
            ..Default::default()
        }
    }
}
