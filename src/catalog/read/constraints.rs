//! Keys, checks and indexes.

/// The names of the columns that an array of column numbers of `k` means, in its order.
macro_rules! names {
    ($numbers:literal, $table:literal) => {
        concat!(
            "(SELECT coalesce(json_agg(a.attname ORDER BY u.place), '[]') FROM unnest(",
            $numbers,
            ") WITH ORDINALITY AS u(number, place) JOIN pg_attribute a ON a.attrelid = ",
            $table,
            " AND a.attnum = u.number)"
        )
    };
}

pub(super) const PRIMARY_KEYS: &str = concat!(
    "SELECT k.conrelid::int8 AS table, k.conname AS name, ",
    names!("k.conkey", "k.conrelid"),
    " AS columns FROM pg_constraint k WHERE k.contype = 'p' AND k.conrelid = ANY($1)"
);

pub(super) const FOREIGN_KEYS: &str = concat!(
    "SELECT k.conrelid::int8 AS table, k.conname AS name, ",
    names!("k.conkey", "k.conrelid"),
    " AS columns, n.nspname AS target_schema, t.relname AS target_table, ",
    names!("k.confkey", "k.confrelid"),
    " AS target_columns, k.confdeltype AS on_delete, ",
    names!("k.confdelsetcols", "k.conrelid"),
    " AS on_delete_columns, k.confupdtype AS on_update, k.confmatchtype = 'f' AS match_full,
      k.condeferrable AS deferrable, k.convalidated AS validated, obj_description(k.oid, 'pg_constraint') AS comment
 FROM pg_constraint k JOIN pg_class t ON t.oid = k.confrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND k.conrelid = ANY($1) ORDER BY k.conname"
);

pub(super) const CHECKS: &str = concat!(
    "SELECT k.conrelid::int8 AS table, k.conname AS name, ",
    names!("k.conkey", "k.conrelid"),
    " AS columns, pg_get_expr(k.conbin, k.conrelid) AS expression, k.convalidated AS validated,
      obj_description(k.oid, 'pg_constraint') AS comment
 FROM pg_constraint k WHERE k.contype = 'c' AND k.conrelid = ANY($1) ORDER BY k.conname"
);

pub(super) const EXCLUSIONS: &str = concat!(
    "SELECT k.conrelid::int8 AS table, k.conname AS name, ",
    names!("array_remove(k.conkey, 0::int2)", "k.conrelid"),
    " AS columns, pg_get_constraintdef(k.oid) AS definition, obj_description(k.oid, 'pg_constraint') AS comment
 FROM pg_constraint k WHERE k.contype = 'x' AND k.conparentid = 0 AND k.conrelid = ANY($1) ORDER BY k.conname"
);

pub(super) const INDEXES: &str = "
SELECT i.indrelid::int8 AS table, c.relname AS name, m.amname AS method, i.indisunique AS unique,
       i.indisprimary AS primary, i.indisvalid AND i.indisready AS valid, k.oid IS NOT NULL AS constraint,
       coalesce(k.condeferrable, false) AS deferrable, i.indnullsnotdistinct AS nulls_not_distinct,
       pg_get_expr(i.indpred, i.indrelid) AS predicate,
       (SELECT json_agg(json_build_object(
            'name', a.attname,
            'definition', pg_get_indexdef(i.indexrelid, p.place, false),
            'descending', i.indoption[p.place - 1] & 1 = 1,
            'nulls_first', i.indoption[p.place - 1] & 2 = 2,
            'operator_class', CASE WHEN NOT o.opcdefault THEN o.opcname END,
            'collation', CASE WHEN l.oid <> coalesce(a.attcollation, l.oid) THEN l.collname END) ORDER BY p.place)
          FROM generate_series(1, i.indnkeyatts::int4) AS p(place)
          LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[p.place - 1] AND a.attnum > 0
          LEFT JOIN pg_opclass o ON o.oid = i.indclass[p.place - 1]
          LEFT JOIN pg_collation l ON l.oid = i.indcollation[p.place - 1]) AS columns,
       (SELECT coalesce(json_agg(a.attname ORDER BY p.place), '[]')
          FROM generate_series(i.indnkeyatts + 1, i.indnatts::int4) AS p(place)
          JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[p.place - 1]) AS included,
       coalesce(obj_description(k.oid, 'pg_constraint'), obj_description(c.oid, 'pg_class')) AS comment
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
  LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x')
 WHERE i.indrelid = ANY($1)
 ORDER BY c.relname";
