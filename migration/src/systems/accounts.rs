//! Workspaces, people, and who may do what where.

mod api_keys;
mod events;
mod idempotency;
mod invitations;
mod members;
mod names;
mod people;
mod workspaces;

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager, async_trait, sea_orm::DbErr,
};

use crate::kit::{Kit, Table};

/// The roles of members, the highest first.
const ROLES: [&str; 5] = ["owner", "admin", "manager", "member", "viewer"];

pub(super) struct CreateAccounts;

impl MigrationName for CreateAccounts {
    fn name(&self) -> &'static str {
        "m20260101_000002_accounts"
    }
}

#[expect(
    elided_lifetimes_in_paths,
    reason = "the trait leaves the lifetime out, and its macro wants the same here"
)]
#[async_trait::async_trait]
impl MigrationTrait for CreateAccounts {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kit = Kit::begin(manager).await?;
        kit.create_schema("accounts", "Workspaces, people, and who may do what where.")
            .await?;
        kit.create_table(&workspaces::workspaces()).await?;
        kit.create_directory(&people::users()).await?;
        kit.create_directory(&names::workspace_names()).await?;
        kit.create_table(&members::members()).await?;
        kit.create_table(&invitations::invitations()).await?;
        kit.create_table(&api_keys::api_keys()).await?;
        kit.create_table(&idempotency::idempotency_keys()).await?;
        let functions = [
            events::FUNCTIONS,
            names::FUNCTIONS,
            workspaces::FUNCTIONS,
            members::FUNCTIONS,
            people::FUNCTIONS,
            invitations::FUNCTIONS,
            api_keys::FUNCTIONS,
            idempotency::FUNCTIONS,
        ];
        for function in functions.into_iter().flatten() {
            function.create(&kit, "accounts").await?;
        }
        kit.execute(workspaces::TRIGGERS).await?;
        kit.execute(members::TRIGGERS).await?;
        kit.finish().await
    }
}

/// A table of `accounts` with every convention.
fn table(name: &str, comment: &str) -> Table {
    Table::new("accounts", name, comment)
        .scope("workspace_id", crate::KeyType::Uuid)
        .scope_references("accounts", "workspaces")
        .key("id", crate::KeyType::Uuid)
        .governed()
        .stamped()
}
