//! The migrator behind `sea-orm-cli migrate`, as that program runs it.

use std::process::Command;

use tenantry_migration::roles;

use crate::server::{Database, value};

fn migrate(url: &str, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_tenantry-migration"))
        .args(arguments)
        .env("DATABASE_URL", url)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

#[tokio::test]
async fn the_command_line_migrates_as_usual() {
    let database = Database::prepared().await;
    let url = database.url(roles::MIGRATOR);
    let (done, told) = migrate(&url, &["up", "-n", "1"]);
    assert!(done, "{told}");
    let (done, told) = migrate(&url, &["status"]);
    assert!(
        done && told.contains("Applied") && told.contains("Pending"),
        "{told}"
    );
    let (done, told) = migrate(&url, &["up"]);
    assert!(done, "{told}");
    let (done, told) = migrate(&url, &["status"]);
    assert!(done && !told.contains("Pending"), "{told}");

    let mut migrator = database.connect(roles::MIGRATOR).await;
    let tables = "SELECT count(*)::text FROM pg_tables WHERE schemaname = 'challenges'";
    assert_eq!(value(&mut migrator, tables).await.unwrap(), "3");

    let (done, _told) = migrate(&url, &["fresh"]);
    assert!(!done, "`fresh` would drop everything and is refused");
}
