//! Row security and grants of a workspace table.

use super::table::Table;
use crate::{
    KeyType,
    quote::{identifier, list},
    roles::{APP, OWNER, READER},
};

/// One permissive policy, made anew.
pub(super) fn policy(table: &str, name: &str, action: &str, role: &str, condition: &str) -> String {
    let name = identifier(name);
    format!(
        "DROP POLICY IF EXISTS {name} ON {table};\nCREATE POLICY {name} ON {table} FOR {action} TO {} {condition};\n",
        identifier(role)
    )
}

/// Switches row security on, for the owner too.
pub(super) fn enable(table: &str) -> String {
    format!(
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\nALTER TABLE {table} FORCE ROW LEVEL SECURITY;\n"
    )
}

/// The short word of a role in the names of its policies.
pub(super) fn word(role: &str) -> &str {
    role.strip_prefix("tenantry_").unwrap_or(role)
}

/// The wall, the permissions behind it, and grants by column.
pub(super) fn sql(table: &Table, actor: KeyType) -> String {
    let path = table.path();
    let (scope, key) = table.wall();
    let equality = format!(
        "{} = (SELECT {})",
        identifier(scope),
        key.workspace_reader()
    );
    let wall = identifier(&format!("{}_wall", table.name));
    let scopes = list([APP, READER]);
    let mut sql = enable(&path);
    sql.push_str(&format!(
        "DROP POLICY IF EXISTS {wall} ON {path};\n\
         CREATE POLICY {wall} ON {path} AS RESTRICTIVE FOR ALL TO {}\n  USING ({equality})\n  WITH CHECK ({equality});\n",
        list([APP, READER, OWNER])
    ));
    sql.push_str(&policy(&path, "app_read", "SELECT", APP, "USING (true)"));
    sql.push_str(&policy(
        &path,
        "app_insert",
        "INSERT",
        APP,
        &format!("WITH CHECK ({})", table.writable_if),
    ));
    sql.push_str(&policy(
        &path,
        "app_update",
        "UPDATE",
        APP,
        &format!("USING ({0}) WITH CHECK ({0})", table.writable_if),
    ));
    sql.push_str(&policy(
        &path,
        "reader_read",
        "SELECT",
        READER,
        "USING (true)",
    ));
    // Without a permissive policy the owner would see nothing, silently: the wall, which raises, would not even be asked.
    sql.push_str(&policy(
        &path,
        "owner_all",
        "ALL",
        OWNER,
        "USING (true) WITH CHECK (true)",
    ));

    let holders = list(
        [APP, READER]
            .into_iter()
            .chain(table.readers.iter().map(|(role, _)| role.as_str())),
    );
    sql.push_str(&format!("REVOKE ALL ON {path} FROM PUBLIC, {holders};\n"));
    let hidden = table.columns.iter().any(|column| column.hidden);
    let readable = if hidden {
        let visible = table
            .all_columns(actor)
            .into_iter()
            .filter(|column| !column.hidden)
            .map(|column| column.name);
        format!("SELECT ({})", list(visible))
    } else {
        "SELECT".to_owned()
    };
    sql.push_str(&format!("GRANT {readable} ON {path} TO {scopes};\n"));
    sql.push_str(&format!(
        "GRANT INSERT ({}) ON {path} TO {};\n",
        list(table.insertable(actor)),
        identifier(APP)
    ));
    let updatable = table.updatable();
    if !updatable.is_empty() {
        sql.push_str(&format!(
            "GRANT UPDATE ({}) ON {path} TO {};\n",
            list(updatable),
            identifier(APP)
        ));
    }
    for (role, columns) in &table.readers {
        sql.push_str(&policy(
            &path,
            &format!("{}_read", word(role)),
            "SELECT",
            role,
            "USING (true)",
        ));
        sql.push_str(&format!(
            "GRANT SELECT ({}) ON {path} TO {};\n",
            list(columns),
            identifier(role)
        ));
    }
    sql
}
