//! A table of a workspace that is only appended to: no version, no soft delete.

use sea_orm::entity::prelude::*;
use tenantry::{Field, Keyed, Scoped};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: tenantry::Id<Entity>,
    pub amount: Decimal,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Keyed for Entity {
    type Key = Uuid;
}

impl Scoped for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
    const ID: Column = Column::Id;

    fn id_of(row: &Model) -> tenantry::Id<Self> {
        row.id
    }
}

#[allow(dead_code, reason = "not every theorem asks for it")]
pub const AMOUNT: Field<Entity, Decimal> = Field::new(Column::Amount);
