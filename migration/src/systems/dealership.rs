//! The dealerships of a group.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager, async_trait, sea_orm::DbErr,
};

use crate::{
    KeyType,
    kit::{Column, Kit, Table},
};

pub(super) struct CreateDealership;

impl MigrationName for CreateDealership {
    fn name(&self) -> &'static str {
        "m20260101_000004_dealership"
    }
}

#[expect(
    elided_lifetimes_in_paths,
    reason = "the trait leaves the lifetime out, and its macro wants the same here"
)]
#[async_trait::async_trait]
impl MigrationTrait for CreateDealership {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kit = Kit::begin(manager).await?;
        kit.create_schema("dealership", "The dealerships of a group.")
            .await?;
        kit.create_table(&dealerships()).await?;
        kit.finish().await
    }
}

fn table(name: &str, comment: &str) -> Table {
    Table::new("dealership", name, comment)
        .scope("workspace_id", KeyType::Uuid)
        .scope_references("accounts", "workspaces")
        .key("id", KeyType::Uuid)
        .stamped()
        .versioned()
        .soft_delete()
        .audited()
        .governed()
}

/// Never purged, and a code is never given again: order numbers begin with it.
fn dealerships() -> Table {
    table("dealerships", "A dealership of the group.")
        .column(
            Column::text(
                "code",
                "What its order numbers begin with; nobody else in the group ever has it.",
            )
            .max_length(50)
            .immutable(),
        )
        .column(Column::text("name", "What people call it.").max_length(255))
        .column(Column::jsonb("address", "Where it is, as a document.").nullable())
        .column(Column::jsonb("settings", "What the application keeps for it.").default_text("{}"))
        .check("code_form", "\"code\" ~ '^[A-Z0-9]+$'")
        .unique(["code"])
        .liveness_key()
        .index("name", ["name", "id"])
}
