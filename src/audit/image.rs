//! A row as it was: the row as it is, or as it was purged, with the changes since undone.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, IdenStatic, Iterable, Statement, Value,
    sea_query::{Alias, ArrayType, Expr, PostgresQueryBuilder, Query},
};
use sqlx::{Row, postgres::PgRow};

use super::{purpose, table_name};
use crate::{
    Access, Error, ErrorKind, Id, Result, Rows, Versioned,
    error::{from_statement, not_found},
    read::model,
};

/// Which state of a row is wanted.
#[derive(Clone, Copy)]
pub(super) enum Aim {
    /// The last there is: of a purged row the one that was purged.
    Last,
    Version(i64),
    Time(DateTime<Utc>),
}

/// A state of a row, as PostgreSQL rebuilt it.
pub(super) struct Rebuilt {
    /// A document of the columns.
    pub(super) image: String,
    pub(super) version: i64,
    /// When the life of the row began that this is a state of, if the table says so.
    pub(super) since: Option<DateTime<Utc>>,
    /// Columns whose value the log does not keep.
    pub(super) redacted: Vec<String>,
    /// Columns that the table or the document lacks: renamed, dropped or added since.
    pub(super) unknown: Vec<String>,
    /// Columns that follow from others, each with the expression that makes it.
    pub(super) generated: Vec<(String, String)>,
}

