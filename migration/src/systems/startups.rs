//! What a startup says of itself.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager, async_trait, sea_orm::DbErr,
};

use crate::{
    KeyType,
    kit::{Column, Kit, Purge, Searchable, Table, Weight},
};

pub(super) struct CreateStartups;

impl MigrationName for CreateStartups {
    fn name(&self) -> &'static str {
        "m20260101_000010_startups"
    }
}

#[expect(
    elided_lifetimes_in_paths,
    reason = "the trait leaves the lifetime out, and its macro wants the same here"
)]
#[async_trait::async_trait]
impl MigrationTrait for CreateStartups {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kit = Kit::begin(manager).await?;
        kit.create_schema("startups", "What a startup says of itself.")
            .await?;
        kit.create_table(&startups()).await?;
        kit.finish().await
    }
}

/// What was deleted can come back for so long.
const RETENTION: std::time::Duration = std::time::Duration::from_secs(30 * 24 * 60 * 60);

fn table(name: &str, comment: &str) -> Table {
    Table::new("startups", name, comment)
        .scope("workspace_id", KeyType::Uuid)
        .scope_references("accounts", "workspaces")
        .key("id", KeyType::Uuid)
        .stamped()
        .versioned()
        .soft_delete()
        .audited()
        .governed()
        .purged_by(Purge::after(RETENTION))
}

fn startups() -> Table {
    table(
        "startups",
        "The startup that a workspace is: one lives at a time.",
    )
    .column(Column::text("name", "What it is called.").max_length(255))
    .column(
        Column::text("industry", "What it is about.")
            .nullable()
            .max_length(100),
    )
    .column(
        Column::text("stage", "How far it is.")
            .one_of(["idea", "pre_seed", "seed", "series_a", "growth"])
            .default_text("idea"),
    )
    .column(Column::date("founded_on", "When it was founded.").nullable())
    .column(Column::integer("team_size", "How many people work in it.").nullable())
    .check("team_size_range", "\"team_size\" > 0")
    .unique_live([] as [&str; 0])
    .searchable(
        Searchable::in_language("english")
            .text("name", Weight::A)
            .text("industry", Weight::B),
    )
}
