//! What the rules must know beyond the catalogue of the schemas: the database itself, and which types are leakproof.

use serde::Deserialize;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::{declared::Declared, names::qualified};
use crate::catalog::Grant;

/// The database around the schemas.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Surroundings {
    /// Major version and minor, such as 170006.
    pub(super) server_version_num: i32,
    pub(super) database: String,
    pub(super) database_owner: String,
    pub(super) database_grants: Vec<Grant>,
    /// Privileges on tables that are still to be made.
    pub(super) default_privileges: Vec<DefaultPrivilege>,
    /// Who is spared triggers and foreign keys by `session_replication_role`, or may spare itself; no role is PUBLIC or all.
    pub(super) without_triggers: Vec<Option<String>>,
    /// The large-object functions that PUBLIC executes.
    pub(super) large_objects: Vec<String>,
    /// Types, as `schema.name`, whose comparisons may tell what they compare.
    pub(super) leaking_types: Vec<String>,
    /// Partitions of the audit log, as `schema.name`, without a trigger that always refuses changes.
    pub(super) unguarded_log_partitions: Vec<String>,
    /// Of this month and the next, as `2026-11`, those that the partitions of the audit log do not cover.
    pub(super) log_months_missing: Vec<String>,
    /// The default partition of the audit log.
    pub(super) log_default: Option<DefaultPartition>,
    /// Sequences that are neither the system's nor an extension's.
    pub(super) sequences: Vec<Sequence>,
    /// What policies are declared.
    #[serde(skip)]
    pub(super) declared: Vec<Declared>,
}

/// The partition for what no other one takes.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct DefaultPartition {
    pub(super) schema: String,
    pub(super) name: String,
    /// Whether this role would be shown its rows.
    readable: bool,
    /// Whether it takes space on the disk.
    pub(super) takes_space: bool,
    /// Whether there are rows, if this role may see them.
    #[serde(skip)]
    pub(super) holds_rows: Option<bool>,
}

/// A sequence, and who may do what with it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Sequence {
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) owner: String,
    pub(super) grants: Vec<Grant>,
}

/// A privilege that a table gets when it is made.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct DefaultPrivilege {
    /// The role that makes the table.
    pub(super) maker: String,
    /// The schema, if not any.
    pub(super) schema: Option<String>,
    #[serde(flatten)]
    pub(super) grant: Grant,
}

const SCHEMAS: &str = "
SELECT n.nspname::text FROM pg_catalog.pg_namespace n
 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
 ORDER BY 1";

