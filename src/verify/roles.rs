//! Rules about roles: what they are, what they are members of, what they own.

use crate::catalog::Role;

use super::{
    Findings, Rule,
    names::{DEFINERS, MIGRATOR, OWNER, identifier, path, qualified},
    subject::Subject,
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for role in subject.scope_roles() {
        attributes(role, Rule::ScopeRoleAttribute, findings);
        memberships(subject, role, findings);
        possessions(subject, role, findings);
    }
    owners(subject, findings);
    without_triggers(subject, findings);
    for role in &subject.catalog.roles {
        if is_narrow(&role.name) {
            narrow(role, findings);
        } else if role.name == MIGRATOR {
            attributes(role, Rule::NarrowRole, findings);
            inherited(subject, role, findings);
        } else if !role.superuser && !role.name.starts_with("pg_") {
            inherited(subject, role, findings);
            reads_everything(subject, role, findings);
            bypasses(subject, role, findings);
        }
    }
}

/// In such a session foreign keys are not checked, versions not counted and changes not audited.
fn without_triggers(subject: &Subject<'_>, findings: &mut Findings) {
    for role in &subject.surroundings.without_triggers {
        let (object, who) = match role {
            Some(role) if !subject.is_scope(role) => continue,
            Some(role) => (format!("role {role}"), identifier(role)),
            None => (
                format!("database {}", subject.surroundings.database),
                "ALL".to_owned(),
            ),
        };
        findings.error(
            Rule::ScopeRoleTriggers,
            object,
            "session_replication_role is set, or may be set, so that triggers and foreign keys do not fire",
            format!(
                "ALTER ROLE {who} RESET session_replication_role;\n\
                 REVOKE SET ON PARAMETER session_replication_role FROM {};",
                if role.is_none() { "PUBLIC" } else { &who }
            ),
        );
    }
}

/// Under FORCE a superuser still passes every wall, and so does whatever runs as the owner.
fn owners(subject: &Subject<'_>, findings: &mut Findings) {
    for (relation, _) in subject.workspace_tables() {
        let table = relation.table;
        let unbound = subject
            .catalog
            .role(&table.owner)
            .is_some_and(|owner| owner.superuser || owner.bypass_row_security);
        if unbound && !subject.is_scope(&table.owner) {
            findings.warning(
                Rule::TableOwner,
                relation.path(),
                format!(
                    "the table belongs to \"{}\", whom row security does not hold",
                    table.owner
                ),
                format!("ALTER TABLE {} OWNER TO {OWNER};", relation.path()),
            );
        }
    }
}

fn is_narrow(role: &str) -> bool {
    role == OWNER || DEFINERS.contains(&role)
}

/// The attributes by which a role gets past row security or becomes more than it is.
fn dangerous(role: &Role) -> Vec<&'static str> {
    [
        (role.superuser, "SUPERUSER"),
        (role.bypass_row_security, "BYPASSRLS"),
        (role.create_role, "CREATEROLE"),
        (role.create_database, "CREATEDB"),
        (role.replication, "REPLICATION"),
    ]
    .into_iter()
    .filter_map(|(held, word)| held.then_some(word))
    .collect()
}

fn attributes(role: &Role, rule: Rule, findings: &mut Findings) {
    let held = dangerous(role);
    if held.is_empty() {
        return;
    }
    let remedy: Vec<String> = held.iter().map(|word| format!("NO{word}")).collect();
    findings.error(
        rule,
        object(role),
        format!("role \"{}\" is {}", role.name, held.join(", ")),
        format!(
            "ALTER ROLE {} {};",
            identifier(&role.name),
            remedy.join(" ")
        ),
    );
}

fn memberships(subject: &Subject<'_>, role: &Role, findings: &mut Findings) {
    let is_base = subject.is_base_scope(&role.name);
    let mut scope = None;
    for membership in &role.member_of {
        let other = membership.role.as_str();
        let usable = membership.inherit || membership.set || membership.admin;
        if !usable {
            continue;
        }
        if !is_base && scope.is_none() && subject.is_scope(other) {
            scope = Some(other);
            continue;
        }
        let message = match scope.filter(|_| subject.is_scope(other)) {
            Some(first) => format!(
                "role \"{}\" is a member of two scopes, \"{first}\" and \"{other}\"",
                role.name
            ),
            None => format!("role \"{}\" is a member of \"{other}\"", role.name),
        };
        let remedy = format!(
            "REVOKE {} FROM {};",
            identifier(other),
            identifier(&role.name)
        );
        // A role that can do nothing, as some providers demand for logins, is a lesser evil.
        let harmless = subject.catalog.role(other).is_some_and(|found| {
            dangerous(found).is_empty() && !is_narrow(other) && !other.starts_with("pg_")
        }) && !subject.is_scope(other);
        if harmless {
            findings.warning(Rule::ScopeRoleMembership, object(role), message, remedy);
        } else {
            findings.error(Rule::ScopeRoleMembership, object(role), message, remedy);
        }
    }
}

