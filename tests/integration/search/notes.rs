//! A table of one's own with words, a document and tags.

#![expect(
    unreachable_pub,
    reason = "entities as people write them, in a package that exports nothing"
)]

use tenantry::{Database, Role, TenantContext};
use tenantry_migration::{
    Kernel, KeyType, MigrationTrait, MigratorTrait,
    kit::{Column, Searchable, Table, Tables, Weight},
};
use tenantry_testing::{Everyone, TestDatabase};
use uuid::Uuid;

pub(super) struct Library;

impl MigratorTrait for Library {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let tables = Tables::new("m20260101_000002_library")
            .schema("library", "Notes.")
            .table(notes());
        vec![Box::new(Kernel::new()), Box::new(tables)]
    }
}

pub(super) fn notes() -> Table {
    Table::new("library", "notes", "What people write down.")
        .scope("workspace_id", KeyType::Uuid)
        .column(Column::text("title", "What it is about."))
        .column(Column::jsonb("body", "The note, as a document.").default_text("{}"))
        .column(Column::text_array("tags", "What it belongs to.").default_text("{}"))
        .versioned()
        .soft_delete()
        .index("title", ["title", "id"])
        .searchable(
            Searchable::in_language("english")
                .text("title", Weight::A)
                .document("body", Weight::C),
        )
        .containment("body")
        .containment("tags")
}

pub(super) mod note {
    use sea_orm::entity::prelude::*;
    use tenantry::{Direction, DocumentSearch, Search, Sort, TagSearch};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "library", table_name = "notes")]
    #[scoped(
        sorts(BY_TITLE),
        searches(
            "notes_search",
            "notes_body_containing",
            "notes_tags_containing",
            "notes_tags_overlapping"
        )
    )]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub workspace_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: tenantry::Id<Entity>,
        pub title: String,
        #[sea_orm(column_type = "JsonBinary")]
        pub body: Json,
        pub tags: Vec<String>,
        pub version: tenantry::Version,
        pub deleted_at: Option<DateTimeUtc>,
        pub deleted_by: Option<Uuid>,
        pub delete_op: Option<Uuid>,
    }

    pub const BY_TITLE: Sort<Entity> = Sort::by_index(
        "notes_title_idx",
        &[
            (Column::Title, Direction::Ascending),
            (Column::Id, Direction::Ascending),
        ],
    );
    pub const SEARCH: Search<Entity> = Search::by_function("notes_search", "english");
    pub const BODY_SEARCH: DocumentSearch<Entity> =
        DocumentSearch::by_function(Column::Body, "notes_body_containing");
    pub const TAGS_SEARCH: TagSearch<Entity> = TagSearch::by_functions(
        Column::Tags,
        "notes_tags_containing",
        "notes_tags_overlapping",
    );

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// A library, and contexts in two of its workspaces.
pub(super) async fn library() -> (TestDatabase, Database, TenantContext, TenantContext) {
    let test = TestDatabase::new::<Library>().await.unwrap();
    let everyone = Everyone(Role::from_static("member"));
    let database = Database::builder(test.app_url())
        .connect(everyone)
        .await
        .unwrap();
    let alpha = context(&database, 1).await;
    let beta = context(&database, 2).await;
    (test, database, alpha, beta)
}

pub(super) async fn context(database: &Database, workspace: u128) -> TenantContext {
    let workspace = Uuid::from_u128(workspace).into();
    database
        .authorize(Uuid::now_v7().into(), workspace)
        .await
        .unwrap()
}
