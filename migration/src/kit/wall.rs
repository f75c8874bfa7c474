//! Row security and grants of a workspace table.

use super::table::{KeyShape, Table};
use crate::{
    KeyType,
    quote::{identifier, list, literal},
    roles::{APP, OWNER, PURGE, READER},
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
        list([APP, READER, OWNER].into_iter().chain(table.purge.as_ref().map(|_| PURGE)))
    ));
    // What a policy's migration has made stays.
    if table.said.is_none() {
        let who = !table.governed;
        for (name, verb, role, condition) in [
            ("app_read", "SELECT", APP, format!("USING ({who})")),
            ("app_insert", "INSERT", APP, format!("WITH CHECK ({who})")),
            (
                "app_update",
                "UPDATE",
                APP,
                format!("USING ({who}) WITH CHECK ({who})"),
            ),
            ("reader_read", "SELECT", READER, format!("USING ({who})")),
        ] {
            sql.push_str(&policy(&path, name, verb, role, &condition));
        }
    }
    // Without a permissive policy the owner would see nothing, silently: the wall, which raises, would not even be asked.
    sql.push_str(&policy(
        &path,
        "owner_all",
        "ALL",
        OWNER,
        "USING (true) WITH CHECK (true)",
    ));

    let holders = list([APP, READER].into_iter().chain(narrow_roles(table)));
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
    if table.inserts {
        sql.push_str(&format!(
            "GRANT INSERT ({}) ON {path} TO {};\n",
            list(table.insertable(actor)),
            identifier(APP)
        ));
    }
    let updatable = table.updatable();
    if !updatable.is_empty() {
        sql.push_str(&format!(
            "GRANT UPDATE ({}) ON {path} TO {};\n",
            list(updatable),
            identifier(APP)
        ));
    }
    if table.shape == KeyShape::Legacy {
        sql.push_str(&serials(&path));
    }
    for (verb, role, columns) in &table.narrow {
        sql.push_str(&beyond(&path, verb, role, columns));
    }
    sql
}

/// Lets the runtime role draw from the sequences of `serial` columns, which a table from elsewhere may have. Those of
/// identity columns need no grant.
fn serials(path: &str) -> String {
    format!(
        "DO $do$\nDECLARE\n  serial text;\nBEGIN\n  \
         FOR serial IN SELECT objid::regclass::text FROM pg_catalog.pg_depend\n    \
         WHERE classid = 'pg_catalog.pg_class'::regclass AND refobjid = {}::regclass AND refobjsubid > 0 AND deptype = 'a'\n      \
         AND EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = objid AND relkind = 'S')\n  LOOP\n    \
         EXECUTE 'GRANT USAGE ON SEQUENCE ' || serial || ' TO {}';\n  END LOOP;\nEND $do$;\n",
        literal(path),
        identifier(APP),
    )
}

/// The narrow roles that reach the table, each once.
fn narrow_roles(table: &Table) -> impl Iterator<Item = &str> {
    let named = |at: usize| table.narrow[at].1.as_str();
    (0..table.narrow.len())
        .filter(move |at| (0..*at).all(|before| named(before) != named(*at)))
        .map(named)
}

/// What a narrow role may do, which meets no wall.
pub(super) fn beyond(path: &str, verb: &str, role: &str, columns: &[String]) -> String {
    let (name, condition) = match verb {
        "SELECT" => ("read", "USING (true)"),
        "INSERT" => ("insert", "WITH CHECK (true)"),
        "UPDATE" => ("update", "USING (true) WITH CHECK (true)"),
        _ => ("delete", "USING (true)"),
    };
    let columns = if columns.is_empty() {
        String::new()
    } else {
        format!(" ({})", list(columns))
    };
    policy(
        path,
        &format!("{}_{name}", word(role)),
        verb,
        role,
        condition,
    ) + &format!("GRANT {verb}{columns} ON {path} TO {};\n", identifier(role))
}
