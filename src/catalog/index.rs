//! Indexes.

use serde::{Deserialize, Serialize};

/// An index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Index {
    /// Its name.
    pub name: String,
    /// Its method, such as `btree`.
    pub method: String,
    /// Whether it is unique.
    pub unique: bool,
    /// Whether it is the index of the primary key.
    pub primary: bool,
    /// Whether it can be used; one that failed to build concurrently cannot.
    pub valid: bool,
    /// Whether it serves a constraint.
    pub constraint: bool,
    /// Whether the unique constraint it serves is deferrable.
    pub deferrable: bool,
    /// Whether two nulls count as equal in a unique index.
    pub nulls_not_distinct: bool,
    /// The rows it covers, if not all.
    pub predicate: Option<String>,
    /// What it is ordered by.
    pub columns: Vec<IndexColumn>,
    /// The columns it merely carries.
    pub included: Vec<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// A part of the key of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IndexColumn {
    /// The column; `None` if it is an expression.
    pub name: Option<String>,
    /// The column or expression as SQL writes it.
    pub definition: String,
    /// Whether greatest comes first.
    pub descending: bool,
    /// Whether nulls come first.
    pub nulls_first: bool,
    /// The operator class, where it is not the default one of the type.
    pub operator_class: Option<String>,
    /// The collation, where it is not the column's own.
    pub collation: Option<String>,
}
