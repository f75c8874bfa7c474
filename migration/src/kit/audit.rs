//! The triggers that write a table's changes into the audit log: of statements, or of rows where the server is Citus.

use super::{
    comment,
    emit::Step,
    table::{KeyShape, Table},
    touch::only_marked,
};
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

/// How often the triggers fire. Both write the same history; a statement of rows costs less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// Once a statement, with all its rows.
    Statement,
    /// Once a row, as distributed tables have it.
    Row,
}

impl Level {
    /// What says which level a database needs: the setting, which tests use, or the extension.
    pub(super) const QUERY: &str = "SELECT coalesce(nullif(current_setting('tenantry.audit_triggers', true), ''), \
         CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus') THEN 'row' ELSE 'statement' END)";

    pub(super) fn named(name: Option<&str>) -> Self {
        if name == Some("row") {
            Self::Row
        } else {
            Self::Statement
        }
    }

    const fn new_rows(self) -> &'static str {
        match self {
            Self::Statement => "new_rows",
            Self::Row => "(SELECT NEW.*)",
        }
    }

    const fn old_rows(self) -> &'static str {
        match self {
            Self::Statement => "old_rows",
            Self::Row => "(SELECT OLD.*)",
        }
    }
}

pub(super) fn steps(table: &Table, actor: KeyType, level: Level) -> [Step; 2] {
    let name = format!("{}_audit", table.name);
    let function = qualified(&table.schema, &name);
    let definition = format!(
        "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger\n\
         LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp\n\
         -- A plan made for one row must not be used for many: joined by loops, 20,000 rows would take minutes.\n\
         SET enable_nestloop = off AS $function$\n\
         DECLARE\n  who record;\nBEGIN\n{}  \
         SELECT * INTO who FROM tenantry.audit_context();\n  \
         IF TG_OP = 'INSERT' THEN\n{}  ELSIF TG_OP = 'UPDATE' THEN\n{}  ELSE\n{}  END IF;\n  RETURN NULL;\nEND $function$;\n\
         REVOKE ALL ON FUNCTION {function}() FROM PUBLIC;\n\
         GRANT EXECUTE ON FUNCTION {function}() TO {};\n{}",
        marks(table, actor, level),
        insert(table, level),
        update(table, actor, level),
        purge(table, actor, level),
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
        let each = match level {
            Level::Statement => format!("REFERENCING {rows}\n  FOR EACH STATEMENT"),
            Level::Row => "FOR EACH ROW".to_owned(),
        };
        format!(
            "CREATE OR REPLACE TRIGGER {} AFTER {event} ON {path} {each} EXECUTE FUNCTION {function}();\n",
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
        "    INSERT INTO tenantry.audit_log (table_name, schema_version, actor_kind, actor_id, actor_name, request_id, {columns})\n    \
         SELECT {name}, {}, who.actor_kind, who.actor_id, who.actor_name, who.request_id, {values}\n",
        table.schema_version
    )
}

fn insert(table: &Table, level: Level) -> String {
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
    // Security events are written where they were aimed at, if that is there.
    let known = if table.shape == KeyShape::IsScope {
        format!(
            "    INSERT INTO tenantry.audit_directory (id) SELECT r.{id} FROM {} AS r ON CONFLICT DO NOTHING;\n",
            level.new_rows()
        )
    } else {
        String::new()
    };
    format!(
        "{entry}    FROM (SELECT {key}, (row_number() OVER (PARTITION BY {scope}) - 1) / {IDS} AS batch FROM {} AS new_rows) AS r\n    \
         GROUP BY r.{scope}, r.batch;\n{known}",
        level.new_rows()
    )
}

fn update(table: &Table, actor: KeyType, level: Level) -> String {
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
        if column.unrecorded
            || IMPLIED.contains(&name)
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
        "{entry}    FROM {} AS o JOIN {} AS n USING ({}){};\n",
        level.old_rows(),
        level.new_rows(),
        crate::quote::list(table.key_columns()),
        only_marked(table, actor, ["o", "n"])
            .map_or_else(String::new, |marked| format!("\n    WHERE NOT ({marked})")),
    )
}

/// Marks are left where there is no context to ask for.
fn marks(table: &Table, actor: KeyType, level: Level) -> String {
    let Some(marked) = only_marked(table, actor, ["o", "n"]) else {
        return String::new();
    };
    let key = crate::quote::list(table.key_columns());
    let (old, new) = (level.old_rows(), level.new_rows());
    format!(
        "  IF TG_OP = 'UPDATE' THEN\n    IF NOT EXISTS (SELECT FROM {old} AS o JOIN {new} AS n USING ({key})\n    \
         WHERE NOT ({marked})) THEN\n      RETURN NULL;\n    END IF;\n  END IF;\n"
    )
}

fn purge(table: &Table, actor: KeyType, level: Level) -> String {
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
    let known = if table.shape == KeyShape::IsScope {
        format!(
            "    DELETE FROM tenantry.audit_directory d USING {} AS o WHERE d.id = o.{id};\n",
            level.old_rows()
        )
    } else {
        String::new()
    };
    format!("{entry}    FROM {} AS o;\n{known}", level.old_rows())
}

/// A function takes a hundred arguments, so wide tables need several documents.
fn pieces(pairs: &[String]) -> String {
    pairs
        .chunks(45)
        .map(|chunk| format!("jsonb_build_object({})", chunk.join(", ")))
        .collect::<Vec<_>>()
        .join(" || ")
}
