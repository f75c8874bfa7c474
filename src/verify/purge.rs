//! Rules about purging: the one role that deletes for good, and its functions.

use crate::catalog::{Function, Grant, PolicyCommand, Table};

use super::{
    Findings, Rule, functions,
    names::{PURGE, identifier, path},
    subject::Subject,
};

const MAKE: &str = "Make it with kit::Table::purged_by.";

/// What a function of the kit says, and what is wrong without it.
const SAID: [(&str, &str); 4] = [
    (
        " = (SELECT tenantry.workspace_",
        "does not take the workspace from the context",
    ),
    ("IF (/*policy of ", "does not ask who purges"),
    (
        "IF (cutoff <= now() - interval '",
        "does not ask how old a deletion is",
    ),
    ("\"deleted_at\" < cutoff", "takes rows that live"),
];

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for function in &subject.catalog.functions {
        if function.owner == PURGE {
            for problem in problems(subject, function) {
                findings.error(
                    Rule::PurgeFunction,
                    functions::object(function),
                    format!("the function deletes rows for good, and {problem}"),
                    MAKE,
                );
            }
        }
    }
    for table in &subject.catalog.tables {
        let grants: Vec<&Grant> = table
            .grants
            .iter()
            .filter(|grant| grant.grantee.is_role(PURGE))
            .collect();
        for grant in &grants {
            if let Some(problem) = excess(subject, table, grant) {
                findings.error(
                    Rule::PurgeRole,
                    path(table),
                    format!("role \"{PURGE}\" holds {problem}"),
                    format!(
                        "REVOKE {} ON {} FROM {PURGE};",
                        grant.privilege,
                        path(table)
                    ),
                );
            }
        }
        if !grants.is_empty() {
            sees_the_living(subject, table, findings);
        }
    }
}

fn problems(subject: &Subject<'_>, function: &Function) -> Vec<String> {
    let source = function.source.as_deref().unwrap_or_default();
    let mut problems: Vec<String> = SAID
        .iter()
        .filter(|(said, _)| !source.contains(said))
        .map(|(_, problem)| (*problem).to_owned())
        .collect();
    let strangers = function
        .grants
        .iter()
        .map(|grant| grant.grantee.to_string())
        .filter(|grantee| grantee != PURGE && grantee != "PUBLIC" && !subject.is_scope(grantee));
    problems.extend(
        strangers.map(|grantee| format!("\"{grantee}\", which is no scope role, executes it")),
    );
    problems
}

fn excess(subject: &Subject<'_>, table: &Table, grant: &Grant) -> Option<String> {
    let privilege = grant.privilege.as_str();
    match (privilege, &grant.column) {
        ("SELECT", None) => Some("SELECT on every column".to_owned()),
        ("SELECT", Some(_)) => None,
        ("DELETE", _) if subject.verifier.soft_delete_columns(table).next().is_some() => None,
        ("DELETE", _) => Some("DELETE where no row is soft-deleted first".to_owned()),
        _ => Some(format!("{privilege}, which no purge needs")),
    }
}

/// Its policies stand between a mistaken function and the rows that live.
fn sees_the_living(subject: &Subject<'_>, table: &Table, findings: &mut Findings) {
    let concerned = table
        .policies
        .iter()
        .filter(|policy| policy.permissive && subject.reaches(policy, PURGE));
    for policy in concerned {
        let spares = matches!(
            policy.command,
            PolicyCommand::Select | PolicyCommand::Delete
        ) && policy.using.as_deref().is_some_and(|using| {
            subject
                .verifier
                .soft_delete_columns(table)
                .any(|column| using == format!("({} IS NOT NULL)", identifier(column)))
        });
        if !spares {
            findings.error(
                Rule::PurgeRole,
                format!("{}.{}", path(table), identifier(&policy.name)),
                format!(
                    "policy \"{}\" lets role \"{PURGE}\" reach rows that live",
                    policy.name
                ),
                MAKE,
            );
        }
    }
}
