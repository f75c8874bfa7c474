//! Rules about indexes: under row security only leakproof operators reach them.

use crate::catalog::{Column, ColumnType, Index, TypeKind};

use super::{
    Findings, Rule,
    names::identifier,
    subject::{Relation, Subject},
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for relation in subject.tables() {
        for index in relation.table.indexes.iter().filter(|index| !index.valid) {
            findings.warning(
                Rule::IndexInvalid,
                object(relation, index),
                format!("index \"{}\" is invalid: it was not built to the end", index.name),
                format!(
                    "DROP INDEX CONCURRENTLY {}.{}; -- then build it again with kit::ConcurrentIndex",
                    identifier(&relation.table.schema),
                    identifier(&index.name)
                ),
            );
        }
    }
    for (relation, scope) in subject.workspace_tables() {
        // Other methods serve search functions, whose owner meets no wall.
        let searched = |index: &&Index| matches!(index.method.as_str(), "btree" | "hash");
        for index in relation.table.indexes.iter().filter(searched) {
            leaks(subject, relation, scope, index, findings);
        }
    }
}

fn leaks(
    subject: &Subject<'_>,
    relation: &Relation<'_>,
    scope: &Column,
    index: &Index,
    findings: &mut Findings,
) {
    for part in &index.columns {
        let what = match part.name.as_deref() {
            Some(name) if name == scope.name => continue,
            Some(name) => match relation.table.column(name) {
                Some(column) if leaking(subject, &column.column_type) => {
                    format!("{name} is {}", column.column_type.formatted)
                }
                _ => continue,
            },
            None => format!("{} is an expression", part.definition),
        };
        let message = format!(
            "index \"{}\" stops helping at {what}, since row security holds back what is not leakproof",
            index.name
        );
        let remedy =
            "Index a column of text, a number or a time, stored generated where it is computed.";
        // A unique index keeps its promise all the same.
        if index.unique {
            findings.notice(
                Rule::IndexNotLeakproof,
                object(relation, index),
                message,
                remedy,
            );
        } else {
            findings.warning(
                Rule::IndexNotLeakproof,
                object(relation, index),
                message,
                remedy,
            );
        }
    }
}

fn leaking(subject: &Subject<'_>, column: &ColumnType) -> bool {
    let general = match column.kind {
        TypeKind::Enum => "pg_catalog.anyenum",
        TypeKind::Range => "pg_catalog.anyrange",
        TypeKind::Multirange => "pg_catalog.anymultirange",
        TypeKind::Composite => "pg_catalog.record",
        TypeKind::Base | TypeKind::Domain | TypeKind::Pseudo => "",
    };
    let leaking = &subject.surroundings.leaking_types;
    let is_leaking = |name: &str| leaking.iter().any(|leaking| leaking == name);
    if column.array {
        return is_leaking("pg_catalog.anyarray");
    }
    is_leaking(general) || is_leaking(&format!("{}.{}", column.schema, column.name))
}

fn object(relation: &Relation<'_>, index: &Index) -> String {
    format!("{}.{}", relation.path(), identifier(&index.name))
}
