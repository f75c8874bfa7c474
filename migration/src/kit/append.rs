//! Rows that stay as they were inserted.
//!
//! The runtime role holds neither UPDATE nor DELETE; the trigger is for whoever holds more.

use super::{comment, table::Table};
use crate::quote::{identifier, qualified};

/// The function and its trigger, if the table is append-only.
pub(super) fn sql(table: &Table) -> Option<String> {
    if !table.append_only {
        return None;
    }
    let name = format!("{}_append_only", table.name);
    let (function, trigger, path) = (
        qualified(&table.schema, &name),
        identifier(&name),
        table.path(),
    );
    Some(format!(
        "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger\n\
         LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $function$\nBEGIN\n  \
         RAISE EXCEPTION 'the table is append-only' USING ERRCODE = '42501';\nEND $function$;\n\
         REVOKE ALL ON FUNCTION {function}() FROM PUBLIC;\n{}\
         CREATE OR REPLACE TRIGGER {trigger} BEFORE UPDATE OR DELETE OR TRUNCATE ON {path}\n  \
         FOR EACH STATEMENT EXECUTE FUNCTION {function}();\n\
         ALTER TABLE {path} ENABLE ALWAYS TRIGGER {trigger};\n",
        comment(
            &format!("FUNCTION {function}()"),
            &format!(
                "Refuses to change rows of {}.{}, whoever asks.",
                table.schema, table.name
            ),
        ),
    ))
}
