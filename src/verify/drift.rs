//! Rules about policies that declarations made: what is there is what was declared, all of it and nothing beside it.

use std::collections::BTreeSet;

use crate::{
    catalog::{Grantee, Policy, PolicyCommand, Table, TriggerLevel, TriggerTiming},
    policy::{Mark, RowSecurity},
};

use super::{
    Findings, Rule,
    declared::{Declared, is_about},
    names::{GLASS, OTHER_SCOPES, WORKSPACE_SCOPES, identifier, path},
    subject::Subject,
    triggers,
};

/// How the function of a policy's trigger finds what it calls, and that it compares many rows as fast as few.
const SETTINGS: [&str; 2] = ["search_path=pg_catalog, pg_temp", "enable_nestloop=off"];
/// What the trigger shows to its function.
const IMAGES: &str = "REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for relation in subject.tables() {
        let table = relation.table;
        let declared = subject
            .surroundings
            .declared
            .iter()
            .find(|declared| is_about(&declared.row_security, table));
        let governed = match declared {
            Some(declared) => {
                compare(table, declared, findings);
                watch(subject, table, &declared.row_security, findings);
                declared
                    .row_security
                    .policies()
                    .map(|(name, _)| name)
                    .collect()
            }
            None => {
                made_together(subject, table, findings);
                marked(table)
                    .map(|(policy, _)| policy.name.as_str())
                    .collect()
            }
        };
        strays(subject, table, (&governed, declared.is_some()), findings);
    }
    for declared in &subject.surroundings.declared {
        let about = |table: &&Table| is_about(&declared.row_security, table);
        if !subject.catalog.tables.iter().any(|table| about(&table)) {
            findings.error(
                Rule::PolicyMissing,
                declared.row_security.table().replace('"', ""),
                "policies are declared for a table that does not exist",
                "Run the migrations, or add the schema to those that are looked at.",
            );
        }
    }
}

/// What is there against what is declared.
fn compare(table: &Table, declared: &Declared, findings: &mut Findings) {
    let row_security = &declared.row_security;
    let Some(policies) = &declared.policies else {
        findings.error(
            Rule::PolicyChanged,
            path(table),
            "the declared policies cannot be made on this table",
            "Run the migrations, or declare the policies for the columns that it has.",
        );
        return;
    };
    for policy in row_security.policies() {
        let name = policy.0;
        let object = format!("{}.{name}", path(table));
        let Some(found) = table.policies.iter().find(|found| found.name == name) else {
            findings.error(
                Rule::PolicyMissing,
                object,
                format!("policy \"{name}\" is declared, and not there"),
                row_security.making(policy),
            );
            continue;
        };
        let mark = Mark::of(found.comment.as_deref());
        let is_marked = mark.as_ref().map(Mark::to_string) == Some(row_security.mark());
        let is_same = policies.iter().any(|made| says_the_same(made, found));
        let how = match (is_same, is_marked, mark) {
            (true, true, _) => continue,
            (false, true, _) => "was altered by hand since",
            (false, false, Some(_)) => "was made from another declaration",
            (false, false, None) => "was not made from its declaration",
            (true, false, Some(_)) => {
                "says what is declared, but bears the mark of another declaration"
            }
            (true, false, None) => "says what is declared, but bears no mark",
        };
        let (rule, message) = (Rule::PolicyChanged, format!("policy \"{name}\" {how}"));
        if is_same {
            findings.warning(rule, object, message, row_security.making(policy));
        } else {
            findings.error(rule, object, message, row_security.making(policy));
        }
    }
}

fn says_the_same(made: &Policy, found: &Policy) -> bool {
    let comment = found.comment.clone();
    *found
        == Policy {
            comment,
            ..made.clone()
        }
}

/// The trigger that tells the row before from the row after.
fn watch(subject: &Subject<'_>, table: &Table, declared: &RowSecurity, findings: &mut Findings) {
    let name = watcher(table);
    let trigger = table.triggers.iter().find(|trigger| trigger.name == name);
    let how = match (declared.watch(), trigger) {
        (None, None) => return,
        (None, Some(_)) => "is there, though no policy asks for it any more",
        (Some(_), None) => "is declared, and not there",
        (Some(body), Some(trigger)) => {
            let function = triggers::function(subject, trigger);
            let is_declared = function.is_some_and(|function| {
                function.name == name
                    && function.schema == table.schema
                    && function.language == "plpgsql"
                    && function.source.as_deref() == Some(&format!("\n{body}"))
                    && function.settings == SETTINGS
                    && !function.security_definer
            });
            let marked = function.and_then(|function| Mark::of(function.comment.as_deref()));
            if !is_firing(table) {
                "does not fire for every change"
            } else if !is_declared {
                "runs another function than declared"
            } else if marked.map(|mark| mark.to_string()) != Some(declared.mark()) {
                "runs a function without the mark of its declaration"
            } else {
                return;
            }
        }
    };
    findings.error(
        Rule::PolicyTrigger,
        format!("{}.{}", path(table), identifier(&name)),
        format!("trigger \"{name}\" {how}"),
        declared.watching(),
    );
}

