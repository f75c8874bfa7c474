//! The startup that a workspace is: one lives at a time.
//!
//! Generated from table `startups.startups` by tenantry-codegen; do not edit.
//!
//! Left out: `search_vector`.

use sea_orm::{ActiveValue, Set, entity::prelude::*};
use tenantry::{Constraint, Field, Null, Search, Unique};

/// The id of a startup.
pub type Id = tenantry::Id<Entity>;

/// The startup that a workspace is: one lives at a time.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize, serde::Deserialize)]
#[sea_orm(schema_name = "startups", table_name = "startups")]
pub struct Model {
    /// The workspace that the row belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The row, within its workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// What it is called.
    pub name: String,
    /// What it is about.
    pub industry: Option<String>,
    /// How far it is.
    pub stage: Stage,
    /// When it was founded.
    pub founded_on: Option<Date>,
    /// How many people work in it.
    pub team_size: Option<i32>,
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

/// What `stage` may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[derive(serde::Serialize, serde::Deserialize)]
pub enum Stage {
    /// `idea`.
    #[sea_orm(string_value = "idea")]
    #[serde(rename = "idea")]
    Idea,
    /// `pre_seed`.
    #[sea_orm(string_value = "pre_seed")]
    #[serde(rename = "pre_seed")]
    PreSeed,
    /// `seed`.
    #[sea_orm(string_value = "seed")]
    #[serde(rename = "seed")]
    Seed,
    /// `series_a`.
    #[sea_orm(string_value = "series_a")]
    #[serde(rename = "series_a")]
    SeriesA,
    /// `growth`.
    #[sea_orm(string_value = "growth")]
    #[serde(rename = "growth")]
    Growth,
}

impl tenantry::Leakproof for Stage {}

/// Where foreign keys lead, and from where they come.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// By `workspace_id`. Foreign key `startups_workspace_id_fkey`.
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
    const SEARCHES: &'static [&'static str] = &["startups_search"];
    const SEARCHED: &'static [Column] = &[Column::Industry, Column::Name];
    const UNIQUES: &'static [Unique<Self>] = &[KEY];
    const CONSTRAINTS: &'static [Constraint] = &[
        Constraint::new("startups_industry_check", &["industry"]),
        Constraint::new("startups_key", &[]),
        Constraint::new("startups_name_check", &["name"]),
        Constraint::new("startups_pkey", &["id"]),
        Constraint::new("startups_stage_check", &["stage"]),
        Constraint::new("startups_team_size_range_check", &["team_size"]),
        Constraint::new("startups_workspace_id_fkey", &[]),
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

impl tenantry::BehindGlass for Entity {}
impl tenantry::WhollyBehindGlass for Entity {}

/// The workspace that the row belongs to.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The row, within its workspace.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// What it is called.
pub const NAME: Field<Entity, String> = Field::new(Column::Name);

/// What it is about.
pub const INDUSTRY: Field<Entity, String, Null> = Field::new(Column::Industry);

/// How far it is.
pub const STAGE: Field<Entity, Stage> = Field::new(Column::Stage);

/// When it was founded.
pub const FOUNDED_ON: Field<Entity, Date, Null> = Field::new(Column::FoundedOn);

/// How many people work in it.
pub const TEAM_SIZE: Field<Entity, i32, Null> = Field::new(Column::TeamSize);

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

/// One living startup in a workspace.
///
/// `startups_key`.
pub const KEY: Unique<Entity> = Unique::among_living("startups_key", &[Column::WorkspaceId]);

/// The words that startups are found by.
///
/// `startups_search`, in the language `english`.
pub const SEARCH: Search<Entity> = Search::by_function("startups_search", "english");

/// The columns that every new startup needs.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct New {
    /// What it is called.
    pub name: String,
}

/// A new startup with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// What it is about.
    pub fn industry(self, industry: String) -> Insert {
        Insert::from(self).industry(industry)
    }

    /// How far it is.
    pub fn stage(self, stage: Stage) -> Insert {
        Insert::from(self).stage(stage)
    }

    /// When it was founded.
    pub fn founded_on(self, founded_on: Date) -> Insert {
        Insert::from(self).founded_on(founded_on)
    }

    /// How many people work in it.
    pub fn team_size(self, team_size: i32) -> Insert {
        Insert::from(self).team_size(team_size)
    }
}

impl Insert {
    /// What it is about.
    pub fn industry(mut self, industry: String) -> Self {
        self.0.industry = Set(Some(industry));
        self
    }

    /// How far it is.
    pub fn stage(mut self, stage: Stage) -> Self {
        self.0.stage = Set(stage);
        self
    }

    /// When it was founded.
    pub fn founded_on(mut self, founded_on: Date) -> Self {
        self.0.founded_on = Set(Some(founded_on));
        self
    }

    /// How many people work in it.
    pub fn team_size(mut self, team_size: i32) -> Self {
        self.0.team_size = Set(Some(team_size));
        self
    }
}

impl From<New> for Insert {
    fn from(new: New) -> Self {
        Self(ActiveModel {
            name: Set(new.name),
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
    /// What it is called.
    pub name: ActiveValue<String>,
    /// What it is about.
    pub industry: ActiveValue<Option<String>>,
    /// How far it is.
    pub stage: ActiveValue<Stage>,
    /// When it was founded.
    pub founded_on: ActiveValue<Option<Date>>,
    /// How many people work in it.
    pub team_size: ActiveValue<Option<i32>>,
}

impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            name: update.name,
            industry: update.industry,
            stage: update.stage,
            founded_on: update.founded_on,
            team_size: update.team_size,
            ..Default::default()
        }
    }
}
