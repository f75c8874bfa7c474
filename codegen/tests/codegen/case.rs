//! A schema in a database of its own, and what is generated from it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tenantry::catalog::Catalog;
use tenantry_codegen::{GenerateError, GeneratedFile, Generator};
use tenantry_testing::{TestDatabase, sqlx};

/// The folder of a golden case.
pub(crate) fn folder(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(case)
}

/// The schema of a golden case.
pub(crate) fn schema(case: &str) -> String {
    fs::read_to_string(folder(case).join("schema.sql")).unwrap()
}

/// Reads the catalogue of a database in which these statements were run.
pub(crate) async fn catalog(statements: &str, schemas: &[&str]) -> Catalog {
    let database = TestDatabase::empty().await.unwrap();
    let mut connection = database.admin().acquire().await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(statements.to_owned()))
        .execute(&mut *connection)
        .await
        .unwrap();
    Catalog::read(&mut connection, schemas).await.unwrap()
}

/// Generates from a database in which these statements were run.
pub(crate) async fn generate(
    generator: &Generator,
    statements: &str,
) -> Result<Vec<GeneratedFile>, GenerateError> {
    generator.generate(&catalog(statements, &generator.schemas_to_read()).await)
}
