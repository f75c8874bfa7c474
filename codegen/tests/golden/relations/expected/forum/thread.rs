//! The table `forum.threads`.
//!
//! Generated from table `forum.threads` by tenantry-codegen; do not edit.
//!
//! Left out: `live`.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{BelongsTo, Constraint, Field, HasMany, Null};

/// The id of a thread.
pub type Id = tenantry::Id<Entity>;

/// The table `forum.threads`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "forum", table_name = "threads")]
pub struct Model {
    /// The column `workspace_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The column `author_id`.
    pub author_id: super::member::Id,
    /// The column `resolver_id`.
    pub resolver_id: Option<super::member::Id>,
    /// The column `deleted_at`.
    pub deleted_at: Option<DateTimeUtc>,
    /// The column `first_post_id`.
    pub first_post_id: Option<super::post::Id>,
}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `author_id`. Foreign key `threads_author_id_fkey`.
    #[sea_orm(
        belongs_to = "super::member::Entity",
        from = "(Column::WorkspaceId, Column::AuthorId)",
        to = "(super::member::Column::WorkspaceId, super::member::Column::Id)"
    )]
    Author,
    /// By `first_post_id`. Foreign key `threads_first_post_id_fkey`.
    #[sea_orm(
        belongs_to = "super::post::Entity",
        from = "(Column::WorkspaceId, Column::FirstPostId)",
        to = "(super::post::Column::WorkspaceId, super::post::Column::Id)"
    )]
    FirstPost,
    /// By `resolver_id`. Foreign key `threads_resolver_id_fkey`.
    #[sea_orm(
        belongs_to = "super::member::Entity",
        from = "(Column::WorkspaceId, Column::ResolverId)",
        to = "(super::member::Column::WorkspaceId, super::member::Column::Id)"
    )]
    Resolver,
    /// `posts` that point here. Foreign key `posts_thread_id_fkey`.
    #[sea_orm(has_many = "super::post::Entity")]
    Posts,
    /// `summaries` that point here. Foreign key `summaries_thread_id_fkey`.
    #[sea_orm(has_one = "super::summary::Entity")]
    Summary,
}

impl Related<super::post::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::FirstPost.def()
    }
}

impl Related<super::summary::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Summary.def()
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
        Constraint::new("threads_author_id_fkey", &["author_id"]),
        Constraint::new("threads_first_post_id_fkey", &["first_post_id"]),
        Constraint::new("threads_pkey", &["id"]),
        Constraint::new("threads_resolver_id_fkey", &["resolver_id"]),
        Constraint::new("threads_workspace_id_id_live_key", &["id", "live"]),
    ];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The column `workspace_id`.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `author_id`.
pub const AUTHOR_ID: Field<Entity, super::member::Id> = Field::new(Column::AuthorId);

/// The column `resolver_id`.
pub const RESOLVER_ID: Field<Entity, super::member::Id, Null> = Field::new(Column::ResolverId);

/// The column `deleted_at`.
pub const DELETED_AT: Field<Entity, DateTimeUtc, Null> = Field::new(Column::DeletedAt);

/// The column `first_post_id`.
pub const FIRST_POST_ID: Field<Entity, super::post::Id, Null> = Field::new(Column::FirstPostId);

/// The posts that point at a thread by `thread_id`.
pub const POSTS: HasMany<Entity, super::post::Entity> = HasMany::new(super::post::Column::ThreadId);

/// The summaries that point at a thread by `thread_id`.
pub const SUMMARIES: HasMany<Entity, super::summary::Entity> =
    HasMany::new(super::summary::Column::ThreadId);

/// The member that a thread points at by `author_id`.
pub const AUTHOR: BelongsTo<Entity, super::member::Entity> = BelongsTo::new(Column::AuthorId);

/// The post that a thread points at by `first_post_id`.
pub const FIRST_POST: BelongsTo<Entity, super::post::Entity> = BelongsTo::new(Column::FirstPostId);

/// The member that a thread points at by `resolver_id`.
pub const RESOLVER: BelongsTo<Entity, super::member::Entity> = BelongsTo::new(Column::ResolverId);

/// The columns that every new thread needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `author_id`.
    pub author_id: super::member::Id,
}

/// A new thread with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// The column `resolver_id`.
    pub fn resolver_id(self, resolver_id: super::member::Id) -> Insert {
        Insert::from(self).resolver_id(resolver_id)
    }

    /// The column `first_post_id`.
    pub fn first_post_id(self, first_post_id: super::post::Id) -> Insert {
        Insert::from(self).first_post_id(first_post_id)
    }
}

impl Insert {
    /// The column `resolver_id`.
    pub fn resolver_id(mut self, resolver_id: super::member::Id) -> Self {
        self.0.resolver_id = Set(Some(resolver_id));
        self
    }

    /// The column `first_post_id`.
    pub fn first_post_id(mut self, first_post_id: super::post::Id) -> Self {
        self.0.first_post_id = Set(Some(first_post_id));
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            author_id: Set(new.author_id),
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
