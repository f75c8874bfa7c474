//! Tables, views and partitions.

pub(super) const TABLES: &str = "
SELECT c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind,
       pg_get_userbyid(c.relowner) AS owner, obj_description(c.oid, 'pg_class') AS comment,
       c.relpersistence <> 'p' AS unlogged, coalesce(to_json(c.reloptions), '[]') AS options,
       (SELECT x.extname FROM pg_depend d JOIN pg_extension x ON x.oid = d.refobjid
         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
           AND d.refclassid = 'pg_extension'::regclass) AS extension,
       json_build_object('enabled', c.relrowsecurity, 'forced', c.relforcerowsecurity) AS row_security,
       (SELECT json_build_object(
           'strategy', CASE p.partstrat WHEN 'r' THEN 'range' WHEN 'l' THEN 'list' ELSE 'hash' END,
           'columns', (SELECT coalesce(json_agg(a.attname ORDER BY k.place), '[]')
                         FROM unnest(p.partattrs::int2[]) WITH ORDINALITY AS k(number, place)
                         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number),
           'definition', pg_get_partkeydef(c.oid))
          FROM pg_partitioned_table p WHERE p.partrelid = c.oid) AS partitioning
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ANY($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
 ORDER BY n.nspname, c.relname";

pub(super) const PARTITIONS: &str = "
WITH RECURSIVE tree(root, oid, parent) AS (
    SELECT i.inhparent, i.inhrelid, i.inhparent FROM pg_inherits i
      JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition WHERE i.inhparent = ANY($1)
    UNION ALL
    SELECT t.root, i.inhrelid, i.inhparent FROM tree t JOIN pg_inherits i ON i.inhparent = t.oid)
SELECT t.root::int8 AS table, t.oid::int8 AS oid, n.nspname AS schema, c.relname AS name,
       pg_get_userbyid(c.relowner) AS owner, p.relname AS parent,
       pg_get_expr(c.relpartbound, c.oid) AS bound,
       json_build_object('enabled', c.relrowsecurity, 'forced', c.relforcerowsecurity) AS row_security
  FROM tree t JOIN pg_class c ON c.oid = t.oid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class p ON p.oid = t.parent
 ORDER BY n.nspname, c.relname";
