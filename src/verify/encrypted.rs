//! Rules about columns that say that the application encrypts them.

use crate::catalog::{Column, Table};

use super::{
    Findings, Rule,
    claims::Facts,
    names::identifier,
    subject::{Relation, Subject},
};

/// What the check of an encrypted column says: room for version, key id, nonce and tag, and the version.
const SHORTEST: &str = ">= 45";
const VERSION: &str = "= '\\x01'::bytea";
/// What that of a blind index says.
const BLIND: &str = "= 16";

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for relation in subject
        .relations
        .iter()
        .filter(|relation| relation.is_table())
    {
        for column in &relation.table.columns {
            form(relation, column, findings);
        }
    }
    for facts in &subject.verifier.claims {
        let table = subject
            .catalog
            .tables
            .iter()
            .find(|table| facts.is_about(table));
        if let Some(table) = table {
            claim(facts, table, findings);
        }
    }
}

/// Nothing but an envelope fits into the column.
fn form(relation: &Relation<'_>, column: &Column, findings: &mut Findings) {
    let name = identifier(&column.name);
    let wanted = if column.is_encrypted() {
        vec![
            format!("octet_length({name}) {SHORTEST}"),
            VERSION.to_owned(),
        ]
    } else if column.blind_index_of().is_some() {
        vec![format!("octet_length({name}) {BLIND}")]
    } else {
        return;
    };
    let mut checks = relation.table.checks.iter();
    let is_held = checks.any(|check| {
        let only = check.columns.iter().all(|one| *one == column.name);
        only && wanted.iter().all(|part| check.expression.contains(part))
    });
    if column.column_type.name != "bytea" || !is_held {
        findings.error(
            Rule::EncryptedColumn,
            format!("{}.{name}", relation.path()),
            "its comment says that it is encrypted, and it takes what is in the clear",
            "Declare it by `Column::encrypted` or `Column::blind_index` of the kit, or take the word out of the comment.",
        );
    }
}

/// What the table says of a column, the entity knows.
fn claim(facts: &Facts, table: &Table, findings: &mut Findings) {
    for column in &table.columns {
        let name = column.name.as_str();
        let known = facts.encrypted.contains(&name);
        if facts.columns.contains(&name) && known != column.is_encrypted() {
            findings.error(
                Rule::ClaimColumn,
                format!("{}.{}.{}", table.schema, table.name, name),
                match known {
                    true => "the entity seals its values, and the comment does not say that it is encrypted",
                    false => "the comment says that it is encrypted, and the entity does not know",
                },
                "Generate the entities anew, or hold the column as a `tenantry::Sealed`.",
            );
        }
    }
}
