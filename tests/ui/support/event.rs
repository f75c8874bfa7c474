//! A table of a workspace that is only appended to: no version, no soft delete.

#![allow(dead_code, reason = "no theorem asks for all of it")]

use sea_orm::{Set, entity::prelude::*};
use tenantry::{Field, Id, Keyed, NewRow, Scoped};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Id<Entity>,
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

    fn id_of(row: &Model) -> Id<Self> {
        row.id
    }
}

pub const AMOUNT: Field<Entity, Decimal> = Field::new(Column::Amount);

pub struct New {
    pub amount: Decimal,
}

impl NewRow<Entity> for New {
    fn into_active_model(self) -> ActiveModel {
        ActiveModel {
            amount: Set(self.amount),
            ..Default::default()
        }
    }
}
