//! Rules about partitions: the policies of their parent do not reach them.

use crate::catalog::{Grantee, Partition, Schema};

use super::{
    Findings, Rule,
    names::{identifier, qualified},
    subject::{Holder, Subject},
};

pub(super) fn check(subject: &Subject<'_>, findings: &mut Findings) {
    for relation in subject.tables() {
        for partition in &relation.table.partitions {
            let path = qualified(&partition.schema, &partition.name);
            let holders = subject.holders(&partition.owner, &partition.grants);
            if !holders.is_empty() {
                let who: Vec<String> = holders.iter().map(Holder::grantee).collect();
                findings.error(
                    Rule::PartitionGranted,
                    &path,
                    format!(
                        "{} may reach the partition past the wall of {}",
                        who.join(", "),
                        relation.path()
                    ),
                    format!("REVOKE ALL ON {path} FROM {};", who.join(", ")),
                );
            }
            if relation.scope().is_some() {
                open(subject, partition, &path, findings);
            }
        }
    }
    for schema in &subject.catalog.schemas {
        used(subject, schema, findings);
    }
}

/// Without row security of its own a partition is one careless grant away from everybody.
fn open(subject: &Subject<'_>, partition: &Partition, path: &str, findings: &mut Findings) {
    let security = partition.row_security;
    if security.enabled && security.forced {
        return;
    }
    let reachable = subject
        .catalog
        .schemas
        .iter()
        .find(|schema| schema.name == partition.schema)
        .is_none_or(|schema| users(subject, schema).next().is_some());
    if reachable {
        findings.warning(
            Rule::PartitionOpen,
            path,
            "the partition has no row security of its own, in a schema that scope roles use",
            format!("ALTER TABLE {path} ENABLE ROW LEVEL SECURITY;\nALTER TABLE {path} FORCE ROW LEVEL SECURITY;"),
        );
    }
}

/// A schema that holds nothing but partitions needs no USAGE for anybody.
fn used(subject: &Subject<'_>, schema: &Schema, findings: &mut Findings) {
    let tables = &subject.catalog.tables;
    let holds_partitions = tables
        .iter()
        .flat_map(|table| &table.partitions)
        .any(|partition| partition.schema == schema.name);
    let holds_tables = tables.iter().any(|table| table.schema == schema.name);
    if !holds_partitions || holds_tables {
        return;
    }
    for grantee in users(subject, schema) {
        let who = match grantee {
            Grantee::Public => "PUBLIC".to_owned(),
            Grantee::Role(role) => identifier(role),
        };
        let name = identifier(&schema.name);
        findings.error(
            Rule::PartitionOpen,
            format!("schema {name}"),
            format!("{who} may use the schema, which holds nothing but partitions"),
            format!("REVOKE USAGE ON SCHEMA {name} FROM {who};"),
        );
    }
}

fn users<'s>(subject: &'s Subject<'_>, schema: &'s Schema) -> impl Iterator<Item = &'s Grantee> {
    schema
        .grants
        .iter()
        .filter(|grant| grant.privilege == "USAGE")
        .map(|grant| &grant.grantee)
        .filter(|grantee| match grantee {
            Grantee::Public => true,
            Grantee::Role(role) => subject.is_scope(role),
        })
}
