//! Writing and checking.

use std::{fs, path::PathBuf};

use tenantry_codegen::{Difference, Generator, check, write};

use crate::case;

const SCHEMA: &str = "CREATE SCHEMA shop; CREATE TABLE shop.boxes (id uuid PRIMARY KEY);";

#[tokio::test]
async fn check_names_each_file_that_differs() {
    let folder = std::env::temp_dir().join(format!("tenantry-codegen-{}", std::process::id()));
    let generator = Generator::new().schema("shop");
    let (boxes, shop) = (PathBuf::from("shop/box.rs"), PathBuf::from("shop.rs"));
    let files = case::generate(&generator, SCHEMA).await.unwrap();

    let missing = check(&files, &folder).unwrap();
    assert_eq!(
        missing,
        [
            Difference::Missing(boxes.clone()),
            Difference::Missing(shop)
        ]
    );

    write(&files, &folder).unwrap();
    assert_eq!(check(&files, &folder).unwrap(), []);

    let text = fs::read_to_string(folder.join(&boxes)).unwrap();
    fs::write(
        folder.join(&boxes),
        text.replacen("use sea_orm", "use  sea_orm", 1),
    )
    .unwrap();
    fs::write(
        folder.join("shop/crate_by_hand.rs"),
        "//! Written by hand.\n",
    )
    .unwrap();
    fs::copy(folder.join("shop.rs"), folder.join("shop/gone.rs")).unwrap();
    let differences = check(&files, &folder).unwrap();
    assert_eq!(
        differences,
        [
            Difference::Changed(boxes, 5),
            Difference::Left("shop/gone.rs".into())
        ]
    );

    write(&files, &folder).unwrap();
    assert_eq!(check(&files, &folder).unwrap(), []);
    assert!(folder.join("shop/crate_by_hand.rs").exists());
    assert!(!folder.join("shop/gone.rs").exists());
    fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn the_same_catalogue_gives_the_same_bytes() {
    let generator = Generator::new()
        .schema("accounts")
        .schema("challenges")
        .scope_column("workspace_id")
        .workspace_table("accounts.workspaces");
    let schema = case::schema("conventions");
    let one = case::generate(&generator, &schema).await.unwrap();
    // Other oids, other order of creation of what hangs on the tables.
    let other = case::generate(
        &generator,
        &format!("CREATE TABLE noise (id int); {schema}"),
    )
    .await
    .unwrap();
    assert_eq!(one, other);
}

#[tokio::test]
async fn a_build_tool_needs_only_a_url() {
    let database = tenantry_testing::TestDatabase::empty().await.unwrap();
    tenantry_testing::sqlx::raw_sql(SCHEMA)
        .execute(&database.admin())
        .await
        .unwrap();
    let generator = Generator::new().schema("shop");
    let files = generator
        .generate_from_url(database.migrator_url())
        .unwrap();
    assert_eq!(files, case::generate(&generator, SCHEMA).await.unwrap());
    let error = generator
        .generate_from_url("postgres://nobody@127.0.0.1:1/none")
        .unwrap_err();
    assert_eq!(error.to_string(), "the catalogue cannot be read");
}
