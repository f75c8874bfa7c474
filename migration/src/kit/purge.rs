//! How deleted rows go for good: after a time, and through a function of their own.
//!
//! The runtime role holds no DELETE. The functions belong to [`PURGE`], which stands behind the wall as the runtime role does, sees
//! deleted rows alone, and whose policies would refuse a row that lives.

use std::time::Duration;

use super::{comment, emit::Step, governed::Asked, names::LONGEST, table::Table, wall};
use crate::quote::{identifier, list, literal, qualified};
use crate::roles::{APP, PURGE};

/// Rows of one call, if nobody says, and at most.
const ROWS: (u32, u32) = (1_000, 10_000);

impl Table {
    /// Lets deleted rows be purged, by the function `<table>_purge`. Without it they stay for ever.
    pub fn purged_by(mut self, purge: Purge) -> Self {
        self.purge = Some(purge);
        self
    }
}

/// Who may purge a table's deleted rows, and how old a deletion must be.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tenantry_migration::{KeyType, kit::{Column, Purge, Table}};
///
/// const MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);
///
/// let notes = Table::new("notes", "notes", "What members write down.")
///     .scope("workspace_id", KeyType::Uuid)
///     .column(Column::text("title", "What people see in lists."))
///     .versioned().soft_delete().audited()
///     // The role of a job is its name.
///     .purged_by(Purge::after(MONTH).by(["owner", "retention"]));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a declaration does nothing until a table has it"]
pub struct Purge {
    retention: Duration,
    roles: Vec<String>,
}

impl Purge {
    /// Says how long ago a row must have been deleted, at the least; the database refuses to take a younger one.
    pub const fn after(retention: Duration) -> Self {
        Self {
            retention,
            roles: Vec::new(),
        }
    }

    /// Names roles of contexts that may purge; the role of a job is its name. Of a [governed](Table::governed) table its policy says that.
    pub fn by<S: Into<String>>(mut self, roles: impl IntoIterator<Item = S>) -> Self {
        self.roles.extend(roles.into_iter().map(Into::into));
        self
    }
}

/// Why the declaration contradicts itself.
pub(super) fn contradiction(table: &Table) -> Option<&'static str> {
    let purge = table.purge.as_ref()?;
    if !table.soft_delete {
        Some("only what soft-deletes is purged")
    } else if purge.roles.is_empty() && !table.governed {
        Some("its purge names no role that may ask for it")
    } else if table.governed && !purge.roles.is_empty() {
        Some("its policy says who purges it")
    } else if function(table).len() > LONGEST {
        Some("its name leaves no room for that of its purge")
    } else {
        None
    }
}

fn function(table: &Table) -> String {
    format!("{}_purge", table.name)
}

/// Policies, grants and the function. The wall names the role as well.
pub(super) fn steps(table: &Table) -> Vec<Step> {
    let Some(purge) = &table.purge else {
        return Vec::new();
    };
    let (path, role) = (table.path(), identifier(PURGE));
    let deleted = "USING (\"deleted_at\" IS NOT NULL)";
    let mut sql = wall::policy(&path, "purge_read", "SELECT", PURGE, deleted);
    sql.push_str(&wall::policy(
        &path,
        "purge_delete",
        "DELETE",
        PURGE,
        deleted,
    ));
    let named = table.key_columns().into_iter().chain(["deleted_at"]);
    sql.push_str(&table.revoked(PURGE));
    sql.push_str(&format!(
        "GRANT SELECT ({}), DELETE ON {path} TO {role};\n",
        list(named)
    ));
    vec![
        Step::Run(sql),
        Step::As {
            role: PURGE,
            sql: definition(table, purge),
        },
    ]
}

/// The age is counted in seconds: days and months would depend on the caller's time zone and calendar.
fn definition(table: &Table, purge: &Purge) -> String {
    let path = table.path();
    let function = qualified(&table.schema, &function(table));
    let (scope, key) = table.wall();
    let (id, id_type) = (identifier(&table.key.0), table.key.1.sql());
    let within = format!(
        "t.{} = (SELECT {}) AND t.\"deleted_at\" < cutoff AND ({})",
        identifier(scope),
        key.workspace_reader(),
        table.carried(Asked::Purged, "true")
    );
    let roles: Vec<String> = purge.roles.iter().map(|role| literal(role)).collect();
    let (usual, most) = ROWS;
    let signature = format!("{function}(interval, bigint, text)");
    format!(
        "CREATE OR REPLACE FUNCTION {function}(older_than interval, at_most bigint DEFAULT NULL, after_id text DEFAULT NULL)\n\
         RETURNS TABLE (purged bigint, kept bigint, last_id text)\n\
         LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $function$\n\
         #variable_conflict use_variable\n\
         DECLARE\n  cutoff timestamptz := now() - older_than;\n  ids {id_type}[];\n  one {id_type};\n  gone bigint;\n\
         BEGIN\n  \
         IF ({}) IS NOT TRUE THEN\n    \
         RAISE EXCEPTION 'the role of the context does not purge' USING ERRCODE = '42501';\n  END IF;\n  \
         IF (cutoff <= now() - interval '{} seconds') IS NOT TRUE THEN\n    \
         RAISE EXCEPTION 'deleted rows are kept for longer' USING ERRCODE = '22023';\n  END IF;\n  \
         purged := 0;\n  kept := 0;\n  \
         ids := ARRAY(\n    SELECT t.{id} FROM {path} AS t\n     WHERE {within}\n       \
         AND (after_id IS NULL OR t.{id} > after_id::{id_type})\n     \
         ORDER BY t.{id} LIMIT least(greatest(coalesce(at_most, {usual}), 1), {most}));\n  \
         last_id := ids[cardinality(ids)]::text;\n  \
         -- A row that was restored meanwhile no longer passes; one that is pointed at stays, told by the keys themselves.\n  \
         BEGIN\n    DELETE FROM {path} AS t WHERE {within} AND t.{id} = ANY (ids);\n    \
         GET DIAGNOSTICS purged = ROW_COUNT;\n  \
         EXCEPTION WHEN foreign_key_violation OR restrict_violation THEN\n    \
         FOREACH one IN ARRAY ids LOOP\n      \
         BEGIN\n        DELETE FROM {path} AS t WHERE {within} AND t.{id} = one;\n        \
         GET DIAGNOSTICS gone = ROW_COUNT;\n        purged := purged + gone;\n      \
         EXCEPTION WHEN foreign_key_violation OR restrict_violation THEN\n        kept := kept + 1;\n      \
         END;\n    END LOOP;\n  END;\n  \
         RETURN NEXT;\nEND $function$;\n\
         REVOKE ALL ON FUNCTION {signature} FROM PUBLIC;\n\
         GRANT EXECUTE ON FUNCTION {signature} TO {};\n{}",
        table.carried(
            Asked::Purge,
            &format!(
                "(SELECT tenantry.role()) = ANY (ARRAY[{}])",
                roles.join(", ")
            )
        ),
        purge.retention.as_secs(),
        identifier(APP),
        comment(
            &format!("FUNCTION {signature}"),
            "Removes rows of the context's workspace that were deleted longer ago, after an id, at most so many; those that are pointed at stay."
        ),
    )
}