fn possessions(subject: &Subject<'_>, role: &Role, findings: &mut Findings) {
    let mut owns = |kind: &str, name: String, is_owner: bool| {
        if is_owner {
            findings.error(
                Rule::ScopeRoleOwns,
                object(role),
                format!("role \"{}\" owns {} {name}", role.name, kind.to_lowercase()),
                format!("ALTER {kind} {name} OWNER TO {OWNER};"),
            );
        }
    };
    let is = |owner: &str| owner == role.name;
    let around = subject.surroundings;
    owns(
        "DATABASE",
        identifier(&around.database),
        is(&around.database_owner),
    );
    for schema in &subject.catalog.schemas {
        owns("SCHEMA", identifier(&schema.name), is(&schema.owner));
    }
    for table in &subject.catalog.tables {
        owns("TABLE", path(table), is(&table.owner));
        for partition in &table.partitions {
            let name = qualified(&partition.schema, &partition.name);
            owns("TABLE", name, is(&partition.owner));
        }
    }
    for sequence in &around.sequences {
        let name = qualified(&sequence.schema, &sequence.name);
        owns("SEQUENCE", name, is(&sequence.owner));
    }
    for function in &subject.catalog.functions {
        owns(
            "ROUTINE",
            super::functions::signature(function),
            is(&function.owner),
        );
    }
}

fn narrow(role: &Role, findings: &mut Findings) {
    attributes(role, Rule::NarrowRole, findings);
    if role.login {
        findings.error(
            Rule::NarrowRole,
            object(role),
            format!("role \"{}\" can log in", role.name),
            format!("ALTER ROLE {} NOLOGIN;", identifier(&role.name)),
        );
    }
    for membership in role
        .member_of
        .iter()
        .filter(|membership| membership.inherit || membership.set)
    {
        findings.error(
            Rule::NarrowRole,
            object(role),
            format!(
                "role \"{}\" is a member of \"{}\"",
                role.name, membership.role
            ),
            format!(
                "REVOKE {} FROM {};",
                identifier(&membership.role),
                identifier(&role.name)
            ),
        );
    }
}

fn inherited(subject: &Subject<'_>, role: &Role, findings: &mut Findings) {
    if subject.is_scope(&role.name) {
        // Said as a membership already.
        return;
    }
    for narrow in DEFINERS.into_iter().chain([OWNER]) {
        if subject.has_rights_of(&role.name, narrow) {
            findings.warning(
                Rule::NarrowRoleInherited,
                object(role),
                format!(
                    "role \"{}\" has the rights of \"{narrow}\" without SET ROLE",
                    role.name
                ),
                format!(
                    "ALTER ROLE {0} NOINHERIT; -- since PostgreSQL 16: GRANT {narrow} TO {0} WITH INHERIT FALSE;",
                    identifier(&role.name)
                ),
            );
        }
    }
}

fn reads_everything(subject: &Subject<'_>, role: &Role, findings: &mut Findings) {
    if role.bypass_row_security || subject.is_scope(&role.name) {
        return;
    }
    for everything in ["pg_read_all_data", "pg_write_all_data"] {
        if subject.has_rights_of(&role.name, everything)
            && subject.workspace_tables().next().is_some()
        {
            findings.error(
                Rule::WallMissing,
                object(role),
                format!(
                    "role \"{}\" holds privileges on every table through \"{everything}\", but meets no wall",
                    role.name
                ),
                format!("REVOKE {everything} FROM {};", identifier(&role.name)),
            );
        }
    }
}

fn bypasses(subject: &Subject<'_>, role: &Role, findings: &mut Findings) {
    if !role.bypass_row_security || subject.is_scope(&role.name) {
        return;
    }
    let touches = subject.has_rights_of(&role.name, "pg_read_all_data")
        || subject.workspace_tables().any(|(relation, _)| {
            relation
                .table
                .grants
                .iter()
                .any(|grant| grant.grantee.is_role(&role.name))
        });
    if touches {
        findings.notice(
            Rule::BypassRole,
            object(role),
            format!(
                "role \"{}\" bypasses row security and may touch workspace tables",
                role.name
            ),
            format!(
                "ALTER ROLE {} NOBYPASSRLS; -- or name it among the roles that operators trust",
                identifier(&role.name)
            ),
        );
    }
}

fn object(role: &Role) -> String {
    format!("role {}", role.name)
}
