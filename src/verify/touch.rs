//! Rules about the trigger that keeps what callers may not write: versions, stamps, the marks of deletion.

use crate::catalog::{Table, Trigger, TriggerLevel, TriggerTiming};

use super::{
    Findings, Rule,
    names::{OWNER, identifier, is_audit_log, list, path, qualified},
    subject::{Relation, Subject},
    triggers,
};

/// The column that the kit gives to rows that it soft-deletes.
const MARK: &str = "delete_op";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for (relation, _) in subject.workspace_tables() {
        if !is_audit_log(relation.table) {
            touched(subject, relation, findings);
        }
    }
}

/// Somebody has to count, and it must not be the caller.
fn touched(subject: &Subject<'_>, relation: &Relation<'_>, findings: &mut Findings) {
    let table = relation.table;
    let versions: Vec<&str> = subject.verifier.version_columns(table).collect();
    let has_function = subject
        .catalog
        .functions
        .iter()
        .any(|function| function.schema == table.schema && function.name == kits(table));
    let updated = table
        .grants
        .iter()
        .any(|grant| grant.privilege == "UPDATE" && !grant.grantee.is_role(&table.owner));
    let kept = !versions.is_empty() || has_function || table.column(MARK).is_some();
    if !kept || !updated {
        return;
    }
    let fires: Vec<&Trigger> = table
        .triggers
        .iter()
        .filter(|trigger| {
            triggers::fires_always(trigger)
                && trigger.timing == TriggerTiming::Before
                && trigger.level == TriggerLevel::Row
                && trigger.events.iter().any(|event| event == "UPDATE")
        })
        .collect();
    if fires.is_empty() {
        let (what, why) = if versions.is_empty() {
            (
                "keeps the managed columns".to_owned(),
                "callers decide who changed and who deleted it",
            )
        } else {
            (
                format!("counts {}", list(&versions)),
                "a lost update goes unnoticed",
            )
        };
        findings.error(
            Rule::TouchTrigger,
            relation.path(),
            format!("no enabled trigger {what} at every change of a row, so {why}"),
            remedy(table),
        );
        return;
    }
    for version in &versions {
        counted(subject, table, &fires, version, findings);
    }
    owned(subject, table, &fires, findings);
}

/// That a trigger fires says nothing of what it does.
fn counted(
    subject: &Subject<'_>,
    table: &Table,
    fires: &[&Trigger],
    version: &str,
    findings: &mut Findings,
) {
    let counts = format!("NEW.{0} := OLD.{0} + 1", identifier(version));
    let counting = fires.iter().find(|trigger| {
        triggers::function(subject, trigger)
            .is_some_and(|function| triggers::runs(function, &counts))
    });
    match counting {
        None => {
            let functions = fires.iter().map(|trigger| {
                format!(
                    "{}()",
                    qualified(&trigger.function_schema, &trigger.function)
                )
            });
            findings.error(
                Rule::TouchTrigger,
                path(table),
                format!(
                    "none of {} does what the kit's function does, {counts}: a lost update goes unnoticed",
                    functions.collect::<Vec<_>>().join(", ")
                ),
                remedy(table),
            );
        }
        Some(trigger) if !is_kits(table, trigger) => findings.warning(
            Rule::TouchTrigger,
            path(table),
            format!(
                "{version} is counted by {}(), which is not the kit's {}",
                qualified(&trigger.function_schema, &trigger.function),
                kits(table)
            ),
            remedy(table),
        ),
        Some(_) => {}
    }
}

/// Whoever owns the function can make it do nothing.
fn owned(subject: &Subject<'_>, table: &Table, fires: &[&Trigger], findings: &mut Findings) {
    for trigger in fires.iter().filter(|trigger| is_kits(table, trigger)) {
        // Of scope roles it is said already that they own something.
        let owner = trigger.function_owner.as_str();
        if owner != OWNER && owner != table.owner && !subject.is_scope(owner) {
            let function = qualified(&trigger.function_schema, &trigger.function);
            findings.warning(
                Rule::TouchTrigger,
                path(table),
                format!("{function}() belongs to \"{owner}\", who can make it do nothing"),
                format!("ALTER FUNCTION {function}() OWNER TO {OWNER};"),
            );
        }
    }
}

/// The name of the function that the kit makes for a table.
fn kits(table: &Table) -> String {
    format!("{}_touch", table.name)
}

fn is_kits(table: &Table, trigger: &Trigger) -> bool {
    trigger.function_schema == table.schema && trigger.function == kits(table)
}

fn remedy(table: &Table) -> String {
    format!(
        "kit.create_table with .versioned(), which makes the trigger {} of {} again",
        kits(table),
        path(table)
    )
}
