//! Pitch decks: their slides, who works on them, what was said of them, and all that they ever were.

mod collaboration;
mod content;
mod history;

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager, async_trait, sea_orm::DbErr,
};

use crate::{
    KeyType,
    kit::{Kit, Table},
    roles::IDENTITY,
};

pub(super) struct CreateDecks;

impl MigrationName for CreateDecks {
    fn name(&self) -> &'static str {
        "m20260101_000009_decks"
    }
}

#[expect(
    elided_lifetimes_in_paths,
    reason = "the trait leaves the lifetime out, and its macro wants the same here"
)]
#[async_trait::async_trait]
impl MigrationTrait for CreateDecks {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kit = Kit::begin(manager).await?;
        kit.create_schema(
            "decks",
            "Pitch decks, who works on them, and all that they ever were.",
        )
        .await?;
        for table in [
            content::decks(),
            content::slides(),
            content::templates(),
            history::deck_events(),
            history::deck_versions(),
            collaboration::collaborators(),
            collaboration::comments(),
            collaboration::exports(),
            collaboration::views(),
        ] {
            kit.create_table(&table).await?;
        }
        history::create(&kit).await?;
        let (signature, definition, about, callers) = collaboration::STANDING;
        kit.create_function(IDENTITY, "decks", signature, definition, about, &callers)
            .await?;
        kit.finish().await
    }
}

/// What is worked on: stamped, versioned, deleted softly.
fn table(name: &str, comment: &str) -> Table {
    log(name, comment)
        .stamped()
        .versioned()
        .soft_delete()
        .audited()
}

/// What has happened.
fn log(name: &str, comment: &str) -> Table {
    Table::new("decks", name, comment)
        .scope("workspace_id", KeyType::Uuid)
        .scope_references("accounts", "workspaces")
        .key("id", KeyType::Uuid)
        .governed()
}
