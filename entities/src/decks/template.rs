//! What a new deck may begin with.
//!
//! Generated from table `decks.templates` by tenantry-codegen; do not edit.

use sea_orm::{ActiveValue, Set, entity::prelude::*};
use tenantry::{Constraint, Direction, Field, Null, Sort, Unique};

/// The id of a template.
pub type Id = tenantry::Id<Entity>;

/// What a new deck may begin with.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "decks", table_name = "templates")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// What people see in lists.
    pub name: String,
    /// What it is for, as an industry.
    pub category: String,
    /// Its slides in their order: kind, content and metadata of each.
    #[sea_orm(column_type = "JsonBinary")]
    pub slides: Json,
    /// Where its picture is.
    pub preview_image: Option<String>,
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

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `workspace_id`. Foreign key `templates_workspace_id_fkey`.
    #[sea_orm(
        belongs_to = "super::super::accounts::workspace::Entity",
        from = "Column::WorkspaceId",
        to = "super::super::accounts::workspace::Column::Id"
    )]
    Workspace,
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
    const SORTS: &'static [Sort<Self>] = &[BY_CATEGORY];
    const UNIQUES: &'static [Unique<Self>] = &[NAME_KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("templates_category_check", &["category"]),
        Constraint::new("templates_name_check", &["name"]),
        Constraint::new("templates_name_key", &["name"]),
        Constraint::new("templates_pkey", &["id"]),
        Constraint::new("templates_preview_image_check", &["preview_image"]),
        Constraint::new("templates_slides_array_check", &["slides"]),
        Constraint::new("templates_workspace_id_fkey", &[]),
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
}

impl tenantry::Audited for Entity {}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// What people see in lists.
pub const NAME: Field<Entity, String> = Field::new(Column::Name);

/// What it is for, as an industry.
pub const CATEGORY: Field<Entity, String> = Field::new(Column::Category);

/// Its slides in their order: kind, content and metadata of each.
pub const SLIDES: Field<Entity, Json> = Field::new(Column::Slides);

/// Where its picture is.
pub const PREVIEW_IMAGE: Field<Entity, String, Null> = Field::new(Column::PreviewImage);

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

/// By `category`, then `name`, then `id`.
///
/// Index `templates_category_idx`: `category, name, id`.
pub const BY_CATEGORY: Sort<Entity> = Sort::by_index(
    "templates_category_idx",
    &[
        (Column::Category, Direction::Ascending),
        (Column::Name, Direction::Ascending),
        (Column::Id, Direction::Ascending),
    ],
);

/// One living template per `name`.
///
/// `templates_name_key`.
pub const NAME_KEY: Unique<Entity> =
    Unique::among_living("templates_name_key", &[Column::WorkspaceId, Column::Name]);

/// The columns that every new template needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// What people see in lists.
    pub name: String,
    /// What it is for, as an industry.
    pub category: String,
}

/// A new template with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// Its slides in their order: kind, content and metadata of each.
    pub fn slides(self, slides: Json) -> Insert {
        Insert::from(self).slides(slides)
    }

    /// Where its picture is.
    pub fn preview_image(self, preview_image: String) -> Insert {
        Insert::from(self).preview_image(preview_image)
    }
}

impl Insert {
    /// Its slides in their order: kind, content and metadata of each.
    pub fn slides(mut self, slides: Json) -> Self {
        self.0.slides = Set(slides);
        self
    }

    /// Where its picture is.
    pub fn preview_image(mut self, preview_image: String) -> Self {
        self.0.preview_image = Set(Some(preview_image));
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            name: Set(new.name),
            category: Set(new.category),
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
    /// What people see in lists.
    pub name: ActiveValue<String>,
    /// What it is for, as an industry.
    pub category: ActiveValue<String>,
    /// Its slides in their order: kind, content and metadata of each.
    pub slides: ActiveValue<Json>,
    /// Where its picture is.
    pub preview_image: ActiveValue<Option<String>>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            name: update.name,
            category: update.category,
            slides: update.slides,
            preview_image: update.preview_image,
            ..Default::default()
        }
    }
}
