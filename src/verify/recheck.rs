//! Checks foreign keys row by row, since the catalogue believes whatever it was told.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::{
    Error, ErrorKind,
    catalog::{Catalog, ForeignKey, Table},
    error::from_statement,
};

use super::{
    Findings, Report, Rule,
    names::{identifier, path},
};

/// Looks at every row of every foreign key.
pub(super) async fn run(connection: &mut PgConnection, catalog: &Catalog) -> crate::Result<Report> {
    let mut transaction = connection.begin().await.map_err(from_statement)?;
    // Whatever would be filtered raises instead.
    execute(&mut transaction, "SET LOCAL row_security = off").await?;
    let keys: Vec<(&Table, &ForeignKey)> = catalog
        .tables
        .iter()
        .flat_map(|table| table.foreign_keys.iter().map(move |key| (table, key)))
        .collect();
    for (table, key) in &keys {
        must_see(&mut transaction, &table.schema, &table.name).await?;
        must_see(&mut transaction, &key.target_schema, &key.target_table).await?;
    }
    let mut findings = Findings::default();
    for (table, key) in keys {
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(anti_join(table, key)))
            .persistent(false)
            .fetch_one(&mut *transaction)
            .await
            .map_err(from_statement)?;
        if count > 0 {
            let (from, name) = (path(table), identifier(&key.name));
            findings.error(
                Rule::DanglingRows,
                format!("{from}.{name}"),
                format!("foreign key \"{}\" has rows without a target: {count}", key.name),
                format!("Repair the rows, then kit.as_owner: ALTER TABLE {from} VALIDATE CONSTRAINT {name}; after adding it again NOT VALID."),
            );
        }
    }
    transaction.rollback().await.map_err(from_statement)?;
    Ok(findings.into_report())
}

async fn execute(connection: &mut PgConnection, sql: &'static str) -> crate::Result<()> {
    sqlx::query(sql)
        .execute(connection)
        .await
        .map(drop)
        .map_err(from_statement)
}

/// Refuses where row security would hide rows, or nothing may be read.
async fn must_see(connection: &mut PgConnection, schema: &str, table: &str) -> crate::Result<()> {
    let name = format!("{}.{}", quoted(schema), quoted(table));
    let (hidden, readable): (bool, bool) = sqlx::query_as(
        "SELECT pg_catalog.row_security_active($1::regclass::oid), pg_catalog.has_table_privilege($1::regclass::oid, 'SELECT')",
    )
    .bind(&name)
    .persistent(false)
    .fetch_one(connection)
    .await
    .map_err(from_statement)?;
    if hidden {
        return Err(Error::new(
            ErrorKind::Forbidden,
            format!("row security hides rows of {name} from this role"),
        )
        .with_hint("Connect as a superuser, or work as the owner with NO FORCE ROW LEVEL SECURITY on the tables, as the kit's as_owner does."));
    }
    if !readable {
        return Err(Error::new(
            ErrorKind::Forbidden,
            format!("this role may not read {name}"),
        )
        .with_hint("Connect as the owner of the tables, or as a superuser."));
    }
    Ok(())
}

/// Counts the rows that have a whole key and no target.
fn anti_join(table: &Table, key: &ForeignKey) -> String {
    let source = format!("{}.{}", quoted(&table.schema), quoted(&table.name));
    let target = format!(
        "{}.{}",
        quoted(&key.target_schema),
        quoted(&key.target_table)
    );
    let join = |word: &str, parts: Vec<String>| parts.join(word);
    // A key with a null in it points nowhere; with MATCH FULL only if it is null altogether.
    let present = join(
        if key.match_full { " OR " } else { " AND " },
        key.columns
            .iter()
            .map(|column| format!("s.{} IS NOT NULL", quoted(column)))
            .collect(),
    );
    let equal = join(
        " AND ",
        key.columns
            .iter()
            .zip(&key.target_columns)
            .map(|(column, target)| format!("t.{} = s.{}", quoted(target), quoted(column)))
            .collect(),
    );
    format!(
        "SELECT pg_catalog.count(*) FROM {source} AS s WHERE ({present}) AND NOT EXISTS (SELECT FROM {target} AS t WHERE {equal})"
    )
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
