//! The statement triggers that write a table's changes into the audit log.

use super::{comment, emit::Step, table::Table};
use crate::{
    KeyType,
    quote::{identifier, literal, qualified},
    roles::{AUDIT, OWNER},
};

/// What the log shows instead of a sensitive value.
const MARKER: &str = "[redacted]";

/// Ids in one entry, at most.
const IDS: u32 = 1000;

/// Columns whose change says nothing of its own: version, actor and time of the entry tell it.
const IMPLIED: [&str; 3] = ["version", "updated_at", "updated_by"];

pub(super) fn steps(table: &Table, actor: KeyType) -> [Step; 2] {
    let name = format!("{}_audit", table.name);
    let function = qualified(&table.schema, &name);
    let definition = format!(
        "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger\n\
         LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp\n\
         -- A plan made for one row must not be used for many: joined by loops, 20,000 rows would take minutes.\n\
         SET enable_nestloop = off AS $function$\n\
         DECLARE\n  who record;\nBEGIN\n  \
         SELECT * INTO who FROM tenantry.audit_context();\n  \
         IF TG_OP = 'INSERT' THEN\n{}  ELSIF TG_OP = 'UPDATE' THEN\n{}  ELSE\n{}  END IF;\n  RETURN NULL;\nEND $function$;\n\
         REVOKE ALL ON FUNCTION {function}() FROM PUBLIC;\n\
         GRANT EXECUTE ON FUNCTION {function}() TO {};\n{}",
        insert(table),
        update(table, actor),
        purge(table, actor),
        identifier(OWNER),
        comment(
            &format!("FUNCTION {function}()"),
            &format!(
                "Writes changes of {}.{} into the audit log.",
                table.schema, table.name
            )
        ),
    );
    let path = table.path();
    let triggers = [
        ("insert", "INSERT", "NEW TABLE AS new_rows"),
        ("update", "UPDATE", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
        ("delete", "DELETE", "OLD TABLE AS old_rows"),
    ]
    .map(|(suffix, event, rows)| {
        format!(
            "CREATE OR REPLACE TRIGGER {} AFTER {event} ON {path} REFERENCING {rows}\n  FOR EACH STATEMENT EXECUTE FUNCTION {function}();\n",
            identifier(&format!("{name}_{suffix}")),
        )
    });
    [
        Step::As {
            role: AUDIT,
            sql: definition,
        },
        Step::Run(triggers.concat()),
    ]
}

/// The columns and values that every entry has.
fn entry(table: &Table, columns: &str, values: &str) -> String {
    let name = literal(&format!("{}.{}", table.schema, table.name));
    format!(
        "    INSERT INTO tenantry.audit_log (table_name, actor_kind, actor_id, actor_name, request_id, {columns})\n    \
         SELECT {name}, who.actor_kind, who.actor_id, who.actor_name, who.request_id, {values}\n"
    )
}

fn insert(table: &Table) -> String {
    let (scope, id) = (identifier(table.wall().0), identifier(&table.key.0));
    let entry = entry(
        table,
        "workspace_id, operation, record_ids",
        &format!("r.{scope}, 'insert', array_agg(r.{id}::text)"),
    );
    let key = if scope == id {
        scope.clone()
    } else {
        format!("{scope}, {id}")
    };
    format!(
        "{entry}    FROM (SELECT {key}, (row_number() OVER (PARTITION BY {scope}) - 1) / {IDS} AS batch FROM new_rows) AS r\n    \
         GROUP BY r.{scope}, r.batch;\n"
    )
}

fn update(table: &Table, actor: KeyType) -> String {
    let (scope, id) = (identifier(table.wall().0), identifier(&table.key.0));
    let (operation, operation_id) = if table.soft_delete {
        (
            "CASE WHEN (o.deleted_at IS NULL) = (n.deleted_at IS NULL) THEN 'update' WHEN o.deleted_at IS NULL THEN 'delete' ELSE 'restore' END",
            "CASE WHEN (o.deleted_at IS NULL) <> (n.deleted_at IS NULL) THEN coalesce(n.delete_op, o.delete_op) END",
        )
    } else {
        ("'update'", "NULL")
    };
    let version = if table.versioned { "n.version" } else { "NULL" };
    let (mut values, mut unchanged) = (Vec::new(), Vec::new());
    for column in table.all_columns(actor) {
        let name = column.name.as_str();
        if IMPLIED.contains(&name)
            || table.key_columns().contains(&name)
            || column.generated.is_some()
        {
            continue;
        }
        let (quoted, text) = (identifier(name), literal(name));
        values.push(if column.sensitive {
            format!("{text}, {}::text", literal(MARKER))
        } else {
            format!("{text}, o.{quoted}")
        });
        // Documents that differ in spelling only are equal; types without equality compare as text.
        let compare = if matches!(column.sql_type.as_str(), "json" | "xml" | "point") {
            "::text"
        } else {
            ""
        };
        unchanged.push(format!(
            "CASE WHEN o.{quoted}{compare} IS NOT DISTINCT FROM n.{quoted}{compare} THEN {text} END"
        ));
    }
    let old = if values.is_empty() {
        "'{}'::jsonb".to_owned()
    } else {
        let (values, unchanged) = (pieces(&values), unchanged.join(",\n        "));
        format!("{values}\n      - ARRAY[\n        {unchanged}\n      ]::text[]")
    };
    let entry = entry(
        table,
        "workspace_id, operation, record_id, version, operation_id, old_data",
        &format!(
            "n.{scope}, {operation},\n      n.{id}::text, {version}, {operation_id},\n      {old}"
        ),
    );
    format!(
        "{entry}    FROM old_rows AS o JOIN new_rows AS n USING ({});\n",
        crate::quote::list(table.key_columns())
    )
}

fn purge(table: &Table, actor: KeyType) -> String {
    let (scope, id) = (identifier(table.wall().0), identifier(&table.key.0));
    let version = if table.versioned { "o.version" } else { "NULL" };
    let values: Vec<String> = table
        .all_columns(actor)
        .iter()
        // Computed again from the others, and what comes of a sensitive one would show it.
        .filter(|column| column.generated.is_none())
        .map(|column| {
            let value = if column.sensitive {
                format!("{}::text", literal(MARKER))
            } else {
                format!("o.{}", identifier(&column.name))
            };
            format!("{}, {value}", literal(&column.name))
        })
        .collect();
    let entry = entry(
        table,
        "workspace_id, operation, record_id, version, old_data",
        &format!(
            "o.{scope}, 'purge', o.{id}::text, {version},\n      {}",
            pieces(&values)
        ),
    );
    format!("{entry}    FROM old_rows AS o;\n")
}

/// A function takes a hundred arguments, so wide tables need several documents.
fn pieces(pairs: &[String]) -> String {
    pairs
        .chunks(45)
        .map(|chunk| format!("jsonb_build_object({})", chunk.join(", ")))
        .collect::<Vec<_>>()
        .join(" || ")
}
