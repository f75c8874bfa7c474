//! The entities of the systems in this repository are what their migrations say.
//!
//! `TENANTRY_RENEW=1` writes them anew.

use std::path::Path;

use sea_orm_migration::{MigrationTrait, MigratorTrait};
use tenantry_codegen::{Generator, check, write};
use tenantry_migration::{Kernel, systems};
use tenantry_testing::TestDatabase;

struct Systems;

impl MigratorTrait for Systems {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let mut migrations: Vec<Box<dyn MigrationTrait>> = vec![Box::new(Kernel::default())];
        migrations.extend(systems::accounts());
        migrations.extend(systems::challenges());
        migrations
    }
}

#[tokio::test]
async fn entities_are_up_to_date() {
    let database = TestDatabase::new::<Systems>().await.unwrap();
    let mut connection = database.admin().acquire().await.unwrap();
    let generator = Generator::new()
        .schema("accounts")
        .schema("challenges")
        .scope_column("workspace_id")
        .workspace_table("accounts.workspaces")
        .global_table("accounts.workspace_names")
        .with_serde();
    let files = generator
        .generate_from(&mut connection)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../entities/src");
    if std::env::var_os("TENANTRY_RENEW").is_some() {
        write(&files, &folder).unwrap();
    }
    let differences = check(&files, &folder).unwrap();
    let shown: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert!(
        differences.is_empty(),
        "{}\nrun `cargo xtask codegen` to write them anew",
        shown.join("\n")
    );
}
