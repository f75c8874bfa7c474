//! The table `creators.notes`.
//!
//! Generated from table `creators.notes` by tenantry-codegen; do not edit.

use sea_orm::{Set, entity::prelude::*};
use tenantry::{Constraint, Field, Null};

/// The id of a note.
pub type Id = tenantry::Id<Entity>;

/// The table `creators.notes`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(schema_name = "creators", table_name = "notes")]
pub struct Model {
    /// The column `workspace_id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    /// The column `id`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id,
    /// What is said.
    #[serde(skip)]
    pub column: Option<tenantry::Sealed<NoteColumn>>,
}

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
    const CONSTRAINTS: &'static [Constraint] = &[Constraint::new("notes_pkey", &["id"])];
    const ENCRYPTED: &'static [tenantry::Encrypted<Self>] =
        &[tenantry::Encrypted::of::<NoteColumn>()];

    fn id_of(row: &Model) -> Id {
        row.id
    }
}

/// The encrypted column `column`.
#[derive(Debug)]
pub enum NoteColumn {}

impl tenantry::EncryptedColumn for NoteColumn {
    type Entity = Entity;

    const COLUMN: Column = Column::Column;
}

/// The column `workspace_id`.
pub const WORKSPACE_ID: Field<Entity, Uuid> = Field::new(Column::WorkspaceId);

/// The column `id`.
pub const ID: Field<Entity, Id> = Field::new(Column::Id);

/// What is said.
pub const COLUMN: Field<Entity, tenantry::Sealed<NoteColumn>, Null> = Field::new(Column::Column);

/// The columns that every new note needs.
#[derive(Clone, Debug, Default)]
#[must_use = "a new row is written by `insert`"]
pub struct New {}

/// A new note with its optional columns.
#[derive(Clone, Debug)]
#[must_use = "a new row is written by `insert`"]
pub struct Insert(ActiveModel);

impl New {
    /// The column `id`.
    pub fn id(self, id: Id) -> Insert {
        Insert::from(self).id(id)
    }

    /// What is said.
    pub fn column(self, column: tenantry::Sealed<NoteColumn>) -> Insert {
        Insert::from(self).column(column)
    }
}

impl Insert {
    /// The column `id`.
    pub fn id(mut self, id: Id) -> Self {
        self.0.id = Set(id);
        self
    }

    /// What is said.
    pub fn column(mut self, column: tenantry::Sealed<NoteColumn>) -> Self {
        self.0.column = Set(Some(column));
        self
    }
}

impl From<New> for Insert {
    fn from(_: New) -> Self {
        Self(Default::default())
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
