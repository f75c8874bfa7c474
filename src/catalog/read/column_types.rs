//! Columns, with their types followed down to what is stored.

use std::collections::HashMap;

use serde::Deserialize;
use sqlx::{Error, PgConnection, postgres::types::Oid};

use super::{
    super::{Column, ColumnType, Enum, TypeKind},
    rows,
};

const TYPES: &str = "
WITH RECURSIVE used(oid) AS (
    SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid = ANY($1) AND a.attnum > 0 AND NOT a.attisdropped
    UNION
    SELECT v.oid FROM used JOIN pg_type t ON t.oid = used.oid
     CROSS JOIN LATERAL (VALUES (t.typelem), (t.typbasetype)) AS v(oid) WHERE v.oid <> 0)
SELECT t.oid::int8 AS oid, n.nspname AS schema, t.typname AS name, t.typtype AS kind,
       CASE WHEN t.typlen = -1 AND t.typelem <> 0 THEN t.typelem::int8 END AS element,
       nullif(t.typbasetype, 0)::int8 AS base, t.typtypmod AS base_modifier, t.typnotnull AS not_null,
       CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS base_formatted
  FROM used JOIN pg_type t ON t.oid = used.oid JOIN pg_namespace n ON n.oid = t.typnamespace";

const ENUMS: &str = "
SELECT t.oid::int8 AS oid, n.nspname AS schema, t.typname AS name, obj_description(t.oid, 'pg_type') AS comment,
       n.nspname = ANY($1) AS asked_for,
       (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE t.typtype = 'e' ORDER BY n.nspname, t.typname";

const COLUMNS: &str = "
SELECT a.attrelid::int8 AS table, a.atttypid::int8 AS type_oid, a.attname AS name, a.attnum AS ordinal,
       format_type(a.atttypid, a.atttypmod) AS formatted, NOT a.attnotnull AS nullable,
       pg_get_expr(d.adbin, d.adrelid) AS default, nullif(a.attidentity, '') AS identity,
       nullif(a.attgenerated, '') AS generated,
       CASE WHEN a.attcollation <> t.typcollation THEN l.collname END AS collation,
       col_description(a.attrelid, a.attnum) AS comment
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  LEFT JOIN pg_collation l ON l.oid = a.attcollation
 WHERE a.attrelid = ANY($1) AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attrelid, a.attnum";

#[derive(Deserialize)]
struct Type {
    oid: u32,
    schema: String,
    name: String,
    kind: TypeKind,
    element: Option<u32>,
    base: Option<u32>,
    not_null: bool,
    base_formatted: Option<String>,
}

#[derive(Deserialize)]
struct FoundEnum {
    oid: u32,
    asked_for: bool,
    #[serde(flatten)]
    found: Enum,
}

#[derive(Deserialize)]
struct FoundColumn {
    table: u32,
    type_oid: u32,
    name: String,
    ordinal: i16,
    formatted: String,
    nullable: bool,
    default: Option<String>,
    identity: Option<super::super::Identity>,
    generated: Option<super::super::Generated>,
    collation: Option<String>,
    comment: Option<String>,
}

/// The types of columns by oid, and the enums among them.
pub(super) struct Types {
    by_oid: HashMap<u32, Type>,
    pub(super) enums: Vec<Enum>,
}

impl Types {
    pub(super) async fn read(
        connection: &mut PgConnection,
        schemas: &[String],
        tables: &[Oid],
    ) -> Result<Self, Error> {
        let types: Vec<Type> = rows(connection, TYPES, tables).await?;
        let by_oid: HashMap<u32, Type> =
            types.into_iter().map(|found| (found.oid, found)).collect();
        let enums: Vec<FoundEnum> = rows(connection, ENUMS, schemas).await?;
        let enums = enums
            .into_iter()
            .filter(|found| found.asked_for || by_oid.contains_key(&found.oid))
            .map(|found| found.found)
            .collect();
        Ok(Self { by_oid, enums })
    }

    pub(super) async fn columns(
        &self,
        connection: &mut PgConnection,
        tables: &[Oid],
    ) -> Result<Vec<(u32, Column)>, Error> {
        let columns: Vec<FoundColumn> = rows(connection, COLUMNS, tables).await?;
        columns
            .into_iter()
            .map(|found| Ok((found.table, self.column(found)?)))
            .collect()
    }

    fn column(&self, found: FoundColumn) -> Result<Column, Error> {
        let (column_type, not_null) = self.resolve(found.type_oid, found.formatted)?;
        Ok(Column {
            name: found.name,
            ordinal: found.ordinal,
            column_type,
            nullable: found.nullable && !not_null,
            default: found.default,
            identity: found.identity,
            generated: found.generated,
            collation: found.collation,
            comment: found.comment,
        })
    }

    /// Follows domains and one level of array; also tells whether a domain refuses null.
    fn resolve(&self, oid: u32, mut formatted: String) -> Result<(ColumnType, bool), Error> {
        let mut found = self.get(oid)?;
        let (mut array, mut domain, mut not_null) = (false, None, false);
        loop {
            if let Some(base) = found.base {
                not_null |= found.not_null && !array;
                if domain.is_none() {
                    domain = Some(format!("{}.{}", found.schema, found.name));
                }
                formatted = match &found.base_formatted {
                    Some(base) if array => format!("{base}[]"),
                    Some(base) => base.clone(),
                    None => formatted,
                };
                found = self.get(base)?;
            } else if let Some(element) = found.element.filter(|_| !array) {
                array = true;
                found = self.get(element)?;
            } else {
                break;
            }
        }
        let column_type = ColumnType {
            schema: found.schema.clone(),
            name: found.name.clone(),
            kind: found.kind,
            array,
            domain,
            formatted,
        };
        Ok((column_type, not_null))
    }

    fn get(&self, oid: u32) -> Result<&Type, Error> {
        // Not there only if the type was made between two queries.
        self.by_oid.get(&oid).ok_or(Error::RowNotFound)
    }
}
