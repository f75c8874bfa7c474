//! The trigger that keeps what callers may not write: version, stamps, the marks of deletion.

use super::{comment, table::Table};
use crate::{
    KeyType,
    quote::{identifier, qualified},
};

/// The function and its trigger, if the table has anything to keep.
pub(super) fn sql(table: &Table, actor: KeyType) -> Option<String> {
    let mut body = String::new();
    if table.versioned {
        body.push_str("  NEW.version := OLD.version + 1;\n");
    }
    if table.stamped {
        body.push_str(&format!(
            "  NEW.updated_at := now();\n  NEW.updated_by := {};\n",
            actor.actor_reader()
        ));
    }
    if table.soft_delete {
        let deleter = if table.stamped {
            "NEW.updated_by"
        } else {
            actor.actor_reader()
        };
        body.push_str(&format!(
            "  IF NEW.deleted_at IS NULL THEN\n    NEW.deleted_by := NULL;\n    NEW.delete_op := NULL;\n  \
             ELSIF OLD.deleted_at IS NULL THEN\n    NEW.deleted_at := now();\n    NEW.deleted_by := {deleter};\n  \
             ELSE\n    NEW.deleted_at := OLD.deleted_at;\n    NEW.delete_op := OLD.delete_op;\n  END IF;\n"
        ));
    }
    if body.is_empty() {
        return None;
    }
    if let Some(marked) = only_marked(table, actor, ["OLD", "NEW"]) {
        body = format!("  IF {marked} THEN\n    RETURN NEW;\n  END IF;\n{body}");
    }
    let name = format!("{}_touch", table.name);
    let (function, trigger, path) = (
        qualified(&table.schema, &name),
        identifier(&name),
        table.path(),
    );
    Some(format!(
        "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger\n\
         LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$\nBEGIN\n{body}  RETURN NEW;\nEND $function$;\n\
         REVOKE ALL ON FUNCTION {function}() FROM PUBLIC;\n{}\
         CREATE OR REPLACE TRIGGER {trigger} BEFORE UPDATE ON {path} FOR EACH ROW EXECUTE FUNCTION {function}();\n",
        comment(
            &format!("FUNCTION {function}()"),
            &format!(
                "Keeps the managed columns of {}.{}.",
                table.schema, table.name
            )
        ),
    ))
}

/// The condition under which nothing but marks has changed, if the table has any.
pub(super) fn only_marked(table: &Table, actor: KeyType, [old, new]: [&str; 2]) -> Option<String> {
    let columns = table.all_columns(actor);
    if !columns.iter().any(|column| column.unrecorded) {
        return None;
    }
    let row = |of: &str, marks: bool| {
        let columns = columns
            .iter()
            .filter(|column| column.unrecorded == marks && column.generated.is_none())
            .map(|column| format!("{of}.{}", identifier(&column.name)));
        format!("ROW({})", columns.collect::<Vec<_>>().join(", "))
    };
    // A write that changes nothing at all counts, as it does elsewhere.
    Some(format!(
        "{} IS DISTINCT FROM {}\n    AND {} IS NOT DISTINCT FROM {}",
        row(old, true),
        row(new, true),
        row(old, false),
        row(new, false)
    ))
}
