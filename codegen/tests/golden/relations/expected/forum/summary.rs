//! The table `forum.summaries`.
//!
//! Generated from table `forum.summaries` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{BelongsTo, Constraint, Field, Unique};

/// The id of a summary.
pub type Id = tenantry::Id<Entity>;

/// The table `forum.summaries`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "forum", table_name = "summaries")]
pub struct Model {
    /// The column `workspace_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The column `thread_id`.
    pub thread_id: super::thread::Id,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `thread_id`. Foreign key `summaries_thread_id_fkey`.
    #[sea_orm(
        belongs_to = "super::thread::Entity",
        from = "(Column::WorkspaceId, Column::ThreadId)",
        to = "(super::thread::Column::WorkspaceId, super::thread::Column::Id)"
    )]
    Thread,
}

impl Related<super::thread::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Thread.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = Uuid;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
    const ID: Column = Column::Id;
    const UNIQUES: &'static [Unique<Self>] = &[WORKSPACE_ID_THREAD_ID_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("summaries_pkey", &["id"]),
        Constraint::new("summaries_thread_id_fkey", &["thread_id"]),
        Constraint::new("summaries_workspace_id_thread_id_key", &["thread_id"]),
    ];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The column `workspace_id`.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `thread_id`.
pub const THREAD_ID: Field<Entity, super::thread::Id> = Field::new(Column::ThreadId);

/// One summary per `thread_id`.
///
/// `summaries_workspace_id_thread_id_key`.
pub const WORKSPACE_ID_THREAD_ID_KEY: Unique<Entity> = Unique::new(
    "summaries_workspace_id_thread_id_key",
    &[Column::WorkspaceId, Column::ThreadId],
);

/// The thread that a summary points at by `thread_id`.
pub const THREAD: BelongsTo<Entity, super::thread::Entity> = BelongsTo::new(Column::ThreadId);

/// The columns that every new summary needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `thread_id`.
    pub thread_id: super::thread::Id,
}

/// A new summary with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            thread_id: Set(new.thread_id),
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
