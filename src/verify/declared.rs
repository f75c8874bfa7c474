//! What declarations of policies come to on this server.
//!
//! PostgreSQL keeps a policy as a tree and tells it in words of its own, which differ from version to version. So a declaration is
//! made once more, on a temporary table of the same name and columns, and told by the same server; nothing of it stays.

use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, Postgres, Transaction, postgres::types::Oid,
};

use crate::{
    Error, ErrorKind,
    catalog::{Catalog, Policy, Table, policies},
    error::from_statement,
    policy::RowSecurity,
};

/// A declaration, and its policies as this server tells them.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    pub(super) row_security: RowSecurity,
    /// None if the table does not exist or has not the columns.
    pub(super) policies: Option<Vec<Policy>>,
}

/// The columns of a table with their types, as `CREATE TABLE` takes them.
const COLUMNS: &str = "
SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped";

pub(super) async fn read(
    connection: &mut PgConnection,
    catalog: &Catalog,
    declarations: &[RowSecurity],
) -> crate::Result<Vec<Declared>> {
    let mut declared = Vec::with_capacity(declarations.len());
    for row_security in declarations {
        let table = catalog
            .tables
            .iter()
            .find(|table| is_about(row_security, table));
        let policies = match table {
            None => None,
            Some(table) => {
                let mut trial = connection.begin().await.map_err(from_statement)?;
                let policies = made(&mut trial, table, row_security).await;
                trial.rollback().await.map_err(from_statement)?;
                policies?
            }
        };
        declared.push(Declared {
            row_security: row_security.clone(),
            policies,
        });
    }
    Ok(declared)
}

/// Whether a declaration is about this table.
pub(super) fn is_about(row_security: &RowSecurity, table: &Table) -> bool {
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let name = quoted(&table.name);
    row_security.table() == format!("{}.{name}", quoted(&table.schema))
        || (table.schema == "public" && row_security.table() == name)
}

async fn made(
    trial: &mut Transaction<'_, Postgres>,
    table: &Table,
    row_security: &RowSecurity,
) -> crate::Result<Option<Vec<Policy>>> {
    let path: String = sqlx::query_scalar("SELECT current_setting('search_path')")
        .fetch_one(&mut **trial)
        .await
        .map_err(from_statement)?;
    // With no schema in the path, every type is told with its schema.
    search(trial, "").await?;
    let columns: String = sqlx::query_scalar(COLUMNS)
        .bind(&table.schema)
        .bind(&table.name)
        .fetch_one(&mut **trial)
        .await
        .map_err(from_statement)?;
    let name = row_security.table_name();
    execute(trial, format!("CREATE TEMPORARY TABLE {name} ({columns})"))
        .await
        .map_err(|error| match error.kind() {
            ErrorKind::Forbidden => Error::new(
                ErrorKind::Forbidden,
                "policies are compared over temporary tables, which this login may not make here",
            )
            .with_hint("Connect as the runtime role, the owner of the database or a superuser."),
            _ => error,
        })?;
    search(trial, &path).await?;
    for (policy, definition) in row_security.policies() {
        let statement = format!("CREATE POLICY {policy} ON pg_temp.{name} {definition}");
        match execute(trial, statement).await {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Unavailable => return Err(error),
            Err(_) => return Ok(None),
        }
    }
    search(trial, "").await?;
    let temporary: Oid = sqlx::query_scalar("SELECT $1::regclass::oid")
        .bind(format!("pg_temp.{name}"))
        .fetch_one(&mut **trial)
        .await
        .map_err(from_statement)?;
    policies(trial, temporary).await.map(Some)
}

async fn search(trial: &mut PgConnection, path: &str) -> crate::Result<()> {
    sqlx::query("SELECT set_config('search_path', $1, true)")
        .bind(path)
        .execute(trial)
        .await
        .map(drop)
        .map_err(from_statement)
}

async fn execute(trial: &mut PgConnection, statement: String) -> crate::Result<()> {
    sqlx::query(AssertSqlSafe(statement))
        .persistent(false)
        .execute(trial)
        .await
        .map(drop)
        .map_err(from_statement)
}
