//! Whatever the kit can make passes the rules, whatever the names and types.

use sqlx::{Connection as _, PgConnection};
use tenantry::verify::{Rule, Severity, Verifier};
use tenantry_migration::{
    Kernel, KeyType, MigrationTrait, MigratorTrait,
    kit::{Column, Directory, Kit, Table},
    sea_orm_migration::{MigrationName, SchemaManager, async_trait, sea_orm::DbErr},
};
use tenantry_testing::TestDatabase;

struct Numbered;

impl MigratorTrait for Numbered {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let kernel = Kernel::new()
            .workspace_key(KeyType::BigInt)
            .actor_key(KeyType::Text);
        vec![Box::new(kernel), Box::new(Create)]
    }
}

struct Create;

impl MigrationName for Create {
    fn name(&self) -> &'static str {
        "m20260101_000002_create"
    }
}

#[expect(
    elided_lifetimes_in_paths,
    reason = "the trait leaves the lifetime out, and its macro wants the same here"
)]
#[async_trait::async_trait]
impl MigrationTrait for Create {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kit = Kit::begin(manager).await?;
        kit.create_schema("shop", "What is sold.").await?;
        let accounts = Table::new("shop", "accounts", "A tenant.")
            .scope_is_id()
            .key("id", KeyType::BigInt)
            .stamped()
            .versioned()
            .soft_delete()
            .audited();
        let articles = Table::new("shop", "articles", "What an account sells.")
            .scope("account_id", KeyType::BigInt)
            .scope_references("shop", "accounts")
            .key("number", KeyType::Integer)
            .column(Column::money("price", "What it costs."))
            .column(Column::text("secret", "What nobody sees.").hidden())
            .column(Column::integer("parent", "The article it is part of.").nullable())
            .references_column("parent", "shop", "articles", "number")
            .versioned()
            .audited();
        let notes = Table::new("shop", "notes", "What a team writes down.")
            .scope("team", KeyType::Text)
            .legacy_key("id", KeyType::Uuid)
            .column(Column::text("title", "What people see in lists."))
            .unique(["title"])
            .index("newest", ["title DESC", "id DESC"]);
        for table in [accounts, articles, notes] {
            kit.create_table(&table).await?;
        }
        let people = Directory::new("shop", "people", "Who buys, wherever.")
            .id(KeyType::BigInt, "The person.")
            .column(Column::text("email", "The address."))
            .column(Column::bigint("account_id", "Where they came from."))
            .unique(["email"])
            .identity_reads(["id", "email"])
            .identity_inserts(["email", "account_id"])
            .identity_updates(["email"]);
        kit.create_directory(&people).await?;
        kit.finish().await
    }
}

#[tokio::test]
async fn what_the_kit_makes_passes_but_for_the_legacy_key() {
    let database = TestDatabase::new::<Numbered>().await.unwrap();
    let mut connection = PgConnection::connect(database.reader_url()).await.unwrap();
    let verifier = Verifier::new()
        .schemas(["shop"])
        .scope_columns(["account_id", "team"]);
    for verifier in [verifier, Verifier::new()] {
        let report = super::verified(&verifier, &mut connection).await;
        assert_eq!(super::rules(&report), [Rule::PrimaryKey], "{report}");
        assert_eq!(report.findings[0].object, "shop.notes.notes_pkey");
        assert_eq!(report.count(Severity::Warning), 1);
        assert!(!report.is_clean());
    }
}