/// The name of a policy's trigger and of its function.
fn watcher(table: &Table) -> String {
    format!("{}_policy", table.name)
}

/// Whether the trigger sees the rows before and after every update.
fn is_firing(table: &Table) -> bool {
    let name = watcher(table);
    table.triggers.iter().any(|trigger| {
        trigger.name == name
            && trigger.function == name
            && trigger.timing == TriggerTiming::After
            && trigger.level == TriggerLevel::Statement
            && trigger.events == ["UPDATE"]
            && triggers::fires_always(trigger)
            && trigger.definition.contains(IMAGES)
    })
}

/// The policies that a declaration made.
fn marked(table: &Table) -> impl Iterator<Item = (&Policy, Mark)> {
    table
        .policies
        .iter()
        .filter_map(|policy| Some((policy, Mark::of(policy.comment.as_deref())?)))
}

/// What can be told of a table without its declaration.
fn made_together(subject: &Subject<'_>, table: &Table, findings: &mut Findings) {
    const AGAIN: &str = "Run what `RowSecurity::sql` says of the declaration once more.";
    let name = watcher(table);
    let watching = subject.catalog.functions.iter().find_map(|function| {
        let is_watching = function.schema == table.schema && function.name == name;
        is_watching
            .then(|| Mark::of(function.comment.as_deref()))
            .flatten()
    });
    if watching.is_some() && !is_firing(table) {
        findings.error(
            Rule::PolicyTrigger,
            format!("{}.{}", path(table), identifier(&name)),
            format!("trigger \"{name}\" is not there, or does not fire for every change"),
            AGAIN,
        );
    }
    let marks: Vec<Mark> = marked(table)
        .map(|(_, mark)| mark)
        .chain(watching)
        .collect();
    let Some(mark) = marks.first() else { return };
    if !subject.surroundings.declared.is_empty() {
        findings.error(
            Rule::PolicyUndeclared,
            path(table),
            "a declaration made policies of this table, and it is not among those that were given",
            "Give it to Verifier::policies; or drop the policies, if nobody is to reach the table any more.",
        );
    }
    if marks.iter().collect::<BTreeSet<_>>().len() > 1 {
        findings.error(
            Rule::PolicyChanged,
            path(table),
            "its policies were made from different declarations",
            AGAIN,
        );
    } else if marks.len() != mark.made() {
        findings.error(
            Rule::PolicyMissing,
            path(table),
            format!(
                "of {} policies and functions that were made together, {} are there",
                mark.made(),
                marks.len()
            ),
            AGAIN,
        );
    }
}

/// Permissive policies for scope roles that neither a declaration nor the kit made.
fn strays(
    subject: &Subject<'_>,
    table: &Table,
    (governed, declared): (&BTreeSet<&str>, bool),
    findings: &mut Findings,
) {
    for policy in &table.policies {
        let reached: Vec<&str> = subject
            .scope_roles()
            .map(|role| role.name.as_str())
            .filter(|role| policy.permissive && subject.reaches(policy, role))
            .collect();
        let is_public = policy.roles.contains(&Grantee::Public);
        if reached.is_empty()
            || is_public
            || governed.contains(policy.name.as_str())
            || (is_of_kit(policy) && !(declared && is_of_declarations(policy)))
        {
            continue;
        }
        let object = format!("{}.{}", path(table), identifier(&policy.name));
        let message = format!(
            "policy \"{}\" lets {} through, and neither a declaration nor the kit made it",
            policy.name,
            reached.join(", ")
        );
        let remedy = format!(
            "DROP POLICY {} ON {}; -- and declare what it allows",
            identifier(&policy.name),
            path(table)
        );
        if governed.is_empty() {
            findings.warning(Rule::PolicyStray, object, message, remedy);
        } else {
            findings.error(Rule::PolicyStray, object, message, remedy);
        }
    }
}

/// Whether declarations say what its roles may do, and the kit does not once there is one.
fn is_of_declarations(policy: &Policy) -> bool {
    let scopes = WORKSPACE_SCOPES.into_iter().chain(OTHER_SCOPES);
    let mut declared = scopes.filter(|scope| *scope != GLASS);
    declared.any(|scope| policy.roles.iter().any(|role| role.is_role(scope)))
}

/// Whether it has the name that the kit gives: role and command.
fn is_of_kit(policy: &Policy) -> bool {
    let word = match policy.command {
        PolicyCommand::All => "all",
        PolicyCommand::Select => "read",
        PolicyCommand::Insert => "insert",
        PolicyCommand::Update => "update",
        PolicyCommand::Delete => "delete",
    };
    matches!(policy.roles.as_slice(), [Grantee::Role(role)]
        if policy.name == format!("{}_{word}", role.strip_prefix("tenantry_").unwrap_or(role)))
}
