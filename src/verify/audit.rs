//! Rules about the audit log and about audited tables.

use crate::catalog::{Table, Trigger, TriggerLevel, TriggerMode, TriggerTiming};

use super::{
    Findings, Rule,
    names::{AUDIT, KERNEL, identifier, is_audit_log, path, qualified},
    subject::{Relation, Subject},
    triggers,
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
                && triggers::fires_always(trigger)
                && trigger.events.iter().any(|found| found == event)
                && refuses(subject, trigger)
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

/// That a trigger runs the function says nothing of what is in it by now.
fn refuses(subject: &Subject<'_>, trigger: &Trigger) -> bool {
    trigger.function_schema == KERNEL
        && trigger.function == "refuse_change"
        && triggers::function(subject, trigger)
            .is_some_and(|function| triggers::runs(function, "BEGIN RAISE EXCEPTION"))
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
                triggers::fires_always(trigger)
                    && trigger.timing == TriggerTiming::After
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
            &remedy,
        );
    }
    written(subject, table, &triggers, &remedy, findings);
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

/// An audit function of another table writes that table's name, and one that was replaced may write nothing.
fn written(
    subject: &Subject<'_>,
    table: &Table,
    triggers: &[&Trigger],
    remedy: &str,
    findings: &mut Findings,
) {
    let name = format!("'{}.{}'", table.schema, table.name);
    let mut functions: Vec<String> = triggers
        .iter()
        .filter(|trigger| {
            triggers::function(subject, trigger).is_none_or(|function| {
                !triggers::runs(function, "INSERT INTO tenantry.audit_log")
                    || !triggers::runs(function, &name)
            })
        })
        .map(|trigger| qualified(&trigger.function_schema, &trigger.function))
        .collect();
    functions.dedup();
    for function in functions {
        findings.error(
            Rule::AuditFunction,
            path(table),
            format!("{function}() writes no entries of the table, as the kit's function does"),
            remedy,
        );
    }
}
