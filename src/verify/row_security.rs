//! Rules about row security itself: that it is on, forced, and that everybody meets exactly the wall.

use crate::catalog::{Column, Policy, PolicyCommand, Table};

use super::{
    Findings, Rule, expression,
    names::{identifier, list},
    subject::{Relation, Standing, Subject},
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for relation in subject.tables() {
        let workspace = matches!(relation.standing, Standing::Workspace(_));
        if workspace || !relation.table.policies.is_empty() {
            switches(relation, findings);
        }
    }
    for (relation, scope) in subject.workspace_tables() {
        scope_column(relation, scope, findings);
        walls(subject, relation, scope, findings);
        owner_sees(subject, relation, findings);
    }
}

fn switches(relation: &Relation<'_>, findings: &mut Findings) {
    let (path, security) = (relation.path(), relation.table.row_security);
    if !security.enabled {
        findings.error(
            Rule::RowSecurityDisabled,
            &path,
            "row security is not enabled",
            format!("ALTER TABLE {path} ENABLE ROW LEVEL SECURITY;\nALTER TABLE {path} FORCE ROW LEVEL SECURITY;"),
        );
    } else if !security.forced {
        findings.error(
            Rule::RowSecurityNotForced,
            &path,
            "row security is not forced, so the owner sees every workspace",
            format!("ALTER TABLE {path} FORCE ROW LEVEL SECURITY;"),
        );
    }
}

fn scope_column(relation: &Relation<'_>, scope: &Column, findings: &mut Findings) {
    let (path, name) = (relation.path(), identifier(&scope.name));
    let object = format!("{path}.{name}");
    if scope.nullable {
        findings.error(
            Rule::ScopeColumn,
            &object,
            "the scope column may be null, so a row could belong to nobody and a key be checked in part",
            format!("ALTER TABLE {path} ALTER COLUMN {name} SET NOT NULL;"),
        );
    }
    if expression::reader(&scope.column_type.name).is_none() || scope.column_type.array {
        findings.error(
            Rule::ScopeColumn,
            object,
            format!(
                "the scope column is {}, which no context can have",
                scope.column_type.formatted
            ),
            "Use uuid, bigint, integer or text.",
        );
    }
}

/// Every holder, and the owner, must meet a wall; the roles of the workspace scope must meet exactly ours.
fn walls(subject: &Subject<'_>, relation: &Relation<'_>, scope: &Column, findings: &mut Findings) {
    let table = relation.table;
    let Some(reader) = expression::reader(&scope.column_type.name) else {
        return;
    };
    let holders = relation
        .holders
        .iter()
        .filter_map(|holder| Some((holder.role?, holder.privileges())));
    for (role, privileges) in holders.chain([(table.owner.as_str(), "ownership".to_owned())]) {
        let mut reached = restrictive(table)
            .filter(|policy| subject.reaches(policy, role))
            .peekable();
        if reached.peek().is_none() {
            findings.error(
                Rule::WallMissing,
                relation.path(),
                format!(
                    "role \"{role}\" holds {privileges}, but meets no restrictive policy FOR ALL"
                ),
                remedy(subject, relation, role, scope, reader),
            );
            continue;
        }
        let is_ours = |policy: &Policy| {
            [&policy.using, &policy.check].into_iter().all(|side| {
                side.as_deref()
                    .is_some_and(|text| expression::is_wall(text, &scope.name, reader))
            })
        };
        let expected =
            subject.is_workspace_scope(role) || role == table.owner || role == super::names::PURGE;
        if expected && !reached.clone().any(is_ours) {
            let found = reached.next().map_or_else(String::new, written);
            findings.error(
                Rule::WallText,
                relation.path(),
                format!(
                    "the wall of role \"{role}\" is {found}, not {}",
                    expression::wall(&scope.name, reader)
                ),
                remedy(subject, relation, role, scope, reader),
            );
        }
    }
    for policy in restrictive(table).filter(|policy| is_public(policy)) {
        findings.warning(
            Rule::WallToPublic,
            format!("{}.{}", relation.path(), identifier(&policy.name)),
            format!("policy \"{}\" is restrictive and TO PUBLIC, so it also shuts out search and other scopes", policy.name),
            format!(
                "ALTER POLICY {} ON {} TO {};",
                identifier(&policy.name),
                relation.path(),
                list(super::names::WORKSPACE_SCOPES.into_iter().chain([table.owner.as_str()]))
            ),
        );
    }
}

fn restrictive(table: &Table) -> impl Iterator<Item = &Policy> + Clone {
    table
        .policies
        .iter()
        .filter(|policy| !policy.permissive && policy.command == PolicyCommand::All)
}

fn is_public(policy: &Policy) -> bool {
    policy.roles.contains(&crate::catalog::Grantee::Public)
}

/// Both sides of a policy, once if they are the same.
fn written(policy: &Policy) -> String {
    let using = policy.using.as_deref().unwrap_or("nothing");
    match policy.check.as_deref() {
        None => format!("USING {using} without WITH CHECK"),
        Some(check) if check == using => using.to_owned(),
        Some(check) => format!("USING {using} WITH CHECK {check}"),
    }
}

fn remedy(
    subject: &Subject<'_>,
    relation: &Relation<'_>,
    role: &str,
    scope: &Column,
    reader: &str,
) -> String {
    let path = relation.path();
    if subject.is_scope(role) || role == relation.table.owner {
        let wall = expression::wall(&scope.name, reader);
        let name = identifier(&format!("{}_wall", relation.table.name));
        let roles = list(
            super::names::WORKSPACE_SCOPES
                .into_iter()
                .chain([relation.table.owner.as_str()]),
        );
        return format!(
            "DROP POLICY IF EXISTS {name} ON {path};\nCREATE POLICY {name} ON {path} AS RESTRICTIVE FOR ALL TO {roles}\n  USING ({wall}) WITH CHECK ({wall});"
        );
    }
    format!(
        "REVOKE ALL ON {path} FROM {}; -- or give the role a restrictive policy of its own",
        identifier(role)
    )
}

/// Without a permissive policy a wall is not even asked: the owner sees nothing, and a foreign key passes unchecked.
fn owner_sees(subject: &Subject<'_>, relation: &Relation<'_>, findings: &mut Findings) {
    let table = relation.table;
    let sees = table.policies.iter().any(|policy| {
        policy.permissive
            && matches!(policy.command, PolicyCommand::All | PolicyCommand::Select)
            && subject.reaches(policy, &table.owner)
    });
    if !sees && table.row_security.enabled && table.row_security.forced {
        let (path, owner) = (relation.path(), identifier(&table.owner));
        findings.error(
            Rule::OwnerBlind,
            &path,
            format!(
                "the owner \"{}\" has no permissive policy, so keys and backfills pass over all rows without an error",
                table.owner
            ),
            format!("CREATE POLICY owner_all ON {path} FOR ALL TO {owner} USING (true) WITH CHECK (true);"),
        );
    }
}
