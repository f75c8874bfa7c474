//! A desk whose tickets have numbers, and a wiki whose pages have names.

#![expect(
    unreachable_pub,
    reason = "entities as people write them, in a package that exports nothing"
)]

use tenantry_migration::{
    Kernel, KeyType, MigrationTrait, MigratorTrait,
    kit::{Column, Searchable, Table, Tables, Weight},
};

pub(super) struct Desk;

impl MigratorTrait for Desk {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let tickets = Table::new("desk", "tickets", "What people ask for.")
            .scope("account", KeyType::BigInt)
            .key("number", KeyType::BigInt);
        searched("desk", tickets, KeyType::BigInt)
    }
}

pub(super) struct Wiki;

impl MigratorTrait for Wiki {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let pages = Table::new("wiki", "pages", "What people know.")
            .scope("org", KeyType::Text)
            .key("slug", KeyType::Text);
        searched("wiki", pages, KeyType::Text)
    }
}

/// The kernel for keys of a type, and a table with a document and tags.
fn searched(schema: &'static str, table: Table, key: KeyType) -> Vec<Box<dyn MigrationTrait>> {
    let table = table
        .column(Column::jsonb("body", "What it says, as a document.").default_text("{}"))
        .column(Column::text_array("tags", "What it belongs to.").default_text("{}"))
        .versioned()
        .searchable(Searchable::in_language("english").document("body", Weight::A))
        .containment("body")
        .containment("tags");
    let tables = Tables::new("m20260101_000002_searched")
        .schema(schema, "What is searched.")
        .table(table);
    let kernel = Kernel::new().workspace_key(key).actor_key(key);
    vec![Box::new(kernel), Box::new(tables)]
}

pub(super) mod ticket {
    use sea_orm::entity::prelude::*;
    use tenantry::{DocumentSearch, Search, TagSearch};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "desk", table_name = "tickets")]
    #[scoped(
        workspace = "account",
        id = "number",
        key = "i64",
        searches(
            "tickets_search",
            "tickets_body_containing",
            "tickets_tags_containing",
            "tickets_tags_overlapping"
        )
    )]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub number: tenantry::Id<Entity>,
        #[sea_orm(column_type = "JsonBinary")]
        pub body: Json,
        pub tags: Vec<String>,
        pub version: tenantry::Version,
    }

    pub const SEARCH: Search<Entity> = Search::by_function("tickets_search", "english");
    pub const BODY_SEARCH: DocumentSearch<Entity> =
        DocumentSearch::by_function(Column::Body, "tickets_body_containing");
    pub const TAGS_SEARCH: TagSearch<Entity> = TagSearch::by_functions(
        Column::Tags,
        "tickets_tags_containing",
        "tickets_tags_overlapping",
    );

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(super) mod page {
    use sea_orm::entity::prelude::*;
    use tenantry::{DocumentSearch, Search, TagSearch};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "wiki", table_name = "pages")]
    #[scoped(
        workspace = "org",
        id = "slug",
        searches(
            "pages_search",
            "pages_body_containing",
            "pages_tags_containing",
            "pages_tags_overlapping"
        )
    )]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub org: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub slug: String,
        #[sea_orm(column_type = "JsonBinary")]
        pub body: Json,
        pub tags: Vec<String>,
        pub version: tenantry::Version,
    }

    pub const SEARCH: Search<Entity> = Search::by_function("pages_search", "english");
    pub const BODY_SEARCH: DocumentSearch<Entity> =
        DocumentSearch::by_function(Column::Body, "pages_body_containing");
    pub const TAGS_SEARCH: TagSearch<Entity> = TagSearch::by_functions(
        Column::Tags,
        "pages_tags_containing",
        "pages_tags_overlapping",
    );

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
