//! Golden files: one folder per case, with the schema and what is generated from it.
//!
//! `TENANTRY_RENEW=1` writes them anew; read the difference before it is committed.

use std::process::Command;

use tenantry_codegen::{Generator, RustType, check, write};

use crate::case;

async fn hold(case: &str, generator: Generator) {
    let files = case::generate(&generator, &case::schema(case))
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let folder = case::folder(case).join("expected");
    if std::env::var_os("TENANTRY_RENEW").is_some() {
        write(&files, &folder).unwrap();
    }
    let differences = check(&files, &folder).unwrap();
    let shown: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert!(
        differences.is_empty(),
        "{}\nrun with TENANTRY_RENEW=1 to accept",
        shown.join("\n")
    );

    let output = Command::new("rustfmt")
        .args(["--check", "--edition", "2024"])
        .args(files.iter().map(|file| folder.join(&file.path)))
        .output()
        .unwrap();
    let (told, failed) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success(),
        "rustfmt would write it otherwise:\n{told}{failed}"
    );
}

fn workspaces() -> Generator {
    Generator::new().scope_column("workspace_id")
}

/// Composite keys, facts, grants, audit, two schemas.
#[tokio::test]
async fn tables_by_the_conventions() {
    let generator = workspaces()
        .schema("accounts")
        .schema("challenges")
        .workspace_table("accounts.workspaces")
        .with_serde();
    hold("conventions", generator).await;
}

/// Checks on text, enum types, enum types of another schema, arrays of them, names that are taken.
#[tokio::test]
async fn closed_vocabularies() {
    hold("vocabularies", workspaces().schema("billing")).await;
}

/// Partitioned tables, one row per workspace, junctions, global tables.
#[tokio::test]
async fn keys_of_all_shapes() {
    let generator = workspaces()
        .schema("metrics")
        .skip_table("metrics.heap")
        .global_table("metrics.templates");
    hold("keys", generator).await;
}

/// Two foreign keys to one table, a table that points at itself, one to one, liveness keys.
#[tokio::test]
async fn relations() {
    hold("relations", workspaces().schema("forum")).await;
}

/// Every type, and names that Rust does not like.
#[tokio::test]
async fn types() {
    let generator = workspaces()
        .schema("warehouse")
        .column_type("warehouse.samples.shelf_life", RustType::text("interval"))
        .type_override("pg_catalog.int4range", RustType::text("int4range"))
        .skip_column("warehouse.samples.place");
    hold("types", generator).await;
}

/// Columns that the application encrypts, and by which rows are found that hold a value.
#[tokio::test]
async fn encrypted_columns() {
    hold("encrypted", workspaces().schema("creators").with_serde()).await;
}

/// Another name and another type of the workspace column; keys that the database counts.
#[tokio::test]
async fn accounts_by_number() {
    let generator = Generator::new()
        .schema("shop")
        .scope_column("account_id")
        .workspace_table("shop.accounts");
    hold("account_bigint", generator).await;
}

/// Keys that callers make.
#[tokio::test]
async fn text_keys() {
    hold(
        "text_keys",
        Generator::new()
            .schema("depot")
            .scope_column("org")
            .workspace_table("depot.orgs"),
    )
    .await;
}

/// Keys of one column, as an application had them before it knew of us.
#[tokio::test]
async fn legacy_keys() {
    let generator = Generator::new()
        .schema("crm")
        .scope_column("tenant_id")
        .workspace_table("crm.tenants")
        .singular("crm.tenants", "tenant");
    hold("legacy", generator).await;
}

/// What a person's wall says is theirs, and what the catalogue is granted.
#[tokio::test]
async fn scopes_beside_the_workspace() {
    hold("scopes", workspaces().schema("press")).await;
}
