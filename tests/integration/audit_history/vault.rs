//! A table with a secret, which the log never tells, and columns that come and go.

#![expect(
    unreachable_pub,
    reason = "entities as people write them, in a package that exports nothing"
)]

use sea_orm::Set;
use tenantry::{Database, ErrorKind, Role};
use tenantry_migration::{
    Kernel, KeyType, MigrationTrait, MigratorTrait,
    kit::{Column, Table, Tables},
};
use tenantry_testing::{Everyone, TestDatabase};
use uuid::Uuid;

struct Vault;

impl MigratorTrait for Vault {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let keys = Table::new("vault", "keys", "What opens a door.")
            .scope("workspace_id", KeyType::Uuid)
            .column(Column::text("door", "Which door."))
            .column(Column::text("secret", "What opens it.").sensitive())
            .column(Column::text("note", "What else.").nullable())
            .column(Column::text("tag", "What the entity leaves out.").default_text("brass"))
            .stamped()
            .versioned()
            .audited();
        let tables = Tables::new("m20260101_000002_vault")
            .schema("vault", "Keys.")
            .table(keys);
        let kernel = Kernel::new().audit_readers(["owner"]);
        vec![Box::new(kernel), Box::new(tables)]
    }
}

mod key {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, tenantry::Scoped)]
    #[sea_orm(schema_name = "vault", table_name = "keys")]
    #[scoped(audited)]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub workspace_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: tenantry::Id<Entity>,
        pub door: String,
        pub secret: String,
        pub note: Option<String>,
        pub created_at: DateTimeUtc,
        pub created_by: Option<Uuid>,
        pub updated_at: DateTimeUtc,
        pub updated_by: Option<Uuid>,
        pub version: tenantry::Version,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

#[tokio::test]
async fn a_secret_is_in_no_history_and_what_it_was_is_refused_by_name() {
    let test = TestDatabase::new::<Vault>().await.unwrap();
    let everyone = Everyone(Role::from_static("owner"));
    let database = Database::builder(test.app_url())
        .connect(everyone)
        .await
        .unwrap();
    let workspace = Uuid::from_u128(1).into();
    let context = database
        .authorize(Uuid::now_v7().into(), workspace)
        .await
        .unwrap();

    let session = database.begin(&context).await.unwrap();
    let keys = session.rows(key::Entity);
    let new = key::New {
        door: "cellar".into(),
        secret: "hunter1".into(),
    };
    let first = keys.insert(new).await.unwrap();
    let change = key::Update {
        secret: Set("hunter2".into()),
        ..Default::default()
    };
    let second = keys.update(&first, change).await.unwrap();
    let change = key::Update {
        door: Set("attic".into()),
        ..Default::default()
    };
    let third = keys.update(&second, change).await.unwrap();
    session.commit().await.unwrap();

    let session = database.begin(&context).await.unwrap();
    let keys = session.rows(key::Entity);
    assert_eq!(keys.as_of(first.id, third.version).await.unwrap(), third);
    // Unchanged since, so the row itself says it.
    assert_eq!(keys.as_of(first.id, second.version).await.unwrap(), second);
    let refused = keys.as_of(first.id, first.version).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    assert!(refused.fields().eq(["secret"]));
    let image = keys.image_of(first.id, first.version).await.unwrap();
    assert_eq!(image.redacted, ["secret"]);
    assert_eq!(image.fields["door"], "cellar");
    let history = keys.history(first.id).page().await.unwrap().items;
    assert_eq!(history.len(), 3);
    assert_eq!(history[1].changes[0].field, "secret");
    for told in [
        format!("{history:?}"),
        format!("{image:?}"),
        format!("{refused:?}"),
    ] {
        assert!(!told.contains("hunter"), "{told}");
    }
    drop(session);

    // Purged, and a column was dropped since, of which only the log knows.
    let purge = "DELETE FROM vault.keys; ALTER TABLE vault.keys DROP COLUMN tag";
    sqlx::raw_sql(purge).execute(&test.admin()).await.unwrap();
    let session = database.begin(&context).await.unwrap();
    let keys = session.rows(key::Entity);
    let refused = keys.as_of(first.id, third.version).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Invalid);
    assert!(refused.fields().eq(["secret", "tag"]));
    let image = keys.image_of(first.id, third.version).await.unwrap();
    assert_eq!(image.unknown, ["tag"]);
    assert_eq!(image.fields["tag"], "brass");
    assert_eq!(image.fields["secret"], "[redacted]");
}
