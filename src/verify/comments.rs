//! Rules about comments and names.

use super::{
    Findings, Rule,
    names::{identifier, list},
    subject::{Relation, Subject},
};

/// PostgreSQL takes 63 bytes; the suffix of a shard needs nine of them.
const LONGEST: usize = 54;

/// The table of applied migrations is the migration tool's.
const MIGRATIONS: &str = "seaql_migrations";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for relation in &subject.relations {
        if relation.table.name != MIGRATIONS {
            comments(relation, findings);
            lengths(relation, findings);
        }
    }
}

fn comments(relation: &Relation<'_>, findings: &mut Findings) {
    let path = relation.path();
    if relation.table.comment.is_none() {
        findings.notice(
            Rule::CommentMissing,
            &path,
            "nothing says what the rows are",
            format!("COMMENT ON {} {path} IS '…';", kind(relation)),
        );
    }
    let silent: Vec<&str> = relation
        .table
        .columns
        .iter()
        .filter(|column| column.comment.is_none())
        .map(|column| column.name.as_str())
        .collect();
    if let [first, ..] = silent.as_slice()
        && relation.is_table()
    {
        findings.notice(
            Rule::CommentMissing,
            &path,
            format!("nothing says what {} mean", list(&silent)),
            format!("COMMENT ON COLUMN {path}.{} IS '…';", identifier(first)),
        );
    }
}

fn kind(relation: &Relation<'_>) -> &'static str {
    use crate::catalog::TableKind;
    match relation.table.kind {
        TableKind::Table | TableKind::Partitioned => "TABLE",
        TableKind::View => "VIEW",
        TableKind::MaterializedView => "MATERIALIZED VIEW",
        TableKind::Foreign => "FOREIGN TABLE",
    }
}

fn lengths(relation: &Relation<'_>, findings: &mut Findings) {
    let table = relation.table;
    let path = relation.path();
    let constraints = table
        .foreign_keys
        .iter()
        .map(|key| &key.name)
        .chain(table.checks.iter().map(|check| &check.name))
        .map(|name| ("constraint", name));
    let names = std::iter::once(("table", &table.name))
        .chain(table.indexes.iter().map(|index| ("index", &index.name)))
        .chain(constraints);
    for (what, name) in names.filter(|(_, name)| name.len() > LONGEST) {
        findings.notice(
            Rule::NameLength,
            &path,
            format!(
                "the name of {what} \"{name}\" has {} bytes, more than {LONGEST}",
                name.len()
            ),
            match what {
                "constraint" => format!(
                    "ALTER TABLE {path} RENAME CONSTRAINT {} TO …;",
                    identifier(name)
                ),
                "index" => format!(
                    "ALTER INDEX {}.{} RENAME TO …;",
                    identifier(&table.schema),
                    identifier(name)
                ),
                _ => format!("ALTER TABLE {path} RENAME TO …;"),
            },
        );
    }
}