const SURROUNDINGS: &str = "
SELECT json_build_object(
  'server_version_num', current_setting('server_version_num')::int4,
  'database', d.datname,
  'database_owner', pg_get_userbyid(d.datdba),
  'database_grants', (
    SELECT coalesce(json_agg(json_build_object('grantee', r.rolname, 'privilege', x.privilege_type,
                    'grantable', x.is_grantable) ORDER BY r.rolname NULLS FIRST, x.privilege_type), '[]')
      FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x LEFT JOIN pg_catalog.pg_roles r ON r.oid = x.grantee),
  'default_privileges', (
    SELECT coalesce(json_agg(json_build_object('maker', pg_get_userbyid(a.defaclrole), 'schema', n.nspname,
                    'grantee', r.rolname, 'privilege', x.privilege_type, 'grantable', x.is_grantable)
                    ORDER BY n.nspname NULLS FIRST, r.rolname NULLS FIRST, x.privilege_type), '[]')
      FROM pg_catalog.pg_default_acl a LEFT JOIN pg_catalog.pg_namespace n ON n.oid = a.defaclnamespace
     CROSS JOIN LATERAL aclexplode(a.defaclacl) x LEFT JOIN pg_catalog.pg_roles r ON r.oid = x.grantee
     WHERE a.defaclobjtype = 'r' AND x.grantee <> a.defaclrole),
  'without_triggers', (
    SELECT coalesce(json_agg(w.role ORDER BY w.role NULLS FIRST), '[]') FROM (
        SELECT r.rolname AS role FROM pg_catalog.pg_db_role_setting s LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
         WHERE s.setdatabase IN (0, d.oid) AND EXISTS (
               SELECT FROM unnest(s.setconfig) AS c WHERE c ^@ 'session_replication_role=' AND c <> 'session_replication_role=origin')
        UNION
        SELECT r.rolname FROM pg_catalog.pg_parameter_acl p CROSS JOIN LATERAL aclexplode(p.paracl) x
          LEFT JOIN pg_catalog.pg_roles r ON r.oid = x.grantee
         WHERE p.parname = 'session_replication_role') w),
  'large_objects', (
    SELECT coalesce(json_agg(p.proname ORDER BY p.oid), '[]') FROM pg_catalog.pg_proc p
     WHERE p.pronamespace = 'pg_catalog'::regnamespace AND (p.proname ^@ 'lo_' OR p.proname IN ('loread', 'lowrite'))
       AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x WHERE x.grantee = 0)),
  'leaking_types', (
    SELECT json_agg(n.nspname || '.' || t.typname ORDER BY n.nspname, t.typname)
      FROM pg_catalog.pg_opclass o
      JOIN pg_catalog.pg_am m ON m.oid = o.opcmethod AND m.amname = 'btree'
      JOIN pg_catalog.pg_type t ON t.oid = o.opcintype JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
     WHERE o.opcdefault AND EXISTS (
           SELECT FROM pg_catalog.pg_amop a JOIN pg_catalog.pg_operator q ON q.oid = a.amopopr
             JOIN pg_catalog.pg_proc p ON p.oid = q.oprcode
            WHERE a.amopfamily = o.opcfamily AND a.amoplefttype = o.opcintype AND a.amoprighttype = o.opcintype
              AND NOT p.proleakproof)),
  'unguarded_log_partitions', (
    SELECT coalesce(json_agg(n.nspname || '.' || c.relname ORDER BY n.nspname, c.relname), '[]')
      FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE i.inhparent = to_regclass('tenantry.audit_log') AND (
           -- Of BEFORE (2) statement triggers (not 1): update (16), delete (8) and truncate (32) must all be covered.
           SELECT coalesce(bit_or(g.tgtype::int4), 0) & 56 FROM pg_catalog.pg_trigger g
            WHERE g.tgrelid = c.oid AND g.tgenabled = 'A' AND g.tgtype & 3 = 2 AND g.tgqual IS NULL AND g.tgattr::text = ''
              AND g.tgfoid = to_regprocedure('tenantry.refuse_change()')) <> 56),
  'log_months_missing', (
    -- Months are those of UTC. A bound that is no time has no end.
    SELECT coalesce(json_agg(to_char(m.month, 'YYYY-MM') ORDER BY m.month), '[]')
      FROM generate_series(date_trunc('month', now() AT TIME ZONE 'UTC'),
                           date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month', '1 month') AS m(month)
     WHERE to_regclass('tenantry.audit_log') IS NOT NULL
       AND NOT coalesce((
           SELECT range_agg(tstzrange(substring(b.bound FROM 'FROM [(]''([^'']*)''')::timestamptz,
                                      substring(b.bound FROM 'TO [(]''([^'']*)''')::timestamptz))
             FROM (SELECT pg_get_expr(c.relpartbound, c.oid) AS bound
                     FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
                    WHERE i.inhparent = to_regclass('tenantry.audit_log')) AS b
            WHERE b.bound <> 'DEFAULT'), '{}')
           @> tstzrange(greatest(m.month AT TIME ZONE 'UTC', now()), (m.month + interval '1 month') AT TIME ZONE 'UTC')),
  'log_default', (
    SELECT json_build_object('schema', n.nspname, 'name', c.relname, 'takes_space', pg_relation_size(c.oid) > 0,
           'readable', has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid))
      FROM pg_catalog.pg_partitioned_table p JOIN pg_catalog.pg_class c ON c.oid = p.partdefid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE p.partrelid = to_regclass('tenantry.audit_log')),
  'sequences', (
    SELECT coalesce(json_agg(json_build_object('schema', n.nspname, 'name', c.relname, 'owner', pg_get_userbyid(c.relowner),
             'grants', (SELECT coalesce(json_agg(json_build_object('grantee', r.rolname, 'privilege', x.privilege_type,
                               'grantable', x.is_grantable) ORDER BY r.rolname NULLS FIRST, x.privilege_type), '[]')
                          FROM aclexplode(c.relacl) x LEFT JOIN pg_catalog.pg_roles r ON r.oid = x.grantee))
           ORDER BY n.nspname, c.relname), '[]')
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'S' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                        WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e'))
)::text FROM pg_catalog.pg_database d WHERE d.datname = current_database()";

impl Surroundings {
    /// Reads in a transaction (or savepoint) that is rolled back, so that nothing of the connection is changed.
    pub(super) async fn read(connection: &mut PgConnection) -> Result<Self, sqlx::Error> {
        let mut transaction = connection.begin().await?;
        // Bounds of partitions are told as text, and must be understood again.
        sqlx::query("SET LOCAL datestyle = 'ISO'")
            .execute(&mut *transaction)
            .await?;
        let json: String = sqlx::query_scalar(SURROUNDINGS)
            .fetch_one(&mut *transaction)
            .await?;
        let mut read: Self =
            serde_json::from_str(&json).map_err(|error| sqlx::Error::Decode(error.into()))?;
        if let Some(default) = read.log_default.as_mut().filter(|default| default.readable) {
            let table = qualified(&default.schema, &default.name);
            let any = AssertSqlSafe(format!("SELECT EXISTS (SELECT FROM {table})"));
            default.holds_rows = Some(sqlx::query_scalar(any).fetch_one(&mut *transaction).await?);
        }
        transaction.rollback().await?;
        Ok(read)
    }
}

/// The schemas that are neither the system's nor an extension's.
pub(super) async fn schemas(connection: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(SCHEMAS).fetch_all(connection).await
}
