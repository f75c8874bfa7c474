//! A table for the snapshots of statements: every fact, and a column of each kind that matters.

pub(crate) mod gadget;

use std::time::Duration;

use sea_orm::{ActiveValue, entity::prelude::*};

use crate::{
    ActorKind, Direction, Field, HasMany, NewRow, Null, Role, Scoped, Sort, TenantContext, Unique,
    Version,
    context::Occasion,
    policy::{Action, Policy, When},
};

pub(crate) type Id = crate::Id<Entity>;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "app", table_name = "widgets")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) workspace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Id,
    pub(crate) parent_id: Option<Id>,
    pub(crate) name: String,
    #[sea_orm(
        column_type = "custom(\"citext\")",
        select_as = "text",
        save_as = "citext"
    )]
    pub(crate) code: String,
    pub(crate) size: Option<i32>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) version: Version,
    pub(crate) deleted_at: Option<DateTimeUtc>,
    pub(crate) delete_op: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}
impl ActiveModelBehavior for ActiveModel {}

impl crate::Keyed for Entity {
    type Key = Uuid;
}
impl Scoped for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
    const ID: Column = Column::Id;
    const DELETED_AT: Option<Column> = Some(Column::DeletedAt);
    const SEARCHES: &'static [&'static str] = &["widgets_search"];
    const SEARCHED: &'static [Column] = &[Column::Name];
    fn id_of(row: &Model) -> Id {
        row.id
    }
}
impl crate::Versioned for Entity {
    type Update = Update;
    const VERSION: Column = Column::Version;
    fn version_of(row: &Model) -> Version {
        row.version
    }
}
impl crate::SoftDelete for Entity {
    const DELETE_OP: Column = Column::DeleteOp;
    const CHILDREN: &'static [&'static dyn crate::Child<Self>] = &[&PARTS, &GADGETS, &SPARES];
}

pub(crate) const NAME: Field<Entity, String> = Field::new(Column::Name);
pub(crate) const SIZE: Field<Entity, i32, Null> = Field::new(Column::Size);
pub(crate) const NEWEST: Sort<Entity> = Sort::by_index(
    "widgets_newest_idx",
    &[
        (Column::CreatedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);
pub(crate) const BY_NAME: Sort<Entity> = Sort::by_index(
    "widgets_name_idx",
    &[
        (Column::Name, Direction::Ascending),
        (Column::CreatedAt, Direction::Descending),
        (Column::Id, Direction::Descending),
    ],
);
pub(crate) const CODE_KEY: Unique<Entity> =
    Unique::among_living("widgets_code_key", &[Column::WorkspaceId, Column::Code]);
pub(crate) const PARTS: HasMany<Entity, Entity> = HasMany::new(Column::ParentId);
const GADGETS: HasMany<Entity, gadget::Entity> = HasMany::new(gadget::Column::WidgetId);
const SPARES: HasMany<Entity, gadget::Entity> = HasMany::new(gadget::Column::SpareForId);

#[derive(Clone, Debug)]
pub(crate) struct New {
    pub(crate) name: String,
    pub(crate) code: String,
}
impl NewRow<Entity> for New {
    fn into_active_model(self) -> ActiveModel {
        ActiveModel {
            name: ActiveValue::Set(self.name),
            code: ActiveValue::Set(self.code),
            ..Default::default()
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Update {
    pub(crate) name: ActiveValue<String>,
    pub(crate) code: ActiveValue<String>,
}
impl From<Update> for ActiveModel {
    fn from(update: Update) -> Self {
        Self {
            name: update.name,
            code: update.code,
            ..Default::default()
        }
    }
}

/// A statement as a reviewer reads it: one clause to a line, values left as `$n`.
pub(crate) fn readable(statement: &sea_orm::Statement) -> String {
    let mut text = statement.sql.replace('"', "");
    for clause in [
        " FROM ",
        " WHERE ",
        " ORDER BY ",
        " LIMIT ",
        " FOR ",
        " RETURNING ",
        " VALUES ",
        " SET ",
        " ON CONFLICT ",
        " DO UPDATE",
        " UNION ALL ",
        " GROUP BY ",
    ] {
        text = text.replace(clause, &format!("\n{}", &clause[1..]));
    }
    text
}

/// A policy that asks of every row, before and after.
pub(crate) fn policy() -> Policy<Entity> {
    let is_small = || When::row(SIZE.lt(9));
    Policy::new()
        .allow(
            "everybody reads what has a name",
            Action::READS,
            When::row(!NAME.eq("")),
        )
        .allow("everybody writes what is small", Action::WRITES, is_small())
        .forbid("nobody renames", Action::Update, !When::unchanged(NAME))
}

/// A member of the workspace whose id is nil but for its last digit.
pub(crate) fn member() -> TenantContext {
    TenantContext::new(
        Occasion::Workspace,
        Uuid::from_u128(1).into(),
        (ActorKind::User, Some(Uuid::from_u128(2).into())),
        Role::from_static("member"),
        Duration::from_secs(60),
    )
    .unwrap()
}
