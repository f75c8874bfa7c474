//! Grants, policies, triggers, functions, schemas and roles.

pub(super) const SCHEMAS: &str = "
SELECT n.nspname AS name, pg_get_userbyid(n.nspowner) AS owner, obj_description(n.oid, 'pg_namespace') AS comment,
       (SELECT coalesce(json_agg(json_build_object('grantee', r.rolname, 'privilege', x.privilege_type,
                   'grantable', x.is_grantable) ORDER BY r.rolname NULLS FIRST, x.privilege_type), '[]')
          FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) x
          LEFT JOIN pg_roles r ON r.oid = x.grantee) AS grants
  FROM pg_namespace n WHERE n.nspname = ANY($1) ORDER BY n.nspname";

pub(super) const POLICIES: &str = "
SELECT p.polrelid::int8 AS table, p.polname AS name, p.polpermissive AS permissive, p.polcmd AS command,
       (SELECT json_agg(r.rolname ORDER BY r.rolname NULLS FIRST)
          FROM unnest(p.polroles) AS u(oid) LEFT JOIN pg_roles r ON r.oid = u.oid) AS roles,
       pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS check,
       obj_description(p.oid, 'pg_policy') AS comment
  FROM pg_policy p WHERE p.polrelid = ANY($1) ORDER BY p.polname";

pub(super) const TABLE_GRANTS: &str = "
SELECT g.table, r.rolname AS grantee, g.privilege_type AS privilege, g.attname AS column, g.is_grantable AS grantable
  FROM (SELECT c.oid::int8 AS table, NULL::name AS attname, NULL::int2 AS attnum, x.*
          FROM pg_class c CROSS JOIN LATERAL aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) x
         WHERE c.oid = ANY($1)
        UNION ALL
        SELECT a.attrelid::int8, a.attname, a.attnum, x.*
          FROM pg_attribute a CROSS JOIN LATERAL aclexplode(a.attacl) x
         WHERE a.attrelid = ANY($1) AND a.attnum > 0 AND NOT a.attisdropped) g
  LEFT JOIN pg_roles r ON r.oid = g.grantee
 ORDER BY g.attnum NULLS FIRST, r.rolname NULLS FIRST, g.privilege_type, g.is_grantable";

pub(super) const TRIGGERS: &str = "
SELECT t.tgrelid::int8 AS table, t.tgname AS name, t.tgenabled AS mode,
       CASE WHEN t.tgtype & 2 = 2 THEN 'before' WHEN t.tgtype & 64 = 64 THEN 'instead_of' ELSE 'after' END AS timing,
       CASE WHEN t.tgtype & 1 = 1 THEN 'row' ELSE 'statement' END AS level,
       array_remove(ARRAY[CASE WHEN t.tgtype & 4 = 4 THEN 'INSERT' END, CASE WHEN t.tgtype & 16 = 16 THEN 'UPDATE' END,
                          CASE WHEN t.tgtype & 8 = 8 THEN 'DELETE' END, CASE WHEN t.tgtype & 32 = 32 THEN 'TRUNCATE' END],
                    NULL) AS events,
       (SELECT coalesce(json_agg(a.attname ORDER BY a.attnum), '[]') FROM pg_attribute a
         WHERE a.attrelid = t.tgrelid AND a.attnum = ANY(t.tgattr::int2[])) AS columns,
       pg_get_triggerdef(t.oid) AS definition, n.nspname AS function_schema, p.proname AS function,
       pg_get_userbyid(p.proowner) AS function_owner, p.prosecdef AS security_definer
  FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE t.tgrelid = ANY($1) AND NOT t.tgisinternal
 ORDER BY t.tgname";

pub(super) const FUNCTIONS: &str = "
SELECT n.nspname AS schema, p.proname AS name, pg_get_function_identity_arguments(p.oid) AS arguments,
       pg_get_function_result(p.oid) AS returns, l.lanname AS language,
       CASE WHEN l.lanname IN ('sql', 'plpgsql') THEN p.prosrc END AS source, p.prosecdef AS security_definer,
       pg_get_userbyid(p.proowner) AS owner, coalesce(to_json(p.proconfig), '[]') AS settings,
       p.proleakproof AS leakproof, coalesce(g.public_execute, false) AS public_execute,
       coalesce(g.grants, '[]') AS grants,
       (SELECT x.extname FROM pg_depend d JOIN pg_extension x ON x.oid = d.refobjid
         WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
           AND d.refclassid = 'pg_extension'::regclass) AS extension,
       obj_description(p.oid, 'pg_proc') AS comment
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
 CROSS JOIN LATERAL (
       SELECT bool_or(x.grantee = 0) AS public_execute,
              json_agg(json_build_object('grantee', r.rolname, 'privilege', x.privilege_type,
                       'grantable', x.is_grantable) ORDER BY r.rolname NULLS FIRST) AS grants
         FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x
         LEFT JOIN pg_roles r ON r.oid = x.grantee) g
 WHERE n.nspname = ANY($1)
 ORDER BY n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)";

// Options of memberships are read by way of JSON, since PostgreSQL 15 has no such columns. `$1` is not needed.
pub(super) const ROLES: &str = "
SELECT r.rolname AS name, r.rolsuper AS superuser, r.rolinherit AS inherit, r.rolcreaterole AS create_role,
       r.rolcreatedb AS create_database, r.rolcanlogin AS login, r.rolreplication AS replication,
       r.rolbypassrls AS bypass_row_security, coalesce(to_json(r.rolconfig), '[]') AS settings,
       (SELECT coalesce(json_agg(json_build_object('role', m.role, 'admin', m.admin, 'inherit', m.inherit, 'set', m.set)
                        ORDER BY m.role), '[]')
          FROM (SELECT g.rolname AS role, bool_or(m.admin_option) AS admin,
                       bool_or(coalesce((to_json(m) ->> 'inherit_option')::bool, r.rolinherit)) AS inherit,
                       bool_or(coalesce((to_json(m) ->> 'set_option')::bool, true)) AS set
                  FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
                 WHERE m.member = r.oid GROUP BY g.rolname) m) AS member_of
  FROM pg_roles r WHERE $1::text[] IS NOT NULL ORDER BY r.rolname";
