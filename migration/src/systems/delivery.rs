//! What leaves workspaces, for e-mail, webhooks and whoever else wants to know; and what reaches them.

mod inbox;
mod outbox;
mod relay;

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager, async_trait, sea_orm::DbErr,
};

use crate::kit::Kit;

pub(super) struct CreateDelivery;

impl MigrationName for CreateDelivery {
    fn name(&self) -> &'static str {
        "m20260101_000011_delivery"
    }
}

#[expect(
    elided_lifetimes_in_paths,
    reason = "the trait leaves the lifetime out, and its macro wants the same here"
)]
#[async_trait::async_trait]
impl MigrationTrait for CreateDelivery {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kit = Kit::begin(manager).await?;
        kit.create_schema("delivery", "What leaves workspaces, and what reaches them.")
            .await?;
        kit.execute("GRANT USAGE ON SCHEMA delivery TO tenantry_delivery, tenantry_relay;")
            .await?;
        kit.create_table(&outbox::outbox()).await?;
        kit.create_directory(&outbox::outbox_streams()).await?;
        kit.create_table(&inbox::webhook_inbox()).await?;
        kit.create_directory(&inbox::connected_accounts()).await?;
        let functions = [outbox::FUNCTIONS, relay::FUNCTIONS, inbox::FUNCTIONS];
        for function in functions.into_iter().flatten() {
            function.create(&kit, "delivery").await?;
        }
        kit.execute(outbox::TRIGGERS).await?;
        kit.finish().await
    }
}
