//! Rules for a schema that is to be distributed by Citus; asked for by name, since one server needs none of them.

use crate::catalog::{ReferentialAction, TriggerLevel};

use super::{
    Findings, Rule,
    names::identifier,
    subject::{Relation, Subject},
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for relation in subject.tables() {
        keys(subject, relation, findings);
        names(relation, findings);
        if relation.scope().is_some() {
            triggers(relation, findings);
        }
    }
}

fn keys(subject: &Subject<'_>, relation: &Relation<'_>, findings: &mut Findings) {
    let path = relation.path();
    let mut add = |name: &str, message: String, remedy: String| {
        findings.notice(
            Rule::Distribution,
            format!("{path}.{}", identifier(name)),
            message,
            remedy,
        );
    };
    for key in &relation.table.foreign_keys {
        let name = &key.name;
        if matches!(
            key.on_delete,
            ReferentialAction::SetNull | ReferentialAction::SetDefault
        ) {
            add(
                name,
                format!("foreign key \"{name}\" sets columns on delete, which Citus refuses"),
                "Use NO ACTION and empty the column in the application.".into(),
            );
        }
        if key.deferrable {
            add(
                name,
                format!(
                    "foreign key \"{name}\" is deferrable, and Citus tells its violation without a code"
                ),
                "Make it NOT DEFERRABLE.".into(),
            );
        }
        let into_workspace = subject
            .find(&key.target_schema, &key.target_table)
            .is_some_and(|target| target.scope().is_some());
        if relation.scope().is_none() && into_workspace {
            add(
                name,
                format!(
                    "foreign key \"{name}\" points from a local table into a distributed one, which Citus refuses"
                ),
                format!("ALTER TABLE {path} DROP CONSTRAINT {};", identifier(name)),
            );
        }
    }
    for unique in relation
        .table
        .uniques
        .iter()
        .filter(|unique| unique.deferrable)
    {
        let name = &unique.name;
        add(
            name,
            format!(
                "constraint \"{name}\" is deferrable, and Citus tells its violation without a code"
            ),
            "Make it NOT DEFERRABLE.".into(),
        );
    }
}

fn names(relation: &Relation<'_>, findings: &mut Findings) {
    let table = relation.table;
    let names = std::iter::once(&table.name).chain(table.indexes.iter().map(|index| &index.name));
    for name in names {
        let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
        if stem.len() < name.len() && stem.ends_with('_') {
            findings.notice(
                Rule::Distribution,
                relation.path(),
                format!("the name \"{name}\" ends like the name of a shard"),
                "Let it end in a letter.",
            );
        }
    }
}

fn triggers(relation: &Relation<'_>, findings: &mut Findings) {
    for trigger in &relation.table.triggers {
        if trigger.level == TriggerLevel::Statement && trigger.definition.contains(" REFERENCING ")
        {
            findings.notice(
                Rule::Distribution,
                format!("{}.{}", relation.path(), identifier(&trigger.name)),
                format!(
                    "trigger \"{}\" reads a transition table, which Citus does not ship to shards",
                    trigger.name
                ),
                "Use a trigger FOR EACH ROW, with the name of the table as its argument.",
            );
        }
    }
}
