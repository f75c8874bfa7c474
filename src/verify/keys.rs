//! Rules about primary and unique keys.

use crate::catalog::{Column, Index};

use super::{
    Findings, Rule,
    names::{identifier, list},
    subject::{Relation, Subject},
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for (relation, scope) in subject.workspace_tables() {
        primary(relation, scope, findings);
        for index in relation
            .table
            .indexes
            .iter()
            .filter(|index| index.unique && !index.primary)
        {
            unique(relation, scope, index, findings);
        }
        for exclusion in &relation.table.exclusions {
            if !exclusion.columns.contains(&scope.name) {
                findings.error(
                    Rule::UniqueKey,
                    format!("{}.{}", relation.path(), identifier(&exclusion.name)),
                    format!(
                        "exclusion constraint \"{}\" also excludes rows of other workspaces",
                        exclusion.name
                    ),
                    format!("Add {} WITH = to the constraint.", identifier(&scope.name)),
                );
            }
        }
    }
}

fn primary(relation: &Relation<'_>, scope: &Column, findings: &mut Findings) {
    let path = relation.path();
    let Some(key) = &relation.table.primary_key else {
        findings.error(
            Rule::PrimaryKey,
            &path,
            "the table has no primary key",
            format!(
                "ALTER TABLE {path} ADD PRIMARY KEY ({}, id);",
                identifier(&scope.name)
            ),
        );
        return;
    };
    if key.columns.first() == Some(&scope.name) {
        return;
    }
    let others = key.columns.iter().filter(|column| **column != scope.name);
    let wanted = list(std::iter::once(&scope.name).chain(others));
    let constraint = identifier(&key.name);
    let object = format!("{path}.{constraint}");
    let columns = list(&key.columns);
    if key.columns.contains(&scope.name) {
        findings.warning(
            Rule::PrimaryKey,
            object,
            format!("primary key ({columns}) does not begin with the scope column, so it serves no read of one workspace"),
            format!("ALTER TABLE {path} DROP CONSTRAINT {constraint}, ADD CONSTRAINT {constraint} PRIMARY KEY ({wanted});"),
        );
    } else {
        findings.warning(
            Rule::PrimaryKey,
            object,
            format!("primary key ({columns}) is unique across workspaces: inserting an id tells whether another workspace has it"),
            format!(
                "Add UNIQUE ({wanted}), point the foreign keys at it, then:\n\
                 ALTER TABLE {path} DROP CONSTRAINT {constraint}, ADD CONSTRAINT {constraint} PRIMARY KEY ({wanted});"
            ),
        );
    }
}

fn unique(relation: &Relation<'_>, scope: &Column, index: &Index, findings: &mut Findings) {
    let names = || index.columns.iter().map(|column| column.name.as_deref());
    if names().next() == Some(Some(&scope.name)) {
        return;
    }
    let name = identifier(&index.name);
    let object = format!("{}.{name}", relation.path());
    let what = if index.constraint {
        "unique constraint"
    } else {
        "unique index"
    };
    let others = index
        .columns
        .iter()
        .filter(|column| column.name.as_deref() != Some(&scope.name))
        .map(|column| column.definition.clone());
    let columns = std::iter::once(identifier(&scope.name))
        .chain(others)
        .collect::<Vec<_>>()
        .join(", ");
    if names().any(|column| column == Some(&scope.name)) {
        findings.warning(
            Rule::UniqueKey,
            object,
            format!("{what} \"{}\" does not begin with the scope column, so it serves no read of one workspace", index.name),
            format!("Make it anew over ({columns})."),
        );
    } else {
        findings.error(
            Rule::UniqueKey,
            object,
            format!("{what} \"{}\" spans workspaces: a conflict tells what another workspace holds", index.name),
            format!("Make it anew over ({columns}); what must be unique across all workspaces belongs into a kit::Directory."),
        );
    }
}
