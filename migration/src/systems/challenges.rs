//! Challenges, what members submit to them, and who judges.

use sea_orm_migration::{
    MigrationName, MigrationTrait, SchemaManager, async_trait, sea_orm::DbErr,
};

use crate::{
    KeyType,
    kit::{Column, Kit, Purge, Searchable, Table, Weight},
};

pub(super) struct CreateChallenges;

impl MigrationName for CreateChallenges {
    fn name(&self) -> &'static str {
        "m20260101_000003_challenges"
    }
}

#[expect(
    elided_lifetimes_in_paths,
    reason = "the trait leaves the lifetime out, and its macro wants the same here"
)]
#[async_trait::async_trait]
impl MigrationTrait for CreateChallenges {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kit = Kit::begin(manager).await?;
        kit.create_schema(
            "challenges",
            "Challenges, what members submit to them, and who judges.",
        )
        .await?;
        kit.create_table(&challenges()).await?;
        kit.create_table(&submissions()).await?;
        kit.create_table(&judges()).await?;
        kit.finish().await
    }
}

/// What was deleted can come back for so long.
const RETENTION: std::time::Duration = std::time::Duration::from_secs(30 * 24 * 60 * 60);

fn table(name: &str, comment: &str) -> Table {
    Table::new("challenges", name, comment)
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

fn challenges() -> Table {
    table(
        "challenges",
        "A challenge that members of a workspace work on.",
    )
    .column(Column::text("title", "What people see in lists.").max_length(255))
    .column(Column::jsonb("description", "What is to be done, as a document.").default_text("{}"))
    .column(
        Column::text("status", "Where it stands in its life.")
            .one_of([
                "draft",
                "published",
                "active",
                "judging",
                "completed",
                "cancelled",
            ])
            .default_text("draft"),
    )
    .column(
        Column::smallint(
            "status_rank",
            "The place of the status in a challenge's life, since text sorts by letters.",
        )
        .generated(
            "CASE \"status\" WHEN 'draft' THEN 1 WHEN 'published' THEN 2 WHEN 'active' THEN 3 \
             WHEN 'judging' THEN 4 WHEN 'completed' THEN 5 ELSE 6 END",
        ),
    )
    .column(Column::timestamptz("starts_at", "When work may begin.").nullable())
    .column(Column::timestamptz("ends_at", "When work must be handed in.").nullable())
    .check("starts_before_ends", "\"starts_at\" < \"ends_at\"")
    .unique_live(["title"])
    .liveness_key()
    .index("newest", ["created_at DESC", "id DESC"])
    .index("status", ["status", "created_at DESC", "id DESC"])
    .index("life_cycle", ["status_rank", "created_at DESC", "id DESC"])
    .index("period", ["starts_at", "ends_at"])
    .index_published(
        "published",
        ["created_at DESC", "id DESC", "workspace_id DESC"],
        "\"status\" IN ('published', 'active', 'judging', 'completed')",
    )
    .searchable(
        Searchable::in_language("english")
            .text("title", Weight::A)
            .text_at("description", ["content"], Weight::B)
            .document("description", Weight::D),
    )
}

fn submissions() -> Table {
    table("submissions", "What a member hands in for a challenge.")
        .column(Column::uuid("challenge_id", "The challenge.").immutable())
        .column(Column::uuid("user_id", "The member who hands in.").immutable())
        .column(Column::jsonb("content", "The work, as a document.").default_text("{}"))
        .column(
            Column::text("status", "How far it is.")
                .one_of(["draft", "submitted", "judged", "withdrawn"])
                .default_text("draft"),
        )
        .column(Column::integer("score", "What the judges gave, from 0 to 100.").nullable())
        .check("score_range", "\"score\" BETWEEN 0 AND 100")
        .unique_live(["challenge_id", "user_id"])
        .index("newest", ["challenge_id", "created_at DESC", "id DESC"])
        .index(
            "status",
            ["challenge_id", "status", "created_at DESC", "id DESC"],
        )
        .index("score", ["challenge_id", "score DESC", "id DESC"])
        .index_across(
            "mine",
            ["user_id", "created_at DESC", "id DESC", "workspace_id DESC"],
        )
        .references("challenge_id", "challenges", "challenges")
        .never_outlives_parent()
        .references_column("user_id", "accounts", "members", "user_id")
}

fn judges() -> Table {
    table("judges", "A member who judges a challenge.")
        .column(Column::uuid("challenge_id", "The challenge.").immutable())
        .column(Column::uuid("user_id", "The member who judges.").immutable())
        .unique_live(["challenge_id", "user_id"])
        .references("challenge_id", "challenges", "challenges")
        .deleted_with_parent()
        .references_column("user_id", "accounts", "members", "user_id")
}
