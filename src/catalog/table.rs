//! Tables, views and partitions.

use serde::{Deserialize, Serialize};

use super::{
    Check, Column, Exclusion, ForeignKey, Grant, Index, Policy, PrimaryKey, Trigger, Unique,
    Vocabulary,
};

/// A table or view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Table {
    /// The schema it is in.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: TableKind,
    /// The role that owns it.
    pub owner: String,
    /// Its comment.
    pub comment: Option<String>,
    /// Whether it is `UNLOGGED` or temporary, and therefore empty after a crash.
    pub unlogged: bool,
    /// Storage and view options, such as `security_invoker=true`.
    pub options: Vec<String>,
    /// The extension it came with.
    pub extension: Option<String>,
    /// Its columns, in their order.
    #[serde(default)]
    pub columns: Vec<Column>,
    /// Its primary key.
    #[serde(default)]
    pub primary_key: Option<PrimaryKey>,
    /// What is unique besides the primary key: constraints and unique indexes, by name.
    #[serde(default)]
    pub uniques: Vec<Unique>,
    /// All its indexes, those of keys included, by name.
    #[serde(default)]
    pub indexes: Vec<Index>,
    /// Its foreign keys, by name.
    #[serde(default)]
    pub foreign_keys: Vec<ForeignKey>,
    /// Its checks, by name.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// Its exclusion constraints, by name.
    #[serde(default)]
    pub exclusions: Vec<Exclusion>,
    /// Its row security.
    pub row_security: RowSecurity,
    /// Its policies, by name.
    #[serde(default)]
    pub policies: Vec<Policy>,
    /// Who may do what with it, by column, role and privilege.
    #[serde(default)]
    pub grants: Vec<Grant>,
    /// Its triggers, by name, without those of foreign keys.
    #[serde(default)]
    pub triggers: Vec<Trigger>,
    /// By what it is partitioned.
    #[serde(default)]
    pub partitioning: Option<Partitioning>,
    /// Its partitions at all levels, by schema and name.
    #[serde(default)]
    pub partitions: Vec<Partition>,
}

/// What a relation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub enum TableKind {
    /// A table.
    #[serde(rename = "r")]
    Table,
    /// A partitioned table.
    #[serde(rename = "p")]
    Partitioned,
    /// A view.
    #[serde(rename = "v")]
    View,
    /// A materialized view, which knows no row security.
    #[serde(rename = "m")]
    MaterializedView,
    /// A foreign table, which knows no row security.
    #[serde(rename = "f")]
    Foreign,
}

/// Whether row security is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RowSecurity {
    /// For everyone but the owner.
    pub enabled: bool,
    /// For the owner too.
    pub forced: bool,
}

/// By what a table is partitioned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Partitioning {
    /// `range`, `list` or `hash`.
    pub strategy: String,
    /// The columns of the key; expressions are left out.
    pub columns: Vec<String>,
    /// The key as PostgreSQL writes it.
    pub definition: String,
}

/// A partition of a table, at any level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Partition {
    /// The schema it is in.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// The role that owns it.
    pub owner: String,
    /// The name of the table right above it.
    pub parent: String,
    /// Which rows it holds, such as `FOR VALUES FROM (…) TO (…)` or `DEFAULT`.
    pub bound: String,
    /// Its own row security, which counts when it is queried by its own name.
    pub row_security: RowSecurity,
    /// Who may do what with it by its own name.
    #[serde(default)]
    pub grants: Vec<Grant>,
}

impl Table {
    /// Finds a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Returns the values that checks allow in a column, if they list them.
    ///
    /// Of several lists for the same column it is what all of them allow, in the order of the first.
    #[must_use]
    pub fn vocabulary(&self, column: &str) -> Option<Vec<String>> {
        let mut lists = self
            .checks
            .iter()
            .flat_map(|check| &check.vocabularies)
            .filter(|list: &&Vocabulary| list.column == column);
        let first = lists.next()?.values.clone();
        Some(lists.fold(first, |mut values, list| {
            values.retain(|value| list.values.contains(value));
            values
        }))
    }
}
