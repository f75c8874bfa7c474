//! The table `press.articles`.
//!
//! Generated from table `press.articles` by tenantry-codegen; do not edit.

use sea_orm::{ActiveValue, FromQueryResult, Set, entity::prelude::*};
use tenantry::{Constraint, Direction, Field, Null, PersonalSort, PublicSort};

/// The id of an article.
pub type Id = tenantry::Id<Entity>;

/// The table `press.articles`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(schema_name = "press", table_name = "articles")]
pub struct Model {
    /// The column `workspace_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// The column `Writer`.
    #[sea_orm(column_name = "Writer")]
    pub writer: String,
    /// The column `title`.
    pub title: String,
    /// The column `type`.
    pub r#type: String,
    /// The column `body`.
    pub body: String,
    /// The column `status`.
    pub status: Status,
    /// The column `secret`.
    pub secret: Option<String>,
    /// The column `issued_at`.
    pub issued_at: DateTimeUtc,
    /// The column `version`.
    pub version: tenantry::Version,
    /// The column `deleted_at`.
    pub deleted_at: Option<DateTimeUtc>,
}

/// What `status` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Status {
    /// `draft`.
    #[sea_orm(string_value = "draft")]
    Draft,
    /// `out`.
    #[sea_orm(string_value = "out")]
    Out,
}

impl tenantry::Leakproof for Status {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl tenantry::Keyed for Entity {
    type Key = Uuid;
}

impl tenantry::Scoped for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
    const ID: Column = Column::Id;
    const DELETED_AT: Option<Column> = Some(Column::DeletedAt);
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("articles_pkey", &["id"]),
        Constraint::new("articles_status_check", &["status"]),
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

impl tenantry::Personal for Entity {
    const PERSON: Column = Column::Writer;
}

impl tenantry::PersonalUpdate for Entity {
    type Change = PersonalUpdate;
}

impl tenantry::Catalogued for Entity {
    type Public = Public;

    const PUBLIC: &'static [Column] = &[
        Column::WorkspaceId,
        Column::Id,
        Column::Title,
        Column::Type,
        Column::IssuedAt,
    ];
}

/// The column `workspace_id`.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// The column `Writer`.
pub const WRITER: Field<Entity, String> = Field::new(Column::Writer);

/// The column `title`.
pub const TITLE: Field<Entity, String> = Field::new(Column::Title);

/// The column `type`.
pub const TYPE: Field<Entity, String> = Field::new(Column::Type);

/// The column `body`.
pub const BODY: Field<Entity, String> = Field::new(Column::Body);

/// The column `status`.
pub const STATUS: Field<Entity, Status> = Field::new(Column::Status);

/// The column `secret`.
pub const SECRET: Field<Entity, String, Null> = Field::new(Column::Secret);

/// The column `issued_at`.
pub const ISSUED_AT: Field<Entity, DateTimeUtc> = Field::new(Column::IssuedAt);

/// The column `version`.
pub const VERSION: Field<Entity, tenantry::Version> = Field::new(Column::Version);

/// The column `deleted_at`.
pub const DELETED_AT: Field<Entity, DateTimeUtc, Null> = Field::new(Column::DeletedAt);

/// By `title`, then `id`.
///
/// Index `articles_living_mine_idx`: `title, id`.
pub const LIVING_MINE: PersonalSort<Entity> = PersonalSort::by_index(
    "articles_living_mine_idx",
    &[
        (Column::Title, Direction::Ascending),
        (Column::Id, Direction::Ascending),
    ],
);

/// By `issued_at` descending, then `id` descending.
///
/// Index `articles_mine_idx`: `issued_at DESC, id DESC`.
pub const MINE: PersonalSort<Entity> = PersonalSort::by_index(
    "articles_mine_idx",
    &[
        (Column::IssuedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// By `issued_at` descending, then `id` descending.
///
/// Index `articles_out_idx`: `issued_at DESC, id DESC`.
pub const OUT: PublicSort<Entity> = PublicSort::by_index(
    "articles_out_idx",
    &[
        (Column::IssuedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);

/// The columns that every new article needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// The column `Writer`.
    pub writer: String,
    /// The column `title`.
    pub title: String,
    /// The column `type`.
    pub r#type: String,
}

/// A new article with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// The column `body`.
    pub fn body(self, body: String) -> Insert {
        Insert::from(self).body(body)
    }

    /// The column `status`.
    pub fn status(self, status: Status) -> Insert {
        Insert::from(self).status(status)
    }

    /// The column `secret`.
    pub fn secret(self, secret: String) -> Insert {
        Insert::from(self).secret(secret)
    }

    /// The column `issued_at`.
    pub fn issued_at(self, issued_at: DateTimeUtc) -> Insert {
        Insert::from(self).issued_at(issued_at)
    }
}

impl Insert {
    /// The column `body`.
    pub fn body(mut self, body: String) -> Self {
        self.0.body = Set(body);
        self
    }

    /// The column `status`.
    pub fn status(mut self, status: Status) -> Self {
        self.0.status = Set(status);
        self
    }

    /// The column `secret`.
    pub fn secret(mut self, secret: String) -> Self {
        self.0.secret = Set(Some(secret));
        self
    }

    /// The column `issued_at`.
    pub fn issued_at(mut self, issued_at: DateTimeUtc) -> Self {
        self.0.issued_at = Set(issued_at);
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            writer: Set(new.writer),
            title: Set(new.title),
            r#type: Set(new.r#type),
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
    /// The column `Writer`.
    pub writer: ActiveValue<String>,
    /// The column `title`.
    pub title: ActiveValue<String>,
    /// The column `type`.
    pub r#type: ActiveValue<String>,
    /// The column `body`.
    pub body: ActiveValue<String>,
    /// The column `status`.
    pub status: ActiveValue<Status>,
    /// The column `secret`.
    pub secret: ActiveValue<Option<String>>,
    /// The column `issued_at`.
    pub issued_at: ActiveValue<DateTimeUtc>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            writer: update.writer,
            title: update.title,
            r#type: update.r#type,
            body: update.body,
            status: update.status,
            secret: update.secret,
            issued_at: update.issued_at,
            ..Default::default()
        }
    }
}

/// The columns that a person may change of what is theirs; those left out stay as they are.
///
/// Write `Set(value)`, and `..Default::default()` for the rest.
#[derive(Clone, Debug, Default)]
pub struct PersonalUpdate {
    /// The column `title`.
    pub title: ActiveValue<String>,
    /// The column `body`.
    pub body: ActiveValue<String>,
}

impl From<PersonalUpdate> for ActiveModel {
    fn from(update: PersonalUpdate) -> Self {
        Self {
            title: update.title,
            body: update.body,
            ..Default::default()
        }
    }
}

/// What everybody sees of an article that is published.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Public {
    /// The column `workspace_id`.
    pub workspace_id: Uuid,
    /// The column `id`.
    pub id: Id,
    /// The column `title`.
    pub title: String,
    /// The column `type`.
    #[sea_orm(from_alias = "type")]
    pub r#type: String,
    /// The column `issued_at`.
    pub issued_at: DateTimeUtc,
}
