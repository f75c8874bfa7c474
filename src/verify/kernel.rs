//! Rules about the kernel: the door, the readers of the context, the seal and the keys.

use crate::catalog::{Function, Table};

use super::{
    Findings, Rule,
    names::{KERNEL, OWNER, SEAL, qualified},
    subject::Subject,
};

/// What enters a workspace: a procedure, which no expression can call.
const DOOR: &str = "enter";

/// The door and the readers.
const FUNCTIONS: [(&str, &str); 19] = [
    (DOOR, "IN claim text, IN signature text"),
    ("workspace_id", ""),
    ("workspace_bigint", ""),
    ("workspace_text", ""),
    ("actor_id", ""),
    ("actor_bigint", ""),
    ("actor_text", ""),
    ("actor_id", "roles text[]"),
    ("actor_bigint", "roles text[]"),
    ("actor_text", "roles text[]"),
    ("acts_as", "roles text[], kinds text[]"),
    ("person_id", ""),
    ("person_bigint", ""),
    ("person_text", ""),
    ("actor_kind", ""),
    ("role", ""),
    ("request_id", ""),
    ("attribute", "name text"),
    ("attribute_ids", "name text"),
];

/// What makes and drops partitions, which only the owner of the log can: for maintenance, with nothing to ask for but how much.
const MAINTENANCE: [&str; 2] = ["maintain_audit_partitions", "maintain_audit_retention"];

const TABLES: [&str; 2] = ["seal", "key"];

const MIGRATE: &str = "Run the migration tenantry_migration::Kernel.";

/// Whether this is a table with secrets, which has rules of its own.
pub(super) fn is_secret(table: &Table) -> bool {
    table.schema == KERNEL && TABLES.contains(&table.name.as_str())
}

/// Whether this is the name of the door or of a reader.
pub(super) fn is_reader(name: &str) -> bool {
    FUNCTIONS.iter().any(|(known, _)| *known == name)
}

/// Whether this is a function of the kernel that runs as the owner of the tables, and may.
pub(super) fn maintains(function: &Function) -> bool {
    function.schema == KERNEL
        && function.owner == OWNER
        && function.arguments == "at_most integer"
        && MAINTENANCE.contains(&function.name.as_str())
}

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    if subject
        .catalog
        .schemas
        .iter()
        .all(|schema| schema.name != KERNEL)
    {
        findings.error(
            Rule::KernelMissing,
            "schema tenantry",
            "the schema \"tenantry\" is not installed, so there is no context and no wall",
            MIGRATE,
        );
        return;
    }
    for (name, arguments) in FUNCTIONS {
        function(subject, name, arguments, findings);
    }
    for name in TABLES {
        table(subject, name, findings);
    }
}

fn function(subject: &Subject<'_>, name: &str, arguments: &str, findings: &mut Findings) {
    let object = format!("function tenantry.{name}({arguments})");
    let found = subject.catalog.functions.iter().find(|function| {
        function.schema == KERNEL && function.name == name && function.arguments == arguments
    });
    let Some(function) = found else {
        findings.error(
            Rule::KernelFunction,
            object,
            "the function is missing",
            MIGRATE,
        );
        return;
    };
    if function.owner != SEAL || !function.security_definer {
        findings.error(
            Rule::KernelFunction,
            &object,
            format!(
                "the function does not run as \"{SEAL}\" (owner \"{}\")",
                function.owner
            ),
            format!(
                "ALTER ROUTINE tenantry.{name}({arguments}) OWNER TO {SEAL};\n\
                 ALTER ROUTINE tenantry.{name}({arguments}) SECURITY DEFINER;"
            ),
        );
    }
    if name == DOOR && function.returns.is_some() {
        findings.error(
            Rule::KernelFunction,
            object,
            "the door is a function, so an injected expression can enter another workspace",
            MIGRATE,
        );
    }
}

fn table(subject: &Subject<'_>, name: &str, findings: &mut Findings) {
    let path = qualified(KERNEL, name);
    let Some(relation) = subject.find(KERNEL, name) else {
        findings.error(Rule::KernelTable, &path, "the table is missing", MIGRATE);
        return;
    };
    if relation.table.owner != SEAL {
        findings.error(
            Rule::KernelTable,
            &path,
            format!(
                "the table belongs to \"{}\", who can read the secret in it",
                relation.table.owner
            ),
            format!("ALTER TABLE {path} OWNER TO {SEAL};"),
        );
    }
    let others = relation
        .table
        .grants
        .iter()
        .filter(|grant| !grant.grantee.is_role(&relation.table.owner));
    let mut who: Vec<String> = others.map(|grant| grant.grantee.to_string()).collect();
    who.dedup();
    for grantee in who {
        findings.error(
            Rule::KernelTable,
            &path,
            format!("{grantee} holds privileges on a table that holds secrets"),
            format!("REVOKE ALL ON {path} FROM {grantee};"),
        );
    }
}
