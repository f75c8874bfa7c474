//! The table `forum.posts`.
//!
//! Generated from table `forum.posts` by tenantry-codegen; do not edit.
//!
//! Left out: `live`.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{BelongsTo, Constraint, Field, HasMany, Null};

/// The id of a post.
pub type Id = tenantry::Id<Entity>;

/// The table `forum.posts`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "forum", table_name = "posts")]
pub struct Model {
    /// The column `workspace_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The column `thread_id`.
    pub thread_id: super::thread::Id,
    /// The column `parent_id`.
    pub parent_id: Option<Id>,
    /// The column `deleted_at`.
    pub deleted_at: Option<DateTimeUtc>,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `parent_id`. Foreign key `posts_parent_id_fkey`.
    #[sea_orm(
        belongs_to = "Entity",
        from = "(Column::WorkspaceId, Column::ParentId)",
        to = "(Column::WorkspaceId, Column::Id)"
    )]
    Parent,
    /// By `thread_id`. Foreign key `posts_thread_id_fkey`.
    #[sea_orm(
        belongs_to = "super::thread::Entity",
        from = "(Column::WorkspaceId, Column::ThreadId)",
        to = "(super::thread::Column::WorkspaceId, super::thread::Column::Id)"
    )]
    Thread,
    /// `posts` that point here. Foreign key `posts_parent_id_fkey`.
    #[sea_orm(has_many = "Entity", via_rel = "Relation::Parent")]
    PostsByParent,
    /// `threads` that point here. Foreign key `threads_first_post_id_fkey`.
    #[sea_orm(has_many = "super::thread::Entity")]
    Threads,
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
    const DELETED_AT: Option<Column> = Some(Column::DeletedAt);
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("posts_parent_id_fkey", &["parent_id"]),
        Constraint::new("posts_pkey", &["id"]),
        Constraint::new("posts_thread_id_fkey", &["thread_id"]),
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

/// The column `parent_id`.
pub const PARENT_ID: Field<Entity, Id, Null> = Field::new(Column::ParentId);

/// The column `deleted_at`.
pub const DELETED_AT: Field<Entity, DateTimeUtc, Null> = Field::new(Column::DeletedAt);

/// The posts that point at a post by `parent_id`.
pub const POSTS_BY_PARENT: HasMany<Entity, Entity> = HasMany::new(Column::ParentId);

/// The threads that point at a post by `first_post_id`.
pub const THREADS: HasMany<Entity, super::thread::Entity> =
    HasMany::new(super::thread::Column::FirstPostId);

/// The post that a post points at by `parent_id`.
pub const PARENT: BelongsTo<Entity, Entity> = BelongsTo::new(Column::ParentId);

/// The thread that a post points at by `thread_id`.
pub const THREAD: BelongsTo<Entity, super::thread::Entity> = BelongsTo::new(Column::ThreadId);

/// The columns that every new post needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `thread_id`.
    pub thread_id: super::thread::Id,
}

/// A new post with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// The column `parent_id`.
    pub fn parent_id(self, parent_id: Id) -> Insert {
        Insert::from(self).parent_id(parent_id)
    }
}

impl Insert {
    /// The column `parent_id`.
    pub fn parent_id(mut self, parent_id: Id) -> Self {
        self.0.parent_id = Set(Some(parent_id));
        self
    }
}

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
