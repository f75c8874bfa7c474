//! The queries, and how their answers come together.
//!
//! Each query answers with one JSON array of objects in the shape of the model, so that there is one place that knows the
//! names of fields. What belongs to a table carries its oid as `table`.

use std::collections::HashMap;

use serde::{Deserialize, de::DeserializeOwned};
use sqlx::{AssertSqlSafe, Connection as _, Error, PgConnection, postgres::types::Oid};

use super::{
    Catalog, Check, Column, Grant, Index, Partition, Policy, Role, Schema, Table, Unique,
    vocabulary,
};

mod access;
mod column_types;
mod constraints;
mod relations;

/// Something that belongs to a table.
#[derive(Deserialize)]
struct Of<T> {
    table: u32,
    #[serde(flatten)]
    item: T,
}

/// A table with its oid; what hangs on it is still missing.
#[derive(Deserialize)]
struct Found {
    oid: u32,
    #[serde(flatten)]
    table: Table,
}

/// A partition with its own oid and that of the outermost table.
#[derive(Deserialize)]
struct FoundPartition {
    oid: u32,
    table: u32,
    #[serde(flatten)]
    partition: Partition,
}

pub(super) async fn read(
    connection: &mut PgConnection,
    schemas: &[&str],
) -> Result<Catalog, Error> {
    let mut transaction = connection.begin().await?;
    // With no schema in the path, every name in an expression is told with its schema.
    sqlx::query("SET LOCAL search_path = ''")
        .execute(&mut *transaction)
        .await?;
    let catalog = read_all(&mut transaction, schemas).await;
    transaction.rollback().await?;
    catalog
}

/// The policies of one table, by name.
pub(super) async fn policies(
    connection: &mut PgConnection,
    table: Oid,
) -> Result<Vec<Policy>, Error> {
    let mut policies = of(connection, access::POLICIES, &[table]).await?;
    Ok(take(&mut policies, table.0))
}

async fn read_all(connection: &mut PgConnection, schemas: &[&str]) -> Result<Catalog, Error> {
    let schemas: Vec<String> = schemas.iter().map(|&schema| schema.to_owned()).collect();
    let found: Vec<Found> = rows(connection, relations::TABLES, &schemas).await?;
    let oids: Vec<Oid> = found.iter().map(|found| Oid(found.oid)).collect();
    let found_partitions: Vec<FoundPartition> =
        rows(connection, relations::PARTITIONS, &oids).await?;
    let with_partitions: Vec<Oid> = oids
        .iter()
        .copied()
        .chain(found_partitions.iter().map(|found| Oid(found.oid)))
        .collect();

    let types = column_types::Types::read(connection, &schemas, &oids).await?;
    let mut columns: HashMap<u32, Vec<Column>> = HashMap::new();
    for (table, column) in types.columns(connection, &oids).await? {
        columns.entry(table).or_default().push(column);
    }
    let mut keys = of(connection, constraints::PRIMARY_KEYS, &oids).await?;
    let mut foreign_keys = of(connection, constraints::FOREIGN_KEYS, &oids).await?;
    let mut checks = of::<Check>(connection, constraints::CHECKS, &oids).await?;
    let mut exclusions = of(connection, constraints::EXCLUSIONS, &oids).await?;
    let mut indexes = of::<Index>(connection, constraints::INDEXES, &oids).await?;
    let mut policies = of(connection, access::POLICIES, &oids).await?;
    let mut grants = of::<Grant>(connection, access::TABLE_GRANTS, &with_partitions).await?;
    let mut triggers = of(connection, access::TRIGGERS, &oids).await?;

    let mut partitions: HashMap<u32, Vec<Partition>> = HashMap::new();
    for FoundPartition {
        oid,
        table,
        mut partition,
    } in found_partitions
    {
        partition.grants = take(&mut grants, oid);
        partitions.entry(table).or_default().push(partition);
    }
    let mut tables = Vec::with_capacity(found.len());
    for Found { oid, mut table } in found {
        table.columns = take(&mut columns, oid);
        table.primary_key = take(&mut keys, oid).pop();
        table.foreign_keys = take(&mut foreign_keys, oid);
        table.checks = take(&mut checks, oid);
        for check in &mut table.checks {
            check.vocabularies = vocabulary::parse(&check.expression);
        }
        table.exclusions = take(&mut exclusions, oid);
        table.indexes = take(&mut indexes, oid);
        table.uniques = table
            .indexes
            .iter()
            .filter(|index| index.unique && !index.primary)
            .map(unique)
            .collect();
        table.policies = take(&mut policies, oid);
        table.grants = take(&mut grants, oid);
        table.triggers = take(&mut triggers, oid);
        table.partitions = take(&mut partitions, oid);
        tables.push(table);
    }
    Ok(Catalog {
        server_version: server_version(connection).await?,
        schemas: rows::<Schema, _>(connection, access::SCHEMAS, &schemas).await?,
        tables,
        enums: types.enums,
        functions: rows(connection, access::FUNCTIONS, &schemas).await?,
        roles: rows::<Role, _>(connection, access::ROLES, &schemas).await?,
    })
}

fn take<T>(map: &mut HashMap<u32, Vec<T>>, table: u32) -> Vec<T> {
    map.remove(&table).unwrap_or_default()
}

fn unique(index: &Index) -> Unique {
    let (columns, expressions) = index
        .columns
        .iter()
        .partition::<Vec<_>, _>(|column| column.name.is_some());
    Unique {
        name: index.name.clone(),
        constraint: index.constraint,
        deferrable: index.deferrable,
        columns: columns
            .into_iter()
            .filter_map(|column| column.name.clone())
            .collect(),
        expressions: expressions
            .into_iter()
            .map(|column| column.definition.clone())
            .collect(),
        predicate: index.predicate.clone(),
        nulls_not_distinct: index.nulls_not_distinct,
        comment: index.comment.clone(),
    }
}

async fn server_version(connection: &mut PgConnection) -> Result<u32, Error> {
    let number: i32 =
        sqlx::query_scalar("SELECT current_setting('server_version_num')::int4 / 10000")
            .fetch_one(connection)
            .await?;
    Ok(number.unsigned_abs())
}

/// Reads what belongs to tables, by their oid, in the order of the query.
async fn of<T: DeserializeOwned>(
    connection: &mut PgConnection,
    query: &str,
    tables: &[Oid],
) -> Result<HashMap<u32, Vec<T>>, Error> {
    let mut map: HashMap<u32, Vec<T>> = HashMap::new();
    for Of { table, item } in rows::<Of<T>, _>(connection, query, tables).await? {
        map.entry(table).or_default().push(item);
    }
    Ok(map)
}

/// Runs a query whose `$1` is an array, and takes its rows by way of JSON.
async fn rows<T: DeserializeOwned, P>(
    connection: &mut PgConnection,
    query: &str,
    parameter: &[P],
) -> Result<Vec<T>, Error>
where
    for<'p> &'p [P]: sqlx::Encode<'p, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    let text = format!("SELECT coalesce(pg_catalog.json_agg(r), '[]')::text FROM ({query}) AS r");
    let json: String = sqlx::query_scalar(AssertSqlSafe(text))
        .bind(parameter)
        .fetch_one(connection)
        .await?;
    serde_json::from_str(&json).map_err(|error| Error::Decode(error.into()))
}