/// The statement that undoes. Every level names the workspace, `$1`; `$2` is the row's id, `$3` the
/// table, `$4` the id as the log has it, `$5` the aim, `$6` the columns of the entity.
fn statement<E: Versioned, A: Access>(rows: &Rows<'_, E, A>, id: &Id<E>, aim: Aim) -> Statement {
    let columns: Vec<&str> = E::Column::iter().map(|column| column.as_str()).collect();
    let listed: Vec<String> = columns
        .iter()
        .map(|name| format!("t.{}", quoted(name)))
        .collect();
    let (wanted, gone, value) = match aim {
        Aim::Last => (
            "coalesce($5::bigint, (SELECT last FROM base))",
            "",
            None::<i64>.into(),
        ),
        Aim::Version(version) => ("$5::bigint", "", Value::from(version)),
        Aim::Time(at) => (
            "coalesce((SELECT max(d.version) FROM deltas AS d WHERE d.at <= $5), \
             (SELECT 1 FROM base AS b WHERE b.since <= $5 AND b.since > '-infinity'))",
            "WHERE purged_at IS NULL OR purged_at > $5",
            at.into(),
        ),
    };
    let (table, version) = (path::<E>(), E::VERSION.as_str());
    let sql = format!(
        "WITH living AS MATERIALIZED (\
           SELECT (SELECT to_jsonb(c) FROM (SELECT {listed}) AS c) AS image, NULL::timestamptz AS purged_at \
           FROM {table} AS t WHERE t.{workspace} = $1 AND t.{key} = $2), \
         purged AS MATERIALIZED (\
           SELECT l.old_data AS image, l.at AS purged_at FROM tenantry.audit_log AS l \
           WHERE l.workspace_id = $1 AND l.table_name = $3 AND l.record_id = $4 AND l.operation = 'purge' \
             AND NOT EXISTS (SELECT FROM living) ORDER BY l.at DESC LIMIT 1), \
         base AS MATERIALIZED (\
           SELECT image, (image ->> '{version}')::bigint AS last, \
             coalesce((image ->> 'created_at')::timestamptz, '-infinity') AS since \
           FROM (SELECT * FROM living UNION ALL SELECT * FROM purged) AS either {gone}), \
         deltas AS MATERIALIZED (\
           SELECT l.version, l.at, l.actor_id, l.old_data FROM tenantry.audit_log AS l \
           WHERE l.workspace_id = $1 AND l.table_name = $3 AND l.record_id = $4 \
             AND l.operation IN ('update', 'delete', 'restore') AND l.at >= (SELECT since FROM base)), \
         aim AS MATERIALIZED (SELECT {wanted} AS version), \
         undone AS (\
           SELECT jsonb_object_agg(key, value) AS fields FROM (\
             SELECT DISTINCT ON (f.key) f.key, f.value FROM deltas AS d CROSS JOIN LATERAL jsonb_each(d.old_data) AS f \
             WHERE d.version > (SELECT version FROM aim) ORDER BY f.key, d.version) AS first), \
         implied AS (\
           SELECT jsonb_object_agg(v.key, v.value) AS fields \
           FROM base AS b CROSS JOIN aim AS a LEFT JOIN deltas AS d ON d.version = a.version \
             CROSS JOIN LATERAL (VALUES \
               ('{version}', to_jsonb(a.version)), \
               ('updated_at', coalesce(to_jsonb(d.at), b.image -> 'created_at', 'null')), \
               ('updated_by', CASE WHEN a.version = 1 THEN coalesce(b.image -> 'created_by', 'null') \
                                   ELSE coalesce(to_jsonb(d.actor_id), 'null') END)) AS v (key, value) \
           WHERE a.version < b.last AND b.image ? v.key), \
         whole AS (\
           SELECT b.image || coalesce(u.fields, '{{}}') || coalesce(i.fields, '{{}}') AS image, b.last, b.since, a.version \
           FROM base AS b, aim AS a, undone AS u, implied AS i), \
         known AS MATERIALIZED (\
           SELECT p.attname::text AS name, CASE WHEN p.attgenerated <> '' THEN \
             format('(%s)::%s', pg_get_expr(e.adbin, e.adrelid), format_type(p.atttypid, p.atttypmod)) END AS made \
           FROM pg_catalog.pg_attribute AS p \
             LEFT JOIN pg_catalog.pg_attrdef AS e ON e.adrelid = p.attrelid AND e.adnum = p.attnum \
           WHERE p.attrelid = '{regclass}'::regclass AND p.attnum > 0 AND NOT p.attisdropped) \
         SELECT w.image::text, w.version, nullif(w.since, '-infinity'), \
           w.version = w.last OR (SELECT count(*) FROM deltas AS d WHERE d.version >= greatest(w.version, 2)) \
             = w.last - greatest(w.version, 2) + 1, \
           ARRAY(SELECT f.key FROM jsonb_each(w.image) AS f WHERE f.value = '\"[redacted]\"' AND f.key = ANY ($6)), \
           ARRAY(SELECT jsonb_object_keys(w.image) EXCEPT SELECT c.name FROM known AS c) \
             || ARRAY(SELECT unnest($6::text[]) EXCEPT SELECT jsonb_object_keys(w.image) \
                      EXCEPT SELECT c.name FROM known AS c WHERE c.made IS NOT NULL), \
           ARRAY(SELECT c.name FROM known AS c WHERE c.made IS NOT NULL ORDER BY c.name), \
           ARRAY(SELECT c.made FROM known AS c WHERE c.made IS NOT NULL ORDER BY c.name) \
         FROM whole AS w WHERE w.version BETWEEN 1 AND w.last",
        listed = listed.join(", "),
        workspace = quoted(E::WORKSPACE.as_str()),
        key = quoted(E::ID.as_str()),
        regclass = table.replace('\'', "''"),
    );
    let names = columns.into_iter().map(Value::from).collect();
    let values = [
        rows.workspace().0.to_value(),
        id.clone().into(),
        table_name::<E>().into(),
        id.to_string().into(),
        value,
        Value::Array(ArrayType::String, Some(Box::new(names))),
    ];
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

impl Rebuilt {
    pub(super) async fn find<E: Versioned, A: Access>(
        rows: &Rows<'_, E, A>,
        id: &Id<E>,
        aim: Aim,
    ) -> Result<Self> {
        let connection = rows.session().connection();
        let statement = statement(rows, id, aim);
        let row = connection
            .fetch_optional(purpose("as_of"), statement)
            .await?;
        let known = row
            .map(|row| Self::of(&row))
            .transpose()
            .map_err(from_statement)?;
        known.flatten().ok_or_else(not_found::<E>)
    }

    /// Nothing where entries are missing between the row and the version that is wanted.
    fn of(row: &PgRow) -> Result<Option<Self>, sqlx::Error> {
        if !row.try_get::<bool, _>(3)? {
            return Ok(None);
        }
        let (generated, made): (Vec<_>, Vec<_>) = (row.try_get(6)?, row.try_get(7)?);
        Ok(Some(Self {
            image: row.try_get(0)?,
            version: row.try_get(1)?,
            since: row.try_get(2)?,
            redacted: row.try_get(4)?,
            unknown: row.try_get(5)?,
            generated: generated.into_iter().zip(made).collect(),
        }))
    }

    /// The state as a model. What the log does not know is refused, not guessed.
    pub(super) async fn model<E: Versioned, A: Access>(
        self,
        rows: &Rows<'_, E, A>,
    ) -> Result<E::Model> {
        let missing = [self.redacted, self.unknown].concat();
        if !missing.is_empty() {
            let refused = Error::new(ErrorKind::Invalid, "the row cannot be rebuilt as it was")
                .with_hint("The log keeps no sensitive values, and columns were renamed, dropped or added since. Ask for the image.");
            return Err(missing.into_iter().fold(refused, Error::with_field));
        }
        let mut outer = Query::select();
        let mut inner = Vec::new();
        for column in E::Column::iter() {
            let name = column.as_str();
            let generated = self
                .generated
                .iter()
                .find(|(generated, _)| generated == name);
            inner.push(match generated {
                // PostgreSQL's own text of the expression, over the columns as they were.
                Some((_, expression)) => format!("{expression} AS {}", quoted(name)),
                // A document has no other null than JSON's.
                None if is_document(&column) => {
                    format!("coalesce(r.{0}, 'null') AS {0}", quoted(name))
                }
                None => format!("r.{}", quoted(name)),
            });
            outer.expr_as(
                column.select_as(Expr::col(Alias::new(name))),
                Alias::new(name),
            );
        }
        let sql = format!(
            "{} FROM (SELECT {} FROM jsonb_populate_record(NULL::{}, $1::text::jsonb) AS r) AS state",
            outer.to_string(PostgresQueryBuilder),
            inner.join(", "),
            path::<E>(),
        );
        let statement =
            Statement::from_sql_and_values(DbBackend::Postgres, sql, [self.image.into()]);
        let connection = rows.session().connection();
        let row = connection
            .fetch_optional(purpose("as_of"), statement)
            .await?;
        rows.sight()
            .shown(model::<E>(row.ok_or_else(not_found::<E>)?)?)
    }
}

/// Whether the column holds a document, and always one.
fn is_document<C: ColumnTrait>(column: &C) -> bool {
    let definition = column.def();
    let kind = definition.get_column_type();
    matches!(
        kind,
        sea_orm::ColumnType::Json | sea_orm::ColumnType::JsonBinary
    ) && !definition.is_null()
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn path<E: EntityTrait>() -> String {
    let table = E::default();
    let schema = table.schema_name().unwrap_or("public");
    format!("{}.{}", quoted(schema), quoted(table.table_name()))
}
