//! What hangs on widgets, in two ways.

use sea_orm::entity::prelude::*;

use super::Id;
use crate::{BelongsTo, Scoped, SoftDelete, Unique};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "app", table_name = "gadgets")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) workspace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) widget_id: Id,
    pub(crate) spare_for_id: Option<Id>,
    pub(crate) name: String,
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
    const UNIQUES: &'static [Unique<Self>] = &[NAME_KEY];
    fn id_of(row: &Model) -> crate::Id<Self> {
        crate::Id::new(row.id)
    }
}
impl SoftDelete for Entity {
    const DELETE_OP: Column = Column::DeleteOp;
    const PARENTS: &'static [&'static dyn crate::Parent<Self>] = &[&WIDGET];
}

const NAME_KEY: Unique<Entity> =
    Unique::among_living("gadgets_name_key", &[Column::WorkspaceId, Column::Name]);
const WIDGET: BelongsTo<Entity, super::Entity> = BelongsTo::new(Column::WidgetId);
