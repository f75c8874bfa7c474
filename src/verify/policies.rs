//! Rules about what policies say.

use crate::catalog::{Grantee, Policy, PolicyCommand};

use super::{
    Findings, Rule, expression,
    names::{WORKSPACE_SCOPES, identifier},
    subject::{Relation, Subject},
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for relation in subject.tables() {
        for policy in &relation.table.policies {
            let object = format!("{}.{}", relation.path(), identifier(&policy.name));
            if policy.permissive && policy.roles.contains(&Grantee::Public) {
                findings.error(
                    Rule::PolicyToPublic,
                    &object,
                    format!(
                        "policy \"{}\" is permissive and TO PUBLIC, so every role that gets a grant passes it",
                        policy.name
                    ),
                    format!(
                        "ALTER POLICY {} ON {} TO tenantry_app;",
                        identifier(&policy.name),
                        relation.path()
                    ),
                );
            }
            if !is_wall(subject, relation, policy) {
                text(relation, policy, &object, findings);
            }
            soft_delete(subject, relation, policy, &object, findings);
        }
    }
}

/// Whether the rule about the text of the wall judges this policy.
fn is_wall(subject: &Subject<'_>, relation: &Relation<'_>, policy: &Policy) -> bool {
    let workspace_roles = WORKSPACE_SCOPES
        .into_iter()
        .chain([relation.table.owner.as_str()]);
    !policy.permissive
        && policy.command == PolicyCommand::All
        && relation.scope().is_some()
        && workspace_roles
            .into_iter()
            .any(|role| subject.reaches(policy, role))
}

fn sides(policy: &Policy) -> impl Iterator<Item = &str> {
    [&policy.using, &policy.check]
        .into_iter()
        .filter_map(|side| side.as_deref())
}

fn text(relation: &Relation<'_>, policy: &Policy, object: &str, findings: &mut Findings) {
    let scope = relation.scope().map(|column| column.name.as_str());
    let rewrite = |what: &str| {
        format!(
            "ALTER POLICY {} ON {} … -- {what}",
            identifier(&policy.name),
            relation.path()
        )
    };
    if let Some(how) = sides(policy).find_map(|text| expression::fails_open(text, scope)) {
        findings.error(
            Rule::PolicyFailsOpen,
            object,
            format!("policy \"{}\" {how}", policy.name),
            rewrite(
                "compare with (SELECT tenantry.workspace_id()), which raises without a context",
            ),
        );
    }
    if sides(policy).any(expression::reads_context_per_row) {
        findings.warning(
            Rule::PolicyPerRow,
            object,
            format!(
                "policy \"{}\" reads the context outside of a sub-select, once for each row",
                policy.name
            ),
            rewrite("write (SELECT tenantry.…()) instead of the bare call"),
        );
    }
    if sides(policy).any(expression::reads_tables) {
        findings.notice(
            Rule::PolicySubquery,
            object,
            format!(
                "policy \"{}\" looks something up in a table, for each row",
                policy.name
            ),
            rewrite(
                "prove it once, in authorize, and carry it in the context as role or attribute",
            ),
        );
    }
}

/// A soft delete is an UPDATE whose new row must pass the policies too.
fn soft_delete(
    subject: &Subject<'_>,
    relation: &Relation<'_>,
    policy: &Policy,
    object: &str,
    findings: &mut Findings,
) {
    for column in subject.verifier.soft_delete_columns(relation.table) {
        let written_by_its_roles = relation.table.grants.iter().any(|grant| {
            grant.privilege == "UPDATE"
                && grant.column.as_deref().is_none_or(|named| named == column)
                && match &grant.grantee {
                    Grantee::Public => true,
                    Grantee::Role(role) => subject.reaches(policy, role),
                }
        });
        if written_by_its_roles && sides(policy).any(|text| expression::mentions(text, column)) {
            findings.error(
                Rule::PolicySoftDelete,
                object,
                format!(
                    "policy \"{}\" mentions {column}, so the soft delete itself is refused",
                    policy.name
                ),
                format!(
                    "ALTER POLICY {} ON {} USING (…); -- without {column}: queries leave deleted rows out",
                    identifier(&policy.name),
                    relation.path()
                ),
            );
        }
    }
}
