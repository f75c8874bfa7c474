//! Names of the roles of the kernel, and names as SQL writes them.

use crate::catalog::Table;

pub(super) const OWNER: &str = "tenantry_owner";
pub(super) const MIGRATOR: &str = "tenantry_migrator";
pub(super) const SEAL: &str = "tenantry_seal";
pub(super) const AUDIT: &str = "tenantry_audit";
pub(super) const IDENTITY: &str = "tenantry_identity";
pub(super) const SEARCH: &str = "tenantry_search";
pub(super) const PURGE: &str = "tenantry_purge";
pub(super) const DELIVERY: &str = "tenantry_delivery";
pub(super) const APP: &str = "tenantry_app";
pub(super) const READER: &str = "tenantry_reader";

/// The roles that own definer functions. Of these no wall concerns any but [`PURGE`].
pub(super) const DEFINERS: [&str; 6] = [SEAL, AUDIT, IDENTITY, SEARCH, PURGE, DELIVERY];

/// The roles behind the workspace wall.
pub(super) const WORKSPACE_SCOPES: [&str; 2] = [APP, READER];

/// The roles of other scopes, behind walls of their own.
pub(super) const OTHER_SCOPES: [&str; 3] = [PERSON, CATALOGUE, GLASS];

/// The role of a person's own rows in whatever workspace.
pub(super) const PERSON: &str = "tenantry_person";

/// The role of what is published.
pub(super) const CATALOGUE: &str = "tenantry_catalogue";

/// The role that reads from outside of workspaces, which the kit alone lets through.
pub(super) const GLASS: &str = "tenantry_glass";

/// The logins of jobs over all workspaces, which call functions and touch no table.
pub(super) const JOBS: [&str; 2] = ["tenantry_relay", "tenantry_maintenance"];

/// The schema of the kernel.
pub(super) const KERNEL: &str = "tenantry";

/// The log of the kernel.
pub(super) fn is_audit_log(table: &Table) -> bool {
    table.schema == KERNEL && table.name == "audit_log"
}

/// Words that PostgreSQL takes for something else, as far as they are likely names.
const RESERVED: [&str; 40] = [
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "both",
    "case",
    "cast",
    "check",
    "column",
    "constraint",
    "default",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "for",
    "foreign",
    "from",
    "grant",
    "group",
    "having",
    "in",
    "into",
    "limit",
    "offset",
    "on",
    "or",
    "order",
    "primary",
    "references",
    "table",
    "to",
    "user",
    "when",
];

/// Writes a name, in quotes where it needs them.
pub(super) fn identifier(name: &str) -> String {
    let plain = !RESERVED.contains(&name)
        && name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if plain {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Writes a name with its schema.
pub(super) fn qualified(schema: &str, name: &str) -> String {
    format!("{}.{}", identifier(schema), identifier(name))
}

/// Writes the name of a table.
pub(super) fn path(table: &Table) -> String {
    qualified(&table.schema, &table.name)
}

/// Writes names, separated by commas.
pub(super) fn list<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    names
        .into_iter()
        .map(|name| identifier(name.as_ref()))
        .collect::<Vec<_>>()
        .join(", ")
}
