//! Rules about the audit log, about audited tables, and about the trigger that counts versions.

use crate::catalog::{Table, Trigger, TriggerLevel, TriggerMode, TriggerTiming};

use super::{
    Findings, Rule,
    names::{AUDIT, identifier, is_audit_log, list, path, qualified},
    subject::{Relation, Subject},
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for relation in subject.tables() {
        if is_audit_log(relation.table) {
            log(subject, relation, findings);
        }
    }
    for (relation, _) in subject.workspace_tables() {
        if !is_audit_log(relation.table) {
            audited(subject, relation.table, findings);
            touched(subject, relation, findings);
        }
    }
}

fn log(subject: &Subject<'_>, relation: &Relation<'_>, findings: &mut Findings) {
    let log = relation.path();
    for grant in &relation.table.grants {
        let who = match &grant.grantee {
            crate::catalog::Grantee::Role(role) if *role == relation.table.owner => continue,
            grantee => grantee.to_string(),
        };
        let changes = matches!(grant.privilege.as_str(), "UPDATE" | "DELETE" | "TRUNCATE");
        if changes || (grant.privilege == "INSERT" && who != AUDIT) {
            let column = grant
                .column
                .as_ref()
                .map_or_else(String::new, |column| format!(" ({})", identifier(column)));
            findings.error(
                Rule::AuditLogWritable,
                &log,
                format!("{who} holds {} on the audit log", grant.privilege),
                format!(
                    "REVOKE {}{column} ON {log} FROM {};",
                    grant.privilege,
                    if who == "PUBLIC" {
                        who.clone()
                    } else {
                        identifier(&who)
                    }
                ),
            );
        }
    }
    for event in ["UPDATE", "DELETE", "TRUNCATE"] {
        let refused = relation.table.triggers.iter().any(|trigger| {
            trigger.timing == TriggerTiming::Before
                && trigger.level == TriggerLevel::Statement
                && trigger.mode == TriggerMode::Always
                && trigger.columns.is_empty()
                && trigger.events.iter().any(|found| found == event)
                && trigger.function == "refuse_change"
        });
        if !refused {
            append_only(
                &log,
                &format!("no trigger that is always enabled refuses {event}"),
                findings,
            );
        }
    }
    for partition in &subject.surroundings.unguarded_log_partitions {
        let path = partition.split_once('.').map_or_else(
            || identifier(partition),
            |(schema, name)| qualified(schema, name),
        );
        append_only(
            &path,
            "no trigger that is always enabled refuses changes of the partition itself",
            findings,
        );
    }
    for key in &relation.table.foreign_keys {
        let name = identifier(&key.name);
        findings.error(
            Rule::AuditLogForeignKey,
            format!("{log}.{name}"),
            format!("foreign key \"{}\" points out of the audit log, so what it points at cannot go, or takes entries along", key.name),
            format!("ALTER TABLE {log} DROP CONSTRAINT {name};"),
        );
    }
}

fn append_only(path: &str, message: &str, findings: &mut Findings) {
    findings.error(
        Rule::AuditLogAppendOnly,
        path,
        message,
        format!(
            "CREATE OR REPLACE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {path}\n  \
             FOR EACH STATEMENT EXECUTE FUNCTION tenantry.refuse_change();\n\
             ALTER TABLE {path} ENABLE ALWAYS TRIGGER audit_log_append_only;"
        ),
    );
}

fn is_enabled(trigger: &Trigger) -> bool {
    matches!(trigger.mode, TriggerMode::Origin | TriggerMode::Always)
}

/// A table is audited if an entity says so, if a trigger of it writes the log, or if the kit's function for it is there.
fn audited(subject: &Subject<'_>, table: &Table, findings: &mut Findings) {
    let named = format!("{}_audit", table.name);
    let is_audit =
        |trigger: &&Trigger| trigger.function == named || trigger.function_owner == AUDIT;
    let has_function = subject
        .catalog
        .functions
        .iter()
        .any(|function| function.schema == table.schema && function.name == named);
    let claimed = subject
        .verifier
        .claims
        .iter()
        .any(|claim| claim.audited && claim.is_about(table));
    let triggers: Vec<&Trigger> = table.triggers.iter().filter(is_audit).collect();
    if !claimed && !has_function && triggers.is_empty() {
        return;
    }
    let path = path(table);
    let remedy =
        format!("kit.create_table with .audited(), which makes the triggers of {path} again");
    let missing: Vec<&str> = ["INSERT", "UPDATE", "DELETE"]
        .into_iter()
        .filter(|event| {
            !triggers.iter().any(|trigger| {
                is_enabled(trigger)
                    && trigger.timing == TriggerTiming::After
                    && trigger.columns.is_empty()
                    && trigger.events.iter().any(|found| found == event)
            })
        })
        .collect();
    if !missing.is_empty() {
        findings.error(
            Rule::AuditTrigger,
            &path,
            format!(
                "no enabled trigger writes {} into the audit log",
                missing.join(", ")
            ),
            remedy,
        );
    }
    let mut functions: Vec<(String, &str)> = triggers
        .iter()
        .filter(|trigger| trigger.function_owner != AUDIT || !trigger.security_definer)
        .map(|trigger| {
            (
                qualified(&trigger.function_schema, &trigger.function),
                trigger.function_owner.as_str(),
            )
        })
        .collect();
    functions.dedup();
    for (function, owner) in functions {
        findings.error(
            Rule::AuditFunctionOwner,
            &path,
            format!("the audit function {function} does not run as \"{AUDIT}\" (owner \"{owner}\")"),
            format!("ALTER FUNCTION {function}() OWNER TO {AUDIT};\nALTER FUNCTION {function}() SECURITY DEFINER;"),
        );
    }
}

/// Somebody has to count, and it must not be the caller.
fn touched(subject: &Subject<'_>, relation: &Relation<'_>, findings: &mut Findings) {
    let table = relation.table;
    let versions: Vec<&str> = subject.verifier.version_columns(table).collect();
    let updated = table
        .grants
        .iter()
        .any(|grant| grant.privilege == "UPDATE" && !grant.grantee.is_role(&table.owner));
    if versions.is_empty() || !updated {
        return;
    }
    let counted = table.triggers.iter().any(|trigger| {
        is_enabled(trigger)
            && trigger.timing == TriggerTiming::Before
            && trigger.level == TriggerLevel::Row
            && trigger.columns.is_empty()
            && trigger.events.iter().any(|event| event == "UPDATE")
    });
    if !counted {
        let path = relation.path();
        findings.error(
            Rule::TouchTrigger,
            &path,
            format!(
                "no enabled trigger counts {} when a row changes, so a lost update goes unnoticed",
                list(versions)
            ),
            format!(
                "kit.create_table with .versioned(), which makes the trigger {}_touch again",
                table.name
            ),
        );
    }
}
